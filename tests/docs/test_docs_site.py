"""The site as it is built: whole, without a dead link, and asking nobody else for anything."""

import html
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

import cdk_partnercentral
import cdk_partnercentral_local
from cdk_partnercentral import PartnerCentralProvider
from cdk_partnercentral._provider import MEMORY_MB
from scripts import diagrams
from tests.docs.conftest import build
from tests.docs.site import Page, read

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "zensical.toml", *sorted(path for path in (ROOT / "docs").rglob("*") if path.is_file())]
REGISTRIES = ("pypi.org", "pythonhosted.org", "npmjs.", "yarnpkg", "unpkg.com", "jsdelivr", "cloudflare.com")
PUBLIC = [
    f"{package.__name__}.{name}"
    for package in (cdk_partnercentral, cdk_partnercentral_local)
    for name in package.__all__
    if name != "__version__"
]


def goes_out(address: str) -> bool:
    return bool(re.match(r"([a-z]+:)?//", address))


def test_the_menu_lists_every_page_once() -> None:
    """The generator reports neither a page that the menu leaves out, nor a page of the menu that does not exist."""
    listed = re.findall(r'= "([\w/-]+\.md)"', (ROOT / "zensical.toml").read_text())

    assert sorted(listed) == sorted(str(path.relative_to(ROOT / "docs")) for path in SOURCES if path.suffix == ".md")


def test_every_page_is_built(pages: dict[str, Page]) -> None:
    sources = [path.relative_to(ROOT / "docs") for path in SOURCES if path.suffix == ".md"]

    wanted = {str(path.with_suffix("") / "index.html") if path.stem != "index" else "index.html" for path in sources}

    assert wanted == pages.keys() - {"404.html"}


def test_no_page_fetches_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    fetched = {name: [address for address in page.fetched if goes_out(address)] for name, page in pages.items()}

    assert {name: addresses for name, addresses in fetched.items() if addresses} == {}
    assert all(page.fetched for page in pages.values()), "the test would see what is fetched"


def test_no_stylesheet_fetches_anything_from_elsewhere(built: Path) -> None:
    sheets = list(built.rglob("*.css"))

    found = {
        path.name: re.findall(r"(?:url\(|@import)[ '\"]*((?:https?:)?//[^)'\"]*)", path.read_text()) for path in sheets
    }

    assert sheets
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def test_nothing_makes_the_theme_load_its_own_scripts_from_elsewhere(pages: dict[str, Page]) -> None:
    # The theme fetches Mermaid from a CDN for elements of this class, and a repository's figures for that one.
    assert [name for name, page in pages.items() if page.classes & {"mermaid", "md-source"}] == []


def test_without_public_addresses_no_page_refers_to_one(built: Path) -> None:
    shown = {path.name: path.read_text() for path in built.rglob("*.html")}

    assert [
        name for name, text in shown.items() if re.search(r'rel="(edit|canonical)"|md-header__source">\s*<a', text)
    ] == []


def test_with_public_addresses_each_page_links_to_its_source_and_fetches_nothing(tmp_path: Path) -> None:
    """The addresses in the comments of the configuration are examples, which are used here."""
    text = (ROOT / "zensical.toml").read_text(encoding="utf-8")

    site = build(tmp_path, re.sub("^# (repo_url|site_url) =", r"\1 =", text, flags=re.MULTILINE))
    page = read(site / "concepts/lifecycle/index.html")

    assert {"https://code.example/deals", "https://code.example/deals/edit/main/docs/concepts/lifecycle.md"} <= set(
        page.links
    )
    assert [address for address in page.fetched if goes_out(address)] == []
    assert "md-source" not in page.classes
    assert 'rel="canonical" href="https://docs.example/concepts/lifecycle/"' in page.path.read_text()


def test_every_link_within_the_site_leads_somewhere(built: Path, pages: dict[str, Page]) -> None:
    assert list(_dead_links(built, pages)) == []


def _dead_links(built: Path, pages: dict[str, Page]) -> Iterator[str]:
    for name, page in pages.items():
        # The page for what is not found has absolute links, since nobody knows where it is shown.
        for link in page.links if name != "404.html" else []:
            address, anchor = urldefrag(link)
            if goes_out(link) or link.startswith("mailto:"):
                continue
            target = (page.path.parent / unquote(address)).resolve() if address else page.path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{name}: {link} is not there"
            elif anchor and unquote(anchor) not in pages[str(target.relative_to(built.resolve()))].ids:
                yield f"{name}: {link} has no such anchor"


def test_every_picture_and_script_exists(pages: dict[str, Page]) -> None:
    """The generator does not report a missing picture."""
    missing = [
        f"{name}: {address}"
        for name, page in pages.items()
        for address in (page.fetched if name != "404.html" else [])
        if not goes_out(address) and not (page.path.parent / unquote(urldefrag(address)[0])).is_file()
    ]

    assert missing == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_in_the_reference(pages: dict[str, Page], name: str) -> None:
    assert name in pages[f"reference/{name.partition('.')[0]}/index.html"].ids


def test_examples_of_docstrings_are_shown_as_code(built: Path) -> None:
    reference = (built / "reference/cdk_partnercentral/index.html").read_text()

    assert "<blockquote>" not in reference
    assert "&gt;&gt;&gt;" in reference


@pytest.mark.parametrize(
    "method", ["add_context", "grant_read", "grant_update", "grant_convert", "on_event", "on_updated"]
)
def test_the_interface_of_engagements_links_to_the_methods_of_the_class(
    built: Path, pages: dict[str, Page], method: str
) -> None:
    reference = "reference/cdk_partnercentral/index.html"
    anchor = f"cdk_partnercentral.Engagement.{method}"

    assert re.search(rf'See <a [^>]*href="[^"]*#{re.escape(anchor)}"', (built / reference).read_text())
    assert anchor in pages[reference].ids


