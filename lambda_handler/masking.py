"""Mask the sensitive values of payloads in a service's error text.

A service repeats a value unchanged, or in escaped form (as JSON, as HTML or as part of a URL). Anyone who can read a Reason can
read the template too. So masking protects values that are not in the template: resolved dynamic references, and data from AWS.
"""

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

MASK = "***"
# Longer texts are cut to this many characters, because matching an error page of several megabytes needs too much memory.
TEXT_LIMIT = 2000
# Values of up to this many characters also occur inside ordinary words, so they are masked only as whole words in the same
# case: "US" is masked, but "us-east-1" is not.
SHORT = 3


def mask(text: str, values: Iterable[str], names: Collection[str] = ()) -> str:
    """Return the first `TEXT_LIMIT` characters of a text, on one line and with masked values.

    Each occurrence of a value is masked, in upper case and in lower case.

    Args:
        text: The text.
        values: The sensitive values.
        names: The names of members. A name is not masked, even if a value is equal to the name or to a part of the name.
    """
    forms = {form for value in values for form in _forms(value)}
    shown, end = " ".join(text[:TEXT_LIMIT].split()), ""
    if len(text) > TEXT_LIMIT:
        # If the limit cuts a sensitive value in two, the search below does not find the value. So mask its first part here.
        start = min((_start_of_cut_value(shown, form) for form in forms), default=len(shown))
        shown, end = shown[:start], MASK if start < len(shown) else ""
    folded, joined = shown.casefold(), "\n".join(names).casefold()
    # Match the longest values first, because a value can contain another value.
    found = sorted((form for form in forms if form.casefold() in folded), key=len, reverse=True)
    # Match names before the values that are part of a name, but after all other values. For example, the value
    # "Customer First Ltd" begins with the name "Customer".
    inside = [form for form in found if form.casefold() in joined]
    kept = [rf"(?P<name>(?<![^\W_])(?:{'|'.join(map(re.escape, names))})(?![^\W_]))"] if names else []
    patterns = [*(_pattern(form) for form in found if form not in inside), *kept, *map(_pattern, inside)]
    if not patterns:
        return shown + end
    pattern = re.compile("|".join(patterns), re.IGNORECASE)
    return pattern.sub(lambda match: match[0] if match.lastgroup else MASK, shown) + end


def _forms(value: str) -> Iterator[str]:
    """Yield the forms in which a service can repeat a value. A value that is longer than `TEXT_LIMIT` is cut first."""
    # Escaping never makes a text shorter, so if a value exceeds the limit, all its forms exceed the limit.
    stripped = value.strip()[: TEXT_LIMIT + 1]
    if stripped:
        forms = (
            stripped,
            json.dumps(stripped)[1:-1],
            json.dumps(stripped, ensure_ascii=False)[1:-1],
            html.escape(stripped),
            quote(stripped),
            quote(stripped, safe=""),
        )
        for form in forms:
            yield " ".join(form.split())


def _pattern(form: str) -> str:
    pattern = re.escape(form)
    return rf"(?<!\w)(?-i:{pattern})(?!\w)" if len(form) <= SHORT else pattern


def _start_of_cut_value(text: str, form: str) -> int:
    """Return the start of a value that is cut off at the end of the text, or the text's length if no value is cut off."""
    form = form.casefold()
    starts = (
        place
        for place, letter in enumerate(text)
        if form.startswith(letter.casefold()) and form.startswith(text[place:].casefold())
    )
    return next(starts, len(text))
