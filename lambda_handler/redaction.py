"""Take other people's data out of a text that a service made: it echoes values in sentences, in JSON, in markup and in URLs."""

import html
import re
import sys
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

MASK = "***"
# A service may cut what it echoes, so this much of a value's beginning is the value.
TELLING = 8
# A value this short is a word among others: it is masked where it stands alone, as it is written.
SHORT = 3
# As often as what is written may have been written into something else: JSON in JSON, markup in JSON, and one to spare.
LAYERS = 3
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
BLANKS = re.compile(r"\s+")
NO_CASE = re.compile(r"[A-Z]|[^\x00-\x7f]")
# One character, escaped as JSON and Python, HTML, or URLs do it, in any case.
ESCAPED = re.compile(
    r"""\\u(?P<high>d[89ab][0-9a-f]{2})\\u(?P<low>d[c-f][0-9a-f]{2})
    |\\(?-i:U)(?P<long>00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})
    |\\u(?P<four>[0-9a-f]{4})
    |\\x(?P<two>[0-9a-f]{2})
    |\\(?P<plain>["'\\/bfnrt])
    |&\#(?P<decimal>[0-9]{1,7});
    |&\#x(?P<hex>[0-9a-f]{1,6});
    |(?P<entity>&[a-z][a-z0-9]{1,31};)
    |(?P<percent>%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3})
    """,
    re.IGNORECASE | re.VERBOSE,
)
CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A text, and where each of its characters stands in the text that it was made from."""

    chars: str
    starts: Sequence[int]
    ends: Sequence[int]

    def rewritten(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> "_Text":
        """Put something else in place of what a pattern finds."""
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        place = 0
        for found in pattern.finditer(self.chars):
            first, last = found.span()
            text = new(found)
            chars += self.chars[place:first], text
            starts += *self.starts[place:first], *[self.starts[first]] * len(text)
            ends += *self.ends[place:first], *[self.ends[last - 1]] * len(text)
            place = last
        return _Text(
            chars="".join([*chars, self.chars[place:]]),
            starts=[*starts, *self.starts[place:]],
            ends=[*ends, *self.ends[place:]],
        )

    def decoded(self) -> "_Text":
        """Take one layer of escapes away."""
        return self.rewritten(ESCAPED, _character)

    def level(self) -> "_Text":
        """Make one blank of each run of white space."""
        return self.rewritten(BLANKS, lambda _: " ")

    def folded(self) -> "_Text":
        """Make one case of all."""
        return self.rewritten(NO_CASE, lambda found: found[0].casefold())


def mask(text: str, values: Iterable[str]) -> str:
    """Return the text with every one of the values masked, in any case, however it is escaped, cut or whole."""
    hidden = bytearray(len(text))
    forms = {form for value in values for form in _forms(value)}
    for layer in _layers(text):
        written = layer.level()
        folded = written.folded()
        for form, telling in forms:
            short = len(form) <= SHORT
            seen = written if short else folded
            spans = _words(seen.chars, form) if short else _echoes(seen.chars, form, telling)
            for first, last in spans:
                start, end = seen.starts[first], seen.ends[last - 1]
                hidden[start:end] = b"\1" * (end - start)
    # The first of each run becomes the mask, the rest of it goes.
    marks = re.sub(b"\1+", lambda run: b"\1" + b"\2" * (len(run[0]) - 1), bytes(hidden))
    return "".join(MASK if mark == 1 else char for char, mark in zip(text, marks, strict=True) if mark != 2)


def _layers(text: str) -> Iterator[_Text]:
    """Yield a text as it is, and with each layer of escapes taken away."""
    layer = _Text(chars=text, starts=range(len(text)), ends=range(1, len(text) + 1))
    yield layer
    for _ in range(LAYERS):
        if not ESCAPED.search(layer.chars):
            return
        layer = layer.decoded()
        yield layer


def _character(found: re.Match[str]) -> str:
    kind, written = str(found.lastgroup), found[str(found.lastgroup)]
    if kind == "low":
        return chr(0x10000 + (int(found["high"], 16) - 0xD800) * 0x400 + int(written, 16) - 0xDC00)
    if kind == "plain":
        return CONTROL.get(written.lower(), written)
    if kind == "entity":
        return html.unescape(written)
    if kind == "percent":
        return urllib.parse.unquote(written)
    number = int(written, 10 if kind == "decimal" else 16)
    return chr(number) if number <= sys.maxunicode else found[0]


def _forms(value: str) -> Iterator[tuple[str, int]]:
    """Yield what to look for, and how much of its beginning tells it.

    A value that is escaped itself loses that wherever the text does. A URL may come without its scheme, and many begin alike.
    """
    for number, layer in enumerate(_layers(value)):
        written = layer.level()
        form = written.chars.strip()
        if len(form) > SHORT:
            form = written.folded().chars.strip()
            scheme = SCHEME.match(form)
            yield form, TELLING + (scheme.end() if scheme else 0)
            if scheme and len(form) > scheme.end() + SHORT:
                yield form[scheme.end() :], TELLING
        elif form and not number:
            yield form, TELLING


def _words(text: str, form: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
        yield found.span()


def _echoes(text: str, form: str, telling: int) -> Iterator[tuple[int, int]]:
    """Yield where a value stands, whole, and where its beginning does, as far as it goes on like the value.

    No character is looked at twice in one pass, so a long and repetitive text takes no longer than another.
    """
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + len(form))
    beginning = form[:telling]
    start = text.find(beginning)
    while start >= 0:
        end = start + len(beginning)
        while end < len(text) and end - start < len(form) and text[end] == form[end - start]:
            end += 1
        yield start, end
        start = text.find(beginning, end)
