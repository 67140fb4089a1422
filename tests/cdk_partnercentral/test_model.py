"""The typed payloads can never drift from the service model: names, what is required, lengths, what is sensitive."""

import re
from dataclasses import MISSING, FrozenInstanceError, fields
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from cdk_partnercentral import (
    CustomerProject,
    EngagementContextType,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
    ProjectCustomer,
    ProjectDetails,
)
from cdk_partnercentral._rendering import render

SHAPES: dict[type, str] = {
    CustomerProject: "CustomerProjectsContext",
    ProjectCustomer: "EngagementCustomer",
    ProjectDetails: "EngagementCustomerProjectDetails",
    Lead: "LeadContext",
    LeadCustomer: "LeadCustomer",
    LeadAddress: "LeadAddress",
    LeadInteraction: "LeadInteraction",
    LeadContact: "LeadContact",
    LeadInsights: "LeadInsights",
}


@pytest.fixture(scope="module")
def union() -> StructureShape:
    service = botocore.session.Session().get_service_model("partnercentral-selling")
    shape = service.shape_for("EngagementContextPayload")
    assert isinstance(shape, StructureShape)
    return shape


@pytest.fixture(scope="module")
def structures(union: StructureShape) -> dict[str, StructureShape]:
    found: dict[str, StructureShape] = {}

    def walk(shape: Shape) -> None:
        if isinstance(shape, StructureShape):
            found[shape.name] = shape
            for member in shape.members.values():
                walk(member)
        elif isinstance(shape, ListShape):
            walk(shape.member)

    walk(union)
    return found


def test_every_structure_but_the_ones_aws_writes_has_a_class(structures: dict[str, StructureShape]) -> None:
    others = {name for name in structures if name not in SHAPES.values()}

    assert {name for name in others if not name.startswith("Prospecting")} == {"EngagementContextPayload"}


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_fields_are_the_members_and_required_where_they_are(
    payload_class: Any, structures: dict[str, StructureShape]
) -> None:
    shape = structures[SHAPES[payload_class]]
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): name for name in shape.members}
    required = {each.name for each in fields(payload_class) if each.default is MISSING}

    assert {each.name for each in fields(payload_class)} == set(snake)
    assert {snake[name] for name in required} == set(shape.required_members)
    # Every field with a value of its own, through the rendering: the names come out as the model has them.
    given = payload_class(**{name: f"<{name}>" for name in snake})
    rendered = render({"Lead": given}, None).payload["Lead"]
    assert rendered == {member: f"<{name}>" for name, member in snake.items()}


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_the_docstring_tells_lengths_and_what_is_sensitive(
    payload_class: Any, structures: dict[str, StructureShape]
) -> None:
    shape = structures[SHAPES[payload_class]]
    documented = _arguments(payload_class.__doc__)

    for name, member in shape.members.items():
        text = documented[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()]
        longest = _longest(member)
        assert longest is None or re.search(rf"\b{longest}\b", text), (name, longest, text)
        assert ("Sensitive." in text) is bool(member.metadata.get("sensitive")), (name, text)
    assert shape.name in payload_class.__doc__


def test_industries(structures: dict[str, StructureShape]) -> None:
    allowed = structures["EngagementCustomer"].members["Industry"].metadata["enum"]

    assert len(allowed) == 28
    assert [each.value for each in Industry] == allowed
    assert [each.name for each in Industry] == [re.sub(r"[^A-Z]+", "_", value.upper()) for value in allowed]


def test_types_are_the_members_of_the_union(union: StructureShape) -> None:
    assert {each.value for each in EngagementContextType} == set(union.members)


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_payloads_are_frozen_and_keyword_only(payload_class: Any) -> None:
    names = [each.name for each in fields(payload_class)]
    made = payload_class(**dict.fromkeys(names, "x"))

    with pytest.raises(FrozenInstanceError):
        setattr(made, names[0], "y")
    with pytest.raises(TypeError, match="positional"):
        payload_class(*["x"] * len(names))


def _arguments(docstring: str) -> dict[str, str]:
    section = docstring.split("Args:\n")[1].split("\n\n")[0]
    return {
        name: " ".join(text.split())
        for name, text in re.findall(r"^ {8}(\w+): ((?:.+\n?(?: {12}.+\n?)*))", section, re.M)
    }


def _longest(shape: Shape) -> int | None:
    if "enum" in shape.metadata:
        return len(shape.metadata["enum"])
    ends_in_length = re.fullmatch(r"\(\?s\)\.\{\d+,(\d+)\}", shape.metadata.get("pattern", ""))
    if shape.name == "CompanyWebsiteUrl":
        return 255
    return int(ends_in_length[1]) if ends_in_length else shape.metadata.get("max")
