"""The ledger: the owner and the writes of every context, which the invariants are checked against.

It records what the service did and what the events declared, and knows nothing of the handler.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.histories import payloads
from tests.histories.clock import SECOND
from tests.histories.events import Declaration, Event
from tests.histories.payloads import FILLED_IN, Json
from tests.histories.simulation import Simulation

# What identifies a declaration: stack, logical id, engagement (which has one catalog), Type, and the declared client_token.
DeclarationKey: TypeAlias = tuple[str, str, str, str, str | None]


@dataclass(kw_only=True)
class ContextRecord:
    """A context.

    Attributes:
        owner: The owner that created, adopted or imported it; None if no stack did.
        payload: The stored payload.
        changed_at: The time of the latest write to it, by anyone.
        filled_in: The members that AWS filled in, and that no stack has declared since.
        sent: The names of the interactions that reached it for the present declaration.
        last_event: The number of the latest event that sent an interaction to it, and the names of what that event sent.
        ever_stored: The names of all interactions that it ever contained.
        presumed_sent: The names of interactions that will never be sent, because the service replayed a request whose context
            no read returned: from then on they count as declared before.
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
        """Return the names of the interactions that an event has sent."""
        number, names = self.last_event
        return names if number == event.number else frozenset()


@dataclass(frozen=True, kw_only=True)
class TokenUse:
    """The first use of a client token: when, and for what."""

    at: int
    client_token: str
    engagement: str
    type: str
    payload: Json


@dataclass(kw_only=True)
class ExpectedState:
    """What the context of a resource must contain after the resource's last successful response.

    `certain` is False if the function could not know the context's current payload.
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
        """Return the record of a context."""
        return self.contexts.get((engagement, context))

    def current(self, engagement: str, context: str) -> Json | None:
        """Return the payload that Partner Central has stored."""
        for each in self.simulation.contexts(engagement):
            if each["Id"] == context:
                return each["Payload"][each["Type"]]
        return None

    def add_write(self, engagement: str, context: str) -> ContextRecord:
        """Record a write to a context, and return its record. A new context has no owner yet."""
        new = ContextRecord(owner=None, payload=None, changed_at=0)
        record = self.contexts.setdefault((engagement, context), new)
        record.payload = self.current(engagement, context)
        record.changed_at = self.simulation.modified_at(engagement)
        record.ever_stored |= payloads.interaction_names(record.payload)
        return record

    def updated_in_place(self, event: Event) -> str | None:
        """Return the context that an Update must update; None if the event creates, adopts or imports one."""
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
        """Return the previous declaration of an update in place, if it was about the same context.

        It was not in the rollback of a failed replacement, nor if the function could not read it.
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
        """Return the members that an update in place must remove, because they are no longer declared.

        A member that AWS fills in must be removed only if it has the value that was declared. With another value, AWS filled
        it in since then, or the declared value never arrived.
        """
        declaration = self.previous(event)
        if declaration is None:
            return set()
        previous = payloads.normalized(declaration.payload)
        kept = {name for name in FILLED_IN if payloads.normalized(current.get(name)) != previous.get(name)}
        return set(previous) - set(event.desired.payload) - kept

    def is_token_remembered(self, use: TokenUse, at: int | None = None) -> bool:
        """Whether the service remembers a client token, now or at a certain time."""
        lifetime = self.simulation.service.behavior.token_lifetime
        time = self.simulation.clock.now if at is None else at
        return lifetime is None or time - use.at < lifetime * SECOND

    def is_token_used_otherwise(self, event: Event, at: int) -> bool:
        """Whether the event's client token was used for another request, which the service remembered at a certain time."""
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
    """Return what identifies an event's declaration."""
    desired = event.desired
    return event.stack_id, event.logical_id, desired.engagement, desired.type, desired.client_token


def equal_contexts(contexts: Any, desired: Declaration, *, normalize: bool = False) -> list[str]:
    """Return the ids of the contexts, of those that a read returned, that have the desired payload."""
    return [
        context["Id"]
        for context in contexts or ()
        if context["Type"] == desired.type
        and payloads.is_equal(context["Payload"][desired.type], desired.payload, desired.type, normalize=normalize)
    ]
