"""One run of the function on one event: what its HTTP requests meet, and what it said and did.

It knows what travels on both wires, and nothing of the code that runs, nor of what is right or wrong.
"""

import json
from types import SimpleNamespace
from typing import Any, NoReturn, Protocol

import urllib3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from cdk_partnercentral_local.service import Call, Dropped
from tests.histories.clock import SECOND
from tests.histories.declared import Request
from tests.histories.trouble import FOREIGN, Trouble
from tests.histories.world import World

LIMIT_SECONDS = 900
CALL_SECONDS = 0.05
LASTING_SECONDS = 19  # so that lasting trouble takes fewer calls until the function's time is up
CLIENT_WAITS = 20  # seconds for an answer to begin
TRICKLE_SECONDS = 870  # longer than until the deadline's timer, shorter than until the end
ENDPOINT = "https://partnercentral-selling.us-east-1.api.aws"
WRITES = ("CreateEngagementContext", "UpdateEngagementContext")
PASSING = {"throttle", "error", "error after", "conflict", "denied", "final", "drop after"}


class Died(BaseException):
    """The process is gone. Nothing in it can catch that."""


class Hangs(BaseException):
    """A request does not end, and keeps its thread."""


class Watcher(Protocol):
    """Who looks at all of it."""

    def called(self, run: "Run", call: Call) -> None:
        """See a call that got to the service, whatever the function hears of it."""

    def heard(self, run: "Run", call: Call) -> None:
        """See that the function got the call's answer."""

    def aws_wrote(self, engagement: str, changed: tuple[str, str] | None) -> None:
        """See AWS, or a colleague, write."""

    def answered(self, run: "Run", body: bytes) -> None:
        """See an answer go out, before it gets anywhere."""


