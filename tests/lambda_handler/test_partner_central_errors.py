"""The client of Partner Central when it is refused, or not answered: each failure told apart, and nothing repeated."""

import socket

import pytest
import urllib3
from botocore.exceptions import NoCredentialsError
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, ProtocolError, ReadTimeoutError, SSLError

from lambda_handler import partner_central
from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.partner_central import PartnerCentral
from tests.lambda_handler.entry import CREATE, READ, UPDATE
from tests.lambda_handler.scripted import PROJECT
from tests.lambda_handler.wire import Wire, engagement, refused

HOST = "partnercentral-selling.us-east-1.api.aws"
URL = f"https://{HOST}/"


def failure(api: PartnerCentral, operation: str = "read") -> ApiError:
    """Make a call; return how it failed."""
    arguments = {"read": READ, "create": CREATE, "update": UPDATE}[operation]
    with pytest.raises(ApiError) as failed:
        getattr(api, operation)(**arguments)
    return failed.value


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
        ("Throttling", 400, Kind.THROTTLED),
        ("ThrottledException", 400, Kind.THROTTLED),
        ("RequestThrottled", 400, Kind.THROTTLED),
        ("RequestThrottledException", 503, Kind.THROTTLED),
        ("TooManyRequestsException", 400, Kind.THROTTLED),
        ("TooManyRequests", 400, Kind.THROTTLED),
        ("RequestLimitExceeded", 503, Kind.THROTTLED),
        ("SlowDown", 503, Kind.THROTTLED),
        ("SomethingElse", 429, Kind.THROTTLED),
        ("RequestTimeout", 408, Kind.INTERNAL),
        ("SomethingElse", 408, Kind.INTERNAL),
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
    for code in ("502", "503"):
        failed = failure(api)
        assert (failed.kind, failed.code) == (Kind.INTERNAL, code)


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
        NameResolutionError(HOST, urllib3.connection.HTTPSConnection(HOST), socket.gaierror("unknown")),
        ConnectTimeoutError("timed out"),
        ReadTimeoutError(urllib3.HTTPSConnectionPool(HOST), URL, "timed out"),
        ProtocolError("connection aborted"),
        SSLError("handshake"),
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


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome</html>",
        b'{"EngagementId": "eng-0123456789abcd", "Eng',
        b"\xff\xfe",
        b"[]",
        b'"Acme Tools"',
        {},
        {"Id": "eng-0123456789abcd", "EngagementId": "eng-0123456789abcd"},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": [{"Id": "1"}]},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": ["Acme Tools"]},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": "Acme Tools"},
    ],
    ids=str,
)
@pytest.mark.parametrize("operation", ["read", "create", "update"])
def test_an_answer_that_cannot_be_read_leaves_open_what_was_done(
    api: PartnerCentral, wire: Wire, body: object, operation: str
) -> None:
    wire.plan((200, body))
    failed = failure(api, operation)
    assert failed.kind is Kind.CONNECTION
    assert failed.leaves_open
    assert failed.code == "UnreadableAnswer"
    assert "Acme" not in str(failed)


def test_an_error_that_cannot_be_read_leaves_open_what_was_done_too(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((400, b"[]"), (400, {"__type": 5}))
    assert failure(api).kind is Kind.CONNECTION
    assert failure(api, "update").kind is Kind.CONNECTION


def test_what_the_sdk_itself_cannot_do_is_neither_retried_nor_quoted(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(NoCredentialsError())
    failed = failure(api)
    assert (failed.kind, failed.code) == (Kind.OTHER, "NoCredentialsError")


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


@pytest.mark.parametrize("text", ["Acme Tools leak", "O'Neill", "Größe", "5", "a\nb", "x" * 101, "Springfield", 5])
def test_a_code_that_is_no_plain_name_or_is_a_value_is_masked(api: PartnerCentral, wire: Wire, text: object) -> None:
    api.understand("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": "Springfield"}})
    listed = [{"FieldName": "f", "Message": "m", "Code": text}]
    wire.plan(
        (400, {"__type": str(text), "Message": "m"}),
        refused("AccessDeniedException", Reason=text),
        refused("ValidationException", ErrorList=listed),
        refused("ValidationException", message=str(text)),
    )
    assert failure(api).code == "***"
    assert failure(api).reason == "***"
    assert failure(api).fields == (FieldError(field="f", message="m", code="***"),)
    assert "Springfield" not in failure(api).message


def test_an_error_without_words_names_its_status(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((400, {"__type": "ConflictException"}))
    failed = failure(api, "update")
    assert failed.kind is Kind.CONFLICT
    assert "400" in failed.message
