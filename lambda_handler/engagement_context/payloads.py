"""Payloads as trees: find, merge and remove leaves, and look up members in the service model.

A leaf is a scalar, or a list that is not empty. Nulls, `{}` and `[]` are not leaves. The path of a leaf is a tuple of member
names, from the outermost member to the leaf.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lambda_handler.api import Payload, Shape

Path = tuple[str, ...]


def leaves(payload: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of each leaf."""
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            yield from leaves(value, (*path, name))
    elif has_values(payload):
        yield path, payload


def has_values(value: Any) -> bool:
    """Return whether a value contains any scalar."""
    if isinstance(value, Mapping):
        return any(map(has_values, value.values()))
    return any(map(has_values, value)) if isinstance(value, list) else value is not None


def at(payload: Any, path: Path) -> Any:
    """Return the value at a path, or None if the payload has no such member."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return payload


def merged(current: Any, desired: Payload) -> Payload:
    """Return a copy of the current payload that contains all leaves of the desired payload."""
    result = dict(current) if isinstance(current, Mapping) else {}
    for name, value in desired.items():
        if has_values(value):
            result[name] = merged(result.get(name), value) if isinstance(value, Mapping) else value
    return result


def without(payload: Payload, paths: Collection[Path]) -> Payload:
    """Return a copy of a payload without the leaves at some paths, and without maps that become empty."""
    result = {}
    for name, value in payload.items():
        below = {path[1:] for path in paths if path[0] == name}
        if () in below:
            continue
        if below and isinstance(value, Mapping):
            value = without(value, below)
            if not value:
                continue
        result[name] = value
    return result


def is_known(shape: Shape, path: Path) -> bool:
    """Return whether the service model defines a member at a path."""
    return _member(shape, path) is not None


def is_required(shape: Shape, path: Path) -> bool:
    """Return whether the service model requires the member at a path."""
    member = _member(shape, path)
    return member is not None and bool(member["required"])


def is_optional(shape: Shape, path: Path, declared: Collection[Path]) -> bool:
    """Return whether a payload can remain valid if the leaf at a path is removed and all declared leaves are kept.

    If a structure is optional and none of its members is declared, the whole structure can be removed, including its required
    members.
    """
    for length in range(1, len(path) + 1):
        member = _member(shape, path[:length])
        if member is None:
            return True
        if not member["required"] and not any(each[:length] == path[:length] for each in declared):
            return True
    return False


def known_part(current: Any, desired: Any, shape: Shape) -> Any:
    """Return a value from Partner Central, with only the members that the service model defines or the stack declares."""
    if not isinstance(current, Mapping) or not isinstance(desired, Mapping):
        return current
    return {
        name: known_part(value, desired.get(name), shape[name]["members"] or {} if name in shape else {})
        for name, value in current.items()
        if name in desired or name in shape
    }


def missing(shape: Shape, payload: Payload) -> Iterator[str]:
    """Yield the required members that are missing in the payload, such as `Customer.CompanyName`."""
    for name, member in shape.items():
        value = payload.get(name)
        if not has_values(value):
            if member["required"]:
                yield name
        elif member["members"] and isinstance(value, Mapping):
            yield from (f"{name}.{below}" for below in missing(member["members"], value))


def _member(shape: Shape, path: Path) -> Any:
    member: Any = {"members": shape}
    for name in path:
        member = (member["members"] or {}).get(name) if member else None
    return member
