"""Tells what the service would refuse in a payload, all at once and by name. Plain functions over rendered values.

The rules are the service model's. What only the deployment knows (tokens, `{{resolve:` references) is skipped wherever it
stands. A message says what is allowed and what kind of thing was given; it never repeats a value that the model marks as
sensitive, since payloads are other people's data.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from cdk_partnercentral._model import Rule, payload_rule
from cdk_partnercentral._narrowing import is_list, is_mapping
from cdk_partnercentral._refusal import given, one_of, quoted
from cdk_partnercentral._tokens import is_unresolved

INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>([01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# What a pattern of the model means, in words.
IN_WORDS = {
    "CompanyWebsiteUrl": "a website of 4 to 255 characters, such as https://acme.example",
    "EngagementCustomerProjectDetailsTargetCompletionDateString": "a date as YYYY-MM-DD",
    "ProspectingTaskIdentifier": "task- and 14 of 0-9 and a-z",
    "TaskArn": "an ARN",
}


def payload_problems(payload: object) -> list[str]:
    """Return everything that the service would refuse in a payload, one line each, by its path.

    Args:
        payload: The tagged union in the API's own names, as it goes into the template.
    """
    return list(check(payload, payload_rule(), "payload"))


def check(value: Any, rule: Rule, path: str) -> Iterator[str]:
    """Tell what is wrong with a value, which stands at a path."""
    # What could not be rendered is None, and was told of there.
    if value is None or is_unresolved(value):
        return
    if rule.kind == "structure":
        yield from _structure(value, rule, path)
    elif rule.kind == "list":
        yield from _list(value, rule, path)
    elif not isinstance(value, str):
        yield f"{path}: a {rule.kind}, got {given(value)}"
    elif rule.kind == "timestamp":
        yield from _timestamp(value, path)
    else:
        yield from _string(value, rule, path)


def _structure(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_mapping(value):
        yield f"{path}: a mapping with {one_of(tuple(rule.members))}, got {given(value)}"
        return
    late = any(map(is_unresolved, value))
    if rule.union and len(value) != 1 and not late:
        yield f"{path}: exactly one of {', '.join(rule.members)}, got {', '.join(map(str, value)) or 'none'}"
    else:
        yield from _unknown(value, rule, path)
    for name in rule.required:
        if name not in value and not late:
            yield f"{path}.{name}: required, and missing"
    for name, member in value.items():
        if name in rule.members:
            yield from check(member, rule.members[name], f"{path}.{name}")


def _unknown(value: Mapping[Any, Any], rule: Rule, path: str) -> Iterator[str]:
    for name in value:
        if name not in rule.members and not is_unresolved(name):
            said = quoted(name, rule.members) if isinstance(name, str) else repr(name)
            yield f"{path}: no member {said}; its members are {', '.join(rule.members)}"


def _list(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_list(value):
        yield f"{path}: a list, got {given(value)}"
        return
    if len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: {_range(rule)} items, got {len(value)}"
    for index, item in enumerate(value):
        if rule.item is not None:
            yield from check(item, rule.item, f"{path}[{index}]")


def _string(value: str, rule: Rule, path: str) -> Iterator[str]:
    if rule.enum and value not in rule.enum:
        yield f"{path}: {one_of(rule.enum)}, got {_got(value, rule)}"
    elif rule.pattern and not rule.pattern.fullmatch(value):
        allowed = IN_WORDS.get(rule.name, f"a string that matches {rule.pattern.pattern}")
        yield f"{path}: {allowed}, got {_got(value, rule)}"
    elif len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: {_range(rule)} characters, got {len(value)}"
    elif rule.name.endswith("DateString") and not _is_day(value):
        yield f"{path}: {IN_WORDS[rule.name]}, got {value!r}, a day that does not exist"


def _got(value: str, rule: Rule) -> str:
    return given(value) if rule.sensitive else quoted(value, rule.enum)


def _timestamp(value: str, path: str) -> Iterator[str]:
    found = INSTANT.fullmatch(value)
    if found is None:
        yield f"{path}: an ISO 8601 timestamp with a time zone, such as 2027-01-05T09:30:00Z, got {given(value)}"
    elif not _is_day(found["day"]):
        yield f"{path}: a timestamp, got one of a day that does not exist"


def instant(text: str) -> datetime | str:
    """Return the instant that a timestamp names, to the microsecond: the SDK sends no more. Other text stays."""
    found = INSTANT.fullmatch(text)
    if found is None or not _is_day(found["day"]):
        return text
    fraction = (found["fraction"] or "").ljust(6, "0")[:6]
    return datetime.fromisoformat(f"{found['day']}T{found['time']}.{fraction}{found['zone'].replace('Z', '+00:00')}")


def is_past(value: object, today: date) -> bool:
    """Whether a target completion date lies in the past."""
    return isinstance(value, str) and _is_day(value) and date.fromisoformat(value) < today


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return False
    return True


def _range(rule: Rule) -> str:
    return f"{rule.shortest} to {rule.longest}" if rule.longest is not None else f"at least {rule.shortest}"
