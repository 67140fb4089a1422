"""The function in a process of its own, between a real Partner Central and a real answer endpoint.

Whatever the function writes to its output is looked through for what nobody may see, after every event and at the end.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from tests.lambda_handler.process.endpoint import Behavior, Put, ResponseEndpoint
from tests.lambda_handler.process.events import event, secrets_in

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an invocation.

    Attributes:
        error: The name of the exception that ended it, `Died` where the process did, `TimedOut` where Lambda ended it,
            `StillRunning` where nobody waited for its end, or None.
        seconds: How long it took.
    """

    error: str | None
    seconds: float


class Function:
    """The function's process. It starts with the first event, and again after it died, as Lambda does it.

    Args:
        path: Folders that the function is imported from; nothing else is on its path.
        folder: Where it runs, and where its output is kept.
        environment: Its environment variables.
        module: The module that has `handler`.
        scans: Whether its output is looked through.
    """

    def __init__(
        self,
        path: Sequence[Path],
        folder: Path,
        environment: Mapping[str, str],
        *,
        module: str = "lambda_handler.index",
        scans: bool = True,
    ) -> None:
        self._path = path
        self.folder = folder
        self._environment = environment
        self._module = module
        self._scans = scans
        self._log = folder / "output.log"
        self._secrets: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> "Function":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
        if error is None and self._scans:
            self.scan()

    @property
    def output(self) -> str:
        """All that it wrote so far, in every process it had."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its own log lines."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def start(self) -> float:
        """Start the process if there is none; return how long the function took to import."""
        if self._process and self._process.poll() is None:
            return 0
        read, write = os.pipe()
        environment = {
            **self._environment,
            "FUNCTION": self._module,
            "FUNCTION_PATH": os.pathsep.join(str(folder) for folder in self._path),
            "RESULTS": str(write),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                # Isolated and without site-packages: what the zip does not bring is not there.
                [sys.executable, "-I", "-S", "-B", str(BOOTSTRAP)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.folder,
                pass_fds=[write],
            )
        os.close(write)
        self._results = os.fdopen(read, "rb")
        ready = self._result(60)
        assert ready, f"the function did not start:\n{self.output}"
        # Never the working tree: what is tested is what is shipped.
        assert any(Path(ready["file"]).is_relative_to(folder) for folder in self._path), ready["file"]
        return float(ready["ready"])

    def invoke(self, sent: Any, *, seconds: float = 900, wait: float | None = None) -> Outcome:
        """Hand over an event, and wait until it is handled, the process has died, or the function's time is up.

        Args:
            sent: The event.
            seconds: The function's time, after which Lambda ends the process.
            wait: After how many seconds to wait no more, and to end the process.
        """
        self._secrets |= secrets_in(sent)
        self.start()
        process = self._process
        assert process
        assert process.stdin
        # From here, as Lambda counts: the start of the process is not the function's time.
        started = time.monotonic()
        process.stdin.write(json.dumps({"event": sent, "seconds": seconds}).encode() + b"\n")
        process.stdin.flush()
        limit = seconds if wait is None else wait
        result = self._result(limit)
        took = time.monotonic() - started
        if result is None:
            self.kill()
            result = {"error": "Died" if took < limit else "TimedOut" if wait is None else "StillRunning"}
        if self._scans:
            self.scan()
        return Outcome(error=result["error"], seconds=took)

    def deliver(self, sent: Any, *, seconds: float = 900) -> list[Outcome]:
        """Invoke as CloudFormation does, asynchronously: Lambda repeats twice what ended in an error, at once here."""
        outcomes = [self.invoke(sent, seconds=seconds)]
        while outcomes[-1].error and len(outcomes) < 3:
            outcomes.append(self.invoke(sent, seconds=seconds))
        return outcomes

    def kill(self) -> None:
        """End the process as the kernel does: nothing in it notices."""
        with self._turn:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()
        self._results.close()

    def shoot(self) -> None:
        """The same, from another thread, while an event is being handled; `invoke` then finds the process dead."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def scan(self) -> None:
        """Fail if the function wrote anything that nobody may see."""
        output = self.output.lower()
        leaked = {text for text in self._secrets if text.lower() in output}
        assert not leaked, f"written to the log: {leaked}"

    def _result(self, seconds: float) -> dict[str, Any] | None:
        ready, _, _ = select.select([self._results], [], [], max(0, seconds))
        line = self._results.readline() if ready else b""
        return json.loads(line) if line else None


