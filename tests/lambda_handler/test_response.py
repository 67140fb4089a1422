"""One well-formed answer for each event: what it carries, and for which events there is none."""

import json
import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.response import CfnResource, NotAnEventError, body
from tests.lambda_handler.process.endpoint import AnswerEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, STACK, event
from tests.lambda_handler.responding import ID, Context, raising, resource

NEEDED = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId", "RequestType")


def test_a_success_is_one_put_with_everything_cloudformation_asks_for(answers: AnswerEndpoint) -> None:
    url = answers.url()
    made = resource()
    sent = event("Create", url, {})

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.Data = {"ContextId": "1"}
        return ID

    made.create(work)
    made(sent, Context())
    (put,) = answers.puts
    assert put.answer == {
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
def test_a_failure_carries_the_reason_and_an_id_that_replaces_nothing(
    answers: AnswerEndpoint, request_type: str
) -> None:
    made = resource(raising(ValueError("What to do.")))
    before = {} if request_type == "Create" else {"PhysicalResourceId": ID}
    made(event(request_type, answers.url(), {}, **before), Context())
    (put,) = answers.puts
    assert (put.answer["Status"], put.answer["Reason"], put.answer["Data"]) == ("FAILED", "What to do.", {})
    assert put.answer["PhysicalResourceId"] == (f"not-created/{LOGICAL_ID}" if request_type == "Create" else ID)


def test_a_failure_after_the_id_was_set_answers_as_if_it_had_not_been(answers: AnswerEndpoint) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.PhysicalResourceId, made.Data = "Sandbox/eng-0123456789abcd/9", {"ContextId": "9"}
        raise ValueError

    made.update(work)
    made(event("Update", answers.url(), {}, PhysicalResourceId=ID), Context())
    assert (answers.puts[0].answer["PhysicalResourceId"], answers.puts[0].answer["Data"]) == (ID, {})


def test_failed_creates_have_the_same_id_every_time(answers: AnswerEndpoint) -> None:
    made = resource(raising(ValueError("no")))
    for _ in range(3):
        made(event("Create", answers.url(), {}), Context())
    assert len({put.answer["PhysicalResourceId"] for put in answers.puts}) == 1


@pytest.mark.parametrize("nothing", [None, "", True])
def test_work_without_an_id_answers_a_fixed_one(answers: AnswerEndpoint, nothing: Any) -> None:
    resource(lambda: nothing)(event("Create", answers.url(), {}), Context())
    assert answers.puts[0].answer["PhysicalResourceId"] == f"not-created/{LOGICAL_ID}"


def test_nothing_of_one_event_is_in_the_answer_to_the_next(answers: AnswerEndpoint) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.NoEcho, made.Data = True, {"ContextId": "1"}
        return ID

    made.create(work)
    made(event("Create", answers.url(), {}), Context())
    made(event("Delete", answers.url(), {}, PhysicalResourceId="other"), Context())
    assert answers.puts[0].answer["Data"] == {"ContextId": "1"}
    assert (answers.puts[1].answer["NoEcho"], answers.puts[1].answer["Data"]) == (False, {})


@given(st.text(max_size=300).map(lambda text: text * 40), st.sampled_from(["SUCCESS", "FAILED"]))
def test_an_answer_is_at_most_4096_bytes_and_a_reason_loses_its_end_only(reason: str, status: str) -> None:
    answer = event("Create", "https://answers.example", {})
    encoded = body(answer, status, reason, ID, {})
    said = json.loads(encoded)["Reason"]
    assert len(encoded) <= 4096
    if said != reason:
        assert len(body(answer, status, reason, ID, {})) > 3500
        assert said.endswith("...")
        assert reason.startswith(said.removesuffix("...").rstrip())


@pytest.mark.parametrize("character", ["x", "ü", "\U0001f600", '"', "\\", "\n", "\ud800"])
def test_a_long_reason_uses_what_there_is_whatever_it_is_made_of(character: str) -> None:
    encoded = body(event("Create", "https://answers.example", {}), "FAILED", "Begins: " + character * 9000, ID, {})
    assert 3900 <= len(encoded) <= 4096
    assert json.loads(encoded)["Reason"].startswith(f"Begins: {character}".rstrip())


def test_a_reason_that_fits_is_sent_as_it_is() -> None:
    reason = "A sentence of fifty characters, more or less long. " * 60
    assert json.loads(body(event("Create", "https://a.example", {}), "FAILED", reason, ID, {}))["Reason"] == reason


def test_an_id_that_is_too_long_is_cut_to_cloudformations_limit() -> None:
    answer = json.loads(body(event("Delete", "https://a.example", {}), "SUCCESS", "", "x" * 2000, {}))
    assert len(answer["PhysicalResourceId"]) == 1024


def test_data_that_is_too_large_for_an_answer_does_not_make_one_that_cloudformation_ignores(
    answers: AnswerEndpoint,
) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.Data = {"EngagementArn": "x" * 5000}
        return ID

    made.create(work)
    made(event("Create", answers.url(), {}), Context())
    (put,) = answers.puts
    assert len(put.body) <= 4096


def test_data_that_is_no_json_does_not_keep_the_answer_from_going_out(answers: AnswerEndpoint) -> None:
    made = resource()

    def work(event: Mapping[str, Any], context: Any) -> str:
        made.Data = {"ContextId": object()}
        return ID

    made.create(work)
    sent = event("Create", answers.url(), {})
    made(sent, Context())
    (put,) = answers.puts
    assert (put.answer["StackId"], put.answer["RequestId"]) == (STACK, sent["RequestId"])


@pytest.mark.parametrize("kept", ["CrHelperPoll", "CrHelperData", "CrHelperRule", "CrHelperPermission", "CrHelperX"])
def test_an_event_cannot_skip_the_work_with_crhelpers_own_words(answers: AnswerEndpoint, kept: str) -> None:
    made = resource()
    made(event("Create", answers.url(), {}, **{kept: {"ContextId": "forged"}}), Context())
    (put,) = answers.puts
    assert (put.answer["PhysicalResourceId"], put.answer["Data"]) == (ID, {})


@pytest.mark.parametrize("request_type", ["create", "Read", "Import", "__class__"])
def test_a_request_type_that_nobody_knows_is_answered(answers: AnswerEndpoint, request_type: str) -> None:
    resource(raising(AssertionError()))(event(request_type, answers.url(), {}), Context())
    assert answers.puts[0].answer["Status"] == "FAILED"
    assert "Create, Update, Delete" in answers.puts[0].answer["Reason"]


@pytest.mark.parametrize(
    "nothing",
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
def test_what_is_no_event_ends_the_invocation_in_an_error_that_repeats_nothing(nothing: Any) -> None:
    with pytest.raises(NotAnEventError) as refused:
        resource(raising(AssertionError()))(nothing, Context())
    assert "Quixotic" not in str(refused.value)


@pytest.mark.parametrize("name", NEEDED[:4])
@pytest.mark.parametrize("value", [None, "", 5, []])
def test_an_event_that_cannot_be_answered_ends_in_an_error(answers: AnswerEndpoint, name: str, value: Any) -> None:
    with pytest.raises(NotAnEventError):
        resource()({**event("Create", answers.url(), {}), name: value}, Context())
    assert answers.puts == []


@pytest.mark.parametrize("value", [None, "", 5, []])
def test_an_event_that_says_not_what_to_do_is_answered_all_the_same(answers: AnswerEndpoint, value: Any) -> None:
    # All that an answer needs is there, and without one the stack hangs for as long as ServiceTimeout.
    resource()({**event("Create", answers.url(), {}), "RequestType": value}, Context())
    assert answers.puts[0].answer["Status"] == "FAILED"


def test_no_client_is_built_and_no_setting_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    monkeypatch.setattr("boto3.client", lambda name, **_: built.append(name))
    monkeypatch.delenv("AWS_SAM_LOCAL", raising=False)
    CfnResource()
    assert "AWS_SAM_LOCAL" not in os.environ
    monkeypatch.setenv("AWS_SAM_LOCAL", "theirs")
    CfnResource()
    assert os.environ["AWS_SAM_LOCAL"] == "theirs"
    assert built == []
