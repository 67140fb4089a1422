"""Recognize values that only the deployment knows, and narrow values of unknown content.

Values inside an unresolved token or a dynamic reference are never inspected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from aws_cdk import Token
from constructs import Construct


def is_unresolved(value: object) -> bool:
    """Return whether a value is an unresolved token, or a string that contains one or a dynamic reference.

    Args:
        value: Any value: a string, a list, a number or an object can be a token.

    Returns:
        True if only the deployment knows the value.
    """
    if isinstance(value, str):
        # The CDK does not count a dynamic reference as a token, but CloudFormation resolves it in the same way.
        return "${Token[" in value or "#{Token[" in value or "{{resolve:" in value
    if is_list(value):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{Token[")
    if isinstance(value, float):
        # jsii's process exits when it receives NaN or infinity, which JSON cannot represent.
        return math.isfinite(value) and Token.is_unresolved(value)
    # A stack and a parameter have a method named `resolve`, so the CDK would take them for tokens.
    return hasattr(value, "__jsii_type__") and not isinstance(value, Construct | type) and Token.is_unresolved(value)


# isinstance() alone leaves keys and items of unknown type, which pyright reports in strict mode.
def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a value is a mapping, with keys and values of any type."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Return whether a value is a list or a tuple, with items of any type."""
    return isinstance(value, list | tuple)
