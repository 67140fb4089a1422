"""The terminal output of the command: numbered steps with a progress bar, errors, and tables.

If standard output is not a terminal, the command prints plain lines only.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from cdk_partnercentral_local.cloud import LocalCloudError

# Partner Central's response to GetEngagement, by engagement ID.
Engagements: TypeAlias = Mapping[str, Mapping[str, Any]]
# Sets the length of a step's progress bar: the number of finished resources, and of all resources.
Count: TypeAlias = Callable[[int, int], None]

# The names of a member of a payload and of the members that contain it, from the outside in.
Path: TypeAlias = tuple[str, ...]

WIDTH = 80


class Progress:
    """Print the progress of a task that has several steps.

    Args:
        console (Console): The console to print to.
        steps (int): The number of steps.
    """

    def __init__(self, console: Console, steps: int) -> None:
        self.console = console
        self._steps = steps
        self._step = 0
        utf8 = console.encoding.startswith("utf")
        self._tick, self._cross = ("✓", "✗") if utf8 else ("ok", "!!")

    @contextmanager
    def step(self, title: str) -> Iterator[Count | None]:
        """Show a progress bar while the `with` block runs, and then the result (a tick or a cross) with the duration.

        Args:
            title (str): A short description of the step.

        Yields:
            A function that sets the length of the progress bar, which pulses until the first call. None without a terminal.
        """
        self._step += 1
        name = f"[{self._step}/{self._steps}] {title}"
        started = time.monotonic()
        is_terminal = self.console.is_terminal
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=16))
        with Bar(*columns, console=self.console, transient=True, disable=not is_terminal) as bar:
            task = bar.add_task(name, total=None)
            try:
                yield (lambda done, total: bar.update(task, completed=done, total=total)) if is_terminal else None
            except BaseException:
                bar.stop()
                self._line(self._cross, "red", name, started)
                raise
        self._line(self._tick, "green", name, started)

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


def contexts_table(engagement: str, deployments: Mapping[str, Engagements]) -> Table:
    """Return a table of an engagement's contexts after each deployment.

    Values that a deployment changed have an asterisk. If it did not change a value, the cell is empty.

    Args:
        engagement (str): The engagement ID.
        deployments (Mapping[str, Mapping]): The engagements after each deployment, by the title of the column.
    """
    table = _table("Context", "Field", *deployments)
    table.columns[1].no_wrap = True
    states = [_payloads(engagements.get(engagement)) for engagements in deployments.values()]
    for context_id, (type_, _) in states[-1].items():
        # The state before the first deployment is empty.
        leaves = [{}, *(dict(_leaves(state[context_id][1])) if context_id in state else {} for state in states)]
        steps = list(itertools.pairwise(leaves))
        table.add_row(context_id, Text(type_, style="bold"), *(_result(before, now) for before, now in steps))
        shown: set[Path] = set()
        for path in dict.fromkeys(path for each in leaves for path in each):
            for parent in (path[:depth] for depth in range(1, len(path))):
                if parent not in shown:
                    table.add_row("", _indented(parent))
                shown.add(parent)
            table.add_row("", _indented(path), *(_value(path, before, now) for before, now in steps))
        table.add_section()
    return table


def _payloads(engagement: Mapping[str, Any] | None) -> dict[str, tuple[str, Any]]:
    """Return the Type and the payload of each context, by context ID."""
    contexts = engagement["Contexts"] if engagement else ()
    return {each["Id"]: (each["Type"], each["Payload"][each["Type"]]) for each in contexts}


def _result(before: Mapping[Path, str], now: Mapping[Path, str]) -> Text:
    """Return what a deployment did with the context of a row."""
    if before == now:
        return Text("unchanged" if now else "", style="dim")
    return Text("updated in place", style="yellow") if before else Text("created", style="green")


def _value(path: Path, before: Mapping[Path, str], now: Mapping[Path, str]) -> Text:
    if before.get(path) == now.get(path):
        return Text()
    if not before:
        return Text(now[path])
    return Text(f"* {now.get(path, 'removed')}", style="bold yellow")


def _indented(path: Path) -> str:
    return "  " * (len(path) - 1) + path[-1]


def _table(*columns: str) -> Table:
    table = Table(header_style="cyan", box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    first, *others = columns
    table.add_column(first, no_wrap=True)
    for column in others:
        table.add_column(column, overflow="fold")
    return table


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path[:-1], f"{path[-1]}[{place}]"))
    else:
        yield path, str(value)
