"""The client of Partner Central: the exact requests on the wire, and how responses are read."""

from collections.abc import Callable
from typing import Any

import pytest

from lambda_handler import partner_central
from lambda_handler.api import Context, EngagementPage, EngagementSummary
from lambda_handler.errors import ApiError, Kind
from lambda_handler.partner_central import PartnerCentral
from tests.lambda_handler.entry import CREATE, CREATE_ENGAGEMENT, LIST, READ, UPDATE
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    OTHER_ENGAGEMENT,
    PROJECT,
    TOKEN,
    arn,
    interaction,
    lead,
    lead_update,
)
from tests.lambda_handler.wire import MODIFIED, Wire, engagement, wrote
from tests.lambda_handler.wire import failed as refused

URL = "https://partnercentral-selling.us-east-1.api.aws/"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", None])
def test_every_call_goes_to_the_only_region_of_the_api(region: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, region) if region else monkeypatch.delenv(name, raising=False)
    wire = Wire()
    api = PartnerCentral(wire.tap(partner_central.connect()))
    wire.plan(engagement())
    api.read(**READ)
    (request,) = wire.requests
    assert (request.method, request.url) == ("POST", URL)
    authorization = request.headers["Authorization"]
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    assert "/us-east-1/partnercentral-selling/aws4_request" in text


def test_a_call_times_out_long_before_the_function_and_is_not_retried_by_the_sdk() -> None:
    config: Any = partner_central.connect().meta.config
    assert 0 < config.connect_timeout <= 10
    assert 0 < config.read_timeout <= 60
    assert config.retries["total_max_attempts"] == 1


