"""Hostile, old and unusual input: a clear error, and no call where the properties are not valid."""

from typing import Any

import pytest

from tests.lambda_handler.process.events import LOGICAL_ID, OTHER_PROJECT, PROJECT, event, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "text",
        [],
        {},
        {"Payload": None},
        {"EngagementIdentifier": "../../etc/passwd"},
        {"EngagementIdentifier": "eng-0123456789abc\n"},
        {"EngagementIdentifier": {"Ref": "x"}},
        {"Catalog": "Sandbox/../AWS"},
        {"Type": "Document"},
        {"Type": "Lead"},
        {"AdoptExisting": "perhaps"},
        {"ContextIdentifier": "1" * 256},
        {"ContextIdentifier": ""},
        {"ClientToken": "\u0000"},
        {"FromTheFuture": "1"},
        {"Payload": {"CustomerProject": PROJECT, "Lead": {}}},
    ],
    ids=str,
)
def test_invalid_properties_fail_before_any_call(cloud: Cloud, engagement: str, broken: Any) -> None:
    partly = isinstance(broken, dict) and broken
    response = cloud.send("Create", {**properties(engagement), **broken} if partly else broken)
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert response["Reason"].startswith(("[INVALID_PROPERTIES] ", "[VERSION_MISMATCH] "))
    assert response["Reason"].isprintable()
    assert cloud.operations == []


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"Customer": "Quixotic Zebra Tools"}, "Payload.CustomerProject.Customer"),
        (
            {"Customer": {**PROJECT["Customer"], "CompanyName": ["Quixotic Zebra Tools"]}},
            "Payload.CustomerProject.Customer.CompanyName",
        ),
    ],
    ids=["structure", "value"],
)
def test_a_payload_that_the_service_refuses_is_sent_as_declared_and_fails(
    cloud: Cloud, engagement: str, payload: Any, field: str
) -> None:
    response = cloud.send("Create", properties(engagement, payload))
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert response["Reason"].startswith("[VALIDATION_ERROR] ValidationException from CreateEngagementContext. ")
    assert field in response["Reason"]
    assert "Quixotic" not in response["Reason"]
    assert cloud.operations == [READ, CREATE]
    assert cloud.service.calls[1].input["Payload"] == {"CustomerProject": payload}


def test_an_unknown_member_of_a_payload_is_sent_as_declared(cloud: Cloud, engagement: str) -> None:
    # The local Partner Central ignores it, as services of AWS do.
    old, new = ({**PROJECT, "Budget": {"Amount": [amount]}} for amount in ("5", "6"))
    response = cloud.send("Create", properties(engagement, old))
    assert response["Status"] == "SUCCESS"
    response = cloud.send(
        "Update",
        properties(engagement, new),
        OldResourceProperties=properties(engagement, old),
        PhysicalResourceId=response["PhysicalResourceId"],
    )
    assert response["Status"] == "SUCCESS"
    writes = [call.input["Payload"] for call in cloud.service.calls if call.operation != READ]
    assert writes == [{"CustomerProject": old}, {"CustomerProject": new}]


def test_unknown_types_and_members_of_other_contexts_are_ignored(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"Newer": {"Name": "of something"}})
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": {**OTHER_PROJECT, "Budget": {"Amount": "5"}}})
    response = cloud.send("Create", properties(engagement))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/3")


