"""What a stack declares: the custom resource's properties, read with care.

CloudFormation makes every scalar a string, an older or a newer release may have written the properties, and a hand-made
event may hold anything. Nothing is written to Partner Central that was not understood here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambda_handler import comparison
from lambda_handler.api import Payload
from lambda_handler.errors import Refused
from lambda_handler.identity import ENGAGEMENT_ARN, ENGAGEMENT_ID, Identity

TYPES = ("CustomerProject", "Lead", "ProspectingResult")
REQUIRED = ("Catalog", "EngagementIdentifier", "Type", "Payload")
# CloudFormation's own, and the ones that say how to go about it: none is part of what is declared.
CONTROL = ("ServiceToken", "ServiceTimeout", "ClientToken", "AdoptExisting", "ContextIdentifier")
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A context as a stack declares it.

    Attributes:
        catalog: `AWS` or `Sandbox`.
        engagement_id: The engagement's id; an ARN was normalised to it.
        type: One of `TYPES`.
        payload: The union's member that `type` names.
        client_token: The token to use in place of the derived one.
        adopt_existing: Whether an equal context that is there already is ours.
        existing_context_id: The existing context to manage, never creating one.
    """

    catalog: str
    engagement_id: str
    type: str
    payload: Payload
    client_token: str | None = None
    adopt_existing: bool = True
    existing_context_id: str | None = None


def declared(properties: Any) -> Declaration:
    """Read an event's ResourceProperties.

    Raises:
        Refused: A property is missing, unknown or malformed.
    """
    if not isinstance(properties, Mapping):
        raise Refused("ResourceProperties is missing, or not a map.")
    missing = [name for name in REQUIRED if name not in properties]
    unknown = sorted(ascii(name) for name in properties if name not in REQUIRED + CONTROL)
    if missing or unknown:
        said = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(unknown)}"] * bool(unknown)
        raise Refused(
            f"The properties of Custom::EngagementContext do not fit this version of cdk-partnercentral ({'; '.join(said)})."
            " Deploy the stack with one version for the template and the function."
        )
    catalog = _text(properties, "Catalog", 40)
    if not (catalog.isascii() and catalog.isalpha()):
        raise Refused(f"Catalog must be AWS or Sandbox, got {ascii(catalog)}.")
    type_ = _text(properties, "Type", 40)
    return Declaration(
        catalog=catalog,
        engagement_id=_engagement_id(_text(properties, "EngagementIdentifier", 255), catalog),
        type=type_,
        payload=_payload(properties["Payload"], type_),
        client_token=_text(properties, "ClientToken", 255) if "ClientToken" in properties else None,
        adopt_existing=_boolean(properties.get("AdoptExisting", True)),
        existing_context_id=_text(properties, "ContextIdentifier", 3) if "ContextIdentifier" in properties else None,
    )


def declared_before(properties: Any, type_: str, identity: Identity) -> Payload | None:
    """Read the payload in an event's OldResourceProperties.

    They may be of any release, and after a failed update they are what failed, so nothing in them is an error.

    Args:
        properties: The OldResourceProperties.
        type_: The Type declared now.
        identity: The context that the event is about.

    Returns:
        What was declared of this context before: empty where that cannot be told, None where it surely was nothing, since
        those properties are of another place or Type, and the physical id is not. Only the rollback of a move that failed
        brings such ones.
    """
    if not isinstance(properties, Mapping) or not properties.keys() >= set(REQUIRED):
        return {}
    engagement_id = str(properties["EngagementIdentifier"]).rpartition("/")[2]
    context_id = properties.get("ContextIdentifier", identity.context_id)
    place = (properties["Catalog"], engagement_id, context_id, properties["Type"])
    if place != (identity.catalog, identity.engagement_id, identity.context_id, type_):
        return None
    payload = properties["Payload"]
    before = payload.get(type_) if isinstance(payload, Mapping) else None
    return before if isinstance(before, Mapping) else None


def _text(properties: Mapping[str, Any], name: str, longest: int) -> str:
    value = properties[name]
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
        raise Refused(f"{name} must be a text of 1 to {longest} printable characters.")
    return value


def _boolean(value: Any) -> bool:
    found = BOOLEANS.get(str(value).lower())
    if found is None:
        raise Refused("AdoptExisting must be true or false.")
    return found


def _engagement_id(identifier: str, catalog: str) -> str:
    if ENGAGEMENT_ID.fullmatch(identifier):
        return identifier
    arn = ENGAGEMENT_ARN.fullmatch(identifier)
    if not arn:
        raise Refused(
            "EngagementIdentifier must be an engagement's id (eng- and 14 of 0-9, a-z) or its ARN"
            f" (arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/eng-...), got {ascii(identifier)}."
        )
    if arn["catalog"] != catalog:
        raise Refused(f"EngagementIdentifier is an ARN of the catalog {arn['catalog']}, but Catalog is {catalog}.")
    return arn["id"]


def _payload(payload: Any, type_: str) -> Payload:
    if type_ not in TYPES:
        raise Refused(f"Type must be one of {', '.join(TYPES)}, got {ascii(type_)}.")
    if not isinstance(payload, Mapping) or list(payload) != [type_] or not isinstance(payload[type_], Mapping):
        raise Refused(f"Payload must be a map with {type_} as its only member, as Type says, and that a map too.")
    member: Payload = payload[type_]
    unreadable = comparison.unreadable(member, f"Payload.{type_}")
    if unreadable:
        raise Refused(
            f"{', '.join(unreadable)} must be an ISO 8601 timestamp with a time zone, such as 2027-01-05T09:30:00Z."
        )
    return member
