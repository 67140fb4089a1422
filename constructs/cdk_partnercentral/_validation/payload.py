"""Check a rendered payload against the rules of the API, and report every problem by its path.

Unresolved tokens and dynamic references are skipped wherever they appear.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import described, one_of, quoted
from cdk_partnercentral._validation.rules import Rule, payload_rule

INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>([01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# Patterns of the model in words, by the name of the shape.
IN_WORDS = {
    "CompanyWebsiteUrl": "a website of 4 to 255 characters, such as https://acme.example",
    "EngagementCustomerProjectDetailsTargetCompletionDateString": "a date in the format YYYY-MM-DD",
    "ProspectingTaskIdentifier": "task- followed by 14 lowercase letters or digits",
    "TaskArn": "an ARN",
}


def payload_problems(payload: object) -> list[str]:
    """Return everything that the API would reject in a payload, one line for each problem.

    Args:
        payload: The tagged union with the API's member names, as it is written to the template.
    """
    return list(check(payload, payload_rule(), "payload"))


def check(value: Any, rule: Rule, path: str) -> Iterator[str]:
    """Yield the problems of a value at a path."""
    # A value that could not be rendered is None, and was reported by the rendering.
    if value is None or is_unresolved(value):
        return
    if rule.kind == "structure":
        yield from _structure(value, rule, path)
    elif rule.kind == "list":
        yield from _list(value, rule, path)
    elif not isinstance(value, str):
        yield f"{path}: must be a {rule.kind}; got {described(value)}"
    elif rule.kind == "timestamp":
        yield from _timestamp(value, path)
    else:
        yield from _string(value, rule, path)


def _structure(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_mapping(value):
        yield f"{path}: must be a mapping with members {', '.join(rule.members)}; got {described(value)}"
        return
    has_unresolved_names = any(map(is_unresolved, value))
    if rule.union and len(value) != 1 and not has_unresolved_names:
        yield f"{path}: must have exactly one of {', '.join(rule.members)}; got {', '.join(map(str, value)) or 'none'}"
    else:
        yield from _unknown_members(value, rule, path)
    for name in rule.required:
        if name not in value and not has_unresolved_names:
            yield f"{path}.{name}: is required, but missing"
    for name, member in value.items():
        if name in rule.members:
            yield from check(member, rule.members[name], f"{path}.{name}")


def _unknown_members(value: Mapping[Any, Any], rule: Rule, path: str) -> Iterator[str]:
    for name in value:
        if name not in rule.members and not is_unresolved(name):
            given = quoted(name, rule.members) if isinstance(name, str) else repr(name)
            yield f"{path}: has no member {given}; the members are {', '.join(rule.members)}"


def _list(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_list(value):
        yield f"{path}: must be a list; got {described(value)}"
        return
    if len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: must have {_range(rule)} items; got {len(value)}"
    for index, item in enumerate(value):
        if rule.item is not None:
            yield from check(item, rule.item, f"{path}[{index}]")


def _string(value: str, rule: Rule, path: str) -> Iterator[str]:
    given = described(value) if rule.sensitive else quoted(value, rule.enum)
    if rule.enum and value not in rule.enum:
        yield f"{path}: must be {one_of(rule.enum)}; got {given}"
    elif rule.pattern and not rule.pattern.fullmatch(value):
        allowed = IN_WORDS.get(rule.name, f"a string that matches {rule.pattern.pattern}")
        yield f"{path}: must be {allowed}; got {given}"
    elif len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: must have {_range(rule)} characters; got {len(value)}"
    elif rule.name.endswith("DateString") and not _is_day(value):
        yield f"{path}: must be {IN_WORDS[rule.name]}; got {value!r}, a day that does not exist"


def _timestamp(value: str, path: str) -> Iterator[str]:
    found = INSTANT.fullmatch(value)
    if found is None:
        allowed = "an ISO 8601 timestamp with a time zone, such as 2027-01-05T09:30:00Z"
        yield f"{path}: must be {allowed}; got {described(value)}"
    elif not _is_day(found["day"]):
        yield f"{path}: must be a timestamp; got one with a day that does not exist"


def instant(text: str) -> datetime | str:
    """Return the instant that a timestamp represents, to the microsecond, which is all that the SDK sends.

    Text that is not a timestamp is returned unchanged.
    """
    found = INSTANT.fullmatch(text)
    if found is None or not _is_day(found["day"]):
        return text
    fraction = (found["fraction"] or "").ljust(6, "0")[:6]
    return datetime.fromisoformat(f"{found['day']}T{found['time']}.{fraction}{found['zone'].replace('Z', '+00:00')}")


def past_target_date(payload: object, today: date) -> str | None:
    """Return the target completion date of a `CustomerProject` payload, if it is before today."""
    project = _member(_member(payload, "CustomerProject"), "Project")
    target = _member(project, "TargetCompletionDate")
    return target if isinstance(target, str) and _is_day(target) and date.fromisoformat(target) < today else None


def _member(value: object, name: str) -> object:
    return value.get(name) if is_mapping(value) else None


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return False
    return True


def _range(rule: Rule) -> str:
    return f"{rule.shortest} to {rule.longest}" if rule.longest is not None else f"at least {rule.shortest}"
