"""The demo: deploy the app of a folder to a local cloud and show what Partner Central holds afterwards.

Uses the local cloud as a user would: the CDK CLI and SDK clients. Knows nothing of what the app declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from cdk_partnercentral_local._progress import Progress
from cdk_partnercentral_local.cloud._cloud import LocalCloud
from cdk_partnercentral_local.cloud._failures import LocalCloudError

_BOOTSTRAP_STACK = "CDKToolkit"


def create_engagement(cloud: LocalCloud, title: str) -> str:
    """Create an engagement in the Sandbox catalog and return its id.

    Args:
        cloud (LocalCloud): A running local cloud.
        title (str): The engagement's title.
    """
    answer = cloud.client("partnercentral-selling").create_engagement(
        Catalog="Sandbox", Title=title, Description="Made by the local cloud; it ends with it."
    )
    return str(answer["Id"])


def deploy(cloud: LocalCloud, progress: Progress, *, folder: Path, engagement: str) -> None:
    """Deploy the app of a folder and print its stacks' outputs and the engagement's contexts.

    Args:
        cloud (LocalCloud): A running, bootstrapped local cloud.
        progress (Progress): Where to print.
        folder (Path): The folder of the CDK app.
        engagement (str): The engagement's id; the app gets it as the CDK context `engagement`.

    Raises:
        LocalCloudError: When the deployment fails, with the reasons that CloudFormation was given.
    """
    with progress.loud_step("cdk deploy"):
        # --ci: everything on standard output, in order.
        options = ("--all", "--ci", "--progress", "events", "-c", f"engagement={engagement}")
        run = cloud.cdk("deploy", *options, folder=folder, capture=False)
        if run.status:
            raise _failure(cloud)
    for title, table in (*_outputs(cloud), _contexts(cloud, engagement)):
        progress.show(Text(title, style="bold"))
        progress.console.print(table)


def _failure(cloud: LocalCloud) -> LocalCloudError:
    failed = [
        f"{event['LogicalResourceId']}  {event['ResourceStatus']}\n  {event['ResourceStatusReason']}"
        for stack in _stacks(cloud)
        for event in reversed(_events(cloud, stack))
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    if not failed:
        return LocalCloudError("cdk deploy failed.", hint="What the CDK CLI printed above says why.")
    hint = "Mend what is named below, and run the command again. CloudFormation was told:"
    return LocalCloudError("cdk deploy failed.", hint=hint, log="\n".join(failed))


def _stacks(cloud: LocalCloud) -> list[dict[str, Any]]:
    described = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [stack for stack in described if stack["StackName"] != _BOOTSTRAP_STACK]


def _events(cloud: LocalCloud, stack: dict[str, Any]) -> list[dict[str, Any]]:
    pages = cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack["StackId"])
    return [event for page in pages for event in page["StackEvents"]]


def _outputs(cloud: LocalCloud) -> Iterator[tuple[str, Table]]:
    for stack in _stacks(cloud):
        table = _table("Output", "Value")
        for output in stack.get("Outputs", []):
            table.add_row(output["OutputKey"], output["OutputValue"])
        yield f"Outputs of the stack {stack['StackName']}", table


def _contexts(cloud: LocalCloud, engagement: str) -> tuple[str, Table]:
    held = cloud.client("partnercentral-selling").get_engagement(Catalog="Sandbox", Identifier=engagement)
    table = _table("Context", "Field", "Value")
    for context in held.get("Contexts", []):
        first = f"{context['Id']}  {context['Type']}"
        for field, value in _flat(context["Payload"][context["Type"]]):
            table.add_row(first, field, value)
            first = ""
        table.add_section()
    return f"Contexts of {engagement}, as Partner Central holds them", table


def _table(*columns: str) -> Table:
    table = Table(header_style="cyan")
    *first, last = columns
    for column in first:
        table.add_column(column, no_wrap=True)
    table.add_column(last, overflow="fold")
    return table


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _flat(item, f"{path}[{position}]")
    elif isinstance(value, datetime):
        yield path, value.isoformat().replace("+00:00", "Z")
    else:
        yield path, str(value)
