"""The client of Partner Central when a call fails: how each failure is classified, and that no error has a sensitive value."""

import json
import socket
import ssl
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from lambda_handler import partner_central
from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.masking import TEXT_LIMIT
from lambda_handler.partner_central import PartnerCentral
from tests.lambda_handler.entry import CREATE, CREATE_ENGAGEMENT, LIST, READ, UPDATE
from tests.lambda_handler.scripted import PROJECT, interaction, lead
from tests.lambda_handler.wire import REQUEST_ID, Wire, engagement, failed

URL = "https://partnercentral-selling.us-east-1.api.aws/"
OPERATIONS = {
    "read": "GetEngagement",
    "create": "CreateEngagementContext",
    "update": "UpdateEngagementContext",
    "create_engagement": "CreateEngagement",
    "list_engagements": "ListEngagements",
}
ARGUMENTS = {
    "read": READ,
    "create": CREATE,
    "update": UPDATE,
    "create_engagement": CREATE_ENGAGEMENT,
    "list_engagements": LIST,
}
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


def failure(api: PartnerCentral, operation: str = "read") -> ApiError:
    """Make a call that fails. Return the error."""
    with pytest.raises(ApiError) as raised:
        getattr(api, operation)(**ARGUMENTS[operation])
    return raised.value


@every_operation
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
        ("PriorRequestNotComplete", 400, Kind.THROTTLED),
        ("RequestTimeoutException", 400, Kind.INTERNAL),
        ("UnrecognizedClientException", 400, Kind.CREDENTIALS),
        ("UnrecognizedClient", 403, Kind.CREDENTIALS),
        ("InvalidClientTokenIdException", 400, Kind.CREDENTIALS),
        ("InvalidClientTokenId", 403, Kind.CREDENTIALS),
        ("ExpiredTokenException", 400, Kind.CREDENTIALS),
        ("ExpiredToken", 403, Kind.CREDENTIALS),
        ("RequestTimeTooSkewedException", 400, Kind.CREDENTIALS),
        ("RequestTimeTooSkewed", 403, Kind.CREDENTIALS),
        ("InvalidSignatureException", 400, Kind.CREDENTIALS),
        ("InvalidSignature", 403, Kind.CREDENTIALS),
        ("SomethingElse", 400, Kind.OTHER),
    ],
)
def test_each_error_is_classified_after_one_attempt(
    api: PartnerCentral, wire: Wire, code: str, status: int, kind: Kind, operation: str
) -> None:
    wire.plan(failed(code, status=status))
    error = failure(api, operation)
    assert (error.kind, error.code, error.message) == (kind, code, "It was refused.")
    assert (error.operation, error.request_id) == (OPERATIONS[operation], REQUEST_ID)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [(Kind.INTERNAL, True), (Kind.CONNECTION, True), (Kind.UNREADABLE, True), (Kind.CONFLICT, False)],
)
def test_the_outcome_is_unknown_after_an_internal_error_and_without_a_response_that_can_be_read(
    kind: Kind, unknown: object
) -> None:
    assert ApiError(kind, operation="O", code="C", message="m").outcome_is_unknown is unknown


@pytest.mark.parametrize("status", [429, 502, 503])
@pytest.mark.parametrize(
    "page", [b"", b"<html>Bad gateway</html>", b"<!DOCTYPE html>" + b"<p>Bad gateway</p>" * 100_000]
)
def test_an_error_page_is_classified_by_its_status_and_shortened(
    api: PartnerCentral, wire: Wire, status: int, page: bytes
) -> None:
    wire.plan((status, page))
    error = failure(api)
    assert (error.kind, error.code) == (Kind.THROTTLED if status == 429 else Kind.INTERNAL, str(status))
    assert 0 < len(error.message) <= TEXT_LIMIT
    assert error.message.startswith(("HTTP status", "<html>Bad gateway</html>", "<!DOCTYPE html><p>Bad gateway</p>"))


