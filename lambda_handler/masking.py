"""Mask the sensitive values of payloads in a service's error text.

A service echoes values as they are, or escaped once (as JSON, HTML or in a URL). Anyone who can read a Reason can read the
template too, so this protects what the template does not contain: values of dynamic references, and data that AWS wrote.
"""

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

MASK = "***"
# The most of a text that is read: an error page can have megabytes, and patterns for it would take hundreds of them.
TEXT_LIMIT = 2000
# A value this short is also a part of ordinary words. It is masked only as a word in its own case: US, but not us-east-1.
SHORT = 3


def mask(text: str, values: Iterable[str], names: Collection[str] = ()) -> str:
    """Return the first `TEXT_LIMIT` characters of a text, on one line, with each occurrence of a value masked in any case.

    Args:
        text: The text.
        values: The sensitive values.
        names: The names of members. They stay as they are, even where a value is equal to one or to a part of one.
    """
    forms = {form for value in values for form in _forms(value)}
    shown, end = " ".join(text[:TEXT_LIMIT].split()), ""
    if len(text) > TEXT_LIMIT:
        # A value that the limit cuts could not be recognized.
        start = min((_start_of_cut_value(shown, form) for form in forms), default=len(shown))
        shown, end = shown[:start], MASK if start < len(shown) else ""
    folded, joined = shown.casefold(), "\n".join(names).casefold()
    # The longest first, because a value can contain another.
    found = sorted((form for form in forms if form.casefold() in folded), key=len, reverse=True)
    # Names come before the values that are in one, and after all others, which can begin with one: "Customer First Ltd".
    inside = [form for form in found if form.casefold() in joined]
    kept = [rf"(?P<name>(?<![^\W_])(?:{'|'.join(map(re.escape, names))})(?![^\W_]))"] if names else []
    patterns = [*(_pattern(form) for form in found if form not in inside), *kept, *map(_pattern, inside)]
    if not patterns:
        return shown + end
    pattern = re.compile("|".join(patterns), re.IGNORECASE)
    return pattern.sub(lambda match: match[0] if match.lastgroup else MASK, shown) + end


def _forms(value: str) -> Iterator[str]:
    """Yield the texts that a value can be echoed as, up to a length that does not fit into a text."""
    # An escape makes a text longer, never shorter.
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
    """Return where the end of a text is the beginning of a value, or the text's length."""
    form = form.casefold()
    starts = (
        place
        for place, letter in enumerate(text)
        if form.startswith(letter.casefold()) and form.startswith(text[place:].casefold())
    )
    return next(starts, len(text))
