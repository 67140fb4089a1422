"""The entry point in this process: events in, requests and answers out, both as they go over the wire."""

import json
import re
from typing import Any

import pytest

from tests.lambda_handler.entry import Function
from tests.lambda_handler.process.events import (
    LOGICAL_ID,
    OTHER_PROJECT,
    OTHER_STACK,
    PROJECT,
    interaction,
    lead,
    properties,
)
from tests.lambda_handler.responding import Context
from tests.lambda_handler.scripted import arn
from tests.lambda_handler.wire import MODIFIED, engagement, refused, wrote

ENGAGEMENT = "eng-0123456789abcd"
OTHER = "eng-zyxwvutsrqponm"
ID = f"Sandbox/{ENGAGEMENT}/1"
HELD = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
# hashlib.sha256 of '["<StackId>","AcmeMigration1A2B3C4D","Sandbox","eng-0123456789abcd","CustomerProject"]', see test_identity.
TOKEN = "c04bd3761cea1d64d690bce0edf1ef318005c0a858cacb2c7174a9275e37f0e5"


def test_a_create_answers_all_four_attributes_and_the_physical_id(function: Function) -> None:
    function.wire.plan(engagement(), wrote("1"))
    answer = function.handle("Create", properties(ENGAGEMENT))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", ID)
    assert answer["Data"] == {
        "ContextId": "1",
        "EngagementId": ENGAGEMENT,
        "EngagementArn": arn(),
        "EngagementLastModifiedAt": MODIFIED,
    }
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement", "CreateEngagementContext"]
    assert function.wire.bodies[1][1]["ClientToken"] == TOKEN


def token(function: Function, new: Any, **more: Any) -> str:
    """Return the client token that a Create of these properties sends."""
    function.wire.plan(engagement(), wrote("1"))
    function.handle("Create", new, **more)
    sent = function.wire.bodies[-1][1]["ClientToken"]
    assert isinstance(sent, str)
    return sent


