// The counterpart of runner.py for Node.js. Times come from the kernel's monotonic clock, which all processes share.
const fs = require("fs");
const readline = require("readline");

const results = Number(process.env.RESULTS);
const report = (what) => fs.writeSync(results, JSON.stringify({ [what]: Number(process.hrtime.bigint()) / 1e9 }) + "\n");

// The handler ignores the port in the URL and sends its response to the default port.
require("https").globalAgent.defaultPort = Number(process.env.RESPONSES_PORT);
const { handler } = require(process.env.FUNCTION);
report("ready");

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await handler(JSON.parse(line), { logStreamName: "benchmark" }).catch(() => {});
    report("done");
  }
})();
