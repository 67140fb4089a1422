"""No form of a sensitive value survives in a text that a service made."""

import html
import json
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambda_handler.masking import MASK, mask

NAME = 'Jörg "Joe" O\'Neill-Śmith'


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("The name Acme Tools is taken.", "The name *** is taken."),
        ("'Acme Tools' and \"Acme Tools\"", "'***' and \"***\""),
        ("ACME TOOLS, acme tools", "***, ***"),
        ("Acme ToolsAcme Tools", "***"),
        ("nothing of theirs", "nothing of theirs"),
        ("", ""),
    ],
)
def test_a_value_is_masked_wherever_it_stands(text: str, masked: str) -> None:
    assert mask(text, ["Acme Tools"]) == masked


def json_text(value: object, *, ascii_only: bool) -> str:
    """Write a value as a JSON text."""
    return json.dumps(value, ensure_ascii=ascii_only)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Invalid: {NAME}", id="in a sentence"),
        pytest.param(f"Invalid value: {NAME!r}", id="in Python's notation"),
        pytest.param(json_text({"FirstName": NAME}, ascii_only=True), id="in a JSON string"),
        pytest.param(json_text({"FirstName": NAME}, ascii_only=False), id="in a JSON string with its umlauts"),
        pytest.param(
            json_text(json_text({"FirstName": NAME}, ascii_only=True), ascii_only=True), id="in one inside another"
        ),
        pytest.param(
            json_text(json_text({"FirstName": NAME}, ascii_only=False), ascii_only=False),
            id="in one inside another with its umlauts",
        ),
        pytest.param(
            json_text(json_text({"FirstName": NAME}, ascii_only=False), ascii_only=True),
            id="umlauts escaped by the outer one",
        ),
        pytest.param(
            json_text(json_text({"FirstName": NAME}, ascii_only=True).upper(), ascii_only=True),
            id="escapes in capitals",
        ),
    ],
)
def test_a_value_is_masked_however_it_is_written(text: str) -> None:
    masked = mask(text, [NAME])
    assert MASK in masked
    for part in ("Jörg", "\\u00f6rg", "Neill", "mith", "Joe"):
        assert part.lower() not in masked.lower()


@pytest.mark.parametrize("length", [8, 12, 20, 40])
def test_an_echo_that_was_cut_is_masked(length: int) -> None:
    value = "The data centre closes at the end of next year."
    assert mask(f"Got '{value[:length]}...'", [value]) == "Got '***...'"


@pytest.mark.parametrize("value", ["US", "Al", "X", "Ada"])
def test_a_short_value_is_masked_where_it_stands_alone_and_leaves_words_alone(value: str) -> None:
    assert mask(f"got {value}, not Also{value}o", [value]) == f"got ***, not Also{value}o"
    assert mask(f'{{"CountryCode":"{value}"}}', [value]) == '{"CountryCode":"***"}'


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_a_value_of_nothing_masks_nothing(value: str) -> None:
    assert mask("a text with blanks", [value]) == "a text with blanks"


def test_values_inside_one_another_and_overlapping_leave_nothing_between_them() -> None:
    assert mask("Acme Tools Ltd of Springfield", ["Acme Tools Ltd", "Tools", "Ltd of"]) == "*** Springfield"


def test_outer_blanks_of_a_value_do_not_hide_it() -> None:
    assert mask("Got 'Acme Tools'.", ["  Acme Tools\n"]) == "Got '***'."


def test_a_value_with_the_characters_of_a_pattern_is_a_plain_text() -> None:
    assert mask("a.b*c(d[e and axbxc", ["a.b*c(d[e"]) == "*** and axbxc"


@pytest.mark.parametrize(
    "value", ["a" * 60_000, "The zeppelin hangar." * 3_000, "".join(map(chr, range(0x4E00, 0x9E00))) * 3]
)
def test_sixty_kilobytes_that_come_back_twice_are_masked_in_no_time(value: str) -> None:
    started = time.process_time()
    assert mask(f"'{value}' is too long: {value}", [value]) == "'***' is too long: ***"
    assert time.process_time() - started < 5


COMPANY = 'O\'Neill & Sons <Ltd> 50% "Ö\U0001f600"'
SITE = "https://oneill-sons.example/a?b=c&d=e"


def escaped(text: str, *, only: str = "") -> str:
    """Write characters as JSON may: all of them, or some."""
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[place : place + 2], "big") for place in range(0, len(units), 2)]
    return "".join(f"\\u{code:04x}" if not only or chr(code) in only else chr(code) for code in codes)


def in_json(text: str) -> str:
    """Write a JSON string."""
    return json.dumps(text)[1:-1]


def in_json_with_slashes(text: str) -> str:
    """Write a JSON string as PHP does."""
    return in_json(text).replace("/", "\\/")


def in_html_by_numbers(text: str) -> str:
    """Write markup with every character as a number."""
    return "".join(f"&#{ord(char)};" if place % 2 else f"&#X{ord(char):x};" for place, char in enumerate(text))


def in_url(text: str) -> str:
    """Write a part of a URL."""
    return urllib.parse.quote(text, safe="")


ESCAPES: tuple[Callable[[str], str], ...] = (
    str,
    in_json,
    in_json_with_slashes,
    escaped,
    html.escape,
    in_html_by_numbers,
    in_url,
)


