"""Who every context belongs to, and what became of it: the book that the invariants are checked against.

It is kept from what the service did and from what the requests declared. It knows nothing of the handler.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.histories import payloads
from tests.histories.clock import SECOND
from tests.histories.declared import Declared, Request
from tests.histories.payloads import FILLED_IN, Json
from tests.histories.world import World

# A declaration and its identity: stack, logical id, engagement (which has one catalog), Type, and the user's own token.
Key: TypeAlias = tuple[str, str, str, str, str | None]


@dataclass(kw_only=True)
class Kept:
    """A context.

    Attributes:
        family: whose it is: the logical id that made, adopted or took it over; None for somebody else's.
        payload: as it is held.
        changed_at: the instant of the latest write to it, by whomever.
        filled: the members that AWS filled in, and nobody of ours declared since.
        sent: the tags of the interactions that reached it for the present declaration.
        lately: those that did for the request of that number.
        ever: those that it ever held.
        lost: those that a replay which no read showed took for arrived: declared before from then on, they are never sent.
    """

    family: str | None
    payload: Json
    changed_at: int
    filled: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    lately: tuple[int, frozenset[str]] = (0, frozenset())
    ever: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Use:
    """A client token's first use: when, and for what."""

    at: int
    token: str
    engagement: str
    type: str
    payload: Json


@dataclass(kw_only=True)
class Expected:
    """What a live resource's context has to hold from its last successful answer on."""

    request: Request
    context: str
    certain: bool = True


class Book:
    """The book of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contexts: dict[tuple[str, str], Kept] = {}
        self.uses: dict[Key, Use] = {}
        self.expected: dict[str, Expected] = {}

    def of(self, engagement: str, context: str) -> Kept | None:
        """Return a context's entry."""
        return self.contexts.get((engagement, context))

    def held(self, engagement: str, context: str) -> Json | None:
        """Return what Partner Central truly holds."""
        for each in self.world.contexts(engagement):
            if each["Id"] == context:
                return each["Payload"][each["Type"]]
        return None

    def wrote(self, engagement: str, context: str) -> Kept:
        """Note a write to a context, and return its entry; one that nobody knew is somebody else's."""
        kept = self.contexts.setdefault((engagement, context), Kept(family=None, payload=None, changed_at=0))
        kept.payload = self.held(engagement, context)
        kept.changed_at = self.world.modified_at(engagement)
        kept.ever |= payloads.tags_of(kept.payload)
        return kept

    def in_place(self, request: Request) -> str | None:
        """Return the context that an Update is about, if it stays the same one."""
        declared = request.declared
        prefix = f"{declared.catalog}/{declared.engagement}/"
        if request.kind != "Update" or not (request.physical_id or "").startswith(prefix):
            return None
        context = (request.physical_id or "").removeprefix(prefix)
        held = next((each for each in self.world.contexts(declared.engagement) if each["Id"] == context), None)
        if held is None or held["Type"] != declared.type or declared.identifier not in (None, context):
            return None
        return context

    def before(self, request: Request) -> Declared | None:
        """Return what an Update in place replaces, if that ever got as far as this context.

        It did not in the rollback of a failed move, nor where the function could not read it.
        """
        before, now, context = request.before, request.declared, self.in_place(request)
        if context is None or before is None or before.spec.flaw in ("missing", "kind"):
            return None
        if (before.catalog, before.engagement, before.type) != (now.catalog, now.engagement, now.type):
            return None
        return before if before.identifier in (None, context) else None

    def dropped(self, request: Request, held: Json) -> set[str]:
        """Return the members that an Update in place does not declare any more and that have to go.

        What AWS fills in has to where it is held as it was declared: held otherwise, AWS has filled it in since, or what was
        declared never arrived.
        """
        before = self.before(request)
        if before is None:
            return set()
        was = payloads.tidied(before.payload)
        kept = {name for name in FILLED_IN if payloads.tidied(held.get(name)) != was.get(name)}
        return set(was) - set(request.declared.payload) - kept

    def remembers(self, use: Use, at: int | None = None) -> bool:
        """Whether the service still knows a token, or did at a certain time."""
        lifetime = self.world.service.behavior.token_lifetime
        now = self.world.clock.now if at is None else at
        return lifetime is None or now - use.at < lifetime * SECOND

    def spent(self, request: Request, at: int) -> bool:
        """Whether the declaration's token was used for something else, and was remembered for it at a certain time."""
        declared = request.declared
        key = key_of(request)
        for other, use in self.uses.items():
            same = other == key or (declared.token is not None and declared.token == other[4])
            as_now = (use.engagement, use.type, use.payload) == (declared.engagement, declared.type, declared.payload)
            if same and not as_now and self.remembers(use, at):
                return True
        return False


def key_of(request: Request) -> Key:
    """Return the declaration that a request is about."""
    declared = request.declared
    return request.stack_id, request.logical_id, declared.engagement, declared.type, declared.token


def shown_equal(shown: Any, declared: Declared, *, tidy: bool = False) -> list[str]:
    """Return the contexts, of those that a read showed, that say what is declared."""
    return [
        context["Id"]
        for context in shown or ()
        if context["Type"] == declared.type
        and payloads.equal(context["Payload"][declared.type], declared.payload, declared.type, tidy=tidy)
    ]
