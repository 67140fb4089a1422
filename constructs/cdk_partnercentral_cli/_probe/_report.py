"""The report of a run: JSON that can be attached to an issue, and a table.

The report contains no account ID, no engagement ID, no request ID, and no text of the service.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from cdk_partnercentral_cli import library_folder
from cdk_partnercentral_cli._probe._conclusions import Finding, findings
from cdk_partnercentral_cli._probe._journal import Journal

FORMAT = 1


def report(journal: Journal) -> dict[str, Any]:
    """Return the report as JSON. `Behavior.from_report` reads it."""
    model = json.loads((library_folder() / "_validation" / "service-2.json").read_text(encoding="utf-8"))
    count, _ = journal.tally()
    return {
        "format": FORMAT,
        "command": "cdk-partnercentral probe",
        "botocore_model": model["botocore"],
        "date": journal.date,
        "catalog": journal.catalog,
        "endpoint": journal.endpoint,
        "contexts": count,
        "findings": [_entry(each) for each in findings(journal)],
    }


def _entry(finding: Finding) -> dict[str, Any]:
    if finding.is_observed:
        return {
            "name": finding.name,
            "value": finding.value,
            "certainty": finding.certainty,
            "note": finding.note,
        }
    return {"name": finding.name, "not_observable": finding.note, **dict(finding.bounds)}


def table(findings: Sequence[Finding]) -> Table:
    """Return the findings as a table."""
    result = Table(box=None, pad_edge=False, header_style="bold")
    result.add_column("Unknown", no_wrap=True)
    result.add_column("Finding", no_wrap=True)
    result.add_column("Certainty and reason")
    for each in findings:
        if each.is_observed:
            result.add_row(each.name, _text(each.value), f"{each.certainty}: {each.note}")
        else:
            result.add_row(each.name, "not observable", each.note)
    return result


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} errors"
    return str(value).lower() if isinstance(value, bool) else str(value)
