"""The interactions of a Lead. Interactions can be added, but not changed or removed. Each update can add one interaction.

To decide which interactions were sent, the function compares the declared interactions with the interactions of the Lead.
Partner Central might store an interaction in another form. The API does not document whether an update appends its interaction
to the list, or replaces the list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_handler import logs
from lambda_handler.api import Payload, Shape
from lambda_handler.comparison import equal, exact, instant, loose
from lambda_handler.engagement_context.payloads import at, known_part, leaves
from lambda_handler.errors import ResourceError

LEAD = "Lead"
# A create or a read contains a list of interactions, and an update contains a single interaction.
INTERACTIONS, INTERACTION = "Interactions", "Interaction"
DATE = "InteractionDate"
LIMIT = 10  # the service model's maximum number of interactions in a Lead
# These members identify an interaction, even if Partner Central stores the other members in another form.
ORIGIN = (("SourceType",), ("SourceId",), ("Contact", "Email"))


def split(type_: str, payload: Payload) -> tuple[Payload, Sequence[Payload]]:
    """Return the members of a payload without the interactions, and the interactions. Only a Lead has interactions.

    If the value of `Interactions` is not a list, the function returns the value as one interaction. Partner Central refuses
    this interaction.
    """
    if type_ != LEAD:
        return payload, ()
    found = payload.get(INTERACTIONS) or []
    members = {name: value for name, value in payload.items() if name != INTERACTIONS}
    return members, found if isinstance(found, list) else [found]


class Interactions:
    """The interactions of one Lead during one event, and the rules for sending them.

    Args:
        desired: The interactions that the stack declares.
        previous: The interactions of the previous declaration. Some of these interactions might never have been sent.
        current: The interactions of the Lead in Partner Central.
        shape: The members of an interaction in the service model.
    """

    def __init__(
        self, desired: Sequence[Payload], previous: Sequence[Payload], current: Sequence[Payload], shape: Shape
    ) -> None:
        self._desired = desired
        self._previous = previous
        self._new = unpaired(desired, previous, shape)[0]
        self._shape = shape
        self._had = list(current)
        self._change_is_logged = False

    def pending(self) -> Sequence[Payload]:
        """Return the interactions to send, in the order of declaration.

        Raises:
            ResourceError: The Lead might already contain a new interaction in another form, or the Lead would contain too many
                interactions.
        """
        missing, others = unpaired(self._desired, self._had, self._shape)
        pending, changed = [], False
        for place in missing:
            counterpart = _candidate(self._desired[place], self._had, others)
            if counterpart is None:
                pending.append(self._desired[place])
            elif place in self._new:
                raise _uncertain(place, self._desired[place], counterpart, self._had[counterpart])
            else:
                changed = True
        if changed and not self._change_is_logged:
            self._change_is_logged = True
            logs.warning("interaction was changed")
        if pending and len(self._had) + len(pending) > LIMIT:
            raise ResourceError(
                "TOO_MANY_INTERACTIONS",
                f"A Lead can have at most {LIMIT} interactions, and an interaction cannot be removed. This Lead has"
                f" {len(self._had)} interactions, and the declaration contains {len(pending)} more. The new"
                " interactions were not sent. Declare fewer interactions.",
            )
        return pending

    def was_sent(self, interaction: Payload) -> None:
        """Record that an interaction was sent."""
        self._had.append(interaction)
        if not unpaired([interaction], self._previous, self._shape)[0]:
            # The interaction was declared before. It was never sent, or Partner Central replaces interactions.
            logs.info("interaction was missing")

    def was_read(self, current: Sequence[Payload]) -> None:
        """Record the interactions that a later read returned. Interactions that an earlier read returned are not sent again.

        An earlier interaction can be missing because the read lags behind, or because Partner Central replaces interactions.
        The earlier interaction can also be present in another form.
        """
        hidden, others = unpaired(self._had, current, self._shape)
        had = list(current)
        for place in hidden:
            changed = _candidate(self._had[place], current, others)
            if changed is None:
                had.append(self._had[place])
            else:
                had[changed] = self._had[place]
                others.remove(changed)
        self._had = had

    def arrived(self, interaction: Payload, current: Sequence[Payload]) -> bool:
        """Return whether a later read returned the interaction of an update whose outcome was unknown."""
        added = unpaired(current, self._had, self._shape)[0]
        is_there = not unpaired([interaction], [current[place] for place in added], self._shape)[0]
        return is_there or _candidate(interaction, current, added) is not None


def unpaired(wanted: Sequence[Payload], present: Sequence[Payload], shape: Shape) -> tuple[list[int], list[int]]:
    """Pair interactions one to one. Return the unpaired indexes in `wanted`, and the unpaired indexes in `present`."""
    left = list(range(len(wanted)))
    free = list(range(len(present)))

    def is_exact(one: Payload, other: Payload) -> bool:
        return equal(one, other, exact)

    def is_loose(one: Payload, other: Payload) -> bool:
        return equal(_undated(one), _undated(known_part(other, one, shape)), loose)

    def is_loose_and_dated(one: Payload, other: Payload) -> bool:
        return _second(one) is not None and _second(one) == _second(other) and is_loose(one, other)

    def is_loose_and_undated(one: Payload, other: Payload) -> bool:
        return (_second(one) is None or _second(other) is None) and is_loose(one, other)

    # Use the strictest comparison first, so that no interaction is paired with the exact counterpart of another interaction.
    for is_match in (is_exact, is_loose_and_dated, is_loose_and_undated):
        for place in list(left):
            match = next((other for other in free if is_match(wanted[place], present[other])), None)
            if match is not None:
                left.remove(place)
                free.remove(match)
    return left, free


def _candidate(one: Payload, interactions: Sequence[Payload], places: Sequence[int]) -> int | None:
    """Return the index of an interaction that is probably another form of `one`, or None if there is no such interaction."""
    return next((place for place in places if _has_same_origin(one, interactions[place])), None)


def _has_same_origin(one: Payload, other: Payload) -> bool:
    first, second = (instant(at(each, (DATE,))) for each in (one, other))
    if first and second and first[0].date() != second[0].date():
        return False
    return all(equal(at(one, path), at(other, path), loose) for path in ORIGIN)


def _uncertain(place: int, declared: Payload, counterpart: int, current: Payload) -> ResourceError:
    paths = {path for each in (declared, current) for path, _ in leaves(each)}
    differing = sorted(
        ".".join(path) for path in paths if not equal(at(declared, path), at(current, path), loose, (path or ("",))[-1])
    )
    return ResourceError(
        "UNCERTAIN_INTERACTION",
        f"The new Interactions[{place}] may be the Lead's Interactions[{counterpart}] in another form. Nothing further"
        " was sent. Declare the interaction exactly as in Partner Central, remove it, or set a different SourceId or"
        f" InteractionDate. These two interactions differ in {', '.join(differing)}.",
    )


def _undated(interaction: Any) -> Any:
    if not isinstance(interaction, Mapping):
        return interaction
    return {name: value for name, value in interaction.items() if name != DATE}


def _second(interaction: Any) -> Any:
    """Return the date of an interaction in whole seconds. If the date is not a timestamp, return the date unchanged."""
    date = at(interaction, (DATE,))
    found = instant(date)
    return found[0] if found else date
