"""Take other people's data out of a text that a service made: it echoes values in sentences and in JSON strings."""

import json
import re
from collections.abc import Iterable, Iterator

MASK = "***"
# A service may cut what it echoes, so this much of a value's beginning is the value.
TELLING = 8
# A value this short is a word among others: it is masked where it stands alone, as it is written.
SHORT = 3


def mask(text: str, values: Iterable[str]) -> str:
    """Return the text with every one of the values masked, in any case, as JSON writes it, cut or whole."""
    hidden = bytearray(len(text))
    folded = _folded(text)
    for form in {form for value in values for form in _forms(value)}:
        spans = _words(text, form) if len(form) <= SHORT else _echoes(folded, _folded(form))
        for start, end in spans:
            hidden[start:end] = b"\1" * (end - start)
    # The first of each run becomes the mask, the rest of it goes.
    marks = re.sub(b"\1+", lambda run: b"\1" + b"\2" * (len(run[0]) - 1), bytes(hidden))
    return "".join(MASK if mark == 1 else char for char, mark in zip(text, marks, strict=True) if mark != 2)


def _forms(value: str) -> Iterator[str]:
    """Yield a value as it may be written: trimmed, in a JSON string, in a JSON string within one, in Python's own notation."""
    plain = value.strip()
    if not plain:
        return
    yield plain
    yield repr(plain)[1:-1]
    for inner_ascii in (True, False):
        once = json.dumps(plain, ensure_ascii=inner_ascii)[1:-1]
        yield once
        for outer_ascii in (True, False):
            yield json.dumps(once, ensure_ascii=outer_ascii)[1:-1]


def _folded(text: str) -> str:
    """Return the text in lower case, character for character: some grow when they are lowered, and those stay."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _words(text: str, form: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
        yield found.span()


def _echoes(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Yield where a value stands, whole, and where its beginning does, as far as it goes on like the value.

    No character is looked at twice in one pass, so a long and repetitive text takes no longer than another.
    """
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + len(form))
    start = text.find(form[:TELLING])
    while start >= 0:
        end = start + min(TELLING, len(form))
        while end < len(text) and end - start < len(form) and text[end] == form[end - start]:
            end += 1
        yield start, end
        start = text.find(form[:TELLING], end)
