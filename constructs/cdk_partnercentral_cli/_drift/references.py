"""Values in templates that only a deployment knows: references, such as `Ref` and `Fn::GetAtt`, and dynamic references.

References to parameters are resolved. All other values cannot be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lambda_handler.engagement_context.payloads import Path

DYNAMIC = "{{resolve:"
_TEXT_PARAMETERS = ("String", "Number")
# CloudFormation returns the value of this parameter in ResolvedValue.
_SSM_TEXT = "AWS::SSM::Parameter::Value<String>"


class _Absent:
    """The type of `ABSENT`."""


ABSENT = _Absent()
"""The value of `AWS::NoValue`, which removes a member."""


def parameter_values(stack: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that `Ref` has in a stack: parameters with a readable text, and pseudo parameters."""
    _, partition, _, region, account, *_ = stack["StackId"].split(":")
    values: dict[str, Any] = {
        "AWS::AccountId": account,
        "AWS::NoValue": ABSENT,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackId": stack["StackId"],
        "AWS::StackName": stack["StackName"],
    }
    declared = template.get("Parameters", {})
    for parameter in stack.get("Parameters", ()):
        name = parameter["ParameterKey"]
        declaration = declared.get(name, {})
        # CloudFormation returns asterisks instead of the value of a parameter with NoEcho.
        if str(declaration.get("NoEcho", False)).lower() == "true":
            continue
        if declaration.get("Type") in _TEXT_PARAMETERS:
            values[name] = parameter["ParameterValue"]
        elif declaration.get("Type") == _SSM_TEXT and "ResolvedValue" in parameter:
            values[name] = parameter["ResolvedValue"]
    return values


def resolved(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a value of a template, with the values of parameters instead of references to these parameters."""
    if isinstance(value, Mapping):
        if list(value) == ["Ref"] and isinstance(value["Ref"], str):
            return parameters.get(value["Ref"], value)
        members = {name: resolved(member, parameters) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not ABSENT}
    if isinstance(value, list):
        items = (resolved(item, parameters) for item in value)
        return [item for item in items if item is not ABSENT]
    return value


def reference(value: Any) -> str:
    """Return what kind of reference a value is, such as `Fn::GetAtt`; empty if the value is no reference.

    A list is a reference if any of its items contains one, because a list is compared as a whole.
    """
    if isinstance(value, str):
        return "dynamic reference" if DYNAMIC in value else ""
    if isinstance(value, list):
        return next((kind for item in value for _, kind in references(item)), "")
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = value
        return name if name == "Ref" or name.startswith("Fn::") else ""
    return ""


def references(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the path and the kind of each reference in a value."""
    kind = reference(value)
    if kind:
        yield path, kind
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from references(member, (*path, name))


def has_only_references(value: Any) -> bool:
    """Return whether no part of a value can be compared. False for an empty map, which declares nothing."""
    if isinstance(value, Mapping) and not reference(value):
        return bool(value) and all(map(has_only_references, value.values()))
    return bool(reference(value))
