"""`cdk-partnercentral import`: write the Python code that declares engagements which exist already.

```text
_find.py       find engagements: `--list`
_payload.py    a payload as Python source
_file.py       the file: imports, comments, construct IDs
_printer.py    Python source in the format of `ruff format`
```
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cdk_partnercentral_cli._aws import PartnerCentralApi, aws_session
from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._import._find import Filters, Found, find
from cdk_partnercentral_cli._import._printer import visible
from cdk_partnercentral_cli._options import AsJson, EndpointUrl, Profile
from lambda_handler.errors import ApiError, Kind
from lambda_handler.identity import ENGAGEMENT_ARN, ENGAGEMENT_ID

if TYPE_CHECKING:
    from cdk_partnercentral_cli._import._file import Written

_CATALOGS = ("AWS", "Sandbox")
_PRODUCTION = "AWS"
_FIND = "Options for --list"


def import_engagements(
    engagements: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="ENGAGEMENT", help="Engagements to import: IDs (eng-...) or ARNs.", show_default=False),
    ] = None,
    catalog: Annotated[
        Optional[Literal["AWS", "Sandbox"]],  # noqa: UP045
        typer.Option(
            "--catalog", help="The catalog. By default, that of the ARN, or AWS (production).", show_default=False
        ),
    ] = None,
    contexts: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--context", metavar="ID", help="Import only this context. Can be repeated.", show_default=False),
    ] = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write. By default, standard output.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help=(
                "Leave out titles of engagements, interactions (they contain contacts), and members that the library does not"
                " know."
            ),
        ),
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="Find engagements instead of importing them.")] = False,
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--title", metavar="TEXT", help="A part of the title.", rich_help_panel=_FIND, show_default=False),
    ] = None,
    customer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--customer", metavar="TEXT", help="A part of a customer's name.", rich_help_panel=_FIND, show_default=False
        ),
    ] = None,
    type_: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--type",
            metavar="TYPE",
            help="The Type of a context, such as Lead.",
            rich_help_panel=_FIND,
            show_default=False,
        ),
    ] = None,
    created_by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--created-by",
            metavar="ID",
            help="The creator's account ID, or aws.",
            rich_help_panel=_FIND,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Write Python code for engagements that exist already.

    The code refers to the engagements and imports their contexts, so the stack manages them from its first deployment on.
    That deployment writes nothing to Partner Central, unless a context changed meanwhile. This command only reads. Values
    that cannot be declared are left out; comments in the file name them.

    For example:

    - `cdk-partnercentral import --list --customer acme`
    - `cdk-partnercentral import eng-0123456789abcd -o deals.py`
    - `cdk-partnercentral import eng-0123456789abcd --context 1 --redact`

    Permissions: `partnercentral:GetEngagement`; for `--list`, `partnercentral:SearchEngagements` or
    `partnercentral:ListEngagements`.

    Exit codes: 0 means success, 2 means that the command failed.
    """
    filters = Filters(title=title, customer=customer, type=type_, created_by=created_by)
    if list_:
        if engagements or contexts or output or force or redact:
            raise CliError(
                "--list finds engagements: remove the engagements, --context, --output, --force and --redact."
            )
        _list(PartnerCentralApi(aws_session(profile, endpoint_url)), catalog or _PRODUCTION, filters, as_json=as_json)
        return
    if filters != Filters() or as_json:
        raise CliError(
            "--title, --customer, --type, --created-by and --json have an effect only with --list: add --list."
        )
    if not engagements:
        raise CliError("No engagement was given: pass its ID, or find it with `cdk-partnercentral import --list`.")
    places = list(dict.fromkeys(_place(each, catalog) for each in engagements))
    if contexts and len(places) > 1:
        raise CliError("--context has an effect only with one engagement: import the other engagements separately.")
    if output and output.exists() and not force:
        raise CliError(f"{output} exists: choose another file, or pass --force to overwrite it.")
    if output and not output.parent.is_dir():
        raise CliError(f"{output} cannot be written: there is no folder {output.parent}.")
    api = PartnerCentralApi(aws_session(profile, endpoint_url))
    responses = {place: _read(api, *place, contexts) for place in places}
    command = ["cdk-partnercentral", "import", *engagements, *(["--catalog", catalog] if catalog else [])]
    command += [part for each in contexts or [] for part in ("--context", each)] + ["--redact"] * redact
    written = _python_file(responses, command, redact=redact)
    _write(written.text, output)
    left_out = f" Values left out: {written.left_out}; comments in the file name them." if written.left_out else ""
    _notify(f"Engagements: {len(places)}. Imported contexts: {written.contexts}.{left_out}")


