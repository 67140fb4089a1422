"""Create boto3 clients for this function, and turn each failure of a call into an ApiError.

The function uses the SDK's ordinary transport, so the standard configuration of proxies, CA bundles and endpoints works. The
SDK's own retries are off, because `retries` decides whether to retry.
"""

import dataclasses
import html
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, SSLError  # noqa: A004
from botocore.parsers import ResponseParserError

from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.masking import MASK, TEXT_LIMIT, mask

T = TypeVar("T")

CONNECT_SECONDS = 5
READ_SECONDS = 20
# An error response is cut to this many bytes before it is read. Responses of Partner Central are
# shorter, but an error page of a proxy or a load balancer can be longer.
ERROR_LIMIT = 1_000_000
# The format of an error code. A text in any other format might be a sensitive value, so it is masked.
CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
# AWS services and their front ends have many error codes for throttling.
THROTTLED = re.compile(r"throttl|toomanyrequests|requestlimitexceeded|slowdown|priorrequestnotcomplete", re.IGNORECASE)
# Maps each error code to a kind. The codes do not have the suffix "Exception", which CloudFormation's query protocol omits.
KINDS = {
    "InternalServer": Kind.INTERNAL,
    "InternalFailure": Kind.INTERNAL,
    "RequestTimeout": Kind.INTERNAL,
    "Conflict": Kind.CONFLICT,
    "AccessDenied": Kind.DENIED,
    "Validation": Kind.INVALID,
    "ValidationError": Kind.INVALID,
    "ResourceNotFound": Kind.NOT_FOUND,
    "ServiceQuotaExceeded": Kind.QUOTA,
    # Changes of a role take time to take effect: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
    "UnrecognizedClient": Kind.CREDENTIALS,
    "InvalidClientTokenId": Kind.CREDENTIALS,
    "ExpiredToken": Kind.CREDENTIALS,
    "RequestTimeTooSkewed": Kind.CREDENTIALS,
    "InvalidSignature": Kind.CREDENTIALS,
    "SignatureDoesNotMatch": Kind.CREDENTIALS,
}


class RefusedError(Exception):
    """A response with an error status."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call, with the values that are needed to create an ApiError if the call fails.

    Attributes:
        operation: The name of the API operation.
        stack_id: For a call to CloudFormation, the ID of the stack; empty for a call to Partner Central.
        sensitive: The values to mask in the service's texts.
        names: A function that returns the names of members. These names are never masked.
    """

    operation: str
    stack_id: str = ""
    sensitive: Collection[str] = ()
    names: Callable[[], Collection[str]] = tuple

    def error(self, kind: Kind, code: str, message: str, **members: Any) -> ApiError:
        """Return an error of this call."""
        return ApiError(kind, operation=self.operation, stack_id=self.stack_id, code=code, message=message, **members)


def client(service: str, region: str | None, session: Any = None) -> Any:
    """Create the boto3 client of a service. Each call makes one attempt, and raises RefusedError for an error response.

    Args:
        service: The name of the service in the SDK.
        region: The Region of the service's endpoint. None means the Region of the session.
        session: A boto3 session. None means the session that boto3 creates from the environment.
    """
    made = (session or boto3).client(
        service,
        region_name=region,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 1, "mode": "standard"},
            parameter_validation=False,
            user_agent_extra="cdk-partnercentral",
        ),
    )
    made.meta.events.register(f"before-parse.{made.meta.service_model.service_id.hyphenize()}", _refuse)
    return made


def _refuse(response_dict: Mapping[str, Any], **_: Any) -> None:
    """Prevent botocore from parsing an error response.

    Parsing needs 100 times as much memory as the response, and fails for other formats.
    """
    if response_dict["status_code"] >= 300:
        headers = response_dict["headers"]
        raise RefusedError(response_dict["status_code"], headers, response_dict["body"][:ERROR_LIMIT])


