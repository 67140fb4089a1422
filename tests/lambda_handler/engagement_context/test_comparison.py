"""When two payloads say the same: instants, multisets, one tolerance, and everything else exactly."""

from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context import comparison
from tests.lambda_handler.scripted import OTHER_PROJECT, PROJECT, interaction, lead

ANN, BEN, CLEO = interaction("Ann"), interaction("Ben"), interaction("Cleo")
NOON = "2026-05-01T12:00:00Z"


def says(held: Any, declared: Any, type_: str = "CustomerProject", before: Any = None) -> bool:
    """Ask whether a held payload says what is declared."""
    return comparison.says(held, declared, type_, previous=before or {})


def shapes() -> dict[str, Shape]:
    """Return every member below the payload union of the SDK's own service model, by its path."""
    model = botocore.session.Session().get_service_model("partnercentral-selling")
    found: dict[str, Shape] = {}

    def walk(shape: Shape, path: str) -> None:
        found[path] = shape
        if isinstance(shape, StructureShape):
            for name, member in shape.members.items():
                walk(member, f"{path}.{name}")
        elif isinstance(shape, ListShape):
            walk(shape.member, f"{path}[]")

    for union in ("EngagementContextPayload", "UpdateEngagementContextPayload"):
        walk(model.shape_for(union), union)
    return found


def test_every_timestamp_of_the_model_is_compared_as_an_instant() -> None:
    members = {path: shape for path, shape in shapes().items() if shape.type_name == "timestamp"}
    assert members
    assert {path.rpartition(".")[2] for path in members} == set(comparison.TIMESTAMPS)


def test_every_name_on_the_way_to_a_timestamp_is_known() -> None:
    paths = [path.replace("[]", "").split(".") for path, shape in shapes().items() if shape.type_name == "timestamp"]
    # Below the union and its member; an update of a Lead has one Interaction, which nobody declares.
    parents = {name for path in paths for name in path[2:-1]} - {"Interaction"}
    assert parents == set(comparison.PARENTS)


def test_no_member_that_is_a_text_has_a_timestamps_name() -> None:
    texts = {path.rpartition(".")[2] for path, shape in shapes().items() if shape.type_name != "timestamp"}
    assert not texts & set(comparison.TIMESTAMPS)


def test_the_model_holds_nothing_that_cloudformation_would_make_a_string_of() -> None:
    assert {shape.type_name for shape in shapes().values()} == {"string", "timestamp", "list", "structure"}


def test_the_types_of_the_model_are_the_ones_that_are_handled() -> None:
    union = shapes()["EngagementContextPayload"]
    assert isinstance(union, StructureShape)
    assert set(union.members) == {"CustomerProject", "Lead", "ProspectingResult"}
    assert {"Insights", "QualificationStatus", "Interactions"} <= set(union.members["Lead"].members)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00.0Z",
        "2026-05-01T12:00:00.000000000Z",
        "2026-05-01T12:00:00+00:00",
        "2026-05-01T14:00:00+02:00",
        "2026-05-01T14:00:00.000+0200",
        "2026-05-01T06:30:00-05:30",
        "2026-05-02T01:45:00+13:45",
    ],
)
def test_an_instant_is_one_in_every_notation(text: str) -> None:
    held, declared = lead({**ANN, "InteractionDate": NOON}), lead({**ANN, "InteractionDate": text})
    assert says(held, declared, "Lead")
    assert says(declared, held, "Lead")
    assert says({"Aws": {"StartTime": text}}, {"Aws": {"StartTime": NOON}}, "ProspectingResult")


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:01Z",
        "2026-05-01T12:00:00.000001Z",
        "2026-05-01T12:00:00+01:00",
        "2026-05-02T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-02-30T12:00:00Z",
        "noon",
        "",
    ],
)
def test_another_instant_is_another(text: str) -> None:
    assert not says(lead({**ANN, "InteractionDate": NOON}), lead({**ANN, "InteractionDate": text}), "Lead")


@pytest.mark.parametrize("text", ["noon", "2026-02-30T12:00:00Z", "9999-12-31T23:59:59-01:00", ""])
def test_what_is_no_instant_equals_itself(text: str) -> None:
    assert says({"Aws": {"EndTime": text}}, {"Aws": {"EndTime": text}}, "ProspectingResult")


