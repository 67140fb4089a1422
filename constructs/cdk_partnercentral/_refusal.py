"""How mistakes are told: all in one error, a line for each, with what is allowed and what kind of thing was given.

Nothing here repeats a value of a payload, since payloads are other people's data.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from aws_cdk import CfnParameter

from cdk_partnercentral._narrowing import is_list, is_mapping
from cdk_partnercentral._tokens import is_unresolved

# A list of values longer than this is not told in full.
TOLD = 8


def refuse(heading: str, problems: Iterable[str]) -> None:
    """Refuse if there is anything to refuse for.

    Args:
        heading: What cannot be done.
        problems: Why: one line each.

    Raises:
        ValueError: With every problem.
    """
    lines = list(problems)
    if lines:
        raise ValueError("\n- ".join([heading, *lines]))


def kind(value: object) -> str:
    """The kind of thing that a value is, and how to make a string of it where that is easy to miss."""
    if value is None or is_mapping(value) or is_list(value):
        return "None" if value is None else "a mapping" if is_mapping(value) else "a list"
    if isinstance(value, CfnParameter):
        return "a CfnParameter (its value_as_string is a token)"
    if is_unresolved(value) and not isinstance(value, str):
        return "a token that is no string (Token.as_string makes it one)"
    return next(each.__name__ for each in type(value).__mro__ if not each.__name__.startswith("_"))


def given(value: object) -> str:
    """The kind of thing that a value is; of a string, which must not be repeated, its length."""
    return f"{len(value)} characters that are not" if isinstance(value, str) else kind(value)


def one_of(values: tuple[str, ...]) -> str:
    """What is allowed, where it is one of several values."""
    told = ", ".join(values[:TOLD])
    return f"one of {told}" if len(values) <= TOLD else f"one of {len(values)} values ({told}, ...)"


def quoted(value: object, allowed: Iterable[str]) -> str:
    """A string that may be repeated, with what may have been meant; of anything else the kind."""
    if not isinstance(value, str):
        return kind(value)
    names = {name.casefold(): name for name in allowed}
    near = difflib.get_close_matches(value.casefold(), names, n=1)
    return f"{value!r} (did you mean {names[near[0]]!r}?)" if near else repr(value)
