"""An invocation of the function for one event.

This module responds to the function's HTTP requests, simulates faults, and collects the log lines. The module does not depend
on the handler's code. The oracle does all checks.
"""

import copy
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NoReturn, Protocol

import urllib3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from cdk_partnercentral_local import Call, Dropped, ServiceError
from tests.histories.clock import SECOND
from tests.histories.events import Event
from tests.histories.faults import ENDLESS_LIST, EQUAL_ENGAGEMENT, FOREIGN_WRITES, Faults
from tests.histories.simulation import Simulation, StackView
from tests.histories.stack_endpoint import error_page, list_page, template_page
from tests.histories.trace import CREATE, CREATE_ENGAGEMENT, LIST, UPDATE

LIMIT_SECONDS = 900
CALL_SECONDS = 0.05
MANY_PAGES = 1_000_000
LASTING_FAULT_SECONDS = 19  # so that the function runs out of time after a few calls
READ_TIMEOUT = 20  # seconds
SLOW_SECONDS = 15
TRICKLE_SECONDS = 870  # longer than the handler's deadline timer, but shorter than the function's limit
ENDPOINT = "https://partnercentral-selling.us-east-1.api.aws"
STACK_ENDPOINT = "https://cloudformation.eu-west-1.amazonaws.com"


class ProcessEndedError(BaseException):
    """The exception that ends the process. The base class is not `Exception`, so that the handler does not catch it."""


class Observer(Protocol):
    """The interface for observers of invocations. The oracle implements this interface."""

    def on_call(self, invocation: "Invocation", call: Call) -> None:
        """Observe a call that the service received, even if the function never receives the response."""

    def on_call_response(self, invocation: "Invocation", call: Call) -> None:
        """Observe that the function received the response to a call."""

    def on_foreign_write(self, engagement: str, changed: tuple[str, str] | None) -> None:
        """Observe a write to an engagement by AWS or a colleague."""

    def on_response(self, invocation: "Invocation", body: bytes) -> None:
        """Observe a response to CloudFormation before it is delivered."""


