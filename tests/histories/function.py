"""A simulation of Lambda that runs the function in this Python process and in simulated time.

The simulation uses the real handler and the real client of botocore. The simulation passes HTTP requests to an `Invocation`
instead of the network. A `Process` object represents a Lambda process. To simulate a crash, the simulation raises an exception
that the handler does not catch. This module does not depend on the simulation of CloudFormation.
"""

import contextlib
import functools
import logging
import shutil
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cdk_partnercentral_local.service import service_model
from lambda_handler import index, logs, partner_central, response, retries, sdk
from tests.histories.clock import SECOND, Scheduler
from tests.histories.invocation import LIMIT_SECONDS, Invocation, ProcessEndedError
from tests.histories.simulation import Simulation

_MODEL = Path(__file__).parents[2] / "constructs" / "cdk_partnercentral" / "_validation" / "service-2.json"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}


class _Active:
    """The invocation that is running, and its process.

    Concurrent invocations take turns, because all processes share the handler's modules.
    """

    invocation: Invocation | None = None
    process: "Process | None" = None


def _invocation() -> Invocation:
    if _Active.invocation is None:
        raise AssertionError("the handler must run only during an invocation, but no invocation is active")
    return _Active.invocation


class Process:
    """A Lambda process of the function, with the state that the handler keeps between events."""

    def __init__(self) -> None:
        self.resource = response.CfnResource(sleep=_sleep)
        self.resource.create(lambda event, context: index.create_or_update(event, context))
        self.resource.update(lambda event, context: index.create_or_update(event, context))
        self.resource.delete(lambda event, context: index.delete(event, context))
        http: Any = SimpleNamespace(request=lambda *args, **rest: _invocation().respond(*args, **rest))
        self.resource._http = http
        self.log_fields: dict[str, Any] = {}

    def activate(self, invocation: Invocation) -> None:
        """Make the handler's modules use the state of this process and send their requests to `invocation`."""
        _Active.invocation, _Active.process = invocation, self
        index.helper = self.resource
        logs._bound = self.log_fields


class Function:
    """The simulated Lambda function in one history. Idle processes are reused, as in Lambda."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._idle: list[Process] = []

    def invoke(self, invocations: Sequence[Invocation], order: Sequence[int] = ()) -> None:
        """Run invocations until they end. Several invocations run concurrently."""
        if len(invocations) == 1:
            self._invoke_one(invocations[0])
        else:
            self._invoke_concurrently(invocations, order)

    def _invoke_one(self, invocation: Invocation) -> None:
        process = self._process()
        process.activate(invocation)
        try:
            self._handle(invocation, process)
        finally:
            _Active.invocation = None

    def _invoke_concurrently(self, invocations: Sequence[Invocation], order: Sequence[int]) -> None:
        pairs = [(invocation, self._process()) for invocation in invocations]
        scheduler = Scheduler(
            self._simulation.clock,
            [
                (
                    functools.partial(self._handle, invocation, process),
                    functools.partial(process.activate, invocation),
                )
                for invocation, process in pairs
            ],
        )
        self._simulation.scheduler = scheduler
        try:
            scheduler.run(order)
        finally:
            self._simulation.scheduler = _Active.invocation = None

    def _process(self) -> Process:
        return self._idle.pop() if self._idle else Process()

    def _handle(self, invocation: Invocation, process: Process) -> None:
        invocation.started = self._simulation.clock.now
        invocation.deadline = invocation.started + LIMIT_SECONDS * SECOND
        context = SimpleNamespace(
            get_remaining_time_in_millis=invocation.remaining_milliseconds, aws_request_id="", function_name="function"
        )
        try:
            index.handler(invocation.event.json(), context)
        except ProcessEndedError:
            invocation.crashed = True
        except Exception as error:  # noqa: BLE001 - Lambda treats any exception as a failed invocation
            invocation.error = error
        if not invocation.crashed:
            self._idle.append(process)
        invocation.end()


def _sleep(seconds: float) -> None:
    _invocation().pass_time(seconds)


class _Timer:
    """A replacement for `threading.Timer` that runs in simulated time."""

    daemon = False

    def __init__(self, seconds: float, callback: Callable[..., object], args: Sequence[Any] = ()) -> None:
        self._seconds = seconds
        self._callback = callback
        self._args = args
        self._alarm = -1

    def start(self) -> None:
        self._invocation, self._process = _invocation(), _Active.process
        self._alarm = self._invocation.simulation.clock.set_alarm(self._seconds, self._fire)

    def cancel(self) -> None:
        if self._alarm >= 0:
            self._invocation.simulation.clock.cancel_alarm(self._alarm)

    def _fire(self) -> None:
        simulation, previous = self._invocation.simulation, (_Active.invocation, _Active.process)
        if self._process is None or self._process.resource._lock.locked():
            # The handler is already sending a response. In Lambda, the timer would wait for the lock, and then do nothing.
            return
        self._invocation.record("the deadline's timer fires")
        simulation.counts["timer fired"] += 1
        self._process.activate(self._invocation)
        simulation.in_alarm = True
        try:
            self._callback(*self._args)
        except ProcessEndedError:
            self._invocation.crashed_in_timer = True
        finally:
            simulation.in_alarm = False
            if previous[0] and previous[1]:
                previous[1].activate(previous[0])


class _Output:
    """A replacement for `sys.stdout` that adds the output to the log lines of the running invocation."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def write(self, text: str) -> int:
        if _Active.invocation is None:
            return int(self._original.write(text))
        if text != "\n":
            _Active.invocation.log_lines.append(text)
        return len(text)

    def flush(self) -> None:
        if _Active.invocation is None:
            self._original.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class _Log(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if _Active.invocation is not None:
            _Active.invocation.log_lines.append(self.format(record))


class _Jitter:
    @staticmethod
    def uniform(low: float, high: float) -> float:
        return _invocation().simulation.random.uniform(low, high)


@functools.cache
def _client() -> Any:
    # Use the service model that is shipped with the library. The botocore in the development environment has an older model.
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict("os.environ", {**CREDENTIALS, "AWS_DATA_PATH": folder}),
    ):
        service = Path(folder) / "partnercentral-selling" / service_model().api_version
        service.mkdir(parents=True)
        shutil.copy(_MODEL, service)
        boto3.setup_default_session()
        client: Any = partner_central.connect()
        client.meta.service_model.shape_for("EngagementContextPayload")
        boto3.DEFAULT_SESSION = None
    return _simulated(client, "partnercentral-selling", _send)


