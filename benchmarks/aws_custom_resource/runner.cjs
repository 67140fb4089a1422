// What Lambda's Node runtime does: load the handler once, hand it events, and say when it was ready and when each was done.
// The same for Node as runner.py is for Python. Times are the kernel's monotonic clock, which all processes share.
const fs = require("fs");
const readline = require("readline");

const results = Number(process.env.RESULTS);
const say = (what) => fs.writeSync(results, JSON.stringify({ [what]: Number(process.hrtime.bigint()) / 1e9 }) + "\n");

// The handler answers to the default port, whatever the address says.
require("https").globalAgent.defaultPort = Number(process.env.ANSWERS_PORT);
const { handler } = require(process.env.FUNCTION);
say("ready");

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await handler(JSON.parse(line), { logStreamName: "benchmark" }).catch(() => {});
    say("done");
  }
})();
