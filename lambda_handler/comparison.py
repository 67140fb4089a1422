"""Decide whether values of payloads are equal.

Nulls are ignored. Timestamps are compared as instants, with the precision of the less precise timestamp. Other texts are
compared in one of three forms:

- `exact`: All differences count.
- `case`: Differences in case are ignored.
- `loose`: All differences that Partner Central might introduce are ignored: case, outer white space, Unicode composition, the
  scheme and trailing slash of a website, the punctuation of a phone number, and an account's ARN instead of the account ID.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

# A function that takes a text and the name of the member with this text, and returns the text in the form to compare.
Form = Callable[[str, str], str]

TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))")
# Maps the name of a member to a function. The function removes the differences that Partner Central might introduce.
LOOSE_MEMBERS: Mapping[str, Callable[[str], str]] = {
    "WebsiteUrl": lambda text: re.sub(r"^https?://", "", text).rstrip("/"),
    "Phone": lambda text: re.sub(r"[^\w+]|_", "", text),
    "AccountIdentifier": lambda text: text.rpartition("/")[2],
}


def exact(text: str, name: str) -> str:
    """Return a text unchanged."""
    del name
    return text


def case(text: str, name: str) -> str:
    """Return a text in lower case, so that differences in case are ignored."""
    del name
    return text.casefold()


def loose(text: str, name: str) -> str:
    """Return a text without the differences that Partner Central might introduce."""
    text = normalize("NFC", normalize("NFC", text).casefold()).strip()
    return LOOSE_MEMBERS[name](text) if name in LOOSE_MEMBERS else text


def equal(one: Any, other: Any, form: Form, name: str = "") -> bool:
    """Return whether two values are equal.

    Args:
        one: A value of a payload. None means that the value is absent.
        other: The value to compare with.
        form: How strictly texts are compared: `exact`, `case` or `loose`.
        name: The name of the member that contains the values.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = {key for key in {*one, *other} if one.get(key) is not None or other.get(key) is not None}
        return all(equal(one.get(key), other.get(key), form, key) for key in names)
    if isinstance(one, list) and isinstance(other, list):
        some, others = ([item for item in items if item is not None] for items in (one, other))
        return len(some) == len(others) and all(
            equal(item, counterpart, form, name) for item, counterpart in zip(some, others, strict=True)
        )
    if any(value is None or isinstance(value, Mapping | list) for value in (one, other)):
        return one is other
    one, other = _text(one), _text(other)
    return form(one, name) == form(other, name) or _is_same_instant(one, other)


def instant(text: Any) -> tuple[datetime, str] | None:
    """Return the UTC time in whole seconds and the fractional digits of an ISO 8601 timestamp, or None for any other text."""
    found = TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{time}")
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return (local + offset if sign == "-" else local - offset), fraction or ""
    except (ValueError, OverflowError):
        return None


def _is_same_instant(one: str, other: str) -> bool:
    first, second = instant(one), instant(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    # Partner Central might store fewer digits, or remove trailing zeros.
    digits = min(len(first[1]), len(second[1]))
    return first[1][:digits] == second[1][:digits]


def _text(value: Any) -> str:
    # CloudFormation converts numbers and booleans to text.
    return value if isinstance(value, str) else json.dumps(value)
