"""The part of the Partner Central API that the resources need: its values and its operations.

`partner_central.PartnerCentral` implements it with boto3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

# A context's payload below the tagged union, with the API's member names.
Payload = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Context:
    """A context of an engagement."""

    id: str
    type: str
    payload: Payload


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """An engagement after a read or a write. `modified_at` is the service's own text, to the last digit."""

    id: str
    arn: str
    modified_at: str
    contexts: tuple[Context, ...] = ()

    def context(self, context_id: str) -> Context | None:
        """Return the context with this id, if the engagement has it."""
        return next((context for context in self.contexts if context.id == context_id), None)


@dataclass(frozen=True, kw_only=True)
class Written:
    """Partner Central's response to a write."""

    engagement: Engagement
    context_id: str


class Api(Protocol):
    """The operations. Each makes one attempt and raises ApiError when it fails."""

    def read(self, *, catalog: str, engagement_id: str) -> Engagement:
        """Call GetEngagement."""
        ...

    def create(self, *, catalog: str, engagement_id: str, type_: str, payload: Payload, client_token: str) -> Written:
        """Call CreateEngagementContext."""
        ...

    def update(
        self, *, catalog: str, engagement_id: str, context_id: str, type_: str, payload: Payload, modified_at: str
    ) -> Written:
        """Call UpdateEngagementContext."""
        ...

    def mask(self, type_: str, payload: Payload) -> None:
        """Keep the sensitive values of a payload out of every error from now on."""
        ...
