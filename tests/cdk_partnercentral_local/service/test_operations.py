"""What each operation does when all is well, seen by a real SDK client."""

import json
import re
import urllib.request
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from cdk_partnercentral_local.service import Call, PartnerCentral

Serve = Callable[..., tuple[Any, Any]]
Json = dict[str, Any]

NANOSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?!\d{6}000)\d{9}Z")


def without_metadata(answer: Json) -> Json:
    return {name: member for name, member in answer.items() if name != "ResponseMetadata"}


def test_create_engagement_answers_its_id_and_arn_and_get_shows_all_of_it(serve: Serve, clock: Any) -> None:
    _, client = serve(clock=clock)

    created = client.create_engagement(Catalog="Sandbox", Title="Migration", Description="With Acme", ClientToken="t")

    engagement_id = created["Id"]
    assert re.fullmatch("eng-[0-9a-z]{14}", engagement_id)
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement_id}"
    assert created["Arn"] == arn
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert without_metadata(client.get_engagement(Catalog="Sandbox", Identifier=engagement_id)) == {
        "Id": engagement_id,
        "Arn": arn,
        "Title": "Migration",
        "Description": "With Acme",
        "CreatedAt": moment,
        "CreatedBy": "123456789012",
        "MemberCount": 1,
        "ModifiedAt": moment,
        "ModifiedBy": "123456789012",
        "Contexts": [],
    }


def test_create_engagement_takes_contexts_and_numbers_them_itself(serve: Serve, project: Json, lead: Json) -> None:
    service, client = serve()

    contexts = [{"Type": "CustomerProject", "Payload": project, "Id": "77"}, {"Type": "Lead", "Payload": lead}]
    created = client.create_engagement(Catalog="Sandbox", Contexts=contexts)

    assert service.engagement(created["Id"])["Contexts"] == [
        {"Id": "1", "Type": "CustomerProject", "Payload": project},
        {"Id": "2", "Type": "Lead", "Payload": lead},
    ]


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
@pytest.mark.parametrize("by", ["id", "arn"])
def test_create_context_answers_where_it_is_and_get_shows_it(
    serve: Serve, project: Json, lead: Json, catalog: str, by: str
) -> None:
    service, client = serve()
    engagement_id = service.create_engagement(catalog=catalog)
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement_id}"
    named = engagement_id if by == "id" else arn

    first = client.create_engagement_context(
        Catalog=catalog, EngagementIdentifier=named, Type="CustomerProject", Payload=project, ClientToken="one"
    )
    second = client.create_engagement_context(
        Catalog=catalog, EngagementIdentifier=named, Type="Lead", Payload=lead, ClientToken="two"
    )

    assert [first["ContextId"], second["ContextId"]] == ["1", "2"]
    assert (second["EngagementId"], second["EngagementArn"]) == (engagement_id, arn)
    held = client.get_engagement(Catalog=catalog, Identifier=named)
    assert held["ModifiedAt"] == second["EngagementLastModifiedAt"] > first["EngagementLastModifiedAt"]
    lead["Lead"]["Interactions"][0]["InteractionDate"] = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert held["Contexts"] == [
        {"Id": "1", "Type": "CustomerProject", "Payload": project},
        {"Id": "2", "Type": "Lead", "Payload": lead},
    ]


