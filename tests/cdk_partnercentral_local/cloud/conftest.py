"""Stacks in the shared local cloud, and processes that a test can find and kill."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk_partnercentral_local import CdkRun, LocalCloud

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.app import Declared

_HASH_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Event:
    """The end of an operation in CloudFormation, on a custom resource (by its construct id) or on the stack (by its name)."""

    resource: str
    status: str
    physical_id: str
    reason: str


class Stacks:
    """Stacks of the test app, deployed by the real CDK CLI.

    They are synthesized in this process, because a CDK app in a process of its own takes six seconds of processor time.
    """

    def __init__(self, cloud: LocalCloud, folder: Path) -> None:
        self.cloud = cloud
        self._folder = folder

    def engagement(self, title: str) -> str:
        """Create an engagement and return its ID."""
        return self.cloud.partner_central.create_engagement(title=title)

    def synthesize(self, declared: Declared) -> Path:
        """Synthesize the stacks and return the folder of the cloud assembly."""
        # Imported here because it imports aws_cdk, which most tests in this folder do not need.
        from tests.cdk_partnercentral_local.cloud.app import synthesize

        assembly = self._folder / str(len(list(self._folder.iterdir())))
        synthesize(declared, assembly)
        return assembly

    def run(self, command: str, declared: Declared) -> CdkRun:
        """Run a command of the CDK CLI for all declared stacks at once."""
        return self.run_assembly(command, self.synthesize(declared))

    def run_assembly(self, command: str, assembly: Path) -> CdkRun:
        """Run a command of the CDK CLI for all stacks of a cloud assembly at once."""
        at_once = ("--concurrency", "6") if command == "deploy" else ()
        return self.cloud.cdk(command, "--all", "--app", str(assembly), *at_once, folder=assembly)

    def id(self, stack: str) -> str:
        """Return the ID of the stack, which identifies it even after it was deleted."""
        return str(self._described(stack)["StackId"])

    def outputs(self, stack: str) -> dict[str, str]:
        """Return the stack's outputs by name."""
        return {output["OutputKey"]: output["OutputValue"] for output in self._described(stack)["Outputs"]}

    def ends(self, stack: str) -> list[Event]:
        """Return the events that ended an operation on an engagement, a context or the stack, oldest first."""
        pages = self.cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
        events = reversed([event for page in pages for event in page["StackEvents"]])
        return [
            Event(
                resource=event["LogicalResourceId"] if is_stack else event["LogicalResourceId"][:-_HASH_LENGTH],
                status=event["ResourceStatus"],
                physical_id=event.get("PhysicalResourceId", ""),
                reason=event.get("ResourceStatusReason", ""),
            )
            for event in events
            if (is_stack := event["ResourceType"] == "AWS::CloudFormation::Stack")
            or event["ResourceType"] in ("Custom::Engagement", "Custom::EngagementContext")
            if not event["ResourceStatus"].endswith("_IN_PROGRESS")
        ]

    def history(self, stack: str, resource: str) -> list[tuple[str, str]]:
        """Return the final status of each operation on an engagement or a context, with the physical id."""
        return [(event.status, event.physical_id) for event in self.ends(stack) if event.resource == resource]

    def titles(self, engagement: str) -> dict[str, str]:
        """Return the project titles in Partner Central, by context ID."""
        contexts = self.cloud.partner_central.engagement(engagement)["Contexts"]
        return {context["Id"]: context["Payload"]["CustomerProject"]["Project"]["Title"] for context in contexts}

    def calls(self, engagement: str) -> list[str]:
        """Return the operations that were called for an engagement, in order."""
        return [
            call.operation
            for call in self.cloud.partner_central.calls
            if engagement in (call.input.get("Identifier"), call.input.get("EngagementIdentifier"))
        ]

    def _described(self, stack: str) -> dict[str, Any]:
        described: dict[str, Any] = self.cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return described


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A folder for temporary files whose name is in the environment of every process that is started with it."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(
        self, *command: str, folder: Path | None = None, stdout: int | None = None, stderr: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a process in a process group of its own. It ends with the test at the latest."""
        process = subprocess.Popen(
            command, cwd=folder, env=self.environment(), text=True, start_new_session=True, stdout=stdout, stderr=stderr
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill all processes that still run."""
        for process in self.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for left in self.running():
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)

    def environment(self) -> dict[str, str]:
        """Return the environment of this process with the folder as TMPDIR."""
        return os.environ | {"TMPDIR": str(self.folder)}

    def processes(self, within: float = 5) -> list[str]:
        """Wait until no process runs, for at most this many seconds, and return the command lines of those that do."""
        deadline = time.monotonic() + within
        while (found := self.running()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(found.values())

    def running(self) -> dict[int, str]:
        """Return the process ids and command lines of the processes that run."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.fsencode(self.folder) in (process / "environ").read_bytes():
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(process.name)] = command
        return found

    def files(self) -> list[str]:
        """Return the names of the files in the folder."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture(scope="session", autouse=True)
def _handle_ctrl_c() -> None:
    """Restore the default handler: processes that a shell starts in the background, and their children, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[Marked]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc to find processes by their environment")
    folder = tmp_path / "temporary"
    folder.mkdir()
    marked = Marked(folder=folder)
    try:
        yield marked
    finally:
        marked.end()


@pytest.fixture(scope="session")
def stacks(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Stacks:
    return Stacks(cloud, tmp_path_factory.mktemp("assemblies"))
