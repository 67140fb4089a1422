"""Who a context is: the physical resource id, the engagement behind an identifier, and the client token.

Knows nothing of events, of crhelper or of the API client.
"""

import hashlib
import json
import re
from dataclasses import dataclass

ENGAGEMENT_ID = re.compile(r"eng-[0-9a-z]{14}")
ENGAGEMENT_ARN = re.compile(
    r"arn:[a-z-]+:partnercentral:[a-z0-9-]*::catalog/(?P<catalog>[a-zA-Z]+)/engagement/(?P<id>eng-[0-9a-z]{14})"
)
PHYSICAL_ID = re.compile(r"(?P<catalog>[a-zA-Z]+)/(?P<engagement>eng-[0-9a-z]{14})/(?P<context>.{1,3})", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A context, as the physical resource id names it."""

    catalog: str
    engagement_id: str
    context_id: str

    def __str__(self) -> str:
        return f"{self.catalog}/{self.engagement_id}/{self.context_id}"


def parse_physical_id(physical_id: str) -> Identity | None:
    """Return the context that a physical resource id names, or None for an id that is not ours, such as a failed Create's."""
    found = PHYSICAL_ID.fullmatch(physical_id)
    if not found:
        return None
    return Identity(catalog=found["catalog"], engagement_id=found["engagement"], context_id=found["context"])


def not_created(logical_resource_id: str) -> str:
    """Return the physical resource id of a Create that failed: the same in every retry, readable, and never a context's."""
    return f"not-created/{logical_resource_id}"[:255]


def client_token(*, stack_id: str, logical_resource_id: str, catalog: str, engagement_id: str, type_: str) -> str:
    """Return the client token of a declaration: 64 hexadecimal digits.

    Neither the request id nor the payload is in it, so every retry and every rollback of one declaration has the same token,
    and a declaration that comes back to an engagement has the token it had there first.
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html
    """
    # A JSON list is unambiguous: no choice of values makes two different lists the same text.
    parts = json.dumps([stack_id, logical_resource_id, catalog, engagement_id, type_], separators=(",", ":"))
    return hashlib.sha256(parts.encode()).hexdigest()
