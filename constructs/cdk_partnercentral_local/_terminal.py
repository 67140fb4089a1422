"""The output of the command in the terminal: progress with a spinner, errors, and tables of outputs and contexts.

Without a terminal, it consists of plain lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cdk_partnercentral_local.cloud import LocalCloudError


class Progress:
    """Prints the steps of a longer task.

    Args:
        console (Console): Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        utf8 = console.encoding.startswith("utf")
        self._tick, self._cross, self._arrow = ("✓", "✗", "→") if utf8 else ("ok", "!!", "->")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a spinner while the block runs, then a tick or a cross, and the duration.

        Args:
            title (str): The step, in a few words.
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
        """Like `step`, for a block that prints by itself: the title appears above its output instead of a spinner.

        Args:
            title (str): The step, in a few words.
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

    def table(self, title: str, table: Table) -> None:
        """Print a table below its title."""
        self.show(Text(title, style="bold"))
        self.console.print(table)

    def error(self, error: LocalCloudError) -> None:
        """Print an error in red, the hint, and the end of the log."""
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


def outputs_table(outputs: Sequence[Mapping[str, str]]) -> Table:
    """Return a table of a stack's outputs, as DescribeStacks returns them."""
    table = _table("Output", "Value")
    for output in outputs:
        table.add_row(output["OutputKey"], output["OutputValue"])
    return table


def contexts_table(contexts: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of an engagement's contexts, as GetEngagement returns them."""
    table = _table("Context", "Field", "Value")
    for context in contexts:
        name = f"{context['Id']}  {context['Type']}"
        for field, value in _leaves(context["Payload"][context["Type"]]):
            table.add_row(name, field, value)
            name = ""
        table.add_section()
    return table


def _table(*columns: str) -> Table:
    table = Table(header_style="cyan")
    *first, last = columns
    for column in first:
        table.add_column(column, no_wrap=True)
    table.add_column(last, overflow="fold")
    return table


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _leaves(item, f"{path}[{position}]")
    elif isinstance(value, datetime):
        yield path, value.isoformat().replace("+00:00", "Z")
    else:
        yield path, str(value)
