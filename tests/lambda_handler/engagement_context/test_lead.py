"""The interactions of a Lead: how they are paired, which are sent, and which are never sent again."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context.lead import INTERACTION, INTERACTIONS, LEAD, LIMIT, Interactions, split, unpaired
from lambda_handler.errors import ResourceError
from tests.lambda_handler.scripted import MODEL, PROJECT, SHAPES, interaction, lead

ANN, BEN, CLEO = interaction("Ann"), interaction("Ben"), interaction("Cleo")
NOON = "2026-05-01T12:00:00Z"
SHAPE: Any = SHAPES[True]["Lead"]["members"]["Interaction"]["members"]


def dated(*fractions: str) -> list[dict[str, Any]]:
    """Return the same interaction, dated with these fractions of one second."""
    return [{**ANN, "InteractionDate": f"2026-05-01T12:00:00{fraction}Z"} for fraction in fractions]


def unmatched(wanted: Sequence[Any], present: Sequence[Any]) -> list[Any]:
    """Return the interactions that have no counterpart."""
    missing, left = unpaired(wanted, present, SHAPE)
    assert len(wanted) - len(missing) == len(present) - len(left)
    return [wanted[place] for place in missing]


def pending(current: Sequence[Any], desired: Sequence[Any], previous: Sequence[Any]) -> list[Any]:
    """Return the interactions to send."""
    return list(Interactions(desired, previous, current, SHAPE).pending())


def test_the_names_and_the_limit_are_those_of_the_service_model() -> None:
    assert INTERACTIONS in SHAPES[False][LEAD]["members"]
    assert INTERACTION in SHAPES[True][LEAD]["members"]
    assert MODEL["LeadInteractionList"]["max"] == LIMIT


def test_only_a_lead_has_interactions() -> None:
    assert split(LEAD, lead(ANN, Insights="x")) == ({"Customer": {"CompanyName": "Acme Tools"}, "Insights": "x"}, [ANN])
    assert split("CustomerProject", PROJECT) == (PROJECT, ())
    assert split("Other", lead(ANN)) == (lead(ANN), ())


@pytest.mark.parametrize(("malformed", "read"), [("text", ["text"]), ({"A": "B"}, [{"A": "B"}]), (5, [5]), (None, [])])
def test_malformed_interactions_are_read_as_one_that_the_service_refuses(malformed: Any, read: Any) -> None:
    assert split(LEAD, {INTERACTIONS: malformed}) == ({}, read)


# Pairing.


@given(st.permutations([ANN, ANN, BEN, CLEO]))
def test_the_order_of_interactions_is_not_significant(order: list[dict[str, Any]]) -> None:
    assert unmatched([ANN, BEN, CLEO, ANN], order) == []


@pytest.mark.parametrize(
    ("current", "desired", "missing"),
    [
        ([ANN], [ANN, ANN], [ANN]),
        ([ANN, ANN], [ANN, ANN], []),
        ([ANN, ANN, ANN], [ANN, ANN], []),
        ([], [ANN, BEN], [ANN, BEN]),
        ([BEN], [CLEO, BEN, ANN], [CLEO, ANN]),
        ([BEN, ANN], [], []),
    ],
)
def test_interactions_are_paired_one_to_one(current: list[Any], desired: list[Any], missing: list[Any]) -> None:
    assert unmatched(desired, current) == missing


def test_what_a_service_may_store_differently_is_paired() -> None:
    declared = {**ANN, "Usecase": "Migration", "Contact": {**ANN["Contact"], "Phone": "+1-555-0147"}}
    stored = {**ANN, "Usecase": " MIGRATION\n", "Contact": {**ANN["Contact"], "Phone": "+15550147"}}
    assert unmatched([declared], [stored]) == []
    assert unmatched([{**declared, "Usecase": "Storage"}], [stored]) != []


def test_members_that_the_model_does_not_know_are_tolerated_unless_they_are_declared() -> None:
    stored = {**ANN, "Id": "int-1", "Contact": {**ANN["Contact"], "Locale": "en"}}
    assert unmatched([ANN], [stored]) == []
    assert unmatched([{**ANN, "Id": "int-2"}], [stored]) != []
    assert unmatched([ANN], [{**ANN, "Usecase": "a member that the model knows"}]) == [ANN]


def test_exact_counterparts_come_first() -> None:
    assert unpaired([{**ANN, "Usecase": "a"}, {**ANN, "Usecase": "A"}], [{**ANN, "Usecase": "A"}], SHAPE) == ([0], [])


def test_an_undated_interaction_does_not_take_the_counterpart_of_a_dated_one() -> None:
    at_noon, stamped = {**ANN, "InteractionDate": NOON}, {**ANN, "InteractionDate": "2026-05-02T00:00:00Z"}
    for current in ([at_noon, stamped], [stamped, at_noon]):
        for desired in ([ANN, at_noon], [at_noon, ANN]):
            assert unmatched(desired, current) == []
    assert unmatched([ANN, at_noon], [at_noon]) == [ANN]


def test_a_date_matters_only_where_both_have_one() -> None:
    at_noon = {**ANN, "InteractionDate": NOON}
    assert unmatched([at_noon], [ANN]) == []
    assert unmatched([ANN], [at_noon]) == []
    assert unmatched([at_noon], [{**ANN, "InteractionDate": "2026-05-01T12:00:01Z"}]) == [at_noon]
    assert unmatched([at_noon], [{**ANN, "InteractionDate": "noon"}]) == [at_noon]


@pytest.mark.parametrize("text", ["2026-05-01T12:00:00.999Z", "2026-05-01T14:00:00+02:00"])
def test_a_date_is_compared_to_the_second_in_any_notation(text: str) -> None:
    assert unmatched([{**ANN, "InteractionDate": NOON}], [{**ANN, "InteractionDate": text}]) == []


def test_the_same_fraction_of_a_second_is_paired_first() -> None:
    assert unpaired(dated(".1", ".5"), dated(".5"), SHAPE) == ([0], [])
    assert unmatched(dated(".1", ".5"), dated("", "")) == []


# What is sent.


def test_new_interactions_are_sent_in_the_order_of_declaration() -> None:
    assert pending([BEN], [CLEO, BEN, ANN], [BEN]) == [CLEO, ANN]


def test_an_interaction_that_the_lead_does_not_have_is_sent_whatever_was_declared_before() -> None:
    # A failed update may have declared it and never sent it.
    assert pending([BEN], [ANN, BEN], [ANN, BEN]) == [ANN]


REWRITTEN = {**ANN, "CustomerAction": "added by AWS"}


def test_an_interaction_that_was_changed_there_is_not_sent_again() -> None:
    assert pending([REWRITTEN], [ANN], [ANN]) == []
    assert pending([REWRITTEN, BEN], [BEN, ANN], [ANN]) == []


def test_a_new_interaction_that_may_be_there_already_is_an_error_that_names_both() -> None:
    changed = {**ANN, "Usecase": "Storage", "Contact": {**ANN["Contact"], "LastName": "Roe"}}
    with pytest.raises(ResourceError) as failed:
        pending([CLEO, REWRITTEN], [CLEO, BEN, changed], [CLEO])
    assert failed.value.code == "UNCERTAIN_INTERACTION"
    text = str(failed.value)
    for part in (
        "The new Interactions[2] may be the Lead's Interactions[1]",
        "Nothing further was sent",
        "SourceId",
        "InteractionDate",
        "differ in Contact.LastName, CustomerAction, Usecase.",
    ):
        assert part in text
    for value in ("Ann", "Roe", "Storage", "AWS"):
        assert value not in text


@pytest.mark.parametrize(
    "other",
    [
        {**REWRITTEN, "SourceType": "Webinar"},
        {**REWRITTEN, "SourceId": "event-2"},
        {**REWRITTEN, "Contact": {**ANN["Contact"], "Email": "other@acme.example"}},
        {key: value for key, value in REWRITTEN.items() if key != "SourceType"},
        "text",
    ],
)
def test_an_interaction_of_another_source_or_person_is_no_candidate(other: Any) -> None:
    assert pending([other], [ANN], []) == [ANN]


def test_an_interaction_of_another_day_is_no_candidate() -> None:
    day, next_day = ({**ANN, "InteractionDate": f"2026-05-0{number}T00:00:00Z"} for number in (1, 2))
    assert pending([{**next_day, "Usecase": "Storage"}], [day], []) == [day]
    for other in ({**day, "InteractionDate": "2026-05-01T23:00:00Z"}, REWRITTEN):
        with pytest.raises(ResourceError, match="may be the Lead's"):
            pending([{**other, "Usecase": "Storage"}], [day], [])


def test_a_rollback_never_fails_as_uncertain() -> None:
    assert pending([REWRITTEN, {**BEN, "Usecase": "x"}], [ANN, BEN], [BEN, ANN, CLEO]) == []


def test_a_second_copy_of_what_was_declared_before_is_new() -> None:
    assert pending([ANN], [ANN, ANN], [ANN]) == [ANN]
    with pytest.raises(ResourceError, match=r"new Interactions\[1\]"):
        pending([ANN, REWRITTEN], [ANN, ANN], [ANN])


TEN = [interaction(f"Name{number}") for number in range(10)]


def test_more_than_ten_interactions_are_an_error() -> None:
    with pytest.raises(ResourceError, match="has 9 interactions, and the declaration contains 2 more") as failed:
        pending(TEN[:9], [*TEN[:9], ANN, BEN], TEN[:9])
    assert failed.value.code == "TOO_MANY_INTERACTIONS"
    assert pending(TEN[:9], [*TEN[:9], ANN], TEN[:9]) == [ANN]
    assert pending([*TEN, ANN], TEN, TEN) == []


# What was sent is never sent again, whatever a read shows.


def then(current: Sequence[Any], *interactions: Any, desired: Sequence[Any], shown: Sequence[Any]) -> Sequence[Any]:
    """Return what is to be sent after these were sent to a Lead, and a read shows this."""
    found = Interactions(desired, [], current, SHAPE)
    for one in interactions:
        found.was_sent(one)
    found.was_read(shown)
    return found.pending()


@pytest.mark.parametrize("shown", [[], [ANN], [BEN], [REWRITTEN]])
def test_what_was_sent_is_not_sent_again(shown: list[Any]) -> None:
    assert then([], ANN, desired=[ANN, CLEO], shown=shown) == [CLEO]


@pytest.mark.parametrize("shown", [[], [CLEO], [REWRITTEN]])
def test_what_an_earlier_read_showed_is_not_sent(shown: list[Any]) -> None:
    assert then([ANN], desired=[ANN, BEN], shown=shown) == [BEN]


@pytest.mark.parametrize("shown", [[], [ANN], [ANN, ANN], [REWRITTEN, ANN]])
def test_copies_are_counted(shown: list[Any]) -> None:
    assert then([ANN], ANN, desired=[ANN, ANN], shown=shown) == []
    assert then([ANN], ANN, desired=[ANN, ANN, ANN], shown=shown) == [ANN]
    assert then([ANN], ANN, desired=[ANN, ANN, BEN], shown=[*shown, BEN]) == []


def test_what_was_sent_and_changed_there_is_no_candidate_for_another_one() -> None:
    # Both have the same source and person, and the service changed the first.
    second = {**ANN, "Usecase": "Storage"}
    assert then([], ANN, desired=[ANN, second], shown=[REWRITTEN]) == [second]
    assert then([], ANN, second, desired=[ANN, second], shown=[REWRITTEN]) == []


def test_what_was_sent_counts_once_toward_the_limit() -> None:
    assert then(TEN[:8], ANN, desired=[*TEN[:9], ANN], shown=[*TEN[:8], REWRITTEN]) == [TEN[8]]
    with pytest.raises(ResourceError, match="has 10 interactions, and the declaration contains 1 more"):
        then(TEN[:9], ANN, desired=[*TEN[:9], ANN, BEN], shown=TEN[:9])


@pytest.mark.parametrize(
    ("before", "after", "arrived"),
    [
        ([BEN], [BEN, ANN], True),
        ([BEN], [BEN, {**ANN, "InteractionDate": NOON}], True),
        ([BEN], [BEN, REWRITTEN], True),
        ([ANN], [ANN, ANN], True),
        ([BEN], [ANN], True),
        ([BEN], [BEN], False),
        ([ANN], [ANN], False),
        ([REWRITTEN], [REWRITTEN], False),
        ([BEN], [BEN, CLEO], False),
    ],
)
def test_an_unknown_outcome_is_decided_by_what_the_lead_had_before(before: Any, after: Any, arrived: bool) -> None:
    assert Interactions([ANN], [], before, SHAPE).arrived(ANN, after) == arrived


# A declaration from another release, or made by hand, can contain anything.


@pytest.mark.parametrize("malformed", ["text", {"A": "B"}, ["text", None], [[ANN]], [5], None, 5])
def test_malformed_interactions_of_an_old_declaration_are_no_error(malformed: Any) -> None:
    assert pending([ANN], [ANN, BEN], split(LEAD, {INTERACTIONS: malformed})[1]) == [BEN]


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text(max_size=3) | st.sampled_from([ANN, BEN, *dated("", ".5")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["InteractionDate", "A"]), inner),
    max_leaves=5,
)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_value_of_interactions_causes_another_exception(current: Any, desired: Any, previous: Any) -> None:
    has, wanted, earlier = (split(LEAD, {INTERACTIONS: value})[1] for value in (current, desired, previous))
    found = Interactions(wanted, earlier, has, SHAPE)
    try:
        due = found.pending()
    except ResourceError:
        return
    for one in due:
        found.was_sent(one)
    assert found.pending() == []
    found.was_read(has)
    assert found.pending() == []
