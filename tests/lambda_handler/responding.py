"""Custom resources whose work a test defines, and Lambda's context with a real clock."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from lambda_handler.response import CfnResource

ID = "Sandbox/eng-0123456789abcd/1"


def after(seconds: float, result: Any = ID) -> Callable[[], Any]:
    """Return work that takes this long."""

    def work() -> Any:
        time.sleep(seconds)
        return result

    return work


class Context:
    """Lambda's context object, as far as it is used, with a real clock."""

    aws_request_id = "invocation"

    def __init__(self, seconds: float = 900) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left."""
        return int((self._ends - time.monotonic()) * 1000)


def resource(work: Callable[[], Any] = lambda: ID, sleep: Callable[[float], None] | None = None) -> CfnResource:
    """Return a custom resource whose Create, Update and Delete do this work, and return its physical id."""
    made = CfnResource(sleep=sleep or (lambda _: None))

    def work_on(event: Mapping[str, Any], context: Any) -> Any:
        return work()

    made.create(work_on)
    made.update(work_on)
    made.delete(work_on)
    return made


def raising(error: Exception) -> Callable[[], Any]:
    """Return work that fails."""

    def work() -> Any:
        raise error

    return work
