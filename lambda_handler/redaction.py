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
    for form in {form for value in values for form in _forms(value)}:
        for start, end in _spans(text, form):
            hidden[start:end] = b"\1" * (end - start)
    spans = re.sub(b"\1+", lambda run: b"\1" + b"\2" * (len(run[0]) - 1), bytes(hidden))
    return "".join(MASK if flag == 1 else char for char, flag in zip(text, spans, strict=True) if flag != 2)


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


def _spans(text: str, form: str) -> Iterator[tuple[int, int]]:
    if len(form) <= SHORT:
        for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
            yield found.span()
        return
    for found in re.finditer(re.escape(form[:TELLING]), text, re.IGNORECASE):
        end = found.end()
        while (
            end < len(text)
            and end - found.start() < len(form)
            and text[end].lower() == form[end - found.start()].lower()
        ):
            end += 1
        yield found.start(), end
