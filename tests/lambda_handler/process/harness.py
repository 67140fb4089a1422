"""The function in a process of its own, between the local Partner Central, a CloudFormation and a response endpoint.

Everything that the function writes to its output is searched for sensitive values, after every event and at the end.
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
from tests.lambda_handler.process.cloudformation import CloudFormation
from tests.lambda_handler.process.endpoint import Behavior, Put, ResponseEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, event, secrets_in
from tests.lambda_handler.process.strict import strict

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# The interpreter that runs the function. `make runtime` sets it to Python 3.14, which is the runtime in Lambda.
PYTHON = os.environ.get("FUNCTION_PYTHON") or sys.executable
DIED, TIMED_OUT, STILL_RUNNING = "Died", "TimedOut", "StillRunning"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of an invocation.

    Attributes:
        error: The name of the exception that ended it; DIED if the process did, TIMED_OUT if Lambda ended it, STILL_RUNNING if
            the test did not wait for its end; else None.
        seconds: How long it took.
    """

    error: str | None
    seconds: float


class Function:
    """The function's process. It starts with the first event, and again after it died, as in Lambda.

    Args:
        path: Folders that the function is imported from. Nothing else is on its path.
        folder: Its working folder, with a file of its output.
        environment: Its environment variables. It gets no others.
        module: The module that has `handler`.
        scans: Whether its output is searched for sensitive values.
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
        self._lock = threading.Lock()

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
        """All output so far, of every process."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def peak(self) -> int:
        """The most memory in bytes that the running process has used so far. Linux only."""
        assert self._process
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log lines so far."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def start(self) -> None:
        """Start the process if there is none."""
        if self._process and self._process.poll() is None:
            return
        read, write = os.pipe()
        environment = {
            **self._environment,
            "FUNCTION": self._module,
            "FUNCTION_PATH": os.pathsep.join(str(folder) for folder in self._path),
            "RESULTS": str(write),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                # Isolated and without site-packages, so that only the zip can be imported.
                [PYTHON, "-I", "-S", "-B", str(BOOTSTRAP)],
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
        # What ships is tested, not the working tree.
        assert any(Path(ready["file"]).is_relative_to(folder) for folder in self._path), ready["file"]

    def invoke(self, sent: Any, *, seconds: float = 900, wait: float | None = None) -> Outcome:
        """Send an event, and wait until it is handled, the process dies, or the function's time is over.

        Args:
            sent: The event.
            seconds: The function's time, after which Lambda ends the process.
            wait: The seconds after which the test ends the process.
        """
        self._secrets |= secrets_in(sent)
        self.start()
        # As in Lambda, the start of the process is not part of the function's time.
        started = time.monotonic()
        self._send(sent, seconds)
        limit = seconds if wait is None else wait
        result = self._result(limit)
        took = time.monotonic() - started
        if result is None:
            self.kill()
            result = {"error": DIED if took < limit else TIMED_OUT if wait is None else STILL_RUNNING}
        if self._scans:
            self.scan()
        return Outcome(error=result["error"], seconds=took)

    def deliver(self, sent: Any, *, seconds: float = 900) -> list[Outcome]:
        """Invoke asynchronously, as CloudFormation does: Lambda repeats an error twice, here without a pause."""
        outcomes = [self.invoke(sent, seconds=seconds)]
        while outcomes[-1].error and len(outcomes) < 3:
            outcomes.append(self.invoke(sent, seconds=seconds))
        return outcomes

    def kill(self) -> None:
        """End the process without a chance to clean up."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        self._close(process)

    def kill_during_event(self) -> None:
        """End the process from another thread, while `invoke` waits for it."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def scan(self) -> None:
        """Fail if the function wrote a sensitive value."""
        output = self.output.lower()
        leaked = {text for text in self._secrets if text.lower() in output}
        assert not leaked, f"in the log: {leaked}"

    def _send(self, sent: Any, seconds: float) -> None:
        """Pass an event to the process, which has this many seconds for it."""
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"event": sent, "seconds": seconds}).encode() + b"\n")
        self._process.stdin.flush()

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        """Close what belongs to a process that ended."""
        if process.stdin:
            process.stdin.close()
        self._results.close()

    def _result(self, seconds: float) -> dict[str, Any] | None:
        """Wait for the result of an event. Return None if the time passes or the process ends before that."""
        ready, _, _ = select.select([self._results], [], [], max(0, seconds))
        line = self._results.readline() if ready else b""
        return json.loads(line) if line else None


