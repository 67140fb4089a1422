"""Builds the last commit twice and says whether the bytes are the same: `python -m scripts.reproducible`.

The two builds differ in folder, umask, time zone, language, hash seed, the files' times and, where the command `faketime` is
installed, in the clock. Each makes its own zip, from what the lists pin.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUNCTION = "constructs/cdk_partnercentral/function.zip"


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """How one build differs from another."""

    folder: str
    umask: int
    clock: str
    environment: Mapping[str, str] = field(default_factory=dict)


HERE = Circumstances(folder="one", umask=0o022, clock="+0", environment={"TZ": "UTC", "PYTHONHASHSEED": "1"})
ELSEWHERE = Circumstances(
    folder="quite/another place",
    umask=0o077,
    clock="+25h",  # no more: certificates of the registries have to be valid
    environment={"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "2", "LC_ALL": "C"},
)


def build(circumstances: Circumstances, within: Path) -> dict[str, str]:
    """Build in a fresh clone; return the SHA-256 of the zip, the sdist and the wheel, by name."""
    clone = within / circumstances.folder
    clone.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **circumstances.environment}

    def run(*command: str | Path, folder: Path) -> None:
        subprocess.run(command, cwd=folder, env=environment, umask=circumstances.umask, check=True)  # noqa: S603

    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, clone, folder=within)
    run(*clock(circumstances), sys.executable, "-m", "hatchling", "build", "--directory", "dist", folder=clone)
    made = [clone / FUNCTION, *sorted((clone / "dist").iterdir())]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}


def clock(circumstances: Circumstances) -> Sequence[str]:
    """Return the command that sets another clock for one that follows it, where there is one."""
    return ["faketime", "-f", circumstances.clock] if shutil.which("faketime") else []


def main() -> int:
    """Build twice, print the digests, and return 1 if one differs."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (build(each, Path(folder)) for each in (HERE, ELSEWHERE))
    for name in sorted(first.keys() | second.keys()):
        same = first.get(name) == second.get(name)
        told = first.get(name) if same else f"{first.get(name)} and {second.get(name)}: NOT THE SAME"
        sys.stdout.write(f"{told}  {name}\n")
    if not clock(HERE):
        sys.stdout.write("Both builds had this machine's clock: faketime is not installed.\n")
    return int(first != second)


if __name__ == "__main__":
    sys.exit(main())
