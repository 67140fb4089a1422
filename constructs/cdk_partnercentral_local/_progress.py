"""Progress in the terminal that a person likes to read: a spinner, then a tick and the seconds.

Knows nothing of what the steps are. Without a terminal it prints plain lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.text import Text

from cdk_partnercentral_local.cloud._failures import LocalCloudError


class Progress:
    """Prints the steps of a longer piece of work as they go.

    Args:
        console (Console): Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        utf8 = console.encoding.startswith("utf")
        self._tick, self._cross, self._arrow = ("✓", "✗", "→") if utf8 else ("ok", "!!", "->")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a spinner while the block runs, then a tick or a cross and how long it took.

        Args:
            title (str): What is going on, in a few words.
        """
        started = time.monotonic()
        try:
            with self.console.status(title):
                yield
        except BaseException:
            self._line(self._cross, "red", title, started)
            raise
        self._line(self._tick, "green", title, started)

    @contextmanager
    def loud_step(self, title: str) -> Iterator[None]:
        """Like `step`, for a block that prints on its own: the title stands above it instead of a spinner.

        Args:
            title (str): What is going on, in a few words.
        """
        started = time.monotonic()
        self.console.print(Text.assemble((f" {self._arrow} ", "cyan"), title))
        try:
            yield
        except BaseException:
            self._line(self._cross, "red", title, started)
            raise
        self._line(self._tick, "green", title, started)

    def show(self, *things: RenderableType) -> None:
        """Print tables and texts, with an empty line before each."""
        for thing in things:
            self.console.print()
            self.console.print(thing, soft_wrap=isinstance(thing, str))

    def error(self, error: LocalCloudError) -> None:
        """Print an error in red, what to do about it, and the end of the log."""
        self.console.print()
        self.console.print(Text(error.message, style="bold red"), soft_wrap=True)
        if error.hint:
            self.console.print(Text(error.hint), soft_wrap=True)
        if error.log:
            self.console.print()
            self.console.print(Text(error.log), soft_wrap=True)

    def _line(self, mark: str, style: str, title: str, started: float) -> None:
        seconds = f"{time.monotonic() - started:.1f} s"
        self.console.print(Text.assemble((f" {mark} ", style), title, "  ", (seconds, "dim")))
