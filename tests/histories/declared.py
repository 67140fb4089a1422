"""What a template declares of one context, and what CloudFormation asks of the function for it: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.histories.payloads import MARK, Json, Spec

ACCOUNT = "111122223333"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A resource in a template.

    Attributes:
        engagement: its id.
        catalog: the engagement's.
        spec: the payload and its Type.
        by_arn: whether the template names the engagement by its ARN.
        token: a `client_token` of the user's own.
        adopts: `adopt_existing`.
        identifier: `existing_context_id`.
        control: a ServiceTimeout: another one is an Update that changes nothing.
    """

    engagement: str
    catalog: str
    spec: Spec
    by_arn: bool = False
    token: str | None = None
    adopts: bool = True
    identifier: str | None = None
    control: int = 3000

    @property
    def type(self) -> str:
        """The context's Type."""
        return self.spec.type

    @property
    def payload(self) -> Json:
        """The union's member."""
        return self.spec.payload

    def properties(self) -> dict[str, Any]:
        """Return the custom resource's properties, every scalar a string."""
        arn = f"arn:aws:partnercentral:us-east-1::catalog/{self.catalog}/engagement/{self.engagement}"
        properties = {
            "ServiceToken": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:Provider",
            "ServiceTimeout": str(self.control),
            "Catalog": self.catalog,
            "EngagementIdentifier": arn if self.by_arn else self.engagement,
            "Type": self.type,
            "Payload": {self.type: self.payload},
            "ClientToken": self.token,
            "AdoptExisting": None if self.adopts else "false",
            "ContextIdentifier": self.identifier,
        }
        return {name: value for name, value in properties.items() if value is not None}

    def __str__(self) -> str:
        further = {"client_token": self.token, "existing_context_id": self.identifier}
        said = "".join(f" {name}={value}" for name, value in further.items() if value)
        return f"{self.catalog}/{self.engagement} {self.spec}{said}{'' if self.adopts else ' adopt_existing=False'}"


@dataclass(frozen=True, kw_only=True)
class Request:
    """An event of the custom resource.

    Attributes:
        kind: `Create`, `Update` or `Delete`.
        number: makes its ResponseURL.
        request_id: CloudFormation's, not always a new one.
        stack_id: the stack's ARN.
        family: the stack's name and the logical id, which a stack that is made again shares.
        logical_id: the resource's.
        declared: the properties.
        before: the old properties; None but on Update.
        physical_id: None on Create.
    """

    kind: str
    number: int
    request_id: str
    stack_id: str
    family: str
    logical_id: str
    declared: Declared
    before: Declared | None = None
    physical_id: str | None = None

    @property
    def response_url(self) -> str:
        """The pre-signed URL: a credential, so it has the mark that must not show in a log."""
        return f"https://answers.example/{self.number}?Signature={MARK}"

    def event(self) -> dict[str, Any]:
        """Return what the function gets."""
        old: Mapping[str, Any] = {"OldResourceProperties": self.before.properties()} if self.before else {}
        identifier = {"PhysicalResourceId": self.physical_id} if self.physical_id is not None else {}
        return {
            "RequestType": self.kind,
            "RequestId": self.request_id,
            "ResponseURL": self.response_url,
            "ResourceType": "Custom::EngagementContext",
            "LogicalResourceId": self.logical_id,
            "StackId": self.stack_id,
            "ResourceProperties": self.declared.properties(),
            **identifier,
            **old,
        }

    def __str__(self) -> str:
        identifier = f" {self.physical_id}" if self.physical_id is not None else ""
        before = f" (before: {self.before})" if self.before else ""
        stack = self.stack_id.rpartition("stack/")[2]
        return f"{self.kind} {stack} {self.logical_id}{identifier}: {self.declared}{before} [request {self.number}]"
