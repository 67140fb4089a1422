"""The errors that the local Partner Central answers with.

    Exception
    ├── ServiceError          an error answer; `code` tells which
    └── ConnectionError
        └── Dropped           no answer at all: the connection is closed

Codes, members and enums are those of the service model; the sentences are ours. This module knows nothing of HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "Dropped",
    "Problem",
    "ProblemCode",
    "Reason",
    "ServiceError",
    "access_denied",
    "conflict",
    "internal_error",
    "invalid",
    "not_found",
    "not_permitted",
    "over_quota",
    "throttled",
]

ProblemCode = Literal[
    "REQUIRED_FIELD_MISSING",
    "INVALID_ENUM_VALUE",
    "INVALID_STRING_FORMAT",
    "INVALID_VALUE",
    "NOT_ENOUGH_VALUES",
    "TOO_MANY_VALUES",
    "INVALID_RESOURCE_STATE",
    "DUPLICATE_KEY_VALUE",
    "VALUE_OUT_OF_RANGE",
    "ACTION_NOT_PERMITTED",
]
Reason = Literal["REQUEST_VALIDATION_FAILED", "BUSINESS_VALIDATION_FAILED"]


class ServiceError(Exception):
    """An error answer.

    Args:
        code (str): the error's name, for example `ConflictException`.
        message (str): its sentence, which may quote what the client sent.
        status (int): HTTP status.
        members (object): what the answer carries besides, for example `Reason` and `ErrorList`.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, **members: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class Dropped(ConnectionError):  # noqa: N818 - not an error answer
    """The connection ends without an answer. The HTTP server closes the socket on it."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One entry of a ValidationException's ErrorList.

    Attributes:
        field (str): path of the member, for example `Payload.Lead.Interactions[0].Contact.Email`; empty for the
            request.
        code (str): a value of the model's ValidationExceptionErrorCode.
        message (str): what is wrong. A value that is refused is quoted: a string as it is, anything else as JSON.
    """

    field: str
    code: ProblemCode
    message: str


def invalid(problems: Sequence[Problem], *, reason: Reason = "REQUEST_VALIDATION_FAILED") -> ServiceError:
    """ValidationException with all problems, in its ErrorList and once more in its message."""
    listed = [{"FieldName": each.field, "Message": each.message, "Code": each.code} for each in problems]
    count = f"{len(problems)} validation error{'' if len(problems) == 1 else 's'} detected: "
    message = count + "; ".join(f"{each.field}: {each.message}" for each in problems)
    return ServiceError("ValidationException", message, Reason=reason, ErrorList=listed)


def not_permitted(field: str, code: ProblemCode, message: str) -> ServiceError:
    """ValidationException for a sound request that what is held does not allow."""
    return invalid([Problem(field=field, code=code, message=message)], reason="BUSINESS_VALIDATION_FAILED")


def conflict(message: str = "The resource was changed by another request. Fetch its latest state.") -> ServiceError:
    """ConflictException."""
    return ServiceError("ConflictException", message)


def not_found(message: str) -> ServiceError:
    """ResourceNotFoundException."""
    return ServiceError("ResourceNotFoundException", message)


def over_quota(message: str) -> ServiceError:
    """ServiceQuotaExceededException."""
    return ServiceError("ServiceQuotaExceededException", message)


def throttled() -> ServiceError:
    """ThrottlingException."""
    return ServiceError("ThrottlingException", "Too many requests. Retry later.")


def internal_error() -> ServiceError:
    """InternalServerException, which is the only one with status 500."""
    return ServiceError("InternalServerException", "The request could not be completed. Retry later.", status=500)


def access_denied(operation: str, resource: str, *, reason: str | None = None) -> ServiceError:
    """AccessDeniedException, with the model's Reason if there is one."""
    message = f"The caller is not authorized to perform: partnercentral:{operation} on resource: {resource}"
    return ServiceError("AccessDeniedException", message, **_given(Reason=reason))


def _given(**members: str | None) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
