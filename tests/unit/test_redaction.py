"""No form of a sensitive value survives in a text that a service made."""

import json
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambda_handler.redaction import MASK, mask

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
    assume(len(value.strip()) > 3)
    form = data.draw(st.sampled_from([each.strip() for each in forms(value.strip())]))
    assume(form not in frame)

    masked = mask(frame.replace("{}", form), [value])

    assert form not in masked
    assert masked == frame.replace("{}", MASK)


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_characters="ßµÿ"), min_size=4, max_size=30), FRAMES)
def test_no_case_of_a_value_survives(value: str, frame: str) -> None:
    assume(len(value.strip()) > 3)
    for other in (value.strip().upper(), value.strip().lower(), value.strip().swapcase()):
        assume(other not in frame)
        assert mask(frame.replace("{}", other), [value]) == frame.replace("{}", MASK)


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=4))
def test_a_text_without_the_values_stays_as_it_is(text: str, values: list[str]) -> None:
    assume(not any(part and part.lower() in text.lower() for value in values for part in (value.strip()[:1],)))
    assert mask(text, values) == text