def test_the_reason_and_the_fields_of_an_error_are_kept(api: PartnerCentral, wire: Wire) -> None:
    entries = [
        {"FieldName": "Payload.CustomerProject.Project.Title", "Message": "too long", "Code": "VALUE_OUT_OF_RANGE"},
        {"Message": "no", "Code": "INVALID_VALUE"},
    ]
    wire.plan(
        failed("AccessDeniedException", Reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"),
        failed("ValidationException", Reason="REQUEST_VALIDATION_FAILED", ErrorList=entries),
    )
    assert failure(api, "create").reason == "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
    invalid = failure(api, "create")
    assert invalid.reason == "REQUEST_VALIDATION_FAILED"
    assert invalid.fields == (
        FieldError(field="Payload.CustomerProject.Project.Title", message="too long", code="VALUE_OUT_OF_RANGE"),
        FieldError(field="", message="no", code="INVALID_VALUE"),
    )


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("1 error", {"FieldName": "ClientToken", "Message": "was used before"}),
        ("The client token was used with other parameters.", None),
        ("ClientToken: already used.", None),
        ("1 error", {"FieldName": "", "Message": "clientToken is not new"}),
        ("ClientToken was used with other parameters.", {"Message": "The request is not valid."}),
    ],
)
def test_an_error_that_names_the_client_token_is_recognized(
    api: PartnerCentral, wire: Wire, message: str, entry: Any
) -> None:
    entries = [entry] if entry else None
    wire.plan(failed("ValidationException", message, ErrorList=entries))
    assert failure(api, "create").names_token


def test_another_error_does_not_name_the_client_token(api: PartnerCentral, wire: Wire) -> None:
    entry = {"FieldName": "Payload.Lead.Customer", "Message": "The client is not known. A token is missing."}
    wire.plan(failed("ValidationException", "1 error", ErrorList=[entry]))
    assert not failure(api, "create").names_token


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL, error=socket.gaierror("unknown")),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        ProxyConnectionError(proxy_url="http://user:password@proxy.example"),
        HTTPClientError(error="of any kind"),
        SSLError(endpoint_url=URL, error=ssl.SSLEOFError("EOF occurred in violation of protocol")),
    ],
    ids=lambda error: type(error).__name__,
)
@every_operation
def test_a_failure_of_the_connection_is_classified_after_one_attempt(
    api: PartnerCentral, wire: Wire, error: Exception, operation: str
) -> None:
    wire.plan(error)
    raised = failure(api, operation)
    assert (raised.kind, raised.code) == (Kind.CONNECTION, type(error).__name__)
    assert raised.outcome_is_unknown
    assert "password" not in str(raised)
    assert len(wire.requests) == 1


def test_a_certificate_error_is_classified(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(SSLError(endpoint_url=URL, error=ssl.SSLCertVerificationError("certificate verify failed")))
    raised = failure(api)
    assert (raised.kind, raised.code) == (Kind.CERTIFICATE, "SSLError")


def test_a_closed_port_is_a_failure_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", url)
        raised = failure(PartnerCentral(partner_central.connect()))
    assert (raised.kind, raised.code) == (Kind.CONNECTION, "EndpointConnectionError")


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
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": [{"Id": "1"}]},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": ["Acme Tools"]},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": "Acme Tools"},
        {"ModifiedAt": "2026-01-01T00:00:00Z", "Contexts": [{"Id": "1", "Type": "Lead", "Payload": "Acme Tools"}]},
    ],
    ids=str,
)
@every_operation
def test_a_response_that_cannot_be_read_leaves_the_outcome_unknown(
    api: PartnerCentral, wire: Wire, body: object, operation: str
) -> None:
    wire.plan((200, body))
    error = failure(api, operation)
    assert (error.kind, error.code) == (Kind.UNREADABLE, "UnreadableResponse")
    assert error.outcome_is_unknown
    assert "Acme" not in str(error)


@pytest.mark.parametrize("body", [b"[]", b"5", b"<html>Blocked</html>", b"", {"message": "Forbidden"}, b"\xff\xfe"])
@pytest.mark.parametrize("status", [302, 400, 403])
def test_a_refusal_without_an_error_code_is_not_one_of_the_service(
    api: PartnerCentral, wire: Wire, body: object, status: int
) -> None:
    wire.plan((status, body))
    error = failure(api, "update")
    assert (error.kind, error.code) == (Kind.UNREADABLE, "UnreadableResponse")
    assert error.message


