"""Validation messages: an error with one line for each problem. A line states the expected value and the given value.

Payloads contain personal data, so a message never contains a sensitive value. Instead, the message contains the kind or the
length of the value.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from aws_cdk import CfnParameter
from constructs import Construct

from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved

# The maximum number of allowed values in a message. A longer list is abbreviated.
MOST_LISTED = 30


def raise_problems(heading: str, problems: Iterable[str], *, scope: Construct | None = None, id: object = "") -> None:  # noqa: A002
    """Raise an error that lists all problems. If there are no problems, do nothing.

    Args:
        heading: The first line of the error, which states what failed. If it contains `{path}`, the error contains the path of
            the construct instead.
        problems: One line for each problem.
        scope: The parent of the construct, or the construct itself if it exists.
        id: The ID of the construct within `scope`.

    Raises:
        ValueError: There is at least one problem.
    """
    lines = list(problems)
    if lines:
        # Read the path only for an error, because each read calls the jsii kernel.
        path = "/".join(filter(None, (scope.node.path if scope else "", str(id).replace("/", "--"))))
        raise ValueError("\n- ".join([heading.replace("{path}", path), *lines]))


def kind(value: object) -> str:
    """Describe the kind of a value. For a token that is not a string, also describe how to convert it to a string."""
    if value is None or is_mapping(value) or is_list(value):
        return "None" if value is None else "a mapping" if is_mapping(value) else "a list"
    if isinstance(value, CfnParameter):
        return "a CfnParameter (pass its value_as_string)"
    if is_unresolved(value) and not isinstance(value, str):
        return "a token that is not a string (convert it with Token.as_string)"
    return next(each.__name__ for each in type(value).__mro__ if not each.__name__.startswith("_"))


def described(value: object) -> str:
    """Describe the length of a string or the kind of any other value. The result does not contain the value."""
    return f"a {len(value)}-character string" if isinstance(value, str) else kind(value)


def one_of(values: tuple[str, ...]) -> str:
    """List the allowed values."""
    listed = ", ".join(values[:MOST_LISTED])
    return f"one of {listed}" if len(values) <= MOST_LISTED else f"one of {len(values)} values ({listed}, ...)"


def near_miss(value: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed value that is most similar to a value, or None if no allowed value is similar."""
    names = {name.casefold(): name for name in allowed}
    # With the default cutoff of 0.6, Mining would be suggested for Banking.
    near = difflib.get_close_matches(value.casefold(), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def quoted(value: object, allowed: Iterable[str] = ()) -> str:
    """Quote a string, and suggest a similar allowed value. For a value that is not a string, describe its kind.

    The string must not be sensitive.
    """
    if not isinstance(value, str):
        return kind(value)
    near = near_miss(value, allowed)
    return f"{value!r} (did you mean {near!r}?)" if near else repr(value)