def test_the_token_depends_on_the_declaration_alone(function: Function) -> None:
    new = properties(ENGAGEMENT)
    assert token(function, new) == TOKEN
    assert token(function, dict(reversed(new.items()))) == TOKEN
    assert token(function, new, RequestId="another") == TOKEN
    assert token(function, properties(ENGAGEMENT, OTHER_PROJECT)) == TOKEN
    assert token(function, properties(arn())) == TOKEN
    assert token(function, properties(ENGAGEMENT, AdoptExisting="false", ServiceTimeout="60")) == TOKEN
    assert token(function, new, OldResourceProperties=properties(OTHER)) == TOKEN
    others = [
        token(function, new, StackId=OTHER_STACK),
        token(function, new, LogicalResourceId="Other"),
        token(function, properties(OTHER)),
        token(function, {**new, "Catalog": "AWS"}),
        token(function, properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")),
    ]
    assert len({TOKEN, *others}) == 6


def test_a_declared_token_takes_the_place_of_the_derived_one(function: Function) -> None:
    assert token(function, properties(ENGAGEMENT, ClientToken="mine")) == "mine"


def test_an_update_without_a_change_is_one_read_and_answers_all_four_attributes(function: Function) -> None:
    function.wire.plan(engagement(HELD))
    new = properties(ENGAGEMENT)
    answer = function.handle("Update", new, OldResourceProperties=new, PhysicalResourceId=ID)
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", ID)
    assert answer["Data"] == {
        "ContextId": "1",
        "EngagementId": ENGAGEMENT,
        "EngagementArn": arn(),
        "EngagementLastModifiedAt": MODIFIED,
    }


def test_what_was_declared_before_counts_only_where_it_was_understood(function: Function) -> None:
    # The old properties are another release's: the status that AWS set was not declared in them.
    held = lead(interaction("Annabella"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": held}}))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    old = {**new, "Payload": {"Lead": {"QualificationStatus": "Qualified", "Of": "another release"}}}
    answer = function.handle("Update", new, OldResourceProperties=old, PhysicalResourceId=ID)
    assert answer["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


def test_what_was_declared_before_and_is_not_now_is_taken_away(function: Function) -> None:
    held = lead(interaction("Annabella"), QualificationStatus="Open")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": held}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    function.handle("Update", new, OldResourceProperties=properties(ENGAGEMENT, held, "Lead"), PhysicalResourceId=ID)
    assert function.wire.bodies[1][1]["Payload"] == {"Lead": {"Customer": held["Customer"]}}


def test_the_rollback_of_a_failed_move_takes_nothing_away_that_was_declared_elsewhere_only(function: Function) -> None:
    # AWS qualified the Lead; the move that failed had declared a status for the other engagement.
    held = lead(interaction("Annabella"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": held}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    failed = properties(OTHER, lead(interaction("Annabella"), QualificationStatus="Open"), "Lead")
    answer = function.handle("Update", new, OldResourceProperties=failed, PhysicalResourceId=ID)
    assert answer["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


@pytest.mark.parametrize(
    "failed",
    [
        {"Catalog": "AWS"},
        {"EngagementIdentifier": OTHER},
        {"Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}},
        {"ContextIdentifier": "9"},
        {"Payload": {"Lead": lead({"Contact": "nobody"})}},
    ],
    ids=str,
)
def test_the_rollback_of_a_move_that_failed_leaves_all_as_it_is(function: Function, failed: Any) -> None:
    # The service replaces interactions, and AWS filled in a status; one was declared in what failed.
    held = lead(interaction("Bartholomew"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": held}}))
    new = properties(ENGAGEMENT, lead(interaction("Annabella"), interaction("Bartholomew")), "Lead")
    old = {**properties(ENGAGEMENT, lead(interaction("Annabella"), QualificationStatus="Qualified"), "Lead"), **failed}
    answer = function.handle("Update", new, OldResourceProperties=old, PhysicalResourceId=ID)
    assert answer["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


@pytest.mark.parametrize("before", [ENGAGEMENT, arn()])
def test_what_was_declared_before_by_id_or_arn_is_of_the_same_engagement(function: Function, before: str) -> None:
    held = lead(interaction("Annabella"), QualificationStatus="Open")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": held}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    function.handle("Update", new, OldResourceProperties=properties(before, held, "Lead"), PhysicalResourceId=ID)
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement", "UpdateEngagementContext"]


@pytest.mark.parametrize(
    "physical_id", [ID, f"not-created/{LOGICAL_ID}", "of another release", "../..", "x" * 900, "Süd\n"]
)
@pytest.mark.parametrize("new", [properties(ENGAGEMENT), None, {}, {"Payload": "old"}, "text"])
def test_a_delete_answers_its_own_id_and_asks_nobody(function: Function, physical_id: str, new: Any) -> None:
    answer = function.handle("Delete", new, PhysicalResourceId=physical_id)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert function.wire.requests == []


@pytest.mark.parametrize("more", [{}, {"PhysicalResourceId": ""}, {"PhysicalResourceId": None}])
def test_a_delete_without_an_id_answers_one_that_is_not_empty(function: Function, more: Any) -> None:
    answer = function.handle("Delete", {}, **more)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"]


def test_a_refused_declaration_fails_and_asks_nobody(function: Function) -> None:
    answer = function.handle("Create", {**properties(ENGAGEMENT), "FromTheFuture": "1"})
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert "FromTheFuture" in answer["Reason"]
    assert function.wire.requests == []


@pytest.mark.parametrize("missing", ["ResourceProperties", "PhysicalResourceId", "OldResourceProperties"])
def test_an_update_without_a_member_is_answered(function: Function, missing: str) -> None:
    new = properties(ENGAGEMENT)
    more: dict[str, Any] = {"PhysicalResourceId": ID, "OldResourceProperties": new, "ResourceProperties": new}
    more[missing] = None
    # An Update of an id that is not ours is a Create, which finds the equal context.
    function.wire.plan(*[engagement(HELD)] * (missing != "ResourceProperties"))
    answer = function.handle("Update", None, **more)
    assert answer["Status"] == ("FAILED" if missing == "ResourceProperties" else "SUCCESS")
    assert ("ResourceProperties" in answer["Reason"]) == (missing == "ResourceProperties")


def test_an_error_of_the_service_is_the_reason_without_what_it_repeats(function: Function) -> None:
    message = f"{PROJECT['Customer']['CompanyName']} is not a customer"
    listed = [
        {"FieldName": "Payload.CustomerProject.Customer.CompanyName", "Message": message, "Code": "INVALID_VALUE"}
    ]
    function.wire.plan(engagement(), refused("ValidationException", message, ErrorList=listed))
    answer = function.handle("Create", properties(ENGAGEMENT))
    assert answer["Status"] == "FAILED"
    for said in (
        "ValidationException from CreateEngagementContext",
        "*** is not a customer",
        "Payload.CustomerProject.Customer.CompanyName",
        "INVALID_VALUE",
    ):
        assert said in answer["Reason"]


def test_a_spent_token_is_known_though_a_masked_value_is_part_of_its_name(function: Function) -> None:
    person = interaction("Annabella")
    person["Contact"]["BusinessTitle"] = "Client"
    listed = [{"FieldName": "ClientToken", "Message": "was used before", "Code": "INVALID_VALUE"}]
    function.wire.plan(engagement(), refused("ValidationException", "1 error", ErrorList=listed))
    reason = function.handle("Create", properties(ENGAGEMENT, lead(person), "Lead"))["Reason"]
    assert "existing_context_id" in reason
    assert "client_token" in reason


def test_an_answer_that_cannot_be_read_is_asked_for_again(function: Function) -> None:
    garbled = 200, {"Contexts": [{"Nonsense": "Featherstonehaugh"}]}
    function.wire.plan(garbled, engagement(), wrote("1"))
    assert function.handle("Create", properties(ENGAGEMENT))["Status"] == "SUCCESS"


def test_answers_that_can_never_be_read_fail_without_repeating_them(function: Function) -> None:
    function.wire.plan(*[(200, {"Contexts": [{"Nonsense": "Featherstonehaugh"}]})] * 100)
    answer = function.handle("Create", properties(ENGAGEMENT), seconds=1)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("UnreadableAnswer from GetEngagement")
    assert "Featherstonehaugh" not in answer["Reason"]


def test_the_text_of_an_error_is_neither_logged_nor_answered(
    function: Function, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(PROJECT["Customer"]["CompanyName"])

    monkeypatch.setattr("lambda_handler.lifecycle.create", fail)
    answer = function.handle("Create", properties(ENGAGEMENT))
    assert "RuntimeError" in answer["Reason"]
    assert PROJECT["Customer"]["CompanyName"] not in answer["Reason"] + capfd.readouterr().out


def test_a_client_that_cannot_be_built_fails_every_event_but_delete(
    function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", "garbage")
    monkeypatch.setattr(function.module, "client", function.module.partner_central.connect)
    answer = function.handle("Create", properties(ENGAGEMENT))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    # What to do is to look at the function's settings: the library has no defect there.
    assert re.search("environment|setting|configur|endpoint|AWS_", answer["Reason"], re.IGNORECASE)
    assert "defect" not in answer["Reason"]
    assert function.handle("Delete", properties(ENGAGEMENT), PhysicalResourceId=ID)["Status"] == "SUCCESS"


def test_no_work_starts_that_cannot_be_answered_in_time(function: Function) -> None:
    answer = function.handle("Create", properties(ENGAGEMENT), seconds=0)
    assert answer["Status"] == "FAILED"
    assert "time" in answer["Reason"]
    assert function.wire.requests == []


@pytest.mark.parametrize("remaining", [900, 200, 60, 10, 2])
def test_work_ends_early_enough_for_one_request_and_the_answer(function: Function, remaining: float) -> None:
    left = function.module._patience(Context(remaining))._remaining()
    assert 0 < left < remaining
    if remaining >= 200:
        # One request that stalls, and 45 seconds for the answer.
        assert remaining - left >= 45 + 5 + 20


def test_the_log_says_what_was_decided(function: Function, capfd: pytest.CaptureFixture[str]) -> None:
    function.wire.plan(engagement(HELD))
    function.handle("Create", properties(ENGAGEMENT))
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    adopted = next(line for line in lines if line["decision"] == "adopted")
    assert adopted["milliseconds"] >= 0
    assert {name: adopted[name] for name in ("request_type", "logical_id", "engagement", "context")} == {
        "request_type": "Create",
        "logical_id": LOGICAL_ID,
        "engagement": ENGAGEMENT,
        "context": "1",
    }
    assert adopted["stack"] == function.events[0]["StackId"]
    assert adopted["request_id"] == function.events[0]["RequestId"]


@pytest.mark.parametrize("nothing", [None, [], "text", {"Records": []}])
def test_what_is_no_event_ends_in_an_error(function: Function, nothing: Any) -> None:
    with pytest.raises(Exception, match="not an event"):
        function.module.handler(nothing, Context())
