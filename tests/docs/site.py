"""Read the pages of the built site: the addresses that they fetch, their links, and the cells of their tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# Elements whose `src` is fetched. Of `link` only these kinds are.
FETCHES = {"script", "img", "iframe", "source", "video", "audio", "embed"}
LINK_KINDS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
HEADINGS = {"h1", "h2", "h3", "h4"}


@dataclass
class Row:
    """A row of a table.

    Attributes:
        section: The anchor of the heading that it stands under.
        cells: The text of each cell; none for a row of headings.
    """

    section: str
    cells: list[str] = field(default_factory=list)


@dataclass
class Page:
    """A page, as a browser would read it.

    Attributes:
        path: The HTML file.
        fetched: The addresses that it fetches by itself.
        links: Where its links go.
        ids: The anchors that it has.
        classes: The classes that its elements have.
        rows: The rows of its tables.
    """

    path: Path
    fetched: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._in_cell = False
        self._section = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        page = self._page
        page.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        page.classes |= set(given.get("class", "").split())
        if tag == "a" and "href" in given:
            page.links.append(given["href"])
        if tag in FETCHES and given.get("src"):
            page.fetched.append(given["src"])
        if tag == "link" and LINK_KINDS & set(given.get("rel", "").split()):
            page.fetched.append(given["href"])
        if tag in HEADINGS:
            self._section = given.get("id", "")
        if tag == "tr":
            page.rows.append(Row(self._section))
        if tag == "td":
            self._in_cell = True
            page.rows[-1].cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._page.rows[-1].cells[-1] += data


def read(path: Path) -> Page:
    """Read one page."""
    page = Page(path=path)
    reader = _Reader(page)
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return page
