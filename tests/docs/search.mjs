// Search the built site as its search box does: the theme's own worker, which a browser would run, loads the site's index.
// Usage: node search.mjs SITE QUERY... prints, for each query, the addresses of the results, the best first, as JSON.
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const [site, ...queries] = process.argv.slice(2);
const folder = path.join(site, "assets/javascripts/workers");
const [worker] = fs.readdirSync(folder).filter((name) => /^search\..*\.js$/.test(name));
const index = JSON.parse(fs.readFileSync(path.join(site, "search.json"), "utf8"));

// The types of the messages between the page and the worker.
const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;
let receive;
const self = { postMessage: (message) => receive(message) };
vm.runInNewContext(fs.readFileSync(path.join(folder, worker), "utf8"), { self, Intl });

async function ask(type, data, expected) {
  const answer = new Promise((resolve) => { receive = resolve; });
  self.onmessage({ data: { type, data } });
  const message = await answer;
  if (message.type !== expected) throw new Error(`the worker answered with type ${message.type}, not ${expected}`);
  return message.data;
}

await ask(SETUP, index, READY);
const found = {};
for (const input of queries) {
  const filter = { input: { type: "operator", data: { operator: "and", operands: [] } }, aggregation: { input: [] } };
  const { items } = await ask(QUERY, { input, filter }, RESULT);
  found[input] = items.map(({ id }) => index.items[id].location);
}
console.log(JSON.stringify(found));
