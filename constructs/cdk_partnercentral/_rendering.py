"""From what a user declares to what the API reads: its names, its formats, and the Type that goes with a payload.

Knows nothing of stacks and resources. Its problems are only what could not be written down faithfully; whether the
service will like a value is asked in `_validation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any

from cdk_partnercentral._customer_project import CustomerProject
from cdk_partnercentral._enums import EngagementContextType, plain
from cdk_partnercentral._lead import Lead
from cdk_partnercentral._narrowing import is_list, is_mapping
from cdk_partnercentral._refusal import kind
from cdk_partnercentral._tokens import is_unresolved

_TYPE_OF = {
    CustomerProject: EngagementContextType.CUSTOMER_PROJECT,
    Lead: EngagementContextType.LEAD,
}
_TYPES = [kind.value for kind in EngagementContextType]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A payload as the custom resource carries it.

    Args:
        type: The context's Type, as it was given or as the payload tells it; None if neither does.
        payload: The tagged union in the API's own names: mappings, lists, strings and tokens, and None for what could not
            be written down.
        problems: What could not be written down, by its path. No value is repeated, since payloads hold other people's
            data.
    """

    type: Any
    payload: Any
    problems: tuple[str, ...]


def render(payload: object, given_type: object) -> Rendered:
    """Write a declared payload in the API's own names and formats.

    Args:
        payload: A `CustomerProject`, a `Lead`, the tagged union as a mapping in the API's own names, or a token of it.
        given_type: The Type, or None to take it from the payload.

    Returns:
        The Type, the payload, and what is wrong with it.
    """
    problems: list[str] = []
    rendered = _union(payload, problems)
    type_ = _told_type(rendered) if given_type is None else plain(given_type)
    return Rendered(type=type_, payload=rendered, problems=tuple(problems))


def _union(payload: object, problems: list[str]) -> Any:
    for typed, kind_of_context in _TYPE_OF.items():
        if isinstance(payload, typed):
            return {kind_of_context.value: _value(payload, f"payload.{kind_of_context.value}", problems)}
    if is_mapping(payload):
        return _members(payload, "payload", problems)
    if is_unresolved(payload):
        return payload
    problems.append(f"payload: a CustomerProject, a Lead or a mapping in the API's own names, got {kind(payload)}")
    return None


def _told_type(payload: object) -> str | None:
    names = list(payload) if is_mapping(payload) else []
    return names[0] if len(names) == 1 and names[0] in _TYPES else None


def _value(value: object, path: str, problems: list[str]) -> Any:
    if isinstance(value, Enum):
        return _value(plain(value), path, problems)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return _timestamp(value, path, problems)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return _members({_api_name(each.name): getattr(value, each.name) for each in fields(value)}, path, problems)
    if is_mapping(value):
        return _members(value, path, problems)
    if is_list(value):
        return [_value(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    if is_unresolved(value):
        return value
    problems.append(f"{path}: a string, date, datetime, mapping or list, got {kind(value)}")
    return None


def _members(members: Mapping[Any, object], path: str, problems: list[str]) -> dict[Any, Any]:
    return {
        plain(name): _value(value, f"{path}.{plain(name)}", problems)
        for name, value in members.items()
        if value is not None
    }


def _timestamp(value: datetime, path: str, problems: list[str]) -> str | None:
    if value.utcoffset() is None:
        problems.append(f"{path}: a datetime with a time zone, got one without (is it UTC, or local time?)")
        return None
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def _api_name(field_name: str) -> str:
    return "".join(part.capitalize() for part in field_name.split("_"))
