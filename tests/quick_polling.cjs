// Shortens the interval at which the CDK CLI polls CloudFormation, for which it has no option.
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay, ...rest) => wait(callback, delay === 5000 ? 200 : delay, ...rest);