def _simulated(client: Any, service: str, send: Callable[..., AWSResponse]) -> Any:
    client.meta.events.register(f"before-send.{service}", send)
    # Generate no signatures and only one user agent, because no test checks them and generating them takes time.
    client.meta.events.register(f"choose-signer.{service}", lambda **_: UNSIGNED)
    agent = client._user_agent_creator.to_string()
    client._user_agent_creator.to_string = lambda: agent
    return client


_sdk_client = sdk.client


@functools.cache
def _any_client(service: str, region: str, *session: Any) -> Any:
    """Replace `sdk.client`, which creates a CloudFormation client for each event, with a function that caches clients."""
    client = _sdk_client(service, region, *session)
    return _simulated(client, service, _send_to_stack) if service == "cloudformation" else client


def _send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    target, body = request.headers["X-Amz-Target"], request.body
    return _invocation().call(
        target.decode() if isinstance(target, bytes) else target,
        body if isinstance(body, bytes) else str(body).encode(),
    )


def _send_to_stack(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    fields = dict(urllib.parse.parse_qsl(body))
    return _invocation().call_stack(fields["Action"], fields["StackName"], int(fields.get("NextToken", 0)))


def _seconds() -> float:
    return _invocation().simulation.clock.seconds


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Return a context manager that connects the handler's modules to the simulation."""
    budget = functools.partial(retries.RetryBudget, sleep=_sleep, uniform=_Jitter.uniform)
    time = SimpleNamespace(monotonic=_seconds, sleep=_sleep)
    log, root = _Log(), logging.getLogger()
    with contextlib.ExitStack() as stack:
        for module, name, new in (
            (index, "client", _client),
            (index, "RetryBudget", budget),
            (index, "helper", index.helper),
            (sdk, "client", _any_client),
            (response, "time", time),
            (response, "random", _Jitter),
            (response, "threading", SimpleNamespace(Timer=_Timer, Lock=threading.Lock)),
            (logs, "time", time),
            (logs, "_bound", {}),
            (sys, "stdout", _Output(sys.stdout)),
        ):
            stack.enter_context(mock.patch.object(module, name, new))
        root.addHandler(log)
        stack.callback(root.removeHandler, log)
        yield
