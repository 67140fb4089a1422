"""The ledger records every context and the writes to each context. The oracle uses the ledger to check the invariants.

The records come from Partner Central, from CloudFormation and from the events. With one exception, the records do not depend on
the handler's responses. The exception is the ID of the context that a resource manages: CloudFormation also gets this ID only
from the response.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.histories import payloads
from tests.histories.events import Declaration, Event, owner
from tests.histories.payloads import Json, Path
from tests.histories.simulation import Simulation, StackView

# The key of a declaration: the stack's ARN, the logical ID, the engagement, the Type and the declared client_token. The catalog
# is not part of the key, because each engagement belongs to exactly one catalog.
DeclarationKey: TypeAlias = tuple[str, str, str, str, str | None]
Place: TypeAlias = tuple[str, str]  # the IDs of an engagement and a context


@dataclass(kw_only=True)
class ContextRecord:
    """The record of a context.

    Attributes:
        payload: The stored payload.
        changed_at: The time of the latest write to the context by anyone, in nanoseconds since 1970.
        written: Maps each leaf to the value that the function sent last.
        ever_stored: The names of all interactions that the context ever contained.
        presumed_sent: The names of declared interactions that the function will never send. Partner Central returned the
            context of an earlier create request, and no read returned this context. Therefore, the function assumed that the
            function's own request had created the context with these interactions.
    """

    payload: Json
    changed_at: int
    written: dict[Path, Any] = field(default_factory=dict)
    ever_stored: set[str] = field(default_factory=set)
    presumed_sent: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class TokenUse:
    """A create request that was carried out with a client token. `at` is the request's time in nanoseconds since 1970."""

    at: int
    client_token: str
    engagement: str
    type: str
    payload: Json


@dataclass(kw_only=True)
class ExpectedState:
    """The context and the declaration of a resource after the latest event with a SUCCESS response.

    `event` is this event. `certain` is False if the function could not read the context's current payload, or if a later event
    failed. If `certain` is False, the oracle does not check the stored payload.
    """

    event: Event
    context: str
    certain: bool = True

    @property
    def place(self) -> Place:
        """The IDs of the engagement and the context."""
        return self.event.desired.engagement, self.context


