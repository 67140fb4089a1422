"""The rules of Leads: interactions are a multiset that only grows, and AWS fills in members of its own."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context.lead import FILLED_IN, INTERACTIONS, LIMIT, Lead, unmatched
from lambda_handler.errors import ResourceError
from tests.lambda_handler.scripted import interaction, lead

ANN, BEN, CLEO = interaction("Ann"), interaction("Ben"), interaction("Cleo")
NOON = "2026-05-01T12:00:00Z"
LEAD = Lead()


def dated(*fractions: str) -> list[dict[str, Any]]:
    """Return the same interaction, dated with these fractions of one second."""
    return [{**ANN, "InteractionDate": f"2026-05-01T12:00:00{fraction}Z"} for fraction in fractions]


def test_the_names_and_the_limit_are_those_of_the_service_model() -> None:
    model: Any = Session().get_service_model("partnercentral-selling").shape_for("EngagementContextPayload")
    members = model.members["Lead"].members
    assert {*FILLED_IN, INTERACTIONS} <= members.keys()
    assert members[INTERACTIONS].metadata["max"] == LIMIT


@given(st.permutations([ANN, ANN, BEN, CLEO]))
def test_the_order_of_interactions_is_not_significant(order: list[dict[str, Any]]) -> None:
    assert LEAD.is_adoptable(lead(*order), lead(ANN, BEN, CLEO, ANN))


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
def test_each_current_interaction_is_the_counterpart_of_one_desired(
    current: list[Any], desired: list[Any], missing: list[Any]
) -> None:
    assert unmatched(desired, current) == missing
    assert LEAD.is_adoptable(lead(*current), lead(*desired)) == (not missing)


def test_case_and_outer_white_space_of_an_interaction_are_not_significant() -> None:
    assert unmatched([{**ANN, "Usecase": "Migration"}], [{**ANN, "Usecase": " MIGRATION\n"}]) == []


def test_an_undated_interaction_does_not_take_the_counterpart_of_a_dated_one() -> None:
    at_noon, stamped = {**ANN, "InteractionDate": NOON}, {**ANN, "InteractionDate": "2026-05-02T00:00:00Z"}
    for current in ([at_noon, stamped], [stamped, at_noon]):
        for desired in ([ANN, at_noon], [at_noon, ANN]):
            assert unmatched(desired, current) == []
    assert unmatched([ANN, at_noon], [at_noon]) == [ANN]


def test_a_declared_date_needs_a_counterpart_with_a_date() -> None:
    at_noon = {**ANN, "InteractionDate": NOON}
    assert unmatched([at_noon], [ANN]) == [at_noon]


@pytest.mark.parametrize("text", ["2026-05-01T12:00:00.000Z", "2026-05-01T14:00:00+02:00"])
def test_a_date_in_another_notation_is_the_same_date(text: str) -> None:
    assert unmatched([{**ANN, "InteractionDate": NOON}], [{**ANN, "InteractionDate": text}]) == []


def test_dates_are_compared_to_the_second_only_on_request() -> None:
    # The service may store no fraction of a second.
    with_fraction, without = dated(".120"), dated("")
    assert unmatched(with_fraction, without) == with_fraction
    assert unmatched(with_fraction, without, to_the_second=True) == []
    assert unmatched(without, with_fraction, to_the_second=True) == []
    assert not LEAD.is_adoptable(lead(*without), lead(*with_fraction))


def test_the_same_fraction_of_a_second_is_matched_first() -> None:
    assert unmatched(dated(".1", ".5"), dated(".5"), to_the_second=True) == dated(".1")
    assert unmatched(dated(".1", ".5"), dated(""), to_the_second=True) == dated(".5")
    assert unmatched(dated(".1", ".5"), dated("", ""), to_the_second=True) == []


def test_another_second_and_a_missing_date_are_different_to_the_second() -> None:
    other = [{**ANN, "InteractionDate": "2026-05-01T12:00:01Z"}]
    assert unmatched(other, dated(".9"), to_the_second=True) == other
    assert unmatched(other, [ANN], to_the_second=True) == other
    assert unmatched([*other, ANN], [*other, *dated(".9")], to_the_second=True) == []


@pytest.mark.parametrize("malformed", ["text", {"A": "B"}, ["text", None], [[ANN]], [5], None, 5])
def test_malformed_interactions_of_an_old_declaration_are_no_error(malformed: Any) -> None:
    pending, _ = LEAD.pending_interactions(lead(ANN), lead(ANN, BEN), {INTERACTIONS: malformed}, ())
    assert pending == [BEN]


@pytest.mark.parametrize(
    ("malformed", "sent"), [("text", ["text"]), ({"A": "B"}, [{"A": "B"}]), (["text", ANN], ["text"]), (5, [5])]
)
def test_malformed_desired_interactions_are_sent_so_that_the_service_refuses_them(malformed: Any, sent: Any) -> None:
    pending, _ = LEAD.pending_interactions(lead(ANN), {INTERACTIONS: malformed}, lead(ANN), ())
    assert pending == sent


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text(max_size=3) | st.sampled_from([ANN, BEN, *dated("", ".5")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["InteractionDate", "A"]), inner),
    max_leaves=5,
)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_value_of_interactions_causes_another_exception(current: Any, desired: Any, previous: Any) -> None:
    def pending(settled: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        old, new, now = ({INTERACTIONS: value} for value in (previous, desired, current))
        return LEAD.pending_interactions(now, new, old, settled)

    try:
        due, settled = pending(())
    except ResourceError:
        return
    assert pending([*settled, *due])[0] == []


filled_in_by_aws = pytest.mark.parametrize(
    ("name", "value"), [("QualificationStatus", "Qualified"), ("Insights", {"LeadReadinessScore": "High"})]
)


@filled_in_by_aws
def test_a_member_that_aws_filled_in_is_tolerated(name: str, value: Any) -> None:
    assert LEAD.is_equivalent(lead(ANN, **{name: value}), lead(ANN), {})


@filled_in_by_aws
def test_a_member_that_was_declared_before_must_be_gone(name: str, value: Any) -> None:
    current, desired = lead(ANN, **{name: value}), lead(ANN)
    assert not LEAD.is_equivalent(current, desired, lead(ANN, **{name: value}))
    assert LEAD.is_equivalent(desired, desired, lead(ANN, **{name: value}))
    padded = {"LeadReadinessScore": " HIGH"} if name == "Insights" else "qualified "
    assert not LEAD.is_equivalent(current, desired, lead(ANN, **{name: padded}))


@filled_in_by_aws
def test_a_member_that_differs_from_what_was_declared_before_is_tolerated(name: str, value: Any) -> None:
    # In a rollback, what was declared before may never have arrived.
    assert LEAD.is_equivalent(lead(ANN, **{name: value}), lead(ANN), lead(ANN, **{name: "other"}))


@filled_in_by_aws
def test_a_declared_member_is_compared_exactly(name: str, value: Any) -> None:
    assert LEAD.is_equivalent(lead(ANN, **{name: value}), lead(ANN, **{name: value}), {})
    assert not LEAD.is_equivalent(lead(ANN), lead(ANN, **{name: value}), {})
    assert not LEAD.is_equivalent(lead(ANN, **{name: "other"}), lead(ANN, **{name: value}), {})


@filled_in_by_aws
def test_only_a_member_that_aws_filled_in_is_sent_back(name: str, value: Any) -> None:
    current = lead(ANN, **{name: value})
    assert LEAD.filled_in(current, lead(ANN), {}) == {name: value}
    assert LEAD.filled_in(current, lead(ANN, **{name: "mine"}), {}) == {}
    assert LEAD.filled_in(current, lead(ANN), lead(ANN, **{name: value})) == {}
    assert LEAD.filled_in(current, lead(ANN), lead(ANN, **{name: "mine"})) == {name: value}
    assert LEAD.filled_in(lead(ANN), lead(ANN), {}) == {}


def test_the_customer_of_a_lead_is_compared_exactly() -> None:
    current = {**lead(ANN), "Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced"}}
    assert not LEAD.is_equivalent(current, lead(ANN), {})


def test_an_update_of_a_lead_has_one_interaction_instead_of_the_list() -> None:
    desired = lead(ANN, BEN, QualificationStatus="Open")
    rest = {"Customer": desired["Customer"], "QualificationStatus": "Open"}
    assert LEAD.update_payload(desired, None, {}) == rest
    assert LEAD.update_payload(desired, BEN, {}) == {**rest, "Interaction": BEN}
    assert LEAD.update_payload(desired, BEN, {"Insights": 1, "QualificationStatus": "Lost"}) == {
        **rest,
        "Insights": 1,
        "Interaction": BEN,
    }
