"""Recognize values that are not known at synthesis, and narrow the types of mappings and lists for type checkers.

The library never inspects the content of an unresolved token or a dynamic reference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from aws_cdk import Stack, Token
from constructs import Construct

# `StringParameter.value_from_lookup` returns a dummy value until the CDK has looked up the SSM parameter. The dummy value
# consists of this prefix and the parameter's name. The CDK CLI then looks up the value and synthesizes the app again. The dummy
# values of other lookups, such as `ami-1234`, have the format of real values.
_LOOKUP_DUMMY = "dummy-value-for-"


def is_lookup_dummy(value: object) -> bool:
    """Return whether a value is a string that contains the dummy value of a CDK context lookup."""
    return isinstance(value, str) and _LOOKUP_DUMMY in value


def is_unresolved(value: object) -> bool:
    """Return whether a value is not known at this synthesis.

    An unresolved token is not known. A string is not known if it contains a token, a dynamic reference or the dummy value of a
    CDK context lookup.

    Args:
        value: The value to test. A token can be a string, a list, a number or an object.

    Returns:
        True if the value is not known at this synthesis.
    """
    if isinstance(value, str):
        # The CDK does not treat a dynamic reference as a token, but the value of a dynamic reference is also unknown at
        # synthesis.
        return "${Token[" in value or "#{Token[" in value or "{{resolve:" in value or is_lookup_dummy(value)
    if is_list(value):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{Token[")
    if isinstance(value, float):
        # Do not pass NaN or infinity to the CDK. JSON cannot represent these numbers, and the jsii process would exit.
        return math.isfinite(value) and Token.is_unresolved(value)
    # Exclude constructs. Stacks and parameters have a method named `resolve`, so the CDK would treat them as tokens.
    return hasattr(value, "__jsii_type__") and not isinstance(value, Construct | type) and Token.is_unresolved(value)


def can_be_absent(scope: Construct, value: str) -> bool:
    """Return whether CloudFormation can omit a property with this value, because the value contains `AWS::NoValue`."""
    return is_unresolved(value) and "AWS::NoValue" in str(Stack.of(scope).resolve(value))


# Use these functions instead of isinstance(). After isinstance(), pyright does not infer the types of keys and items, and
# reports an error in strict mode.
def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a value is a mapping, with keys and values of any type."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Return whether a value is a list or a tuple, with items of any type."""
    return isinstance(value, list | tuple)
