"""Stacks in a scripted CloudFormation, engagements in a local Partner Central, and runs of the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cdk_partnercentral_cli.__main__ import app
from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from tests.lambda_handler.process.cloudformation import CloudFormation, Resource

COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))
REGION = "eu-west-1"
# What an SDK reads from the environment.
_SETTINGS = ("AWS_", "BOTO_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "COLUMNS", "FORCE_COLOR", "TERM")

PROJECT: Mapping[str, Any] = {
    "Customer": {
        "CompanyName": "Acme",
        "CountryCode": "US",
        "Industry": "Retail",
        "WebsiteUrl": "https://acme.example",
    },
    "Project": {
        "Title": "Move to AWS",
        "BusinessProblem": "The data center closes at the end of next year.",
        "TargetCompletionDate": "2027-06-30",
    },
}


GET_ATT = {"Fn::GetAtt": ["Other", "Name"]}
SECRET = "{{resolve:secretsmanager:customer:SecretString:name}}"


def changed(**members: Any) -> dict[str, Any]:
    """Return the project with other values of some members of `Project`."""
    return {**PROJECT, "Project": {**PROJECT["Project"], **members}}


def interaction(number: int, **members: Any) -> dict[str, Any]:
    """Return an interaction of a Lead. Different numbers have different origins."""
    contact = {
        "BusinessTitle": "CTO",
        "Email": f"robin{number}@acme.example",
        "FirstName": "Robin",
        "LastName": "Example",
    }
    return {"Contact": contact, "SourceType": "Webinar", "SourceId": f"source-{number}", **members}


def lead(*interactions: Any, **members: Any) -> dict[str, Any]:
    """Return the payload of a Lead."""
    return {"Customer": {"CompanyName": "Acme"}, "Interactions": list(interactions), **members}


def stack_arn(name: str) -> str:
    """Return the ARN of a stack."""
    return f"arn:aws:cloudformation:{REGION}:123456789012:stack/{name}/5f1c2a90-0000-4000-8000-00000000abcd"


@dataclass(frozen=True, kw_only=True)
class Run:
    """The result of a run of the command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on standard output."""
        return json.loads(self.out)

    @property
    def members(self) -> dict[str, tuple[Any, ...]]:
        """The members in the JSON document, by the resource's logical ID and the member's path."""
        return {
            f"{each['logicalId']}.{member['path']}": (
                member["result"],
                *(member[name] for name in ("declared", "current", "reason") if name in member),
            )
            for each in self.json["resources"]
            for member in each["members"]
        }

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each resource in the JSON document, by logical ID."""
        return {each["logicalId"]: each["status"] for each in self.json["resources"]}


@dataclass
class Deployed:
    """Deployed stacks, and the engagements that they declare."""

    cloudformation: CloudFormation
    server: PartnerCentralServer
    _templates: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def service(self) -> PartnerCentral:
        """The local Partner Central."""
        return self.server.service

    def engagement(self, *payloads: Mapping[str, Any], **details: Any) -> str:
        """Create an engagement with contexts that AWS wrote, and return its ID."""
        engagement = self.service.create_engagement(**details)
        for payload in payloads:
            self.service.as_aws.add_context(engagement, dict(payload))
        return engagement

    def declare(
        self,
        logical_id: str,
        properties: Mapping[str, Any] | None,
        physical_id: str | None,
        *,
        stack: str = "Deals",
        type_: str = "Custom::EngagementContext",
        status: str = "CREATE_COMPLETE",
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a resource to a stack. Without properties, the template does not contain the resource."""
        arn = stack_arn(stack)
        template = self._templates.setdefault(arn, {"Resources": {}, "Parameters": {}})
        if properties is not None:
            template["Resources"][logical_id] = {
                "Type": type_,
                "Properties": dict(properties),
                "Metadata": {"aws:cdk:path": f"{stack}/{logical_id}/Resource"},
            }
        template["Parameters"] |= parameters or {}
        self.cloudformation.templates[arn] = json.dumps(template)
        self.cloudformation.resources.setdefault(arn, []).append(
            Resource(logical_id=logical_id, physical_id=physical_id, type=type_, status=status)
        )

    def context(
        self,
        logical_id: str,
        engagement: str,
        payload: Any,
        *,
        context: str = "1",
        type_: str = "CustomerProject",
        **resource: Any,
    ) -> None:
        """Add a context to a stack. `payload` is the inner map of the declared payload."""
        properties = {
            "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
            "Catalog": "Sandbox",
            "EngagementIdentifier": engagement,
            "Type": type_,
            "Payload": {type_: payload},
        }
        self.declare(logical_id, properties, f"Sandbox/{engagement}/{context}", **resource)

    def settings(self) -> dict[str, str]:
        """Return the environment variables that make the command use these services."""
        return {
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": "/none",
            "AWS_SHARED_CREDENTIALS_FILE": "/none",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_CLOUDFORMATION": self.cloudformation.url,
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": self.server.url,
            "COLUMNS": "80",
        }

    def drift(self, *arguments: str) -> Run:
        """Run `cdk-partnercentral drift` in this process, which is faster."""
        removed = dict.fromkeys(name for name in os.environ if name.upper().startswith(_SETTINGS))
        done = CliRunner().invoke(app, ["drift", *arguments], env={**removed, **self.settings()})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Run(status=done.exit_code, out=done.stdout, err=done.stderr)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Run `cdk-partnercentral drift` in a process of its own."""
        return run_command(["drift", *arguments], self.settings() | dict(environment or {}))


def run_command(arguments: Sequence[str], settings: Mapping[str, str]) -> Run:
    """Run the installed command with these settings. An empty setting removes the variable."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(_SETTINGS)}
    environment = inherited | {name: value for name, value in settings.items() if value}
    done = subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=300
    )
    return Run(status=done.returncode, out=done.stdout, err=done.stderr)


def reads(deployed: Deployed) -> list[str]:
    """Return the engagements that were read, in order."""
    return [call.input["Identifier"] for call in deployed.service.calls]
