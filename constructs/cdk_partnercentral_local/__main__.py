"""The command that `make local` runs. For its options, run `python -m cdk_partnercentral_local --help`."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from cdk_partnercentral_local._extra import missing_extra
from cdk_partnercentral_local.cloud import LocalCloud, LocalCloudError

try:
    from rich.console import Console

    from cdk_partnercentral_local._terminal import WIDTH, Count, Engagements, Progress, contexts_table, outputs_table
except ModuleNotFoundError as error:
    sys.exit(missing_extra(error))

_DESCRIPTION = """\
Deploy the CDK app in the current folder to a local cloud, and then show the engagements and contexts in the local Partner
Central. If cdk.json contains the CDK context "engagement", the command first creates an engagement, and passes its ID to
the app. The command uses no AWS account, and stops all processes at the end.
"""
_THEN = (
    "deploy the app again with this CDK context (as with cdk deploy -c), and show what the second deployment changed"
)
_SERVE = "do not deploy; print environment variables for your shell, and keep the local cloud running until Ctrl-C"
_UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
_BOOTSTRAP_STACK = "CDKToolkit"
# The steps of a run without deployments: the local Partner Central, MiniStack, `cdk bootstrap`, and the end.
STEPS = 4
_POLL_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments (Sequence[str] | None): The command-line arguments; `sys.argv[1:]` by default.

    Returns:
        The exit status: 0 for success, 1 if a step failed, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m cdk_partnercentral_local", description=_DESCRIPTION)
    options = parser.add_mutually_exclusive_group()
    options.add_argument("--then", metavar="NAME=VALUE", help=_THEN)
    options.add_argument("--serve", action="store_true", help=_SERVE)
    given = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit)
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    deployments = 0 if given.serve else 2 if given.then else 1
    progress = Progress(console, STEPS - 1 if given.serve else STEPS + deployments)
    started = time.monotonic()
    try:
        if given.serve:
            _serve(progress)
        else:
            run(progress, folder=Path.cwd(), then=given.then)
    except LocalCloudError as error:
        progress.error(error)
        return 1
    except KeyboardInterrupt:
        progress.show("Stopped by Ctrl-C; nothing is left running.")
        return 0 if given.serve else 130
    progress.show(f"Done in {time.monotonic() - started:.0f} s; nothing is left running.")
    return 0


def run(progress: Progress, *, folder: Path, then: str | None) -> None:
    """Deploy the app in a folder to a new local cloud, once or twice, and show what Partner Central contains.

    Args:
        progress (Progress): The terminal output.
        folder (Path): The folder of the CDK app.
        then (str | None): The CDK context of a second deployment, in the form `name=value`; None for one deployment.

    Raises:
        LocalCloudError: The folder contains no CDK app, or a step failed.
    """
    takes_engagement = "engagement" in _context(folder)
    deployments: dict[str, Engagements] = {}
    outputs: dict[str, Any] = {}
    with ExitStack() as parts:
        cloud = parts.enter_context(LocalCloud(step=progress.step))
        _bootstrap(cloud, progress)
        context = [f"engagement={cloud.partner_central.create_engagement(title='Demo')}"] if takes_engagement else []
        with progress.step("Deploy the app: cdk deploy") as count:
            deploy(cloud, folder=folder, context=context, count=count)
        deployments["First deployment" if then else "Value"] = _engagements(cloud)
        if then:
            with progress.step(f"Change the app and deploy again: cdk deploy -c {then}") as count:
                deploy(cloud, folder=folder, context=[*context, then], count=count)
            deployments["Second deployment"] = _engagements(cloud)
        else:
            outputs = {stack["StackName"]: stack.get("Outputs", []) for stack in _stacks(cloud)}
        with progress.step("Stop the local cloud"):
            parts.close()
    for name, values in outputs.items():
        progress.table(f"Outputs of the stack {name}", outputs_table(values))
    for engagement_id, engagement in list(deployments.values())[-1].items():
        title = f"Partner Central: engagement {engagement_id} ({engagement['Title']})"
        progress.table(title, contexts_table(engagement_id, deployments))


def deploy(cloud: LocalCloud, *, folder: Path, context: Sequence[str] = (), count: Count | None = None) -> None:
    """Deploy the app in a folder.

    Args:
        cloud (LocalCloud): A running, bootstrapped local cloud.
        folder (Path): The folder of the CDK app.
        context (Sequence[str]): The CDK context, each in the form `name=value`.
        count (Count | None): A function that gets the number of created resources and of all resources of new stacks, from
            another thread. None if nobody needs the numbers.

    Raises:
        LocalCloudError: The deployment failed. The error's log contains the reasons that CloudFormation reported, or the
            output of the CDK CLI if CloudFormation reported none.
    """
    options = [option for each in context for option in ("-c", each)]
    earlier = {event["EventId"] for event in _events(cloud)}
    with _counting(cloud, count) if count else nullcontext():
        done = cloud.cdk("deploy", "--all", *options, folder=folder)
    if done.status:
        raise _failure([event for event in _events(cloud) if event["EventId"] not in earlier], done.text)


@contextmanager
def _counting(cloud: LocalCloud, count: Count) -> Iterator[None]:
    """Count the resources of new stacks in another thread while the `with` block runs."""
    existing = {stack["StackId"] for stack in _stacks(cloud)}
    ended = threading.Event()

    def poll() -> None:
        while not ended.wait(_POLL_SECONDS):
            new = [stack["StackName"] for stack in _stacks(cloud) if stack["StackId"] not in existing]
            resources = [each for name in new for each in _resources(cloud, name)]
            if resources:
                count(sum(status.endswith("_COMPLETE") for status in resources), len(resources))

    thread = threading.Thread(target=poll, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _resources(cloud: LocalCloud, stack: str) -> list[str]:
    """Return the status of each resource in a stack's template, or an empty string if its creation has not started."""
    client = cloud.client("cloudformation")
    template = client.get_template(StackName=stack)["TemplateBody"]
    declared = (json.loads(template) if isinstance(template, str) else template).get("Resources", {})
    summaries = client.describe_stack_resources(StackName=stack)["StackResources"]
    statuses = {each["LogicalResourceId"]: each["ResourceStatus"] for each in summaries}
    return [statuses.get(name, "") for name in declared]


