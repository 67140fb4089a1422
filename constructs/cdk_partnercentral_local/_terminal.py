"""The terminal output of the command: progress with a spinner, errors, and tables of stack outputs and contexts.

If standard output is not a terminal, the command prints plain lines only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cdk_partnercentral_local.cloud import LocalCloudError


class Progress:
    """Print the progress of a task that has several steps.

    Args:
        console (Console): The console to print to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        utf8 = console.encoding.startswith("utf")
        self._tick, self._cross, self._arrow = ("✓", "✗", "→") if utf8 else ("ok", "!!", "->")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a spinner while the `with` block runs, and then the result (a tick or a cross) with the duration.

        Args:
            title (str): A short description of the step.
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
        """Show a step whose `with` block prints output. The title appears above the output, and there is no spinner.

        Args:
            title (str): A short description of the step.
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
        """Print tables and texts, with an empty line before each of them."""
        for thing in things:
            self.console.print()
            self.console.print(thing, soft_wrap=isinstance(thing, str))

    def table(self, title: str, table: Table) -> None:
        """Print a table below its title."""
        self.show(Text(title, style="bold"))
        self.console.print(table)

    def error(self, error: LocalCloudError) -> None:
        """Print the message of an error in red, followed by its hint and its log, if any."""
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
    """Return a table of a stack's outputs. The argument has the format of `Outputs` in a DescribeStacks response."""
    table = _table("Output", "Value")
    for output in outputs:
        table.add_row(output["OutputKey"], output["OutputValue"])
    return table


def contexts_table(contexts: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of an engagement's contexts. The argument has the format of `Contexts` in a GetEngagement response."""
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
    else:
        yield path, str(value)
