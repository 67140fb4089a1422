"""Read the properties of Custom::EngagementContext from an event.

Payloads are not validated here, because Partner Central validates them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambda_handler.api import Payload
from lambda_handler.identity import ENGAGEMENT_ARN, ENGAGEMENT_ID, ContextIdentity, engagement_arn
from lambda_handler.properties import adopt_existing, catalog, checked, client_token, invalid, text

REQUIRED = ("Catalog", "EngagementIdentifier", "Type", "Payload")
# The function does not read Revision: a new value only causes CloudFormation to send an Update.
OPTIONAL = ("ClientToken", "AdoptExisting", "ContextIdentifier", "Revision")


@dataclass(frozen=True, kw_only=True)
class DesiredContext:
    """A context as the stack declares it.

    Attributes:
        catalog: `AWS` or `Sandbox`.
        engagement_id: The engagement's ID. If the property contains an ARN, this is the ID in the ARN.
        type: The Type, which the service model might not define.
        payload: The inner map of the payload. The outer map has one key, which is `type`.
        client_token: The client token to use instead of the derived client token.
        adopt_existing: Whether to adopt an equal existing context instead of creating a context.
        existing_context_id: The ID of an existing context to manage instead of creating a context.
    """

    catalog: str
    engagement_id: str
    type: str
    payload: Payload
    client_token: str | None = None
    adopt_existing: bool = True
    existing_context_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The previous declaration of the same context. This declaration might never have been sent to Partner Central.

    Attributes:
        payload: The payload. None if there is no previous declaration, as in a Create, an adoption or an import.
        is_import: Whether the previous declaration had `existing_context_id`.
        client_token: The client token that the previous declaration had.
    """

    payload: Payload | None = None
    is_import: bool = False
    client_token: str | None = None


NOTHING = Previous()


def desired_context(properties: Any) -> DesiredContext:
    """Read an event's ResourceProperties.

    Raises:
        ResourceError: A property is missing, unknown or malformed.
    """
    properties = checked(properties, "Custom::EngagementContext", required=REQUIRED, optional=OPTIONAL)
    declared_catalog = catalog(properties)
    type_ = text(properties, "Type", 100)
    return DesiredContext(
        catalog=declared_catalog,
        engagement_id=_engagement_id(text(properties, "EngagementIdentifier", 255), declared_catalog),
        type=type_,
        payload=_payload(properties["Payload"], type_),
        client_token=client_token(properties),
        adopt_existing=adopt_existing(properties),
        existing_context_id=text(properties, "ContextIdentifier", 255) if "ContextIdentifier" in properties else None,
    )


def previous_context(properties: Any, desired: DesiredContext, identity: ContextIdentity) -> Previous:
    """Read an event's OldResourceProperties, without validation, because these properties can come from any release.

    Args:
        properties: The OldResourceProperties.
        desired: The context that is declared now.
        identity: The context that the event's physical ID names.
    """
    if not isinstance(properties, Mapping) or not properties.keys() >= set(REQUIRED):
        return NOTHING
    place = (
        properties["Catalog"],
        str(properties["EngagementIdentifier"]).rpartition("/")[2],
        properties.get("ContextIdentifier", identity.context_id),
        properties["Type"],
    )
    payload = properties["Payload"]
    previous = payload.get(desired.type) if isinstance(payload, Mapping) else None
    if place != (identity.catalog, identity.engagement_id, identity.context_id, desired.type) or not isinstance(
        previous, Mapping
    ):
        # The old properties belong to another context or Type, so this is the rollback of a failed replacement. The rollback
        # restores a declaration that was deployed before.
        previous = desired.payload
    token = properties.get("ClientToken")
    return Previous(
        payload=previous,
        is_import="ContextIdentifier" in properties,
        client_token=token if isinstance(token, str) else None,
    )


def _engagement_id(identifier: str, catalog: str) -> str:
    if ENGAGEMENT_ID.fullmatch(identifier):
        return identifier
    arn = ENGAGEMENT_ARN.fullmatch(identifier)
    if not arn:
        raise invalid(
            "EngagementIdentifier must be an engagement ID (eng- followed by 14 lowercase letters or digits) or an ARN"
            f" ({engagement_arn(catalog, 'eng-...')}); got {ascii(identifier)}."
        )
    if arn["catalog"] != catalog:
        raise invalid(
            f"EngagementIdentifier must be in the Catalog {catalog}; got an ARN of the catalog {arn['catalog']}."
        )
    return arn["id"]


def _payload(payload: Any, type_: str) -> Payload:
    if not isinstance(payload, Mapping) or list(payload) != [type_] or not isinstance(payload[type_], Mapping):
        raise invalid(
            f"Payload must be a map whose only member is {ascii(type_)} (the Type), and the value of that member must be a map."
        )
    member: Payload = payload[type_]
    return member