def test_a_text_that_looks_like_an_instant_is_a_text() -> None:
    one = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "2026-05-01T12:00:00Z"}}
    other = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "2026-05-01T14:00:00+02:00"}}
    assert not says(one, other)


def test_a_project_is_compared_exactly() -> None:
    assert says(dict(PROJECT), dict(reversed(PROJECT.items())))
    assert not says(OTHER_PROJECT, PROJECT)
    assert not says({**PROJECT, "Customer": {**PROJECT["Customer"], "CompanyName": "acme tools"}}, PROJECT)
    assert not says({**PROJECT, "Customer": {**PROJECT["Customer"], "CompanyName": "Acme Tools "}}, PROJECT)
    assert not says({"Customer": PROJECT["Customer"]}, PROJECT)
    assert not says(PROJECT, {"Customer": PROJECT["Customer"]})


def test_the_order_of_a_list_counts_outside_interactions() -> None:
    one = {"Aws": {"Customer": {"EligiblePrograms": ["A", "B"]}}}
    other = {"Aws": {"Customer": {"EligiblePrograms": ["B", "A"]}}}
    assert says(one, one, "ProspectingResult")
    assert not says(one, other, "ProspectingResult")


@given(st.permutations([ANN, ANN, BEN, CLEO]))
def test_the_interactions_of_a_lead_are_a_multiset(order: list[dict[str, Any]]) -> None:
    assert says(lead(*order), lead(ANN, BEN, CLEO, ANN), "Lead")


@pytest.mark.parametrize(
    ("held", "declared", "missing"),
    [
        ([ANN], [ANN, ANN], [ANN]),
        ([ANN, ANN], [ANN, ANN], []),
        ([ANN, ANN, ANN], [ANN, ANN], []),
        ([], [ANN, BEN], [ANN, BEN]),
        ([BEN], [CLEO, BEN, ANN], [CLEO, ANN]),
        ([BEN, ANN], [], []),
    ],
)
def test_each_held_interaction_stands_for_one_declared(
    held: list[Any], declared: list[Any], missing: list[Any]
) -> None:
    assert comparison.unsent_interactions(lead(*held), lead(*declared), "Lead") == missing
    assert says(lead(*held), lead(*declared), "Lead") == (not missing)


def test_an_undated_interaction_never_takes_what_only_a_dated_one_can() -> None:
    dated, stamped = {**ANN, "InteractionDate": NOON}, {**ANN, "InteractionDate": "2026-05-02T00:00:00Z"}
    for held in ([dated, stamped], [stamped, dated]):
        for declared in ([ANN, dated], [dated, ANN]):
            assert comparison.unsent_interactions(lead(*held), lead(*declared), "Lead") == []
    assert comparison.unsent_interactions(lead(dated), lead(ANN, dated), "Lead") == [ANN]


def dated(*fractions: str) -> list[dict[str, Any]]:
    """Return the same interaction, dated with these fractions of one second."""
    return [{**ANN, "InteractionDate": f"2026-05-01T12:00:00{fraction}Z"} for fraction in fractions]


def test_a_date_is_compared_to_the_second_only_where_the_service_may_have_cut_it() -> None:
    declared, held = dated(".120"), dated("")
    assert comparison.unmatched(declared, held) == declared
    assert comparison.unmatched(declared, held, cut=True) == []
    assert comparison.unmatched(held, declared, cut=True) == []
    assert not says(lead(*held), lead(*declared), "Lead")


def test_the_same_fraction_goes_before_the_same_second() -> None:
    assert comparison.unmatched(dated(".1", ".5"), dated(".5"), cut=True) == dated(".1")
    assert comparison.unmatched(dated(".1", ".5"), dated(""), cut=True) == dated(".5")
    assert comparison.unmatched(dated(".1", ".5"), dated("", ""), cut=True) == []


def test_another_second_and_no_date_are_others_though_dates_may_be_cut() -> None:
    other = [{**ANN, "InteractionDate": "2026-05-01T12:00:01Z"}]
    assert comparison.unmatched(other, dated(".9"), cut=True) == other
    assert comparison.unmatched(other, [ANN], cut=True) == other
    assert comparison.unmatched([*other, ANN], [*other, *dated(".9")], cut=True) == []


