"""Requests held against botocore's service model of Partner Central Selling.

Every rule comes from the model: required members, types, enums, lengths, list sizes, patterns, unions. Added are the
three that it states in prose only: a catalog is `AWS` or `Sandbox`, Type names the payload's member, and a union has
exactly one. This module knows nothing of what the service holds.

Where the model is silent, the way of AWS's JSON services is followed: members that the model does not have are ignored
(in a union they count, since that is what was sent), and null is the same as absent. A value of the wrong JSON type is
answered as a ValidationException like everything else that is wrong, so that all of it is reported at once; a real
service may answer SerializationException. Instants are stored in UTC, with as few digits as they need.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from cdk_partnercentral_local.service._errors import Problem, ProblemCode, invalid
from cdk_partnercentral_local.service._instants import parse_instant, without_zeros
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["CATALOGS", "matcher", "service_model", "validated"]

CATALOGS = ("AWS", "Sandbox")

Problems: TypeAlias = list[Problem]
Check: TypeAlias = Callable[[object, str, Problems], object]

_WEBSITE = "(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?"
# The class after the dot holds a range, `(-|`, which is everything from "(" to "|" and so all else that the class
# names, the dot included. Hence one dot and one run of that range say the same as any number of groups, "www." is one
# more way to begin what matches without it, and nothing is left that a matcher could try in two ways.
_SAME_AS_WEBSITE = "(?:https?://)?[a-zA-Z0-9-]+[.][(-|]+"


@cache
def service_model() -> ServiceModel:
    """Load botocore's own copy of the model."""
    return ServiceModel(Loader().load_service_model("partnercentral-selling", "service-2"))


def validated(operation: str, request: JsonObject) -> JsonObject:
    """Check a request.

    Args:
        operation: one of the five operations.
        request: the parsed body; it is not changed.

    Returns:
        The members that the model has, without nulls, with instants in one form. It shares nothing with `request`.

    Raises:
        ServiceError: ValidationException with everything that is wrong.
    """
    problems: Problems = []
    clean = _compiled(operation)(request, "", problems)
    if not isinstance(clean, dict):  # pragma: no cover - the body was found to be an object when it was read
        raise invalid(problems)
    problems += _prose_rules(clean, {problem.field for problem in problems})
    if problems:
        raise invalid(problems)
    return clean


def _prose_rules(clean: JsonObject, refused: set[str]) -> Problems:
    problems = []
    catalog = clean.get("Catalog")
    if isinstance(catalog, str) and "Catalog" not in refused and catalog not in CATALOGS:
        problems.append(_problem("Catalog", "INVALID_ENUM_VALUE", catalog, f"one of {', '.join(CATALOGS)}"))
    contexts = {"": clean}
    contexts.update((f"Contexts[{index}].", each) for index, each in enumerate(clean.get("Contexts") or []))
    for path, context in contexts.items():
        named, payload = (context or {}).get("Type"), (context or {}).get("Payload")
        if payload and isinstance(named, str) and f"{path}Type" not in refused and named not in payload:
            problems.append(_problem(f"{path}Payload", "INVALID_VALUE", payload, f"the member {named}, as Type says"))
    return problems


@cache
def _compiled(operation: str) -> Check:
    shape = service_model().operation_model(operation).input_shape
    if shape is None:  # pragma: no cover - each of the five has one
        raise LookupError(operation)
    return _check_for(shape)


def _check_for(shape: Shape) -> Check:
    if isinstance(shape, StructureShape):
        return _union(shape) if shape.is_tagged_union else _structure(shape)
    if isinstance(shape, ListShape):
        return _list(shape)
    if isinstance(shape, StringShape):
        return _string(shape)
    return {"timestamp": _timestamp, "integer": _integer}[shape.type_name](shape)


