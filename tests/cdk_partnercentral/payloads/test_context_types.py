"""The table of context types agrees with the service model, the public enum, and the types that the constructs accept."""

import inspect
import json
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape, StructureShape

from cdk_partnercentral import Engagement, EngagementContext, EngagementContextType
from cdk_partnercentral._payloads.context_types import CONTEXT_TYPES, type_of
from cdk_partnercentral._validation.rules import MODEL


def shape(name: str) -> Shape:
    return ServiceModel(json.loads(MODEL.read_text())).shape_for(name)


def members(name: str) -> set[str]:
    found = shape(name)
    assert isinstance(found, StructureShape)
    return set(found.members)


def test_the_table_contains_every_type_once() -> None:
    types = [each.name for each in CONTEXT_TYPES]

    assert types == list(EngagementContextType)
    assert [each.value for each in types] == shape("EngagementContextType").metadata["enum"]


def test_each_type_has_the_name_of_its_member_of_the_union() -> None:
    assert {each.name.value for each in CONTEXT_TYPES} == members("EngagementContextPayload")


def test_a_type_can_be_updated_if_the_api_has_an_update_for_it() -> None:
    updated = {each.name.value for each in CONTEXT_TYPES if each.can_be_updated}

    assert updated == members("UpdateEngagementContextPayload")


def test_lists_that_are_appended_to_have_items_with_that_date() -> None:
    lists = {
        each.name.value: (each.appended, each.dated_by) for each in CONTEXT_TYPES if each.appended or each.dated_by
    }

    assert lists == {"Lead": ("Interactions", "InteractionDate")}
    assert "Interactions" in members("LeadContext")
    assert "InteractionDate" in members("LeadInteraction")


@pytest.mark.parametrize("function", [EngagementContext, Engagement.add_context])
def test_the_constructs_accept_every_payload_class(function: Any) -> None:
    accepted = str(inspect.signature(function).parameters["payload"].annotation).split(" | ")

    classes = [each.payload_class.__name__ for each in CONTEXT_TYPES]
    assert accepted == [*classes, "Mapping[str, Any]", "IResolvable"]


@pytest.mark.parametrize(
    ("payload", "type_"),
    [
        ({"Lead": {}}, "Lead"),
        ({"Lead": {}, "CustomerProject": {}}, None),
        ({"Novelty": {}}, "Novelty"),
        ({"{{resolve:ssm:/x}}": {}}, None),
        ({8: {}}, None),
        ({}, None),
        ("x", None),
    ],
)
def test_the_type_of_a_payload_is_that_of_its_only_member(payload: object, type_: str | None) -> None:
    assert type_of(payload) == type_
