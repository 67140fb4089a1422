"""The error that everything in the local cloud raises."""

from __future__ import annotations

from pathlib import Path

_LAST_LINES = 25


class LocalCloudError(Exception):
    """A part of the local cloud did not start, or a step failed.

    Args:
        message (str): What happened, with the name of the part.
        hint (str): What to do about it; can be empty.
        log (str): The end of the log of the part that failed; can be empty.

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


def tail(log: Path) -> str:
    """Return the last lines of a log file; an empty string if it does not exist."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])
