"""SearchEngagements with a real SDK client: filters, keyword, order, pages, validation."""

import json
from typing import Any

import pytest

from cdk_partnercentral_local import PartnerCentral
from tests.cdk_partnercentral_local.service.requests import Json, Serve


def prospecting(segment: str) -> Json:
    return {"ProspectingResult": {"Aws": {"Customer": {"Segment": segment}}}}


@pytest.fixture
def client(serve: Serve, lead: Json, project: Json) -> Any:
    """A client of a service with three engagements: `Alpha` (two members, a Lead), `Beta` and `Gamma`."""
    service, client = serve()
    service.as_aws.create_lead(lead["Lead"], title="Alpha")
    beta = service.create_engagement(title="Beta", description="For the harbor")
    service.as_aws.add_context(beta, project)
    gamma = service.create_engagement(title="Gamma", created_by="210987654321")
    service.as_aws.add_context(gamma, project)
    service.as_aws.add_context(gamma, prospecting("Enterprise"))
    service.create_engagement(title="Delta", catalog="AWS")
    return client


def titles(client: Any, **request: Any) -> list[str]:
    found = client.search_engagements(Catalog="Sandbox", **request)["EngagementSearchSummaries"]
    return [each["Title"] for each in found]


def where(operator: str, key: str, **value: Any) -> Json:
    return {operator: {"Key": key, "Value": value}}


TITLE_B = where("EqualsTo", "Title", StringValue="beta")
IS_PROJECT = where("ContainsAny", "ContextType", StringListValue=["CustomerProject"])
FILTERS: list[tuple[Json, list[str]]] = [
    ({}, ["Alpha", "Beta", "Gamma"]),
    (TITLE_B, ["Beta"]),
    (where("EqualsTo", "Title", StringValue="bet"), []),
    (where("EqualsTo", "Title", StringListValue=["beta", "gamma"]), ["Beta", "Gamma"]),
    (where("EqualsTo", "MemberCount", LongValue=2), ["Alpha"]),
    (where("GreaterThan", "MemberCount", LongValue=1), ["Alpha"]),
    (where("LessThanOrEquals", "MemberCount", LongValue=1), ["Beta", "Gamma"]),
    (where("GreaterThanOrEquals", "CreatedAt", DateValue="2020-01-01T00:00:00Z"), ["Alpha", "Beta", "Gamma"]),
    (where("LessThan", "LastModifiedAt", DateValue="2020-01-01T00:00:00Z"), []),
    (where("EqualsTo", "PartnerId", StringValue="210987654321"), ["Gamma"]),
    (IS_PROJECT, ["Beta", "Gamma"]),
    (where("ContainsAll", "ContextType", StringListValue=["CustomerProject", "ProspectingResult"]), ["Gamma"]),
    (where("EqualsTo", "LeadCustomerCompanyName", StringValue="Acme"), ["Alpha"]),
    (where("ContainsAny", "LeadInteractionsContactLastName", StringListValue=["do"]), ["Alpha"]),
    (where("EqualsTo", "ProspectingCustomerSegment", StringValue="enterprise"), ["Gamma"]),
    ({"NotFilter": IS_PROJECT}, ["Alpha"]),
    ({"AndAllFilters": [IS_PROJECT, TITLE_B]}, ["Beta"]),
    ({"OrAllFilters": [TITLE_B, {"NotFilter": {"OrAllFilters": [IS_PROJECT]}}]}, ["Alpha", "Beta"]),
    ({**TITLE_B, "NotFilter": IS_PROJECT}, []),
]


@pytest.mark.parametrize(("node", "expected"), FILTERS)
def test_a_filter(client: Any, node: Json, expected: list[str]) -> None:
    assert titles(client, Filter=node) == expected


@pytest.mark.parametrize(
    ("keyword", "expected"), [("gam", ["Gamma"]), ("HARBOR", ["Beta"]), ("doe", ["Alpha"]), ("zebra", [])]
)
def test_a_keyword_is_in_any_text(client: Any, keyword: str, expected: list[str]) -> None:
    assert titles(client, Keyword=keyword) == expected


def test_no_engagement_is_in_a_group(client: Any) -> None:
    assert titles(client, GroupId="eng-grp-0123456789abcd") == []


@pytest.mark.parametrize(
    ("order", "expected"), [("ASCENDING", ["Alpha", "Beta", "Gamma"]), ("DESCENDING", ["Gamma", "Beta", "Alpha"])]
)
@pytest.mark.parametrize("key", ["Title", "CreatedAt"])
def test_sort(client: Any, key: str, order: str, expected: list[str]) -> None:
    assert titles(client, Sort={"SortBy": key, "SortOrder": order}) == expected


def test_engagements_without_a_value_come_first(client: Any) -> None:
    sort = {"SortBy": "LeadCustomerCompanyName", "SortOrder": "ASCENDING"}

    assert titles(client, Sort=sort) == ["Beta", "Gamma", "Alpha"]


def test_pages(client: Any) -> None:
    first = client.search_engagements(Catalog="Sandbox", MaxResults=2)
    second = client.search_engagements(Catalog="Sandbox", MaxResults=2, NextToken=first["NextToken"])

    pages = [[each["Title"] for each in page["EngagementSearchSummaries"]] for page in (first, second)]
    assert pages == [["Alpha", "Beta"], ["Gamma"]]
    assert "NextToken" not in second


def test_a_summary_is_the_engagement_with_its_contexts(client: Any) -> None:
    (found,) = client.search_engagements(Catalog="Sandbox", Filter=TITLE_B)["EngagementSearchSummaries"]

    engagement = client.get_engagement(Catalog="Sandbox", Identifier=found["Id"])
    del engagement["ResponseMetadata"]
    assert found == engagement
    assert found["Contexts"][0]["Payload"]["CustomerProject"]["Customer"]["CompanyName"] == "Acme"


@pytest.mark.parametrize(
    "request_",
    [
        {"Catalog": "Elsewhere"},
        {"Catalog": "Sandbox", "Filter": {"AndAllFilters": [{"NotFilter": {"EqualsTo": {"Key": "Title"}}}]}},
        {"Catalog": "Sandbox", "Filter": {"NotFilter": {"OrAllFilters": [where("EqualsTo", "Mood", StringValue="x")]}}},
        {"Catalog": "Sandbox", "NextToken": "?"},
    ],
)
def test_wrong_requests_are_refused_at_every_depth(request_: Json) -> None:
    reply = PartnerCentral().handle("AWSPartnerCentralSelling.SearchEngagements", json.dumps(request_).encode())

    assert (reply.status, json.loads(reply.body)["__type"]) == (
        400,
        "com.amazonaws.partnercentralselling#ValidationException",
    )
