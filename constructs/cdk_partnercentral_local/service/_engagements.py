"""The engagements of an account: their contexts, versions, identifiers and ARNs.

The state of an engagement is an immutable value, and each write replaces the state with a new value. Older states remain
available, so that a read can return an older state, as in an eventually consistent service.
"""

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass

from cdk_partnercentral_local.service._context_types import Path
from cdk_partnercentral_local.service._errors import Problem, ServiceError, invalid, not_found
from cdk_partnercentral_local.service._wire import JsonObject, timestamp

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
# The value of CreatedBy and ModifiedBy after a write by AWS itself.
AWS = "aws"
# ListEngagements returns times with two decimal places.
_LIST_DIGITS = 2
_ARN = re.compile(r"arn:[^:]+:partnercentral:[^:]+::catalog/([a-zA-Z]+)/engagement/eng-[0-9a-z]{14}")


@dataclass(frozen=True, kw_only=True)
class State:
    """The state of an engagement between two writes. States can share a context, so never change a context in place.

    Attributes:
        modified_at: The ModifiedAt, in nanoseconds since 1970. All states of an engagement have different values, even after
            the values are truncated to microseconds.
        modified_by: The writer: an account ID, or `aws`.
        contexts: The contexts in the order of their creation, each in the form `{"Id": ..., "Type": ..., "Payload": ...}`.
    """

    modified_at: int
    modified_by: str
    contexts: tuple[JsonObject, ...] = ()

    @property
    def types(self) -> list[str]:
        """The distinct Types of the contexts."""
        return list(dict.fromkeys(context["Type"] for context in self.contexts))


class Engagement:
    """One engagement, with the older states that a read can still return.

    Attributes:
        filled_in: Maps the ID of a context to the paths of the payload members that AWS added.
        hidden_reads: The number of future reads that will not find this engagement.
        hidden_lists: The number of future lists that will not contain this engagement.
    """

    def __init__(
        self, *, number: int, catalog: str, identifier: str, arn: str, details: JsonObject, state: State
    ) -> None:
        self.number = number
        self.catalog = catalog
        self.id = identifier
        self.arn = arn
        self.details = details
        self.created_at = state.modified_at
        self.created_by = state.modified_by
        self.state = state
        self.filled_in: dict[str, set[Path]] = defaultdict(set)
        self.hidden_reads = 0
        self.hidden_lists = 0
        self._reads = 0
        self._older: list[tuple[int, State]] = []

    def write(self, contexts: tuple[JsonObject, ...], *, by: str, now: int) -> None:
        """Replace the current state with a new state that contains these contexts and has a new ModifiedAt."""
        self._older.append((self._reads, self.state))
        self.state = State(modified_at=_later(now, self.state.modified_at), modified_by=by, contexts=contexts)

    def read(self, lag: int) -> State:
        """Count a read, and return the state that this read shows. The first `lag` reads after a write show the older state."""
        state = self.shown(lag)
        self._reads += 1
        return state

    def shown(self, lag: int) -> State:
        """Return the state for the next read. This call does not count as a read."""
        self._older = [(written, older) for written, older in self._older if self._reads < written + lag]
        return self._older[0][1] if self._older else self.state

    def summary(self, state: State, *, digits: int = _LIST_DIGITS) -> JsonObject:
        """Return an entry of a ListEngagements response, without ContextTypes."""
        return {
            "Id": self.id,
            "Arn": self.arn,
            **({"Title": self.details["Title"]} if "Title" in self.details else {}),
            "CreatedAt": timestamp(self.created_at, digits=digits),
            "CreatedBy": self.created_by,
            "MemberCount": 2 if self.created_by == AWS else 1,
            "ModifiedAt": timestamp(state.modified_at, digits=digits),
            "ModifiedBy": state.modified_by,
        }

    def described(self, state: State) -> JsonObject:
        """Return the response body of GetEngagement."""
        description = {"Description": self.details["Description"]} if "Description" in self.details else {}
        return {**self.summary(state, digits=9), **description, "Contexts": list(state.contexts)}


class Engagements:
    """All engagements of an account.

    Engagement IDs are derived from the account ID and a counter. If two instances of the service get the same requests, they
    return the same IDs.

    Attributes:
        account: The ID of the account that creates the engagements.
    """

    def __init__(self, *, account: str, region: str, partition: str) -> None:
        self.account = account
        self._arn_prefix = f"arn:{partition}:partnercentral:{region}::catalog/"
        self._by_id: dict[str, Engagement] = {}

    def add(
        self, *, catalog: str, details: JsonObject, contexts: tuple[JsonObject, ...], now: int, by: str | None = None
    ) -> Engagement:
        """Create an engagement. By default, the account is the creator of the engagement."""
        number = len(self._by_id) + 1
        identifier = _identifier(self.account, number)
        engagement = Engagement(
            number=number,
            catalog=catalog,
            identifier=identifier,
            arn=f"{self._arn_prefix}{catalog}/engagement/{identifier}",
            details=details,
            state=State(modified_at=_later(now, 0), modified_by=by or self.account, contexts=contexts),
        )
        self._by_id[identifier] = engagement
        return engagement

    def find(self, identifier: str, *, catalog: str, field: str) -> Engagement:
        """Return the engagement that a request specifies.

        Args:
            identifier: The engagement's ID or ARN.
            catalog: The Catalog of the request.
            field: The name of the request member that contains the identifier.

        Raises:
            ServiceError: ValidationException if the identifier is an ARN in another catalog, or is not the ARN of an
                engagement. ResourceNotFoundException if the engagement does not exist in this catalog and Region.
        """
        _check_arn(identifier, catalog, field)
        engagement = self.get(identifier)
        if engagement is None or engagement.catalog != catalog:
            raise engagement_not_found(identifier, catalog)
        return engagement

    def get(self, identifier: str) -> Engagement | None:
        """Return the engagement with this ID or ARN in any catalog, or None if the engagement does not exist."""
        engagement = self._by_id.get(identifier.rpartition("/")[2])
        return engagement if engagement and identifier in (engagement.id, engagement.arn) else None

    def all(self) -> list[Engagement]:
        """Return all engagements, oldest first."""
        return list(self._by_id.values())


def engagement_not_found(identifier: str, catalog: str) -> ServiceError:
    """Return a ResourceNotFoundException for an engagement."""
    return not_found(f"Engagement {identifier} was not found in catalog {catalog}")


def _check_arn(identifier: str, catalog: str, field: str) -> None:
    if not identifier.startswith("arn:"):
        return
    arn = _ARN.fullmatch(identifier)
    if arn is None:
        raise _invalid(field, f"'{identifier}' is not the ARN of an engagement")
    if arn[1] != catalog:
        raise _invalid(field, f"'{identifier}' is not in catalog {catalog}")


def _invalid(field: str, message: str) -> ServiceError:
    return invalid([Problem(field=field, code="INVALID_VALUE", message=message)])


def _identifier(account: str, number: int) -> str:
    rest = int.from_bytes(hashlib.sha256(f"{account}/{number}".encode()).digest(), "big")
    letters = []
    for _ in range(14):
        rest, letter = divmod(rest, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "eng-" + "".join(letters)


def _later(now: int, previous: int) -> int:
    """Return a ModifiedAt that is later than the previous ModifiedAt, even after both are truncated to microseconds.

    The last three digits of the result are never 000. So if a client truncates the result to microseconds, the client sends a
    value other than the result.
    """
    if now // 1000 <= previous // 1000:
        now = (previous // 1000 + 1) * 1000
    return now if now % 1000 else now + 789
