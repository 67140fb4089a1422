"""Validation of requests against the service model of Partner Central Selling.

The model contains most rules: required members, types, enums, lengths, list sizes, patterns, unions. The API's documentation
contains three more rules. A catalog is `AWS` or `Sandbox`, a payload has the member that Type specifies, and a union has
exactly one member.

If the model does not specify a rule, validation follows other JSON services of AWS. `Behavior` determines what happens to
members and Types that the model does not define. A union must have exactly one member, and members that the model does not
define count too. A null value counts as an absent member. A value of the wrong JSON type is reported like any other problem, in
a ValidationException that lists all problems. The real service might respond with SerializationException instead. Validation
converts timestamps to UTC, and removes zeros at the end of a fraction.
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from cdk_partnercentral_local.service._behavior import Behavior, UnknownMembers
from cdk_partnercentral_local.service._errors import Problem, ProblemCode, invalid
from cdk_partnercentral_local.service._wire import JsonObject, parse_instant, timestamp

# The service model in the library. Read the file by its path, because an import of the library would also import aws_cdk.
_MODEL = Path(__file__).parents[2] / "cdk_partnercentral" / "_validation" / "service-2.json"

CATALOGS = ("AWS", "Sandbox")
_TYPE = "EngagementContextType"

Problems: TypeAlias = list[Problem]
Check: TypeAlias = Callable[[object, str, Problems], object]

_WEBSITE = "(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?"
# The last character class of _WEBSITE contains the range `(-|`. This range includes the dot and all other characters of the
# class. So the repeated groups, including "www.", can be replaced with one dot and one sequence of characters in the range. The
# new pattern matches the same strings. It can match a string in only one way, so the search does not backtrack exponentially.
_SAME_AS_WEBSITE = "(?:https?://)?[a-zA-Z0-9-]+[.][(-|]+"


@cache
def service_model() -> ServiceModel:
    """Return the service model that is part of the library."""
    return ServiceModel(json.loads(_MODEL.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class _Unknown:
    """What happens to members and Types that the model does not define."""

    members: UnknownMembers
    accepts_types: bool


def validated(operation: str, request: JsonObject, behavior: Behavior) -> JsonObject:
    """Validate a request.

    Args:
        operation: The name of an operation in the model.
        request: The parsed body. The function does not change this object.
        behavior: The behavior of the service. Only `unknown_members` and `accepts_unknown_types` are used.

    Returns:
        A deep copy of the request. Members that the model does not define are copied only if `unknown_members` is `"store"`.
        All other members contain no nulls, and their timestamps have a uniform format.

    Raises:
        ServiceError: ValidationException that lists all problems.
    """
    problems: Problems = []
    unknown = _Unknown(behavior.unknown_members, behavior.accepts_unknown_types)
    clean = _compiled(operation, unknown)(request, "", problems)
    if not isinstance(clean, dict):  # pragma: no cover - parse_body returns objects only
        raise invalid(problems)
    problems += _documented_rules(clean, {problem.field for problem in problems})
    if problems:
        raise invalid(problems)
    return clean


def _documented_rules(clean: JsonObject, invalid_fields: set[str]) -> Problems:
    problems = []
    catalog = clean.get("Catalog")
    if isinstance(catalog, str) and "Catalog" not in invalid_fields and catalog not in CATALOGS:
        problems.append(_problem("Catalog", "INVALID_ENUM_VALUE", catalog, f"one of {', '.join(CATALOGS)}"))
    contexts = {"": clean}
    contexts.update((f"Contexts[{index}].", each) for index, each in enumerate(clean.get("Contexts") or []))
    for path, context in contexts.items():
        named, payload = (context or {}).get("Type"), (context or {}).get("Payload")
        if payload and isinstance(named, str) and f"{path}Type" not in invalid_fields and named not in payload:
            problems.append(
                _problem(f"{path}Payload", "INVALID_VALUE", payload, f"an object with {named}, the value of Type")
            )
    return problems


@cache
def _compiled(operation: str, unknown: _Unknown) -> Check:
    shape = service_model().operation_model(operation).input_shape
    if shape is None:  # pragma: no cover - every operation here has an input shape
        raise LookupError(operation)
    return _check_for(shape, unknown)


def _check_for(shape: Shape, unknown: _Unknown) -> Check:
    if isinstance(shape, StructureShape):
        return _union(shape, unknown) if shape.is_tagged_union else _structure(shape, unknown)
    if isinstance(shape, ListShape):
        return _list(shape, unknown)
    if isinstance(shape, StringShape):
        return _string(shape, unknown)
    return {"timestamp": _timestamp, "integer": _integer, "long": _integer}[shape.type_name](shape)


def _structure(shape: StructureShape, unknown: _Unknown) -> Check:
    @cache
    def members() -> list[tuple[str, Check, bool]]:
        # Compiled when it is needed, because the filter of a search can contain filters.
        return [
            (name, _check_for(member, unknown), name in shape.required_members)
            for name, member in shape.members.items()
        ]

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, dict):
            problems.append(_problem(path, "INVALID_VALUE", value, "an object"))
            return None
        prefix = f"{path}." if path else ""
        clean = {}
        for name, check_member, required in members():
            member = value.get(name)
            if member is not None:
                clean[name] = check_member(member, prefix + name, problems)
            elif required:
                problems.append(Problem(field=prefix + name, code="REQUIRED_FIELD_MISSING", message="is required"))
        for name, member in value.items() if unknown.members != "drop" else ():
            if name in shape.members or member is None:
                continue
            if unknown.members == "store":
                clean[name] = _copy(member, prefix + name, problems)
            else:
                problems.append(_problem(prefix + name, "INVALID_VALUE", member, f"a member of {shape.name}"))
        return clean

    return check


def _union(shape: StructureShape, unknown: _Unknown) -> Check:
    check_members = _structure(shape, unknown)
    names = ", ".join(shape.members)

    def check(value: object, path: str, problems: Problems) -> object:
        if isinstance(value, dict):
            given = [name for name, member in value.items() if member is not None]
            if not given:
                problems.append(Problem(field=path, code="REQUIRED_FIELD_MISSING", message=f"must have one of {names}"))
                return None
            if (
                len(given) == 1
                and unknown.accepts_types
                and given[0] not in _types()
                and isinstance(value[given[0]], dict)
            ):
                return {given[0]: _copy(value[given[0]], f"{path}.{given[0]}", problems)}
            if len(given) > 1 or given[0] not in shape.members:
                problems.append(_problem(path, "INVALID_VALUE", value, f"an object with exactly one of {names}"))
                return None
        return check_members(value, path, problems)

    return check


def _list(shape: ListShape, unknown: _Unknown) -> Check:
    check_element = _check_for(shape.member, unknown)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, list):
            problems.append(_problem(path, "INVALID_VALUE", value, "a list"))
            return None
        if len(value) < low:
            message = f"has {len(value)} values; the minimum is {low}"
            problems.append(Problem(field=path, code="NOT_ENOUGH_VALUES", message=message))
        elif high is not None and len(value) > high:
            message = f"has {len(value)} values; the maximum is {high}"
            problems.append(Problem(field=path, code="TOO_MANY_VALUES", message=message))
        return [check_element(each, f"{path}[{index}]", problems) for index, each in enumerate(value)]

    return check


def _string(shape: StringShape, unknown: _Unknown) -> Check:
    enum = frozenset(() if unknown.accepts_types and shape.name == _TYPE else shape.enum)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    pattern = shape.metadata.get("pattern")
    matches = matcher(pattern) if pattern else None

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, str):
            problems.append(_problem(path, "INVALID_VALUE", value, "a string"))
        elif enum and value not in enum:
            problems.append(_problem(path, "INVALID_ENUM_VALUE", value, f"a value of {shape.name}"))
        elif not low <= len(value) <= high:
            problems.append(_problem(path, "VALUE_OUT_OF_RANGE", value, f"{low} to {high} characters long"))
        elif matches and not matches(value):
            problems.append(_problem(path, "INVALID_STRING_FORMAT", value, f"a full match of {pattern}"))
        return value

    return check


def _integer(shape: Shape) -> Check:
    low, high = shape.metadata.get("min", float("-inf")), shape.metadata.get("max", float("inf"))

    def check(value: object, path: str, problems: Problems) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.append(_problem(path, "INVALID_VALUE", value, "an integer"))
        elif not low <= value <= high:
            problems.append(_problem(path, "VALUE_OUT_OF_RANGE", value, f"in the range {low} to {high}"))
        return value

    return check


def _timestamp(_: Shape) -> Check:
    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, str):
            problems.append(_problem(path, "INVALID_VALUE", value, "a string in ISO 8601"))
            return None
        try:
            return timestamp(parse_instant(value))
        except ValueError as error:
            problems.append(_problem(path, "INVALID_STRING_FORMAT", value, f"a timestamp in ISO 8601: {error}"))
            return None

    return check


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """Return a function that tests whether a pattern of the model matches a whole string.

    Args:
        pattern: A pattern in the model. The pattern for website addresses would backtrack exponentially in `re`, so the
            function replaces it with an equivalent pattern.

    Returns:
        A function that returns a truthy value if the pattern matches.
    """
    if pattern == _WEBSITE:
        website = re.compile(_SAME_AS_WEBSITE)
        return lambda text: 4 <= len(text) <= 255 and website.fullmatch(text)
    # Use re.ASCII, because in the service's patterns, \w matches only [a-zA-Z0-9_].
    return re.compile(pattern, re.ASCII).fullmatch


@cache
def _types() -> frozenset[str]:
    """Return the Types that the model defines, including Types that cannot be updated."""
    return frozenset(service_model().shape_for(_TYPE).metadata["enum"])


def _copy(value: object, path: str, problems: Problems) -> object:
    try:
        return copy.deepcopy(value)
    except RecursionError:
        problems.append(_problem(path, "INVALID_VALUE", "...", "a value with fewer levels"))
        return None


def _problem(field: str, code: ProblemCode, value: object, expected: str) -> Problem:
    return Problem(field=field, code=code, message=f"'{_quoted(value)}' is not {expected}")


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "..."
