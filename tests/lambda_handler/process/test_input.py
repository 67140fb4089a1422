"""Hostile, old and odd input: a clear answer where one is possible, and nothing written that was not understood."""

from typing import Any

import pytest

from tests.lambda_handler.process.events import LOGICAL_ID, PROJECT, event, interaction, lead, properties
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
        {"ContextIdentifier": "1234"},
        {"ContextIdentifier": ""},
        {"ClientToken": "\u0000"},
        {"FromTheFuture": "1"},
        {"Payload": {"CustomerProject": {**PROJECT, "Budget": "5"}}},
        {"Payload": {"CustomerProject": {"Customer": "Quixotic Zebra Tools"}}},
        {
            "Payload": {
                "CustomerProject": {"Customer": {**PROJECT["Customer"], "CompanyName": ["Quixotic Zebra Tools"]}}
            }
        },
        {"Payload": {"CustomerProject": PROJECT, "Lead": {}}},
    ],
    ids=str,
)
def test_what_is_not_understood_fails_before_any_request(cloud: Cloud, engagement: str, broken: Any) -> None:
    partly = isinstance(broken, dict) and broken
    answer = cloud.send("Create", {**properties(engagement), **broken} if partly else broken)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert answer["Reason"].isprintable()
    assert cloud.operations == []


@pytest.mark.parametrize("new", [None, {}, "text", {"Payload": {"Engagement": "of an older release"}}])
def test_a_delete_succeeds_whatever_the_properties_are(cloud: Cloud, new: Any) -> None:
    assert cloud.send("Delete", new, PhysicalResourceId="anything")["Status"] == "SUCCESS"


def test_an_update_that_comes_from_an_older_release_is_brought_up_to_date(cloud: Cloud, engagement: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    answer = cloud.send(
        "Update",
        properties(engagement),
        OldResourceProperties={"Engagement": engagement, "CustomerProject": "of an older release"},
        PhysicalResourceId=physical_id,
    )
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", physical_id)


def test_a_payload_of_sixty_kilobytes_fails_in_one_small_answer(cloud: Cloud, engagement: str) -> None:
    long = {**PROJECT["Project"], "BusinessProblem": "The zeppelin hangar loses its paperwork. " * 1500}
    answer = cloud.send("Create", properties(engagement, {**PROJECT, "Project": long}))
    assert answer["Status"] == "FAILED"
    assert "Payload.CustomerProject.Project.BusinessProblem" in answer["Reason"]
    assert "hangar" not in answer["Reason"]


def test_characters_of_every_kind_arrive_as_they_are(cloud: Cloud, engagement: str) -> None:
    odd = {
        **PROJECT["Project"],
        "BusinessProblem": 'Überläufe, "Anführung", \\ und \u202e\u200b — \U0001f600 日本語 ' * 3,
    }
    answer = cloud.send("Create", properties(engagement, {**PROJECT, "Project": odd}))
    assert answer["Status"] == "SUCCESS"
    assert cloud.held(engagement)[0]["Payload"] == {"CustomerProject": {**PROJECT, "Project": odd}}
    again = cloud.send("Create", properties(engagement, {**PROJECT, "Project": odd}))
    assert again == {**answer, "RequestId": again["RequestId"]}
    assert len(cloud.held(engagement)) == 1


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
def test_an_interaction_is_never_sent_twice_however_its_date_is_written(
    cloud: Cloud, engagement: str, date: str
) -> None:
    # A notation may be refused. One that is taken once is the same interaction every time after.
    new = properties(engagement, lead(interaction("Annabella", InteractionDate=date)), "Lead")
    first = cloud.send("Create", new)
    again = cloud.send("Create", new)
    assert first["Status"] == again["Status"]
    if first["Status"] == "SUCCESS":
        assert [len(each["Payload"]["Lead"]["Interactions"]) for each in cloud.held(engagement)] == [1]
        old = properties(engagement, lead(interaction("Bartholomew")), "Lead")
        cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=first["PhysicalResourceId"])
        assert [len(each["Payload"]["Lead"]["Interactions"]) for each in cloud.held(engagement)] == [1]
    else:
        assert "InteractionDate" in first["Reason"]
        assert cloud.held(engagement) == []


def test_more_interactions_than_a_lead_holds_are_a_clear_error(cloud: Cloud, engagement: str) -> None:
    eleven = lead(*(interaction(f"Annabella{number}") for number in range(11)))
    answer = cloud.send("Create", properties(engagement, eleven, "Lead"))
    assert answer["Status"] == "FAILED"
    assert "Interactions" in answer["Reason"]
    assert "10" in answer["Reason"]
    assert cloud.held(engagement) == []


@pytest.mark.parametrize("request_type", ["create", "Read", "../Create", "Create\n"])
def test_a_request_type_that_nobody_knows_fails_with_those_that_are(
    cloud: Cloud, engagement: str, request_type: str
) -> None:
    answer = cloud.send(request_type, properties(engagement))
    assert answer["Status"] == "FAILED"
    assert all(known in answer["Reason"] for known in ("Create", "Update", "Delete"))
    assert cloud.operations == []


@pytest.mark.parametrize(
    "nothing",
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
def test_what_is_no_event_ends_in_an_error_and_asks_nobody(cloud: Cloud, nothing: Any) -> None:
    before = len(cloud.responses.puts)
    assert cloud.function.invoke(nothing).error == "NotAnEventError"
    assert len(cloud.responses.puts) == before
    assert cloud.operations == []


@pytest.mark.parametrize("missing", ["ResponseURL", "StackId", "RequestId", "LogicalResourceId"])
def test_an_event_that_cannot_be_answered_ends_in_an_error_and_asks_nobody(
    cloud: Cloud, engagement: str, missing: str
) -> None:
    sent = event("Create", cloud.responses.url(), properties(engagement))
    before = len(cloud.responses.puts)
    assert cloud.function.invoke({name: value for name, value in sent.items() if name != missing}).error
    assert len(cloud.responses.puts) == before
    assert cloud.operations == []


def test_an_event_with_crhelpers_own_words_is_handled_like_any_other(cloud: Cloud, engagement: str) -> None:
    words: dict[str, Any] = {
        "CrHelperPoll": True,
        "CrHelperData": {"ContextId": "9"},
        "CrHelperRule": "arn:aws:events:x:y:rule/z",
    }
    answer = cloud.send("Create", properties(engagement), **words)
    assert answer["Data"]["ContextId"] == "1"
    assert cloud.operations == [READ, CREATE]
