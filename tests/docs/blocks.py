"""The code blocks of a page in Markdown, and the programs that they are parts of.

A fence may have a title, which readers see above it: ```` ```python title="app.py" ````. It is the name of a file. A block
whose title ends in ", continued" goes on where the file stopped. A `text` block that is titled "what it prints" is the
output of the Python block before it. Knows nothing of what the programs do.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<language>[a-z]*)(?: title=\"(?P<title>[^\"]*)\")? *$")
CONTINUED = ", continued"
INCLUDED = "--8<--"
PRINTS = "what it prints"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block.

    Attributes:
        page: The page's path.
        line: The line that its text begins in.
        language: What the fence says, or nothing.
        title: The title, or nothing.
        text: What stands in it, without the fence's own indentation.
    """

    page: Path
    line: int
    language: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Program:
    """A Python file, or a block without a name.

    Attributes:
        name: The file's name; of a block without a title, one made from its line.
        text: The blocks, one after another.
        prints: What it is said to print, if it is said.
        page: The page's path.
    """

    name: str
    text: str
    prints: str | None
    page: Path

    def __str__(self) -> str:
        return f"{self.page.name}:{self.name}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, except those that only include a file of examples/, which has its own tests."""
    lines = page.read_text(encoding="utf-8").splitlines()
    opened: re.Match[str] | None = None
    begun = 0
    for number, line in enumerate(lines):
        if opened is None:
            opened = FENCE.match(line)
            begun = number + 1
        elif line.strip() == opened["ticks"]:
            text = textwrap.dedent("\n".join(lines[begun:number])) + "\n"
            if not text.startswith(INCLUDED):
                yield Block(
                    page=page, line=begun + 1, language=opened["language"], title=opened["title"] or "", text=text
                )
            opened = None
    assert opened is None, f"{page.name}: the fence of line {begun} is never closed"


def programs(page: Path) -> list[Program]:
    """Return the Python programs of a page."""
    made: dict[str, Program] = {}
    last = ""
    for block in blocks(page):
        if block.language == "python":
            continues = block.title.endswith(CONTINUED)
            last = block.title.removesuffix(CONTINUED) or f"line_{block.line}.py"
            assert continues == (last in made), (
                f"{block.page.name}:{block.line}: does this go on with {last}, or begin it?"
            )
            before = made[last].text + "\n" if continues else ""
            made[last] = Program(name=last, text=before + block.text, prints=None, page=page)
        elif block.title == PRINTS:
            program = made[last]
            made[last] = Program(name=program.name, text=program.text, prints=block.text, page=page)
    return list(made.values())


def programs_of_readme(page: Path) -> list[Program]:
    """Return the Python programs of the README, which is shown without titles.

    Its first one is whole, and each later one is more of the same stack, so it goes in before the app is synthesised.
    """
    whole, *more = programs(page)
    begun, synth, rest = whole.text.partition("app.synth()\n")
    assert synth, "the README's first program synthesises its app"
    assert not rest
    return [
        whole,
        *(Program(name=each.name, text=f"{begun}\n{each.text}\n{synth}", prints=None, page=page) for each in more),
    ]


def files(page: Path) -> dict[str, str]:
    """Return what lies in the folder that a page is about: its programs, and its JSON and CSV files."""
    named = {program.name: program.text for program in programs(page)}
    other = {block.title: block.text for block in blocks(page) if block.language in {"json", "csv"} and block.title}
    return {name: text for name, text in {**named, **other}.items() if "." in name}
