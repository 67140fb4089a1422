"""Compare the rendered payloads of two contexts. The handler uses the same rules to find a context to adopt.

The comparison ignores differences that Partner Central might introduce, such as letter case or the scheme of a website. The
handler has its own code for this comparison, so a test checks that the handler and this module agree. Two unresolved values are
equal only if they are identical.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from cdk_partnercentral._payloads.context_types import BY_TYPE
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.rules import Rule, payload_rule

Path = tuple[Any, ...]
# A function that normalizes a string for the comparison. The function's arguments are the string and the name of the payload
# member.
Form = Callable[[str, str], str]

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))", re.ASCII)
# Maps the name of a payload member to a function that normalizes the values of this member.
_LOOSE_MEMBERS: Mapping[str, Callable[[str], str]] = {
    "AccountIdentifier": lambda text: text.rpartition("/")[2],
    "Phone": lambda text: re.sub(r"[^\w+]|_", "", text),
    "WebsiteUrl": lambda text: re.sub(r"^https?://", "", text).rstrip("/"),
}


def would_adopt(type_: str, desired: Any, other: Any) -> bool:
    """Return whether a construct would adopt an existing context of the same Type.

    The payloads must be equal, but the other payload can also contain members that are not in the service model. If the Type is
    Lead, the other payload must contain each declared value and each declared interaction, and can also contain other values
    and interactions.

    Args:
        type_: The Type of both contexts.
        desired: The rendered payload that the construct declares, without the Type as its outer key. A payload without any
            value matches no context.
        other: The rendered payload of the existing context, also without the Type as its outer key.
    """
    row, rule = BY_TYPE.get(type_), payload_rule().members.get(type_)
    appended = row.appended if row else None
    wanted, present = (_items(each, appended) for each in (desired, other))
    expected, existing = (dict(_leaves(_without(each, appended))) for each in (desired, other))
    if not (expected or wanted):
        return False
    if not all(path in existing and _equal(value, existing[path], _loose, path) for path, value in expected.items()):
        return False
    if row and appended and rule:
        return _contains(present, wanted, rule.members[appended].item, row.dated_by)
    return all(path in expected or not _is_known(rule, path) for path in existing)


def has_values(value: Any) -> bool:
    """Return whether a payload contains at least one value. Empty mappings and empty lists are not values."""
    if is_mapping(value):
        return any(map(has_values, value.values()))
    return any(map(has_values, value)) if is_list(value) else value is not None


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of each leaf. A list is a leaf, and the items of the list are not."""
    if is_mapping(value):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif has_values(value):
        yield path, value


def _equal(one: Any, other: Any, form: Form, path: Path = ()) -> bool:
    if is_mapping(one) and is_mapping(other):
        return one.keys() == other.keys() and all(_equal(one[name], other[name], form, (name,)) for name in one)
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(_equal(*pair, form, path) for pair in zip(one, other, strict=True))
    if any(is_mapping(each) or is_list(each) or is_unresolved(each) for each in (one, other)):
        return bool(one == other)
    # Compare strings, because CloudFormation passes numbers and Booleans to the function as strings.
    texts = [each if isinstance(each, str) else json.dumps(each) for each in (one, other)]
    forms = [form(each, path[-1] if path else "") for each in texts]
    return forms[0] == forms[1] or _is_same_instant(*texts)


def _exact(text: str, name: str) -> str:
    del name
    return text


def loose(text: str) -> str:
    """Normalize a string for the comparison of engagement titles, engagement descriptions and most payload members."""
    return normalize("NFC", normalize("NFC", text).casefold()).strip()


def _loose(text: str, name: str) -> str:
    text = loose(text)
    return _LOOSE_MEMBERS[name](text) if name in _LOOSE_MEMBERS else text


def _is_same_instant(one: str, other: str) -> bool:
    """Return whether two strings are timestamps of the same instant.

    If the timestamps have different precisions, compare them with the lower precision.
    """
    first, second = _instant(one), _instant(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    digits = min(len(first[1]), len(second[1]))
    return first[1][:digits] == second[1][:digits]


def _instant(text: object) -> tuple[datetime, str] | None:
    """Split a timestamp into the time in UTC, which is a whole second, and the digits of the fraction of a second."""
    found = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{time}")
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return (local + offset if sign == "-" else local - offset), fraction or ""
    except (ValueError, OverflowError):
        return None


def _contains(present: Sequence[Any], wanted: Sequence[Any], item: Rule | None, dated_by: str | None) -> bool:
    """Return whether each item in `wanted` matches an item in `present`. Each present item can match only one wanted item.

    An item without a date matches an item with any date, because AWS fills in missing dates.
    """

    def is_exact(one: Any, other: Any) -> bool:
        return _equal(one, other, _exact)

    def is_loose(one: Any, other: Any) -> bool:
        return _equal(_without(one, dated_by), _without(_known_part(one, other, item), dated_by), _loose)

    def is_dated(one: Any, other: Any) -> bool:
        second = _second(one, dated_by)
        return second is not None and second == _second(other, dated_by) and is_loose(one, other)

    def is_undated(one: Any, other: Any) -> bool:
        return None in (_second(one, dated_by), _second(other, dated_by)) and is_loose(one, other)

    left, free = list(wanted), list(present)
    # Find exact matches first. Otherwise, a wanted item could take the present item that is an exact match of another wanted
    # item.
    for is_match in (is_exact, is_dated, is_undated):
        for each in list(left):
            place = next((place for place, other in enumerate(free) if is_match(each, other)), None)
            if place is not None:
                left.remove(each)
                del free[place]
    return not left


def _second(item: Any, dated_by: str | None) -> Any:
    """Return the date of an item, truncated to a whole second. If the date is not a timestamp, return it unchanged."""
    date = item.get(dated_by) if is_mapping(item) else None
    found = _instant(date)
    return found[0] if found else date


def _items(payload: Any, appended: str | None) -> Sequence[Any]:
    items = payload.get(appended, ()) if is_mapping(payload) and appended else ()
    return items if is_list(items) else [items]


def _without(value: Any, name: str | None) -> Any:
    return {key: member for key, member in value.items() if key != name} if is_mapping(value) else value


def _is_known(rule: Rule | None, path: Path) -> bool:
    """Return whether the service model contains a member with this path."""
    for name in path:
        rule = rule.members.get(name) if rule else None
    return rule is not None


def _known_part(desired: Any, other: Any, rule: Rule | None) -> Any:
    """Return the members of `other` that are in the service model or in `desired`."""
    if not is_mapping(desired) or not is_mapping(other):
        return other
    members: Mapping[str, Rule] = rule.members if rule else {}
    return {
        name: _known_part(desired.get(name), member, members.get(name))
        for name, member in other.items()
        if name in desired or name in members
    }
