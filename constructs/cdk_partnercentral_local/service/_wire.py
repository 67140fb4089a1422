"""The wire format: request bodies, responses, and timestamps.

Requests and responses follow https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html. Partner Central's timestamps
include nanoseconds, which Python's datetime cannot represent. So this package represents an instant as an integer: the number
of nanoseconds since 1970-01-01T00:00:00Z.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias

from cdk_partnercentral_local.service._errors import ServiceError

JsonObject: TypeAlias = dict[str, Any]

NANOSECONDS = 1_000_000_000

_CONTENT_TYPE = "application/x-amz-json-1.0"
_SERVICE_NAMESPACE = "com.amazonaws.partnercentralselling#"
_PROTOCOL_NAMESPACE = "com.amazon.coral.service#"
_ERROR_TYPE = "{}:http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/"
_PROTOCOL_ERRORS = frozenset({"SerializationException", "UnknownOperationException"})

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP response.

    Attributes:
        status (int): The HTTP status: 200, 400, or 500. A planned fault can respond with any status.
        headers (Mapping[str, str]): The headers Content-Type and x-amzn-RequestId, and for an error x-amzn-ErrorType.
        body (bytes): The body: JSON in UTF-8.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def parse_body(body: bytes) -> JsonObject:
    """Parse the body of a request.

    Raises:
        ServiceError: SerializationException if the body is not a JSON object in UTF-8.
    """
    try:
        request = _decoder.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", f"The body must be JSON in UTF-8: {error}") from None
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "The body must be a JSON object")
    return request


def serialize(output: JsonObject) -> bytes:
    """Serialize a response body. Escape all non-ASCII characters, because UTF-8 cannot encode lone surrogates."""
    return json.dumps(output, separators=(",", ":")).encode("ascii")


def success(body: bytes) -> Reply:
    """Return the HTTP response of an operation that succeeded."""
    return Reply(status=200, headers=_headers(), body=body)


def failure(error: ServiceError) -> Reply:
    """Return the HTTP response for an error. The body contains the error's code with a namespace, and the error's members."""
    namespace = _PROTOCOL_NAMESPACE if error.code in _PROTOCOL_ERRORS else _SERVICE_NAMESPACE
    body = {"__type": namespace + error.code, "Message": error.message, **error.members}
    headers = {**_headers(), "x-amzn-ErrorType": _ERROR_TYPE.format(error.code)}
    return Reply(status=error.status, headers=headers, body=serialize(body))


def _headers() -> dict[str, str]:
    return {"Content-Type": _CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not allowed in JSON")


# By default, Python's decoder accepts NaN and Infinity, which are not valid JSON.
_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


@lru_cache(maxsize=4096)
def parse_instant(text: str) -> int:
    """Parse an ISO 8601 date and time with an offset.

    Args:
        text: The timestamp, for example `2026-01-31T12:00:00Z`. The seconds can have up to nine decimal places. The timestamp
            ends with `Z` or an offset such as `+02:00`.

    Returns:
        The nanoseconds since 1970-01-01T00:00:00Z.

    Raises:
        ValueError: The text has another format, or contains a day, hour or offset that does not exist.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError("not an ISO 8601 date and time with an offset")
    *moment, fraction, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = map(int, moment)
    local = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        instant = local + offset if sign == "-" else local - offset
    except OverflowError:
        raise ValueError("not between the years 1 and 9999 in UTC") from None
    return (instant - _EPOCH) // _SECOND * NANOSECONDS + int((fraction or "").ljust(9, "0"))


def timestamp(instant: int, *, digits: int = 9) -> str:
    """Format an instant in the service's format: with at most `digits` decimal places, and without trailing zeros.

    Example:
        >>> timestamp(1_736_958_866_049_325_970)
        '2025-01-15T16:34:26.04932597Z'
        >>> timestamp(1_736_958_866_049_325_970, digits=2)
        '2025-01-15T16:34:26.04Z'
    """
    seconds, rest = divmod(instant, NANOSECONDS)
    fraction = f"{rest:09}"[:digits].rstrip("0")
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19] + (f".{fraction}" if fraction else "") + "Z"
