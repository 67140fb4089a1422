"""Leads: AWS adds to them too, and their interactions can only be added, one with each update.

What was never declared on a Lead is tolerated: its qualification, its insights, further interactions, and the date of an
interaction. Interactions are compared as a multiset, because the service keeps duplicates. Case and outer white space are
ignored, because the service may normalize them.
"""

import operator
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lambda_handler.api import Payload
from lambda_handler.engagement_context.comparison import TIMESTAMPS, ContextType, canonical
from lambda_handler.errors import ResourceError

INTERACTIONS = "Interactions"
DATE = "InteractionDate"
# The members that AWS fills in.
FILLED_IN = ("QualificationStatus", "Insights")
LIMIT = 10  # the most interactions of a Lead in the service model


class Lead(ContextType):
    """The rules of Type `Lead`."""

    def is_equivalent(self, current: Payload, desired: Payload, previous: Payload) -> bool:
        """Return whether the Lead is as desired, apart from its interactions and what AWS filled in."""
        ignored = {INTERACTIONS, *_filled_in(current, desired, previous)}
        return bool(canonical(_without(current, *ignored)) == canonical(_without(desired, *ignored)))

    def is_adoptable(self, current: Payload, desired: Payload) -> bool:
        """Return whether an existing Lead has everything that is declared."""
        missing = unmatched(_interactions(desired), _interactions(current))
        return not missing and self.is_equivalent(current, desired, {})

    def filled_in(self, current: Payload, desired: Payload, previous: Payload) -> Payload:
        """Return the members that AWS filled in."""
        return {name: current[name] for name in _filled_in(current, desired, previous)}

    def pending_interactions(
        self, current: Payload, desired: Payload, previous: Payload, settled: Sequence[Payload]
    ) -> tuple[Sequence[Payload], Sequence[Payload]]:
        """Return the new interactions that the Lead never had, and the other new ones."""
        present = _interactions(current)
        # A service that replaces interactions, or whose reads lag, does not show everything that the Lead had.
        had = [*present, *unmatched(settled, present, to_the_second=True)]
        # All desired interactions are paired, so that an old one is not paired with the counterpart of a new one.
        missing = unmatched(_interactions(desired), had, to_the_second=True)
        # What was declared before was sent when it was new.
        new = unmatched(_interactions(desired), _interactions(previous))
        unsettled = unmatched(new, settled)
        replaced = unsettled[: _last_present(unsettled, present, previous)]
        uncertain = _common(replaced, missing)
        if uncertain and _has_foreign(present, [*_interactions(previous), *new]):
            raise _uncertain(desired, uncertain)
        pending = _common(unsettled[len(replaced) :], missing)
        if pending and len(had) + len(pending) > LIMIT:
            raise ResourceError(
                "TOO_MANY_INTERACTIONS",
                f"A Lead can have at most {LIMIT} interactions, and none can be removed. This one has {len(had)}, and"
                f" {len(pending)} more are declared. None of them was sent. Declare fewer interactions.",
            )
        return pending, unmatched(new, pending)

    def update_payload(self, desired: Payload, interaction: Payload | None, filled_in: Payload) -> Payload:
        """Return a Lead in the shape of an update, which has one interaction instead of the list."""
        payload = {**filled_in, **_without(desired, INTERACTIONS)}
        return payload if interaction is None else {**payload, "Interaction": interaction}


def unmatched(wanted: Sequence[Payload], pool: Sequence[Payload], *, to_the_second: bool = False) -> list[Payload]:
    """Return the interactions of `wanted` that have no counterpart in `pool`. Each of the pool is a counterpart once.

    An interaction without a date matches one that AWS dated.

    Args:
        wanted: The interactions to look for.
        pool: Where to look.
        to_the_second: Whether dates are equal to the second, since the service may store no more.
    """
    left = [_comparable(interaction) for interaction in pool]
    missing = dict(enumerate(map(_comparable, wanted)))
    # The strictest comparison first: an undated one matches any date, so it must not take what only a dated one matches.
    for is_same in (operator.eq, *[_is_same_second] * to_the_second, _is_same_undated):
        for place, one in list(missing.items()):
            match = next((other for other in left if is_same(other, one)), None)
            if match is not None:
                left.remove(match)
                del missing[place]
    return [wanted[place] for place in missing]


def _interactions(lead: Payload) -> Sequence[Payload]:
    """Return the interactions. What is not a list is returned as one, which the service refuses if it is sent."""
    found = lead.get(INTERACTIONS) or []
    return found if isinstance(found, list) else [found]


def _filled_in(current: Payload, desired: Payload, previous: Payload) -> list[str]:
    """Return the names of what AWS filled in.

    A member that was declared before counts if its value differs from that: in a rollback, the value that was declared before
    may never have arrived.
    """
    return [
        name
        for name in FILLED_IN
        if name in current
        and name not in desired
        and (name not in previous or _normalized(current[name]) != _normalized(previous[name]))
    ]


def _last_present(new: Sequence[Payload], present: Sequence[Payload], previous: Payload) -> int:
    """Return the place of the last new interaction that the Lead has, if the service replaces interactions; else 0.

    Interactions are sent in the order of declaration, so those before that place were sent, and replaced. A service that
    appends still has what was declared before. If nothing was, only a Lead with a single interaction can have been replaced.
    """
    earlier = _interactions(previous)
    if not previous or (
        unmatched(earlier, present, to_the_second=True) != list(earlier) if earlier else len(present) != 1
    ):
        return 0
    places = [place for place, one in enumerate(new) if not unmatched([one], present, to_the_second=True)]
    return places[-1] if places else 0


def _has_foreign(present: Sequence[Payload], declared: Sequence[Payload]) -> bool:
    """Return whether the Lead has an interaction that was never declared. Then the service probably appends."""
    return len(present) > len(declared) - len(unmatched(declared, present, to_the_second=True))


def _uncertain(desired: Payload, uncertain: Sequence[Payload]) -> ResourceError:
    declared = _interactions(desired)
    places = ", ".join(f"Interactions[{place}]" for place, one in enumerate(declared) if one in uncertain)
    return ResourceError(
        "UNCERTAIN_INTERACTION",
        f"It is not certain whether {places} was sent before: the Lead has none of the interactions that were declared before,"
        " and one that was never declared. Nothing further was sent. Declare new interactions after those that were declared"
        " before.",
    )


def _common(some: Sequence[Payload], others: Sequence[Payload]) -> list[Payload]:
    """Return those of `some` that are also in `others`. Each of the others counts once."""
    left = list(others)
    found = []
    for one in some:
        if one in left:
            left.remove(one)
            found.append(one)
    return found


def _comparable(interaction: Any) -> Payload:
    # A declaration from another release or made by hand can contain anything.
    return _normalized(interaction) if isinstance(interaction, Mapping) else {"": interaction}


def _normalized(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _normalized(member, key) for key, member in value.items()}
    if name in TIMESTAMPS:
        return canonical(value, name)
    return value.strip().casefold() if isinstance(value, str) else value


def _is_same_second(current: Payload, wanted: Payload) -> bool:
    return _to_the_second(current) == _to_the_second(wanted)


def _to_the_second(one: Payload) -> Payload:
    date = one.get(DATE)
    return {**one, DATE: date.replace(microsecond=0)} if isinstance(date, datetime) else one


def _is_same_undated(current: Payload, wanted: Payload) -> bool:
    return DATE not in wanted and _without(current, DATE) == wanted


def _without(payload: Payload, *names: str) -> Payload:
    return {name: value for name, value in payload.items() if name not in names}
