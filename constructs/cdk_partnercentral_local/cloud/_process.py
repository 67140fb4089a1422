"""A child process that cannot outlive this one.

Knows nothing of what the process does. The work is done by `_guard.py`, which runs between the two.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

_GUARD = Path(__file__).with_name("_guard.py")


class GuardedProcess:
    """A command whose whole process group ends on `stop()`, and when this process dies.

    Args:
        command (Sequence[str]): Program and arguments.
        environment (Mapping[str, str]): The whole environment; nothing is inherited.
        folder (Path): Its working directory.
        output (int | IO | None): Where standard output and standard error go; None for this process's own.
        keep (Collection[int]): File descriptors that the command inherits.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        output: int | IO[str] | None = None,
        keep: Collection[int] = (),
    ) -> None:
        leash, self._hold = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(_GUARD), ",".join(map(str, keep)), *command],
                stdin=leash,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                pass_fds=tuple(keep),
                # Ctrl-C in the terminal is for us alone: we stop the rest, in order.
                start_new_session=True,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except BaseException:
            os.close(self._hold)
            raise
        finally:
            os.close(leash)

    def __enter__(self) -> GuardedProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status.

        Args:
            timeout (float | None): Seconds; None waits for ever.

        Raises:
            subprocess.TimeoutExpired: When it still runs after that time.
        """
        return self._process.wait(timeout)

    def read(self, timeout: float | None = None) -> str:
        """Wait for the end and return what it wrote, when it was started with `subprocess.PIPE`.

        Args:
            timeout (float | None): Seconds; None waits for ever.

        Raises:
            subprocess.TimeoutExpired: When it still runs after that time.
        """
        written, _ = self._process.communicate(timeout=timeout)
        return written or ""

    def stop(self) -> None:
        """Kill the command and all it started. Harmless when it ended already."""
        if self._hold < 0:
            return
        os.close(self._hold)
        self._hold = -1
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
