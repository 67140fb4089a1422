"""Looks at the contexts of a stack side by side: which would adopt one another, and which are too many for an engagement.

Plain functions over declarations. What adoption takes for equal is told in the documentation, under Lifecycle.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral._narrowing import is_list, is_mapping

# The model's greatest length of an engagement's list of contexts.
MOST_CONTEXTS = 5
FILLED_IN = ("QualificationStatus", "Insights")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A context as it was declared, as far as its neighbours matter.

    Attributes:
        path: Its construct's path.
        catalog: Its catalog.
        engagement_id: Its engagement's id.
        type: Its Type.
        payload: What stands below the Type in its payload.
        adopts: Whether it adopts what is equal.
        context_identifier: The existing context it manages, or None.
        client_token: Its own token, or None.
    """

    path: str
    catalog: str
    engagement_id: str
    type: str
    payload: Mapping[str, Any]
    adopts: bool
    context_identifier: str | None
    client_token: str | None


def conflicts(declared: Sequence[Declared]) -> list[str]:
    """Return what cannot be told apart in Partner Central: one line for each pair, naming both constructs."""
    return [line for group in _by_engagement(declared).values() for line in _pairs(group)]


def _by_engagement(declared: Sequence[Declared]) -> dict[tuple[str, str], list[Declared]]:
    groups: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    for one in declared:
        groups[one.catalog, one.engagement_id].append(one)
    return groups


def _pairs(group: Sequence[Declared]) -> Iterator[str]:
    for place, one in enumerate(group):
        for other in group[place + 1 :]:
            both = f"{one.path} and {other.path}"
            if one.context_identifier is not None and one.context_identifier == other.context_identifier:
                yield f"{both} manage the same context, {one.context_identifier!r}: let one construct manage it"
            elif one.client_token is not None and one.client_token == other.client_token and one.type == other.type:
                yield f"{both} have the same client_token, so they would be one context: give each its own, or none"
            elif _would_adopt(one, other) or _would_adopt(other, one):
                yield (
                    f"{both} declare the same payload for the same engagement, so one would adopt the other's context: make"
                    " them differ, or set adopt_existing=False on both to have two"
                )


def _would_adopt(one: Declared, other: Declared) -> bool:
    """Whether one would take the other's context for its own."""
    if not one.adopts or one.context_identifier is not None or one.type != other.type or not one.payload:
        return False
    if one.type != "Lead":
        return one.payload == other.payload
    left_out = {"Interactions"} | {name for name in FILLED_IN if name not in one.payload}
    rest = [{name: value for name, value in each.payload.items() if name not in left_out} for each in (one, other)]
    return rest[0] == rest[1] and _within(_interactions(one), _interactions(other))


def _interactions(one: Declared) -> list[Mapping[str, Any]]:
    found = one.payload.get("Interactions")
    return [each for each in found if is_mapping(each)] if is_list(found) else []


def _within(wanted: list[Mapping[str, Any]], held: list[Mapping[str, Any]]) -> bool:
    """Whether all that is wanted is held, each counting once; what has no date is matched by what has any."""
    left = list(held)
    for one in sorted(wanted, key=lambda each: "InteractionDate" not in each):
        dated = "InteractionDate" in one
        match = next((each for each in left if each == one or (not dated and {**each, **one} == each)), None)
        if match is None:
            return False
        left.remove(match)
    return True
