"""The ledger: a record of every context's owner and of the writes to it. The oracle checks the invariants against the ledger.

The records come from the service and from the events. No record depends on what the handler reports.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.histories import payloads
from tests.histories.clock import SECOND
from tests.histories.events import Declaration, Event
from tests.histories.payloads import FILLED_IN, Json
from tests.histories.simulation import Simulation

# The key of a declaration: the stack's ARN, the logical id, the engagement (which belongs to one catalog), the Type and the
# declared client_token.
DeclarationKey: TypeAlias = tuple[str, str, str, str, str | None]


@dataclass(kw_only=True)
class ContextRecord:
    """The record of a context.

    Attributes:
        owner: The owner (see `events.owner`) that created, adopted or imported the context; None if no stack did.
        payload: The stored payload.
        changed_at: The time of the latest write to the context by anyone, in nanoseconds since 1970.
        filled_in: The names of the members that AWS filled in and no stack has declared since.
        sent: The names of the interactions in the current declaration that reached the context.
        last_event: The number of the latest event that sent an interaction to the context, and the names of the interactions
            that this event sent.
        ever_stored: The names of all interactions that the context ever contained.
        presumed_sent: The names of declared interactions that the function will never send. When the service replayed the
            response to an earlier create request, no read returned the replayed context. So the function assumed that its
            own request had created the context with these interactions.
    """

    owner: str | None
    payload: Json
    changed_at: int
    filled_in: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    last_event: tuple[int, frozenset[str]] = (0, frozenset())
    ever_stored: set[str] = field(default_factory=set)
    presumed_sent: set[str] = field(default_factory=set)

    def sent_by(self, event: Event) -> frozenset[str]:
        """Return the names of the interactions that an event sent, or an empty set if another event has sent some since."""
        number, names = self.last_event
        return names if number == event.number else frozenset()


@dataclass(frozen=True, kw_only=True)
class TokenUse:
    """A create request that the service carried out with a client token. `at` is its time in nanoseconds since 1970."""

    at: int
    client_token: str
    engagement: str
    type: str
    payload: Json


@dataclass(kw_only=True)
class ExpectedState:
    """The payload that a resource's context must contain since the latest successful response about the resource.

    `event` is the event that got this response. `certain` is False if the function could not know the context's current
    payload; then the oracle does not check the stored payload.
    """

    event: Event
    context: str
    certain: bool = True


class Ledger:
    """The ledger of one history."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.contexts: dict[tuple[str, str], ContextRecord] = {}
        self.token_uses: dict[DeclarationKey, TokenUse] = {}
        self.expected: dict[str, ExpectedState] = {}  # by owner

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
        """Record a write to a context, and return the context's record. A new record has no owner yet."""
        new = ContextRecord(owner=None, payload=None, changed_at=0)
        record = self.contexts.setdefault((engagement, context), new)
        record.payload = self.current(engagement, context)
        record.changed_at = self.simulation.modified_at(engagement)
        record.ever_stored |= payloads.interaction_names(record.payload)
        return record

    def updated_in_place(self, event: Event) -> str | None:
        """Return the id of the context that an Update must update in place.

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
        return context

    def previous(self, event: Event) -> Declaration | None:
        """Return the previous declaration of an update in place, or None if that declaration was about another context.

        In the rollback of a failed replacement, the previous declaration is about the context of the replacement.
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

    def removed_members(self, event: Event, current: Json) -> set[str]:
        """Return the names of the members that an update in place must remove, because they are no longer declared.

        A member that AWS can fill in must be removed only if it still has the value that the stack declared. If the value
        differs, AWS has filled in the member since then, or the declared value was never stored.
        """
        declaration = self.previous(event)
        if declaration is None:
            return set()
        previous = payloads.normalized(declaration.payload)
        kept = {name for name in FILLED_IN if payloads.normalized(current.get(name)) != previous.get(name)}
        return set(previous) - set(event.desired.payload) - kept

    def is_token_remembered(self, use: TokenUse, at: int | None = None) -> bool:
        """Whether the client token of a request is valid at the time `at`, which defaults to now."""
        lifetime = self.simulation.service.behavior.token_lifetime
        time = self.simulation.clock.now if at is None else at
        return lifetime is None or time - use.at < lifetime * SECOND

    def is_token_used_otherwise(self, event: Event, at: int) -> bool:
        """Whether the event's client token was used for a different request and was still valid at the time `at`."""
        desired = event.desired
        key = declaration_key(event)
        for other, use in self.token_uses.items():
            same_token = other == key or (desired.client_token is not None and desired.client_token == other[4])
            same_request = (use.engagement, use.type, use.payload) == (
                desired.engagement,
                desired.type,
                desired.payload,
            )
            if same_token and not same_request and self.is_token_remembered(use, at):
                return True
        return False


def declaration_key(event: Event) -> DeclarationKey:
    """Return the key of an event's declaration."""
    desired = event.desired
    return event.stack_id, event.logical_id, desired.engagement, desired.type, desired.client_token


def equal_contexts(contexts: Any, desired: Declaration, *, normalize: bool = False) -> list[str]:
    """Return the ids of those contexts that have the desired payload.

    Args:
        contexts: The contexts that a read returned; None if there was no read.
        desired: The declaration with the desired payload.
        normalize: Whether to compare the payloads as a service that normalizes would store them.
    """
    return [
        context["Id"]
        for context in contexts or ()
        if context["Type"] == desired.type
        and payloads.is_equal(context["Payload"][desired.type], desired.payload, desired.type, normalize=normalize)
    ]
