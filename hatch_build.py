"""Builds the function's code, function.zip, and names it to hatchling for the sdist, the wheel and the editable install.

`python hatch_build.py` builds it by itself. The zip is made when it is missing or older in content than what it is made of;
an sdist carries it, so a wheel built from an sdist needs neither pip nor a network.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
HANDLER = ROOT / "lambda_handler"
REQUIREMENTS = HANDLER / "requirements.txt"
MODEL = ZIP.with_name("service-2.json")
PIP = "pip==26.3"

# botocore's data: the one service that is called, and what every client reads.
SERVICE = "partnercentral-selling"
DATA_KEPT = (SERVICE, "endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
# Written by the installer: they name its options and the day, and nothing reads them in Lambda.
INSTALLERS_OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
EPOCH = (1980, 1, 1, 0, 0, 0)


def sources() -> list[Path]:
    """Return the files that the zip is made of, in a fixed order."""
    return [*sorted(HANDLER.glob("*.py")), REQUIREMENTS, MODEL, Path(__file__)]


def digest() -> str:
    """Return what identifies the zip's sources: it is the zip's comment."""
    found = hashlib.sha256()
    for path in sources():
        # Line ends differ between checkouts on different systems.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.name} {len(content)}\n".encode() + content)
    return found.hexdigest()


def is_current() -> bool:
    """Whether the zip is there and made of the sources as they are now."""
    try:
        with zipfile.ZipFile(ZIP) as archive:
            return archive.comment.decode() == digest()
    except (OSError, zipfile.BadZipFile):
        return False


def build() -> None:
    """Make the zip: the handler and its hash-pinned dependencies, in the same bytes wherever it is made."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        _install(tree)
        _trim(tree)
        shutil.copytree(HANDLER, tree / HANDLER.name, ignore=shutil.ignore_patterns("__pycache__", "requirements.*"))
        made = ZIP.with_suffix(".part")
        _write(tree, made)
        made.replace(ZIP)


def _install(tree: Path) -> None:
    options = [
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--disable-pip-version-check",
    ]
    target = ["--target", str(tree), "--requirement", str(REQUIREMENTS)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, *target], check=True)  # noqa: S603


def _trim(tree: Path) -> None:
    shutil.rmtree(tree / "bin", ignore_errors=True)
    for path in (tree / "botocore" / "data").iterdir():
        if path.name not in DATA_KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (model,) = (tree / "botocore" / "data" / SERVICE).glob("*/service-2.json.gz")
    for path in model.parent.iterdir():
        if not path.name.startswith("endpoint-rule-set"):
            path.unlink()
    # One copy of the model serves the validation at synthesis and the function.
    shutil.copyfile(MODEL, model.parent / MODEL.name)
    for info in tree.glob("*.dist-info"):
        for name in INSTALLERS_OWN:
            (info / name).unlink(missing_ok=True)


def _write(tree: Path, made: Path) -> None:
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.comment = digest().encode()
        for path in sorted(path for path in tree.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


class FunctionZip(BuildHookInterface[Any]):
    """hatchling's hook: runs for the sdist, the wheel and the editable install alike."""

    def dependencies(self) -> list[str]:
        """Ask for pip only where the zip has to be made: a build is isolated, and has none."""
        return [] if is_current() else [PIP]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the zip if it is not current, and put it into the build although git ignores it."""
        del version
        if not is_current():
            build()
        build_data["artifacts"].append(f"/{ZIP.relative_to(ROOT).as_posix()}")


if __name__ == "__main__":
    if not is_current():
        build()
    sys.stdout.write(f"{ZIP.relative_to(ROOT)}: {ZIP.stat().st_size:,} bytes\n")
