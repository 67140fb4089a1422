"""The exception that all parts of the local cloud raise."""

from __future__ import annotations

from pathlib import Path

_LAST_LINES = 25


class LocalCloudError(Exception):
    """A part of the local cloud did not start, or a step failed.

    Args:
        message (str): A description of the failure, with the name of the part that failed.
        hint (str): Advice on how to fix the failure; can be empty.
        log (str): Details of the failure, such as the end of a log; can be empty.

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
        """The message without the hint and the log."""
        return super().__str__()


def tail(log: Path) -> str:
    """Return the last 25 lines of a log file, or an empty string if the file does not exist."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])
