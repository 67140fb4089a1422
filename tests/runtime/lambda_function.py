"""The function's process as Lambda starts it: with Lambda's runtime interface client, and no privileges."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.lambda_handler.process.harness import PYTHON, Function
from tests.runtime.runtime_api import ARGUMENTS, Received, RuntimeApi

FRAME = 16  # bytes before each message: its type, its length and its time


class LambdaFunction(Function):
    """A function that runs under awslambdaric. Its only path is the code folder.

    Args:
        prefix: The command that starts another command without privileges.
        arguments: The arguments of `Function`.
    """

    api: RuntimeApi

    def __init__(self, *arguments: Any, prefix: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._prefix = prefix
        self._frames = self.folder / "frames.log"
        self._received: list[Received] = []

    def start(self) -> None:
        """Start the process if there is none. Wait until it asks for an event."""
        if self._process and self._process.poll() is None:
            return
        self.launch()
        self._wait(lambda: self.api.received, 60)
        assert self.api.names == ["next"], f"the function did not start:\n{self.output}"

    def launch(self) -> None:
        """Start the process, and do not wait for it."""
        self.api = RuntimeApi().__enter__()
        with self._log.open("ab") as log, self._frames.open("ab") as frames:
            environment = {
                **self.api.environment(self._path[0]),
                **self._environment,
                # Lambda gives the runtime a file for its own log events, in frames.
                "_LAMBDA_TELEMETRY_LOG_FD": str(frames.fileno()),
            }
            self._process = subprocess.Popen(
                [*self._prefix, PYTHON, *ARGUMENTS, f"{self._module}.handler"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self._path[0],
                pass_fds=[frames.fileno()],
            )

    @property
    def pid(self) -> int:
        """The ID of the running process."""
        assert self._process
        return self._process.pid

    def wait_for_exit(self) -> int:
        """Wait for the end of the process, and return its status."""
        assert self._process
        return self._process.wait(60)

    @property
    def log_events(self) -> list[str]:
        """All log events so far: the lines that the function wrote, and the messages of awslambdaric."""
        events = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        frames = self._frames.read_bytes() if self._frames.exists() else b""
        while frames:
            end = FRAME + int.from_bytes(frames[4:8], "big")
            events.append(frames[FRAME:end].decode())
            frames = frames[end:]
        return events

    @property
    def output(self) -> str:
        """All log events so far, and everything that the Runtime API received."""
        bodies = [f"{request.headers}{request.body.decode()}" for request in self._requests]
        return "\n".join([*self.log_events, *bodies])

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log lines so far, without those of awslambdaric, which have an errorType."""
        found = [json.loads(event) for event in self.log_events if event.startswith("{")]
        return [line for line in found if "errorType" not in line]

    def wait_for_idle(self) -> None:
        """Wait until the process asks for the next event."""
        self._wait(lambda: self.api.names[-1:] == ["next"], 60)
        assert self.api.names[-1] == "next", self.api.names

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze the process between two events, as Lambda does."""
        self.wait_for_idle()
        os.kill(self.pid, signal.SIGSTOP)
        yield
        os.kill(self.pid, signal.SIGCONT)

    @property
    def _requests(self) -> list[Received]:
        return [*self._received, *(self.api.received if self._process else [])]

    def _send(self, sent: Any, seconds: float) -> None:
        self.wait_for_idle()
        self._invocation = self.api.invoke(sent, seconds)

    def _result(self, seconds: float) -> dict[str, Any] | None:
        self._wait(lambda: self.api.result(self._invocation), seconds)
        result = self.api.result(self._invocation)
        if result is None:
            return None
        return {"error": None if result.name == "response" else json.loads(result.body)["errorType"]}

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        del process
        self._received += self.api.received
        self.api.__exit__(None, None, None)

    def _wait(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until a condition holds, the process ends, or the time is over."""
        ends = time.monotonic() + seconds
        while not condition() and self._process and self._process.poll() is None and time.monotonic() < ends:
            time.sleep(0.005)
