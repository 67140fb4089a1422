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
from cdk_partnercentral._enums import EngagementContextType
from cdk_partnercentral._late import is_late
from cdk_partnercentral._lead import Lead
from cdk_partnercentral._narrowing import is_list, is_mapping

_TYPE_OF = {
    CustomerProject: EngagementContextType.CUSTOMER_PROJECT,
    Lead: EngagementContextType.LEAD,
}
_TYPES = [kind.value for kind in EngagementContextType]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A payload as the custom resource carries it.

    Args:
        type: The context's Type.
        payload: The tagged union in the API's own names: mappings, lists, strings and tokens, nothing else.
        problems: What could not be written down, or told, by its path. No value is repeated, since payloads hold other
            people's data.
    """

    type: str
    payload: dict[str, Any]
    problems: tuple[str, ...]


def render(payload: object, given_type: EngagementContextType | str | None) -> Rendered:
    """Write a declared payload in the API's own names and formats.

    Args:
        payload: A `CustomerProject`, a `Lead`, or the tagged union as a mapping in the API's own names.
        given_type: The Type, or None to take it from the payload.

    Returns:
        The Type, the payload, and what is wrong with them.
    """
    problems: list[str] = []
    rendered = _union(payload, problems)
    type_name = _type_name(rendered, given_type, problems)
    return Rendered(type=type_name, payload=rendered, problems=tuple(problems))


def _union(payload: object, problems: list[str]) -> dict[str, Any]:
    for typed, kind in _TYPE_OF.items():
        if isinstance(payload, typed):
            return {kind.value: _value(payload, f"payload.{kind.value}", problems)}
    if is_mapping(payload):
        return _members(payload, "payload", problems)
    problems.append(
        f"payload: a CustomerProject, a Lead or a mapping in the API's own names, got {type(payload).__name__}"
    )
    return {}


def _type_name(rendered: Mapping[str, Any], given_type: EngagementContextType | str | None, problems: list[str]) -> str:
    if given_type is not None:
        return given_type.value if isinstance(given_type, EngagementContextType) else given_type
    names = list(rendered)
    if len(names) == 1 and names[0] in _TYPES:
        return names[0]
    if not problems:
        problems.append(
            f"type: give it, or make one of {', '.join(_TYPES)} the payload's single key; "
            f"its keys are: {', '.join(names) or 'none'}"
        )
    return ""


def _value(value: object, path: str, problems: list[str]) -> Any:
    if isinstance(value, Enum):
        return _value(value.value, path, problems)
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
    if is_late(value):
        return value
    problems.append(f"{path}: a string, date, datetime, mapping or list, got {type(value).__name__}")
    return None


def _members(members: Mapping[Any, object], path: str, problems: list[str]) -> dict[str, Any]:
    problems.extend(
        f"{path}: its keys are names of the API, so strings, got {type(key).__name__}"
        for key in members
        if not isinstance(key, str)
    )
    return {
        key: _value(value, f"{path}.{key}", problems)
        for key, value in members.items()
        if isinstance(key, str) and value is not None
    }


def _timestamp(value: datetime, path: str, problems: list[str]) -> str:
    if value.utcoffset() is None:
        problems.append(f"{path}: a datetime with a time zone, got one without (is it UTC, or local time?)")
        return ""
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def _api_name(field_name: str) -> str:
    return "".join(part.capitalize() for part in field_name.split("_"))
