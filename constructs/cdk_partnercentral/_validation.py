"""Tells what the service would refuse, at synthesis, all at once and by name. Plain functions over rendered values.

The rules are the service model's. What only the deployment knows (tokens, `{{resolve:` references) is skipped wherever it
stands. A message says what is allowed and what kind of thing was given; it never repeats a value that the model marks as
sensitive, since payloads are other people's data.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from cdk_partnercentral._identifiers import ENGAGEMENT_ARN, ENGAGEMENT_ID
from cdk_partnercentral._late import is_late
from cdk_partnercentral._model import Rule, context_identifier_rule, member_rule, payload_rule
from cdk_partnercentral._narrowing import is_list, is_mapping

CATALOGS = ("AWS", "Sandbox")
# Documented as at most 64 letters and digits; the model's own pattern is wider.
CLIENT_TOKEN = re.compile(r"[a-zA-Z0-9]{1,64}")
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
# A list of values longer than this is not told in full.
TOLD = 8


def problems(
    *,
    catalog: str,
    engagement_identifier: str,
    type_: str,
    payload: Mapping[str, Any],
    client_token: str | None,
    context_identifier: str | None,
) -> list[str]:
    """Return everything that the service would refuse in a declaration, one line each, by its path.

    Args:
        catalog: The declared catalog.
        engagement_identifier: The declared engagement, an id or an ARN.
        type_: The context's Type.
        payload: The tagged union in the API's own names, as it goes into the template.
        client_token: The declared token, or None.
        context_identifier: The declared context, or None.
    """
    found = name_problems(
        catalog=catalog, engagement_identifier=engagement_identifier, context_identifier=context_identifier
    )
    found += [*_type(type_, payload), *_check(payload, payload_rule(), "payload")]
    if client_token is not None and not is_late(client_token) and not CLIENT_TOKEN.fullmatch(client_token):
        found.append(f"client_token: 1 to 64 letters and digits, got {_kind(client_token)}")
    return found


def name_problems(*, catalog: str, engagement_identifier: str, context_identifier: str | None) -> list[str]:
    """Return what is wrong with the names of an engagement and a context, one line each.

    Args:
        catalog: The engagement's catalog.
        engagement_identifier: Its id or ARN.
        context_identifier: The context's id, or None where no context is named.
    """
    found = [*_catalog(catalog), *_engagement(engagement_identifier, catalog)]
    if context_identifier is not None:
        found += _check(context_identifier, context_identifier_rule(), "context_identifier")
    return found


def _catalog(catalog: str) -> Iterator[str]:
    if not is_late(catalog) and catalog not in CATALOGS:
        yield f"catalog: {_one_of(CATALOGS)}, got {catalog!r}{_suggestion(catalog, CATALOGS)}"


def _engagement(identifier: str, catalog: str) -> Iterator[str]:
    if is_late(identifier) or ENGAGEMENT_ID.fullmatch(identifier):
        return
    arn = ENGAGEMENT_ARN.fullmatch(identifier)
    if arn is None:
        allowed = "eng- and 14 of 0-9 and a-z, or arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>"
        yield f"engagement_identifier: {allowed}, got {identifier!r}"
        return
    if arn["partition"] != "aws":
        yield f"engagement_identifier: an ARN of the partition aws, the only one with Partner Central, got {identifier!r}"
    if not is_late(catalog) and arn["catalog"] != catalog:
        yield f"engagement_identifier: an ARN of the catalog {catalog!r}, as catalog says, got one of {arn['catalog']!r}"


def _type(type_: str, payload: Mapping[str, Any]) -> Iterator[str]:
    rule = member_rule("Type")
    if is_late(type_):
        return
    if type_ not in rule.enum:
        yield f"type: {_one_of(rule.enum)}, got {type_!r}{_suggestion(type_, rule.enum)}"
    elif len(payload) == 1 and next(iter(payload)) in rule.enum and type_ not in payload:
        yield f"type: {next(iter(payload))!r}, as the payload has it, got {type_!r}"


def _check(value: Any, rule: Rule, path: str) -> Iterator[str]:
    # What could not be rendered is None, and was told of there.
    if value is None or is_late(value):
        return
    if rule.kind == "structure":
        yield from _structure(value, rule, path)
    elif rule.kind == "list":
        yield from _list(value, rule, path)
    elif not isinstance(value, str):
        yield f"{path}: a {rule.kind}, got {_kind(value)}"
    elif rule.kind == "timestamp":
        yield from _timestamp(value, path)
    else:
        yield from _string(value, rule, path)


def _structure(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_mapping(value):
        yield f"{path}: a mapping with {_one_of(tuple(rule.members))}, got {_kind(value)}"
        return
    if any(is_late(name) for name in value):
        return
    for name in value:
        if name not in rule.members:
            yield f"{path}: no member {name!r}{_suggestion(name, rule.members)}; its members are {', '.join(rule.members)}"
    if rule.union and len(value) != 1:
        yield f"{path}: exactly one of {', '.join(rule.members)}, got {', '.join(value) or 'none'}"
    for name in rule.required:
        if name not in value:
            yield f"{path}.{name}: required, and missing"
    for name, member in value.items():
        if name in rule.members:
            yield from _check(member, rule.members[name], f"{path}.{name}")


def _list(value: Any, rule: Rule, path: str) -> Iterator[str]:
    if not is_list(value):
        yield f"{path}: a list, got {_kind(value)}"
        return
    if len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: {_range(rule)} items, got {len(value)}"
    for index, item in enumerate(value):
        if rule.item is not None:
            yield from _check(item, rule.item, f"{path}[{index}]")


def _string(value: str, rule: Rule, path: str) -> Iterator[str]:
    if rule.enum and value not in rule.enum:
        given = _kind(value) if rule.sensitive else f"{value!r}{_suggestion(value, rule.enum)}"
        yield f"{path}: {_one_of(rule.enum)}, got {given}"
    if len(value) < rule.shortest or (rule.longest is not None and len(value) > rule.longest):
        yield f"{path}: {_range(rule)} characters, got {len(value)}"
    if rule.pattern is None:
        return
    allowed = IN_WORDS.get(rule.name, f"a string that matches {rule.pattern.pattern}")
    if not rule.pattern.fullmatch(value):
        yield f"{path}: {allowed}, got {_kind(value) if rule.sensitive else repr(value)}"
    elif rule.name.endswith("DateString") and not _is_day(value):
        yield f"{path}: {allowed}, got {value!r}, a day that does not exist"


def _timestamp(value: str, path: str) -> Iterator[str]:
    found = INSTANT.fullmatch(value)
    if found is None:
        yield f"{path}: an ISO 8601 timestamp with a time zone, such as 2027-01-05T09:30:00Z, got {_kind(value)}"
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


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters that are not"
    return "a mapping" if is_mapping(value) else "a list" if is_list(value) else f"a {type(value).__name__}"


def _one_of(values: tuple[str, ...]) -> str:
    told = ", ".join(values[:TOLD])
    return f"one of {told}" if len(values) <= TOLD else f"one of {len(values)} values ({told}, ...)"


def _suggestion(given: str, allowed: Iterable[str]) -> str:
    names = {name.casefold(): name for name in allowed}
    near = difflib.get_close_matches(given.casefold(), names, n=1)
    return f" (did you mean {names[near[0]]!r}?)" if near else ""
