"""From engagements in a local Partner Central to the events that CloudFormation sends for the generated file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack

from cdk_partnercentral_cli._import._file import FUNCTION, Existing, Written, python_file
from cdk_partnercentral_local import PartnerCentral

PER_STACK = 60


def read(service: PartnerCentral, engagement_id: str) -> dict[str, Any]:
    """Return the response to GetEngagement, with nulls."""
    request = json.dumps({"Catalog": "Sandbox", "Identifier": engagement_id}).encode()
    body: dict[str, Any] = json.loads(service.handle("AWSPartnerCentralSelling.GetEngagement", request).body)
    return body


def existing(response: dict[str, Any]) -> Existing:
    return Existing(
        catalog="Sandbox", id=response["Id"], title=response.get("Title", ""), contexts=response["Contexts"]
    )


def written(responses: Sequence[dict[str, Any]], *, redact: bool = False) -> Written:
    """Return the file for engagements."""
    return python_file(list(map(existing, responses)), ["cdk-partnercentral", "import"], redact=redact)


def synthesized(files: Sequence[str], folder: Path) -> Iterator[dict[str, Any]]:
    """Run each file in a stack of its own. Yield the properties of the contexts in the templates."""
    app = App(outdir=str(folder))
    for number, text in enumerate(files):
        scope: dict[str, Any] = {}
        exec(compile(text, f"deals{number}.py", "exec"), scope)  # noqa: S102 - the generated file
        scope[FUNCTION](Stack(app, f"Deals{number}"))
    app.synth()
    for template in sorted(folder.glob("*.template.json")):
        for resource in json.loads(template.read_text(encoding="utf-8"))["Resources"].values():
            if resource["Type"] == "Custom::EngagementContext":
                yield {**resource["Properties"], "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f"}


def as_cloudformation_sends(value: Any) -> Any:
    """Return properties with every scalar as a string."""
    if isinstance(value, dict):
        return {name: as_cloudformation_sends(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_cloudformation_sends(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)
