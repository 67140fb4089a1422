"""Lambda's Runtime API for one process of a function: it passes events to the process, and records the process's requests.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import re
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

# https://pypi.org/project/awslambdaric/. `make runtime` installs it.
AWSLAMBDARIC = Path(__file__).parents[2] / ".venv" / "awslambdaric"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
LAMBDA = {
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.14",
    "AWS_LAMBDA_FUNCTION_NAME": "Demo-Provider",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_SESSION_TOKEN": "invented",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
}
# Without site-packages, so that only the function and awslambdaric can be imported.
ARGUMENTS = ("-S", "-m", "awslambdaric")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:Demo-Provider"
ROUTE = re.compile(
    r"/2018-06-01/runtime/(?:invocation/(?:(?P<id>[0-9a-f-]{36})/)?)?(?P<name>next|response|error|init/error)"
)


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request of the process.

    Attributes:
        name: `next`, `response`, `error` or `init/error`.
        invocation: The ID of the invocation that a `response` or an `error` is for; else empty.
        headers: Its headers, with their names in lower case.
        body: Its body.
        at: When it arrived, on the monotonic clock.
    """

    name: str
    invocation: str
    headers: dict[str, str]
    body: bytes
    at: float


class RuntimeApi:
    """Listens on a free port of 127.0.0.1 for as long as a `with` block lasts.

    Attributes:
        address: Its host and port.
        received: Every request, in order.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._events: queue.SimpleQueue[tuple[str, float, bytes] | None] = queue.SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": self}))
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "RuntimeApi":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._events.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def environment(self, code: Path) -> dict[str, str]:
        """Return the environment variables of a process that runs the function in this folder, without credentials."""
        return {
            **LAMBDA,
            "AWS_LAMBDA_RUNTIME_API": self.address,
            "LAMBDA_TASK_ROOT": str(code),
            "PYTHONPATH": str(AWSLAMBDARIC),
        }

    @property
    def names(self) -> list[str]:
        """The names of the requests so far."""
        return [request.name for request in list(self.received)]

    def invoke(self, event: Any, seconds: float) -> str:
        """Let the next request for an event get this one. Return the ID of the invocation.

        Args:
            event: The event.
            seconds: The time until its deadline.
        """
        invocation = str(uuid.uuid4())
        self._events.put((invocation, time.time() + seconds, json.dumps(event).encode()))
        return invocation

    def result(self, invocation: str) -> Received | None:
        """Return the response to an event or its error, or None if there is neither yet."""
        found = [request for request in list(self.received) if request.invocation == invocation]
        assert len(found) < 2, found
        return found[0] if found else None

    def next_event(self) -> tuple[str, float, bytes] | None:
        """Wait for an event. Return its invocation's ID, its deadline and its body, or None at the end of the block."""
        return self._events.get()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    api: RuntimeApi
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Serve the connection, even if the client closes it."""
        with suppress(OSError):
            super().handle()

    def do_GET(self) -> None:
        """Respond with an event as soon as there is one."""
        self._record()
        event = self.api.next_event()
        if event is None:
            self.close_connection = True
            return
        invocation, deadline, body = event
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-5f1c2a90-00000000000000000000abcd;Parent=0000000000000001;Sampled=0",
        }
        self._respond(200, body, headers)

    def do_POST(self) -> None:
        """Accept a response or an error."""
        self._record()
        self._respond(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _record(self) -> None:
        now = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        route = ROUTE.fullmatch(self.path)
        assert route, self.path
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.api.received.append(
            Received(name=route["name"], invocation=route["id"] or "", headers=headers, body=body, at=now)
        )

    def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Write nothing. Tests read `received`."""
