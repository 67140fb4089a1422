"""crhelper's CfnResource with its defects mended and nothing else: exactly one well-formed answer for each event, in time.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import urllib3

from lambda_handler import logs
from lambda_handler.identity import not_created
from lambda_handler.pool import POOL


@contextmanager
def _empty(name: str) -> Iterator[None]:
    """Let imports find an empty module of a name, for a while."""
    loaded = {name: sys.modules[name]} if name in sys.modules else {}
    sys.modules[name] = ModuleType(name)
    yield
    del sys.modules[name]
    sys.modules.update(loaded)


# crhelper imports boto3, which loads s3transfer, for the clients of its polling: nothing here uses them.
with _empty("boto3"):
    import crhelper

SUCCESS, FAILED = "SUCCESS", "FAILED"
LIMIT = 4096  # bytes of an answer
PHYSICAL_ID_LIMIT = 1024
NEEDED = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")
REQUEST_TYPES = ("Create", "Update", "Delete")

# The answer's own time, taken off the function's: with these, one that cannot be delivered takes 30 seconds at most.
ANSWER_SECONDS = 45
TIMEOUT = urllib3.Timeout(connect=2.5, read=5)
ATTEMPT_SECONDS = 10
TRIES = 4
TRYING_SECONDS = 15
NO_STATUS = 599


class NotDeliveredError(Exception):
    """The answer did not reach CloudFormation. Lambda repeats an event that ends like this, and every repeat is safe."""


class NotAnEventError(Exception):
    """The function was invoked with something that nobody can be answered for."""


class CfnResource(crhelper.CfnResource):
    """A custom resource that answers each event once, in time, within CloudFormation's limits, and knows when it did not.

    Args:
        sleep: Waits between two tries of delivering the answer, in seconds.
    """

    # crhelper's own, which its types do not tell of.
    _event: Mapping[str, Any]
    _context: Any
    _timer: threading.Timer | None

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        # crhelper builds clients of three services for its polling, which nothing here uses, unless this is set.
        local = os.environ.get("AWS_SAM_LOCAL")
        os.environ["AWS_SAM_LOCAL"] = "true"
        try:
            super().__init__(log_level="CRITICAL", boto_level="CRITICAL", sleep_on_delete=0)
        finally:
            os.environ.pop("AWS_SAM_LOCAL")
            if local is not None:
                os.environ["AWS_SAM_LOCAL"] = local
        self._http = POOL
        self._sleep = sleep
        self._turn = threading.Lock()
        self._unanswered: Mapping[str, Any] | None = None
        self._delivered = False

    def __call__(self, event: Any, context: Any) -> None:
        """Handle an event.

        Raises:
            NotAnEventError: It has no address to answer to.
            NotDeliveredError: The answer could not be delivered.
        """
        if not isinstance(event, dict) or not all(isinstance(event.get(name), str) and event[name] for name in NEEDED):
            raise NotAnEventError(f"not an event of a CloudFormation custom resource: it needs {', '.join(NEEDED)}")
        # crhelper's polling puts these into an event; from anywhere else they would skip the work and answer SUCCESS.
        event = {name: value for name, value in event.items() if not str(name).startswith("CrHelper")}
        event["RequestType"] = str(event.get("RequestType"))
        self.NoEcho = False
        self._delivered = False
        self._unanswered = event
        super().__call__(event, context)
        if not self._delivered:
            raise NotDeliveredError("CloudFormation did not take the answer; Lambda is to repeat the event")

    def generate_physical_id(self, event: Mapping[str, Any]) -> str:
        """Return the physical id of what does not exist: readable, and the same every time."""
        return not_created(event["LogicalResourceId"])

    def _poll_enabled(self) -> bool:
        return False

    def _get_func(self) -> Any:
        if self._event["RequestType"] not in REQUEST_TYPES:
            return _refuse_request_type
        return super()._get_func()  # type: ignore[misc]  # private, so its types do not tell of it either

    def _set_timeout(self) -> None:
        left = self._context.get_remaining_time_in_millis() / 1000
        timer = threading.Timer(left - min(ANSWER_SECONDS, left / 2), self._out_of_time, [self._event])
        timer.daemon = True
        timer.start()
        self._timer = timer

    def _out_of_time(self, event: Mapping[str, Any]) -> None:
        reason = "The function's time ran out. Nothing is lost or doubled by deploying again."
        self._answer(event, FAILED, reason, self.generate_physical_id(event), {})

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:
        del send_response
        physical_id = self.PhysicalResourceId or self.generate_physical_id(self._event)
        self._answer(self._event, status or self.Status, reason or self.Reason, physical_id, self.Data)

    def _answer(
        self, event: Mapping[str, Any], status: str, reason: str, physical_id: str, data: Mapping[str, Any]
    ) -> None:
        # The timer's thread and the work may come at once: the second finds the event answered, and waits until it is.
        with self._turn:
            if self._unanswered is not event:
                return
            self._unanswered = None
            self._delivered = self._put(event["ResponseURL"], body(event, status, reason, physical_id, data))

    def _put(self, url: str, content: bytes) -> bool:
        """Deliver the same bytes, trying again on 5xx and connection failures; say whether CloudFormation took them."""
        started = time.monotonic()
        for attempt in range(TRIES):
            if attempt:
                self._sleep(random.uniform(0.5, 1) * 2 ** (attempt - 1))  # noqa: S311 - jitter, no secret
            # In a thread, since urllib3's timeouts are those of one address and one read, and no answer may take longer.
            statuses: list[int] = []
            thread = threading.Thread(target=self._put_once, args=(url, content, attempt, statuses), daemon=True)
            thread.start()
            thread.join(ATTEMPT_SECONDS)
            status = statuses[0] if statuses else NO_STATUS
            if status < 500 or time.monotonic() - started > TRYING_SECONDS:
                break
        return 200 <= status < 300

    def _put_once(self, url: str, content: bytes, attempt: int, statuses: list[int]) -> None:
        # crhelper sends an empty content type too: the URL is signed for it.
        headers = {"Content-Type": ""}
        try:
            response = self._http.request(
                "PUT", url, body=content, headers=headers, timeout=TIMEOUT, retries=False, redirect=False
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            logs.log(decision="answer not delivered", attempt=attempt + 1, error_code=type(error).__name__)
        else:
            logs.log(decision="answer sent", attempt=attempt + 1, error_code=str(response.status))
            statuses.append(response.status)


def body(event: Mapping[str, Any], status: str, reason: str, physical_id: str, data: Mapping[str, Any]) -> bytes:
    """Return an answer of at most 4096 bytes; a Reason that is too long loses its end.

    A FAILED answer carries the physical id that the event came with: another one would be a replacement.
    """
    if status == FAILED:
        physical_id, data = event.get("PhysicalResourceId") or not_created(event["LogicalResourceId"]), {}
    answer = {
        "Status": status,
        "PhysicalResourceId": str(physical_id)[:PHYSICAL_ID_LIMIT],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Reason": reason,
        "Data": data,
        "NoEcho": False,
    }
    try:
        encoded = json.dumps(answer).encode()
    except (TypeError, ValueError):
        return body(event, FAILED, "The answer's attributes are no JSON: a defect of cdk-partnercentral.", "", {})
    while len(encoded) > LIMIT and answer["Reason"]:
        # A character takes up to twelve bytes, as two escapes; cutting by that never cuts far too much.
        keep = len(answer["Reason"]) - max(1, (len(encoded) - LIMIT) // 12) - 4
        answer["Reason"] = f"{answer['Reason'][:keep].rstrip('. ')} ..." if keep > 0 else ""
        encoded = json.dumps(answer).encode()
    if len(encoded) > LIMIT and status != FAILED:
        return body(event, FAILED, "Partner Central's answer does not fit into CloudFormation's 4096 bytes.", "", {})
    return encoded


def _refuse_request_type(event: Mapping[str, Any], context: Any) -> None:
    del context
    raise ValueError(f"RequestType must be one of {', '.join(REQUEST_TYPES)}, got {ascii(event['RequestType'])[:40]}")
