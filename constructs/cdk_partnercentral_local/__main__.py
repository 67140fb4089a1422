"""The command that `make local` runs. For its options, run `python -m cdk_partnercentral_local --help`."""

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
from typing import Any

from cdk_partnercentral_local._extra import missing_extra
from cdk_partnercentral_local.cloud import LocalCloud, LocalCloudError

try:
    from rich.console import Console

    from cdk_partnercentral_local._terminal import Progress, contexts_table, outputs_table
except ModuleNotFoundError as error:
    sys.exit(missing_extra(error))

_DESCRIPTION = """\
Deploy the CDK app in the current folder to a local cloud, and then show the contexts in the local Partner Central.
The command creates an engagement and passes its ID to the app as the CDK context "engagement". It uses no AWS
account, and stops all processes at the end.
"""
_SERVE = "do not deploy; print environment variables for your shell, and keep the local cloud running until Ctrl-C"
_UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
_BOOTSTRAP_STACK = "CDKToolkit"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments (Sequence[str] | None): The command-line arguments; `sys.argv[1:]` by default.

    Returns:
        The exit status: 0 for success, 1 if a step failed, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m cdk_partnercentral_local", description=_DESCRIPTION)
    parser.add_argument("--serve", action="store_true", help=_SERVE)
    serve = parser.parse_args(arguments).serve
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit)
    # Without a terminal, rich assumes a width of 80 columns, but the tables need 100.
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
            f"{folder} must contain a CDK app; cdk.json is missing.",
            hint="Change to the folder of a CDK app, or pass --serve to start the local cloud without an app.",
        )
    with LocalCloud(step=progress.step) as cloud:
        with progress.step("cdk bootstrap"):
            cloud.bootstrap()
        engagement = cloud.partner_central.create_engagement(title="Demo")
        progress.console.print(f"   Engagement {engagement} (Sandbox)")
        if serve:
            _wait_for_ctrl_c(cloud, progress, engagement)
        else:
            deploy(cloud, progress, folder=folder, engagement=engagement)


def deploy(cloud: LocalCloud, progress: Progress, *, folder: Path, engagement: str) -> None:
    """Deploy the app in a folder, and print the outputs of its stacks and the contexts of the engagement.

    Args:
        cloud (LocalCloud): A running, bootstrapped local cloud.
        progress (Progress): The terminal output.
        folder (Path): The folder of the CDK app.
        engagement (str): The ID of the engagement. The app receives this ID as the CDK context `engagement`.

    Raises:
        LocalCloudError: The deployment failed. The error's log lists the reasons that CloudFormation reported.
    """
    with progress.loud_step("cdk deploy"):
        # With --ci, the CLI writes everything to standard output, so that all lines appear in order.
        options = ("--all", "--ci", "--progress", "events", "-c", f"engagement={engagement}")
        run = cloud.cdk("deploy", *options, folder=folder, capture=False)
        if run.status:
            raise _failure(cloud)
    for stack in _stacks(cloud):
        progress.table(f"Outputs of the stack {stack['StackName']}", outputs_table(stack.get("Outputs", [])))
    # Do not read the contexts with an SDK client: an SDK that is older than the API would not return all members.
    contexts = cloud.partner_central.engagement(engagement)["Contexts"]
    progress.table(f"Contexts of {engagement} in the local Partner Central", contexts_table(contexts))


def _failure(cloud: LocalCloud) -> LocalCloudError:
    failed = [
        f"{event['LogicalResourceId']}  {event['ResourceStatus']}\n  {event['ResourceStatusReason']}"
        for stack in _stacks(cloud)
        for event in reversed(_events(cloud, stack))
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    if not failed:
        return LocalCloudError("cdk deploy failed.", hint="See the output of the CDK CLI above.")
    hint = "Fix the errors below, and run the command again. CloudFormation reported:"
    return LocalCloudError("cdk deploy failed.", hint=hint, log="\n".join(failed))


def _stacks(cloud: LocalCloud) -> list[dict[str, Any]]:
    described = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [stack for stack in described if stack["StackName"] != _BOOTSTRAP_STACK]


def _events(cloud: LocalCloud, stack: dict[str, Any]) -> list[dict[str, Any]]:
    pages = cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack["StackId"])
    return [event for page in pages for event in page["StackEvents"]]


def _wait_for_ctrl_c(cloud: LocalCloud, progress: Progress, engagement: str) -> None:
    exports = [f"export {name}={shlex.quote(value)}" for name, value in cloud.settings.items()]
    progress.show("Run these commands in the shell in which you want to use cdk:")
    # Do not print these lines with rich, because rich would insert line breaks into the commands.
    sys.stdout.write("\n".join(["", f"unset {' '.join(_UNSET)}", *exports, ""]))
    progress.show(f"Then run: cdk deploy -c engagement={engagement}", "Press Ctrl-C to stop the local cloud.")
    threading.Event().wait()


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