class Invocation:
    """One invocation of the function.

    Args:
        simulation: The simulated environment.
        observer: The observer of calls, writes and responses.
        event: The event from CloudFormation.
        faults: The faults to simulate.
        alone: Whether no other invocation runs concurrently.

    Attributes:
        log_lines: The lines that the function logged.
        responses: The distinct responses that the function sent.
        received: The response that CloudFormation received, or None if it received no response.
        received_at: The time at which CloudFormation received this response, in nanoseconds since 1970.
        crashed: Whether the process ended before the handler returned.
        crashed_in_timer: Whether the process ended in the thread of the deadline timer.
        error: The exception that the handler raised, or None.
        accepted: Whether the function received HTTP status 200 for its response.
        modified_ats: All ModifiedAt values that Partner Central returned to this invocation.
        reads: The contexts that each read returned.
        stack_view: The state of the stack at the latest call to CloudFormation, or None before the first call.
        created: The ID of the context that the latest create call returned, and whether that call created the context.
        known: The IDs of the contexts in the last read before the latest create call.
        confirmed_payloads: The payloads of the updates for which the function received a success response.
        calls: The calls that the service received.
        known_calls: The calls for which the function received a response.
    """

    def __init__(
        self, simulation: Simulation, observer: Observer, event: Event, faults: Faults, *, alone: bool = True
    ) -> None:
        self.simulation = simulation
        self.event = event
        self.faults = faults
        self.alone = alone
        self.log_lines: list[str] = []
        self.responses: list[bytes] = []
        self.received: bytes | None = None
        self.received_at = 0
        self.crashed = False
        self.crashed_in_timer = False
        self.error: Exception | None = None
        self.accepted = False
        self.modified_ats: list[str] = []
        self.reads: list[list[Any]] = []
        self.stack_view: StackView | None = None
        self.created: tuple[str, bool] | None = None
        self.known: set[str] = set()
        self.confirmed_payloads: list[Any] = []
        self.calls: list[Call] = []
        self.known_calls: list[Call] = []
        self.started = 0
        self.deadline = 0
        self._observer = observer
        self._call_number = 0
        self._stack_calls = 0
        self._response_number = 0
        self._late_requests: list[int] = []

    @property
    def last_read(self) -> list[Any] | None:
        """The contexts that the latest read returned, or None before the first read."""
        return self.reads[-1] if self.reads else None

    def record(self, *parts: Any) -> None:
        """Add a line to the trace."""
        self.simulation.record(*parts, depth=2)

    def pass_time(self, seconds: float) -> None:
        """Let time pass. If the function's time limit is reached, end the process."""
        clock = self.simulation.clock
        if self.simulation.in_alarm:
            self.simulation.pass_time(seconds)
            return
        self.simulation.pass_time(max(0.0, min(seconds, (self.deadline - clock.now) / SECOND)))
        if self.crashed_in_timer:
            raise ProcessEndedError
        if clock.now >= self.deadline:
            self.crash("Lambda's time limit of 900 s is reached")

    def remaining_milliseconds(self) -> float:
        """Return the milliseconds until the function's time limit, as Lambda's `get_remaining_time_in_millis` does."""
        return max(0, self.deadline - self.simulation.clock.now) / 1_000_000

    def crash(self, reason: str) -> NoReturn:
        """End the process by raising `ProcessEndedError`."""
        self.record("THE PROCESS ENDS:", reason)
        self.simulation.counts["crashed"] += 1
        self.simulation.counts["crashed after a write"] += any(call.wrote for call in self.calls)
        raise ProcessEndedError

    def end(self) -> None:
        """Cancel delayed requests, except creates, because Partner Central can receive a create at any time."""
        for number in self._late_requests:
            self.simulation.clock.cancel_alarm(number)

    # Calls to Partner Central.

    def call(self, target: str, body: bytes) -> AWSResponse:
        """Send a request to Partner Central, and simulate the faults of this call."""
        number, self._call_number = self._call_number, self._call_number + 1
        operation = target.rpartition(".")[2]
        fault = self._fault(number, operation)
        if fault:
            self.record(f"(fault at call {number}, {operation}: {fault})")
            self.simulation.counts[f"fault: {fault}"] += 1
        self.pass_time(LASTING_FAULT_SECONDS if self._is_lasting(number) else CALL_SECONDS)
        if self.faults.crash == ("before call", number):
            self.crash(f"before call {number}, {operation}")
        response = self._call(fault, number, target, body)
        if self.faults.crash == ("after call", number):
            self.crash(f"after call {number}, {operation}")
        return response

    def _fault(self, number: int, operation: str) -> str | None:
        lasting = self.faults.lasting
        fault = lasting[1] if lasting and self._is_lasting(number) else dict(self.faults.calls).get(number)
        if fault == "conflict" and operation not in (CREATE, UPDATE, CREATE_ENGAGEMENT):
            return None
        return None if fault == ENDLESS_LIST and operation != LIST else fault

    def _is_lasting(self, number: int) -> bool:
        return self.faults.lasting is not None and number >= self.faults.lasting[0]

    def _call(self, fault: str | None, number: int, target: str, body: bytes) -> AWSResponse:
        if fault in FOREIGN_WRITES:
            request = json.loads(body)
            engagement = request.get("EngagementIdentifier") or request["Identifier"]
            self.record(f"AWS writes to {engagement}: {fault}")
            self._observer.on_foreign_write(engagement, self.simulation.write_as_aws(engagement, fault, number))
        if fault == EQUAL_ENGAGEMENT and self.event.is_engagement:
            self.simulation.add_equal_engagement(self.event.desired)
        if fault == "gateway error":
            return _response(503, b"<html><body>Service Unavailable</body></html>", "text/html")
        if fault == "drop":
            raise ConnectionClosedError(endpoint_url=ENDPOINT)
        if fault == "timeout":
            self._time_out()
        if fault == "late":
            self._send_late(target, body)
        if fault == "slow":
            self.pass_time(SLOW_SECONDS)
        self._plan_fault(fault, target.rpartition(".")[2])
        status, content, call = self._serve(target, body)
        if fault == "timeout after commit":
            self._time_out()
        if fault == "trickle":
            self.pass_time(TRICKLE_SECONDS)
        self.known_calls.append(call)
        self._observer.on_call_response(self, call)
        return _response(status, content, "application/x-amz-json-1.0")

    def _plan_fault(self, fault: str | None, operation: str) -> None:
        faults = self.simulation.service.faults
        if fault == "throttle":
            faults.throttle(None)
        elif fault == "error":
            faults.internal_error(None)
        elif fault == "error after commit":
            faults.error_after_commit(None)
        elif fault == "conflict":
            faults.conflict(None)
        elif fault == "denied":
            faults.access_denied(operation)
        elif fault == "denied finally":
            faults.access_denied(operation, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE")
        elif fault == "credentials":
            faults.error(None, ServiceError("UnrecognizedClientException", "The security token is invalid."))
        elif fault == ENDLESS_LIST:
            self.simulation.service.behavior = replace(self.simulation.behavior, empty_pages=MANY_PAGES)
        elif fault == "drop after commit":
            faults.drop_after(None)

    def _serve(self, target: str, body: bytes) -> tuple[int, bytes, Call]:
        service = self.simulation.service
        try:
            reply = service.handle(target, body)
        except Dropped:
            self._observe(service.calls[-1])
            raise ConnectionClosedError(endpoint_url=ENDPOINT) from None
        finally:
            service.faults.clear()
            service.behavior = self.simulation.behavior
        call = service.calls[-1]
        self._observe(call)
        return reply.status, reply.body, call

    def _observe(self, call: Call) -> None:
        self.calls.append(call)
        self._observer.on_call(self, call)

    def _time_out(self) -> NoReturn:
        self.pass_time(READ_TIMEOUT)
        raise ReadTimeoutError(endpoint_url=ENDPOINT)

    def _send_late(self, target: str, body: bytes) -> NoReturn:
        def arrive() -> None:
            self.record("(a late request arrives)")
            self._serve(target, body)

        number = self.simulation.clock.set_alarm(READ_TIMEOUT + 3, arrive)
        if CREATE not in target:
            self._late_requests.append(number)
        self._time_out()

    # Calls to CloudFormation.

    def call_stack(self, action: str, stack_id: str, start: int) -> AWSResponse:
        """Respond to GetTemplate or ListStackResources. A ListStackResources response starts with resource number `start`."""
        number, self._stack_calls = self._stack_calls, self._stack_calls + 1
        fault = self.faults.stack
        self.simulation.counts[action] += 1
        self.pass_time(CALL_SECONDS)
        if fault and (number == 0 or not fault.endswith("once")):
            self.record(f"(fault at {action}: {fault})")
            self.simulation.counts[f"fault: CloudFormation {fault}"] += 1
            if fault == "unreachable":
                raise ConnectionClosedError(endpoint_url=STACK_ENDPOINT)
            if fault == "timeout once":
                self.pass_time(READ_TIMEOUT)
                raise ReadTimeoutError(endpoint_url=STACK_ENDPOINT)
            code = {"denied": "AccessDenied", "throttle once": "Throttling"}.get(fault, "InvalidClientTokenId")
            return _response(403, error_page(code), "text/xml", STACK_ENDPOINT)
        view = self.simulation.stacks[stack_id]
        self.stack_view = copy.deepcopy(view)
        self.record(f"{action} -> {view.resources if action == 'ListStackResources' else sorted(view.template)}")
        page = list_page(view, start) if action == "ListStackResources" else template_page(view)
        return _response(200, page, "text/xml", STACK_ENDPOINT)

    # The response to CloudFormation.

    def respond(self, method: str, url: str, *, body: bytes, headers: dict[str, str], **_: Any) -> SimpleNamespace:
        """Receive the response to CloudFormation, like the endpoint of the pre-signed URL."""
        if (method, url, headers) != ("PUT", self.event.response_url, {"Content-Type": ""}):
            raise AssertionError(f"expected a PUT to ResponseURL with an empty Content-Type, got {method} {headers}")
        number, self._response_number = self._response_number, self._response_number + 1
        self.pass_time(CALL_SECONDS)
        if self.faults.crash and self.faults.crash[0] == "before response":
            self.crash("before its response")
        if body not in self.responses:
            self.responses.append(body)
            self._observer.on_response(self, body)
        result = self.faults.responses[number] if number < len(self.faults.responses) else "200"
        self.record("sends a response, result", result + ":", _summary(body))
        self.simulation.counts[f"response: {result}"] += 1
        if result == "drop":
            raise urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
        if result in ("200", "lost") and not self.received:
            self.received, self.received_at = body, self.simulation.clock.now
        if result == "lost":
            self.pass_time(5)
            pool = urllib3.HTTPConnectionPool("responses.example")
            raise urllib3.exceptions.ReadTimeoutError(pool, url, "Read timed out.")
        if self.faults.crash and self.faults.crash[0] == "after response":
            self.crash("after its response")
        self.accepted = self.accepted or result == "200"
        return SimpleNamespace(status=int(result))


def _response(status: int, body: bytes, content_type: str, url: str = ENDPOINT) -> AWSResponse:
    headers = HTTPHeaders.from_dict({"Content-Type": content_type})
    return AWSResponse(url, status, headers, SimpleNamespace(stream=lambda: iter((body,))))


def _summary(body: bytes) -> str:
    response = json.loads(body)
    reason = f" Reason: {response['Reason']}" if response.get("Reason") else ""
    return f"{response['Status']} {response['PhysicalResourceId']}{reason}"
