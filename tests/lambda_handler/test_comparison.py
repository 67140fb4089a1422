"""When values are equal: exactly, apart from case, and apart from how a service may store them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.comparison import LOOSE_MEMBERS, case, equal, exact, instant, loose
from tests.lambda_handler.scripted import MODEL, OTHER_PROJECT, PROJECT

NOON = "2026-05-01T12:00:00Z"
FORMS = (exact, case, loose)


def is_equal(one: Any, other: Any, form: Any, name: str = "Any") -> bool:
    """Compare two values of a member, in both orders."""
    there = equal({name: one}, {name: other}, form)
    assert equal({name: other}, {name: one}, form) == there
    assert equal([one], [other], form, name) == equal(one, other, form, name) == there
    return there


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:00.0Z",
        "2026-05-01T12:00:00.000000000Z",
        "2026-05-01T12:00:00+00:00",
        "2026-05-01T14:00:00+02:00",
        "2026-05-01T14:00:00.000+0200",
        "2026-05-01T06:30:00-05:30",
        "2026-05-02T01:45:00+13:45",
        "2026-05-01 12:00:00z",
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_timestamp_is_the_same_instant_in_every_notation(text: str, form: Any) -> None:
    assert is_equal(text, NOON, form)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2026-05-01T12:00:00.04932597Z", "2026-05-01T12:00:00.04Z", True),
        ("2026-05-01T12:00:00.04932597Z", "2026-05-01T12:00:00.049325970Z", True),
        ("2026-05-01T12:00:00.049Z", "2026-05-01T12:00:00Z", True),
        ("2026-05-01T12:00:00.04Z", "2026-05-01T12:00:00.05Z", False),
        ("2026-05-01T12:00:00.04932597Z", "2026-05-01T12:00:00.05Z", False),
    ],
)
def test_timestamps_are_compared_at_the_coarser_precision_of_the_two(one: str, other: str, is_same: bool) -> None:
    assert is_equal(one, other, exact) == is_same


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:01Z",
        "2026-05-01T12:00:00+01:00",
        "2026-05-02T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-02-30T12:00:00Z",
        "noon",
        "",
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_another_instant_is_different(text: str, form: Any) -> None:
    assert not is_equal(text, NOON, form)


@pytest.mark.parametrize("value", ["2026-02-30T12:00:00Z", "9999-12-31T23:59:59-01:00", "2026-05-01", "", None, 5])
def test_what_is_no_timestamp_has_no_instant(value: Any) -> None:
    assert instant(value) is None


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("Title", "Move to AWS", " Move to AWS\n"),
        ("Title", "Caf\u00e9", "Cafe\u0301"),
        ("Title", "Stra\u00dfe", "STRASSE "),
        ("WebsiteUrl", "acme.example", "https://acme.example/"),
        ("WebsiteUrl", "http://acme.example", "https://ACME.example"),
        ("Phone", "+1-555-0147", "+15550147"),
        ("Phone", "(555) 01 47", "555.0147"),
        ("AccountIdentifier", "cust-acc-0123456789abc", "arn:aws:partnercentral::x:catalog/AWS/cust-acc-0123456789abc"),
    ],
)
def test_what_a_service_may_store_differently_is_equal_only_loosely(name: str, one: str, other: str) -> None:
    assert is_equal(one, other, loose, name)
    assert not is_equal(one, other, exact, name)
    assert not is_equal(one, other, case, name)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("Title", "Move to AWS", "Move  to AWS"),
        ("Title", "acme.example", "https://acme.example/"),
        ("Title", "+1-555-0147", "+15550147"),
        ("WebsiteUrl", "acme.example", "ftp://acme.example"),
        ("WebsiteUrl", "acme.example/a", "acme.example"),
        ("Phone", "+15550147", "15550147"),
        ("Phone", "5550147", "5550148"),
        ("Phone", "5550147 x1", "55501471"),
        ("AccountIdentifier", "cust-acc-0123456789abc", "cust-acc-0123456789abd"),
    ],
)
def test_other_differences_are_differences(name: str, one: str, other: str) -> None:
    assert not any(is_equal(one, other, form, name) for form in FORMS)


def test_a_difference_of_case_is_one_only_exactly() -> None:
    assert not is_equal("acme", "Acme", exact)
    assert is_equal("acme", "Acme", case)
    assert is_equal("acme", "Acme", loose)


def test_each_member_with_a_rule_of_its_own_is_a_member_of_the_service_model() -> None:
    names = {name for found in MODEL.values() for name in found.get("members", {})}
    assert set(LOOSE_MEMBERS) <= names


@pytest.mark.parametrize(("current", "declared"), [(True, "true"), (5, "5"), (1.5, "1.5"), (0, "0"), (False, "false")])
@pytest.mark.parametrize("form", FORMS)
def test_a_number_or_boolean_is_equal_to_its_text(current: Any, declared: str, form: Any) -> None:
    # CloudFormation delivers both as text.
    assert is_equal(current, declared, form)
    assert not is_equal(current, declared + "1", form)


@pytest.mark.parametrize("form", FORMS)
def test_nulls_are_dropped(form: Any) -> None:
    assert equal({"A": "1", "B": None}, {"A": "1"}, form)
    assert equal({"A": ["1", None]}, {"A": ["1"]}, form)
    assert not equal({"A": "1"}, {"A": None}, form)
    assert not equal({"A": "1"}, {}, form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("other", ["x", ["x", "y"], ["y"], {"A": "x"}, {}, []])
def test_values_of_another_kind_or_length_are_different(other: Any, form: Any) -> None:
    assert not equal({"B": ["x"]}, {"B": other}, form)
    assert not equal({"B": {"B": "x"}}, {"B": other}, form)


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_members_is_not_significant_and_that_of_lists_is(form: Any) -> None:
    assert equal(PROJECT, dict(reversed(PROJECT.items())), form)
    assert not equal(PROJECT, OTHER_PROJECT, form)
    assert not equal(["A", "B"], ["B", "A"], form)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(NOON),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Phone", "WebsiteUrl", "AccountIdentifier", "A"]), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(JSON_VALUES, JSON_VALUES)
def test_any_value_is_equal_to_itself_and_each_form_is_weaker_than_the_one_before(one: Any, other: Any) -> None:
    assert equal(one, one, exact)
    strict, insensitive, weak = (equal(one, other, form) for form in FORMS)
    assert strict <= insensitive <= weak
