"""Identifiers: engagement IDs and ARNs, physical resource IDs, and client tokens."""

import hashlib
import json
import re
from dataclasses import dataclass

ENGAGEMENT_ID = re.compile(r"eng-[0-9a-z]{14}")
ENGAGEMENT_ARN = re.compile(
    r"arn:[a-z-]+:partnercentral:[a-z0-9-]*::catalog/(?P<catalog>[a-zA-Z]+)/engagement/(?P<id>eng-[0-9a-z]{14})"
)
ENGAGEMENT_PHYSICAL_ID = re.compile(r"(?P<catalog>[a-zA-Z]+)/(?P<engagement>eng-[0-9a-z]{14})")
CONTEXT_PHYSICAL_ID = re.compile(r"(?P<catalog>[a-zA-Z]+)/(?P<engagement>eng-[0-9a-z]{14})/(?P<context>[^/]+)")


@dataclass(frozen=True, kw_only=True)
class EngagementIdentity:
    """The engagement that a physical resource ID names: `<Catalog>/<engagement ID>`."""

    catalog: str
    engagement_id: str

    def __str__(self) -> str:
        return f"{self.catalog}/{self.engagement_id}"


def parse_engagement_physical_id(physical_id: str) -> EngagementIdentity | None:
    """Return the engagement that a physical resource ID names, or None for other IDs, such as the ID of a failed Create."""
    found = ENGAGEMENT_PHYSICAL_ID.fullmatch(physical_id)
    return EngagementIdentity(catalog=found["catalog"], engagement_id=found["engagement"]) if found else None


@dataclass(frozen=True, kw_only=True)
class ContextIdentity:
    """The context that a physical resource ID names: `<Catalog>/<engagement ID>/<context ID>`."""

    catalog: str
    engagement_id: str
    context_id: str

    def __str__(self) -> str:
        return f"{self.catalog}/{self.engagement_id}/{self.context_id}"


def parse_context_physical_id(physical_id: str) -> ContextIdentity | None:
    """Return the context that a physical resource ID names, or None for other IDs, such as the ID of a failed Create."""
    found = CONTEXT_PHYSICAL_ID.fullmatch(physical_id)
    if not found:
        return None
    return ContextIdentity(catalog=found["catalog"], engagement_id=found["engagement"], context_id=found["context"])


def not_created_id(logical_resource_id: str) -> str:
    """Return the physical resource ID of a failed Create. The ID is readable, and every retry returns the same ID."""
    return f"not-created/{logical_resource_id}"


def engagement_arn(catalog: str, engagement_id: str) -> str:
    """Return the ARN of an engagement. Partner Central's ARNs have no account ID."""
    return f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement_id}"


def client_token(*, stack_id: str, logical_resource_id: str, catalog: str, engagement_id: str, type_: str) -> str:
    """Return the idempotency token of one declared context: a SHA-256 hash in 64 hexadecimal digits.

    The token depends neither on the request ID nor on the payload, so all retries and rollbacks of one declaration send the
    same token.
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html
    """
    return _digest(stack_id, logical_resource_id, catalog, engagement_id, type_)


def engagement_client_token(
    *, stack_id: str, logical_resource_id: str, catalog: str, title: str, description: str | None
) -> str:
    """Return the idempotency token of one declared engagement: a SHA-256 hash in 64 hexadecimal digits.

    The token depends on all parameters of the request, so two requests with different parameters never have the same token. The
    token does not depend on the request ID, so all retries of one declaration send the same token.
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagement.html
    """
    return _digest(stack_id, logical_resource_id, catalog, title, description)


def account_of(stack_id: str) -> str:
    """Return the account ID in a stack's ARN, or an empty string if the stack ID is not an ARN."""
    return "".join(stack_id.split(":")[4:5])


def _digest(*parts: str | None) -> str:
    # A JSON list is unambiguous: different values never encode to the same text.
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
