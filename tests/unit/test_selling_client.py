"""The client of Partner Central on the wire: the exact requests, and what becomes of every answer."""

import functools
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)

from lambda_handler import partner_central
from lambda_handler.api import Context
from lambda_handler.errors import ApiError, FieldError, Kind, Refused
from lambda_handler.partner_central import PartnerCentral
from tests.unit.scripted import ENGAGEMENT, PROJECT, TOKEN, arn, interaction, lead, lead_sent
from tests.unit.wire import MODIFIED, Wire, engagement, refused, wrote

URL = "https://partnercentral-selling.us-east-1.api.aws/"
READ: dict[str, Any] = {"catalog": "Sandbox", "engagement_id": ENGAGEMENT}
CREATE: dict[str, Any] = {**READ, "type_": "CustomerProject", "payload": PROJECT, "client_token": TOKEN}
UPDATE: dict[str, Any] = {
    **READ,
    "context_id": "1",
    "type_": "CustomerProject",
    "payload": PROJECT,
    "modified_at": MODIFIED,
}


@pytest.fixture
def wire() -> Wire:
    return Wire()


# Building a client takes a tenth of a second. The first test builds it, when its settings are in place.
client = functools.cache(partner_central.connect)


@pytest.fixture
def api(wire: Wire) -> Iterator[PartnerCentral]:
    yield PartnerCentral(wire.tap(client()))
    wire.untap(client())


def failure(api: PartnerCentral, operation: str = "read") -> ApiError:
    """Make a call; return how it failed."""
    arguments = {"read": READ, "create": CREATE, "update": UPDATE}[operation]
    with pytest.raises(ApiError) as failed:
        getattr(api, operation)(**arguments)
    return failed.value


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


def test_a_client_gives_up_on_a_stalled_connection_long_before_the_function_ends() -> None:
    config: Any = partner_central.connect().meta.config
    assert 0 < config.connect_timeout <= 10
    assert 0 < config.read_timeout <= 60


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


@pytest.mark.parametrize("operation", ["read", "create", "update"])
@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDeniedException", 400, Kind.DENIED),
        ("ConflictException", 400, Kind.CONFLICT),
        ("InternalServerException", 500, Kind.INTERNAL),
        ("ResourceNotFoundException", 400, Kind.NOT_FOUND),
        ("ServiceQuotaExceededException", 400, Kind.QUOTA),
        ("ThrottlingException", 400, Kind.THROTTLED),
        ("ThrottlingException", 429, Kind.THROTTLED),
        ("ValidationException", 400, Kind.INVALID),
        ("SomethingElse", 429, Kind.THROTTLED),
        ("SomethingElse", 500, Kind.INTERNAL),
        ("ServiceUnavailable", 503, Kind.INTERNAL),
        ("ExpiredTokenException", 400, Kind.OTHER),
        ("UnrecognizedClientException", 403, Kind.OTHER),
    ],
)
def test_each_error_is_told_apart_after_one_attempt(
    api: PartnerCentral, wire: Wire, code: str, status: int, kind: Kind, operation: str
) -> None:
    wire.plan(refused(code, status=status))
    failed = failure(api, operation)
    names = {"read": "GetEngagement", "create": "CreateEngagementContext", "update": "UpdateEngagementContext"}
    assert (failed.kind, failed.code, failed.message, failed.operation) == (
        kind,
        code,
        "It was refused.",
        names[operation],
    )
    assert len(wire.requests) == 1


def test_an_error_page_of_a_proxy_is_an_internal_error_and_is_not_repeated_to_anybody(
    api: PartnerCentral, wire: Wire
) -> None:
    wire.plan((502, b"<html>Bad gateway</html>"), (503, b""))
    assert failure(api).kind is Kind.INTERNAL
    assert failure(api).kind is Kind.INTERNAL


