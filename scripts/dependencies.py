"""Tests the library with the ends of its dependencies' ranges: `python -m scripts.dependencies lowest`, or `newest`.

In an environment of its own, with the wheel and nothing that belongs to the local cloud. The lists of `make lock` hold one
version of each; what a user's own resolver takes may be any in the ranges.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESOLUTION = {"lowest": "lowest-direct", "newest": "highest"}
TOOLS = ("pytest", "pytest-xdist", "hypothesis")
# Not about the ranges: the local cloud wants versions of its own, cdk-nag the newest CDK, and the model its own botocore.
LEFT_OUT = (
    "--ignore=tests/cdk_partnercentral/test_agreement.py",
    "--ignore=tests/cdk_partnercentral/test_nag.py",
    "--ignore=tests/cdk_partnercentral/test_model.py",
    "--deselect=tests/cdk_partnercentral/test_validation.py::test_the_shipped_model_is_what_botocore_has",
)


def pinned(names: tuple[str, ...]) -> list[str]:
    """Return the developers' versions of packages, as requirements with their markers."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.rstrip("\\ ") for line in lines if re.match(rf"({'|'.join(names)})==", line)]


def test(end: str, folder: Path) -> int:
    """Install, tell what was resolved, and run the library's tests; return pytest's exit status."""
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "--quiet", "--no-config", "--python", str(python)]
    resolve = [*install, "--resolution", RESOLUTION[end], "--requirement", "pyproject.toml"]
    for command in (
        [*uv, "venv", "--quiet", "--no-config", "--python", sys.executable, str(folder)],
        resolve,
        # Older aws-cdk-lib and a package that it needs bring one file of the same name: aws-cdk-lib's comes last.
        [*resolve, "--reinstall-package", "aws-cdk-lib"],
        [*install, "--no-deps", "."],
        [*install, *pinned(TOOLS)],
        [*uv, "pip", "list", "--no-config", "--python", str(python)],
    ):
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603
    pytest = [str(python), "-m", "pytest", "-q", "-n", "2", "tests/cdk_partnercentral", *LEFT_OUT]
    return subprocess.run(pytest, cwd=ROOT, check=False).returncode  # noqa: S603


def main() -> int:
    """Run from the command line."""
    with tempfile.TemporaryDirectory() as folder:
        return test(sys.argv[1], Path(folder))


if __name__ == "__main__":
    sys.exit(main())
