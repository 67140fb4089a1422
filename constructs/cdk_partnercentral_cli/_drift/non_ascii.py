"""Texts with characters that CloudFormation does not return.

GetTemplate returns a question mark in place of every character that is not ASCII. The deployment used the right character.
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lambda_handler.comparison import equal, loose


def restored(declared: Any, current: Any, name: str = "") -> Any:
    """Return a declared value, with the text of Partner Central if both texts differ only in characters that are not ASCII.

    So a change from one of these characters to another one is not found.

    Args:
        declared: A declared value from a template.
        current: The value in Partner Central.
        name: The name of the member that contains the values.
    """
    if isinstance(declared, Mapping) and isinstance(current, Mapping):
        return {member: restored(value, current.get(member), member) for member, value in declared.items()}
    if isinstance(declared, list) and isinstance(current, list) and len(declared) == len(current):
        return [restored(value, counterpart, name) for value, counterpart in zip(declared, current, strict=True)]
    if isinstance(declared, str) and isinstance(current, str) and "?" in declared:
        returned = re.sub(r"[^\x00-\x7f]", "?", current)
        return current if equal(returned, declared, loose, name) else declared
    return declared