def _place(identifier: str, catalog: str | None) -> tuple[str, str]:
    """Return the catalog and the ID of an engagement."""
    if ENGAGEMENT_ID.fullmatch(identifier):
        return catalog or _PRODUCTION, identifier
    arn = ENGAGEMENT_ARN.fullmatch(identifier)
    if arn is None or arn["catalog"] not in _CATALOGS:
        raise CliError(
            f"{identifier!r} is not an engagement: pass an ID (eng- followed by 14 lowercase letters or digits) or an ARN "
            f"in the catalog {' or '.join(_CATALOGS)}."
        )
    if catalog not in (None, arn["catalog"]):
        raise CliError(f"{identifier} is not in the catalog {catalog}: remove --catalog, because the ARN contains it.")
    return arn["catalog"], arn["id"]


def _read(api: PartnerCentralApi, catalog: str, engagement_id: str, wanted: list[str] | None) -> dict[str, Any]:
    """Return the response to GetEngagement, with only the wanted contexts."""
    try:
        response = api.call("GetEngagement", Catalog=catalog, Identifier=engagement_id)
    except ApiError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        raise CliError(
            f"Engagement {engagement_id} was not found in the catalog {catalog}: check the ID, --catalog and the account."
        ) from None
    contexts = response.get("Contexts") or [] if isinstance(response, dict) else None
    if not isinstance(contexts, list) or not all(isinstance(each, dict) for each in contexts):
        raise CliError("The response is not that of GetEngagement: check the proxy and --endpoint-url.")
    ids = [each.get("Id") for each in contexts]
    missing = ", ".join(each for each in wanted or [] if each not in ids)
    if missing:
        found = ", ".join(f"{each.get('Id')} ({each.get('Type')})" for each in contexts) or "no context"
        raise CliError(f"Engagement {engagement_id} has no context {missing}: it has {visible(found)}.")
    return {**response, "Contexts": [each for each in contexts if not wanted or each.get("Id") in wanted]}


def _python_file(responses: dict[tuple[str, str], dict[str, Any]], command: list[str], *, redact: bool) -> Written:
    # The validation at synthesis decides what can be declared. It imports aws_cdk, which takes seconds and needs Node.js.
    if not (os.environ.get("JSII_NODE") or shutil.which("node")):
        raise CliError("Node.js was not found: install it, as for the CDK, or set JSII_NODE to its path.")
    from cdk_partnercentral_cli._import._file import Existing, python_file

    engagements = [
        Existing(catalog=catalog, id=id_, title=str(response.get("Title") or ""), contexts=response["Contexts"])
        for (catalog, id_), response in responses.items()
    ]
    return python_file(engagements, command, redact=redact)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
        return
    try:
        if output.exists() and not output.is_file():
            # A device, such as /dev/stdout, must not be replaced.
            output.write_bytes(text.encode())
        else:
            _replace(output.resolve(), text.encode())
    except OSError as error:
        raise CliError(f"{output} cannot be written: {error.strerror}.") from None


def _replace(file: Path, content: bytes) -> None:
    """Write a file that only the user can read, because it contains personal data. Keep the old file if this fails."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
            opened.write(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _list(api: PartnerCentralApi, catalog: str, filters: Filters, *, as_json: bool) -> None:
    found = find(api, catalog, filters, _notify)
    if as_json:
        sys.stdout.write(json.dumps([_described(each, filters) for each in found], indent=2) + "\n")
        return
    if found:
        _console().print(_table(found, filters))
    _notify(f"Engagements found in the catalog {catalog}: {len(found)}.")


def _described(found: Found, filters: Filters) -> dict[str, Any]:
    customers = {} if filters.customer is None else {"Customers": found.customers}
    return {
        "Id": found.id,
        "Title": found.title,
        "CreatedBy": found.created_by,
        "CreatedAt": found.created_at,
        "ContextTypes": found.types,
        **customers,
    }


def _table(found: list[Found], filters: Filters) -> Table:
    table = Table()
    table.add_column("Engagement", no_wrap=True)
    table.add_column("Title")
    table.add_column("Created by", no_wrap=True)
    table.add_column("Contexts", no_wrap=True)
    if filters.customer is not None:
        table.add_column("Customer")
    for each in found:
        customers = [] if filters.customer is None else ["\n".join(map(visible, each.customers))]
        table.add_row(
            each.id, escape(visible(each.title)), each.created_by, "\n".join(each.types), *map(escape, customers)
        )
    return table


def _console() -> Console:
    return Console(highlight=False)


def _notify(message: str) -> None:
    typer.echo(message, err=True)
