"""The types and operations of the AWS APIs that the resources use.

`partner_central.PartnerCentral` and `stack.CloudFormation` implement the operations with boto3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# The inner map of a context's payload. The outer map has one key, which is the Type. All members have the names of the API.
Payload = Mapping[str, Any]

# Maps the name of each payload member to its definition in the service model: {"required": bool, "members": Shape}. If the
# member is not a structure, "members" is None.
Shape = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Context:
    """A context of an engagement."""

    id: str
    type: str
    payload: Payload


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """An engagement, with the values in the response to a read or a write.

    `modified_at` is Partner Central's timestamp with all digits. `modified_at` is empty if the response to a write has no
    timestamp. Only a read returns the title, the description and the contexts. A missing title or description is empty.
    """

    id: str
    arn: str
    modified_at: str
    title: str = ""
    description: str = ""
    contexts: tuple[Context, ...] = ()

    def context(self, context_id: str) -> Context | None:
        """Return the context with this ID, or None if the engagement does not contain this ID."""
        return next((context for context in self.contexts if context.id == context_id), None)


@dataclass(frozen=True, kw_only=True)
class Written:
    """Partner Central's response to a write."""

    engagement: Engagement
    context_id: str


@dataclass(frozen=True, kw_only=True)
class EngagementSummary:
    """An engagement in a list. A list contains no descriptions. The title is empty if the engagement has no title."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class EngagementPage:
    """One page of a list of engagements. A page can be empty even if further pages exist.

    Attributes:
        engagements: The engagements.
        next_token: The token of the next page; None on the last page.
    """

    engagements: tuple[EngagementSummary, ...] = ()
    next_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """A resource of a stack.

    Attributes:
        logical_id: The resource's logical ID.
        physical_id: The resource's physical ID; empty if the resource has none yet.
        status: The resource's ResourceStatus, such as `CREATE_COMPLETE`.
    """

    logical_id: str
    physical_id: str
    status: str


class Api(Protocol):
    """Partner Central. Each operation makes one attempt, and raises ApiError if the attempt fails."""

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

    def create_engagement(self, *, catalog: str, title: str, description: str | None, client_token: str) -> Engagement:
        """Call CreateEngagement. If `description` is None, the request contains no description."""
        ...

    def list_engagements(self, *, catalog: str, created_by: str, next_token: str | None) -> EngagementPage:
        """Call ListEngagements for one page of the engagements that an account created, newest first."""
        ...

    def mask(self, type_: str, payload: Payload) -> None:
        """In all later errors, mask the sensitive values of this payload."""
        ...

    def shape(self, type_: str, *, update: bool) -> Shape:
        """Return the payload members that the service model defines for a Type; empty if the model does not define the Type.

        Args:
            type_: The context's Type.
            update: True for the members of an update, and False for the members of a create. The two sets of members can
                differ.
        """
        ...


class Stack(Protocol):
    """The stack that an event belongs to. Each operation makes one attempt, and raises ApiError if the attempt fails."""

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """Call ListStackResources, for all pages."""
        ...

    def template(self, stack_id: str) -> str:
        """Call GetTemplate. Return the template as the user submitted it, in JSON or YAML."""
        ...
