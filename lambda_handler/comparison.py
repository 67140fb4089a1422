"""When two payloads say the same, and what a write has to send. Plain functions on plain values.

Equality has one definition, by the shape of the model: timestamps are instants, a Lead's interactions are a multiset, all
else is exact. AWS writes to Leads too, so there is one tolerance, for what was never declared on a Lead: its
qualification, its insights, further interactions, and the date of an interaction.
"""

import operator
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from lambda_handler.api import Payload
from lambda_handler.redaction import MASK

LEAD = "Lead"
INTERACTIONS = "Interactions"
INTERACTION_DATE = "InteractionDate"
# Members of a Lead that AWS fills in.
FILLED_IN = ("QualificationStatus", "Insights")
# Every timestamp in a payload of the service model, wherever it stands.
TIMESTAMPS = (INTERACTION_DATE, "StartTime", "EndTime")
# What they stand in, below the union.
PARENTS = (INTERACTIONS, "Aws")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))")


def says(held: Payload, declared: Payload, type_: str, *, before: Payload) -> bool:
    """Whether what the service holds is what is declared.

    Args:
        held: The payload the service holds.
        declared: The payload declared now.
        type_: The context's Type.
        before: The payload declared before: what it filled in and is not declared now must be gone.
    """
    return not unsent_interactions(held, declared, type_) and rest_says(held, declared, type_, before=before)


def rest_says(held: Payload, declared: Payload, type_: str, *, before: Payload) -> bool:
    """Whether it is so for everything but a Lead's interactions, which are only ever added to."""
    if type_ != LEAD:
        return bool(_canonical(held) == _canonical(declared))
    tolerated = {INTERACTIONS, *_filled_in_by_aws(held, declared, before)}
    return bool(_without(held, tolerated) == _without(declared, tolerated))


def unsent_interactions(held: Payload, declared: Payload, type_: str) -> list[Payload]:
    """Return a Lead's declared interactions that the service does not hold, in the order they are declared."""
    return [] if type_ != LEAD else unmatched(declared.get(INTERACTIONS, ()), held.get(INTERACTIONS, ()))


def unmatched(wanted: Sequence[Payload], pool: Sequence[Payload], *, cut: bool = False) -> list[Payload]:
    """Return the interactions of `wanted` that `pool` does not have, each of the pool counting once.

    An interaction without a date is matched by one that AWS dated. One that differs in case or outer white space only
    is the same one: the service may tidy what it stores, and an interaction that is sent twice stays for good.

    Args:
        wanted: The interactions to look for.
        pool: Where to look.
        cut: Whether a date is the same to the second: the service may cut what it stores.
    """
    left = [_tidied(interaction) for interaction in pool]
    missing = dict(enumerate(map(_tidied, wanted)))
    # The most alike first: an undated one takes any that is left, so it must not take what only a dated one can.
    for same in (operator.eq, *[_same_second] * cut, _same_undated):
        for place, one in list(missing.items()):
            match = next((other for other in left if same(other, one)), None)
            if match is not None:
                left.remove(match)
                del missing[place]
    return [wanted[place] for place in missing]


def has_values(payload: Any) -> bool:
    """Whether a payload says anything at all; one that does not equals nothing."""
    if isinstance(payload, Mapping):
        return any(has_values(value) for value in payload.values())
    if isinstance(payload, (list, tuple)):
        return any(has_values(value) for value in payload)
    return payload is not None


def lead_update(declared: Payload, interaction: Payload | None, filled_in: Mapping[str, Any]) -> Payload:
    """Return a Lead in the shape an update has: one interaction in place of the list.

    Args:
        declared: The Lead declared.
        interaction: The interaction to add, if one is to be.
        filled_in: What AWS filled in: sent back, because an update may replace the whole Lead.
    """
    sent = {**filled_in, **_drop(declared, (INTERACTIONS,))}
    return sent if interaction is None else {**sent, "Interaction": interaction}


def filled_in(held: Payload, declared: Payload, before: Payload) -> Payload:
    """Return what AWS filled in on a Lead: what it holds there, and nobody declares or declared so before."""
    return {name: held[name] for name in _filled_in_by_aws(held, declared, before)}


def _filled_in_by_aws(held: Payload, declared: Payload, before: Payload) -> list[str]:
    """Name what AWS filled in.

    What was declared before is AWS's too where it is held otherwise: in a rollback, what was declared before may never have
    arrived.
    """
    return [
        name
        for name in FILLED_IN
        if name in held
        and name not in declared
        and (name not in before or _tidied(held[name]) != _tidied(before[name]))
    ]


def instant(text: str) -> datetime | str:
    """Return the instant that an ISO 8601 timestamp names, to the microsecond: the SDK sends no more. Other text stays."""
    found = INSTANT.fullmatch(text)
    if not found:
        return text
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{time}.{(fraction or '').ljust(6, '0')[:6]}").replace(
            tzinfo=timezone.utc
        )
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return text


def unreadable(value: Any, path: str = "", name: str = "") -> list[str]:
    """Return the paths of the timestamps that name no instant: such a one could never be found again.

    A name that leads to no timestamp in the service model may be anything, and is masked.
    """
    if isinstance(value, Mapping):
        return [
            each
            for key, member in value.items()
            for each in unreadable(member, f"{path}.{key if key in PARENTS + TIMESTAMPS else MASK}", key)
        ]
    if isinstance(value, (list, tuple)):
        return [each for place, member in enumerate(value) for each in unreadable(member, f"{path}[{place}]")]
    return [path] if name in TIMESTAMPS and isinstance(value, str) and isinstance(instant(value), str) else []


def _canonical(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(member, key) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(member) for member in value]
    return instant(value) if name in TIMESTAMPS and isinstance(value, str) else value


def _tidied(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _tidied(member, key) for key, member in value.items()}
    if name in TIMESTAMPS:
        return _canonical(value, name)
    return value.strip().casefold() if isinstance(value, str) else value


def _same_second(held: Payload, wanted: Payload) -> bool:
    return _to_the_second(held) == _to_the_second(wanted)


def _to_the_second(one: Payload) -> Payload:
    date = one.get(INTERACTION_DATE)
    return {**one, INTERACTION_DATE: date.replace(microsecond=0)} if isinstance(date, datetime) else one


def _same_undated(held: Payload, wanted: Payload) -> bool:
    return INTERACTION_DATE not in wanted and _drop(held, (INTERACTION_DATE,)) == wanted


def _without(payload: Payload, names: set[str]) -> Any:
    return _canonical({name: value for name, value in payload.items() if name not in names})


def _drop(payload: Payload, names: tuple[str, ...]) -> Payload:
    return {name: value for name, value in payload.items() if name not in names}
