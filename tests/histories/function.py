"""The function, run as Lambda runs it, in this process and in simulated time.

The handler is the real one, with the real botocore client. In place of both of its HTTP wires there is a `Run`; processes are
objects, and they die by an exception that nothing catches. It knows what Lambda is, and nothing of stacks.
"""

import contextlib
import functools
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from lambda_handler import answer, index, logs, partner_central, retries
from tests.histories.clock import SECOND, Crew
from tests.histories.run import LIMIT_SECONDS, Died, Hangs, Run
from tests.histories.world import World

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}


class _Now:
    """The run that is under way, and its process: the handler's module is there only once."""

    run: Run | None = None
    process: "Process | None" = None


def _run() -> Run:
    if _Now.run is None:
        raise AssertionError("the function did something while no run of it was under way")
    return _Now.run


class Process:
    """A process of the function: what the handler keeps from one event to the next."""

    def __init__(self) -> None:
        self.resource = answer.CfnResource(sleep=_sleep)
        self.resource.create(index.create)
        self.resource.update(index.update)
        self.resource.delete(index.delete)
        http: Any = SimpleNamespace(request=lambda *args, **rest: _run().answer(*args, **rest))
        self.resource._http = http
        self.bound: dict[str, Any] = {}

    def wake(self, run: Run) -> None:
        """Make this the process that the handler's modules are about."""
        _Now.run, _Now.process = run, self
        index.resource = self.resource
        logs._bound = self.bound


class Function:
    """The function of one world: its processes, the idle ones kept warm."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._idle: list[Process] = []

    def run(self, runs: Sequence[Run], order: Sequence[int] = ()) -> None:
        """Run to the end, several at once where there are several."""
        if len(runs) == 1:
            self._run_alone(runs[0])
        else:
            self._run_together(runs, order)

    def _run_alone(self, run: Run) -> None:
        process = self._process()
        process.wake(run)
        try:
            self._work(run, process)
        finally:
            _Now.run = None

    def _run_together(self, runs: Sequence[Run], order: Sequence[int]) -> None:
        pairs = [(run, self._process()) for run in runs]
        crew = Crew(
            self._world.clock,
            [
                (functools.partial(self._work, run, process), functools.partial(process.wake, run))
                for run, process in pairs
            ],
        )
        self._world.crew = crew
        try:
            crew.run(order)
        finally:
            self._world.crew = _Now.run = None

    def _process(self) -> Process:
        return self._idle.pop() if self._idle else Process()

    def _work(self, run: Run, process: Process) -> None:
        run.started = self._world.clock.now
        run.deadline = run.started + LIMIT_SECONDS * SECOND
        context = SimpleNamespace(
            get_remaining_time_in_millis=run.remaining_millis, aws_request_id="", function_name="function"
        )
        try:
            index.handler(run.request.event(), context)
        except Died:
            run.died = True
        except Exception as error:  # noqa: BLE001 - Lambda takes it as it comes
            run.error = error
        if not run.died:
            self._idle.append(process)
        run.over()


def _sleep(seconds: float) -> None:
    _run().spend(seconds)


class _Timer:
    """threading.Timer on the simulated clock."""

    daemon = False

    def __init__(self, seconds: float, act: Callable[..., object], args: Sequence[Any] = ()) -> None:
        self._seconds = seconds
        self._act = act
        self._args = args
        self._number = -1

    def start(self) -> None:
        self._run, self._process = _run(), _Now.process
        self._number = self._run.world.clock.ring(self._seconds, self._ring)

    def cancel(self) -> None:
        if self._number >= 0:
            self._run.world.clock.silence(self._number)

    def _ring(self) -> None:
        world, was = self._run.world, (_Now.run, _Now.process)
        if self._process is None or self._process.resource._turn.locked():
            # A thread would wait here until the answer is out, and then find the event answered.
            return
        self._run.tell("the deadline's timer rings")
        world.counts["timer rang"] += 1
        self._process.wake(self._run)
        world.ringing = True
        try:
            self._act(*self._args)
        except Died:
            self._run.gone = True
        finally:
            world.ringing = False
            if was[0] and was[1]:
                was[1].wake(was[0])


class _Thread:
    """threading.Thread for one try of the answer: its work is done while somebody waits for it."""

    def __init__(self, *, target: Callable[..., object], args: Sequence[Any] = (), daemon: bool) -> None:
        self._work = functools.partial(target, *args)
        self.daemon = daemon

    def start(self) -> None:
        """Do nothing yet."""

    def join(self, seconds: float) -> None:
        """Do the work, or wait in vain for what never ends."""
        try:
            self._work()
        except Hangs:
            _sleep(seconds)


class _Output:
    """Standard output and the log, given to the run that is under way."""

    def __init__(self, otherwise: Any) -> None:
        self._otherwise = otherwise

    def write(self, text: str) -> int:
        if _Now.run is None:
            return int(self._otherwise.write(text))
        if text != "\n":
            _Now.run.said.append(text)
        return len(text)

    def flush(self) -> None:
        if _Now.run is None:
            self._otherwise.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._otherwise, name)


class _Log(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if _Now.run is not None:
            _Now.run.said.append(self.format(record))


class _Jitter:
    @staticmethod
    def uniform(low: float, high: float) -> float:
        return _run().world.random.uniform(low, high)


@functools.cache
def _client() -> Any:
    with mock.patch.dict("os.environ", CREDENTIALS):
        client: Any = partner_central.connect()
    client.meta.events.unregister("before-send.partnercentral-selling", unique_id="transport")
    client.meta.events.register("before-send.partnercentral-selling", _send)
    # Neither is looked at here, and both take time.
    client.meta.events.register("choose-signer.partnercentral-selling", lambda **_: UNSIGNED)
    agent = client._user_agent_creator.to_string()
    client._user_agent_creator.to_string = lambda: agent
    return client


def _send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    target, body = request.headers["X-Amz-Target"], request.body
    return _run().call(
        target.decode() if isinstance(target, bytes) else target,
        body if isinstance(body, bytes) else str(body).encode(),
    )


def _seconds() -> float:
    return _run().world.clock.seconds


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Put the simulated world under the handler's modules."""
    budget = functools.partial(retries.RetryBudget, sleep=_sleep, uniform=_Jitter.uniform)
    time = SimpleNamespace(monotonic=_seconds, sleep=_sleep)
    log, root = _Log(), logging.getLogger()
    with contextlib.ExitStack() as stack:
        for module, name, new in (
            (index, "client", _client),
            (index, "RetryBudget", budget),
            (index, "resource", index.resource),
            (answer, "time", time),
            (answer, "random", _Jitter),
            (answer, "threading", SimpleNamespace(Timer=_Timer, Thread=_Thread, Lock=threading.Lock)),
            (logs, "time", time),
            (logs, "_bound", {}),
            (sys, "stdout", _Output(sys.stdout)),
        ):
            stack.enter_context(mock.patch.object(module, name, new))
        root.addHandler(log)
        stack.callback(root.removeHandler, log)
        yield
