"""Texts with characters that CloudFormation does not return.

GetTemplate returns a question mark in place of every character that is not ASCII. The deployment used the right character.
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import normalize

from lambda_handler.comparison import equal, loose
from lambda_handler.engagement_context.payloads import Path

NON_ASCII = "non-ASCII text"
"""Why a text cannot be compared completely."""


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
        # A character with an accent can be one character or two, and Partner Central might change one into the other.
        returned = (re.sub(r"[^\x00-\x7f]", "?", normalize(form, current)) for form in ("NFC", "NFD"))
        return current if any(equal(each, declared, loose, name) for each in returned) else declared
    return declared


def incomplete(declared: Any, complete: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of the texts with characters that are not compared.

    Args:
        declared: A declared value from a template.
        complete: The value that `restored` returned for it.
        path: The path of both values.
    """
    if isinstance(declared, Mapping):
        for name, value in declared.items():
            yield from incomplete(value, complete[name], (*path, name))
    elif declared != complete and not json.dumps(complete, ensure_ascii=False).isascii():
        yield path
