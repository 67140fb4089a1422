// Run pack.py in pyodide. `node pack.mjs FOLDER MADE COMMENT` packs the folder FOLDER into the zip MADE.
//
// pyodide is CPython in WebAssembly, so every build machine uses the same compiler and zlib, and produces the same bytes. The
// folder is mounted at /var/task, where Lambda unpacks the code. So tracebacks contain the paths of the files in Lambda, and the
// byte code contains no path of the build machine.
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
