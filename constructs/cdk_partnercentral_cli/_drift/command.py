"""The command line of `drift`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import Progress

from cdk_partnercentral_cli._aws import aws_session
from cdk_partnercentral_cli._drift.check import Result, Status, check
from cdk_partnercentral_cli._drift.policy import policy
from cdk_partnercentral_cli._drift.report import as_json, print_report
from cdk_partnercentral_cli._drift.stacks import CloudFormation
from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._options import AsJson, EndpointUrl, Profile

_DRIFTED = 1

_Stacks = Annotated[
    Optional[list[str]],  # noqa: UP045 - Typer evaluates the annotation on Python 3.10
    typer.Argument(
        metavar="STACK",
        help=(
            "Names or ARNs of stacks, with their nested stacks. By default, every stack of the Region that declares engagements"
            " or contexts."
        ),
        show_default=False,
    ),
]
_ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show sensitive values too, such as names and email addresses.")
]
_Policy = Annotated[
    bool, typer.Option("--policy", help="Print the IAM policy that this command needs, and exit. Needs no credentials.")
]


def drift(
    stacks: _Stacks = None,
    show_values: _ShowValues = False,
    show_policy: _Policy = False,
    json_: AsJson = False,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Compare deployed stacks with Partner Central.

    The command reads the deployed templates from CloudFormation and the engagements from Partner Central. It shows every
    declared member that differs from Partner Central, or that cannot be compared. A value that only Partner Central has is no
    drift. Characters that are not ASCII are not compared, because CloudFormation does not return them. The command changes
    nothing.

    For example:

    - `cdk-partnercentral drift` checks every stack of the Region.
    - `cdk-partnercentral drift Deals --json` checks one stack, for a script.
    - `cdk-partnercentral drift Deals --policy` prints the IAM policy for it.

    Exit codes: 0 means in sync. 1 means drift. 2 means that a resource could not be compared, or that the command failed.
    If some resources drifted and others could not be compared, the exit code is 2.
    """
    names = stacks or []
    if show_policy:
        typer.echo(json.dumps(policy(names), indent=2))
        return
    session = aws_session(profile, endpoint_url)
    used, resources = CloudFormation(session).resources(names)
    with _progress() as on_progress:
        result = check(session, used, resources, on_progress)
    unknown = {finding.reason for finding in result.findings if finding.status is Status.UNKNOWN}
    if json_:
        typer.echo(json.dumps(as_json(result, show_values=show_values), indent=2))
    elif result.count(Status.UNKNOWN) < len(result.findings) or len(unknown) > 1:
        print_report(Console(highlight=False), result, show_values=show_values)
    if unknown:
        raise CliError(_could_not_tell(result, unknown))
    if result.count(Status.DRIFTED):
        raise typer.Exit(_DRIFTED)


def _could_not_tell(result: Result, reasons: set[str]) -> str:
    if len(reasons) == 1:
        return next(iter(reasons))
    return f"{result.count(Status.UNKNOWN)} of {len(result.findings)} resources could not be compared."


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show the number of engagements that were read, if standard error is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Read engagements", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
