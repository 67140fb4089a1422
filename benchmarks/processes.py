"""A competitor's function in a process of its own, as Lambda starts one."""

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

# A measured event takes far less; whoever needs more is stuck.
PATIENCE_SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Program:
    """How a function is started.

    Attributes:
        command: The interpreter and the runner.
        environment: What the function's settings are, beside the service's.
    """

    command: Sequence[str]
    environment: Mapping[str, str]


class Process:
    """One process, from its start to the end of a `with` block.

    Args:
        program: What is started.
        environment: The service's environment variables.
        first: An event that is there from the start, as a cold function has it.

    Attributes:
        started: When it was started, in seconds of the monotonic clock, as every time here.
        sent: When the last event was handed over.
        cpu: The seconds of processor time that it took, of all its threads; there after the block.
    """

    def __init__(self, program: Program, environment: Mapping[str, str], first: Any = None) -> None:
        self._read, write = os.pipe()
        self._buffer = b""
        self.started = self.sent = time.monotonic()
        self._process = subprocess.Popen(
            list(program.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**environment, **program.environment, "RESULTS": str(write)},
            pass_fds=[write],
        )
        os.close(write)
        if first is not None:
            self.send(first)

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.kill()
        _, _, usage = os.wait4(self._process.pid, 0)
        self.cpu = usage.ru_utime + usage.ru_stime
        self._process.wait()
        self._process.stdin.close()
        os.close(self._read)

    def send(self, event: Any) -> None:
        """Hand over an event."""
        assert self._process.stdin
        line = json.dumps(event).encode() + b"\n"
        self.sent = time.monotonic()
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def said(self) -> dict[str, float]:
        """Wait for its next line: when it was `ready`, or when an event was `done`."""
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], PATIENCE_SECONDS)
            more = os.read(self._read, 4096) if ready else b""
            if not more:
                raise RuntimeError(f"{self._process.args!r} {'ended' if ready else 'is stuck'}")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        told: dict[str, float] = json.loads(line)
        return told

    def peak(self) -> int:
        """Return the most memory it ever had resident, in bytes.

        The kernel's figure for this program alone; what `wait4` tells begins with the parent's.
        """
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
