"""Check a rendered payload against the rules of the API, and report every problem by its path.

Unresolved tokens and dynamic references are skipped wherever they appear.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cdk_partnercentral._payloads.context_types import CLASSES
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import described, kind, one_of, quoted
from cdk_partnercentral._validation.rules import Rule, payload_rule

INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>([01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# Descriptions of the model's patterns and long enums for error messages, by shape name.
IN_WORDS = {
    "CompanyWebsiteUrl": "a website of 4 to 255 characters without spaces, such as https://acme.example",
    "CountryCode": 'a two-letter country code in capitals, such as "US" (ISO 3166: the United Kingdom is "GB")',
    "EngagementCustomerProjectDetailsTargetCompletionDateString": "a date in the format YYYY-MM-DD",
    "ProspectingTaskIdentifier": "task- followed by 14 lowercase letters or digits",
    "TaskArn": "an ARN",
}


def payload_problems(payload: object, python_names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return everything that the API would reject in a payload, one line for each problem.

    Args:
        payload: The tagged union with the API's member names, as `rendering.py` renders it.
        python_names: The names of the Python arguments that set members, by the members' paths.
    """
    # Rendering reports a payload that is neither a payload object nor a mapping, and renders it as None.
    lines = () if payload is None else check(payload, payload_rule(), "payload")
    return [_with_python_name(line, python_names) for line in lines]


def _with_python_name(line: str, python_names: Mapping[str, str]) -> str:
    path, colon, problem = line.partition(": ")
    return f"{path} ({python_names[path]}){colon}{problem}" if path in python_names else line


def check(value: Any, rule: Rule, path: str) -> Iterator[str]:
    """Yield the problems of a value at a path."""
    if is_unresolved(value):
        return
    if rule.kind == "structure" and is_mapping(value):
        yield from _structure(value, rule, path)
    elif rule.kind == "list" and is_list(value):
        yield from _list(value, rule, path)
    elif rule.kind == "timestamp" and isinstance(value, str):
        yield from _timestamp(value, rule, path)
    elif rule.kind == "string" and isinstance(value, str):
        yield from _string(value, rule, path)
    else:
        yield f"{path}: must be {_allowed(rule)}; got {_given(value, rule)}"


def _allowed(rule: Rule) -> str:
    """Describe what the API accepts at one place."""
    expected = CLASSES.get(rule.name)
    if rule.kind == "structure":
        mapping = f"a mapping with the members {', '.join(rule.members)}"
        return f"a {expected.__name__}, or {mapping}" if expected else mapping
    if rule.kind == "list":
        item = CLASSES.get(rule.item.name) if rule.item else None
        return f"a list of {item.__name__} objects" if item else "a list"
    if rule.kind == "timestamp":
        return "a datetime with a time zone, or an ISO 8601 timestamp such as 2027-01-05T09:30:00Z"
    if rule.name in IN_WORDS:
        return IN_WORDS[rule.name]
    if rule.enum:
        return one_of(rule.enum)
    return f"a string that matches {rule.pattern.pattern}" if rule.pattern else f"a string of {_range(rule)} characters"


def _given(value: object, rule: Rule) -> str:
    """Describe a value of the wrong kind, and how to convert it to the right kind."""
    if isinstance(value, datetime) and rule.kind == "timestamp":
        return "a datetime without one; pass tzinfo=timezone.utc for UTC"
    if isinstance(value, datetime) and rule.name.endswith("DateString"):
        return "a datetime; pass its date()"
    if rule.item is not None and isinstance(value, CLASSES.get(rule.item.name, ())):
        return f"one {kind(value)}; put it in a list"
    return described(value)


def _structure(value: Mapping[Any, Any], rule: Rule, path: str) -> Iterator[str]:
    has_unresolved_names = any(map(is_unresolved, value))
    if rule.union and len(value) != 1 and not has_unresolved_names:
        yield f"{path}: must have exactly one of {', '.join(rule.members)}; got {', '.join(map(str, value)) or 'none'}"
        return
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


def _list(value: Sequence[Any], rule: Rule, path: str) -> Iterator[str]:
    if len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: must have {_range(rule)} items; got {len(value)}"
    for index, item in enumerate(value):
        if rule.item is not None:
            yield from check(item, rule.item, f"{path}[{index}]")


def _string(value: str, rule: Rule, path: str) -> Iterator[str]:
    given = described(value) if rule.sensitive else quoted(value, rule.enum)
    if (rule.enum and value not in rule.enum) or (rule.pattern and not rule.pattern.fullmatch(value)):
        yield f"{path}: must be {_allowed(rule)}; got {given}"
    elif len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: must have {_range(rule)} characters; got {len(value)}"
    elif rule.name.endswith("DateString") and not _is_day(value):
        yield f"{path}: must be {_allowed(rule)}; got {value!r}, a day that does not exist"


def _timestamp(value: str, rule: Rule, path: str) -> Iterator[str]:
    found = INSTANT.fullmatch(value)
    if found is None:
        yield f"{path}: must be {_allowed(rule)}; got {described(value)}"
    elif not _is_day(found["day"]):
        yield f"{path}: must be a timestamp; got one with a day that does not exist"


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
