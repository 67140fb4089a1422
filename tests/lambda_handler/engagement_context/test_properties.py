"""Reading the properties of Custom::EngagementContext: valid ones, and a clear error for all others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context.properties import (
    NOTHING,
    DesiredContext,
    Previous,
    desired_context,
    previous_context,
)
from lambda_handler.errors import ResourceError
from lambda_handler.identity import ContextIdentity
from tests.lambda_handler.scripted import ENGAGEMENT, PROJECT, arn

PROPERTIES: dict[str, Any] = {
    "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:Demo",
    "Catalog": "Sandbox",
    "EngagementIdentifier": ENGAGEMENT,
    "Type": "CustomerProject",
    "Payload": {"CustomerProject": PROJECT},
}


def error(properties: Any, code: str = "INVALID_PROPERTIES") -> str:
    """Read properties that are not valid. Return the text of the error."""
    with pytest.raises(ResourceError) as failed:
        desired_context(properties)
    assert failed.value.code == code
    return str(failed.value)


def test_the_required_properties_are_enough() -> None:
    assert desired_context(PROPERTIES) == DesiredContext(
        catalog="Sandbox",
        engagement_id=ENGAGEMENT,
        type="CustomerProject",
        payload=PROJECT,
        client_token=None,
        adopt_existing=True,
        existing_context_id=None,
    )


def test_every_control_property_is_read() -> None:
    control = {"ServiceTimeout": "3000", "ClientToken": "mine", "AdoptExisting": "false", "ContextIdentifier": "1234"}
    read = desired_context({**PROPERTIES, **control})
    assert (read.client_token, read.adopt_existing, read.existing_context_id) == ("mine", False, "1234")


@pytest.mark.parametrize("value", ["2", "", "x" * 5000, "line\nbreak", ["2"], {}])
def test_a_revision_is_accepted_and_ignored(value: Any) -> None:
    assert desired_context({**PROPERTIES, "Revision": value}) == desired_context(PROPERTIES)


@pytest.mark.parametrize("type_", ["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount", "FromTheFuture"])
def test_each_type_is_read(type_: str) -> None:
    read = desired_context({**PROPERTIES, "Type": type_, "Payload": {type_: {"A": {"B": ["1"]}}}})
    assert (read.type, read.payload) == (type_, {"A": {"B": ["1"]}})


@pytest.mark.parametrize("spelling", ["true", "True", "TRUE", True])
def test_true_is_read_in_every_spelling(spelling: object) -> None:
    assert desired_context({**PROPERTIES, "AdoptExisting": spelling}).adopt_existing is True


@pytest.mark.parametrize("spelling", ["false", "False", "FALSE", False])
def test_false_is_read_in_every_spelling(spelling: object) -> None:
    assert desired_context({**PROPERTIES, "AdoptExisting": spelling}).adopt_existing is False


@pytest.mark.parametrize("spelling", ["", "yes", "0", "1", 1, 0, None, [], {}, "tru", " true"])
def test_a_value_that_is_no_boolean_is_an_error(spelling: object) -> None:
    assert "AdoptExisting" in error({**PROPERTIES, "AdoptExisting": spelling})


def test_an_arn_is_normalized_to_its_id() -> None:
    assert desired_context({**PROPERTIES, "EngagementIdentifier": arn()}) == desired_context(PROPERTIES)


def test_an_arn_of_another_catalog_is_an_error_that_names_both() -> None:
    text = error({**PROPERTIES, "Catalog": "AWS", "EngagementIdentifier": arn()})
    assert "Sandbox" in text
    assert "AWS" in text


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "eng-0123456789ABCD",
        "eng-0123456789abc",
        "eng-0123456789abcde",
        f"{ENGAGEMENT}\n",
        f" {ENGAGEMENT}",
        f"../{ENGAGEMENT}",
        f"{ENGAGEMENT}/../../secret",
        f"{ENGAGEMENT}\x00",
        "eng-0123456789abc\u0661",  # the Arabic digit one
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}\n",
        f"arn:aws:partnercentral:us-east-1:123456789012:catalog/Sandbox/engagement/{ENGAGEMENT}",
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}/context/1",
        f"arn:aws:partnercentral:us-east-1::catalog/../Sandbox/engagement/{ENGAGEMENT}",
        "arn:aws:s3:::bucket",
        "x" * 300,
        5,
        None,
        [ENGAGEMENT],
        {"Ref": ENGAGEMENT},
    ],
)
def test_an_identifier_that_is_neither_an_id_nor_an_arn_is_an_error(identifier: object) -> None:
    text = error({**PROPERTIES, "EngagementIdentifier": identifier})
    assert "EngagementIdentifier" in text
    assert text.isprintable()
    assert len(text) < 800


@pytest.mark.parametrize("name", ["Catalog", "EngagementIdentifier", "Type", "Payload"])
def test_a_missing_property_is_an_error_that_names_it(name: str) -> None:
    text = error({key: value for key, value in PROPERTIES.items() if key != name}, "VERSION_MISMATCH")
    assert f"missing: {name}" in text


def test_all_missing_and_unknown_properties_are_named_in_one_error() -> None:
    text = error({"ServiceToken": "x", "FromTheFuture": "1", "Engagement": "2"}, "VERSION_MISMATCH")
    for name in ("Catalog", "EngagementIdentifier", "Type", "Payload", "FromTheFuture", "Engagement"):
        assert name in text


def test_an_unknown_property_is_named_without_its_value() -> None:
    text = error({**PROPERTIES, "Visibility\n": "a secret"}, "VERSION_MISMATCH")
    assert "Visibility" in text
    assert "secret" not in text
    assert text.isprintable()


@pytest.mark.parametrize("properties", [None, "text", 5, [], [PROPERTIES], True])
def test_properties_that_are_not_a_map_are_an_error(properties: object) -> None:
    assert "ResourceProperties" in error(properties)


@pytest.mark.parametrize("value", [None, 5, True, "", [], {}, "\x00", "a\nb", "x" * 5000])
@pytest.mark.parametrize("name", ["Catalog", "Type", "ClientToken", "ContextIdentifier"])
def test_a_string_of_another_type_length_or_with_control_characters_is_an_error(name: str, value: object) -> None:
    text = error({**PROPERTIES, name: value})
    assert name in text
    assert text.isprintable()
    assert len(text) < 800


@pytest.mark.parametrize("catalog", ["../Sandbox", "Sand box", "Sandbox1", "Ş"])
def test_a_catalog_with_other_characters_than_letters_is_an_error(catalog: str) -> None:
    assert "Catalog" in error({**PROPERTIES, "Catalog": catalog})


def test_numbers_and_booleans_of_unknown_members_are_read_as_they_are() -> None:
    payload = {"New": {"Count": "5", "Flag": "true", "Raw": 5, "List": [True, 1.5]}}
    assert desired_context({**PROPERTIES, "Payload": {"CustomerProject": payload}}).payload == payload


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "text",
        '{"CustomerProject": {}}',
        [],
        {},
        {"Lead": {}},
        {"CustomerProject": None},
        {"CustomerProject": "text"},
        {"CustomerProject": [PROJECT]},
        {"CustomerProject": PROJECT, "Lead": {}},
        PROJECT,
    ],
)
def test_a_payload_must_have_the_type_as_its_only_member(payload: object) -> None:
    text = error({**PROPERTIES, "Payload": payload})
    assert "Payload" in text
    assert "CustomerProject" in text
    assert "Acme" not in text


def test_a_payload_is_not_changed() -> None:
    payload = {"Project": {"BusinessProblem": "Überlänge \U0001f600 \u202e " * 3000}}
    assert desired_context({**PROPERTIES, "Payload": {"CustomerProject": payload}}).payload == payload


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
)
def test_no_property_value_causes_another_exception(value: Any) -> None:
    def read(name: str) -> DesiredContext | str:
        try:
            return desired_context({**PROPERTIES, name: value})
        except ResourceError as failed:
            return str(failed)

    for name in PROPERTIES:
        outcome = read(name)
        assert isinstance(outcome, DesiredContext) or outcome.isprintable()


IDENTITY = ContextIdentity(catalog="Sandbox", engagement_id=ENGAGEMENT, context_id="1")
DESIRED = desired_context({**PROPERTIES, "Payload": {"CustomerProject": {"Customer": PROJECT["Customer"]}}})


@pytest.mark.parametrize(
    ("spelling", "more"),
    [
        ({}, {}),
        ({"EngagementIdentifier": arn()}, {}),
        ({"ContextIdentifier": "1"}, {"is_import": True}),
        ({"ClientToken": "mine", "AdoptExisting": "false"}, {"client_token": "mine"}),
        ({"ClientToken": 5, "FromTheFuture": "1"}, {}),
    ],
    ids=str,
)
def test_the_previous_declaration_of_the_same_context_is_read(spelling: Any, more: Any) -> None:
    assert previous_context({**PROPERTIES, **spelling}, DESIRED, IDENTITY) == Previous(payload=PROJECT, **more)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"Catalog": "AWS"},
        {"EngagementIdentifier": "eng-zyxwvutsrqponm"},
        {"EngagementIdentifier": arn("eng-zyxwvutsrqponm")},
        {"EngagementIdentifier": 5},
        {"Type": "Lead", "Payload": {"Lead": {"Customer": {}}}},
        {"ContextIdentifier": "2"},
        {"Payload": None},
        {"Payload": "text"},
        {"Payload": {"Lead": {"Customer": {}}}},
        {"Payload": {"CustomerProject": "text"}},
        {"Payload": {"CustomerProject": None}},
    ],
    ids=str,
)
def test_in_the_rollback_of_a_failed_replacement_the_declaration_is_the_one_before_that(elsewhere: Any) -> None:
    previous = previous_context({**PROPERTIES, **elsewhere}, DESIRED, IDENTITY)
    assert previous.payload == DESIRED.payload


@pytest.mark.parametrize(
    "properties",
    [
        None,
        "text",
        5,
        [],
        {},
        {"Payload": None},
        {"Payload": {"CustomerProject": PROJECT}},
        {"EngagementPayload": {"CustomerProject": PROJECT}},
    ],
)
def test_old_properties_of_another_release_are_no_error(properties: object) -> None:
    assert previous_context(properties, DESIRED, IDENTITY) == NOTHING