def _structure(shape: StructureShape) -> Check:
    members = [(name, _check_for(member), name in shape.required_members) for name, member in shape.members.items()]

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, dict):
            problems.append(_problem(path, "INVALID_VALUE", value, "an object"))
            return None
        prefix = f"{path}." if path else ""
        clean = {}
        for name, check_member, required in members:
            member = value.get(name)
            if member is not None:
                clean[name] = check_member(member, prefix + name, problems)
            elif required:
                problems.append(Problem(field=prefix + name, code="REQUIRED_FIELD_MISSING", message="is required"))
        return clean

    return check


def _union(shape: StructureShape) -> Check:
    check_members = _structure(shape)
    names = ", ".join(shape.members)

    def check(value: object, path: str, problems: Problems) -> object:
        if isinstance(value, dict):
            given = [name for name, member in value.items() if member is not None]
            if not given:
                problems.append(Problem(field=path, code="REQUIRED_FIELD_MISSING", message=f"needs one of {names}"))
                return None
            if len(given) > 1 or given[0] not in shape.members:
                problems.append(_problem(path, "INVALID_VALUE", value, f"exactly one of {names}"))
                return None
        return check_members(value, path, problems)

    return check


def _list(shape: ListShape) -> Check:
    check_element = _check_for(shape.member)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, list):
            problems.append(_problem(path, "INVALID_VALUE", value, "a list"))
            return None
        if len(value) < low:
            message = f"holds {len(value)} values, needs at least {low}"
            problems.append(Problem(field=path, code="NOT_ENOUGH_VALUES", message=message))
        elif high is not None and len(value) > high:
            message = f"holds {len(value)} values, {high} are allowed"
            problems.append(Problem(field=path, code="TOO_MANY_VALUES", message=message))
        return [check_element(each, f"{path}[{index}]", problems) for index, each in enumerate(value)]

    return check


def _string(shape: StringShape) -> Check:
    enum = frozenset(shape.enum)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    pattern = shape.metadata.get("pattern")
    matches = matcher(pattern) if pattern else None

    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, str):
            problems.append(_problem(path, "INVALID_VALUE", value, "a string"))
        elif enum and value not in enum:
            problems.append(_problem(path, "INVALID_ENUM_VALUE", value, f"a value of {shape.name}"))
        elif not low <= len(value) <= high:
            problems.append(_problem(path, "VALUE_OUT_OF_RANGE", value, f"{low} to {high} characters"))
        elif matches and not matches(value):
            problems.append(_problem(path, "INVALID_STRING_FORMAT", value, f"a full match of {pattern}"))
        return value

    return check


def _integer(shape: Shape) -> Check:
    low, high = shape.metadata["min"], shape.metadata["max"]

    def check(value: object, path: str, problems: Problems) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.append(_problem(path, "INVALID_VALUE", value, "an integer"))
        elif not low <= value <= high:
            problems.append(_problem(path, "VALUE_OUT_OF_RANGE", value, f"{low} to {high}"))
        return value

    return check


def _timestamp(_: Shape) -> Check:
    def check(value: object, path: str, problems: Problems) -> object:
        if not isinstance(value, str):
            problems.append(_problem(path, "INVALID_VALUE", value, "a string in ISO 8601"))
            return None
        try:
            return without_zeros(parse_instant(value))
        except ValueError as error:
            problems.append(_problem(path, "INVALID_STRING_FORMAT", value, f"a timestamp in ISO 8601: {error}"))
            return None

    return check


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """Give the test for a pattern of the model: does it match the whole string?

    Args:
        pattern: as the model has it. That of website addresses backtracks exponentially in `re`, so its language is
            tested in another way, in linear time.

    Returns:
        A function whose result is truthy for a match.
    """
    if pattern == _WEBSITE:
        website = re.compile(_SAME_AS_WEBSITE)
        return lambda text: 4 <= len(text) <= 255 and website.fullmatch(text)
    # ASCII, since \w means [a-zA-Z0-9_] to the service.
    return re.compile(pattern, re.ASCII).fullmatch


def _problem(field: str, code: ProblemCode, value: object, expected: str) -> Problem:
    return Problem(field=field, code=code, message=f"'{_quoted(value)}' is not {expected}")


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "..."
