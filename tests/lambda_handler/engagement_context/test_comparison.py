"""When payloads are equivalent: timestamps are compared as instants, and everything else exactly."""

from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context import comparison
from lambda_handler.engagement_context.comparison import ContextType, canonical, has_values, instant
from lambda_handler.engagement_context.context_types import CONTEXT_TYPES
from tests.lambda_handler.scripted import OTHER_PROJECT, PROJECT

NOON = "2026-05-01T12:00:00Z"


def is_equivalent(current: Any, desired: Any) -> bool:
    """Compare payloads of a Type without rules of its own."""
    return ContextType().is_equivalent(current, desired, {})


def result(**aws: Any) -> dict[str, Any]:
    """Return a ProspectingResult."""
    return {"Aws": aws}


def shapes() -> dict[str, Shape]:
    """Return every member below the payload union of the SDK's service model, by its path."""
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


def test_every_timestamp_of_the_service_model_is_compared_as_an_instant() -> None:
    members = {path: shape for path, shape in shapes().items() if shape.type_name == "timestamp"}
    assert members
    assert {path.rpartition(".")[2] for path in members} == set(comparison.TIMESTAMPS)


def test_no_other_member_of_the_service_model_has_the_name_of_a_timestamp() -> None:
    others = {path.rpartition(".")[2] for path, shape in shapes().items() if shape.type_name != "timestamp"}
    assert not others & set(comparison.TIMESTAMPS)


def test_the_service_model_has_no_scalar_that_cloudformation_would_turn_into_a_string() -> None:
    assert {shape.type_name for shape in shapes().values()} == {"string", "timestamp", "list", "structure"}


def test_the_table_has_every_type_of_the_service_model() -> None:
    union = shapes()["EngagementContextPayload"]
    assert isinstance(union, StructureShape)
    assert set(union.members) == set(CONTEXT_TYPES)


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
        "2026-05-01 12:00:00z",
    ],
)
def test_an_instant_is_the_same_in_every_notation(text: str) -> None:
    assert instant(text) == instant(NOON)
    assert is_equivalent(result(StartTime=text), result(StartTime=NOON))
    assert is_equivalent(result(StartTime=NOON), result(StartTime=text))


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
def test_another_instant_is_different(text: str) -> None:
    assert not is_equivalent(result(EndTime=NOON), result(EndTime=text))


@pytest.mark.parametrize("text", ["noon", "2026-02-30T12:00:00Z", "9999-12-31T23:59:59-01:00", "2026-05-01", ""])
def test_a_timestamp_that_is_no_instant_is_compared_as_text(text: str) -> None:
    assert instant(text) == text
    assert is_equivalent(result(EndTime=text), result(EndTime=text))


def test_a_timestamp_of_another_kind_is_compared_as_it_is() -> None:
    assert canonical({"EndTime": 5}) == {"EndTime": 5}


def test_a_member_that_is_no_timestamp_is_compared_as_text() -> None:
    one = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "2026-05-01T12:00:00Z"}}
    other = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "2026-05-01T14:00:00+02:00"}}
    assert not is_equivalent(one, other)


def test_a_project_is_compared_exactly() -> None:
    assert is_equivalent(dict(PROJECT), dict(reversed(PROJECT.items())))
    assert not is_equivalent(OTHER_PROJECT, PROJECT)
    assert not is_equivalent({**PROJECT, "Customer": {**PROJECT["Customer"], "CompanyName": "acme tools"}}, PROJECT)
    assert not is_equivalent({**PROJECT, "Customer": {**PROJECT["Customer"], "CompanyName": "Acme Tools "}}, PROJECT)
    assert not is_equivalent({"Customer": PROJECT["Customer"]}, PROJECT)
    assert not is_equivalent(PROJECT, {"Customer": PROJECT["Customer"]})


def test_the_order_of_a_list_is_significant() -> None:
    one = result(Customer={"EligiblePrograms": ["A", "B"]})
    other = result(Customer={"EligiblePrograms": ["B", "A"]})
    assert is_equivalent(one, one)
    assert not is_equivalent(one, other)


def test_a_type_without_rules_of_its_own_is_updated_as_a_whole() -> None:
    type_ = ContextType()
    assert type_.filled_in(PROJECT, {}, {}) == {}
    assert type_.pending_interactions({}, PROJECT, {}, ()) == ((), ())
    assert type_.update_payload(PROJECT, None, {}) == PROJECT
    assert type_.is_adoptable(PROJECT, PROJECT)
    assert not type_.is_adoptable(OTHER_PROJECT, PROJECT)


@pytest.mark.parametrize("payload", [{}, {"Customer": {}}, {"Interactions": []}, {"A": {"B": [{}, []]}}, {"A": None}])
def test_a_payload_of_empty_containers_and_nulls_has_no_values(payload: Any) -> None:
    assert not has_values(payload)


@pytest.mark.parametrize("payload", [PROJECT, {"A": ""}, {"A": {"B": [{"C": "0"}]}}])
def test_a_payload_with_any_scalar_has_values(payload: Any) -> None:
    assert has_values(payload)


JSON_VALUES = st.recursive(
    st.none() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_any_value_is_equivalent_to_itself(value: Any) -> None:
    payload = value if isinstance(value, Mapping) else {"StartTime": value}
    assert is_equivalent(payload, payload)