REFERENCE = ["cdk_partnercentral", "cdk_partnercentral_local"]


@pytest.mark.parametrize("name", REFERENCE)
def test_the_reference_tells_values_and_nothing_internal(built: Path, name: str) -> None:
    shown = (built / f"reference/{name}/index.html").read_text()
    text = html.unescape(re.sub(r"<[^>]+>", "", shown))

    assert "at the class" not in text
    assert re.findall(r"(?:=|default:)\s*_?[A-Z][A-Z_]+\b(?!\.)", text) == []
    if name == "cdk_partnercentral":
        assert f"memory_size: int = {MEMORY_MB}" in text


@pytest.mark.parametrize("name", REFERENCE)
def test_a_method_has_one_result_and_every_address_is_a_link(built: Path, name: str) -> None:
    shown = (built / f"reference/{name}/index.html").read_text()
    results = re.findall(r'section-title">Returns:</span></p>\s*<ul>(.*?)</ul>', shown, re.DOTALL)
    outside_links = re.sub(r"<(a|code|pre)\b.*?</\1>", "", shown, flags=re.DOTALL)

    assert results
    assert {result.count("<li") for result in results} == {1}
    assert re.findall(r"https?://", re.sub(r"<[^>]+>", "", outside_links)) == []


def test_the_docstring_says_how_much_memory_there_is_by_default() -> None:
    assert f"; {MEMORY_MB} by default." in (inspect.getdoc(PartnerCentralProvider) or "")


def test_the_changelog_is_the_repositorys_own(built: Path) -> None:
    shown = (built / "about/changelog/index.html").read_text()

    headings = re.findall(r"^#+ (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert (ROOT / "docs/about/changelog.md").read_text().strip() == '--8<-- "CHANGELOG.md"'
    assert [heading for heading in headings if f">{heading}<" not in shown] == []


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in SOURCES if path.suffix != ".svg"])
def test_no_source_names_a_registry_or_a_machine(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")

    assert [word for word in (*REGISTRIES, "/home/", "/Users/", f"{ROOT.parent}/") if word in text] == []


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors as WCAG defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

    def luminance(color: str) -> float:
        channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("draw", diagrams.DIAGRAMS, ids=lambda draw: draw.__name__)
def test_a_diagram_is_as_its_script_draws_it_and_describes_itself(draw: Callable[[], diagrams.Drawing]) -> None:
    """If this fails, write the files with `python -m scripts.diagrams`."""
    drawing = draw()
    text = (diagrams.FOLDER / f"{drawing.name}.svg").read_text(encoding="utf-8")

    assert text == drawing.svg()
    assert f'role="img" aria-labelledby="{drawing.name}-title {drawing.name}-desc"' in text
    assert len(drawing.description) > 100
    assert "prefers-color-scheme: dark" in text
    # Colors are in the style only, so that each of them has a value for both schemes.
    assert re.findall(r"#[0-9a-f]{6}|(?:fill|stroke)=", text.partition("</style>")[2]) == []


@pytest.mark.parametrize(
    ("page", "names"),
    [("concepts/architecture", ["architecture"]), ("concepts/lifecycle", ["create", "update", "rollback"])],
)
def test_a_page_contains_its_diagrams_unchanged(built: Path, page: str, names: list[str]) -> None:
    text = (built / page / "index.html").read_text()

    assert [name for name in names if (diagrams.FOLDER / f"{name}.svg").read_text() not in text] == []


def test_no_diagram_is_left_over() -> None:
    assert {path.stem for path in diagrams.FOLDER.iterdir()} == {draw().name for draw in diagrams.DIAGRAMS}


@pytest.mark.parametrize("colors", [diagrams.LIGHT, diagrams.DARK], ids=["light", "dark"])
def test_diagrams_have_enough_contrast(colors: dict[str, str]) -> None:
    """4.5 for text, and 3 for lines, as WCAG 2.2 demands at level AA."""
    texts = [("text", fill) for fill in ("page", "step", "ask", "good", "bad")]
    texts += [("label", "page"), ("label", "step"), ("start-text", "start")]
    lines = [("line", "page"), ("line", "step"), *((f"{kind}-line", kind) for kind in ("ask", "good", "bad"))]

    assert {
        pair: contrast(*(colors[name] for name in pair)) for pair in texts if contrast(*(colors[n] for n in pair)) < 4.5
    } == {}
    assert {
        pair: contrast(*(colors[name] for name in pair)) for pair in lines if contrast(*(colors[n] for n in pair)) < 3
    } == {}


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_the_colors_of_the_site_have_enough_contrast(scheme: str) -> None:
    """Whether the pages have the colors of the theme that `page` and `code` repeat was checked in a browser."""
    block = re.search(
        rf'\[data-md-color-scheme="{scheme}"\] {{(.*?)}}', (ROOT / "docs/assets/site.css").read_text(), re.DOTALL
    )
    assert block
    colors = dict(re.findall(r"--site-([a-z]+): (#[0-9a-f]{6});", block[1]))

    pairs = {(one, on): contrast(colors[one], colors[on]) for one in ("link", "label") for on in ("page", "code")}

    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 4.5} == {}


def test_no_word_breaks_in_the_middle() -> None:
    """`overflow-wrap: break-word` only breaks what is wider than a line, and the script marks better places first."""
    css = (ROOT / "docs/assets/site.css").read_text()

    assert re.findall(r"break-all|overflow-wrap: anywhere", css) == []
