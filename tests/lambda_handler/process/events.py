"""Events as CloudFormation sends them, with invented names, and the sensitive values in them."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from cdk_partnercentral_local.service import service_model

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd"
OTHER_STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/77777777-0000-4000-8000-00000000abcd"
LOGICAL_ID = "AcmeMigration1A2B3C4D"
SERVICE_TOKEN = "arn:aws:lambda:eu-west-1:123456789012:function:Demo-Provider"

PROJECT: dict[str, Any] = {
    "Customer": {
        "Industry": "Retail",
        "CompanyName": "Quixotic Zebra Tools",
        "WebsiteUrl": "https://quixotic-zebra.example",
        "CountryCode": "US",
    },
    "Project": {
        "Title": "Move to AWS",
        "BusinessProblem": "The zeppelin hangar loses all its paperwork every winter.",
        "TargetCompletionDate": "2027-06-30",
    },
}
OTHER_PROJECT: dict[str, Any] = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "Move further"}}


def interaction(name: str, **members: Any) -> dict[str, Any]:
    """Return an interaction of a Lead, with a contact of this first name."""
    contact = {
        "BusinessTitle": "Keeper of the Zeppelins",
        "Email": f"{name.lower()}@quixotic-zebra.example",
        "FirstName": name,
        "LastName": "Featherstonehaugh",
        "Phone": "+15550142",
    }
    return {"Contact": contact, "SourceType": "Event", **members}


def lead(*interactions: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return a Lead with these interactions."""
    return {"Customer": {"CompanyName": "Quixotic Zebra Tools"}, "Interactions": list(interactions), **members}


def properties(engagement: str, payload: Any = PROJECT, type_: str = "CustomerProject", **more: Any) -> dict[str, Any]:
    """Return the custom resource's properties."""
    return {
        "ServiceToken": SERVICE_TOKEN,
        "ServiceTimeout": "3000",
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "Type": type_,
        "Payload": {type_: payload},
        **more,
    }


# The description of an engagement, which must not be in a log or a Reason.
DESCRIPTION = "The zeppelin hangar moves its archive to AWS."


def engagement_properties(title: str, description: str | None = DESCRIPTION, **more: Any) -> dict[str, Any]:
    """Return the properties of Custom::Engagement. A description of None is absent."""
    return {
        "ServiceToken": SERVICE_TOKEN,
        "ServiceTimeout": "3000",
        "Catalog": "Sandbox",
        "Title": title,
        **({} if description is None else {"Description": description}),
        **more,
    }


def event(request_type: str, url: str, new: Any, **more: Any) -> dict[str, Any]:
    """Return an event; `more` are further members, such as PhysicalResourceId and OldResourceProperties."""
    return {
        "RequestType": request_type,
        "ServiceToken": SERVICE_TOKEN,
        "ResponseURL": url,
        "StackId": STACK,
        "RequestId": str(uuid.uuid4()),
        "LogicalResourceId": LOGICAL_ID,
        "ResourceType": "Custom::EngagementContext",
        "ResourceProperties": new,
        **more,
    }


def secrets_in(value: Any) -> set[str]:
    """Return what must not be in a log or a Reason: sensitive values of payloads, descriptions, and the ResponseURL.

    Sensitive are the values that the shipped service model marks, and all values that it does not know. Short values are left
    out, because they are also ordinary words.
    """
    found = set(_sensitive(value))
    if isinstance(value, Mapping):
        url = value.get("ResponseURL")
        if isinstance(url, str):
            found |= {url, *url.split("?")[1:]}
    return {text for text in found if len(text) > 3}


UNION = service_model().shape_for("EngagementContextPayload")


def _sensitive(value: Any) -> Iterator[str]:
    """Yield the sensitive values of the payloads anywhere in an event."""
    if not isinstance(value, Mapping):
        return
    for name, member in value.items():
        if name == "Payload":
            yield from _marked(member, UNION)
        elif name == "Description":
            yield str(member)
        else:
            yield from _sensitive(member)


def _marked(payload: Any, union: Shape) -> Iterator[str]:
    # A loop, because a payload can be nested more deeply than Python can recurse.
    left: list[tuple[Any, Shape | None, bool]] = [(payload, union, False)]
    while left:
        value, shape, marked = left.pop()
        marked = marked or shape is None or bool(shape.metadata.get("sensitive"))
        if isinstance(value, Mapping):
            members = shape.members if isinstance(shape, StructureShape) else {}
            left += [(member, members.get(name), marked) for name, member in value.items()]
        elif isinstance(value, list):
            item = shape.member if isinstance(shape, ListShape) else None
            left += [(member, item, marked) for member in value]
        elif marked:
            yield str(value)
