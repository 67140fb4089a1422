"""What goes wrong in the local cloud, in words a person can act on.

Knows nothing of processes, terminals or AWS.
"""

from __future__ import annotations

from pathlib import Path

_TAIL = 25


class LocalCloudError(Exception):
    """A part of the local cloud did not come up, or a step on it failed.

    Args:
        message (str): What happened, naming the part.
        hint (str): What to do about it; may be empty.
        log (str): The end of the log of the part that failed; may be empty.

    Example:
        ```python
        try:
            with LocalCloud() as cloud:
                ...
        except LocalCloudError as error:
            print(error)
        ```
    """

    def __init__(self, message: str, *, hint: str = "", log: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.log = log

    def __str__(self) -> str:
        return "\n\n".join(part for part in (super().__str__(), self.hint, self.log) if part)

    @property
    def message(self) -> str:
        """What happened, without hint and log."""
        return super().__str__()


def tail(log: Path, lines: int = _TAIL) -> str:
    """Return the last lines of a log file.

    Args:
        log (Path): The file; a missing one reads as empty.
        lines (int): How many lines, at most.

    Returns:
        The lines, joined by newlines.
    """
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