class Ledger:
    """The ledger of one history.

    Attributes:
        contexts: The record of each context.
        token_uses: Maps each declaration to its last create request.
        expected: The expected state of each resource, keyed by owner.
        latest: Maps each owner to the number of the latest event of its resource.
        answered: The numbers of the events for which CloudFormation has received a SUCCESS response.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.contexts: dict[Place, ContextRecord] = {}
        self.token_uses: dict[DeclarationKey, TokenUse] = {}
        self.expected: dict[str, ExpectedState] = {}
        self.latest: dict[str, int] = {}
        self.answered: set[int] = set()

    def record(self, engagement: str, context: str) -> ContextRecord | None:
        """Return the record of a context, or None if the context has no record."""
        return self.contexts.get((engagement, context))

    def current(self, engagement: str, context: str) -> Json | None:
        """Return the stored payload of a context, or None if the context does not exist."""
        for each in self.simulation.contexts(engagement):
            if each["Id"] == context:
                return each["Payload"][each["Type"]]
        return None

    def add_write(self, engagement: str, context: str) -> ContextRecord:
        """Record a write to a context, and return the context's record."""
        record = self.contexts.setdefault((engagement, context), ContextRecord(payload=None, changed_at=0))
        record.payload = self.current(engagement, context)
        record.changed_at = self.simulation.modified_at(engagement)
        record.ever_stored |= payloads.interaction_names(record.payload)
        return record

    # The resources that manage a context.

    def managers(self, place: Place) -> list[str]:
        """Return the owners of the resources that manage a context."""
        return [owner for owner, expected in self.expected.items() if expected.place == place]

    def siblings(self, event: Event, physical_id: str, view: StackView | None = None) -> list[str]:
        """Return the logical IDs of the other resources in the event's stack that have the given physical ID."""
        view = view or self.simulation.stacks[event.stack_id]
        return [
            logical_id
            for logical_id, (managed, status) in view.resources.items()
            if managed == physical_id and logical_id != event.logical_id and not status.startswith("DELETE_")
        ]

    def belongs_to_sibling(self, event: Event, context: str, view: StackView | None = None) -> bool:
        """Return whether a context is managed by another resource that the template still declares."""
        template = self.simulation.stacks[event.stack_id].template
        physical_id = f"{event.desired.catalog}/{event.desired.engagement}/{context}"
        return any(each in template for each in self.siblings(event, physical_id, view))

    def is_renamed(self, event: Event, context: str, view: StackView | None = None) -> bool:
        """Return whether a context is managed only by other resources that the template no longer declares."""
        physical_id = f"{event.desired.catalog}/{event.desired.engagement}/{context}"
        siblings = self.siblings(event, physical_id, view)
        return bool(siblings) and not self.belongs_to_sibling(event, context, view)

    def is_no_longer_declared(self, event: Event, other: str) -> bool:
        """Return whether an owner's resource is in the event's stack, but no longer in its template."""
        name = event.owner.removesuffix(event.logical_id.lower())
        template = self.simulation.stacks[event.stack_id].template
        return other.startswith(name) and other not in {owner(name, each) for each in template}

    def is_superseded(self, event: Event) -> bool:
        """Return whether CloudFormation has sent a later event for the same resource."""
        return self.latest.get(event.owner, 0) > event.number

    # The context and the previous declaration of an event.

    def updated_in_place(self, event: Event) -> str | None:
        """Return the ID of the context that an Update must update in place.

        Return None for other events, and for an Update that must create, adopt or import a context instead.
        """
        desired = event.desired
        prefix = f"{desired.catalog}/{desired.engagement}/"
        if event.request_type != "Update" or not (event.physical_id or "").startswith(prefix):
            return None
        context = (event.physical_id or "").removeprefix(prefix)
        current = next((each for each in self.simulation.contexts(desired.engagement) if each["Id"] == context), None)
        if current is None or current["Type"] != desired.type or desired.existing_context_id not in (None, context):
            return None
        if desired.type == "CustomerAccount" and event.previous and event.previous.client_token != desired.client_token:
            return None
        return context

    def previous(self, event: Event) -> Declaration | None:
        """Return the previous declaration of an update in place, or None if that declaration describes another context.

        For example, in the rollback of a failed replacement, the previous declaration describes the new context.
        """
        previous, desired, context = event.previous, event.desired, self.updated_in_place(event)
        if context is None or previous is None:
            return None
        if (previous.catalog, previous.engagement, previous.type) != (
            desired.catalog,
            desired.engagement,
            desired.type,
        ):
            return None
        return previous if previous.existing_context_id in (None, context) else None

    def removable(self, event: Event) -> dict[Path, Any]:
        """Return the leaves that were declared before and are no longer declared. An update in place can remove these leaves.

        An import removes nothing.
        """
        previous, desired = self.previous(event), event.desired
        if previous is None or previous.existing_context_id or desired.existing_context_id:
            return {}
        wanted = payloads.leaves(desired.payload, desired.type)
        return {
            path: value
            for path, value in payloads.leaves(previous.payload, desired.type).items()
            if not payloads.has_leaf(wanted, path)
        }

    # Client tokens.

    def is_token_used_otherwise(self, event: Event, at: int) -> bool:
        """Return whether the event's client token was used by a different request and was still valid at the time `at`."""
        desired = event.desired
        key = declaration_key(event)
        for other, use in self.token_uses.items():
            same_token = other == key or (desired.client_token is not None and desired.client_token == other[4])
            same_request = (use.engagement, use.type, use.payload) == (
                desired.engagement,
                desired.type,
                desired.payload,
            )
            if same_token and not same_request and self.simulation.remembers_token(use.at, at):
                return True
        return False


def declaration_key(event: Event) -> DeclarationKey:
    """Return the key of an event's declaration."""
    desired = event.desired
    return event.stack_id, event.logical_id, desired.engagement, desired.type, desired.client_token


def equal_contexts(contexts: Any, desired: Declaration) -> list[str]:
    """Return the IDs of the contexts that a declaration can adopt.

    Args:
        contexts: The contexts that a read returned, or None if there was no read.
        desired: The declaration.
    """
    return [
        context["Id"]
        for context in contexts or ()
        if context["Type"] == desired.type
        and payloads.is_adoptable(context["Payload"][desired.type], desired.payload, desired.type)
    ]
