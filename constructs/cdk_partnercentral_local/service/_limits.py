"""What the service remembers of earlier requests: client tokens, and how many requests there were of late.

Both run on instants in nanoseconds that they are given. This module knows nothing of engagements.
"""

from dataclasses import dataclass

from cdk_partnercentral_local.service._behavior import TokenMismatch
from cdk_partnercentral_local.service._errors import Problem, conflict, invalid
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["Bucket", "Tokens"]

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class _Use:
    parameters: JsonObject
    answer: bytes
    at: int


class Tokens:
    """Client tokens that were used, each in one operation, across all engagements and catalogs.

    Parameters are compared as they were sent: an engagement's id and its ARN are different parameters.
    """

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], _Use] = {}

    def first_answer(
        self, operation: str, request: JsonObject, *, now: int, lifetime: float | None, mismatch: TokenMismatch
    ) -> bytes | None:
        """Give the answer that the request's token got before, or None if it is new or forgotten.

        Raises:
            ServiceError: ConflictException or ValidationException, as `mismatch` says, for other parameters.
        """
        token = request["ClientToken"]
        use = self._uses.get((operation, token))
        if use is None or (lifetime is not None and now - use.at >= lifetime * _NANOSECONDS):
            return None
        if use.parameters == request or mismatch == "replay":
            return use.answer
        if mismatch == "conflict":
            raise conflict("The client token was used before with different parameters")
        message = f"'{token}' was used before with different parameters"
        raise invalid([Problem(field="ClientToken", code="INVALID_VALUE", message=message)])

    def remember(self, operation: str, request: JsonObject, *, answer: bytes, now: int) -> None:
        """Keep what a token was answered."""
        self._uses[operation, request["ClientToken"]] = _Use(parameters=request, answer=answer, at=now)


class Bucket:
    """A token bucket: as many requests at once as a second allows, one at least, and then at the rate."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._at = 0

    def admits(self, now: int, rate: float) -> bool:
        """Take one request's worth out of the bucket, if it is there."""
        size = max(1.0, rate)
        left = size if self._left is None else min(size, self._left + max(0, now - self._at) * rate / _NANOSECONDS)
        self._at = now
        self._left = left - 1 if left >= 1 else left
        return left >= 1
