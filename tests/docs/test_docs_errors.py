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
PAGE = ROOT / "docs" / "errors.md"


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
    return {row.anchor: row.cells for row in pages["errors/index.html"].rows if row.anchor}


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

    assert example.keys() <= set(logs.FIELDS)
    [line] = [line for line in lines if line["decision"] == example["decision"]]
    assert {**line, **_random(example)} == example
    assert line.keys() == example.keys()


def _random(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("request_id", "milliseconds")}


def test_every_decision_of_the_log_is_described(pages: dict[str, Page]) -> None:
    sources = [path.read_text() for path in sorted((ROOT / "lambda_handler").rglob("*.py"))]
    decisions = {word for text in sources for word in re.findall(r'decision ?= ?"([^"]+)"', text)}
    # The lifecycle passes these on to its one line.
    decisions |= {word for text in sources for word in re.findall(r'_managed\(.*, "([a-z ]+)"', text)}

    rows = [row for row in pages["errors/index.html"].rows if row.section == "the-functions-log" and row.cells]

    assert {"created", "adopted", "imported", "replayed", "repeated", "retry"} <= decisions
    assert sorted(row.cells[0] for row in rows) == sorted(decisions)