def test_a_request_is_signed_after_its_body_is_complete(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(wrote("1"))
    api.update(**UPDATE)
    (request,) = wire.requests
    headers: Any = request.headers
    assert int(headers["Content-Length"]) == len(request.body)  # type: ignore[arg-type]
    assert b"cdk-partnercentral" in headers["User-Agent"]


def test_a_read_returns_the_engagement_and_its_contexts(api: PartnerCentral, wire: Wire) -> None:
    current = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
    dated = lead(interaction("Ann", InteractionDate="2026-01-01T00:00:00.123456789Z"))
    wire.plan(engagement(current, {"Id": "2", "Type": "Lead", "Payload": {"Lead": dated}}))
    read = api.read(**READ)
    assert wire.bodies == [("GetEngagement", {"Catalog": "Sandbox", "Identifier": ENGAGEMENT})]
    assert (read.id, read.arn, read.modified_at) == (ENGAGEMENT, arn(), MODIFIED)
    assert read.contexts == (
        Context(id="1", type="CustomerProject", payload=PROJECT),
        Context(id="2", type="Lead", payload=dated),
    )


def test_an_engagement_without_contexts_or_payloads_can_be_read(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((200, {"ModifiedAt": MODIFIED}), engagement({"Id": "1", "Type": "ProspectingResult"}))
    empty = api.read(**READ)
    assert (empty.id, empty.arn, empty.contexts) == (ENGAGEMENT, arn(), ())
    assert api.read(**READ).contexts == (Context(id="1", type="ProspectingResult", payload={}),)


def test_types_and_members_that_the_service_model_does_not_have_are_read(api: PartnerCentral, wire: Wire) -> None:
    newer = {"Id": "1", "Type": "Newer", "Payload": {"Newer": {"Name": "of something"}}, "Also": "new"}
    extended = {**lead(interaction("Ann", Mood="good")), "Temperature": {"Degrees": ["5"]}}
    wire.plan(engagement(newer, {"Id": "2", "Type": "Lead", "Payload": {"Lead": extended, "Extra": {}}}))
    assert api.read(**READ).contexts == (
        Context(id="1", type="Newer", payload={"Name": "of something"}),
        Context(id="2", type="Lead", payload=extended),
    )


def test_values_that_the_service_model_excludes_are_read(api: PartnerCentral, wire: Wire) -> None:
    odd = lead(interaction("Ann", InteractionDate="some day", SourceType={"A": "B"}))
    wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": odd}}))
    assert api.read(**READ).contexts == (Context(id="1", type="Lead", payload=odd),)


def test_nulls_of_a_response_are_dropped(api: PartnerCentral, wire: Wire) -> None:
    current = {"Customer": {"CompanyName": "Acme Tools", "AwsMaturity": None}, "Interactions": [None, {"A": None}]}
    wire.plan(engagement({"Id": "1", "Type": "Lead", "Payload": {"Lead": current}}))
    (context,) = api.read(**READ).contexts
    assert context.payload == {"Customer": {"CompanyName": "Acme Tools"}, "Interactions": [{}]}


def test_a_create_sends_the_union_and_the_token(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(wrote("3"))
    written = api.create(**CREATE)
    assert wire.bodies == [
        (
            "CreateEngagementContext",
            {
                "Catalog": "Sandbox",
                "EngagementIdentifier": ENGAGEMENT,
                "ClientToken": TOKEN,
                "Type": "CustomerProject",
                "Payload": {"CustomerProject": PROJECT},
            },
        )
    ]
    assert written.context_id == "3"
    assert (written.engagement.id, written.engagement.arn, written.engagement.modified_at) == (
        ENGAGEMENT,
        arn(),
        MODIFIED,
    )


@pytest.mark.parametrize(
    "lock", [MODIFIED, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.100000000Z", "2026-01-01T00:00:00.12345678901Z"]
)
def test_an_update_sends_the_lock_as_it_was_read_to_the_last_digit(api: PartnerCentral, wire: Wire, lock: str) -> None:
    wire.plan(engagement(modified_at=lock), wrote("1", lock))
    written = api.update(**{**UPDATE, "modified_at": api.read(**READ).modified_at})
    assert wire.bodies[1:] == [
        (
            "UpdateEngagementContext",
            {
                "Catalog": "Sandbox",
                "EngagementIdentifier": ENGAGEMENT,
                "ContextIdentifier": "1",
                "EngagementLastModifiedAt": lock,
                "Type": "CustomerProject",
                "Payload": {"CustomerProject": PROJECT},
            },
        )
    ]
    assert written.engagement.modified_at == lock


PAYLOADS: dict[str, Any] = {
    "an update of a Lead": lead_update(interaction("Jörg \U0001f600", InteractionDate="2026-05-01T14:00:00+02:00")),
    "unknown members": {**PROJECT, "Budget": {"Amount": ["5"]}},
    "values of other kinds": {"Customer": "text", "Project": {"Title": ["a", None, {}]}},
    "numbers and booleans as CloudFormation delivers them": {"Newer": "true", "Count": "5", "Of": {"Ratio": "1.50"}},
    "numbers and booleans": {"Newer": True, "Count": 5, "Of": {"Ratio": 1.5}},
    "nothing": {},
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_payload_is_sent_as_it_is(api: PartnerCentral, wire: Wire, payload: Any) -> None:
    wire.plan(wrote("1"), wrote("1"))
    api.create(**{**CREATE, "type_": "Lead", "payload": payload})
    api.update(**{**UPDATE, "type_": "Lead", "payload": payload})
    assert [body["Payload"] for _, body in wire.bodies] == [{"Lead": payload}] * 2


@pytest.mark.parametrize("absent", [{"EngagementArn": ""}, {"EngagementArn": None}])
def test_a_response_without_an_arn_gets_the_documented_one(api: PartnerCentral, wire: Wire, absent: Any) -> None:
    wire.plan((200, {**wrote("1")[1], **absent}))
    assert api.create(**CREATE).engagement.arn == arn()


OPTIONAL = ["EngagementId", "EngagementArn", "EngagementLastModifiedAt"]


@pytest.mark.parametrize("missing", [[name] for name in OPTIONAL] + [OPTIONAL])
def test_a_success_without_optional_members_is_a_success(api: PartnerCentral, wire: Wire, missing: list[str]) -> None:
    status, members = wrote("1")
    response = status, {name: value for name, value in members.items() if name not in missing}
    wire.plan(response, response)
    for written in (api.create(**CREATE), api.update(**UPDATE)):
        assert (written.context_id, written.engagement.id, written.engagement.arn) == ("1", ENGAGEMENT, arn())
        assert written.engagement.modified_at == ("" if "EngagementLastModifiedAt" in missing else MODIFIED)


def test_an_update_that_returns_no_context_id_is_a_success(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((200, {"EngagementLastModifiedAt": MODIFIED}))
    assert api.update(**UPDATE).context_id == "1"


def test_the_members_of_a_type_are_those_of_the_service_model(api: PartnerCentral) -> None:
    project = api.shape("CustomerProject", update=False)
    assert {name: member["required"] for name, member in project.items()} == {"Customer": False, "Project": False}
    assert project["Customer"]["members"]["CompanyName"] == {"required": True, "members": None}
    lead = api.shape("Lead", update=False)
    assert lead["Interactions"] == {"required": True, "members": None}
    assert lead["Customer"]["members"]["Address"]["members"]["City"]["required"] is False


def test_the_members_of_an_update_are_others(api: PartnerCentral) -> None:
    lead = api.shape("Lead", update=True)
    assert lead["Customer"]["required"] is True
    assert "Interactions" not in lead
    assert lead["Interaction"]["members"]["Contact"]["members"].keys() >= {"Email", "Phone"}


@pytest.mark.parametrize("update", [True, False])
def test_a_type_that_the_service_model_does_not_have_has_no_members(api: PartnerCentral, update: bool) -> None:
    assert api.shape("Newer", update=update) == {}


# Engagements


def test_a_create_of_an_engagement_sends_exactly_what_is_declared(api: PartnerCentral, wire: Wire) -> None:
    response = {"Id": ENGAGEMENT, "Arn": arn(), "ModifiedAt": MODIFIED}
    wire.plan((200, response), (200, response), (200, response))
    created = api.create_engagement(**CREATE_ENGAGEMENT)
    api.create_engagement(**{**CREATE_ENGAGEMENT, "description": ""})
    api.create_engagement(**{**CREATE_ENGAGEMENT, "description": None})
    required = {"Catalog": "Sandbox", "ClientToken": TOKEN, "Title": "Acme migration"}
    assert wire.bodies == [
        ("CreateEngagement", {**required, "Description": "Move the data center to AWS"}),
        ("CreateEngagement", {**required, "Description": ""}),
        ("CreateEngagement", required),
    ]
    assert (created.id, created.arn, created.modified_at) == (ENGAGEMENT, arn(), MODIFIED)


@pytest.mark.parametrize("response", [{"Id": ENGAGEMENT}, {"Arn": arn()}, {"Id": ENGAGEMENT, "Arn": None}])
def test_a_create_of_an_engagement_needs_only_the_id_or_the_arn(
    api: PartnerCentral, wire: Wire, response: dict[str, Any]
) -> None:
    wire.plan((200, response))
    created = api.create_engagement(**CREATE_ENGAGEMENT)
    assert (created.id, created.arn, created.modified_at) == (ENGAGEMENT, arn(), "")


def test_a_read_returns_the_title_and_the_description(api: PartnerCentral, wire: Wire) -> None:
    _, response = engagement()
    wire.plan((200, {**response, "Title": "Acme", "Description": "A\nB"}), (200, {**response, "Description": None}))
    read, empty = api.read(**READ), api.read(**READ)
    assert (read.title, read.description) == ("Acme", "A\nB")
    assert (empty.title, empty.description) == ("", "")


def test_a_list_requests_the_newest_engagements_of_an_account_first(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((200, {"EngagementSummaryList": []}), (200, {"EngagementSummaryList": []}))
    api.list_engagements(**LIST)
    api.list_engagements(**{**LIST, "next_token": "second"})
    first = {
        "Catalog": "Sandbox",
        "CreatedBy": ["123456789012"],
        "Sort": {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"},
        "MaxResults": 100,
    }
    assert wire.bodies == [("ListEngagements", first), ("ListEngagements", {**first, "NextToken": "second"})]


def test_a_list_returns_ids_and_titles_and_the_token_of_the_next_page(api: PartnerCentral, wire: Wire) -> None:
    summaries = [{"Id": ENGAGEMENT, "Title": "Acme"}, {"Arn": arn(OTHER_ENGAGEMENT)}, None]
    wire.plan((200, {"EngagementSummaryList": summaries, "NextToken": "second"}))
    found = EngagementSummary(id=ENGAGEMENT, title="Acme"), EngagementSummary(id=OTHER_ENGAGEMENT, title="")
    assert api.list_engagements(**LIST) == EngagementPage(engagements=found, next_token="second")


@pytest.mark.parametrize("last", [{}, {"NextToken": None}, {"NextToken": ""}])
def test_a_page_without_a_token_is_the_last_one(api: PartnerCentral, wire: Wire, last: dict[str, Any]) -> None:
    wire.plan((200, {"EngagementSummaryList": [], **last}))
    assert api.list_engagements(**LIST) == EngagementPage()


@pytest.mark.parametrize("response", [{}, {"EngagementSummaryList": [{"Title": "Acme"}]}, {"EngagementSummaryList": 5}])
def test_a_list_in_another_format_is_unreadable(api: PartnerCentral, wire: Wire, response: dict[str, Any]) -> None:
    wire.plan((200, response))
    with pytest.raises(ApiError) as failed:
        api.list_engagements(**LIST)
    assert (failed.value.kind, failed.value.operation) == (Kind.UNREADABLE, "ListEngagements")


@pytest.mark.parametrize("response", [{}, {"ModifiedAt": MODIFIED}, {"Id": ""}])
def test_a_create_without_id_and_arn_is_unreadable(api: PartnerCentral, wire: Wire, response: dict[str, Any]) -> None:
    wire.plan((200, response))
    with pytest.raises(ApiError) as failed:
        api.create_engagement(**CREATE_ENGAGEMENT)
    assert (failed.value.kind, failed.value.operation) == (Kind.UNREADABLE, "CreateEngagement")


def test_the_description_of_an_engagement_is_masked_in_all_later_errors(api: PartnerCentral, wire: Wire) -> None:
    calls: list[Callable[[], object]] = [
        lambda: api.create_engagement(**CREATE_ENGAGEMENT),
        lambda: api.read(**READ),
    ]
    for call in calls:
        wire.plan(
            refused("ValidationException", "'move the data center to AWS' is not a description of Acme migration")
        )
        with pytest.raises(ApiError) as failed:
            call()
        assert failed.value.message == "'***' is not a description of Acme migration"