def test_a_declared_date_is_no_field_that_aws_filled_in() -> None:
    dated = {**ANN, "InteractionDate": NOON}
    assert comparison.unsent_interactions(lead(ANN), lead(dated), "Lead") == [dated]


@pytest.mark.parametrize(
    ("name", "value"), [("QualificationStatus", "Qualified"), ("Insights", {"LeadReadinessScore": "High"})]
)
class TestWhatAwsFillsIn:
    """QualificationStatus and Insights of a Lead."""

    def test_is_tolerated_where_it_was_never_declared(self, name: str, value: Any) -> None:
        """The one tolerance."""
        assert says(lead(ANN, **{name: value}), lead(ANN), "Lead")

    def test_must_be_gone_where_it_was_declared_before(self, name: str, value: Any) -> None:
        """As it was declared, or as the service tidied that."""
        assert not says(lead(ANN, **{name: value}), lead(ANN), "Lead", previous=lead(ANN, **{name: value}))
        assert says(lead(ANN), lead(ANN), "Lead", previous=lead(ANN, **{name: value}))
        padded = {"LeadReadinessScore": " HIGH"} if name == "Insights" else "qualified "
        assert not says(lead(ANN, **{name: value}), lead(ANN), "Lead", previous=lead(ANN, **{name: padded}))

    def test_is_tolerated_where_something_else_was_declared_before(self, name: str, value: Any) -> None:
        """In a rollback that never arrived, and what is held is AWS's."""
        assert says(lead(ANN, **{name: value}), lead(ANN), "Lead", previous=lead(ANN, **{name: "other"}))

    def test_is_compared_exactly_where_it_is_declared(self, name: str, value: Any) -> None:
        """In both directions."""
        assert says(lead(ANN, **{name: value}), lead(ANN, **{name: value}), "Lead")
        assert not says(lead(ANN), lead(ANN, **{name: value}), "Lead")
        assert not says(lead(ANN, **{name: "other"}), lead(ANN, **{name: value}), "Lead")

    def test_is_not_tolerated_on_anything_but_a_lead(self, name: str, value: Any) -> None:
        """A project of that shape does not exist, and would be compared exactly."""
        assert not says({**PROJECT, name: value}, PROJECT)

    def test_is_what_an_update_gives_back(self, name: str, value: Any) -> None:
        """And no more than that."""
        held = lead(ANN, **{name: value})
        assert comparison.filled_in(held, lead(ANN), {}) == {name: value}
        assert comparison.filled_in(held, lead(ANN, **{name: "mine"}), {}) == {}
        assert comparison.filled_in(held, lead(ANN), lead(ANN, **{name: value})) == {}
        assert comparison.filled_in(held, lead(ANN), lead(ANN, **{name: "mine"})) == {name: value}
        assert comparison.filled_in(lead(ANN), lead(ANN), {}) == {}


def test_the_customer_of_a_lead_is_compared_exactly() -> None:
    held = {**lead(ANN), "Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced"}}
    assert not says(held, lead(ANN), "Lead")


@pytest.mark.parametrize("payload", [{}, {"Customer": {}}, {"Interactions": []}, {"A": {"B": [{}, []]}}, {"A": None}])
def test_an_empty_payload_says_nothing(payload: Any) -> None:
    assert not comparison.has_values(payload)


@pytest.mark.parametrize("payload", [PROJECT, {"A": ""}, {"A": {"B": [{"C": "0"}]}}])
def test_a_payload_with_any_value_says_something(payload: Any) -> None:
    assert comparison.has_values(payload)


def test_an_update_of_a_lead_has_one_interaction_in_place_of_the_list() -> None:
    declared = lead(ANN, BEN, QualificationStatus="Open")
    rest = {"Customer": declared["Customer"], "QualificationStatus": "Open"}
    assert comparison.lead_update(declared, None, {}) == rest
    assert comparison.lead_update(declared, BEN, {}) == {**rest, "Interaction": BEN}
    assert comparison.lead_update(declared, BEN, {"Insights": 1, "QualificationStatus": "Lost"}) == {
        **rest,
        "Insights": 1,
        "Interaction": BEN,
    }
