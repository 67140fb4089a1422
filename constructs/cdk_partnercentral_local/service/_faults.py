"""Faults that a test plans for requests: errors, dropped connections, delays, callbacks.

The service processes a request in several steps. A fault takes effect at one of three points:

- *On arrival*: before the request is validated.
- *Before the commit*: after the request is validated, and before the request is compared with the current state.
- *After the commit*: after the request is performed and recorded, and before the response is sent. A fault at this point also
  applies to read requests, but not to requests that fail earlier.
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
from cdk_partnercentral_local.service._operations import OPERATIONS

Act: TypeAlias = Callable[[], object]


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Functions that the service calls while it processes a request.

    Each function can return, raise `ServiceError` to send an error response, or raise `Dropped` to send no response. If a
    function raises any other exception, `handle` raises the exception too. The service does not hold its lock while a function
    runs, so the function can send requests.

    Attributes:
        operation (str | None): The operation that the fault applies to, or None for all operations.
        times (int): The number of requests that the fault still applies to.
        on_arrival (Callable[[], object]): The function that is called before the request is validated.
        before_commit (Callable[[], object]): The function that is called before the request is compared with the current
            state.
        after_commit (Callable[[], object]): The function that is called after the request is performed.
    """

    operation: str | None = None
    times: int = 1
    on_arrival: Act = _nothing
    before_commit: Act = _nothing
    after_commit: Act = _nothing


_NO_FAULT = Fault()


class Faults:
    """The planned faults, in the order in which they were planned. Each request uses the first fault for its operation.

    A request uses a fault even if the request fails before the fault takes effect.

    The methods that plan a specific fault have two parameters in common. `operation` is the name of an operation, or None for
    requests of all operations. `times` is the number of successive requests that the fault applies to (1 or more).

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
        """Return the number of requests that the planned faults still apply to."""
        return sum(fault.times for fault in self._plan)

    def add(self, fault: Fault) -> None:
        """Plan a fault. Methods such as `throttle` are shortcuts for common faults.

        Raises:
            ValueError: The operation does not exist, or `times` is less than 1.
        """
        if fault.operation is not None and fault.operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}, or None; got {fault.operation!r}")
        if fault.times < 1:
            raise ValueError(f"times must be 1 or more; got {fault.times}")
        with self._lock:
            self._plan.append(fault)

    def take(self, operation: str) -> Fault:
        """Use and return the first fault for this operation. If no fault is planned, return a fault that does nothing."""
        with self._lock:
            for place, fault in enumerate(self._plan):
                if fault.operation in (None, operation):
                    rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._plan[place : place + 1] = rest
                    return fault
        return _NO_FAULT

    def clear(self) -> None:
        """Remove all planned faults."""
        with self._lock:
            self._plan.clear()

    def pass_by(self, operation: str | None, *, times: int = 1) -> None:
        """Process the next requests without a fault. Faults that are planned after this call apply to later requests."""
        self.add(Fault(operation=operation, times=times))

    def error(self, operation: str | None, error: ServiceError, *, times: int = 1) -> None:
        """Respond with an error on arrival, for example `ServiceError("ExpiredTokenException", "...")`."""
        self.add(Fault(operation=operation, times=times, on_arrival=_raiser(error)))

    def throttle(self, operation: str | None, *, times: int = 1) -> None:
        """Respond with ThrottlingException on arrival."""
        self.error(operation, throttled(), times=times)

    def internal_error(self, operation: str | None, *, times: int = 1) -> None:
        """Respond with InternalServerException on arrival."""
        self.error(operation, internal_error(), times=times)

    def conflict(self, operation: str | None, *, times: int = 1) -> None:
        """Respond with ConflictException on arrival."""
        self.error(operation, conflict(), times=times)

    def access_denied(
        self, operation: str | None, *, reason: str | None = None, resource: str = "*", times: int = 1
    ) -> None:
        """Respond with AccessDeniedException on arrival. `reason` is a value of AccessDeniedExceptionErrorCode."""
        self.error(operation, access_denied(operation or "*", resource, reason=reason), times=times)

    def validation(self, operation: str | None, problems: Sequence[Problem], *, times: int = 1) -> None:
        """Respond on arrival with a ValidationException that lists these problems."""
        self.error(operation, invalid(problems), times=times)

    def drop_before(self, operation: str | None, *, times: int = 1) -> None:
        """Close the connection on arrival, so that the request is not performed."""
        self.add(Fault(operation=operation, times=times, on_arrival=_raiser(Dropped("dropped on arrival"))))

    def drop_after(self, operation: str | None, *, times: int = 1) -> None:
        """Perform the request, and then close the connection instead of sending the response."""
        self.add(Fault(operation=operation, times=times, after_commit=_raiser(Dropped("dropped after the commit"))))

    def error_after_commit(self, operation: str | None, *, times: int = 1) -> None:
        """Perform the request, and then respond with InternalServerException."""
        self.add(Fault(operation=operation, times=times, after_commit=_raiser(internal_error())))

    def slow(self, operation: str | None, seconds: float, *, after_commit: bool = False, times: int = 1) -> None:
        """Wait a number of seconds before the commit, or after the commit if `after_commit` is True."""
        self.hook(operation, lambda: self._sleep(seconds), after_commit=after_commit, times=times)

    def hook(self, operation: str | None, act: Act, *, after_commit: bool = False, times: int = 1) -> None:
        """Call a function before the commit, or after the commit if `after_commit` is True.

        The function can, for example, write to the engagement as another client.
        """
        if after_commit:
            self.add(Fault(operation=operation, times=times, after_commit=act))
        else:
            self.add(Fault(operation=operation, times=times, before_commit=act))


def _raiser(error: Exception) -> Act:
    def act() -> NoReturn:
        # Clear the traceback. Otherwise an exception object that is raised repeatedly would keep the stack frames of every
        # raise.
        raise error.with_traceback(None)

    return act
