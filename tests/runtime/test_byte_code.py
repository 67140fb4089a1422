"""The byte code in the zip, which CPython in WebAssembly made: the function's interpreter compiles the same, and imports it."""

import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

import hatch_build
from tests.lambda_handler.process.harness import PYTHON


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a command in a folder. Return what it prints."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def unpacked(public: Path, tmp_path: Path) -> Path:
    """The zip in a writable folder that every user can read."""
    folder = public / tmp_path.name
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        archive.extractall(folder)
    return folder


def test_the_interpreter_compiles_every_module_to_the_same_bytes(code: Path, unpacked: Path) -> None:
    shipped = {path.relative_to(code): path.read_bytes() for path in code.rglob("*.pyc")}
    assert shipped.keys() == {path.relative_to(unpacked) for path in unpacked.rglob("*.pyc")}
    for path in shipped:
        (unpacked / path).unlink()

    names = ["-s", str(unpacked), "-p", "/var/task"]  # the names of the files in the byte code, as they are in Lambda
    mode = ["--invalidation-mode", "unchecked-hash"]
    run(PYTHON, "-I", "-S", "-m", "compileall", "-q", *names, *mode, unpacked, folder=unpacked)

    compiled = {path.relative_to(unpacked): path.read_bytes() for path in unpacked.rglob("*.pyc")}
    assert compiled.keys() == shipped.keys()
    assert [str(path) for path, content in shipped.items() if content != compiled[path]] == []


def test_the_handler_is_imported_from_the_byte_code_alone(unpacked: Path, without_privileges: Sequence[str]) -> None:
    for path in unpacked.rglob("*.py"):
        path.write_text("raise SystemExit('a source was read')\n")
    for path in [*unpacked.rglob("*"), unpacked]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    script = "import sys; sys.path[:0] = ['.']; import lambda_handler.index as it; print(it.__spec__.cached)"

    printed = run(*without_privileges, PYTHON, "-I", "-S", "-c", script, folder=unpacked, AWS_REGION="eu-west-1")

    assert printed == f"{unpacked}/lambda_handler/__pycache__/index.cpython-314.pyc\n"
