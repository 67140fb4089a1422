"""The entry point in this process: events in, and requests and responses out as they go over the wire."""

import json
from typing import Any

import pytest

from tests.lambda_handler.entry import Function
from tests.lambda_handler.process.events import (
    LOGICAL_ID,
    OTHER_PROJECT,
    OTHER_STACK,
    PROJECT,
    STACK,
    interaction,
    lead,
    properties,
)
from tests.lambda_handler.responding import Context
from tests.lambda_handler.scripted import arn, resource
from tests.lambda_handler.wire import MODIFIED, engagement, failed, wrote

ENGAGEMENT = "eng-0123456789abcd"
OTHER = "eng-zyxwvutsrqponm"
ID = f"Sandbox/{ENGAGEMENT}/1"
CURRENT = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
# SHA-256 of '["<StackId>","AcmeMigration1A2B3C4D","Sandbox","eng-0123456789abcd","CustomerProject"]', see test_identity.
TOKEN = "c04bd3761cea1d64d690bce0edf1ef318005c0a858cacb2c7174a9275e37f0e5"


def test_a_create_returns_the_physical_id_and_all_attributes(function: Function) -> None:
    function.wire.plan(engagement(), wrote("1"))
    response = function.handle("Create", properties(ENGAGEMENT))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", ID)
    assert response["Data"] == {
        "ContextId": "1",
        "EngagementId": ENGAGEMENT,
        "EngagementArn": arn(),
        "EngagementLastModifiedAt": MODIFIED,
    }
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement", "CreateEngagementContext"]
    assert function.wire.bodies[1][1]["ClientToken"] == TOKEN


def test_each_resource_type_has_its_own_lifecycle(function: Function) -> None:
    declared = {"Title": "Acme migration", "Description": "Move the data center to AWS"}
    page: dict[str, Any] = {"EngagementSummaryList": []}
    _, current = engagement()
    function.wire.plan((200, page), (200, {"Id": ENGAGEMENT, "Arn": arn()}), (200, {**current, **declared}))
    new = {"Catalog": "Sandbox", "AdoptExisting": "true", **declared}
    response = function.handle("Create", new, ResourceType="Custom::Engagement")
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{ENGAGEMENT}")
    assert response["Data"] == {"EngagementId": ENGAGEMENT, "EngagementArn": arn()}
    assert [name for name, _ in function.wire.bodies] == ["ListEngagements", "CreateEngagement", "GetEngagement"]


