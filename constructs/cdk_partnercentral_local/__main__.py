"""The command behind `make local`. Run `python -m cdk_partnercentral_local --help`."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

from cdk_partnercentral_local._demo import create_engagement, deploy
from cdk_partnercentral_local._progress import Progress
from cdk_partnercentral_local.cloud._cloud import LocalCloud
from cdk_partnercentral_local.cloud._failures import LocalCloudError

_ABOUT = """\
Deploy the CDK app of this folder to a local cloud and show what the local Partner Central holds afterwards.
The app gets the id of a fresh engagement as the CDK context "engagement". No AWS account is used, and nothing
is left running.
"""
_SERVE = "deploy nothing: keep the local cloud up until Ctrl-C, and print what your own shell needs to use it"
_UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments (Sequence[str] | None): The command line; this process's own by default.

    Returns:
        The exit status: 0 when all went well, 1 when a step failed, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m cdk_partnercentral_local", description=_ABOUT)
    parser.add_argument("--serve", action="store_true", help=_SERVE)
    serve = parser.parse_args(arguments).serve
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    # Without a terminal there is no width to ask for; the tables are made for 100 columns.
    progress = Progress(Console(highlight=False, width=None if sys.stdout.isatty() else 100))
    started = time.monotonic()
    try:
        _run(progress, serve=serve)
    except LocalCloudError as error:
        progress.error(error)
        return 1
    except KeyboardInterrupt:
        progress.show("Stopped by Ctrl-C; nothing is left running.")
        return 0 if serve else 130
    progress.show(f"Done in {time.monotonic() - started:.0f} s; nothing is left running.")
    return 0


def _run(progress: Progress, *, serve: bool) -> None:
    folder = Path.cwd()
    if not serve and not (folder / "cdk.json").exists():
        raise LocalCloudError(
            f"There is no CDK app in {folder}: cdk.json is missing.",
            hint="Go to the folder of a CDK app, or start the local cloud alone with --serve.",
        )
    with LocalCloud(step=progress.step) as cloud:
        with progress.step("cdk bootstrap"):
            cloud.bootstrap()
        engagement = create_engagement(cloud, "Demo")
        progress.console.print(f"   Engagement {engagement} (Sandbox)")
        if serve:
            _wait_for_ctrl_c(cloud, progress, engagement)
        else:
            deploy(cloud, progress, folder=folder, engagement=engagement)


def _wait_for_ctrl_c(cloud: LocalCloud, progress: Progress, engagement: str) -> None:
    exports = [f"export {name}={shlex.quote(value)}" for name, value in cloud.settings.items()]
    progress.show("In the shell where you run cdk:")
    # Past rich, which would break long lines.
    sys.stdout.write("\n".join(["", f"unset {' '.join(_UNSET)}", *exports, ""]))
    progress.show(f"Then: cdk deploy -c engagement={engagement}", "Ctrl-C ends the local cloud.")
    threading.Event().wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
