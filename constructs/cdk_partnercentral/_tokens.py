"""What only the deployment knows: tokens and dynamic references, wherever a value can stand. Nothing here looks into them."""

from __future__ import annotations

import math

from aws_cdk import Token
from constructs import Construct

from cdk_partnercentral._narrowing import is_list


def is_unresolved(value: object) -> bool:
    """Whether only the deployment knows a value.

    Args:
        value: Anything.

    Returns:
        True for a token, be it a string or in one, a list, a number or an object, and for a string with a dynamic reference.
    """
    if isinstance(value, str):
        # A dynamic reference is no token to the CDK, though CloudFormation resolves it all the same.
        return "${Token[" in value or "#{Token[" in value or "{{resolve:" in value
    if is_list(value):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{Token[")
    if isinstance(value, float):
        # What is no number in JSON would end jsii's process.
        return math.isfinite(value) and Token.is_unresolved(value)
    # A stack and a parameter have a method `resolve`, so the CDK would take them for tokens.
    return hasattr(value, "__jsii_type__") and not isinstance(value, Construct | type) and Token.is_unresolved(value)
