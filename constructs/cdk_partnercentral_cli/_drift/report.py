"""The result of `drift` as tables and as JSON.

Sensitive values are shown only if the user asks for them, because the output can end up in the log of a CI job.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cdk_partnercentral_cli._drift.check import Finding, Result, Status
from cdk_partnercentral_cli._drift.comparison import Member
from cdk_partnercentral_cli._drift.non_ascii import NON_ASCII

_STYLES = {Status.IN_SYNC: "green", Status.DRIFTED: "yellow", Status.UNKNOWN: "red"}
_MISSING = "(missing)"
_FAILED = "_FAILED"


def as_json(result: Result, *, show_values: bool) -> dict[str, Any]:
    """Return the result for machines.

    Args:
        result: The result.
        show_values: Whether to include sensitive values.
    """
    return {
        "stacks": list(result.stacks),
        "summary": {
            "inSync": result.count(Status.IN_SYNC),
            "drifted": result.count(Status.DRIFTED),
            "unknown": result.count(Status.UNKNOWN),
            "membersNotCompared": result.not_compared,
        },
        "resources": [_finding_as_json(finding, show_values=show_values) for finding in result.findings],
        "unmanagedContexts": [
            {
                "catalog": each.engagement.catalog,
                "engagementId": each.engagement.engagement_id,
                "contextId": each.context.id,
                "type": each.context.type,
            }
            for each in result.unmanaged
        ],
    }


def _finding_as_json(finding: Finding, *, show_values: bool) -> dict[str, Any]:
    resource = finding.resource
    return {
        "stack": resource.stack,
        "path": resource.path,
        "logicalId": resource.logical_id,
        "resourceType": resource.type,
        "physicalId": resource.physical_id,
        "resourceStatus": resource.status,
        "status": finding.status.value,
        "reason": finding.reason or None,
        "contextType": finding.context_type or None,
        "members": [_member_as_json(member, show_values=show_values) for member in finding.members],
    }


def _member_as_json(member: Member, *, show_values: bool) -> dict[str, Any]:
    if member.not_compared:
        return {"path": member.path, "result": "NOT_COMPARED", "reason": member.not_compared}
    result = "MISSING" if member.current is None else "DIFFERENT"
    shown = {"path": member.path, "result": result, "sensitive": member.sensitive}
    if member.problem:
        shown["problem"] = member.problem
    if not member.sensitive or show_values:
        shown |= {"declared": member.declared, "current": member.current}
    return shown


def print_report(console: Console, result: Result, *, show_values: bool) -> None:
    """Print the result for people: a table for each resource with differences, and a summary.

    Args:
        console: The console to print to.
        result: The result.
        show_values: Whether to include sensitive values.
    """
    for finding in result.findings:
        has_failed = finding.status is not Status.UNKNOWN and finding.resource.status.endswith(_FAILED)
        # Most contexts in a language other than English would have such a row, so only the summary counts these texts.
        members = [member for member in finding.members if member.not_compared != NON_ASCII]
        if members or has_failed:
            console.print(*_heading(finding))
            if members:
                console.print(_members_table(members, show_values=show_values))
            console.print()
    unknown = [finding for finding in result.findings if finding.status is Status.UNKNOWN]
    if unknown:
        console.print(Text("Could not be compared", style="bold"))
        console.print(_table(("Resource", "Reason"), ((each.resource.path, each.reason) for each in unknown)), "")
    if result.unmanaged:
        console.print(Text("Contexts that no checked stack manages", style="bold"))
        rows = ((str(each.engagement), each.context.id, each.context.type) for each in result.unmanaged)
        console.print(_table(("Engagement", "Context", "Type"), rows), "")
    for line in _summary(result):
        console.print(line)


def _heading(finding: Finding) -> tuple[Text, ...]:
    resource = finding.resource
    kind = finding.context_type or resource.type.removeprefix("Custom::")
    state = f", {resource.status}" if resource.status.endswith(_FAILED) else ""
    return (
        Text(resource.path, style="bold"),
        Text(finding.status.value, style=_STYLES[finding.status]),
        Text(f"\n{kind} {resource.physical_id}{state}"),
    )


def _members_table(members: Sequence[Member], *, show_values: bool) -> Table:
    return _table(
        ("Member", "Declared", "In Partner Central"),
        ((_label(member), *_values(member, show_values=show_values)) for member in members),
    )


def _label(member: Member) -> str:
    return f"{member.path} [{member.problem}]" if member.problem else member.path


def _values(member: Member, *, show_values: bool) -> tuple[str, str]:
    if member.not_compared:
        return f"({member.not_compared})", "(not compared)"
    missing = member.current is None
    if member.sensitive and not show_values:
        return "(sensitive)", _MISSING if missing else "(sensitive, differs)"
    return _shown(member.declared), _MISSING if missing else _shown(member.current)


def _shown(value: Any) -> str:
    """Return a value as JSON. Characters that a terminal would interpret are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _table(headings: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # A Text is printed without interpreting markup.
        table.add_row(*map(Text, row))
    return table


def _summary(result: Result) -> Iterator[Text]:
    counts = [
        Text(f"{result.count(status)} {text}", style=_STYLES[status] if result.count(status) else "")
        for status, text in (
            (Status.IN_SYNC, "in sync"),
            (Status.DRIFTED, "drifted"),
            (Status.UNKNOWN, "could not be compared"),
        )
    ]
    total = f"{_counted(len(result.findings), 'resource')} in {_counted(len(result.stacks), 'stack')}: "
    yield Text(total) + Text(", ").join(counts) + Text(".")
    if result.references:
        noun = _counted(result.references, "declared member")
        yield Text(f"{noun} could not be compared, because the value is a reference.")
    if result.non_ascii:
        yield Text(f"{_counted(result.non_ascii, 'declared member')} could not be compared completely: {NON_ASCII}.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
