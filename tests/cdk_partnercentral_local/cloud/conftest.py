"""One local cloud for all tests of this folder, and what they need to deploy to it and to look into it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from cdk_partnercentral_local import CdkRun, LocalCloud

# Stacks by name, in each its contexts by construct id: engagement, title, and further arguments of the construct.
Declared: TypeAlias = Mapping[str, Mapping[str, Mapping[str, object]]]

_APP = Path(__file__).parent / "app"
_HASH = 8


@dataclass(frozen=True, kw_only=True)
class Event:
    """How something ended, as CloudFormation tells it: a context, by its construct id, or the stack, by its name."""

    resource: str
    status: str
    physical_id: str
    reason: str


class Stacks:
    """Stacks of the test app, deployed by the real CDK CLI."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud

    def engagement(self, title: str) -> str:
        """Create an engagement and return its id."""
        return self.cloud.partner_central.create_engagement(title=title)

    def run(self, command: str, declared: Declared, *options: str) -> CdkRun:
        """Run the CDK CLI on all declared stacks."""
        return self.cloud.cdk(command, "--all", "-c", f"declared={json.dumps(declared)}", *options, folder=_APP)

    def id(self, stack: str) -> str:
        """The stack's own id, which still finds it when it is deleted."""
        return str(self._described(stack)["StackId"])

    def outputs(self, stack: str) -> dict[str, str]:
        """The stack's outputs by name."""
        return {output["OutputKey"]: output["OutputValue"] for output in self._described(stack)["Outputs"]}

    def endings(self, stack: str) -> list[Event]:
        """CloudFormation's events that say how something ended, oldest first; of contexts and of the stack itself."""
        pages = self.cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
        events = reversed([event for page in pages for event in page["StackEvents"]])
        return [
            Event(
                resource=event["LogicalResourceId"] if of_stack else event["LogicalResourceId"][:-_HASH],
                status=event["ResourceStatus"],
                physical_id=event.get("PhysicalResourceId", ""),
                reason=event.get("ResourceStatusReason", ""),
            )
            for event in events
            if (of_stack := event["ResourceType"] == "AWS::CloudFormation::Stack")
            or event["ResourceType"] == "Custom::EngagementContext"
            if not event["ResourceStatus"].endswith("_IN_PROGRESS")
        ]

    def held(self, engagement: str) -> dict[str, str]:
        """What Partner Central holds: context ids, and the titles of their projects."""
        contexts = self.cloud.partner_central.engagement(engagement)["Contexts"]
        return {context["Id"]: context["Payload"]["CustomerProject"]["Project"]["Title"] for context in contexts}

    def calls(self, engagement: str) -> list[str]:
        """The operations that were called for an engagement, in order."""
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
    """A folder for temporary files whose name stands in the environment of every process started with it."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(
        self, *command: str, folder: Path | None = None, stdout: int | None = None, stderr: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a process in a group of its own, which ends with the test at the latest."""
        process = subprocess.Popen(
            command, cwd=folder, env=self.environment(), text=True, start_new_session=True, stdout=stdout, stderr=stderr
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill what is still there of all that was started."""
        for process in self.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for left in self.running():
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)

    def environment(self) -> dict[str, str]:
        """This process's environment with the folder as the place of temporary files."""
        return os.environ | {"TMPDIR": str(self.folder)}

    def processes(self, within: float = 5) -> list[str]:
        """The command lines of the processes that are still there after so many seconds; empty as soon as none is."""
        deadline = time.monotonic() + within
        while (found := self.running()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(found.values())

    def running(self) -> dict[int, str]:
        """Process ids and command lines."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.fsencode(self.folder) in (process / "environ").read_bytes():
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(process.name)] = command
        return found

    def files(self) -> list[str]:
        """What lies in the folder."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heard() -> None:
    """Processes started in a shell's background ignore Ctrl-C, and all that they start do."""
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
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as cloud:
        cloud.bootstrap()
        yield cloud


@pytest.fixture(scope="session")
def stacks(cloud: LocalCloud) -> Stacks:
    return Stacks(cloud)
