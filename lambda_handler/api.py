"""What the lifecycle needs of Partner Central: values, and three calls. `partner_central` makes them real."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

# A context's payload below the union: the member that its Type names, in the API's own names.
Payload = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Context:
    """A context that an engagement holds."""

    id: str
    type: str
    payload: Payload


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """An engagement, as it was read or as a write left it. `modified_at` is the service's own text, to the last digit."""

    id: str
    arn: str
    modified_at: str
    contexts: tuple[Context, ...] = ()

    def context(self, context_id: str) -> Context | None:
        """Return the context with this id, if the engagement holds it."""
        return next((context for context in self.contexts if context.id == context_id), None)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What Partner Central answered to a write."""

    engagement: Engagement
    context_id: str


class Api(Protocol):
    """The three operations. Each raises ApiError, and none tries again."""

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
