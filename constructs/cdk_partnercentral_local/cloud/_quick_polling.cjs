// Shortens the interval at which the CDK CLI polls CloudFormation, for which it has no option. The local CloudFormation has no
// rate limit, and each deployment would otherwise take at least five seconds. Node.js loads this script before the CLI.
if (/[\\/]cdk(\.js)?$/.test(process.argv[1] ?? '')) {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (callback, delay, ...rest) => wait(callback, delay === 5000 ? 200 : delay, ...rest);
}
