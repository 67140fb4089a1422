"""Finds the CDK CLI, and runs it as a child process without prompts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdk_partnercentral_local.cloud._errors import LocalCloudError
from cdk_partnercentral_local.cloud._process import GuardedProcess

_PROGRAM = Path("node_modules") / ".bin" / "cdk"
# Maps a command of the CLI to the options that prevent prompts.
_WITHOUT_PROMPTS = {"deploy": ("--require-approval", "never"), "destroy": ("--force",)}


@dataclass(frozen=True, kw_only=True)
class CdkRun:
    """The result of one run of the CDK CLI.

    Args:
        status (int): The exit status: 0 for success.
        text (str): The standard output and standard error together, in the order of writing.
        assembly (Path): The folder that contains the synthesized templates and assets.
    """

    status: int
    text: str
    assembly: Path


def find_cli(folder: Path, path: str) -> str:
    """Return the path of the CDK CLI.

    The function searches for `node_modules/.bin/cdk` in a folder and its parents, and then in the working directory and its
    parents. If the search finds nothing, the function returns the CDK CLI on PATH.

    Args:
        folder (Path): The folder in which the search starts.
        path (str): The value of PATH.

    Raises:
        LocalCloudError: The CDK CLI was not found.
    """
    here = folder.resolve()
    for parent in (here, *here.parents, *Path.cwd().parents, Path.cwd()):
        if (parent / _PROGRAM).exists():
            return str(parent / _PROGRAM)
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
    timeout: float,
) -> CdkRun:
    """Run the CDK CLI, and wait until it ends.

    Args:
        arguments (tuple[str, ...]): The command and its options, for example `("deploy", "--all")`.
        folder (Path): The folder of the CDK app, with its `cdk.json`.
        assembly (Path): The output folder of synthesis.
        environment (Mapping[str, str]): The complete environment. The CLI inherits no other variables.
        timeout (float): The maximum run time of the CLI, in seconds.

    Returns:
        The exit status, the output, and the folder that contains the synthesized templates.

    Raises:
        LocalCloudError: The CDK CLI was not found or timed out.
    """
    extra = _WITHOUT_PROMPTS.get(arguments[0], ())
    command = [find_cli(folder, environment["PATH"]), *arguments, *extra, "--no-notices", "--output", str(assembly)]
    with GuardedProcess(command, environment=environment, folder=folder, output=subprocess.PIPE) as process:
        try:
            text = process.read(timeout)
            return CdkRun(status=process.wait(timeout), text=text, assembly=assembly)
        except subprocess.TimeoutExpired:
            raise LocalCloudError(f"cdk {arguments[0]} did not end within {timeout:g} seconds.") from None
