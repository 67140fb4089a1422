"""A child process that is killed if this process ends.

The script `_guard.py` runs as an intermediate process, which kills the child process when this process ends.
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
    """A command in its own process group. `stop()` kills the group. The end of this process also kills the group.

    Args:
        command (Sequence[str]): The program and its arguments.
        environment (Mapping[str, str]): The complete environment. The command inherits no other variables.
        folder (Path): The working directory.
        output (int | IO | None): The target of standard output and standard error. If None, the command uses the targets of
            this process.
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
        read_end, self._write_end = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(_GUARD), ",".join(map(str, keep)), *command],
                stdin=read_end,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                pass_fds=tuple(keep),
                # Start a new session. Otherwise Ctrl-C in the terminal would end all processes at the same time instead of in
                # order.
                start_new_session=True,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except BaseException:
            os.close(self._write_end)
            raise
        finally:
            os.close(read_end)

    def __enter__(self) -> GuardedProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def status(self) -> int | None:
        """The exit status, or None while the command runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the command ends, and return the exit status.

        Args:
            timeout (float | None): The maximum time to wait, in seconds; None for no limit.

        Raises:
            subprocess.TimeoutExpired: The command is still running after the maximum time.
        """
        return self._process.wait(timeout)

    def read(self, timeout: float | None = None) -> str:
        """Wait until the command ends, and return its output. The output is empty if `output` is not `subprocess.PIPE`.

        Args:
            timeout (float | None): The maximum time to wait, in seconds; None for no limit.

        Raises:
            subprocess.TimeoutExpired: The command is still running after the maximum time.
        """
        output, _ = self._process.communicate(timeout=timeout)
        return output or ""

    def stop(self) -> None:
        """Kill the command and all its child processes. Further calls have no effect."""
        if self._write_end < 0:
            return
        os.close(self._write_end)
        self._write_end = -1
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
