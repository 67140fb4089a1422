"""Print Python source that `ruff format` does not change, without a formatter at run time.

Every call, list and dictionary has one item per line and a trailing comma, so the result does not depend on a line length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

INDENT = "    "
# `ruff format` joins parts of a string that fit on one line. So only a string that no usual line length fits is divided.
LONGEST_LITERAL = 100
_PART = 60
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


@dataclass(frozen=True)
class Name:
    """A name, such as `scope` or `Industry.RETAIL`."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a function or class.

    Attributes:
        function: The name of the function, such as `Lead` or `engagement.add_context`.
        positional: The positional arguments.
        keywords: The keyword arguments.
    """

    function: str
    positional: Sequence[Source] = ()
    keywords: Mapping[str, Source] = field(default_factory=dict[str, "Source"])


# A Python expression. Strings, numbers, Booleans, lists and dictionaries are literals.
Source: TypeAlias = "Name | Call | str | int | list[Source] | dict[str, Source]"


def printed(source: Source, depth: int = 0) -> str:
    """Return the source of an expression.

    Args:
        source: The expression.
        depth: The number of levels by which the line with the start of the expression is indented.
    """
    if isinstance(source, Name):
        return source.text
    if isinstance(source, str):
        return _text(source, depth)
    if isinstance(source, Call):
        arguments = [printed(each, depth + 1) for each in source.positional]
        arguments += [f"{name}={printed(value, depth + 1)}" for name, value in source.keywords.items()]
        return source.function + _exploded("(", arguments, ")", depth)
    if isinstance(source, list):
        return _exploded("[", [printed(each, depth + 1) for each in source], "]", depth)
    if isinstance(source, dict):
        items = [f"{literal(name)}: {printed(value, depth + 1)}" for name, value in source.items()]
        return _exploded("{", items, "}", depth)
    return repr(source)


def names(source: Source) -> Iterator[str]:
    """Yield the names that an expression uses, without attributes: `Industry` for `Industry.RETAIL`."""
    if isinstance(source, Name):
        yield source.text.partition(".")[0]
    elif isinstance(source, Call):
        yield source.function.partition(".")[0]
        for each in (*source.positional, *source.keywords.values()):
            yield from names(each)
    elif isinstance(source, list):
        for each in source:
            yield from names(each)
    elif isinstance(source, dict):
        for each in source.values():
            yield from names(each)


def _text(text: str, depth: int) -> str:
    """Return a string literal. A long string is divided at line breaks and spaces into a literal for each line."""
    if len(literal(text)) <= LONGEST_LITERAL:
        return literal(text)
    parts = [literal(part) for line in text.splitlines(keepends=True) for part in _parts(line)]
    if len(parts) == 1:
        return parts[0]
    lines = "".join(f"{INDENT * (depth + 1)}{part}\n" for part in parts)
    return f"(\n{lines}{INDENT * depth})"


def _parts(line: str) -> Iterator[str]:
    """Divide a line after spaces into parts that are not much longer than `_PART` characters."""
    part = ""
    for word in re.findall(r"[^ ]* *", line):
        if part and len(part) + len(word) > _PART:
            yield part
            part = ""
        part += word
    if part:
        yield part


def literal(text: str) -> str:
    """Return a string literal with the quotes that `ruff format` chooses. Characters that cannot be seen are escaped."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(f"\\{each}" if each == quote else _escaped(each) for each in text) + quote


def visible(text: str) -> str:
    """Return a text for a comment: on one line, and without characters that cannot be seen."""
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _exploded(opening: str, items: Sequence[str], closing: str, depth: int) -> str:
    if not items:
        return opening + closing
    lines = "".join(f"{INDENT * (depth + 1)}{item},\n" for item in items)
    return f"{opening}\n{lines}{INDENT * depth}{closing}"


def camel_case(text: str) -> str:
    """Return the ASCII letters and digits of a text as one word, such as `AcmeMigration` for `Acme migration`."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))
