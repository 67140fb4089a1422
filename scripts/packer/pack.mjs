// Runs pack.py in pyodide: `node pack.mjs FOLDER MADE COMMENT`, where FOLDER becomes the zip MADE.
//
// pyodide is CPython in WebAssembly: the same compiler, the same byte code and the same zlib on every machine that builds.
// The folder is mounted where Lambda unpacks the code, so tracebacks name the files as they stand there, and no path of the
// building machine gets into the bytes.
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { loadPyodide } from "pyodide";

const [folder, made, comment] = process.argv.slice(2);
const python = await loadPyodide();
for (const [place, root] of [["/var/task", folder], ["/made", dirname(made)]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.runPython(readFileSync(new URL("pack.py", import.meta.url), "utf8"));
python.globals.get("pack")("/var/task", `/made/${basename(made)}`, comment);
