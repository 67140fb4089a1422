"""Reading a stack's properties: what is understood, and that nothing else is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.engagement_context.properties import DesiredContext, desired_context, previous_payload
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


def refusal(properties: Any) -> str:
    """Return the Reason for which these properties are refused."""
    with pytest.raises(ResourceError) as refused:
        desired_context(properties)
    return str(refused.value)


def test_the_required_properties_make_a_declaration() -> None:
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
    control = {"ServiceTimeout": "3000", "ClientToken": "mine", "AdoptExisting": "false", "ContextIdentifier": "3"}
    read = desired_context({**PROPERTIES, **control})
    assert (read.client_token, read.adopt_existing, read.existing_context_id) == ("mine", False, "3")


@pytest.mark.parametrize("type_", ["CustomerProject", "Lead", "ProspectingResult"])
def test_each_type_of_the_api_is_understood(type_: str) -> None:
    read = desired_context({**PROPERTIES, "Type": type_, "Payload": {type_: {"A": {"B": ["1"]}}}})
    assert (read.type, read.payload) == (type_, {"A": {"B": ["1"]}})


@pytest.mark.parametrize("spelling", ["true", "True", "TRUE", True])
def test_true_in_every_spelling(spelling: object) -> None:
    assert desired_context({**PROPERTIES, "AdoptExisting": spelling}).adopt_existing is True


@pytest.mark.parametrize("spelling", ["false", "False", "FALSE", False])
def test_false_in_every_spelling(spelling: object) -> None:
    assert desired_context({**PROPERTIES, "AdoptExisting": spelling}).adopt_existing is False


@pytest.mark.parametrize("spelling", ["", "yes", "0", "1", 1, 0, None, [], {}, "tru", " true"])
def test_what_is_no_boolean_is_never_guessed(spelling: object) -> None:
    assert "AdoptExisting" in refusal({**PROPERTIES, "AdoptExisting": spelling})


def test_an_arn_and_its_id_are_the_same_engagement() -> None:
    assert desired_context({**PROPERTIES, "EngagementIdentifier": arn()}) == desired_context(PROPERTIES)


def test_an_arn_of_another_catalog_is_refused_and_both_catalogs_named() -> None:
    reason = refusal({**PROPERTIES, "Catalog": "AWS", "EngagementIdentifier": arn()})
    assert "Sandbox" in reason
    assert "AWS" in reason


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
        "eng-0123456789abc\u0661",  # an Arabic digit one is a digit, and none of the API's
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
def test_an_identifier_that_is_neither_id_nor_arn_is_refused(identifier: object) -> None:
    reason = refusal({**PROPERTIES, "EngagementIdentifier": identifier})
    assert "EngagementIdentifier" in reason
    assert reason.isprintable()
    assert len(reason) < 800


@pytest.mark.parametrize("name", ["Catalog", "EngagementIdentifier", "Type", "Payload"])
def test_a_missing_property_is_named(name: str) -> None:
    reason = refusal({key: value for key, value in PROPERTIES.items() if key != name})
    assert f"missing: {name}" in reason


def test_all_missing_and_unknown_properties_are_named_at_once() -> None:
    reason = refusal({"ServiceToken": "x", "FromTheFuture": "1", "Engagement": "2"})
    for name in ("Catalog", "EngagementIdentifier", "Type", "Payload", "FromTheFuture", "Engagement"):
        assert name in reason


def test_a_property_of_a_future_release_is_refused_without_its_value() -> None:
    reason = refusal({**PROPERTIES, "Visibility\n": "a secret of theirs"})
    assert "Visibility" in reason
    assert "secret" not in reason
    assert reason.isprintable()


@pytest.mark.parametrize("properties", [None, "text", 5, [], [PROPERTIES], True])
def test_properties_that_are_no_map_are_refused(properties: object) -> None:
    assert "ResourceProperties" in refusal(properties)


@pytest.mark.parametrize("value", [None, 5, True, "", [], {}, "\x00", "a\nb", "x" * 5000])
@pytest.mark.parametrize("name", ["Catalog", "Type", "ClientToken", "ContextIdentifier"])
def test_a_text_of_the_wrong_type_or_with_control_characters_is_refused(name: str, value: object) -> None:
    reason = refusal({**PROPERTIES, name: value})
    assert name in reason
    assert reason.isprintable()
    assert len(reason) < 800


@pytest.mark.parametrize("catalog", ["../Sandbox", "Sand box", "Sandbox1", "Ş"])
def test_a_catalog_is_letters_only(catalog: str) -> None:
    assert "Catalog" in refusal({**PROPERTIES, "Catalog": catalog})


@pytest.mark.parametrize("type_", ["Document", "lead", "customerProject", "Lead "])
def test_a_type_that_is_not_the_apis_is_refused_with_those_that_are(type_: str) -> None:
    reason = refusal({**PROPERTIES, "Type": type_, "Payload": {type_: {}}})
    assert all(name in reason for name in ("CustomerProject", "Lead", "ProspectingResult"))


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
def test_a_payload_must_be_the_one_member_that_type_names(payload: object) -> None:
    reason = refusal({**PROPERTIES, "Payload": payload})
    assert "Payload" in reason
    assert "CustomerProject" in reason
    assert "Acme" not in reason


def test_a_payload_of_sixty_kilobytes_and_unicode_is_taken_as_it_is() -> None:
    payload = {"Project": {"BusinessProblem": "Überlänge \U0001f600 \u202e " * 3000}}
    assert desired_context({**PROPERTIES, "Payload": {"CustomerProject": payload}}).payload == payload


@pytest.mark.parametrize(
    "date",
    [
        "2026-05-01",
        "2026-05-01T12:00:00",
        "2026-05-01T12:00Z",
        "20260501T120000Z",
        "1777636800",
        "some day",
        "",
        "2026-02-30T12:00:00Z",
        "2026-05-01T12:00:00Z\n",
    ],
)
def test_a_timestamp_that_could_never_be_found_again_is_refused_by_its_path(date: str) -> None:
    dated = {"Customer": {}, "Interactions": [{"InteractionDate": "2026-05-01T12:00:00Z"}, {"InteractionDate": date}]}
    reason = refusal({**PROPERTIES, "Type": "Lead", "Payload": {"Lead": dated}})
    assert "Payload.Lead.Interactions[1].InteractionDate" in reason
    assert "Interactions[0]" not in reason
    assert reason.isprintable()


def test_a_name_that_nobody_knows_is_masked_on_the_way_to_a_timestamp() -> None:
    stray = {"Jane Doe of Springfield": [{"StartTime": "some day"}], "Doe": {"EndTime": "some day"}}
    reason = refusal({**PROPERTIES, "Type": "Lead", "Payload": {"Lead": stray}})
    assert reason.startswith("Payload.Lead.***[0].StartTime, Payload.Lead.***.EndTime must be")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
)
def test_whatever_the_properties_are_they_are_understood_or_refused(value: Any) -> None:
    def read(name: str) -> DesiredContext | str:
        try:
            return desired_context({**PROPERTIES, name: value})
        except ResourceError as refused:
            return str(refused)

    for name in PROPERTIES:
        outcome = read(name)
        assert isinstance(outcome, DesiredContext) or outcome.isprintable()


HELD = ContextIdentity(catalog="Sandbox", engagement_id=ENGAGEMENT, context_id="1")


@pytest.mark.parametrize(
    "spelling",
    [
        {},
        {"EngagementIdentifier": arn()},
        {"ContextIdentifier": "1"},
        {"ClientToken": "mine", "AdoptExisting": "false"},
        {"FromTheFuture": "1"},
    ],
    ids=str,
)
def test_what_was_declared_of_this_context_before_is_its_payload(spelling: Any) -> None:
    assert previous_payload({**PROPERTIES, **spelling}, "CustomerProject", HELD) == PROJECT


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
def test_what_was_declared_elsewhere_or_refused_was_never_declared_of_this_context(elsewhere: Any) -> None:
    assert previous_payload({**PROPERTIES, **elsewhere}, "CustomerProject", HELD) is None


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
def test_properties_of_another_release_tell_nothing_and_are_no_error(properties: object) -> None:
    assert previous_payload(properties, "CustomerProject", HELD) == {}
