"""Exactly one well-formed response for each event, and an error for an input that is no event."""

import json
import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.response import CfnResource, NotAnEventError, body
from tests.lambda_handler.process.endpoint import ResponseEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, STACK, event
from tests.lambda_handler.responding import ID, Context, raising, resource

REQUIRED = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")


def test_a_success_is_one_put_with_every_member_that_cloudformation_requires(responses: ResponseEndpoint) -> None:
    url = responses.url()
    made = resource()
    sent = event("Create", url, {})

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.Data = {"ContextId": "1"}
        return ID

    made.create(work)
    made(sent, Context())
    (put,) = responses.puts
    assert put.response == {
        "Status": "SUCCESS",
        "PhysicalResourceId": ID,
        "StackId": STACK,
        "RequestId": sent["RequestId"],
        "LogicalResourceId": LOGICAL_ID,
        "Reason": "",
        "Data": {"ContextId": "1"},
        "NoEcho": False,
    }
    assert url.endswith(put.path)
    assert put.header("content-type") == ""
    assert put.header("content-length") == str(len(put.body))


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_a_failure_has_the_reason_and_an_id_that_replaces_nothing(
    responses: ResponseEndpoint, request_type: str
) -> None:
    made = resource(raising(ValueError("What to do.")))
    more = {} if request_type == "Create" else {"PhysicalResourceId": ID}
    made(event(request_type, responses.url(), {}, **more), Context())
    (put,) = responses.puts
    assert (put.response["Status"], put.response["Reason"], put.response["Data"]) == ("FAILED", "What to do.", {})
    assert put.response["PhysicalResourceId"] == (f"not-created/{LOGICAL_ID}" if request_type == "Create" else ID)


def test_a_failure_after_the_id_was_set_has_the_id_and_data_of_the_event(responses: ResponseEndpoint) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.PhysicalResourceId, made.Data = "Sandbox/eng-0123456789abcd/9", {"ContextId": "9"}
        raise ValueError

    made.update(work)
    made(event("Update", responses.url(), {}, PhysicalResourceId=ID), Context())
    assert (responses.puts[0].response["PhysicalResourceId"], responses.puts[0].response["Data"]) == (ID, {})


def test_a_failed_create_always_has_the_same_id(responses: ResponseEndpoint) -> None:
    made = resource(raising(ValueError("no")))
    for _ in range(3):
        made(event("Create", responses.url(), {}), Context())
    assert len({put.response["PhysicalResourceId"] for put in responses.puts}) == 1


@pytest.mark.parametrize("result", [None, "", True])
def test_work_that_returns_no_id_gets_the_id_of_a_failed_create(responses: ResponseEndpoint, result: Any) -> None:
    resource(lambda: result)(event("Create", responses.url(), {}), Context())
    assert responses.puts[0].response["PhysicalResourceId"] == f"not-created/{LOGICAL_ID}"


def test_a_response_has_nothing_of_the_event_before(responses: ResponseEndpoint) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.NoEcho, made.Data = True, {"ContextId": "1"}
        return ID

    made.create(work)
    made(event("Create", responses.url(), {}), Context())
    made(event("Delete", responses.url(), {}, PhysicalResourceId="other"), Context())
    assert responses.puts[0].response["Data"] == {"ContextId": "1"}
    assert (responses.puts[1].response["NoEcho"], responses.puts[1].response["Data"]) == (False, {})


@given(st.text(max_size=300).map(lambda text: text * 40), st.sampled_from(["SUCCESS", "FAILED"]))
def test_a_response_has_at_most_4096_bytes_and_a_long_reason_is_cut_at_its_end(reason: str, status: str) -> None:
    sent = event("Create", "https://responses.example", {})
    encoded = body(sent, status, reason, ID, {})
    kept = json.loads(encoded)["Reason"]
    assert len(encoded) <= 4096
    if kept != reason:
        assert len(encoded) > 3500
        assert kept.endswith("...")
        assert reason.startswith(kept.removesuffix("...").rstrip())


@pytest.mark.parametrize("character", ["x", "ü", "\U0001f600", '"', "\\", "\n", "\ud800"])
def test_a_long_reason_of_any_character_uses_nearly_all_4096_bytes(character: str) -> None:
    encoded = body(event("Create", "https://responses.example", {}), "FAILED", "Begins: " + character * 9000, ID, {})
    assert 3900 <= len(encoded) <= 4096
    assert json.loads(encoded)["Reason"].startswith(f"Begins: {character}".rstrip())


def test_a_reason_that_fits_is_not_changed() -> None:
    reason = "A sentence of fifty characters, more or less long. " * 60
    assert json.loads(body(event("Create", "https://a.example", {}), "FAILED", reason, ID, {}))["Reason"] == reason


@pytest.mark.parametrize("name", ["CrHelperPoll", "CrHelperData", "CrHelperRule", "CrHelperPermission", "CrHelperX"])
def test_an_event_with_a_member_of_crhelpers_polling_does_not_skip_the_work(
    responses: ResponseEndpoint, name: str
) -> None:
    made = resource()
    made(event("Create", responses.url(), {}, **{name: {"ContextId": "forged"}}), Context())
    (put,) = responses.puts
    assert (put.response["PhysicalResourceId"], put.response["Data"]) == (ID, {})


@pytest.mark.parametrize("request_type", ["create", "Read", "Import", "__class__"])
def test_an_unknown_request_type_fails(responses: ResponseEndpoint, request_type: str) -> None:
    resource(raising(AssertionError()))(event(request_type, responses.url(), {}), Context())
    assert responses.puts[0].response["Status"] == "FAILED"
    assert responses.puts[0].response["Reason"].startswith("[UNKNOWN_REQUEST_TYPE] ")
    assert "Create, Update, Delete" in responses.puts[0].response["Reason"]


@pytest.mark.parametrize(
    "other",
    [
        None,
        "text",
        5,
        [],
        {},
        {"detail": {"name": "Quixotic"}},
        {"Records": [{"body": "Quixotic"}]},
        {"ResponseURL": 5},
    ],
)
def test_another_input_than_an_event_ends_in_an_error_that_does_not_quote_it(other: Any) -> None:
    with pytest.raises(NotAnEventError) as failed:
        resource(raising(AssertionError()))(other, Context())
    assert "Quixotic" not in str(failed.value)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", 5, []])
def test_an_event_without_all_that_a_response_needs_ends_in_an_error(
    responses: ResponseEndpoint, name: str, value: Any
) -> None:
    with pytest.raises(NotAnEventError):
        resource()({**event("Create", responses.url(), {}), name: value}, Context())
    assert responses.puts == []


@pytest.mark.parametrize("value", [None, "", 5, []])
def test_an_event_without_a_request_type_fails(responses: ResponseEndpoint, value: Any) -> None:
    # Without a response, the stack would wait until ServiceTimeout.
    resource()({**event("Create", responses.url(), {}), "RequestType": value}, Context())
    assert responses.puts[0].response["Status"] == "FAILED"


def test_crhelper_creates_no_client_and_the_environment_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    created: list[str] = []
    monkeypatch.setattr("boto3.client", lambda name, **_: created.append(name))
    monkeypatch.delenv("AWS_SAM_LOCAL", raising=False)
    CfnResource()
    assert "AWS_SAM_LOCAL" not in os.environ
    monkeypatch.setenv("AWS_SAM_LOCAL", "theirs")
    CfnResource()
    assert os.environ["AWS_SAM_LOCAL"] == "theirs"
    assert created == []
