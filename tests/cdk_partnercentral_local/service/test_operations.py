"""What each operation returns to a real SDK client, and the registry of operations."""

import json
import re
import urllib.request
from datetime import datetime, timezone
from typing import Any

import pytest

from cdk_partnercentral_local import Call, PartnerCentral
from cdk_partnercentral_local.service import OPERATIONS, service_model
from tests.cdk_partnercentral_local.service.requests import MISSING, Json, Serve, creating, updating

NANOSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,8}[1-9]Z")


def without_metadata(response: Json) -> Json:
    return {name: member for name, member in response.items() if name != "ResponseMetadata"}


def test_every_registered_operation_is_in_the_service_model() -> None:
    assert set(OPERATIONS) <= set(service_model().operation_names)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_client_token_in_the_model_if_it_is_a_create(name: str) -> None:
    shape = service_model().operation_model(name).input_shape
    assert shape is not None

    assert ("ClientToken" in shape.members) == (OPERATIONS[name].kind == "create")


def test_create_engagement_returns_id_and_arn_and_get_engagement_returns_everything(serve: Serve, clock: Any) -> None:
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


def test_create_engagement_numbers_its_contexts(serve: Serve, project: Json, lead: Json) -> None:
    service, client = serve()

    contexts = [{"Type": "CustomerProject", "Payload": project, "Id": "77"}, {"Type": "Lead", "Payload": lead}]
    created = client.create_engagement(Catalog="Sandbox", Contexts=contexts)

    assert service.engagement(created["Id"])["Contexts"] == [
        {"Id": "1", "Type": "CustomerProject", "Payload": project},
        {"Id": "2", "Type": "Lead", "Payload": lead},
    ]


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
@pytest.mark.parametrize("by", ["id", "arn"])
def test_create_context_returns_its_ids_and_get_engagement_returns_the_context(
    serve: Serve, project: Json, lead: Json, catalog: str, by: str
) -> None:
    service, client = serve()
    engagement_id = service.create_engagement(catalog=catalog)
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement_id}"
    identifier = engagement_id if by == "id" else arn

    first = client.create_engagement_context(**creating(identifier, project, Catalog=catalog, ClientToken="one"))
    second = client.create_engagement_context(**creating(identifier, lead, Catalog=catalog, ClientToken="two"))

    assert [first["ContextId"], second["ContextId"]] == ["1", "2"]
    assert (second["EngagementId"], second["EngagementArn"]) == (engagement_id, arn)
    read = client.get_engagement(Catalog=catalog, Identifier=identifier)
    assert read["ModifiedAt"] == second["EngagementLastModifiedAt"] > first["EngagementLastModifiedAt"]
    lead["Lead"]["Interactions"][0]["InteractionDate"] = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert read["Contexts"] == [
        {"Id": "1", "Type": "CustomerProject", "Payload": project},
        {"Id": "2", "Type": "Lead", "Payload": lead},
    ]


