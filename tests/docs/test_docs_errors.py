"""The page of errors is true: every row of its tables is a run of the function, and so is its log."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lambda_handler import logs
from lambda_handler.reasons import CODES
from tests.docs.blocks import blocks
from tests.docs.failures import FAILURES, log_of_a_create, shown
from tests.docs.site import Page
from tests.lambda_handler.process.harness import Cloud

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/errors.md"
LEVELS = {"info": "INFO", "warning": "WARN", "error": "ERROR"}


@pytest.fixture(scope="module")
def texts(start: Callable[..., Cloud]) -> Iterator[dict[str, "Future[str]"]]:
    """The text of each failure. They run in three clouds at the same time, because they mostly wait."""
    with ExitStack() as stack:
        lanes = [(stack.enter_context(start()), stack.enter_context(ThreadPoolExecutor(1))) for _ in range(3)]
        submitted = {}
        for place, name in enumerate(FAILURES):
            # The one that waits longest has a cloud of its own.
            cloud, pool = lanes[0 if name == "no-response" else 1 + place % 2]
            submitted[name] = pool.submit(shown, name, cloud, start)
        yield submitted


@pytest.fixture(scope="module")
def rows(pages: dict[str, Page]) -> dict[str, list[str]]:
    """The rows about a failure, by their anchors."""
    return {row.anchor: row.cells for row in pages["reference/errors/index.html"].rows if row.anchor}


def test_every_failure_has_a_row_and_every_row_is_a_failure(rows: dict[str, list[str]]) -> None:
    assert rows.keys() == FAILURES.keys()


def test_every_code_has_a_row(rows: dict[str, list[str]]) -> None:
    codes = {found[1] for _, seen, _ in rows.values() if (found := re.match(r"\[([A-Z_]+)\] ", seen))}
    assert codes == set(CODES)


@pytest.mark.parametrize("name", FAILURES)
def test_a_row_has_the_text_of_the_run_and_what_to_do(
    rows: dict[str, list[str]], texts: dict[str, "Future[str]"], name: str
) -> None:
    _, seen, todo = rows[name]

    assert quoted(name, seen) == texts[name].result()
    assert len(todo) > 8


def quoted(name: str, cell: str) -> str:
    """Return what a cell quotes: the whole cell, except where the quote is from the log."""
    if name != "not-delivered":
        return cell
    return cell.removeprefix("In the function's log: ").partition(". Lambda runs")[0]


def test_the_log_is_as_the_page_shows_it(start: Callable[..., Cloud]) -> None:
    [example] = [json.loads(block.text) for block in blocks(PAGE) if block.title == "a line of the log"]
    with start() as cloud:
        lines = log_of_a_create(cloud)

    assert list(example) == ["timestamp", "level", "message", *(name for name in logs.FIELDS if name in example)]
    [line] = [line for line in lines if line["message"] == example["message"]]
    assert {**line, **_random(example)} == example
    assert line.keys() == example.keys()


def _random(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("timestamp", "request_id", "milliseconds")}


def test_every_message_of_the_log_is_described_with_its_level(pages: dict[str, Page]) -> None:
    sources = [path.read_text() for path in sorted((ROOT / "lambda_handler").rglob("*.py"))]
    calls = [call for text in sources for call in re.findall(r"logs\.(info|warning|error)\(([^,)]+)", text)]
    # The lifecycle passes these on to its one line.
    passed_on = [re.findall(r'(?:_managed\(.*,|decision =) "([a-z ]+)"', text) for text in sources]
    calls += [("info", f'"{message}"') for messages in passed_on for message in messages]
    calls.remove(("info", "decision"))
    levels: dict[str, set[str]] = {}
    for function, message in calls:
        levels.setdefault(json.loads(message), set()).add(LEVELS[function])

    rows = [
        row for row in pages["reference/errors/index.html"].rows if row.section == "the-functions-log" and row.cells
    ]

    assert {"created", "adopted", "imported", "repeated", "retry"} <= levels.keys()
    assert {row.cells[0]: set(row.cells[1].split(", ")) for row in rows} == levels
    assert len(rows) == len(levels)
