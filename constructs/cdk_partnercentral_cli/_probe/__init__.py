"""The subcommand `probe`: find out how Partner Central behaves where its documentation is silent.

```text
__init__.py       the command: options, confirmation, report
_run.py           the steps, in their order
_samples.py       the sample data
_steps.py         look-ups in the outcomes of the steps
_session.py       reads and writes: pacing, retries, open outcomes
_journal.py       the state file
_conclusions.py   what the outcomes mean
_report.py        JSON and table
```
"""

from __future__ import annotations

import json
import secrets
import shlex
import time
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from rich.console import Console

from cdk_partnercentral_cli._aws import PartnerCentralApi, aws_session
from cdk_partnercentral_cli._errors import EXPECTED, CliError, sentence
from cdk_partnercentral_cli._options import AsJson, EndpointUrl, Profile
from cdk_partnercentral_cli._probe._conclusions import findings
from cdk_partnercentral_cli._probe._journal import CATALOG, Journal
from cdk_partnercentral_cli._probe._report import report as make_report
from cdk_partnercentral_cli._probe._report import table
from cdk_partnercentral_cli._probe._run import Run
from cdk_partnercentral_cli._probe._session import Session

_DEFAULT_PROFILE = "default"
STATE_FILE = Path("cdk-partnercentral-probe.json")

# Typer evaluates these annotations on Python 3.10 too, so they use Optional.
_Catalog = Annotated[str, typer.Option("--catalog", metavar="NAME", help="Only Sandbox is allowed.")]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the engagement is created.")]
_Resume = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--resume", metavar="FILE", help="Continue the interrupted run with this state file."),
]
_Output = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--output", "-o", metavar="FILE", help="Also write the report to this file, as JSON."),
]


def probe(
    *,
    catalog: _Catalog = "Sandbox",
    yes: _Yes = False,
    resume: _Resume = None,
    output: _Output = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Find out how Partner Central behaves where AWS does not document it.

    The command creates **one engagement with at most five contexts** in the Sandbox, with invented data. Partner Central
    cannot delete them, so they stay. The command lists them and asks first. It sends at most one write per second, and takes
    about half a minute, or longer if reads return an older state after a write.

    The report contains one finding for each unknown behavior, or the reason why it is not observable. It contains no
    account ID and no engagement ID, so you can attach it to an issue.

    If the run is interrupted, continue it with `--resume`. It creates nothing twice.

    Example: `cdk-partnercentral probe -o report.json`

    Permissions: `partnercentral:CreateEngagement`, `partnercentral:CreateEngagementContext`,
    `partnercentral:UpdateEngagementContext`, `partnercentral:GetEngagement` and `partnercentral:ListEngagements`.

    Exit codes: 0 means that there is a report, and 2 that the command failed.
    """
    if catalog != CATALOG:
        raise CliError(
            f"The catalog must be {CATALOG}; got {catalog}. The command leaves an engagement behind that cannot be deleted."
        )
    journal = Journal.load(resume) if resume else None
    if journal is None:
        Journal.check_absent(STATE_FILE)
        if not yes:
            _confirm()
    aws = aws_session(profile, endpoint_url)
    api = PartnerCentralApi(aws)
    if journal is not None:
        _check_settings(journal, api.endpoint_url, aws.profile_name)
    else:
        journal = Journal.start(
            STATE_FILE,
            run=secrets.token_hex(4),
            date=time.strftime("%Y-%m-%d", time.gmtime()),
            endpoint_url=api.endpoint_url,
            profile=aws.profile_name,
        )
    _run(api, journal)
    content = make_report(journal)
    if output is not None:
        _write(content, output)
    if as_json:
        typer.echo(json.dumps(content, indent=2))
    else:
        Console().print(table(findings(journal)))
    typer.echo(
        f"The engagement {journal.engagement_id} stays, with {content['contexts']} contexts.\n"
        f"You can delete {journal.path}.",
        err=True,
    )


def _confirm() -> None:
    typer.echo(
        "This creates in the catalog Sandbox, with invented data:\n"
        '- one engagement, with the title "Probe" and a random number\n'
        "- at most five contexts: customer projects, a lead, and whatever the service\n"
        "  accepts of a customer account, a prospecting result and an unknown type\n"
        "Partner Central cannot delete engagements or contexts, so they stay.",
        err=True,
    )
    try:
        is_confirmed = typer.confirm("Create them?", err=True)
    except typer.Abort:
        typer.echo(err=True)
        is_confirmed = False
    if not is_confirmed:
        raise CliError("Nothing was created: confirm the question, or pass --yes.")


def _check_settings(journal: Journal, endpoint_url: str, profile: str) -> None:
    """Check that the run continues where it started.

    Raises:
        CliError: The endpoint or the profile is another one.
    """
    if (endpoint_url, profile) != (journal.endpoint_url, journal.profile):
        raise CliError(
            f"The interrupted run used the endpoint {journal.endpoint_url} and the profile {journal.profile}; got "
            f"{endpoint_url} and {profile}. Use the same: {_continue(journal)}"
        )


def _run(api: PartnerCentralApi, journal: Journal) -> None:
    session = Session(api.attempt, journal, say=lambda step: typer.echo(f"Sending: {step}", err=True))
    try:
        Run(session).all_steps()
    except EXPECTED as error:
        if journal.is_empty:
            journal.remove()
            raise
        raise CliError(f"{sentence(error)} Then continue with: {_continue(journal)}") from None
    except KeyboardInterrupt:
        if journal.is_empty:
            journal.remove()
        else:
            typer.echo(f"\nContinue with: {_continue(journal)}", err=True)
        raise


def _continue(journal: Journal) -> str:
    options = ["--resume", str(journal.path)]
    if journal.profile != _DEFAULT_PROFILE:
        options += ["--profile", journal.profile]
    if journal.endpoint != "AWS":
        options += ["--endpoint-url", journal.endpoint_url]
    return f"cdk-partnercentral probe {shlex.join(options)}"


def _write(report: dict[str, Any], output: Path) -> None:
    try:
        output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CliError(f"{output} cannot be written: {error.strerror}.") from None