def test_context_ids_start_at_1_in_each_engagement(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagements = [service.create_engagement(), service.create_engagement()]

    ids = [
        client.create_engagement_context(**creating(each, project, ClientToken=each))["ContextId"]
        for each in engagements
    ]

    assert ids == ["1", "1"]
    assert engagements[0] != engagements[1]


def test_update_replaces_the_payload_and_changes_modified_at(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()
    service.as_aws.add_context(engagement_id, project)
    before = service.engagement(engagement_id)["ModifiedAt"]
    project["CustomerProject"]["Project"]["Title"] = "Stay on AWS"

    response = client.update_engagement_context(**updating(service, engagement_id, project))

    current = service.engagement(engagement_id)
    assert current["Contexts"] == [{"Id": "1", "Type": "CustomerProject", "Payload": project}]
    assert current["ModifiedAt"] > before
    sent = service.calls[-1]
    assert (sent.operation, sent.input["EngagementLastModifiedAt"]) == ("UpdateEngagementContext", before)
    assert sent.output == {
        "EngagementId": engagement_id,
        "EngagementArn": current["Arn"],
        "EngagementLastModifiedAt": current["ModifiedAt"],
        "ContextId": "1",
    }
    assert response["EngagementLastModifiedAt"].microsecond == int(current["ModifiedAt"][20:26])


@pytest.mark.parametrize("step", [0, 1, 999, -5_000, 1_000_000])
def test_modified_at_has_nanoseconds_and_increases_even_if_the_clock_does_not(clock: Any, step: int) -> None:
    service = PartnerCentral(clock=clock)
    engagement_id = service.create_engagement()

    seen = [service.engagement(engagement_id)["ModifiedAt"]]
    for _ in range(20):
        clock.now += step
        service.as_aws.touch(engagement_id)
        seen.append(service.engagement(engagement_id)["ModifiedAt"])

    assert all(NANOSECONDS.fullmatch(each) for each in seen)
    # They must differ even in microseconds, or a truncated stale lock would equal a truncated current one.
    microseconds = [each[:26] for each in seen]
    assert microseconds == sorted(set(microseconds))


def test_calls_record_requests_and_responses(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()

    client.create_engagement_context(**creating(engagement_id, project))
    client.get_engagement(Catalog="Sandbox", Identifier=engagement_id)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_engagement(Catalog="AWS", Identifier=engagement_id)

    created, read, failed = service.calls
    assert (created.operation, created.error, created.wrote) == ("CreateEngagementContext", None, True)
    assert created.input == creating(engagement_id, project)
    assert created.output is not None
    assert created.output["ContextId"] == "1"
    assert (read.operation, read.error, read.wrote) == ("GetEngagement", None, False)
    assert read.output == service.engagement(engagement_id)
    assert failed == Call(
        operation="GetEngagement",
        input={"Catalog": "AWS", "Identifier": engagement_id},
        error="ResourceNotFoundException",
    )
    assert failed.output is None


def test_a_response_is_awsjson_with_a_request_id(serve: Serve) -> None:
    service, client = serve()
    engagement_id = service.create_engagement()
    request = urllib.request.Request(
        client.meta.endpoint_url,
        data=json.dumps({"Catalog": "Sandbox", "Identifier": engagement_id}).encode(),
        headers={"X-Amz-Target": "AWSPartnerCentralSelling.GetEngagement"},
    )

    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/x-amz-json-1.0"
        assert re.fullmatch("[0-9a-f-]{36}", response.headers["x-amzn-RequestId"])
        assert json.load(response) == service.engagement(engagement_id)


@pytest.mark.parametrize("omits", [True, False])
def test_responses_of_writes_lack_the_last_modification_if_the_switch_says_so(
    serve: Serve, project: Json, omits: bool
) -> None:
    service, client = serve(omits_last_modified=omits)

    engagement_id = client.create_engagement(Catalog="Sandbox")["Id"]
    client.create_engagement_context(**creating(engagement_id, project))
    client.update_engagement_context(**updating(service, engagement_id, project))

    modified = [{"ModifiedAt", "EngagementLastModifiedAt"} & (call.output or {}).keys() for call in service.calls]
    assert modified == [set()] * 3 if omits else all(modified)
    assert "ModifiedAt" in client.get_engagement(Catalog="Sandbox", Identifier=engagement_id)


def test_engagement_returns_a_copy(serve: Serve, project: Json) -> None:
    service, _ = serve()
    engagement_id = service.create_engagement()
    service.as_aws.add_context(engagement_id, project)

    service.engagement(engagement_id)["Contexts"][0]["Payload"].clear()

    assert service.engagement(engagement_id)["Contexts"][0]["Payload"] == project


def test_a_missing_engagement_or_catalog_raises_in_the_test(serve: Serve) -> None:
    service, _ = serve()

    with pytest.raises(KeyError):
        service.engagement(MISSING)
    with pytest.raises(ValueError, match="one of AWS, Sandbox"):
        service.create_engagement(catalog="Test")


def test_list_engagements_returns_pages_in_the_requested_order(serve: Serve) -> None:
    service, client = serve()
    created = [service.create_engagement(title=f"Number {number}") for number in range(5)]
    service.create_engagement(catalog="AWS")
    pages = client.get_paginator("list_engagements")

    def listed(**options: Any) -> list[list[str]]:
        return [
            [each["Id"] for each in page["EngagementSummaryList"]]
            for page in pages.paginate(Catalog="Sandbox", **options)
        ]

    descending = {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}
    assert listed() == [created]
    assert listed(PaginationConfig={"PageSize": 5}) == [created]
    assert listed(PaginationConfig={"PageSize": 2}) == [created[:2], created[2:4], created[4:]]
    newest = created[::-1]
    assert listed(Sort=descending, PaginationConfig={"PageSize": 3}) == [newest[:3], newest[3:]]


def test_list_engagements_applies_each_filter(serve: Serve, project: Json, lead: Json) -> None:
    service, client = serve()
    empty, with_project, with_both = (service.create_engagement(description="Not listed") for _ in range(3))
    service.as_aws.add_context(with_project, project)
    for payload in (lead, project, project):
        service.as_aws.add_context(with_both, payload)

    def listed(**filters: Any) -> list[str]:
        return [each["Id"] for each in client.list_engagements(Catalog="Sandbox", **filters)["EngagementSummaryList"]]

    arn = service.engagement(with_both)["Arn"]
    assert listed(ContextTypes=["CustomerProject"]) == [with_project, with_both]
    assert listed(ContextTypes=[]) == [empty, with_project, with_both]
    assert listed(ExcludeContextTypes=["Lead"]) == [empty, with_project]
    assert listed(EngagementIdentifier=[arn, empty, MISSING]) == [empty, with_both]
    assert listed(CreatedBy=["123456789012"]) == [empty, with_project, with_both]
    assert listed(CreatedBy=["210987654321"]) == []
    assert listed(ExcludeCreatedBy=["123456789012"]) == []


def test_timestamps_have_no_zeros_at_the_end_and_a_list_has_hundredths(serve: Serve, clock: Any) -> None:
    # AWS recorded this pair for one engagement.
    clock.now = 1_736_958_866_049_325_970
    service, client = serve(clock=clock)
    engagement_id = service.create_engagement()

    client.get_engagement(Catalog="Sandbox", Identifier=engagement_id)
    client.list_engagements(Catalog="Sandbox")

    read, listed = (call.output or {} for call in service.calls)
    assert read["CreatedAt"] == "2025-01-15T16:34:26.04932597Z"
    assert listed["EngagementSummaryList"][0]["CreatedAt"] == "2025-01-15T16:34:26.04Z"


def test_list_engagements_returns_summaries(serve: Serve, clock: Any, project: Json, lead: Json) -> None:
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
        "ModifiedAt": datetime(2026, 1, 1, 0, 1, tzinfo=timezone.utc),
        "ModifiedBy": "aws",
        "ContextTypes": ["Lead", "CustomerProject"],
    }


def test_a_title_and_a_description_are_stored_as_sent_or_normalized(serve: Serve) -> None:
    for normalizes, stored in (("never", " Migration "), ("create", "Migration"), ("update", " Migration ")):
        service, client = serve(normalizes=normalizes)
        created = client.create_engagement(Catalog="Sandbox", Title=" Migration ", Description=" Migration ")

        engagement = service.engagement(created["Id"])

        assert (engagement["Title"], engagement["Description"]) == (stored, stored)


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_a_list_begins_with_as_many_empty_pages_as_the_switch_says(serve: Serve, size: int, order: str) -> None:
    service, client = serve(empty_pages=2)
    created = [service.create_engagement() for _ in range(3)]
    pages = list(
        client.get_paginator("list_engagements").paginate(
            Catalog="Sandbox",
            Sort={"SortBy": "CreatedDate", "SortOrder": order},
            PaginationConfig={"PageSize": size},
        )
    )

    listed = [[each["Id"] for each in page["EngagementSummaryList"]] for page in pages]

    assert listed[:2] == [[], []]
    assert all(listed[2:])
    assert [each for page in listed for each in page] == (created if order == "ASCENDING" else created[::-1])


def test_engagements_returns_the_ids_of_every_catalog(serve: Serve) -> None:
    service, client = serve(list_lag=5)
    first = service.create_engagement(catalog="AWS")
    second = client.create_engagement(Catalog="Sandbox")["Id"]

    assert service.engagements() == [first, second]


def test_another_account_can_create_an_engagement(serve: Serve) -> None:
    service, client = serve()
    other = service.create_engagement(created_by="210987654321")
    service.create_engagement()

    assert service.engagements()[0] == other
    (summary,) = client.list_engagements(Catalog="Sandbox", CreatedBy=["210987654321"])["EngagementSummaryList"]

    assert (summary["Id"], summary["CreatedBy"]) == (other, "210987654321")
