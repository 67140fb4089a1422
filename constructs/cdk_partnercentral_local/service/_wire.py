"""awsJson1.0: what a request's bytes mean, and how answers become bytes.

This module knows the protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html) and nothing of
engagements.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from cdk_partnercentral_local.service._errors import ServiceError

__all__ = ["OPERATIONS", "JsonObject", "Reply", "answer", "operation_of", "read", "refusal", "written"]

JsonObject: TypeAlias = dict[str, Any]

OPERATIONS = (
    "CreateEngagement",
    "CreateEngagementContext",
    "UpdateEngagementContext",
    "GetEngagement",
    "ListEngagements",
)

_TARGETS = {f"AWSPartnerCentralSelling.{name}": name for name in OPERATIONS}
_CONTENT_TYPE = "application/x-amz-json-1.0"
_MODELLED = "com.amazonaws.partnercentralselling#"
_PROTOCOL = "com.amazon.coral.service#"
_PROTOCOL_ERRORS = frozenset({"SerializationException", "UnknownOperationException"})


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer.

    Attributes:
        status (int): 200, 400, or 500; a planned error may have another.
        headers (Mapping[str, str]): Content-Type and x-amzn-RequestId.
        body (bytes): JSON in UTF-8.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def operation_of(target: str) -> str:
    """Say which operation an X-Amz-Target header asks for.

    Raises:
        ServiceError: UnknownOperationException; the header is missing, or names something that is not offered here.
    """
    if target not in _TARGETS:
        offered = ", ".join(OPERATIONS)
        raise ServiceError("UnknownOperationException", f"The local Partner Central offers {offered}; got {target!r}")
    return _TARGETS[target]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def read(body: bytes) -> JsonObject:
    """Parse a request's body.

    Raises:
        ServiceError: SerializationException; it is not a JSON object in UTF-8.
    """
    try:
        request = _decoder.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", f"The body is not JSON in UTF-8: {error}") from None
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "The body is not a JSON object")
    return request


def written(output: JsonObject) -> bytes:
    """Serialise an answer. Characters outside ASCII are escaped, so that lone surrogates come back as they went in."""
    return json.dumps(output, separators=(",", ":")).encode("ascii")


def answer(body: bytes) -> Reply:
    """Wrap what an operation answers."""
    return Reply(status=200, headers=_headers(), body=body)


def refusal(error: ServiceError) -> Reply:
    """Turn an error into its answer: `__type` with the namespace, and the members that the model gives it."""
    namespace = _PROTOCOL if error.code in _PROTOCOL_ERRORS else _MODELLED
    body = {"__type": namespace + error.code, "Message": error.message, **error.members}
    return Reply(status=error.status, headers=_headers(), body=written(body))


def _headers() -> dict[str, str]:
    return {"Content-Type": _CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}
