"""Compile a folder to byte code for the function's runtime and zip the folder reproducibly. pack.mjs runs this in pyodide."""

import compileall
import py_compile
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(folder: str, made: str, comment: str) -> None:
    """Compile every module in a folder, and zip the folder.

    Args:
        folder: The path of the folder.
        made: The path of the zip to write.
        comment: The comment of the zip.

    Raises:
        ValueError: A module does not compile.
    """
    # Python must not check at import whether the byte code matches the source. The check needs modification times, which the
    # zip does not contain. The check is not necessary, because the function's folder is read-only.
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(folder, quiet=1, workers=1, invalidation_mode=unchecked):
        raise ValueError("a module does not compile for the function's runtime")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.comment = comment.encode()
        for path in sorted((path for path in Path(folder).rglob("*") if path.is_file()), key=Path.as_posix):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
