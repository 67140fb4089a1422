"""Render a payload with the API's member names and formats, and determine the payload's Type.

Rendering converts a value only if the service model allows the result. All other values remain unchanged, so that
`_validation/payload.py` can report the original value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any

from cdk_partnercentral._payloads.context_types import CLASSES, CONTEXT_TYPES, type_of
from cdk_partnercentral._payloads.enums import plain
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import kind
from cdk_partnercentral._validation.rules import Rule, payload_rule

_PAYLOAD_CLASSES = ", ".join(f"a {each.payload_class.__name__}" for each in CONTEXT_TYPES)
# The CDK parses JSON numbers as floating-point numbers, so this integer and larger integers can lose digits.
_FIRST_INEXACT = 2**53


@dataclass(kw_only=True)
class Rendered:
    """A payload in the form that the template contains, and the problems that rendering found.

    Attributes:
        type: The Type that the user passed, or the Type of the payload by default. None if neither the user nor the payload
            specifies a Type.
        payload: The tagged union with the API's member names. The union contains mappings, lists, strings and tokens. Members
            that are not in the service model can also contain numbers and Booleans. A value that the service model does not
            allow remains unchanged.
        problems: One line for each value that cannot be rendered. A line contains the path, but not the value.
        python_names: Maps the path of each rendered member to the name of its dataclass field.
    """

    type: Any = None
    payload: Any = None
    problems: list[str] = field(default_factory=list[str])
    python_names: dict[str, str] = field(default_factory=dict[str, str])


def render(payload: object, given_type: object) -> Rendered:
    """Render a payload.

    Args:
        payload: An instance of a payload class, a mapping with the API's member names (the tagged union), or a token.
        given_type: The Type, or None to derive the Type from the payload.

    Returns:
        The Type, the rendered payload, and the problems that rendering found.
    """
    rendered = Rendered()
    rendered.payload = _union(payload, rendered)
    rendered.type = type_of(rendered.payload) if given_type is None else plain(given_type)
    return rendered


def _union(payload: object, rendered: Rendered) -> Any:
    rule = payload_rule()
    for row in CONTEXT_TYPES:
        if isinstance(payload, row.payload_class):
            name = row.name.value
            return {name: _value(payload, rule.members[name], f"payload.{name}", rendered)}
    if is_mapping(payload):
        return _members(payload, rule, "payload", rendered)
    if is_unresolved(payload):
        return payload
    rendered.problems.append(
        f"payload: must be {_PAYLOAD_CLASSES}, or a mapping with the API's member names; got {kind(payload)}"
    )
    return None


def _value(value: object, rule: Rule | None, path: str, rendered: Rendered) -> Any:
    """Render a value. The rule is None if the path is not in the service model."""
    if isinstance(value, Enum):
        return _value(plain(value), rule, path, rendered)
    if is_dataclass(value) and not isinstance(value, type):
        # Do not render an instance of a wrong class. Otherwise, the error would report missing members instead of the wrong
        # class.
        return _fields(value, rule, path, rendered) if _is_expected(value, rule) else value
    if is_mapping(value):
        return _members(value, rule, path, rendered)
    if is_list(value):
        item = rule.item if rule else None
        return [_value(each, item, f"{path}[{index}]", rendered) for index, each in enumerate(value)]
    if isinstance(value, datetime):
        has_zone = value.utcoffset() is not None
        return _timestamp(value) if has_zone and (rule is None or rule.kind == "timestamp") else value
    if isinstance(value, date):
        return value.isoformat() if rule is None or rule.name.endswith("DateString") else value
    if rule is None and not is_unresolved(value):
        rendered.problems += [f"{path}: {problem}" for problem in _scalar_problems(value)]
    return value


def _scalar_problems(value: object) -> Iterator[str]:
    """Yield the problem of a scalar whose path is not in the service model."""
    if isinstance(value, str | bool):
        return
    if not isinstance(value, int | float):
        yield f"must be a string, number, Boolean, date, datetime, mapping or list; got {kind(value)}"
    elif not abs(value) < _FIRST_INEXACT:
        yield (
            "must be a number between -2^53 and 2^53, because JSON loses digits of larger numbers; "
            f"got {kind(value)}; pass a string"
        )


def _is_expected(value: object, rule: Rule | None) -> bool:
    return rule is None or isinstance(value, CLASSES.get(rule.name, ()))


def _fields(value: Any, rule: Rule | None, path: str, rendered: Rendered) -> dict[str, Any]:
    names = {_api_name(each.name): each.name for each in fields(value)}
    rendered.python_names |= {f"{path}.{name}": field_name for name, field_name in names.items()}
    return _members({name: getattr(value, field_name) for name, field_name in names.items()}, rule, path, rendered)


def _members(members: Mapping[Any, object], rule: Rule | None, path: str, rendered: Rendered) -> dict[Any, Any]:
    rules: Mapping[str, Rule] = rule.members if rule else {}
    rendered.problems += [
        f"{path}: must have strings as member names; got {kind(name)}"
        for name in members
        if not isinstance(plain(name), str)
    ]
    return {
        plain(name): _value(value, rules.get(plain(name)), f"{path}.{plain(name)}", rendered)
        for name, value in members.items()
        if value is not None
    }


def _timestamp(value: datetime) -> str:
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def _api_name(field_name: str) -> str:
    return "".join(part.capitalize() for part in field_name.split("_"))
