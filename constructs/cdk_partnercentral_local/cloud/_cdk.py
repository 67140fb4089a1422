"""The CDK CLI as a child process.

Knows where the CLI is and how to run it without questions; knows nothing of what answers it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdk_partnercentral_local.cloud._failures import LocalCloudError
from cdk_partnercentral_local.cloud._process import GuardedProcess

_LOCAL = Path("node_modules") / ".bin" / "cdk"
# Options that each command needs so that it asks nothing.
_WITHOUT_QUESTIONS = {"deploy": ("--require-approval", "never"), "destroy": ("--force",)}


@dataclass(frozen=True, kw_only=True)
class CdkRun:
    """What one run of the CDK CLI came to.

    Args:
        status (int): The exit status; 0 is success.
        text (str): What it printed, both streams in order; empty when that went to this process's own output.
        assembly (Path): The folder with the synthesised templates and assets.
    """

    status: int
    text: str
    assembly: Path


def find_cli(folder: Path, path: str) -> str:
    """Return the CDK CLI to use: the nearest `node_modules/.bin/cdk` above a folder, else the one on PATH.

    Args:
        folder (Path): Where the search starts.
        path (str): The value of PATH.

    Raises:
        LocalCloudError: When there is none.
    """
    here = folder.resolve()
    for parent in (here, *here.parents, *Path.cwd().parents, Path.cwd()):
        if (parent / _LOCAL).exists():
            return str(parent / _LOCAL)
    found = shutil.which("cdk", path=path)
    if found is None:
        raise LocalCloudError(
            "The CDK CLI was not found: neither node_modules/.bin/cdk in the project nor `cdk` on PATH.",
            hint="Run `make setup` in the repository, or `npm install aws-cdk` in your own project.",
        )
    return found


def run_cli(
    arguments: tuple[str, ...],
    *,
    folder: Path,
    assembly: Path,
    environment: Mapping[str, str],
    capture: bool,
    patience: float,
) -> CdkRun:
    """Run the CDK CLI to its end.

    Args:
        arguments (tuple[str, ...]): The command and its options, such as `("deploy", "--all")`.
        folder (Path): The folder of the CDK app, with its `cdk.json`.
        assembly (Path): Where synthesis puts its output.
        environment (Mapping[str, str]): The whole environment.
        capture (bool): True returns what the CLI prints, False lets it through to this process's own output.
        patience (float): Seconds it may take.

    Returns:
        Status, text and assembly.

    Raises:
        LocalCloudError: When there is no CLI or it takes longer.
    """
    extra = _WITHOUT_QUESTIONS.get(arguments[0], ())
    command = [find_cli(folder, environment["PATH"]), *arguments, *extra, "--no-notices", "--output", str(assembly)]
    with GuardedProcess(
        command, environment=environment, folder=folder, output=subprocess.PIPE if capture else None
    ) as process:
        try:
            text = process.read(patience) if capture else ""
            return CdkRun(status=process.wait(patience), text=text, assembly=assembly)
        except subprocess.TimeoutExpired:
            raise LocalCloudError(f"cdk {arguments[0]} did not end within {patience:g} seconds.") from None