def attempt(call: Call, make: Callable[[], T]) -> T:
    """Make a call and read its response.

    Raises:
        ApiError: The call failed. The texts of the error contain no sensitive values.
    """
    try:
        return make()
    except RefusedError as cause:
        raise _refused(call, cause) from None
    except SSLError as cause:
        # If the connection is closed during the handshake, the certificate is not the cause, so the call can be retried.
        kind = Kind.CONNECTION if "EOF" in str(cause) else Kind.CERTIFICATE
        raise call.error(kind, "SSLError", "the TLS handshake failed") from None
    # The text of an SDK error can contain paths, profiles or URLs, so use only the name of the error's class.
    except (HTTPClientError, ConnectionError) as cause:
        raise call.error(Kind.CONNECTION, type(cause).__name__, "none") from None
    except ClientError as cause:
        # The SDK's own call for credentials failed, such as AssumeRole for a profile with a role.
        code = str(cause.response.get("Error", {}).get("Code"))
        name = code if CODE.fullmatch(code) else type(cause).__name__
        own_call = dataclasses.replace(call, operation=cause.operation_name)
        raise own_call.error(Kind.CREDENTIALS, name, "the SDK did not get credentials") from None
    except BotoCoreError as cause:
        raise call.error(Kind.OTHER, type(cause).__name__, "the SDK did not make the call") from None
    except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError):
        # The response is incomplete, or does not come from the API. The service might have carried out the call.
        raise call.error(Kind.UNREADABLE, "UnreadableResponse", "not in the format of this API") from None


def _refused(call: Call, response: RefusedError) -> ApiError:
    details = _details(response.body)
    # Some front ends of AWS send the code only in a header.
    code = details.get("__type") or response.headers.get("x-amzn-errortype") or ""
    code = str(code).rpartition("#")[2].partition(":")[0]
    listed = details.get("ErrorList")
    entries = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    message = (
        details.get("message") or details.get("Message") or ("" if details else response.body.decode(errors="replace"))
    )
    texts = [str(message), *(f"{entry.get('FieldName')} {entry.get('Message')}" for entry in entries)]
    kind = _kind(code, response.status)

    def text(value: Any) -> str:
        return mask(str(value or ""), call.sensitive, call.names())

    def name(value: Any, form: re.Pattern[str] = CODE) -> str:
        """Return an error code or a request ID. If this text might be a sensitive value, return a mask instead."""
        given = str(value or "")
        return given if not given or (form.fullmatch(given) and given not in call.sensitive) else MASK

    return call.error(
        kind,
        name(code) or ("UnreadableResponse" if kind is Kind.UNREADABLE else str(response.status)),
        text(message) or f"HTTP status {response.status}",
        reason=name(details.get("Reason")),
        fields=[
            FieldError(
                field=str(entry.get("FieldName") or "")[:200],
                message=text(entry.get("Message")),
                code=name(entry.get("Code")),
            )
            for entry in entries[:50]
        ],
        request_id=name(response.headers.get("x-amzn-requestid"), REQUEST_ID),
        retry_after=_seconds(response.headers.get("retry-after")),
        names_token=any("clienttoken" in each[:TEXT_LIMIT].lower().replace(" ", "") for each in texts),
    )


def _details(body: bytes) -> Mapping[str, Any]:
    """Return the members of an error response in JSON, or in the XML of the query protocol; empty for any other format."""
    try:
        details = json.loads(body)
    except ValueError:
        found = {name: re.search(rb"<%s>([^<]*)</%s>" % (name, name), body) for name in (b"Code", b"Message")}
        code, message = (match and match[1].decode(errors="replace") for match in found.values())
        return {"__type": code, "message": html.unescape(message or "")} if code else {}
    return details if isinstance(details, Mapping) else {}


def _kind(code: str, status: int) -> Kind:
    if THROTTLED.search(code) or status == 429:
        return Kind.THROTTLED
    # Status 408 means that the service did not receive the complete request in time.
    other = Kind.INTERNAL if status >= 500 or status == 408 else Kind.OTHER if code else Kind.UNREADABLE
    return KINDS.get(code.removesuffix("Exception"), other)


def _seconds(text: str | None) -> float:
    """Return the seconds of a Retry-After header, which contains a number or a date; 0 if it contains neither."""
    try:
        return max(0.0, float(text or 0))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(str(text)) - datetime.now(timezone.utc)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
