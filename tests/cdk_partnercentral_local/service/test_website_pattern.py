"""The pattern for website addresses: ours matches the same strings as the model's, in linear time."""

import itertools
import re
import time

import pytest
from botocore.model import ListShape, Shape, StructureShape
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_partnercentral_local.service import OPERATIONS, service_model
from cdk_partnercentral_local.service._validation import matcher
from tests.cdk_partnercentral_local.service.requests import Json, Serve, creating, error_response

WEBSITE = service_model().shape_for("CompanyWebsiteUrl").metadata["pattern"]


def nested(shape: Shape, found: dict[str, Shape]) -> dict[str, Shape]:
    if shape.name in found:
        return found
    found[shape.name] = shape
    members = shape.members.values() if isinstance(shape, StructureShape) else ()
    for member in [shape.member] if isinstance(shape, ListShape) else members:
        nested(member, found)
    return found


def test_no_other_pattern_of_the_model_can_backtrack() -> None:
    """A new version of the model with another such pattern must not go unnoticed."""
    found: dict[str, Shape] = {}
    for operation in OPERATIONS:
        shape = service_model().operation_model(operation).input_shape
        assert shape is not None
        nested(shape, found)
    patterns = {shape.metadata["pattern"] for shape in found.values() if "pattern" in shape.metadata}

    assert WEBSITE in patterns
    # No other pattern repeats a repetition.
    assert [each for each in patterns - {WEBSITE} if re.search(r"[+*}]\)?[+*{]", each)] == []


def short_strings() -> list[str]:
    """Return all strings of up to five of the characters that the pattern distinguishes, after every kind of prefix."""
    prefixes = ["", "http://", "https://", "www.", "http://www.", "https://www.", "http:/", "htt", "http://http://"]
    rests = ["".join(each) for size in range(6) for each in itertools.product("a-./|'\n", repeat=size)]
    return [prefix + rest for prefix in prefixes for rest in rests[: 7**4 if prefix else None]]


def test_both_patterns_match_the_same_short_strings() -> None:
    original = re.compile(WEBSITE)
    ours = matcher(WEBSITE)

    strings = short_strings()

    assert len(strings) > 35_000
    assert [each for each in strings if bool(ours(each)) != bool(original.fullmatch(each))] == []
    assert sum(bool(ours(each)) for each in strings) > 1_000


def test_both_patterns_match_the_same_characters_in_each_place() -> None:
    original, ours = re.compile(WEBSITE), matcher(WEBSITE)
    places = ["{}b.cd", "a{}.cd", "ab.{}", "ab.c{}", "https://{}.c", "ab.c{}.d", "www.{}"]

    for place, code in itertools.product(places, [*range(0x180), 0x661, 0x212A, 0x2028, 0xFF21, 0x10FFFF]):
        text = place.format(chr(code))
        assert bool(ours(text)) == bool(original.fullmatch(text)), text


pieces = st.sampled_from(
    ["http://", "https://", "www.", ".", "-", "/", "a", "Z", "9", "(", "|", "=", "?", "'", "}", "\n"]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(pieces | st.characters(), max_size=7).map("".join))
def test_both_patterns_match_the_same_random_strings(text: str) -> None:
    assert bool(matcher(WEBSITE)(text)) == bool(re.fullmatch(WEBSITE, text))


@pytest.mark.parametrize("length", [254, 255, 256])
def test_a_website_has_at_most_255_characters(length: int) -> None:
    text = ("https://acme.example/" + "a" * 300)[:length]

    assert bool(matcher(WEBSITE)(text)) == (length <= 255)


@pytest.mark.parametrize("unit", [".", "a.", "-", "www.", "http://", "(", "a", ".a.a"])
@pytest.mark.parametrize("end", ["'", "\n", "}", ""])
def test_a_hostile_website_is_checked_in_less_than_a_millisecond(unit: str, end: str) -> None:
    text = (unit * 255)[: 255 - len(end)] + end
    ours = matcher(WEBSITE)

    start = time.perf_counter()
    for _ in range(100):
        ours(text)

    assert (time.perf_counter() - start) / 100 < 0.001


def test_a_hostile_website_is_refused_over_http(serve: Serve, project: Json) -> None:
    service, client = serve()
    hostile = "." * 254 + "'"
    project["CustomerProject"]["Customer"]["WebsiteUrl"] = hostile

    response = error_response(client.create_engagement_context, **creating(service.create_engagement(), project))

    assert hostile in response["ErrorList"][0]["Message"]