def _bootstrap(cloud: LocalCloud, progress: Progress) -> None:
    with progress.step("Create the CDK's bucket and roles: cdk bootstrap"):
        cloud.bootstrap()


def _context(folder: Path) -> Mapping[str, Any]:
    """Return the CDK context in the app's `cdk.json`."""
    try:
        settings = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LocalCloudError(
            f"{folder} must contain a CDK app; cdk.json is missing.",
            hint="Change to the folder of a CDK app, or pass --serve to start the local cloud without an app.",
        ) from None
    except ValueError as error:
        raise LocalCloudError(f"{folder / 'cdk.json'} must contain JSON: {error}.") from None
    context = settings.get("context", {})
    return context if isinstance(context, dict) else {}


def _failure(events: Sequence[Mapping[str, Any]], output: str) -> LocalCloudError:
    failed = [
        f"{event['LogicalResourceId']}  {event['ResourceStatus']}\n  {event['ResourceStatusReason']}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    if not failed:
        return LocalCloudError("cdk deploy failed.", hint="The output of the CDK CLI:", log=output)
    hint = "Fix the errors below, and run the command again. CloudFormation reported:"
    return LocalCloudError("cdk deploy failed.", hint=hint, log="\n".join(failed))


def _engagements(cloud: LocalCloud) -> Engagements:
    # Do not read them with an SDK client: an SDK that is older than the API would not return all members.
    service = cloud.partner_central
    return {engagement: service.engagement(engagement) for engagement in service.engagements()}


def _stacks(cloud: LocalCloud) -> list[dict[str, Any]]:
    described = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [stack for stack in described if stack["StackName"] != _BOOTSTRAP_STACK]


def _events(cloud: LocalCloud) -> list[dict[str, Any]]:
    """Return the events of all stacks. The events of each stack are in order, oldest first."""
    events = []
    for stack in _stacks(cloud):
        pages = (
            cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack["StackId"])
        )
        events += reversed([event for page in pages for event in page["StackEvents"]])
    return events


def _serve(progress: Progress) -> None:
    with LocalCloud(step=progress.step) as cloud:
        _bootstrap(cloud, progress)
        engagement = cloud.partner_central.create_engagement(title="Demo")
        exports = [f"export {name}={shlex.quote(value)}" for name, value in cloud.settings.items()]
        progress.show("Run these commands in the shell in which you want to use cdk:")
        # Do not print these lines with rich, because rich would insert line breaks into the commands.
        sys.stdout.write("\n".join(["", f"unset {' '.join(_UNSET)}", *exports, ""]))
        progress.show(
            "Then run: cdk deploy",
            f"If the app uses an existing engagement: cdk deploy -c engagement={engagement}",
            "Press Ctrl-C to stop the local cloud.",
        )
        threading.Event().wait()


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
