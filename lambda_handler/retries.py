"""How long, and how often: one policy for every call, on one clock, the function's remaining time.

botocore's own retries are off, so nothing else waits.
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lambda_handler import logs
from lambda_handler.errors import ApiError, Kind, Refused

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How one kind of failure is waited for, in seconds.

    Attributes:
        first: The first pause at most.
        longest: Any pause at most.
        altogether: From the first failure on at most, pauses and calls together.
        least: How many pauses are made all the same, however long the calls between them take.
    """

    first: float
    longest: float
    altogether: float | None = None
    least: int = 0


# A kind that is not here is final. A new permission takes seconds to arrive; a conflict ends when the other writer does.
PACES = {
    # Short pauses: the last of a hundred siblings would wait out the long ones alone.
    Kind.THROTTLED: Pace(first=1, longest=5),
    Kind.INTERNAL: Pace(first=0.5, longest=16),
    Kind.CONNECTION: Pace(first=0.5, longest=16),
    # Each conflict of a crowd may have been waited for behind a throttled minute: it is not the conflict that lasts.
    Kind.CONFLICT: Pace(first=0.5, longest=5, altogether=60, least=10),
    Kind.DENIED: Pace(first=2, longest=10, altogether=60),
    Kind.NOT_SHOWN: Pace(first=1, longest=4, altogether=8, least=3),
}


class RetryBudget:
    """One invocation's budget: how often it failed in which way, and since when.

    Args:
        remaining: Returns the seconds left for work; the answer's own time is already taken off.
        sleep: Waits, in seconds.
        uniform: Draws a number between two others.
    """

    def __init__(
        self,
        remaining: Callable[[], float],
        *,
        sleep: Callable[[float], None] = time.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._remaining = remaining
        self._sleep = sleep
        self._uniform = uniform
        self._failures: Counter[Kind] = Counter()
        self._began: dict[Kind, float] = {}  # the seconds that were left

    def wait(self, error: ApiError) -> None:
        """Wait before the call is tried again, with full jitter; raise the error instead where that is of no use any more."""
        pace = PACES.get(error.kind)
        # AccessDenied with a Reason is about the account, not about a permission that is still on its way.
        if pace is None or (error.kind is Kind.DENIED and error.reason):
            raise error
        self._failures[error.kind] += 1
        failures = self._failures[error.kind]
        pause = self._uniform(0, min(pace.longest, pace.first * 2 ** min(failures - 1, 16)))
        remaining = self._remaining()
        gone = self._began.setdefault(error.kind, remaining) - remaining
        over = pace.altogether is not None and gone + pause > pace.altogether and failures > pace.least
        if over or pause >= remaining:
            logs.log(decision="gave up", attempt=failures, error_code=error.code)
            raise error
        logs.log(decision="try again", attempt=failures, error_code=error.code)
        self._sleep(pause)
        if self._remaining() <= 0:
            # A sleep overshoots. What failed tells more than that time ran out.
            raise error

    def pause(self, least: float, most: float) -> bool:
        """Wait for a while that nothing failed for; say whether there was time for it."""
        pause = self._uniform(least, most)
        if pause >= self._remaining():
            return False
        self._sleep(pause)
        return True

    def ended(self, kind: Kind) -> None:
        """Note that what failed in this way goes well now: the next failure of the kind is another."""
        self._failures.pop(kind, None)
        self._began.pop(kind, None)

    def until_answered(self, call: Callable[[], T], *, unless: tuple[Kind, ...] = ()) -> T:
        """Call until there is an answer, or an error that is final or of a kind in `unless`."""
        while True:
            if self._remaining() <= 0:
                raise Refused(
                    "The function's time ran out before Partner Central had answered everything. Nothing is lost or doubled by"
                    " deploying again."
                )
            try:
                return call()
            except ApiError as error:
                if error.kind in unless:
                    raise
                self.wait(error)