def test_what_a_denial_and_a_validation_error_say_besides_is_kept(api: PartnerCentral, wire: Wire) -> None:
    listed = [
        {"FieldName": "Payload.CustomerProject.Project.Title", "Message": "too long", "Code": "VALUE_OUT_OF_RANGE"},
        {"Message": "no", "Code": "INVALID_VALUE"},
    ]
    wire.plan(
        refused("AccessDeniedException", Reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"),
        refused("ValidationException", Reason="REQUEST_VALIDATION_FAILED", ErrorList=listed),
    )
    assert failure(api, "create").reason == "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
    invalid = failure(api, "create")
    assert invalid.reason == "REQUEST_VALIDATION_FAILED"
    assert invalid.fields == (
        FieldError(field="Payload.CustomerProject.Project.Title", message="too long", code="VALUE_OUT_OF_RANGE"),
        FieldError(field="", message="no", code="INVALID_VALUE"),
    )


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        SSLError(endpoint_url=URL, error=OSError("handshake")),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("operation", ["read", "create", "update"])
def test_every_failure_of_the_connection_is_one(
    api: PartnerCentral, wire: Wire, error: Exception, operation: str
) -> None:
    wire.plan(error)
    failed = failure(api, operation)
    assert failed.kind is Kind.CONNECTION
    assert failed.code == type(error).__name__
    assert len(wire.requests) == 1


def test_a_port_that_nobody_listens_on_is_a_failure_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", url)
        assert failure(PartnerCentral(partner_central.connect())).kind is Kind.CONNECTION


def test_what_the_sdk_itself_cannot_do_is_neither_retried_nor_quoted(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(NoCredentialsError())
    failed = failure(api)
    assert (failed.kind, failed.code) == (Kind.OTHER, "NoCredentialsError")


def test_a_payload_that_the_api_takes_is_understood(api: PartnerCentral) -> None:
    api.understand("CustomerProject", PROJECT)
    api.understand("Lead", lead(interaction("Ann")))
    assert api.understands("CustomerProject", PROJECT)


@pytest.mark.parametrize(
    ("type_", "payload", "named"),
    [
        ("CustomerProject", {**PROJECT, "Budget": "5"}, "Budget"),
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
    with pytest.raises(Refused) as refusal:
        api.understand(type_, payload)
    assert named in str(refusal.value)
    assert "Acme" not in str(refusal.value)
    assert not api.understands(type_, payload)
    assert wire.requests == []


def test_what_is_refused_by_the_sdk_is_refused_without_its_values(api: PartnerCentral, wire: Wire) -> None:
    payload = {"Customer": {**PROJECT["Customer"], "CompanyName": ["Acme Tools"]}}
    assert not api.understands("CustomerProject", payload)
    with pytest.raises(Refused) as refusal:
        api.create(**{**CREATE, "payload": payload})
    assert "CompanyName" in str(refusal.value)
    assert "Acme" not in str(refusal.value)
    assert wire.requests == []


def test_no_error_repeats_a_sensitive_value_declared_or_held(api: PartnerCentral, wire: Wire) -> None:
    other = {**PROJECT["Customer"], "CompanyName": "Nobody Knows Ltd"}
    held = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": {"Customer": other}}}
    message = "Acme Tools (US) of HTTPS://ACME.example and 'Nobody Knows Ltd': Move to AWS"
    field = {
        "FieldName": "Payload[Acme Tools]",
        "Message": '{"v": "{\\"c\\": \\"Acme Tools\\"}"}',
        "Code": "INVALID_VALUE",
    }
    wire.plan(engagement(held), refused("ValidationException", message, ErrorList=[field]))
    api.understand("CustomerProject", PROJECT)
    api.read(**READ)
    failed = failure(api, "create")
    assert failed.message == "*** (***) of *** and '***': Move to AWS"
    assert failed.fields == (
        FieldError(field="Payload[***]", message='{"v": "{\\"c\\": \\"***\\"}"}', code="INVALID_VALUE"),
    )
    assert "Acme" not in str(failed)


def test_an_error_without_words_names_its_status(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((400, {"__type": "ConflictException"}))
    failed = failure(api, "update")
    assert failed.kind is Kind.CONFLICT
    assert "400" in failed.message
