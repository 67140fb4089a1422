"""Render a payload with the API's member names and formats, and find out its Type.

The problems reported here are only values that cannot be represented. `_validation/payload.py` checks whether the API accepts
the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any

from cdk_partnercentral._payloads.context_types import CONTEXT_TYPES, type_of
from cdk_partnercentral._payloads.enums import plain
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import kind

_CLASSES = ", ".join(f"a {each.payload_class.__name__}" for each in CONTEXT_TYPES if each.payload_class is not None)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A payload as it is written to the custom resource.

    Attributes:
        type: The Type that was passed, or the one of the payload, or None if there is neither.
        payload: The tagged union with the API's member names: mappings, lists, strings and tokens, and None for a value that
            cannot be represented.
        problems: The values that cannot be represented, by path. The values themselves are not repeated.
    """

    type: Any
    payload: Any
    problems: tuple[str, ...]


def render(payload: object, given_type: object) -> Rendered:
    """Render a payload.

    Args:
        payload: An instance of a payload class, the tagged union as a mapping with the API's member names, or a token.
        given_type: The Type, or None to take it from the payload.

    Returns:
        The Type, the rendered payload and its problems.
    """
    problems: list[str] = []
    rendered = _union(payload, problems)
    type_ = type_of(rendered) if given_type is None else plain(given_type)
    return Rendered(type=type_, payload=rendered, problems=tuple(problems))


def _union(payload: object, problems: list[str]) -> Any:
    for row in CONTEXT_TYPES:
        if row.payload_class is not None and isinstance(payload, row.payload_class):
            return {row.member: _value(payload, f"payload.{row.member}", problems)}
    if is_mapping(payload):
        return _members(payload, "payload", problems)
    if is_unresolved(payload):
        return payload
    problems.append(f"payload: must be {_CLASSES}, or a mapping with the API's member names; got {kind(payload)}")
    return None


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
    problems.append(f"{path}: must be a string, date, datetime, mapping or list; got {kind(value)}")
    return None


def _members(members: Mapping[Any, object], path: str, problems: list[str]) -> dict[Any, Any]:
    return {
        plain(name): _value(value, f"{path}.{plain(name)}", problems)
        for name, value in members.items()
        if value is not None
    }


def _timestamp(value: datetime, path: str, problems: list[str]) -> str | None:
    if value.utcoffset() is None:
        problems.append(f"{path}: must be a datetime with a time zone, such as timezone.utc; got one without")
        return None
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def _api_name(field_name: str) -> str:
    return "".join(part.capitalize() for part in field_name.split("_"))
