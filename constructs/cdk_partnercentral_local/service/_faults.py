"""Faults that a test lays in the service's way: errors, dropped connections, stalls, callbacks.

A fault takes effect at one of three points of a request. *On arrival*: nothing was looked at. *Before the commit*: the
request is sound, and nothing was compared with what is held. *After the commit*: done and recorded, not yet answered;
this point is reached by reads too, and not by a request that the service itself refused. This module knows nothing of
engagements.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

from cdk_partnercentral_local.service._errors import (
    Dropped,
    Problem,
    ServiceError,
    access_denied,
    conflict,
    internal_error,
    invalid,
    throttled,
)
from cdk_partnercentral_local.service._wire import OPERATIONS

__all__ = ["Act", "Fault", "Faults"]

Act: TypeAlias = Callable[[], object]


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to a request beside what it asks for.

    Attributes:
        operation (str | None): the operation that it waits for, or None for any.
        times (int): how many requests it still has to happen to.
        on_arrival (Callable[[], object]): called before anything else. It and the next two may return, or raise
            `ServiceError` for an error answer, or `Dropped` for none; any other exception goes through to whoever
            called `handle`.
        before_commit (Callable[[], object]): called with no lock held, right before the request meets what is held.
        after_commit (Callable[[], object]): called with no lock held, right after.
    """

    operation: str | None = None
    times: int = 1
    on_arrival: Act = _nothing
    before_commit: Act = _nothing
    after_commit: Act = _nothing


_NO_FAULT = Fault()


class Faults:
    """The plan: each request takes the first fault in the order of planning that waits for its operation.

    It is spent then, also when the request is refused before it gets to the fault's point.

    Every method takes `operation`, the name of one of the five, or None for whichever request comes first, and `times`,
    for how many requests in a row (1 or more).

    Example:
        >>> faults = Faults()
        >>> faults.throttle("CreateEngagementContext", times=2)
        >>> faults.drop_after("CreateEngagementContext")
        >>> len(faults)
        3
    """

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._plan: list[Fault] = []

    def __len__(self) -> int:
        """Count the requests that faults are still waiting for."""
        return sum(fault.times for fault in self._plan)

    def add(self, fault: Fault) -> None:
        """Plan a fault that has no method of its own.

        Raises:
            ValueError: there is no such operation, or `times` is not positive.
        """
        if fault.operation is not None and fault.operation not in OPERATIONS:
            raise ValueError(f"no operation {fault.operation!r}; there are {', '.join(OPERATIONS)}")
        if fault.times < 1:
            raise ValueError(f"times: 1 or more, got {fault.times}")
        with self._lock:
            self._plan.append(fault)

    def take(self, operation: str) -> Fault:
        """Give the fault that a request of this operation meets, which may be one that does nothing."""
        with self._lock:
            for place, fault in enumerate(self._plan):
                if fault.operation in (None, operation):
                    rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._plan[place : place + 1] = rest
                    return fault
        return _NO_FAULT

    def clear(self) -> None:
        """Forget what is planned."""
        with self._lock:
            self._plan.clear()

    def pass_by(self, operation: str | None, *, times: int = 1) -> None:
        """Leave requests alone, so that the next fault meets a later one."""
        self.add(Fault(operation=operation, times=times))

    def error(self, operation: str | None, error: ServiceError, *, times: int = 1) -> None:
        """Answer an error on arrival, for example `ServiceError("ExpiredTokenException", "...")`."""
        self.add(Fault(operation=operation, times=times, on_arrival=_raiser(error)))

    def throttle(self, operation: str | None, *, times: int = 1) -> None:
        """Answer ThrottlingException on arrival."""
        self.error(operation, throttled(), times=times)

    def internal_error(self, operation: str | None, *, times: int = 1) -> None:
        """Answer InternalServerException on arrival."""
        self.error(operation, internal_error(), times=times)

    def conflict(self, operation: str | None, *, times: int = 1) -> None:
        """Answer ConflictException on arrival."""
        self.error(operation, conflict(), times=times)

    def access_denied(
        self, operation: str | None, *, reason: str | None = None, resource: str = "*", times: int = 1
    ) -> None:
        """Answer AccessDeniedException on arrival; `reason` is one of the model's AccessDeniedExceptionErrorCode."""
        self.error(operation, access_denied(operation or "*", resource, reason=reason), times=times)

    def validation(self, operation: str | None, problems: Sequence[Problem], *, times: int = 1) -> None:
        """Answer ValidationException on arrival, with these problems."""
        self.error(operation, invalid(problems), times=times)

    def drop_before(self, operation: str | None, *, times: int = 1) -> None:
        """Close the connection on arrival: nothing was done."""
        self.add(Fault(operation=operation, times=times, on_arrival=_raiser(Dropped("dropped on arrival"))))

    def drop_after(self, operation: str | None, *, times: int = 1) -> None:
        """Close the connection instead of the answer: it was done."""
        self.add(Fault(operation=operation, times=times, after_commit=_raiser(Dropped("dropped after the commit"))))

    def error_after_commit(self, operation: str | None, *, times: int = 1) -> None:
        """Answer InternalServerException though it was done."""
        self.add(Fault(operation=operation, times=times, after_commit=_raiser(internal_error())))

    def slow(self, operation: str | None, seconds: float, *, after_commit: bool = False, times: int = 1) -> None:
        """Stall before or after the commit."""
        self.hook(operation, lambda: self._sleep(seconds), after_commit=after_commit, times=times)

    def hook(self, operation: str | None, act: Act, *, after_commit: bool = False, times: int = 1) -> None:
        """Call a function right before or after the commit, for a foreign write or a kill."""
        if after_commit:
            self.add(Fault(operation=operation, times=times, after_commit=act))
        else:
            self.add(Fault(operation=operation, times=times, before_commit=act))


def _raiser(error: Exception) -> Act:
    def act() -> NoReturn:
        # Raised many times over, an exception would gather the frames of every time.
        raise error.with_traceback(None)

    return act
