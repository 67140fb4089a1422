"""Check a rendered payload against the rules of the API, and report every problem by its path.

The checks skip unresolved tokens and dynamic references. A member that is not in the service model is valid, because AWS adds
members to the API. But if the name of an unknown member is similar to a known name, the checks report the name as misspelled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cdk_partnercentral._payloads.comparison import has_values
from cdk_partnercentral._payloads.context_types import CLASSES
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import described, kind, near_miss, one_of, quoted
from cdk_partnercentral._validation.rules import Rule, payload_rule

INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>([01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# Maps the name of a shape to a description of its allowed values. Error messages contain this description instead of a pattern
# or a long enum.
IN_WORDS = {
    "CompanyWebsiteUrl": "a website of 4 to 255 characters without spaces, such as https://acme.example",
    "CountryCode": 'a two-letter country code in capitals, such as "US" (ISO 3166: the United Kingdom is "GB")',
    "CustomerAccountArnOrIdentifier": "cust-acc- followed by 13 lowercase letters or digits, or an ARN",
    "EngagementCustomerProjectDetailsTargetCompletionDateString": "a datetime.date, or a string in the format YYYY-MM-DD",
    "ProspectingTaskIdentifier": "task- followed by 14 lowercase letters or digits",
    "TaskArn": "an ARN",
    "UtcTimeOfDay": "a time of day in UTC in the format HH:MM",
}

NO_VALUE = "has no value, so the function could not find the context in a later deployment; set at least one member"
NO_VALUE_PARTIAL = (
    "has no value, so the construct would not manage any member of the existing context; set at least one member, or use "
    "EngagementContext.from_engagement_context_attributes to refer to the context without managing it"
)
ONLY_PARTIAL = (
    "; you can omit this member only with existing_context_id, to change other members of an existing context"
)


def payload_problems(
    payload: object, python_names: Mapping[str, str] = MappingProxyType({}), *, partial: bool = False
) -> list[str]:
    """Return one line for each problem that would cause the API to reject a payload.

    Args:
        payload: The rendered payload, which is the API's tagged union.
        python_names: Maps the path of each payload member to the name of the Python argument that sets it.
        partial: Whether the handler merges the payload into the payload of an existing context. If True, required members can
            be missing, except in the items of a list, because the handler does not merge lists.
    """
    # The payload is None if rendering reported that the payload is neither a payload object nor a mapping.
    if payload is None:
        return []
    lines = list(check(payload, payload_rule(), "payload", partial=partial))
    if not lines and not has_values(payload):
        lines.append(f"payload: {NO_VALUE_PARTIAL if partial else NO_VALUE}")
    return [_with_python_name(line, python_names) for line in lines]


def unknown_members(payload: object) -> list[str]:
    """Return the path of each member that is not in the service model. A path contains no list indexes.

    Args:
        payload: A payload without problems. If the payload's Type is not in the service model, the result is empty.
    """
    members = payload_rule().members
    content = payload.items() if is_mapping(payload) else ()
    return list(
        dict.fromkeys(
            path
            for name, value in content
            if name in members
            for path in _unknown_paths(value, members[name], f"payload.{name}")
        )
    )


def _unknown_paths(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if is_list(value) and rule.item is not None:
        for item in value:
            yield from _unknown_paths(item, rule.item, path)
    elif is_mapping(value):
        for name, member in value.items():
            if name in rule.members:
                yield from _unknown_paths(member, rule.members[name], f"{path}.{name}")
            elif not is_unresolved(name):
                yield f"{path}.{name}"


def _with_python_name(line: str, python_names: Mapping[str, str]) -> str:
    path, colon, problem = line.partition(": ")
    return f"{path} ({python_names[path]}){colon}{problem}" if path in python_names else line


def check(value: Any, rule: Rule, path: str, *, partial: bool = False) -> Iterator[str]:
    """Yield the problems of a value at a path. In a partial value, required members can be missing."""
    if is_unresolved(value):
        return
    if rule.kind == "structure" and is_mapping(value):
        yield from _structure(value, rule, path, partial=partial)
    elif rule.kind == "list" and is_list(value):
        yield from _list(value, rule, path)
    elif rule.kind == "timestamp" and isinstance(value, str):
        yield from _timestamp(value, rule, path)
    elif rule.kind == "string" and isinstance(value, str):
        yield from _string(value, rule, path)
    else:
        yield f"{path}: must be {_allowed(rule)}; got {_given(value, rule)}"


def _allowed(rule: Rule) -> str:
    """Describe the values that a rule accepts."""
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
        return "a datetime without a time zone; pass tzinfo=timezone.utc for UTC"
    if isinstance(value, datetime) and rule.name.endswith("DateString"):
        return "a datetime; pass its .date()"
    if rule.item is not None and isinstance(value, CLASSES.get(rule.item.name, ())):
        return f"one {kind(value)}; put it in a list"
    return described(value)


def _structure(value: Mapping[Any, Any], rule: Rule, path: str, *, partial: bool) -> Iterator[str]:
    # Skip names that are not strings, because rendering reports them.
    names = [name for name in value if isinstance(name, str) and not is_unresolved(name)]
    if len(names) == len(value):
        if rule.union and len(value) != 1:
            yield f"{path}: must have exactly one of {', '.join(rule.members)}; got {', '.join(names) or 'none'}"
            return
        yield from _missing_members(names, rule, path, partial=partial)
    for name in names:
        problem = name_problem(name, rule)
        if problem:
            yield f"{path}: {problem}"
        elif name in rule.members:
            yield from check(value[name], rule.members[name], f"{path}.{name}", partial=partial)
        elif rule.union and not is_mapping(value[name]) and not is_unresolved(value[name]):
            yield f"{path}.{name}: must be a mapping with the API's member names; got {described(value[name])}"


def _missing_members(names: Sequence[str], rule: Rule, path: str, *, partial: bool) -> Iterator[str]:
    misspelled = {near_miss(name, rule.members) for name in names if name not in rule.members}
    for name in rule.required:
        if name not in names and name not in misspelled and not partial:
            # The items of a list must be complete even with existing_context_id.
            yield f"{path}.{name}: is required, but missing{'' if '[' in path else ONLY_PARTIAL}"


def name_problem(name: str, rule: Rule) -> str | None:
    """Return what is wrong with a member's name. Return None if the model has the name, or if AWS might have added it."""
    if name in rule.members:
        return None
    parents = [parent for parent, each in rule.members.items() if name in each.members] if rule.union else []
    if parents:
        return f"has no member {name!r}; put it into a {' or a '.join(parents)}, such as {{{parents[0]!r}: {{{name!r}: ...}}}}"
    if near_miss(name, rule.members):
        return f"has no member {quoted(name, rule.members)}; the members are {', '.join(rule.members)}"
    return None


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
        yield f"{path}: must be a timestamp; got a timestamp with a day that does not exist"


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
