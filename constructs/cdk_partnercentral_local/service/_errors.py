"""The errors of the local Partner Central.

    Exception
    ├── ServiceError          an error response; `code` is the name of the error
    └── ConnectionError
        └── Dropped           no response: the connection is closed

The service model defines the error codes, members and enums. The service model contains no messages, so the messages can differ
from the messages of the real service.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
    """An error response.

    Args:
        code (str): The name of the error, for example `ConflictException`.
        message (str): The error message, which can contain values from the request.
        status (int): The HTTP status.
        members (object): Additional members of the response, for example `Reason` and `ErrorList`.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, **members: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class Dropped(ConnectionError):  # noqa: N818 - not an error response
    """The connection is closed without a response. When this exception is raised, the HTTP server closes the socket."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One entry in the ErrorList of a ValidationException.

    Attributes:
        field (str): The path of the invalid member, for example `Payload.Lead.Interactions[0].Contact.Email`. An empty string
            means the whole request.
        code (str): A value of ValidationExceptionErrorCode in the service model.
        message (str): The description of the problem. The description contains the invalid value. A string is quoted unchanged,
            and any other value is formatted as JSON.
    """

    field: str
    code: ProblemCode
    message: str


def invalid(problems: Sequence[Problem], *, reason: Reason = "REQUEST_VALIDATION_FAILED") -> ServiceError:
    """Return a ValidationException that lists all problems, both in its ErrorList and in its message."""
    entries = [{"FieldName": each.field, "Message": each.message, "Code": each.code} for each in problems]
    count = f"{len(problems)} validation error{'' if len(problems) == 1 else 's'} detected: "
    message = count + "; ".join(f"{each.field}: {each.message}" for each in problems)
    return ServiceError("ValidationException", message, Reason=reason, ErrorList=entries)


def not_permitted(field: str, code: ProblemCode, message: str) -> ServiceError:
    """Return a ValidationException for a well-formed request that the service does not permit."""
    return invalid([Problem(field=field, code=code, message=message)], reason="BUSINESS_VALIDATION_FAILED")


def conflict(message: str = "The resource was changed by another request. Fetch its latest state.") -> ServiceError:
    """Return a ConflictException."""
    return ServiceError("ConflictException", message)


def not_found(message: str) -> ServiceError:
    """Return a ResourceNotFoundException."""
    return ServiceError("ResourceNotFoundException", message)


def over_quota(message: str) -> ServiceError:
    """Return a ServiceQuotaExceededException."""
    return ServiceError("ServiceQuotaExceededException", message)


def throttled() -> ServiceError:
    """Return a ThrottlingException."""
    return ServiceError("ThrottlingException", "Too many requests. Retry later.")


def internal_error() -> ServiceError:
    """Return an InternalServerException. This is the only error with HTTP status 500."""
    return ServiceError("InternalServerException", "The request could not be completed. Retry later.", status=500)


def access_denied(operation: str, resource: str, *, reason: str | None = None) -> ServiceError:
    """Return an AccessDeniedException. If `reason` is not None, the error contains it as `Reason`."""
    message = f"The caller is not authorized to perform: partnercentral:{operation} on resource: {resource}"
    members: dict[str, Any] = {} if reason is None else {"Reason": reason}
    return ServiceError("AccessDeniedException", message, **members)