@pytest.mark.parametrize("outer", ESCAPES, ids=lambda escape: escape.__name__)
@pytest.mark.parametrize("inner", ESCAPES, ids=lambda escape: escape.__name__)
@pytest.mark.parametrize("value", [COMPANY, SITE])
def test_a_value_is_masked_whatever_it_was_written_into(value: str, inner: Any, outer: Any) -> None:
    assert mask(f"Value '{outer(inner(value))}' is bad.", [value]) == "Value '***' is bad."


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(json.dumps(json.dumps(COMPANY))),
        json.dumps({"errors": [html.escape(json.dumps({"name": COMPANY}))]}),
        COMPANY.replace(" ", "\n  "),
        COMPANY.replace(" ", "\u00a0"),
        json.dumps(COMPANY.replace(" ", " \t")),
        f"{COMPANY.upper()}!",
    ],
)
def test_nothing_of_a_value_is_left_between_its_escapes(text: str) -> None:
    masked = mask(text, [COMPANY])
    assert MASK in masked
    assert not [part for part in ("neill", "sons", "ltd", "50", "d83d") if part in masked.lower()]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("oneill-sons.example/a?b=c&d=e", "***"),
        ("oneill-sons.example", "***"),
        ("HTTP://oneill-sons.example/", "HTTP://***"),
        ("https://oneill-so...", "***..."),
        ("See https://docs.aws.amazon.com for more.", "See https://docs.aws.amazon.com for more."),
    ],
)
def test_a_url_is_masked_without_its_scheme_and_another_one_is_not(text: str, masked: str) -> None:
    assert mask(text, [SITE]) == masked


def test_a_value_of_a_scheme_alone_is_one_like_any_other() -> None:
    assert mask("Got 'https://', see https://a.example", ["https://"]) == "Got '***', see ***a.example"


@pytest.mark.parametrize(
    "value", [r"100%41 \u0041 &lt; done", "%3Cb%3E", r"C:\new\table", "a+b&c;", "&unknown; %zz \\q"]
)
def test_a_value_that_looks_escaped_itself_is_masked_too(value: str) -> None:
    for escape in ESCAPES:
        assert mask(f"Value '{escape(value)}' is bad.", [value]) == "Value '***' is bad."


@pytest.mark.parametrize("value", ["%20", "&lt;", r"\n", "%41"])
def test_what_little_is_left_of_an_escaped_value_masks_no_words(value: str) -> None:
    text = f"A < B, a path\\name and '{value}'"
    assert mask(text, [value]).startswith("A < B, a path\\name")


def test_the_words_of_the_service_stay_readable() -> None:
    text = (
        "1 validation error: Payload.CustomerProject.Project.BusinessProblem &amp; Customer.CompanyName: length 7 is not in"
        " 20..2000 (100%); see https://docs.aws.amazon.com/partner-central/ or C:\\new."
    )
    values = [
        COMPANY,
        SITE,
        "The data centre closes at the end of next year.",
        "US",
        "Ada",
        "jane@mail.example",
        "+1 555-0100",
    ]
    assert mask(text, values) == text


def test_letters_that_grow_when_they_are_folded_are_masked_as_a_whole() -> None:
    assert mask("Got 'STRASSE 12'.", ["Straße 12"]) == "Got '***'."
    assert mask("Got 'Straße 12'.", ["STRASSE 12"]) == "Got '***'."


@pytest.mark.parametrize("part", ["\\", "&", "&a", "%", "%e2", "\\u", "\\ud83d", " ", "&#1", "A ", "&amp;"])
def test_a_text_of_nothing_but_beginnings_of_escapes_takes_no_time(part: str) -> None:
    text = part * (120_000 // len(part))
    started = time.process_time()
    mask(text, [COMPANY, SITE, text[:60_000]])
    assert time.process_time() - started < 5


VALUES = st.text(min_size=4, max_size=40)
FRAMES = st.sampled_from(["{}", "Value '{}' is not allowed.", "{} {}", "Invalid:{};", "日本{}語"])


def forms(value: str) -> list[str]:
    """Return a value as services write it: plain, in Python's notation, in a JSON string, in one inside another."""
    written = [value, repr(value)[1:-1]]
    for ascii_only in (True, False):
        once = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        written += [once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]]
    return written


@given(VALUES, FRAMES, st.data())
def test_no_form_of_a_value_survives(value: str, frame: str, data: st.DataObject) -> None:
    assume(len(" ".join(value.split())) > 3)
    form = data.draw(st.sampled_from([each.strip() for each in forms(value.strip())]))
    assume(not any(part.casefold() in frame.casefold() for part in (form, value.strip())))

    masked = mask(frame.replace("{}", form), [value])

    assert form not in masked
    assert masked == frame.replace("{}", MASK)


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_characters="ßµÿ"), min_size=4, max_size=30), FRAMES)
def test_no_case_of_a_value_survives(value: str, frame: str) -> None:
    assume(len(" ".join(value.split())) > 3)
    for other in (value.strip().upper(), value.strip().lower(), value.strip().swapcase()):
        assume(other not in frame)
        assert mask(frame.replace("{}", other), [value]) == frame.replace("{}", MASK)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\\&%"), min_size=4, max_size=20),
    FRAMES,
    st.lists(st.sampled_from(ESCAPES), max_size=3),
)
def test_no_value_survives_three_escapes(value: str, frame: str, escapes: list[Callable[[str], str]]) -> None:
    value = value.strip()
    assume(len(" ".join(value.split())) > 3)
    assume(value.casefold() not in frame.casefold())
    text = value
    for escape in escapes:
        text = escape(text)
    assert mask(frame.replace("{}", text), [value]) == frame.replace("{}", MASK)


@given(st.text(st.characters(exclude_characters="\\\\&%"), max_size=60), st.lists(st.text(max_size=12), max_size=4))
def test_a_text_without_the_values_stays_as_it_is(text: str, values: list[str]) -> None:
    assume(not any(part and part.lower() in text.lower() for value in values for part in (value.strip()[:1],)))
    assert mask(text, values) == text