def test_a_missing_permission_to_list_engagements_names_all_engagements_of_the_catalog(function: Function) -> None:
    function.wire.plan(failed("AccessDeniedException", Reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"))
    response = function.handle("Create", {"Catalog": "AWS", "Title": "Acme"}, ResourceType="Custom::Engagement")
    needed = "partnercentral:ListEngagements on arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/*."
    assert needed in response["Reason"]


def token(function: Function, new: Any, **more: Any) -> str:
    """Return the client token that a Create of these properties sends."""
    function.wire.plan(engagement(), wrote("1"))
    function.handle("Create", new, **more)
    sent = function.wire.bodies[-1][1]["ClientToken"]
    assert isinstance(sent, str)
    return sent


def test_the_client_token_depends_only_on_the_identity_of_the_declaration(function: Function) -> None:
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


def test_a_declared_client_token_replaces_the_derived_one(function: Function) -> None:
    assert token(function, properties(ENGAGEMENT, ClientToken="mine")) == "mine"


def test_an_update_without_a_change_is_one_read_and_returns_all_attributes(function: Function) -> None:
    function.wire.plan(engagement(CURRENT))
    new = properties(ENGAGEMENT)
    response = function.handle("Update", new, OldResourceProperties=new, PhysicalResourceId=ID)
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", ID)
    assert response["Data"] == {
        "ContextId": "1",
        "EngagementId": ENGAGEMENT,
        "EngagementArn": arn(),
        "EngagementLastModifiedAt": MODIFIED,
    }


def test_old_properties_of_another_release_have_no_effect(function: Function) -> None:
    # AWS set the status. The old properties have it too, but they are not those of this release.
    current = lead(interaction("Annabella"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    old = {"Engagement": ENGAGEMENT, "Payload": {"Lead": {"QualificationStatus": "Qualified"}}}
    response = function.handle("Update", new, OldResourceProperties=old, PhysicalResourceId=ID)
    assert response["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


def test_a_member_that_is_not_declared_anymore_is_removed(function: Function) -> None:
    current = lead(interaction("Annabella"), QualificationStatus="Open")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    function.handle("Update", new, OldResourceProperties=properties(ENGAGEMENT, current, "Lead"), PhysicalResourceId=ID)
    assert function.wire.bodies[1][1]["Payload"] == {"Lead": {"Customer": current["Customer"]}}


def test_the_rollback_of_a_failed_replacement_removes_no_member_that_was_declared_only_there(
    function: Function,
) -> None:
    # AWS qualified the Lead. The failed replacement declared a status for the other engagement.
    current = lead(interaction("Annabella"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    failed = properties(OTHER, lead(interaction("Annabella"), QualificationStatus="Open"), "Lead")
    response = function.handle("Update", new, OldResourceProperties=failed, PhysicalResourceId=ID)
    assert response["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


@pytest.mark.parametrize(
    "failed",
    [
        {"Catalog": "AWS"},
        {"EngagementIdentifier": OTHER},
        {"Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}},
        {"ContextIdentifier": "9"},
    ],
    ids=str,
)
def test_the_rollback_of_a_failed_replacement_writes_nothing(function: Function, failed: Any) -> None:
    # AWS changed an interaction and filled in a status. The failed replacement declared one too.
    changed = interaction("Annabella", CustomerAction="Registered")
    current = lead(changed, interaction("Bartholomew"), QualificationStatus="Qualified")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}))
    new = properties(ENGAGEMENT, lead(interaction("Annabella"), interaction("Bartholomew")), "Lead")
    old = {**properties(ENGAGEMENT, lead(interaction("Annabella"), QualificationStatus="Qualified"), "Lead"), **failed}
    response = function.handle("Update", new, OldResourceProperties=old, PhysicalResourceId=ID)
    assert response["Status"] == "SUCCESS"
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


@pytest.mark.parametrize("identifier", [ENGAGEMENT, arn()])
def test_old_properties_with_the_engagements_id_or_arn_are_of_the_same_engagement(
    function: Function, identifier: str
) -> None:
    current = lead(interaction("Annabella"), QualificationStatus="Open")
    function.wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}), wrote("1"))
    new = properties(ENGAGEMENT, lead(interaction("Annabella")), "Lead")
    function.handle("Update", new, OldResourceProperties=properties(identifier, current, "Lead"), PhysicalResourceId=ID)
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement", "UpdateEngagementContext"]


@pytest.mark.parametrize(
    "physical_id", [ID, f"not-created/{LOGICAL_ID}", "of another release", "../..", "x" * 900, "Süd\n"]
)
@pytest.mark.parametrize("new", [properties(ENGAGEMENT), None, {}, {"Payload": "old"}, "text"])
def test_a_delete_returns_its_own_id_and_calls_nothing(function: Function, physical_id: str, new: Any) -> None:
    response = function.handle("Delete", new, PhysicalResourceId=physical_id)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert function.wire.requests == []


@pytest.mark.parametrize("more", [{}, {"PhysicalResourceId": ""}, {"PhysicalResourceId": None}])
def test_a_delete_without_an_id_returns_one_that_is_not_empty(function: Function, more: Any) -> None:
    response = function.handle("Delete", {}, **more)
    assert response["Status"] == "SUCCESS"
    assert response["PhysicalResourceId"]


@pytest.mark.parametrize("physical_id", [f"not-created/{LOGICAL_ID}", "demo_Acme_X1", "", "Sandbox/eng-1/1"])
def test_an_update_of_a_failed_create_is_a_create(function: Function, physical_id: str) -> None:
    function.wire.plan(engagement(), wrote("1"))
    new = properties(ENGAGEMENT)
    response = function.handle("Update", new, OldResourceProperties=new, PhysicalResourceId=physical_id)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", ID)
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement", "CreateEngagementContext"]


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize("type_", ["Custom::Other", "Custom::EngagementContext ", "Custom::Engagements", "", None, 5])
def test_an_unknown_resource_type_fails_and_calls_nothing(function: Function, request_type: str, type_: Any) -> None:
    response = function.handle(request_type, properties(ENGAGEMENT), ResourceType=type_, PhysicalResourceId=ID)
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", ID)
    assert response["Reason"].startswith("[UNKNOWN_RESOURCE_TYPE] ")
    assert "Custom::EngagementContext" in response["Reason"]
    assert function.wire.requests == []


def test_a_delete_of_an_unknown_resource_type_succeeds(function: Function) -> None:
    response = function.handle("Delete", {}, ResourceType="Custom::Other", PhysicalResourceId=ID)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", ID)


def test_invalid_properties_fail_and_call_nothing(function: Function) -> None:
    response = function.handle("Create", {**properties(ENGAGEMENT), "FromTheFuture": "1"})
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert response["Reason"].startswith("[VERSION_MISMATCH] ")
    assert "FromTheFuture" in response["Reason"]
    assert function.wire.requests == []


@pytest.mark.parametrize("missing", ["ResourceProperties", "PhysicalResourceId", "OldResourceProperties"])
def test_an_update_event_without_a_member_gets_a_response(function: Function, missing: str) -> None:
    new = properties(ENGAGEMENT)
    more: dict[str, Any] = {"PhysicalResourceId": ID, "OldResourceProperties": new, "ResourceProperties": new}
    more[missing] = None
    # An Update without a physical id is a Create, which adopts the equal context.
    function.wire.plan(*[engagement(CURRENT)] * (missing != "ResourceProperties"))
    response = function.handle("Update", None, **more)
    assert response["Status"] == ("FAILED" if missing == "ResourceProperties" else "SUCCESS")
    assert ("ResourceProperties" in response["Reason"]) == (missing == "ResourceProperties")


def test_an_error_of_the_service_becomes_the_reason_without_sensitive_values(function: Function) -> None:
    message = f"{PROJECT['Customer']['CompanyName']} is not a customer"
    listed = [
        {"FieldName": "Payload.CustomerProject.Customer.CompanyName", "Message": message, "Code": "INVALID_VALUE"}
    ]
    function.wire.plan(engagement(), failed("ValidationException", message, ErrorList=listed))
    response = function.handle("Create", properties(ENGAGEMENT))
    assert response["Status"] == "FAILED"
    for part in (
        "ValidationException from CreateEngagementContext",
        "*** is not a customer",
        "Payload.CustomerProject.Customer.CompanyName",
        "INVALID_VALUE",
    ):
        assert part in response["Reason"]


def test_an_error_that_names_the_token_is_recognized_even_if_a_masked_value_is_part_of_the_name(
    function: Function,
) -> None:
    person = interaction("Annabella")
    person["Contact"]["BusinessTitle"] = "Client"
    listed = [{"FieldName": "ClientToken", "Message": "was used before", "Code": "INVALID_VALUE"}]
    function.wire.plan(engagement(), failed("ValidationException", "1 error", ErrorList=listed))
    reason = function.handle("Create", properties(ENGAGEMENT, lead(person), "Lead"))["Reason"]
    assert "existing_context_id" in reason
    assert "client_token" in reason


def test_a_response_that_cannot_be_read_is_retried(function: Function) -> None:
    garbled = 200, {"Contexts": [{"Nonsense": "Featherstonehaugh"}]}
    function.wire.plan(garbled, engagement(), wrote("1"))
    assert function.handle("Create", properties(ENGAGEMENT))["Status"] == "SUCCESS"


def test_responses_that_can_never_be_read_fail_without_being_quoted(function: Function) -> None:
    function.wire.plan(*[(200, {"Contexts": [{"Nonsense": "Featherstonehaugh"}]})] * 100)
    response = function.handle("Create", properties(ENGAGEMENT), seconds=1)
    assert response["Status"] == "FAILED"
    assert response["Reason"].startswith("[UNREADABLE_RESPONSE] UnreadableResponse from GetEngagement. ")
    assert "Featherstonehaugh" not in response["Reason"]


def test_a_context_of_another_resource_of_the_stack_is_not_adopted(function: Function) -> None:
    function.stack.found = [resource("Sibling", "1")]
    function.stack.text = json.dumps({"Resources": {"Sibling": {}, LOGICAL_ID: {}}})
    function.wire.plan(engagement(CURRENT), wrote("2"))
    response = function.handle("Create", properties(ENGAGEMENT))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{ENGAGEMENT}/2")
    assert function.stack.asked == [STACK, STACK]


def test_a_context_id_of_any_length_is_recognized_in_a_physical_id(function: Function) -> None:
    long = "ctx-0123456789abcdef"
    function.wire.plan(engagement({**CURRENT, "Id": long}))
    new, physical_id = properties(ENGAGEMENT), f"Sandbox/{ENGAGEMENT}/{long}"
    response = function.handle("Update", new, OldResourceProperties=new, PhysicalResourceId=physical_id)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert response["Data"]["ContextId"] == long
    assert [name for name, _ in function.wire.bodies] == ["GetEngagement"]


@pytest.mark.parametrize("operation", ["create", "update"])
def test_a_success_without_the_optional_members_has_all_attributes(function: Function, operation: str) -> None:
    status, body = wrote("1")
    lacking = {name: value for name, value in body.items() if name not in ("EngagementLastModifiedAt", "EngagementArn")}
    function.wire.plan(engagement(*[CURRENT] * (operation == "update")), (status, lacking), engagement(CURRENT))
    if operation == "create":
        response = function.handle("Create", properties(ENGAGEMENT))
    else:
        old, new = properties(ENGAGEMENT), properties(ENGAGEMENT, OTHER_PROJECT)
        response = function.handle("Update", new, OldResourceProperties=old, PhysicalResourceId=ID)
    assert response["Status"] == "SUCCESS"
    assert response["Data"] == {
        "ContextId": "1",
        "EngagementId": ENGAGEMENT,
        "EngagementArn": arn(),
        "EngagementLastModifiedAt": MODIFIED,
    }
    assert len(function.wire.bodies) == 3


def test_the_text_of_an_unforeseen_error_is_neither_logged_nor_returned(
    function: Function, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(PROJECT["Customer"]["CompanyName"])

    monkeypatch.setattr("lambda_handler.engagement_context.lifecycle.create", fail)
    response = function.handle("Create", properties(ENGAGEMENT))
    assert response["Reason"].startswith("[INTERNAL_ERROR] RuntimeError in fail, ")
    assert PROJECT["Customer"]["CompanyName"] not in response["Reason"] + capfd.readouterr().out


def test_a_client_that_cannot_be_created_fails_every_event_but_delete(
    function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", "garbage")
    monkeypatch.setattr(function.module, "client", function.module.partner_central.connect)
    response = function.handle("Create", properties(ENGAGEMENT))
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert response["Reason"].startswith("[CLIENT_CONFIGURATION] ")
    assert "environment variables that begin with AWS_" in response["Reason"]
    assert function.handle("Delete", properties(ENGAGEMENT), PhysicalResourceId=ID)["Status"] == "SUCCESS"


def test_the_code_of_a_failure_is_logged(function: Function, capfd: pytest.CaptureFixture[str]) -> None:
    function.wire.plan(failed("ResourceNotFoundException"))
    function.handle("Create", properties(ENGAGEMENT))
    function.handle("Create", {**properties(ENGAGEMENT), "Catalog": "?"})
    function.handle(
        "Create", properties(ENGAGEMENT), StackId=OTHER_STACK, LogicalResourceId=LOGICAL_ID, ResourceType="?"
    )
    function.handle("Import", properties(ENGAGEMENT))
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    failures = [line for line in lines if line["level"] == "ERROR"]
    assert [(line["message"], line["error_code"], line.get("exception")) for line in failures] == [
        ("failed", "ENGAGEMENT_NOT_FOUND", "ResourceNotFoundException"),
        ("failed", "INVALID_PROPERTIES", None),
        ("failed", "UNKNOWN_RESOURCE_TYPE", None),
        ("failed", "UNKNOWN_REQUEST_TYPE", None),
    ]
    # The next line about the same event is not about the exception.
    sent = [line for line in lines if line["message"] == "response sent"]
    assert [line.get("exception") for line in sent] == [None] * 4


def test_the_exception_behind_a_failure_is_logged(
    function: Function, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    function.wire.plan(engagement(), failed("ServiceQuotaExceededException"), engagement())
    function.handle("Create", properties(ENGAGEMENT))
    monkeypatch.setattr("lambda_handler.engagement_context.create", lambda _: int("Acme Tools"))
    function.handle("Create", properties(ENGAGEMENT))
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    failures = [line for line in lines if line["level"] == "ERROR"]
    assert [(line["error_code"], line["exception"]) for line in failures] == [
        ("ENGAGEMENT_FULL", "ServiceQuotaExceededException"),
        ("INTERNAL_ERROR", "ValueError"),
    ]


def test_no_call_is_made_without_time_for_the_response(function: Function) -> None:
    response = function.handle("Create", properties(ENGAGEMENT), seconds=0)
    assert response["Status"] == "FAILED"
    assert response["Reason"].startswith("[OUT_OF_TIME] ")
    assert function.wire.requests == []


@pytest.mark.parametrize("remaining", [900, 200, 60, 10, 2])
def test_work_ends_early_enough_for_one_request_and_the_response(function: Function, remaining: float) -> None:
    left = function.module._budget(Context(remaining))._remaining()
    assert 0 < left < remaining
    if remaining >= 200:
        # One request that stalls, and 45 seconds for the response.
        assert remaining - left >= 45 + 5 + 20


def test_what_was_done_is_logged(function: Function, capfd: pytest.CaptureFixture[str]) -> None:
    function.wire.plan(engagement(CURRENT))
    function.handle("Create", properties(ENGAGEMENT))
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    adopted = next(line for line in lines if line["message"] == "adopted")
    assert adopted["level"] == "INFO"
    assert adopted["milliseconds"] >= 0
    assert {name: adopted[name] for name in ("request_type", "logical_id", "engagement", "context")} == {
        "request_type": "Create",
        "logical_id": LOGICAL_ID,
        "engagement": ENGAGEMENT,
        "context": "1",
    }
    assert adopted["stack"] == function.events[0]["StackId"]
    assert adopted["request_id"] == function.events[0]["RequestId"]
    assert adopted["requestId"] == Context.aws_request_id


@pytest.mark.parametrize("other", [None, [], "text", {"Records": []}])
def test_another_input_than_an_event_ends_in_an_error(function: Function, other: Any) -> None:
    with pytest.raises(Exception, match="not an event"):
        function.module.handler(other, Context())