class Cloud:
    """A function, its Partner Central, its CloudFormation and its response endpoint.

    Args:
        path: Folders that the function is imported from.
        certificate: The certificate of the response endpoint.
        folder: An empty folder.
        environment: Further environment variables of the function. None removes one.
        kind: The class of the function.
        function: Further arguments of that class.

    Attributes:
        service: Partner Central.
        url: Its address.
        cloudformation: What CloudFormation knows of the stacks.
        responses: The response endpoint.
        environment: The environment variables of the function.
        function: The function.
        another: Creates another process of the function.
    """

    def __init__(
        self,
        path: Sequence[Path],
        certificate: Path,
        folder: Path,
        environment: Mapping[str, str | None] | None = None,
        kind: type[Function] = Function,
        **function: Any,
    ) -> None:
        self._stack = ExitStack()
        self.service = PartnerCentral(strict())
        self.url = self._stack.enter_context(PartnerCentralServer(self.service)).url
        self.cloudformation = self._stack.enter_context(CloudFormation())
        self.responses = self._stack.enter_context(ResponseEndpoint(certificate))
        settings: dict[str, str | None] = {
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": self.url,
            "AWS_ENDPOINT_URL_CLOUDFORMATION": self.cloudformation.url,
            "SSL_CERT_FILE": str(certificate),
            "HOME": str(folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            **(environment or {}),
        }
        given = {name: value for name, value in settings.items() if value is not None}
        self.environment = given
        self.function = kind(path, folder, given, **function)
        self.another = partial(kind, path, environment=given, **function)

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
        """Send an event whose first response is delivered. Return that response, after checking its form."""
        if stack:
            more["StackId"] = stack
        sent = event(request_type, self.responses.url(*plan), new, **more)
        outcome = self.function.invoke(sent, seconds=seconds)
        assert outcome.error is None, self.function.output[-3000:]
        response = self.response_to(sent)
        # A FAILED response leaves one line at ERROR, and a success none.
        lines = [line for line in self.function.lines if line.get("request_id") == sent["RequestId"]]
        codes = [line["error_code"] for line in lines if line["level"] == "ERROR"]
        assert codes == [response["Reason"][1:].partition("]")[0]] * (response["Status"] == "FAILED"), lines
        return response

    def update(self, old: Any, new: Any, physical_id: str, **more: Any) -> dict[str, Any]:
        """Send an Update in place that succeeds. Return its response."""
        response = self.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id, **more)
        assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id), response
        return response

    def response_to(self, sent: Mapping[str, Any], *, puts: int = 1) -> dict[str, Any]:
        """Return the response to an event, after checking its form and how often it was sent."""
        arrived = self.responses.puts_to(sent["ResponseURL"])
        assert len(arrived) == puts, arrived
        assert len({put.body for put in arrived}) == 1
        return checked(arrived[-1], sent)

    def contexts(self, engagement: str) -> list[dict[str, Any]]:
        """Return the contexts that an engagement has now."""
        contexts = self.service.engagement(engagement)["Contexts"]
        assert isinstance(contexts, list)
        return contexts

    def payload(self, engagement: str) -> dict[str, Any]:
        """Return the payload that the only context of an engagement has now, without its Type."""
        (context,) = self.contexts(engagement)
        payload = context["Payload"][context["Type"]]
        assert isinstance(payload, dict)
        return payload

    @property
    def updates(self) -> list[dict[str, Any]]:
        """The payloads of the updates that Partner Central received, without their Types."""
        inputs = [call.input for call in self.service.calls if call.operation == "UpdateEngagementContext"]
        return [sent["Payload"][sent["Type"]] for sent in inputs]

    @property
    def operations(self) -> list[str]:
        """The operations that Partner Central received."""
        return [call.operation for call in self.service.calls]


def checked(put: Put, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a response, if CloudFormation would accept it and it has no sensitive value."""
    response = put.response
    assert put.header("content-type") == ""
    assert len(put.body) <= 4096
    assert set(response) <= {
        "Status", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId", "Reason", "Data", "NoEcho",
    }  # fmt: skip
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        assert response[name] == sent[name]
    assert response["Status"] in {"SUCCESS", "FAILED"}
    assert 0 < len(response["PhysicalResourceId"].encode()) <= 1024
    assert response["Status"] == "SUCCESS" or response["Reason"].startswith("[")
    text = put.body.decode().lower()
    leaked = {secret for secret in secrets_in(sent) if secret.lower() in text}
    assert not leaked, f"in the response: {leaked}"
    return response


def succeeded(cloud: Cloud, response: Mapping[str, Any], engagement: str, context: str) -> None:
    """Check a success: its physical id, and all attributes against the engagement."""
    current = cloud.service.engagement(engagement)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/{context}")
    assert response["Data"] == {
        "ContextId": context,
        "EngagementId": engagement,
        "EngagementArn": current["Arn"],
        "EngagementLastModifiedAt": current["ModifiedAt"],
    }


def failed(response: Mapping[str, Any], code: str, physical_id: str = f"not-created/{LOGICAL_ID}") -> str:
    """Check that a response is a failure with this code. Return its Reason."""
    assert (response["Status"], response["PhysicalResourceId"], response["Data"]) == ("FAILED", physical_id, {})
    reason = response["Reason"]
    assert isinstance(reason, str)
    assert reason.startswith(f"[{code}] ")
    return reason
