"""What can go wrong, as this function sees it.

    Exception
    ├── Refused      we will not go on: the text says why, and what to do
    └── ApiError     Partner Central, or the way to it, failed: `kind` says how

Knows nothing of the SDK: `partner_central` translates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a call failed, as far as it decides what to do next."""

    THROTTLED = "throttled"
    INTERNAL = "internal"
    CONNECTION = "connection"
    CONFLICT = "conflict"
    DENIED = "denied"
    INVALID = "invalid"
    NOT_FOUND = "not found"
    QUOTA = "quota"
    NOT_SHOWN = "not shown"
    OTHER = "other"


class Refused(Exception):  # noqa: N818 - it is a decision, not a fault
    """We will not go on. The text is the Reason CloudFormation gets."""


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One entry of a ValidationException's ErrorList."""

    field: str
    message: str
    code: str


class ApiError(Exception):
    """A call to Partner Central failed.

    Attributes:
        kind: How it failed.
        operation: The API's name of the operation, such as `GetEngagement`.
        code: The exception's name, such as `ConflictException`.
        message: The service's own words.
        reason: The `Reason` member of the exception, where it has one.
        fields: A ValidationException's ErrorList.
        names_token: Whether the service's words name the client token. Masked, they may not tell any more.
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
        names_token: bool = False,
    ) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        self.reason = reason
        self.fields = tuple(fields)
        self.names_token = names_token or "clienttoken" in self.words

    @property
    def words(self) -> str:
        """All that it says, in lower case and without blanks: members are named in more than one way."""
        return str(self).lower().replace(" ", "")

    @property
    def leaves_open(self) -> bool:
        """Whether a write may have arrived all the same."""
        return self.kind in (Kind.INTERNAL, Kind.CONNECTION)

    def __str__(self) -> str:
        """Say it as a Reason says it: the exception, its words, and every field it names."""
        fields = "".join(f"; {entry.field or '(no field)'}: {entry.message} ({entry.code})" for entry in self.fields)
        reason = f" [{self.reason}]" if self.reason else ""
        # A sentence of ours follows, with a full stop between.
        return f"{self.code} from {self.operation}{reason}: {self.message}{fields}".rstrip(".")
