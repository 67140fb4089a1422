"""Define which failures are retried, for how long, and with which pauses. The remaining time serves as the clock.

boto3's own retries are off, so that this module contains the only retry policy.
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lambda_handler import logs
from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.reasons import CODE, DEPLOY_AGAIN

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How one kind of failure is retried. All times are in seconds.

    Attributes:
        first: The upper limit of the first pause. The limit doubles with every retry.
        longest: The upper limit of any pause.
        total: The maximum time since the first failure, including the calls. None means no limit.
        at_least: The minimum number of retries, even if `total` seconds have passed.
    """

    first: float
    longest: float
    total: float | None = None
    at_least: int = 0


# A kind of failure that is not in this table is never retried.
BACKOFFS = {
    # With longer pauses, the last of a hundred contexts would still wait after all other contexts are created.
    Kind.THROTTLED: Backoff(first=1, longest=5),
    Kind.INTERNAL: Backoff(first=0.5, longest=16),
    Kind.CONNECTION: Backoff(first=0.5, longest=16),
    # If a proxy or firewall responds instead of the API, a retry some minutes later usually fails too.
    Kind.UNREADABLE: Backoff(first=0.5, longest=10, total=60),
    # Throttling can delay a retry by a minute, so make at least ten retries even if a minute has passed.
    Kind.CONFLICT: Backoff(first=0.5, longest=5, total=60, at_least=10),
    # New permissions and roles take seconds to take effect: https://github.com/aws/aws-cdk/issues/37675
    Kind.DENIED: Backoff(first=2, longest=10, total=60),
    Kind.CREDENTIALS: Backoff(first=2, longest=10, total=60),
    Kind.NOT_VISIBLE: Backoff(first=1, longest=4, total=8, at_least=3),
}


# A longer Retry-After is shortened to this many seconds.
LONGEST_RETRY_AFTER = 60


class RetryBudget:
    """The retries of one invocation.

    For each operation and kind of failure, the budget records the number of failures and the time of the first failure.

    Args:
        remaining: Returns the seconds left for work, without the time reserved for the response.
        sleep: Sleeps for a number of seconds.
        uniform: Returns a random number between two numbers.
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
        # Failures are counted by operation and kind, so that one operation does not use up the time of another operation.
        self._failures: Counter[tuple[str, Kind]] = Counter()
        self._started: dict[tuple[str, Kind], float] = {}  # the seconds that were left at the first failure

    def limited(self, seconds: float) -> "RetryBudget":
        """Return a separate budget that ends after this many seconds, or when the remaining time ends."""
        reserved = max(0.0, self._remaining() - seconds)
        return RetryBudget(lambda: self._remaining() - reserved, sleep=self._sleep, uniform=self._uniform)

    def retry(self, call: Callable[[], T], *, unless: tuple[Kind, ...] = ()) -> T:
        """Repeat a call until it succeeds, fails with an error that is not retried, or fails with a kind in `unless`.

        Raises:
            ApiError: The call's last failure.
            ResourceError: No time is left.
        """
        failures: set[tuple[str, Kind]] = set()
        while True:
            if self._remaining() <= 0:
                raise ResourceError(
                    "OUT_OF_TIME",
                    f"The function ran out of time before it finished all calls. {DEPLOY_AGAIN}",
                )
            try:
                result = call()
            except ApiError as error:
                if error.kind in unless:
                    raise
                failures.add((error.operation, error.kind))
                self.back_off(error)
            else:
                # After a success, a later failure of the same kind gets the full time and number of retries again.
                self._forget(failures)
                return result

    def back_off(self, error: ApiError) -> None:
        """Sleep before a retry, with full jitter. If the error is final or the budget is used up, raise the error instead."""
        backoff = BACKOFFS.get(error.kind)
        # AccessDenied with a Reason concerns the account, so a retry does not help. Without a Reason, a new permission might
        # only need time to take effect.
        if backoff is None or (error.kind is Kind.DENIED and error.reason):
            raise error
        key = (error.operation, error.kind)
        self._failures[key] += 1
        failures = self._failures[key]
        jitter = self._uniform(0, min(backoff.longest, backoff.first * 2 ** min(failures - 1, 16)))
        # Without jitter in addition to a Retry-After, all contexts of a stack would retry at the same time.
        pause = min(error.retry_after, LONGEST_RETRY_AFTER) + jitter
        remaining = self._remaining()
        elapsed = self._started.setdefault(key, remaining) - remaining
        over = backoff.total is not None and elapsed + pause > backoff.total and failures > backoff.at_least
        failure = {"attempt": failures, "error_code": CODE.get(error.kind), "exception": error.code}
        if over or max(pause, error.retry_after) >= remaining:
            logs.warning("gave up", **failure)
            raise error
        logs.warning("retry", **failure)
        self._sleep(pause)
        if self._remaining() <= 0:
            # A sleep can take longer than requested. Raise the failure, because its Reason helps the user more than "out of
            # time".
            raise error

    def reset(self, kind: Kind) -> None:
        """Reset the budget for one kind of failure, after a call succeeded."""
        self._forget([key for key in self._failures if key[1] is kind])

    def _forget(self, keys: Iterable[tuple[str, Kind]]) -> None:
        for key in keys:
            self._failures.pop(key, None)
            self._started.pop(key, None)

    def pause(self, shortest: float, longest: float) -> bool:
        """Sleep for a random time and return True, or return False if too little time is left."""
        pause = self._uniform(shortest, longest)
        if pause >= self._remaining():
            return False
        self._sleep(pause)
        return True
