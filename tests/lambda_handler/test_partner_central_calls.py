"""The client of Partner Central on the wire: the exact requests, and what becomes of every answer."""

import json
import socket
import threading
from typing import Any
from unittest import mock

import pytest

from lambda_handler import partner_central
from lambda_handler.api import Context
from lambda_handler.errors import ResourceError
from lambda_handler.partner_central import PartnerCentral
from lambda_handler.pool import POOL
from tests.lambda_handler.entry import CREATE, READ, UPDATE
from tests.lambda_handler.scripted import ENGAGEMENT, PROJECT, TOKEN, arn, interaction, lead, lead_sent
from tests.lambda_handler.wire import MODIFIED, Wire, engagement, wrote

URL = "https://partnercentral-selling.us-east-1.api.aws/"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", None])
def test_every_call_goes_to_the_one_region_that_has_the_api(
    region: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_request_goes_over_the_function_s_pool_and_gives_up_long_before_the_function_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a server that answers one request, and is watched for how long it would be waited for
    answer = json.dumps({"ModifiedAt": MODIFIED}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n" % len(answer)
    used = mock.Mock(wraps=POOL.request)
    monkeypatch.setattr(POOL, "request", used)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", url)
        got: list[bytes] = []

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                got.append(connection.recv(65536))
                connection.sendall(head + answer)

        thread = threading.Thread(target=serve)
        thread.start()
        # When it is asked
        read = PartnerCentral(partner_central.connect()).read(**READ)
        thread.join()
    # Then it got the one signed request, and its answer arrived, to the last digit
    assert got[0].startswith(b"POST / HTTP/1.1\r\n")
    assert b"AWS4-HMAC-SHA256" in got[0]
    assert read.modified_at == MODIFIED
    (call,) = used.call_args_list
    assert (call.kwargs["retries"], call.kwargs["redirect"]) == (False, False)
    assert 0 < call.kwargs["timeout"].connect_timeout <= 10
    assert 0 < call.kwargs["timeout"].read_timeout <= 60


def test_reading_asks_for_one_engagement(api: PartnerCentral, wire: Wire) -> None:
    held = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
    dated = lead(interaction("Ann", InteractionDate="2026-01-01T00:00:00.123456789Z"))
    wire.plan(engagement(held, {"Id": "2", "Type": "Lead", "Payload": {"Lead": dated}}))
    read = api.read(**READ)
    assert wire.bodies == [("GetEngagement", {"Catalog": "Sandbox", "Identifier": ENGAGEMENT})]
    assert (read.id, read.arn, read.modified_at) == (ENGAGEMENT, arn(), MODIFIED)
    assert read.contexts == (
        Context(id="1", type="CustomerProject", payload=PROJECT),
        Context(id="2", type="Lead", payload=dated),
    )


def test_an_engagement_without_contexts_or_payloads_is_read_too(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((200, {"ModifiedAt": MODIFIED}), engagement({"Id": "1", "Type": "ProspectingResult"}))
    empty = api.read(**READ)
    assert (empty.id, empty.arn, empty.contexts) == (ENGAGEMENT, arn(), ())
    assert api.read(**READ).contexts == (Context(id="1", type="ProspectingResult", payload={}),)


def test_a_type_that_is_newer_than_the_sdk_is_read_without_its_payload(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(engagement({"Id": "1", "Type": "Newer", "Payload": {"Newer": {"Name": "of something"}}}))
    assert api.read(**READ).contexts == (Context(id="1", type="Newer", payload={}),)


def test_creating_sends_the_union_and_the_token(api: PartnerCentral, wire: Wire) -> None:
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
def test_updating_sends_the_lock_as_it_was_read_to_the_last_digit(api: PartnerCentral, wire: Wire, lock: str) -> None:
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


def test_an_update_of_a_lead_has_its_own_shape_and_its_characters_arrive(api: PartnerCentral, wire: Wire) -> None:
    payload = lead_sent(interaction("Jörg \U0001f600", InteractionDate="2026-05-01T14:00:00+02:00"))
    wire.plan(wrote("1"))
    api.update(**{**UPDATE, "type_": "Lead", "payload": payload})
    sent = wire.bodies[0][1]["Payload"]["Lead"]["Interaction"]
    assert sent["Contact"]["FirstName"] == "Jörg \U0001f600"
    assert sent["InteractionDate"] in {"2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00"}


def test_an_answer_without_an_arn_gets_the_documented_one(api: PartnerCentral, wire: Wire) -> None:
    answer = dict(wrote("1")[1], EngagementArn="")
    wire.plan((200, answer))
    assert api.create(**CREATE).engagement.arn == arn()


def test_a_payload_that_the_api_takes_is_understood(api: PartnerCentral) -> None:
    api.understand("CustomerProject", PROJECT)
    api.understand("Lead", lead(interaction("Ann")))
    assert api.understands("CustomerProject", PROJECT)


@pytest.mark.parametrize(
    ("type_", "payload", "named"),
    [
        ("CustomerProject", {**PROJECT, "Acme Tools": "5"}, 'Unknown parameter in CustomerProject: "***"'),
        ("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": {"Acme": "T"}}}, "CompanyName"),
        ("CustomerProject", {"Customer": {**PROJECT["Customer"], "Acme": {"Acme Ltd": ["T"]}}}, "Customer"),
        ("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": None}}, "NoneType"),
        ("Lead", {**lead(), "Interactions": {"Acme Tools": [{"Acme": "T"}]}}, "Interactions"),
        ("CustomerProject", {"Customer": {"CompanyName": "Acme Tools"}}, "Industry"),
        ("CustomerProject", {"Customer": ["Acme Tools"]}, "Customer"),
        ("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": ["Acme Tools"]}}, "CompanyName"),
        ("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": {"a": "Acme Tools"}}}, "CompanyName"),
        ("Lead", lead("Acme Tools"), "Interactions"),  # type: ignore[arg-type]
        ("Lead", lead(interaction("Ann", InteractionDate="some day")), "InteractionDate"),
        ("Lead", {"Customer": {"CompanyName": "Acme Tools"}}, "Interactions"),
    ],
)
def test_a_payload_that_the_api_does_not_take_is_refused_without_its_values(
    api: PartnerCentral, wire: Wire, type_: str, payload: Any, named: str
) -> None:
    with pytest.raises(ResourceError) as refusal:
        api.understand(type_, payload)
    assert named in str(refusal.value)
    assert "Acme" not in str(refusal.value)
    assert not api.understands(type_, payload)
    assert wire.requests == []


def test_what_is_refused_by_the_sdk_is_refused_without_its_values(api: PartnerCentral, wire: Wire) -> None:
    payload = {"Customer": {**PROJECT["Customer"], "CompanyName": ["Acme Tools"]}}
    assert not api.understands("CustomerProject", payload)
    with pytest.raises(ResourceError) as refusal:
        api.create(**{**CREATE, "payload": payload})
    assert "CompanyName" in str(refusal.value)
    assert "Acme" not in str(refusal.value)
    assert wire.requests == []
