"""The declaration of a context in a template, and the events that CloudFormation sends to the function.

`engagements.py` contains the declaration of an engagement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.histories.payloads import SENSITIVE_MARK, Json, Spec

ACCOUNT = "111122223333"

# A `Declaration` or an `engagements.EngagementDeclaration`. Most code handles only one of them.
AnyDeclaration: TypeAlias = Any


def owner(stack_name: str, logical_id: str) -> str:
    """Return the owner of a context or an engagement. The owner consists of the stack's name and the resource's logical ID."""
    return f"{stack_name}{logical_id}".lower()


def engagement_arn(catalog: str, engagement: str) -> str:
    """Return the ARN of an engagement."""
    return f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement}"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The declaration of an engagement context in a template.

    Attributes:
        engagement: The engagement's ID.
        catalog: The engagement's catalog.
        of: The logical ID of the resource that creates the engagement, or None for another engagement. With a logical ID,
            `CloudFormation` sets `engagement` and `catalog`.
        spec: The payload and its Type.
        by_arn: Whether the template contains the engagement's ARN instead of its ID.
        client_token: The property `ClientToken`.
        adopt_existing: The property `AdoptExisting`.
        existing_context_id: The property `ContextIdentifier`.
        service_timeout: The property `ServiceTimeout`, in seconds. A new value causes an Update that changes no context.
    """

    engagement: str
    catalog: str
    of: str | None = None
    spec: Spec
    by_arn: bool = False
    client_token: str | None = None
    adopt_existing: bool = True
    existing_context_id: str | None = None
    service_timeout: int = 3000

    resource_type = "Custom::EngagementContext"

    @property
    def type(self) -> str:
        """The context's Type."""
        return self.spec.type

    @property
    def payload(self) -> Json:
        """The inner object of the payload, without the outer key that names the Type."""
        return self.spec.payload

    def properties(self) -> dict[str, Any]:
        """Return the ResourceProperties. Every scalar is a string, because CloudFormation converts scalars to strings."""
        properties = {
            "ServiceToken": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:Provider",
            "ServiceTimeout": str(self.service_timeout),
            "Catalog": self.catalog,
            "EngagementIdentifier": engagement_arn(self.catalog, self.engagement) if self.by_arn else self.engagement,
            "Type": self.type,
            "Payload": {self.type: self.payload},
            "ClientToken": self.client_token,
            "AdoptExisting": None if self.adopt_existing else "false",
            "ContextIdentifier": self.existing_context_id,
        }
        return {name: value for name, value in properties.items() if value is not None}

    def __str__(self) -> str:
        options = {"client_token": self.client_token, "existing_context_id": self.existing_context_id}
        text = "".join(f" {name}={value}" for name, value in options.items() if value)
        adopts = "" if self.adopt_existing else " adopt_existing=False"
        return f"{self.catalog}/{self.engagement} {self.spec}{text}{adopts}"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A custom resource event.

    Attributes:
        request_type: `Create`, `Update` or `Delete`.
        number: The event's number in the history. The ResponseURL contains this number, and is therefore unique.
        request_id: CloudFormation's RequestId. Several events can have the same RequestId.
        stack_id: The stack's ARN.
        owner: The owner of the resource's contexts or engagements. It stays the same if the stack is deleted and created again.
        logical_id: The resource's logical ID.
        desired: The declaration in the ResourceProperties.
        previous: The declaration in the OldResourceProperties of an Update, or None for other request types.
        physical_id: The physical ID, or None for a Create.
    """

    request_type: str
    number: int
    request_id: str
    stack_id: str
    owner: str
    logical_id: str
    desired: AnyDeclaration
    previous: AnyDeclaration | None = None
    physical_id: str | None = None

    @property
    def is_engagement(self) -> bool:
        """Whether the resource is an engagement, and not a context."""
        return bool(self.desired.resource_type == "Custom::Engagement")

    @property
    def response_url(self) -> str:
        """The pre-signed URL. This URL is a credential, so it contains `SENSITIVE_MARK`, which must not appear in a log."""
        return f"https://responses.example/{self.number}?Signature={SENSITIVE_MARK}"

    def json(self) -> dict[str, Any]:
        """Return the event in the format that the function receives."""
        old: Mapping[str, Any] = {"OldResourceProperties": self.previous.properties()} if self.previous else {}
        physical_id = {"PhysicalResourceId": self.physical_id} if self.physical_id is not None else {}
        return {
            "RequestType": self.request_type,
            "RequestId": self.request_id,
            "ResponseURL": self.response_url,
            "ResourceType": self.desired.resource_type,
            "LogicalResourceId": self.logical_id,
            "StackId": self.stack_id,
            "ResourceProperties": self.desired.properties(),
            **physical_id,
            **old,
        }

    def __str__(self) -> str:
        physical_id = f" {self.physical_id}" if self.physical_id is not None else ""
        previous = f" (previous: {self.previous})" if self.previous else ""
        stack = self.stack_id.rpartition("stack/")[2]
        return (
            f"{self.request_type} {stack} {self.logical_id}{physical_id}: {self.desired}{previous}"
            f" [event {self.number}]"
        )
