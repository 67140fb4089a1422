"""A subclass of crhelper's CfnResource that sends exactly one valid response per event, before the function times out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import os
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import crhelper
import urllib3

from lambda_handler import logs
from lambda_handler.identity import not_created_id
from lambda_handler.reasons import CODES, DEPLOY_AGAIN

SUCCESS, FAILED = "SUCCESS", "FAILED"
LIMIT = 4096  # bytes of a response; CloudFormation ignores longer responses
REQUIRED = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")
REQUEST_TYPES = ("Create", "Update", "Delete")

# The time reserved for the response before the function's timeout. A failed attempt can take 25 seconds, because the connect
# timeout applies to each of the eight addresses of Amazon S3.
RESPONSE_SECONDS = 45
TIMEOUT = urllib3.Timeout(connect=2.5, read=5)
ATTEMPTS = 4
RETRY_SECONDS = 15  # a retry starts at most this many seconds after the first attempt


class NotDeliveredError(Exception):
    """CloudFormation did not accept the response. Lambda repeats the event after this error, and repeating an event is safe."""


class NotAnEventError(Exception):
    """The function was not invoked with an event of a custom resource, so it has no address to respond to."""


class CfnResource(crhelper.CfnResource):
    """A custom resource that sends one response per event, within CloudFormation's limits, and checks the delivery.

    Args:
        sleep: Sleeps for a number of seconds.
    """

    # Attributes of crhelper that crhelper's types leave out.
    _event: Mapping[str, Any]
    _context: Any
    _timer: threading.Timer | None

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        # Unless this variable is set, crhelper creates clients of three services for polling. This class does not use polling.
        previous = os.environ.get("AWS_SAM_LOCAL")
        os.environ["AWS_SAM_LOCAL"] = "true"
        try:
            super().__init__(log_level="CRITICAL", boto_level="CRITICAL", sleep_on_delete=0)
        finally:
            os.environ.pop("AWS_SAM_LOCAL")
            if previous is not None:
                os.environ["AWS_SAM_LOCAL"] = previous
        self._trust = _trust()
        self._http = urllib3.PoolManager(ssl_context=self._trust)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._pending: Mapping[str, Any] | None = None
        self._delivered = False

    def __call__(self, event: Any, context: Any) -> None:
        """Handle an event.

        Raises:
            NotAnEventError: The event has no address to respond to.
            NotDeliveredError: The response could not be delivered.
        """
        if not isinstance(event, dict) or not all(
            isinstance(event.get(name), str) and event[name] for name in REQUIRED
        ):
            raise NotAnEventError(f"not an event of a CloudFormation custom resource: it needs {', '.join(REQUIRED)}")
        # Only crhelper's polling adds members with this prefix. In any other event, members with this prefix would make
        # crhelper skip the work and respond SUCCESS.
        event = {name: value for name, value in event.items() if not str(name).startswith("CrHelper")}
        event["RequestType"] = str(event.get("RequestType"))
        self._delivered = False
        self._pending = event
        super().__call__(event, context)
        if not self._delivered:
            raise NotDeliveredError("CloudFormation did not accept the response; Lambda repeats the event")

    def generate_physical_id(self, event: Mapping[str, Any]) -> str:
        """Return the physical resource ID of a resource that does not exist."""
        return not_created_id(event["LogicalResourceId"])

    def _poll_enabled(self) -> bool:
        return False

    def _get_func(self) -> Any:
        if self._event["RequestType"] not in REQUEST_TYPES:
            return _refuse_request_type
        return super()._get_func()  # type: ignore[misc]  # private, so its types leave it out

    def _set_timeout(self) -> None:
        left = self._context.get_remaining_time_in_millis() / 1000
        timer = threading.Timer(left - min(RESPONSE_SECONDS, left / 2), self._out_of_time, [self._event])
        timer.daemon = True
        timer.start()
        self._timer = timer

    def _out_of_time(self, event: Mapping[str, Any]) -> None:
        reason = f"[OUT_OF_TIME] The function ran out of time. {DEPLOY_AGAIN}"
        self._respond(event, FAILED, reason, self.generate_physical_id(event), {})

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:
        del send_response
        physical_id = self.PhysicalResourceId or self.generate_physical_id(self._event)
        self._respond(self._event, status or self.Status, reason or self.Reason, physical_id, self.Data)

    def _respond(
        self, event: Mapping[str, Any], status: str, reason: str, physical_id: str, data: Mapping[str, Any]
    ) -> None:
        # The timer's thread and the main thread can call this at the same time. The second thread waits, and then sends
        # nothing.
        with self._lock:
            if self._pending is not event:
                return
            self._pending = None
            if status == FAILED:
                logs.error("failed", error_code=_code(reason))
            self._delivered = self._put(event["ResponseURL"], body(event, status, reason, physical_id, data))

    def _put(self, url: str, content: bytes) -> bool:
        """Deliver the response, with retries. Return whether CloudFormation accepted the response."""
        started, routes, attempt = time.monotonic(), self._routes(url), 0
        while True:
            attempt += 1
            route = routes[(attempt - 1) % len(routes)]
            status, exception = _put_once(route, url, content)
            outcome = {"attempt": attempt, "status": status, "exception": exception}
            if status and 200 <= status < 300:
                logs.info("response sent", **outcome)
                return True
            # An error status of a proxy is not final, because the direct route can still succeed.
            final = status is not None and status < 500 and route is self._http
            if final or attempt == ATTEMPTS or time.monotonic() - started > RETRY_SECONDS:
                logs.error("response not accepted", **outcome)
                return False
            logs.warning("response not accepted", **outcome)
            self._sleep(random.uniform(0.5, 1) * 2 ** (attempt - 1))  # noqa: S311 - jitter, no secret

    def _routes(self, url: str) -> Sequence[urllib3.PoolManager]:
        """Return the routes to an address: first the proxy, if the environment configures a proxy, and then the direct route.

        A proxy can be the only route out of a VPC. But if the proxy refuses requests to Amazon S3, the direct route can succeed
        through a gateway endpoint.
        """
        with suppress(urllib3.exceptions.HTTPError, ValueError):
            address = urllib3.util.parse_url(url)
            proxy = getproxies().get(str(address.scheme))
            if proxy and not proxy_bypass(str(address.host)):
                return (_proxy(proxy, self._trust), self._http)
        return (self._http,)


def _put_once(http: urllib3.PoolManager, url: str, content: bytes) -> tuple[int | None, str | None]:
    """Send a response, without retries. Return the HTTP status or the name of the exception; the other value is None."""
    try:
        # The URL is signed for an empty content type.
        headers = {"Content-Type": ""}
        response = http.request(
            "PUT", url, body=content, headers=headers, timeout=TIMEOUT, retries=False, redirect=False
        )
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return None, type(error).__name__
    return response.status, None


def _trust() -> ssl.SSLContext:
    """Return a TLS context that trusts the default certificate authorities, and the bundle in the SDK's variables.

    A proxy that decrypts TLS requires such a bundle.
    """
    context = ssl.create_default_context()
    bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    # If the file is not usable, the SDK's calls fail too, and the response reports that failure.
    with suppress(OSError):
        if bundle:
            context.load_verify_locations(bundle)
    return context


def _proxy(address: str, trust: ssl.SSLContext) -> urllib3.ProxyManager:
    # The SDK also accepts an address without a scheme.
    parsed = urllib3.util.parse_url(address if "://" in address else f"http://{address}")
    headers = urllib3.util.make_headers(proxy_basic_auth=unquote(parsed.auth)) if parsed.auth else None
    return urllib3.ProxyManager(parsed.url, proxy_headers=headers, ssl_context=trust)


def body(event: Mapping[str, Any], status: str, reason: str, physical_id: str, data: Mapping[str, Any]) -> bytes:
    """Return a response of at most 4096 bytes. The end of a long Reason is cut off.

    A FAILED response has the physical ID of the event. With any other ID, CloudFormation would replace the resource.
    """
    if status == FAILED:
        physical_id, data = event.get("PhysicalResourceId") or not_created_id(event["LogicalResourceId"]), {}

    def encoded(reason: str) -> bytes:
        response = {
            "Status": status,
            "PhysicalResourceId": physical_id,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Reason": reason,
            "Data": data,
            "NoEcho": False,
        }
        return json.dumps(response).encode()

    content, kept = encoded(reason), reason[:LIMIT]
    while len(content) > LIMIT and kept:
        kept = kept[: int(len(kept) * 0.98)]
        content = encoded(f"{kept.rstrip('. ')} ...")
    return content


def _code(reason: str) -> str:
    """Return the code that a Reason starts with. Any other text can contain personal data, so it is not logged."""
    code = reason[1:].partition("]")[0]
    return code if code in CODES else "INTERNAL_ERROR"


def _refuse_request_type(event: Mapping[str, Any], context: Any) -> None:
    del context
    given = ascii(event["RequestType"])[:40]
    raise ValueError(f"[UNKNOWN_REQUEST_TYPE] RequestType must be one of {', '.join(REQUEST_TYPES)}; got {given}.")
