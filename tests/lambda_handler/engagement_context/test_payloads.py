"""Payloads as trees: leaves, merging, removing, and what the service model knows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context.payloads import (
    at,
    has_values,
    is_known,
    is_optional,
    known_part,
    leaves,
    merged,
    missing,
    without,
)
from tests.lambda_handler.scripted import PROJECT, SHAPES

LEAD: Any = SHAPES[True]["Lead"]["members"]
PROJECTS: Any = SHAPES[True]["CustomerProject"]["members"]
EMPTY: list[Any] = [None, {}, [], {"A": {}}, {"A": None}, [None, {}], {"A": {"B": [{}, []]}}]
TREES = st.recursive(
    st.none() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ABC"), inner, max_size=3),
    max_leaves=8,
)
PAYLOADS = st.dictionaries(st.sampled_from("ABC"), TREES, max_size=3)


@pytest.mark.parametrize("value", EMPTY)
def test_a_value_without_a_scalar_is_no_leaf(value: Any) -> None:
    assert not has_values(value)
    assert list(leaves({"X": value})) == []


@pytest.mark.parametrize("value", ["", "x", ["x"], [{"A": "x"}], 0, False])
def test_a_scalar_and_a_list_are_one_leaf(value: Any) -> None:
    assert has_values(value)
    assert list(leaves({"X": {"Y": value}})) == [(("X", "Y"), value)]


def test_the_value_at_a_path() -> None:
    assert at(PROJECT, ("Project", "Title")) == "Move to AWS"
    assert at(PROJECT, ()) == PROJECT
    assert [at(PROJECT, path) for path in [("X",), ("X", "Y"), ("Project", "Title", "Z")]] == [None] * 3


def test_each_declared_leaf_takes_its_place_and_everything_else_stays() -> None:
    current = {"A": {"B": "1", "C": "2"}, "D": ["3"], "E": {"F": "4"}, "G": "5"}
    desired = {"A": {"C": "6", "New": {"X": "7"}}, "D": ["8", "9"], "G": {"H": "0"}, "E": "text"}
    assert merged(current, desired) == {
        "A": {"B": "1", "C": "6", "New": {"X": "7"}},
        "D": ["8", "9"],
        "E": "text",
        "G": {"H": "0"},
    }
    assert current["A"] == {"B": "1", "C": "2"}


@pytest.mark.parametrize("value", EMPTY)
def test_an_empty_value_manages_nothing(value: Any) -> None:
    assert merged({"A": {"B": "1"}}, {"A": value, "C": value}) == {"A": {"B": "1"}}


@given(PAYLOADS, PAYLOADS)
def test_a_merged_payload_has_every_declared_leaf_and_loses_no_other(current: Any, desired: Any) -> None:
    result = merged(current, desired)
    for path, value in leaves(desired):
        assert at(result, path) == value
    declared = [path for path, _ in leaves(desired)]
    for path, value in leaves(current):
        if not any(path[: len(other)] == other or other[: len(path)] == path for other in declared):
            assert at(result, path) == value


def test_a_removed_leaf_takes_the_maps_along_that_become_empty() -> None:
    payload = {"A": {"B": {"C": "1"}, "D": "2"}, "E": {"F": "3"}, "G": "4"}
    assert without(payload, {("A", "B", "C"), ("E", "F")}) == {"A": {"D": "2"}, "G": "4"}
    assert without(payload, {("G",), ("X", "Y"), ("G", "H"), ("A", "D", "Z")}) == {
        "A": {"B": {"C": "1"}, "D": "2"},
        "E": {"F": "3"},
    }
    assert without({"G": "4"}, {("G", "H")}) == {"G": "4"}
    assert without(payload, set()) == payload


@pytest.mark.parametrize(
    ("path", "known", "optional"),
    [
        (("Customer", "CompanyName"), True, False),
        (("Customer", "Industry"), True, True),
        (("Insights",), True, True),
        (("Insights", "New"), False, True),
        (("New", "Newer"), False, True),
        (("QualificationStatus", "New"), False, True),
    ],
)
def test_what_the_service_model_knows_and_requires(path: Any, known: bool, optional: bool) -> None:
    assert (is_known(LEAD, path), is_optional(LEAD, path, ())) == (known, optional)


@pytest.mark.parametrize(
    ("declared", "optional"),
    [((), True), ((("Insights", "LeadReadinessScore"),), True), ((("Insights", "Channel", "Windows"),), False)],
)
def test_a_required_member_can_be_left_out_with_its_structure(declared: Any, optional: bool) -> None:
    member = {"required": True, "members": None}
    channel = {"required": False, "members": {"Name": member, "Windows": {"required": False, "members": None}}}
    shape = {"Insights": {"required": False, "members": {"Channel": channel}}}
    assert is_optional(shape, ("Insights", "Channel", "Name"), declared) is optional


def test_nothing_is_known_of_an_unknown_type() -> None:
    assert not is_known({}, ("Customer",))
    assert is_optional({}, ("Customer",), ())


def test_missing_members_are_named_by_their_paths() -> None:
    assert list(missing(LEAD, {"Insights": {}})) == ["Customer"]
    assert list(missing(LEAD, {"Customer": {"Industry": "Retail"}})) == ["Customer.CompanyName"]
    incomplete = {"Customer": {"CompanyName": "A"}, "Interaction": {"Contact": {"Email": "a"}}}
    assert sorted(missing(LEAD, incomplete)) == [
        "Interaction.Contact.BusinessTitle",
        "Interaction.Contact.FirstName",
        "Interaction.Contact.LastName",
    ]
    assert list(missing(PROJECTS, {"Customer": "text"})) == []
    assert list(missing(PROJECTS, PROJECT)) == []
    assert list(missing({}, {"Any": "thing"})) == []


def test_the_known_part_keeps_what_the_model_knows_and_what_is_declared() -> None:
    contact = LEAD["Interaction"]["members"]
    current = {
        "Contact": {"Email": "a", "New": "1", "Mine": "2"},
        "Id": "3",
        "Label": {"X": "4", "Y": "5"},
        "Usecase": "6",
    }
    declared = {"Contact": {"Mine": "0"}, "Label": {"X": "0"}}
    assert known_part(current, declared, contact) == {
        "Contact": {"Email": "a", "Mine": "2"},
        "Label": {"X": "4"},
        "Usecase": "6",
    }
    assert known_part("text", declared, contact) == "text"
    assert known_part(current, "text", contact) == current
