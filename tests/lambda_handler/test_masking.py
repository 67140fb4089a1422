"""Sensitive values are masked in a service's text: exact values, and one level of escaping."""

import html
import json
import time
import urllib.parse
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambda_handler.masking import MASK, mask

COMPANY = 'O\'Neill & Sons <Ltd> 50% "Ö\U0001f600"'
SITE = "https://oneill-sons.example/a?b=c&d=e"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("The name Acme Tools is taken.", "The name *** is taken."),
        ("'Acme Tools' and \"Acme Tools\"", "'***' and \"***\""),
        ("ACME TOOLS, acme tools", "***, ***"),
        ("Acme ToolsAcme Tools", "******"),
        ("Acme\n\t Tools", "***"),
        ("Acme\u00a0Tools", "***"),
        ("no value", "no value"),
        ("", ""),
    ],
)
def test_a_value_is_masked_in_any_case_and_with_any_white_space(text: str, masked: str) -> None:
    assert mask(text, ["Acme Tools"]) == masked


def in_json(text: str, *, ascii_only: bool = True) -> str:
    """Return a text as it is in a JSON string."""
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


ESCAPES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": in_json,
    "JSON with its umlauts": partial(in_json, ascii_only=False),
    "HTML": html.escape,
    "URL": urllib.parse.quote,
    "part of a URL": partial(urllib.parse.quote, safe=""),
}


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
@pytest.mark.parametrize("value", [COMPANY, SITE, "C:\\new\\table", "100%41 \\u0041 &lt; done"])
def test_a_value_that_was_escaped_once_is_masked(value: str, escape: Any) -> None:
    assert mask(f"Value '{escape(value)}' is bad.", [value]) == "Value '***' is bad."


@pytest.mark.parametrize("value", ["US", "Al", "X", "Ada"])
def test_a_short_value_is_masked_only_as_a_word(value: str) -> None:
    assert mask(f"got {value}, not Also{value}o", [value]) == f"got ***, not Also{value}o"
    assert mask(f'{{"CountryCode":"{value}"}}', [value]) == '{"CountryCode":"***"}'


def test_a_short_value_is_masked_only_in_its_own_case() -> None:
    text = "arn:aws:partnercentral:us-east-1::catalog/AWS: the customer in US is not for us"
    assert mask(text, ["US"]) == text.replace("US", "***")


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_a_value_without_characters_masks_nothing(value: str) -> None:
    assert mask("a text with spaces", [value]) == "a text with spaces"


def test_of_a_value_and_a_part_of_it_the_longer_one_is_masked() -> None:
    for values in (["Acme", "Acme Tools Ltd"], ["Acme Tools Ltd", "Acme", "Tools"]):
        assert mask("Acme Tools Ltd of Springfield", values) == "*** of Springfield"


def test_outer_white_space_of_a_value_is_not_significant() -> None:
    assert mask("Got 'Acme Tools'.", ["  Acme Tools\n"]) == "Got '***'."


def test_a_value_with_the_characters_of_a_pattern_is_masked_literally() -> None:
    assert mask("a.b*c(d[e and axbxc", ["a.b*c(d[e"]) == "*** and axbxc"


@pytest.mark.parametrize(
    "value", ["a" * 60_000, "The zeppelin hangar." * 3_000, "".join(map(chr, range(0x4E00, 0x9E00))) * 3]
)
def test_a_value_of_sixty_kilobytes_is_masked_within_seconds(value: str) -> None:
    started = time.process_time()
    assert mask(f"'{value}' is too long: {value}", [value]) == "'***"
    assert mask(f"{value[:1000]} is too long", [value]) == f"{value[:1000]} is too long"
    assert time.process_time() - started < 1


def test_the_text_of_the_service_stays_readable() -> None:
    text = (
        "1 validation error: Payload.CustomerProject.Project.BusinessProblem &amp; Customer.CompanyName: length 7 is not in"
        " 20..2000 (100%); see https://docs.aws.amazon.com/partner-central/ or C:\\new."
    )
    values = [
        COMPANY,
        SITE,
        "The data center closes at the end of next year.",
        "US",
        "Ada",
        "jane@mail.example",
        "+1 555-0100",
    ]
    assert mask(text, values) == text


VALUES = st.text(min_size=4, max_size=40).map(lambda text: " ".join(text.split())).filter(lambda text: len(text) > 3)
FRAMES = st.sampled_from(["{}", "Value '{}' is not allowed.", "{} {}", "Invalid:{};", "日本{}語"])
# A lone surrogate can be in a JSON string, but not in a URL.
CHARACTERS = st.characters(exclude_categories=["Cs", "Zs", "Cc"])


@given(st.text(CHARACTERS, min_size=4, max_size=40), FRAMES, st.sampled_from(list(ESCAPES.values())))
def test_no_value_is_left_in_any_form(value: str, frame: str, escape: Callable[[str], str]) -> None:
    text = escape(value)
    assume(text == text.strip() and value.casefold() not in frame.casefold())
    assert mask(frame.replace("{}", text), [value]) == frame.replace("{}", MASK)


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_characters="ßµÿ"), min_size=4, max_size=30), FRAMES)
def test_no_value_is_left_in_any_case(value: str, frame: str) -> None:
    value = " ".join(value.split())
    assume(len(value) > 3)
    for other in (value.upper(), value.lower(), value.swapcase()):
        assume(other.casefold() not in frame.casefold())
        assert mask(frame.replace("{}", other), [value]) == frame.replace("{}", MASK)


@given(st.text(max_size=60), st.lists(VALUES, max_size=4))
def test_a_text_without_the_values_is_not_changed(text: str, values: list[str]) -> None:
    # Neither a character nor an escape of a value occurs in the text.
    text = " ".join(text.split())
    assume(
        not any(
            set(json.dumps(value).casefold()[1:-1] + value.casefold() + "&%") & set(text.casefold()) for value in values
        )
    )
    assert mask(text, values) == text
