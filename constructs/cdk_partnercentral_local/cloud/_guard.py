"""Run a command, and kill it with all its child processes when the parent process of this script ends.

Standard input is a pipe from the parent process. The pipe closes when the parent process closes it, and also when the parent
process ends, even by SIGKILL. When the pipe closes, this script kills the command's process group. The script imports only the
standard library, so that it starts in milliseconds with `python -I -S`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from types import FrameType


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _kill_at_end_of_input(group: int) -> None:
    while os.read(0, 1):
        pass
    _kill(group)


def main(command: list[str], descriptors: list[int]) -> int:
    """Run the command until it ends or the pipe on standard input closes.

    Args:
        command (list[str]): The program and its arguments.
        descriptors (list[int]): File descriptors that the command inherits, for example a listening socket.

    Returns:
        The command's exit status, or 128 plus the signal's number if a signal ended the command.
    """
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=descriptors
    )
    for descriptor in descriptors:
        # Close the descriptors in this process. Otherwise a server's socket would remain open after the server ends, and
        # clients would hang instead of getting an error.
        os.close(descriptor)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        _kill(child.pid)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    threading.Thread(target=_kill_at_end_of_input, args=(child.pid,), daemon=True).start()
    status = child.wait()
    _kill(child.pid)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], [int(number) for number in sys.argv[1].split(",") if number]))