def test_the_text_of_a_page_is_shown(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((403, b"<html>\n  <p>Blocked by policy 7</p>\n</html>\n"), (403, b""))
    assert failure(api).message == "<html> <p>Blocked by policy 7</p> </html>"
    assert failure(api).message == "HTTP status 403"


def test_an_error_code_in_a_header_is_read(api: PartnerCentral, wire: Wire) -> None:
    # As AWS recorded it.
    name = "ConflictException:http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/"
    wire.plan((400, {"Message": "It changed."}))
    wire.headers["x-amzn-ErrorType"] = name
    error = failure(api, "update")
    assert (error.kind, error.code, error.message) == (Kind.CONFLICT, "ConflictException", "It changed.")


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("0.5", 0.5), ("-3", 0), ("soon", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
)
def test_the_seconds_of_a_retry_after_header_are_read(
    api: PartnerCentral, wire: Wire, header: str, seconds: float
) -> None:
    wire.plan(failed("ThrottlingException"))
    wire.headers["Retry-After"] = header
    assert failure(api).retry_after == seconds


def test_the_date_of_a_retry_after_header_is_read(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((503, b""))
    wire.headers["Retry-After"] = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=60), usegmt=True)
    assert 50 < failure(api).retry_after <= 60


def test_an_error_list_of_another_form_is_ignored(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(
        failed("ValidationException", ErrorList=5), failed("ValidationException", ErrorList=[5, {"FieldName": "A"}])
    )
    assert failure(api).fields == ()
    assert failure(api).fields == (FieldError(field="A", message="", code=""),)


@pytest.mark.parametrize(
    ("code", "expected"), [("AccessDenied", "AccessDenied"), ("arn:aws:iam::123456789012:role/example", "ClientError")]
)
def test_a_failed_call_for_credentials_names_its_operation_and_no_role(
    api: PartnerCentral, wire: Wire, code: str, expected: str
) -> None:
    wire.plan(ClientError({"Error": {"Code": code, "Message": "not for role/example"}}, "AssumeRole"))

    error = failure(api)

    assert (error.kind, error.code, error.operation) == (Kind.CREDENTIALS, expected, "AssumeRole")
    assert "role/example" not in str(error) + error.message


def test_an_error_of_the_sdk_itself_is_final_and_not_quoted(api: PartnerCentral, wire: Wire) -> None:
    wire.plan(NoCredentialsError())
    error = failure(api)
    assert (error.kind, error.code, error.message) == (
        Kind.OTHER,
        "NoCredentialsError",
        "the SDK did not make the call",
    )


def test_no_error_contains_a_sensitive_value_of_the_declaration_or_of_partner_central(
    api: PartnerCentral, wire: Wire
) -> None:
    other = {**PROJECT["Customer"], "CompanyName": "Nobody Knows Ltd"}
    current = {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": {"Customer": other}}}
    message = "Acme Tools (US) of HTTPS://ACME.example and 'Nobody Knows Ltd': Move to AWS"
    entry = {"FieldName": "Payload.CompanyName", "Message": '{"v": "Acme Tools"}', "Code": "INVALID_VALUE"}
    wire.plan(engagement(current), failed("ValidationException", message, ErrorList=[entry]))
    api.mask("CustomerProject", PROJECT)
    api.read(**READ)
    error = failure(api, "create")
    assert error.message == "*** (***) of *** and '***': Move to AWS"
    assert error.fields == (FieldError(field="Payload.CompanyName", message='{"v": "***"}', code="INVALID_VALUE"),)
    assert "Acme" not in str(error)


def test_values_of_unknown_types_and_members_are_sensitive(api: PartnerCentral, wire: Wire) -> None:
    api.mask("Newer", {"Anything": ["Xenophon", {"Of": "Yvette"}]})
    api.mask("Lead", lead(interaction("Zacharias", Mood={"Is": ["Melancholic"]}), Temperature=451))
    wire.plan(failed("ValidationException", "Xenophon, Yvette, Melancholic and 451"))
    assert failure(api).message == "***, ***, *** and ***"


def test_values_of_another_kind_than_in_the_service_model_are_sensitive(api: PartnerCentral, wire: Wire) -> None:
    api.mask("Lead", {"Customer": "Xenophon", "Interactions": [None, "Yvette"], "QualificationStatus": "Qualified"})
    api.mask("CustomerProject", {"Customer": {"CompanyName": {"Any": ["Zacharias"]}}})
    wire.plan(failed("ValidationException", "Xenophon, Yvette and Zacharias are Qualified"))
    assert failure(api).message == "***, *** and *** are Qualified"


@pytest.mark.parametrize("before", [0, 10, 1500, 1900, 1990, 1999])
@pytest.mark.parametrize("words", [30, 390, 5000])
def test_no_part_of_a_value_is_left_where_the_text_is_cut(
    api: PartnerCentral, wire: Wire, words: int, before: int
) -> None:
    value = "hush hash " * words
    api.mask("CustomerProject", {**PROJECT, "Project": {"BusinessProblem": value.strip()}})
    wire.plan(failed("ValidationException", f"{'x' * before}{value.strip()} is too long. {'Word ' * 1000}"))
    message = failure(api).message
    assert "hush" not in message
    assert "hash" not in message
    assert message.startswith(f"{'x' * before}***")
    assert len(message) <= TEXT_LIMIT + 3


def test_field_names_are_never_masked(api: PartnerCentral, wire: Wire) -> None:
    # Given values that are a name, a part of one, or begin with one
    contact = {"FirstName": "Mark", "LastName": "Customer", "Email": "a@b.example", "BusinessTitle": "Title"}
    api.mask("Lead", {"Customer": {"CompanyName": "Customer First Ltd"}, "Interactions": [{"Contact": contact}]})

    # When the service names members
    text = "Payload.Lead.Customer.MarketSegment: Mark of Customer First Ltd, contact.businessTitle and Interactions[0].LastName"
    entry = {"FieldName": "Payload.Lead.Customer.MarketSegment", "Message": "Mark", "Code": "INVALID_VALUE"}
    wire.plan(failed("ValidationException", text, ErrorList=[entry]))
    error = failure(api, "create")

    # Then only the values are masked
    assert error.message == (
        "Payload.Lead.Customer.MarketSegment: *** of ***, contact.businessTitle and Interactions[0].LastName"
    )
    assert error.fields == (FieldError(field=entry["FieldName"], message="***", code="INVALID_VALUE"),)


@pytest.mark.parametrize("text", ["Acme Tools leak", "O'Neill", "Größe", "5", "a\nb", "x" * 101, "Springfield", 5])
def test_a_code_that_is_no_name_or_a_sensitive_value_is_masked(api: PartnerCentral, wire: Wire, text: object) -> None:
    api.mask("CustomerProject", {"Customer": {**PROJECT["Customer"], "CompanyName": "Springfield"}})
    entries = [{"FieldName": "f", "Message": "m", "Code": text}]
    wire.plan(
        (400, {"__type": str(text), "Message": "m"}),
        failed("AccessDeniedException", Reason=text),
        failed("ValidationException", ErrorList=entries),
        failed("ValidationException", message=str(text)),
    )
    assert failure(api).code == "***"
    assert failure(api).reason == "***"
    assert failure(api).fields == (FieldError(field="f", message="m", code="***"),)
    assert "Springfield" not in failure(api).message


def test_an_error_without_a_message_names_its_status(api: PartnerCentral, wire: Wire) -> None:
    wire.plan((400, {"__type": "ConflictException"}))
    error = failure(api, "update")
    assert (error.kind, error.message) == (Kind.CONFLICT, "HTTP status 400")


def test_an_error_names_a_member_in_any_notation() -> None:
    field = FieldError(field="Payload.Lead.Insights", message="no", code="C")
    error = ApiError(Kind.INVALID, operation="O", code="C", message="The qualification status is wrong", fields=[field])
    assert error.names_member("Insights")
    assert error.names_member("QualificationStatus")
    assert not error.names_member("Customer")
    assert not error.names_member("Insight")
    assert json.dumps(str(error)) == '"C from O: The qualification status is wrong"'
