"""The payload classes match the service model: names, required members, lengths, and which members are sensitive."""

import inspect
import json
import re
from dataclasses import MISSING, FrozenInstanceError, fields
from typing import Any

import pytest
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

from cdk_partnercentral import DayOfWeek, Industry
from cdk_partnercentral._payloads.context_types import CLASSES
from cdk_partnercentral._payloads.rendering import render
from cdk_partnercentral._validation.rules import MODEL

SHAPES = {payload_class: shape for shape, payload_class in CLASSES.items()}
# The required members that can be omitted with existing_context_id, so that their fields are optional.
OMITTED_FROM_IMPORTS = {"LeadContext": {"Customer", "Interactions"}}


@pytest.fixture(scope="module")
def union() -> StructureShape:
    shape = ServiceModel(json.loads(MODEL.read_text())).shape_for("EngagementContextPayload")
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


def test_every_structure_has_a_class(structures: dict[str, StructureShape]) -> None:
    assert {name for name in structures if name not in SHAPES.values()} == {"EngagementContextPayload"}


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_fields_and_required_fields_are_those_of_the_model(
    payload_class: Any, structures: dict[str, StructureShape]
) -> None:
    shape = structures[SHAPES[payload_class]]
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): name for name in shape.members}
    required = {each.name for each in fields(payload_class) if each.default is MISSING}

    assert {each.name for each in fields(payload_class)} == set(snake)
    assert {snake[name] for name in required} == set(shape.required_members) - OMITTED_FROM_IMPORTS.get(
        shape.name, set()
    )
    # Each field has its own value, so a wrong name after the rendering is noticed.
    given = payload_class(**{name: f"<{name}>" for name in snake})
    rendered = render({"Unknown": given}, None).payload["Unknown"]
    assert rendered == {member: f"<{name}>" for name, member in snake.items()}


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_the_docstring_documents_lengths_and_sensitive_members(
    payload_class: Any, structures: dict[str, StructureShape]
) -> None:
    shape = structures[SHAPES[payload_class]]
    documented = _arguments(inspect.getdoc(payload_class) or "")

    for name, member in shape.members.items():
        text = documented[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()]
        longest = _longest(member)
        assert longest is None or re.search(rf"\b{longest}\b", text), (name, longest, text)
        assert ("Sensitive." in text) is bool(member.metadata.get("sensitive")), (name, text)
    assert shape.name in payload_class.__doc__


def test_industries_are_those_of_the_model(structures: dict[str, StructureShape]) -> None:
    allowed = structures["EngagementCustomer"].members["Industry"].metadata["enum"]

    assert len(allowed) == 28
    assert [each.value for each in Industry] == allowed
    assert [each.name for each in Industry] == [re.sub(r"[^A-Z]+", "_", value.upper()) for value in allowed]


def test_days_are_those_of_the_model(structures: dict[str, StructureShape]) -> None:
    assert [each.value for each in DayOfWeek] == structures["BestOutreachWindow"].members["Day"].metadata["enum"]


@pytest.mark.parametrize("payload_class", SHAPES, ids=lambda each: each.__name__)
def test_payload_classes_are_frozen_and_keyword_only(payload_class: Any) -> None:
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
        for name, text in re.findall(r"^ {4}(\w+): ((?:.+\n?(?: {8}.+\n?)*))", section, re.M)
    }


def _longest(shape: Shape) -> int | None:
    if "enum" in shape.metadata:
        return len(shape.metadata["enum"])
    ends_in_length = re.fullmatch(r"\(\?s\)\.\{\d+,(\d+)\}", shape.metadata.get("pattern", ""))
    if shape.name == "CompanyWebsiteUrl":
        return 255
    return int(ends_in_length[1]) if ends_in_length else shape.metadata.get("max")
