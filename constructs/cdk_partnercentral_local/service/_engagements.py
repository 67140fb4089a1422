"""Engagements as the service holds them: their contexts, their versions, their names.

An engagement's state is a value; a write puts a new one in its place. This module knows nothing of requests, client
tokens or locks between threads.
"""

import hashlib
import re
from dataclasses import dataclass

from cdk_partnercentral_local.service._errors import Problem, ServiceError, invalid, not_found
from cdk_partnercentral_local.service._instants import strictly_later, with_nanoseconds
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["Engagement", "Engagements", "State"]

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ARN = re.compile(r"arn:[^:]+:partnercentral:[^:]+::catalog/([a-zA-Z]+)/engagement/eng-[0-9a-z]{14}")


@dataclass(frozen=True, kw_only=True)
class State:
    """What an engagement is between two writes. Its contexts are shared with other states: never change them.

    Attributes:
        modified_at: nanoseconds since 1970; no two states of an engagement have the same microsecond.
        modified_by: an account id, or `AWS`.
        contexts: `{"Id": ..., "Type": ..., "Payload": ...}` each, in the order in which they came.
    """

    modified_at: int
    modified_by: str
    contexts: tuple[JsonObject, ...] = ()

    @property
    def types(self) -> list[str]:
        """The types of its contexts, each once."""
        return list(dict.fromkeys(context["Type"] for context in self.contexts))


class Engagement:
    """One engagement and those of its states that a read may still show."""

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
        self._reads = 0
        self._older: list[tuple[int, State]] = []

    def write(self, contexts: tuple[JsonObject, ...], *, by: str, now: int) -> None:
        """Put a new state in place of the current one, with a ModifiedAt of its own."""
        self._older.append((self._reads, self.state))
        self.state = State(modified_at=strictly_later(now, self.state.modified_at), modified_by=by, contexts=contexts)

    def read(self, lag: int) -> State:
        """Count a read, and say which state it shows: one that `lag` reads have not seen yet is not shown."""
        state = self.shown(lag)
        self._reads += 1
        return state

    def shown(self, lag: int) -> State:
        """Say which state the next read shows."""
        self._older = [(written, older) for written, older in self._older if self._reads < written + lag]
        return self._older[0][1] if self._older else self.state

    def summary(self, state: State) -> JsonObject:
        """Describe a state by the members that GetEngagement and ListEngagements share."""
        return {
            "Id": self.id,
            "Arn": self.arn,
            **({"Title": self.details["Title"]} if "Title" in self.details else {}),
            "CreatedAt": with_nanoseconds(self.created_at),
            "CreatedBy": self.created_by,
            "MemberCount": 1,
            "ModifiedAt": with_nanoseconds(state.modified_at),
            "ModifiedBy": state.modified_by,
        }

    def described(self, state: State) -> JsonObject:
        """Describe a state as GetEngagement answers it."""
        description = {"Description": self.details["Description"]} if "Description" in self.details else {}
        return {**self.summary(state), **description, "Contexts": list(state.contexts)}


class Engagements:
    """All engagements of an account.

    Identifiers follow from account and number, so that two services that are asked the same answer the same.
    """

    def __init__(self, *, account: str, region: str, partition: str) -> None:
        self._account = account
        self._arn_prefix = f"arn:{partition}:partnercentral:{region}::catalog/"
        self._by_id: dict[str, Engagement] = {}

    def add(self, *, catalog: str, details: JsonObject, contexts: tuple[JsonObject, ...], now: int) -> Engagement:
        """Create an engagement."""
        number = len(self._by_id) + 1
        identifier = _identifier(self._account, number)
        engagement = Engagement(
            number=number,
            catalog=catalog,
            identifier=identifier,
            arn=f"{self._arn_prefix}{catalog}/engagement/{identifier}",
            details=details,
            state=State(modified_at=strictly_later(now, 0), modified_by=self._account, contexts=contexts),
        )
        self._by_id[identifier] = engagement
        return engagement

    def find(self, identifier: str, *, catalog: str, field: str) -> Engagement:
        """Find an engagement that a request names.

        Args:
            identifier: its id or ARN.
            catalog: the request's Catalog.
            field: the name of the member that the identifier was in.

        Raises:
            ServiceError: ValidationException for an ARN that is none of an engagement or contradicts the catalog;
                ResourceNotFoundException for what is unknown, lives in another catalog, or in another region.
        """
        self._refuse_contradiction(identifier, catalog, field)
        engagement = self.get(identifier)
        if engagement is None or engagement.catalog != catalog:
            raise not_found(f"Engagement {identifier} was not found in catalog {catalog}")
        return engagement

    def get(self, identifier: str) -> Engagement | None:
        """Find an engagement by id or ARN in whichever catalog."""
        engagement = self._by_id.get(identifier.rpartition("/")[2])
        return engagement if engagement and identifier in (engagement.id, engagement.arn) else None

    def all(self) -> list[Engagement]:
        """List all engagements, the oldest first."""
        return list(self._by_id.values())

    @staticmethod
    def _refuse_contradiction(identifier: str, catalog: str, field: str) -> None:
        if not identifier.startswith("arn:"):
            return
        arn = _ARN.fullmatch(identifier)
        if arn is None:
            raise _refused(field, f"'{identifier}' is not the ARN of an engagement")
        if arn[1] != catalog:
            raise _refused(field, f"'{identifier}' is not in catalog {catalog}")


def _refused(field: str, message: str) -> ServiceError:
    return invalid([Problem(field=field, code="INVALID_VALUE", message=message)])


def _identifier(account: str, number: int) -> str:
    rest = int.from_bytes(hashlib.sha256(f"{account}/{number}".encode()).digest(), "big")
    letters = []
    for _ in range(14):
        rest, letter = divmod(rest, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "eng-" + "".join(letters)
