"""Looks at the contexts of a stack side by side: which would adopt one another, and which are too many for an engagement.

Plain functions over declarations. What adoption takes for equal is told in the documentation, under Lifecycle. The function
has code of its own for it, and a test holds the two against each other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cdk_partnercentral._model import Rule, payload_rule
from cdk_partnercentral._narrowing import is_list, is_mapping
from cdk_partnercentral._tokens import is_unresolved
from cdk_partnercentral._validation import instant

# The model's greatest length of an engagement's list of contexts.
MOST_CONTEXTS = 5
LEAD, INTERACTIONS, DATE = "Lead", "Interactions", "InteractionDate"
FILLED_IN = ("QualificationStatus", "Insights")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A context as it was declared, as far as its neighbours matter.

    Attributes:
        path: Returns its construct's path, which only an error asks for.
        catalog: Its catalog.
        engagement_id: Its engagement's id.
        type: Its Type.
        payload: What stands below the Type in its payload: a mapping, or what only the deployment knows.
        adopts: Whether it adopts what is equal.
        existing_context_id: The existing context it manages, or None.
        client_token: Its own token, or None.
    """

    path: Callable[[], str]
    catalog: str
    engagement_id: str
    type: str
    payload: Any
    adopts: bool
    existing_context_id: str | None
    client_token: str | None


def conflicts(declared: Sequence[Declared]) -> list[str]:
    """Return what cannot be told apart in Partner Central: one line for each pair, naming both constructs."""
    return [line for group in _by_engagement(declared).values() if len(group) > 1 for line in _pairs(group)]


def _by_engagement(declared: Sequence[Declared]) -> dict[tuple[str, str], list[Declared]]:
    groups: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    for one in declared:
        groups[one.catalog, one.engagement_id].append(one)
    return groups


def _pairs(group: Sequence[Declared]) -> Iterator[str]:
    rules = payload_rule().members
    group = [replace(one, payload=_canonical(one.payload, rules.get(one.type))) for one in group]
    for place, one in enumerate(group):
        for other in group[place + 1 :]:
            clash = _clash(one, other)
            if clash:
                yield f"{one.path()} and {other.path()} {clash}"


def _clash(one: Declared, other: Declared) -> str:
    if one.existing_context_id is not None and one.existing_context_id == other.existing_context_id:
        return f"manage the same context, {one.existing_context_id!r}: let one construct manage it"
    if _same_token(one, other):
        return "have the same client_token, so they would be one context: give each its own, or none"
    if _would_adopt(one, other) or _would_adopt(other, one):
        return (
            "declare the same payload for the same engagement, so one would adopt the other's context: make them differ, or set"
            " adopt_existing=False on both to have two"
        )
    return ""


def _same_token(one: Declared, other: Declared) -> bool:
    """Whether both would be created by the same request."""
    created = one.existing_context_id is None and other.existing_context_id is None
    return created and one.client_token is not None and (one.client_token, one.type) == (other.client_token, other.type)


def _would_adopt(one: Declared, other: Declared) -> bool:
    """Whether one would take the other's context for its own."""
    if not one.adopts or one.existing_context_id is not None or one.type != other.type or not _has_values(one.payload):
        return False
    if one.type != LEAD or not is_mapping(one.payload) or not is_mapping(other.payload):
        return bool(one.payload == other.payload)
    left_out = {INTERACTIONS} | {name for name in FILLED_IN if name not in one.payload}
    rest = [{name: value for name, value in each.payload.items() if name not in left_out} for each in (one, other)]
    return rest[0] == rest[1] and _within(_interactions(one.payload), _interactions(other.payload))


def _has_values(value: Any) -> bool:
    """Whether there is anything in a payload to be found by."""
    if is_mapping(value):
        return any(map(_has_values, value.values()))
    return any(map(_has_values, value)) if is_list(value) else value is not None


def _interactions(lead: Mapping[str, Any]) -> list[Any]:
    found = lead.get(INTERACTIONS, ())
    return list(found) if is_list(found) else [found]


def _within(wanted: list[Any], held: list[Any]) -> bool:
    """Whether all that is wanted is held, each counting once; what has no date is matched by what has any."""
    left = list(held)
    # Dated ones choose first.
    for one in sorted(wanted, key=lambda each: DATE not in each if is_mapping(each) else False):
        match = next((each for each in left if one in (each, _undated(each))), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _undated(interaction: Any) -> Any:
    if not is_mapping(interaction):
        return interaction
    return {name: value for name, value in interaction.items() if name != DATE}


def _canonical(value: Any, rule: Rule | None, *, tidied: bool = False) -> Any:
    """What a payload says, in one form: timestamps as instants, and interactions without case and outer white space."""
    if rule is None or is_unresolved(value):
        return value
    if is_mapping(value):
        return {
            name: _canonical(member, rule.members.get(name), tidied=tidied or name == INTERACTIONS)
            for name, member in value.items()
        }
    if is_list(value):
        return [_canonical(item, rule.item, tidied=tidied) for item in value]
    if rule.kind == "timestamp":
        return instant(value)
    return value.strip().casefold() if tidied else value
