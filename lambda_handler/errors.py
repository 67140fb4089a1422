"""The errors of the function, independent of the SDK.

Exception
├── ResourceError    the function stopped; `code` is one of `reasons.CODES`, and the text explains what to do
└── ApiError         a call to Partner Central or CloudFormation failed; `kind` is the category of the failure
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The category of a failed call. It determines the retries of the call, and the code and the advice in the Reason."""

    THROTTLED = "throttled"
    INTERNAL = "internal"
    CONNECTION = "connection"
    UNREADABLE = "unreadable"  # a response that is not in the API's format
    CERTIFICATE = "certificate"
    CONFLICT = "conflict"
    DENIED = "denied"
    CREDENTIALS = "credentials"  # for example because the credentials expired or because the role is new
    INVALID = "invalid"
    NOT_FOUND = "not found"
    QUOTA = "quota"
    NOT_VISIBLE = "not visible"  # a read that does not return a context or engagement yet
    OTHER = "other"


class ResourceError(Exception):
    """The resource cannot be changed to match its declaration. The Reason contains the text unchanged.

    Attributes:
        code: One of `reasons.CODES`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One entry of a ValidationException's ErrorList."""

    field: str
    message: str
    code: str


class ApiError(Exception):
    """A call to Partner Central or CloudFormation failed. The texts of the error contain no sensitive values.

    Attributes:
        kind: The category of the failure.
        operation: The name of the API operation, such as `GetEngagement`.
        code: The exception's name, such as `ConflictException`.
        message: The service's message.
        reason: The exception's `Reason` member; empty if it has none.
        fields: A ValidationException's ErrorList.
        request_id: The AWS request ID; empty if there was no response.
        retry_after: The seconds in the response's Retry-After header; 0 if the response has no such header.
        stack_id: For a call to CloudFormation, the ID of the stack; empty for a call to Partner Central.
        names_token: Whether the service's message mentions the client token.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        operation: str,
        code: str,
        message: str,
        reason: str = "",
        fields: Sequence[FieldError] = (),
        request_id: str = "",
        retry_after: float = 0,
        stack_id: str = "",
        names_token: bool = False,
    ) -> None:
        super().__init__(f"{code} from {operation}: {message}")
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        self.reason = reason
        self.fields = tuple(fields)
        self.request_id = request_id
        self.retry_after = retry_after
        self.stack_id = stack_id
        self.names_token = names_token

    @property
    def outcome_is_unknown(self) -> bool:
        """Whether the service might have carried out a write although the call failed."""
        return self.kind in (Kind.INTERNAL, Kind.CONNECTION, Kind.UNREADABLE)

    def names_member(self, name: str) -> bool:
        """Return whether the service's message mentions a payload member, ignoring case and spaces."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ?", re.escape(name))
        # Match whole words only, because the name CustomerProject also contains the name of the member Customer.
        pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
        return any(map(pattern.search, (self.message, *(f"{entry.field} {entry.message}" for entry in self.fields))))