def test_context_ids_count_within_each_engagement(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagements = [service.create_engagement(), service.create_engagement()]

    ids = [
        client.create_engagement_context(
            Catalog="Sandbox", EngagementIdentifier=each, Type="CustomerProject", Payload=project
        )["ContextId"]
        for each in engagements
    ]

    assert ids == ["1", "1"]
    assert engagements[0] != engagements[1]


def test_update_replaces_the_payload_and_moves_the_engagement_on(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()
    service.as_aws.add_context(engagement_id, project)
    before = service.engagement(engagement_id)["ModifiedAt"]
    project["CustomerProject"]["Project"]["Title"] = "Stay on AWS"

    answer = client.update_engagement_context(
        Catalog="Sandbox",
        EngagementIdentifier=engagement_id,
        ContextIdentifier="1",
        EngagementLastModifiedAt=before,
        Type="CustomerProject",
        Payload=project,
    )

    held = service.engagement(engagement_id)
    assert held["Contexts"] == [{"Id": "1", "Type": "CustomerProject", "Payload": project}]
    assert held["ModifiedAt"] > before
    sent = service.calls[-1]
    assert (sent.operation, sent.input["EngagementLastModifiedAt"]) == ("UpdateEngagementContext", before)
    assert sent.output == {
        "EngagementId": engagement_id,
        "EngagementArn": held["Arn"],
        "EngagementLastModifiedAt": held["ModifiedAt"],
        "ContextId": "1",
    }
    assert answer["EngagementLastModifiedAt"].microsecond == int(held["ModifiedAt"][20:26])


@pytest.mark.parametrize("step", [0, 1, 999, -5_000, 1_000_000])
def test_modified_at_has_nanoseconds_and_grows_whatever_the_clock_does(clock: Any, step: int) -> None:
    service = PartnerCentral(clock=clock)
    engagement_id = service.create_engagement()

    seen = [service.engagement(engagement_id)["ModifiedAt"]]
    for _ in range(20):
        clock.now += step
        service.as_aws.touch(engagement_id)
        seen.append(service.engagement(engagement_id)["ModifiedAt"])

    assert all(NANOSECONDS.fullmatch(each) for each in seen)
    # Cut to microseconds they are different still, or a truncated stale lock would pass for a truncated fresh one.
    microseconds = [each[:26] for each in seen]
    assert microseconds == sorted(set(microseconds))


def test_calls_say_what_went_over_the_wire(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()

    client.create_engagement_context(
        Catalog="Sandbox", EngagementIdentifier=engagement_id, Type="CustomerProject", Payload=project, ClientToken="t"
    )
    client.get_engagement(Catalog="Sandbox", Identifier=engagement_id)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_engagement(Catalog="AWS", Identifier=engagement_id)

    created, read, missed = service.calls
    assert (created.operation, created.error, created.wrote) == ("CreateEngagementContext", None, True)
    assert created.input == {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement_id,
        "Type": "CustomerProject",
        "Payload": project,
        "ClientToken": "t",
    }
    assert created.output["ContextId"] == "1"
    assert (read.operation, read.error, read.wrote) == ("GetEngagement", None, False)
    assert read.output == service.engagement(engagement_id)
    assert missed == Call(
        operation="GetEngagement",
        input={"Catalog": "AWS", "Identifier": engagement_id},
        error="ResourceNotFoundException",
    )
    assert missed.output is None


def test_an_answer_is_awsjson_with_a_request_id(serve: Serve) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()
    request = urllib.request.Request(
        client.meta.endpoint_url,
        data=json.dumps({"Catalog": "Sandbox", "Identifier": engagement_id}).encode(),
        headers={"X-Amz-Target": "AWSPartnerCentralSelling.GetEngagement"},
    )

    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
        assert re.fullmatch("[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
        assert json.load(answer) == service.engagement(engagement_id)


def test_a_snapshot_is_the_callers_own(serve: Serve, project: Json) -> None:
    service, _ = serve()
    engagement_id = service.create_engagement()
    service.as_aws.add_context(engagement_id, project)

    service.engagement(engagement_id)["Contexts"][0]["Payload"].clear()

    assert service.engagement(engagement_id)["Contexts"][0]["Payload"] == project


def test_unknown_engagements_and_catalogs_are_mistakes_of_the_test(serve: Serve) -> None:
    service, _ = serve()

    with pytest.raises(KeyError):
        service.engagement("eng-00000000000000")
    with pytest.raises(ValueError, match="one of AWS, Sandbox"):
        service.create_engagement(catalog="Test")


def test_list_engagements_pages_in_the_order_asked_for(serve: Serve) -> None:
    service, client = serve()
    created = [service.create_engagement(title=f"Number {number}") for number in range(5)]
    service.create_engagement(catalog="AWS")
    pages = client.get_paginator("list_engagements")

    def listed(**asked: Any) -> list[list[str]]:
        return [
            [each["Id"] for each in page["EngagementSummaryList"]]
            for page in pages.paginate(Catalog="Sandbox", **asked)
        ]

    descending = {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}
    assert listed() == [created]
    assert listed(PaginationConfig={"PageSize": 5}) == [created]
    assert listed(PaginationConfig={"PageSize": 2}) == [created[:2], created[2:4], created[4:]]
    newest = created[::-1]
    assert listed(Sort=descending, PaginationConfig={"PageSize": 3}) == [newest[:3], newest[3:]]


def test_list_engagements_filters(serve: Serve, project: Json, lead: Json) -> None:
    service, client = serve()
    empty, with_project, with_both = (service.create_engagement(description="Not listed") for _ in range(3))
    service.as_aws.add_context(with_project, project)
    for payload in (lead, project, project):
        service.as_aws.add_context(with_both, payload)

    def listed(**asked: Any) -> list[str]:
        return [each["Id"] for each in client.list_engagements(Catalog="Sandbox", **asked)["EngagementSummaryList"]]

    arn = service.engagement(with_both)["Arn"]
    assert listed(ContextTypes=["CustomerProject"]) == [with_project, with_both]
    assert listed(ContextTypes=[]) == [empty, with_project, with_both]
    assert listed(ExcludeContextTypes=["Lead"]) == [empty, with_project]
    assert listed(EngagementIdentifier=[arn, empty, "eng-00000000000000"]) == [empty, with_both]
    assert listed(CreatedBy=["123456789012"]) == [empty, with_project, with_both]
    assert listed(CreatedBy=["210987654321"]) == []
    assert listed(ExcludeCreatedBy=["123456789012"]) == []


def test_list_engagements_summarises(serve: Serve, clock: Any, project: Json, lead: Json) -> None:
    service, client = serve(clock=clock)
    engagement_id = service.create_engagement(title="Migration", description="Not listed")
    clock.advance(60)
    for payload in (lead, project, project):
        service.as_aws.add_context(engagement_id, payload)

    (summary,) = client.list_engagements(Catalog="Sandbox")["EngagementSummaryList"]

    assert summary == {
        "Id": engagement_id,
        "Arn": service.engagement(engagement_id)["Arn"],
        "Title": "Migration",
        "CreatedAt": datetime(2026, 1, 1, tzinfo=timezone.utc),
        "CreatedBy": "123456789012",
        "MemberCount": 1,
        "ModifiedAt": datetime(2026, 1, 1, 0, 1, 0, 2, tzinfo=timezone.utc),
        "ModifiedBy": "AWS",
        "ContextTypes": ["Lead", "CustomerProject"],
    }