class Run:
    """One run.

    Args:
        world: where it runs.
        watcher: who sees its calls.
        request: CloudFormation's event.
        trouble: what it meets.
        attempt: 1 for the first delivery, more for Lambda's repeats.
        alone: whether nothing else runs at the same time.

    Attributes:
        said: what it wrote to its log, line by line.
        bodies: the different answers that it sent.
        received: the answer that CloudFormation got, if it did.
        died: whether the process was gone before it was done.
        gone: whether the process died in another of its threads.
        error: what the handler raised.
        accepted: whether the function heard that its answer was taken.
        known: the latest state of the engagement that the service told this run of, as its ModifiedAt.
        instants: everything that it was told of that kind.
        shown: the contexts that the latest read showed; None before the first.
        made: the context that a create was answered with, and whether that was new.
        confirmed: the payloads of updates that the function knows were done.
    """

    def __init__(
        self,
        world: World,
        watcher: Watcher,
        request: Request,
        trouble: Trouble,
        *,
        attempt: int = 1,
        alone: bool = True,
    ) -> None:
        self.world = world
        self.request = request
        self.trouble = trouble
        self.attempt = attempt
        self.alone = alone
        self.said: list[str] = []
        self.bodies: list[bytes] = []
        self.received: bytes | None = None
        self.died = False
        self.gone = False
        self.error: Exception | None = None
        self.accepted = False
        self.known = ""
        self.instants: list[str] = []
        self.shown: list[Any] | None = None
        self.made: tuple[str, bool] | None = None
        self.confirmed: list[Any] = []
        self.calls: list[Call] = []
        self.started = 0
        self.deadline = 0
        self._watcher = watcher
        self._number = 0
        self._tries = 0
        self._late: list[int] = []

    def tell(self, *parts: Any) -> None:
        """Add a line to the story."""
        self.world.tell(*parts, depth=2)

    def spend(self, seconds: float) -> None:
        """Let time pass, up to the function's limit at most."""
        if self.world.ringing:
            self.world.spend(seconds)
            return
        self.world.spend(max(0.0, min(seconds, (self.deadline - self.world.clock.now) / SECOND)))
        if self.gone:
            raise Died
        if self.world.clock.now >= self.deadline:
            self.die("Lambda ends it: it ran for 900 s")

    def remaining_millis(self) -> float:
        """Return what Lambda's context says."""
        return max(0, self.deadline - self.world.clock.now) / 1_000_000

    def die(self, how: str) -> NoReturn:
        """End the process."""
        self.tell("THE PROCESS DIES:", how)
        self.world.counts["died"] += 1
        self.world.counts["died after a write"] += any(call.wrote for call in self.calls)
        raise Died

    def over(self) -> None:
        """Forget requests that are still on their way, but those that create: they may arrive at any time."""
        for number in self._late:
            self.world.clock.silence(number)

    def call(self, target: str, body: bytes) -> AWSResponse:
        """Take a request to Partner Central, and what it meets on the way."""
        number, self._number = self._number, self._number + 1
        operation = target.rpartition(".")[2]
        fault = self._fault(number, operation)
        if fault:
            self.tell(f"(call {number}, {operation}, meets: {fault})")
            self.world.counts[f"fault: {fault}"] += 1
        self.spend(LASTING_SECONDS if self._lasts(number) else CALL_SECONDS)
        if self.trouble.dies == ("before call", number):
            self.die(f"before its call {number}, {operation}")
        response = self._meet(fault, number, target, body)
        if self.trouble.dies == ("after call", number):
            self.die(f"after its call {number}, {operation}")
        return response

    def _fault(self, number: int, operation: str) -> str | None:
        lasting = self.trouble.lasting
        fault = lasting[1] if lasting and self._lasts(number) else dict(self.trouble.faults).get(number)
        return None if fault == "conflict" and operation not in WRITES else fault

    def _lasts(self, number: int) -> bool:
        return self.trouble.lasting is not None and number >= self.trouble.lasting[0]

    def _meet(self, fault: str | None, number: int, target: str, body: bytes) -> AWSResponse:
        if fault in FOREIGN:
            request = json.loads(body)
            engagement = request.get("EngagementIdentifier") or request["Identifier"]
            self.tell(f"AWS writes to {engagement}: {fault}")
            self._watcher.aws_wrote(engagement, self.world.write_as_aws(engagement, fault, number))
        if fault == "gateway":
            return _response(503, b"<html><body>Service Unavailable</body></html>", "text/html")
        if fault == "drop":
            raise urllib3.exceptions.ProtocolError("Connection aborted.")
        if fault == "stall":
            self._time_out()
        if fault == "late":
            self._send_late(target, body)
        if fault == "slow":
            self.spend(15)
        self._plan(fault, target.rpartition(".")[2])
        status, answer, call = self._serve(target, body)
        if fault == "stall after":
            self._time_out()
        if fault == "trickle":
            self.spend(TRICKLE_SECONDS)
        self._watcher.heard(self, call)
        return _response(status, answer, "application/x-amz-json-1.0")

    def _plan(self, fault: str | None, operation: str) -> None:
        faults = self.world.service.faults
        if fault == "throttle":
            faults.throttle(None)
        elif fault == "error":
            faults.internal_error(None)
        elif fault == "error after":
            faults.error_after_commit(None)
        elif fault == "conflict":
            faults.conflict(None)
        elif fault in ("denied", "final"):
            faults.access_denied(
                operation, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE" if fault == "final" else None
            )
        elif fault == "drop after":
            faults.drop_after(None)

    def _serve(self, target: str, body: bytes) -> tuple[int, bytes, Call]:
        service = self.world.service
        try:
            reply = service.handle(target, body)
        except Dropped:
            self._served(service.calls[-1])
            raise urllib3.exceptions.ProtocolError("Connection aborted.") from None
        finally:
            service.faults.clear()
        call = service.calls[-1]
        self._served(call)
        return reply.status, reply.body, call

    def _served(self, call: Call) -> None:
        self.calls.append(call)
        self._watcher.called(self, call)

    def _time_out(self) -> NoReturn:
        self.spend(CLIENT_WAITS)
        raise urllib3.exceptions.ReadTimeoutError(urllib3.HTTPSConnectionPool("api.example"), "/", "Read timed out.")

    def _send_late(self, target: str, body: bytes) -> NoReturn:
        def arrive() -> None:
            self.tell("(a late request arrives)")
            self._serve(target, body)

        number = self.world.clock.ring(CLIENT_WAITS + 3, arrive)
        if "CreateEngagementContext" not in target:
            self._late.append(number)
        self._time_out()

    def answer(self, method: str, url: str, *, body: bytes, headers: dict[str, str], **_: Any) -> SimpleNamespace:
        """Take the answer, as CloudFormation's pre-signed URL does."""
        if (method, url, headers) != ("PUT", self.request.response_url, {"Content-Type": ""}):
            raise AssertionError(f"the answer's request is not as it was signed: {method} {headers}")
        number, self._tries = self._tries, self._tries + 1
        self.spend(CALL_SECONDS)
        if self.trouble.dies and self.trouble.dies[0] == "before answer":
            self.die("before its answer")
        if body not in self.bodies:
            self.bodies.append(body)
            self._watcher.answered(self, body)
        meets = self.trouble.answers[number] if number < len(self.trouble.answers) else "200"
        self.tell("answers, and gets", meets + ":", _readable(body))
        self.world.counts[f"answer: {meets}"] += 1
        if meets == "drop":
            raise urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
        if meets in ("200", "lost", "hang"):
            self.received = self.received or body
        if meets == "hang":
            raise Hangs
        if meets == "lost":
            self.spend(5)
            raise urllib3.exceptions.ReadTimeoutError(
                urllib3.HTTPConnectionPool("answers.example"), url, "Read timed out."
            )
        if self.trouble.dies and self.trouble.dies[0] == "after answer":
            self.die("after its answer")
        self.accepted = self.accepted or meets == "200"
        return SimpleNamespace(status=int(meets))


def _response(status: int, body: bytes, content_type: str) -> AWSResponse:
    headers = HTTPHeaders.from_dict({"Content-Type": content_type})
    return AWSResponse(ENDPOINT, status, headers, SimpleNamespace(stream=lambda: iter((body,))))


def _readable(body: bytes) -> str:
    answer = json.loads(body)
    reason = f" Reason: {answer['Reason']}" if answer.get("Reason") else ""
    return f"{answer['Status']} {answer['PhysicalResourceId']}{reason}"