class Cloud:
    """A function, its Partner Central and its answer endpoint.

    Args:
        path: Folders that the function is imported from.
        certificate: The answer endpoint's certificate.
        folder: An empty folder.
        environment: Further environment variables of the function; None takes one away.
        function: Further arguments of `Function`.

    Attributes:
        service: Partner Central.
        answers: Where the answers go.
        function: The function.
    """

    def __init__(
        self,
        path: Sequence[Path],
        certificate: Path,
        folder: Path,
        environment: Mapping[str, str | None] | None = None,
        **function: Any,
    ) -> None:
        self._stack = ExitStack()
        self.service = PartnerCentral()
        self.url = self._stack.enter_context(PartnerCentralServer(self.service)).url
        self.responses = self._stack.enter_context(ResponseEndpoint(certificate))
        settings: dict[str, str | None] = {
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": self.url,
            "SSL_CERT_FILE": str(certificate),
            "HOME": str(folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            **(environment or {}),
        }
        given = {name: value for name, value in settings.items() if value is not None}
        self.function = Function(path, folder, given, **function)
        # Made when it is asked for: most stories have one process.
        self._make_another = partial(Function, path, folder / "another", given, **function)

    def __enter__(self) -> "Cloud":
        self._stack.enter_context(self.function)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def send(
        self, request_type: str, new: Any, *plan: Behavior, seconds: float = 900, stack: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Send an event that is to be answered at the first try; return the answer, after looking at its form."""
        if stack:
            more["StackId"] = stack
        sent = event(request_type, self.responses.url(*plan), new, **more)
        outcome = self.function.invoke(sent, seconds=seconds)
        assert outcome.error is None, self.function.output[-3000:]
        return self.response_to(sent)

    def another(self) -> Function:
        """Return a second process of the same function, to run beside the first."""
        made = self._make_another()
        made.folder.mkdir()
        return made

    def response_to(self, sent: Mapping[str, Any], *, puts: int = 1) -> dict[str, Any]:
        """Return the answer to an event, after looking at its form and at the number of times it was sent."""
        arrived = self.responses.puts_to(sent["ResponseURL"])
        assert len(arrived) == puts, arrived
        assert len({put.body for put in arrived}) == 1
        return checked(arrived[-1], sent)

    def held(self, engagement: str) -> list[dict[str, Any]]:
        """Return the contexts that an engagement truly holds."""
        contexts = self.service.engagement(engagement)["Contexts"]
        assert isinstance(contexts, list)
        return contexts

    @property
    def operations(self) -> list[str]:
        """Return the requests that Partner Central got."""
        return [call.operation for call in self.service.calls]


def checked(put: Put, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a PUT's answer, if CloudFormation would take it and it repeats nothing that nobody may see."""
    answer = put.response
    assert put.header("content-type") == ""
    assert len(put.body) <= 4096
    assert set(answer) <= {
        "Status", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId", "Reason", "Data", "NoEcho",
    }  # fmt: skip
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        assert answer[name] == sent[name]
    assert answer["Status"] in {"SUCCESS", "FAILED"}
    assert 0 < len(answer["PhysicalResourceId"].encode()) <= 1024
    assert answer["Status"] == "SUCCESS" or answer["Reason"]
    said = put.body.decode().lower()
    leaked = {text for text in secrets_in(sent) if text.lower() in said}
    assert not leaked, f"answered: {leaked}"
    return answer