def test_a_lead_with_unknown_members_can_be_read_and_updated(cloud: Cloud, engagement: str) -> None:
    annabella, bartholomew = interaction("Annabella"), interaction("Bartholomew")
    old = properties(engagement, lead(annabella), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.as_aws.change_lead(
        engagement, "1", lambda current: current["Interactions"][0].update(Sentiment={"Score": ["5"]})
    )
    new = properties(engagement, lead(annabella, bartholomew), "Lead")
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    assert response["Status"] == "SUCCESS"
    sent = cloud.service.calls[-1].input["Payload"]["Lead"]
    assert sent["Interaction"] == bartholomew


@pytest.mark.parametrize("new", [None, {}, "text", {"Payload": {"Engagement": "of an older release"}}])
def test_a_delete_succeeds_whatever_the_properties_are(cloud: Cloud, new: Any) -> None:
    assert cloud.send("Delete", new, PhysicalResourceId="anything")["Status"] == "SUCCESS"


def test_an_update_with_the_properties_of_an_older_release_succeeds(cloud: Cloud, engagement: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    response = cloud.send(
        "Update",
        properties(engagement),
        OldResourceProperties={"Engagement": engagement, "CustomerProject": "of an older release"},
        PhysicalResourceId=physical_id,
    )
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)


def test_a_payload_of_sixty_kilobytes_fails_with_a_small_response(cloud: Cloud, engagement: str) -> None:
    long = {**PROJECT["Project"], "BusinessProblem": "The zeppelin hangar loses its paperwork. " * 1500}
    response = cloud.send("Create", properties(engagement, {**PROJECT, "Project": long}))
    assert response["Status"] == "FAILED"
    assert "Payload.CustomerProject.Project.BusinessProblem" in response["Reason"]
    assert "hangar" not in response["Reason"]


def test_unicode_is_sent_unchanged_and_adopted(cloud: Cloud, engagement: str) -> None:
    odd = {
        **PROJECT["Project"],
        "BusinessProblem": 'Überläufe, "Anführung", \\ und \u202e\u200b — \U0001f600 日本語 ' * 3,
    }
    response = cloud.send("Create", properties(engagement, {**PROJECT, "Project": odd}))
    assert response["Status"] == "SUCCESS"
    assert cloud.contexts(engagement)[0]["Payload"] == {"CustomerProject": {**PROJECT, "Project": odd}}
    again = cloud.send("Create", properties(engagement, {**PROJECT, "Project": odd}))
    assert again == {**response, "RequestId": again["RequestId"]}
    assert len(cloud.contexts(engagement)) == 1


@pytest.mark.parametrize(
    "date",
    [
        "2026-05-01T12:00:00Z",
        "2026-05-01T14:00:00+02:00",
        "2026-05-01T12:00:00.123456789Z",
        "2026-05-01t12:00:00z",
        "2026-05-01T12:00Z",
        "2026-05-01T12:00:00",
        "2026-05-01",
        "20260501T120000Z",
        "1777636800",
        "Fri, 01 May 2026 12:00:00 GMT",
    ],
)
def test_an_interaction_is_never_sent_twice_in_any_notation_of_its_date(
    cloud: Cloud, engagement: str, date: str
) -> None:
    # The service may refuse a notation. An interaction that it accepted is the same one in all further events.
    new = properties(engagement, lead(interaction("Annabella", InteractionDate=date)), "Lead")
    first = cloud.send("Create", new)
    again = cloud.send("Create", new)
    assert first["Status"] == again["Status"]
    if first["Status"] == "SUCCESS":
        assert [len(each["Payload"]["Lead"]["Interactions"]) for each in cloud.contexts(engagement)] == [1]
    else:
        assert "InteractionDate" in first["Reason"]
        assert cloud.contexts(engagement) == []


def test_more_than_ten_interactions_fail(cloud: Cloud, engagement: str) -> None:
    eleven = lead(*(interaction(f"Annabella{number}") for number in range(11)))
    response = cloud.send("Create", properties(engagement, eleven, "Lead"))
    assert response["Status"] == "FAILED"
    assert "Interactions" in response["Reason"]
    assert "10" in response["Reason"]
    assert cloud.contexts(engagement) == []


@pytest.mark.parametrize("request_type", ["create", "Read", "../Create", "Create\n"])
def test_an_unknown_request_type_fails_with_the_known_ones(cloud: Cloud, engagement: str, request_type: str) -> None:
    response = cloud.send(request_type, properties(engagement))
    assert response["Status"] == "FAILED"
    assert all(known in response["Reason"] for known in ("Create", "Update", "Delete"))
    assert cloud.operations == []


@pytest.mark.parametrize(
    "other",
    [
        None,
        [],
        "text",
        5,
        {},
        {"detail-type": "Scheduled Event", "detail": {"Payload": {"Lead": {"Customer": {"CompanyName": "Quixotic"}}}}},
        {"Records": [{"body": "{}"}]},
    ],
    ids=str,
)
def test_another_input_than_an_event_ends_in_an_error_and_calls_nothing(cloud: Cloud, other: Any) -> None:
    before = len(cloud.responses.puts)
    assert cloud.function.invoke(other).error == "NotAnEventError"
    assert len(cloud.responses.puts) == before
    assert cloud.operations == []


@pytest.mark.parametrize("missing", ["ResponseURL", "StackId", "RequestId", "LogicalResourceId"])
def test_an_event_without_all_that_a_response_needs_ends_in_an_error_and_calls_nothing(
    cloud: Cloud, engagement: str, missing: str
) -> None:
    sent = event("Create", cloud.responses.url(), properties(engagement))
    before = len(cloud.responses.puts)
    assert cloud.function.invoke({name: value for name, value in sent.items() if name != missing}).error
    assert len(cloud.responses.puts) == before
    assert cloud.operations == []


def test_an_event_with_members_of_crhelpers_polling_is_handled_like_any_other(cloud: Cloud, engagement: str) -> None:
    members: dict[str, Any] = {
        "CrHelperPoll": True,
        "CrHelperData": {"ContextId": "9"},
        "CrHelperRule": "arn:aws:events:x:y:rule/z",
    }
    response = cloud.send("Create", properties(engagement), **members)
    assert response["Data"]["ContextId"] == "1"
    assert cloud.operations == [READ, CREATE]
