"""The page on errors says what the function says: each row of its tables is a run, and so is its log."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lambda_handler import logs
from tests.docs.blocks import blocks
from tests.docs.failures import STORIES, log_of_a_create, tell
from tests.docs.site import Page
from tests.lambda_handler.process.harness import Cloud

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "errors.md"


@pytest.fixture(scope="module")
def told(start: Callable[..., Cloud]) -> Iterator[dict[str, "Future[str]"]]:
    """What each story comes to, a few at a time: most of a story is waiting."""
    # The longest ones first.
    names = sorted(STORIES, key=lambda name: name not in {"no-answer", "out-of-time"})
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield {name: pool.submit(tell, name, start) for name in names}


@pytest.fixture(scope="module")
def rows(pages: dict[str, Page]) -> dict[str, list[str]]:
    """The rows that are about a failure, by their anchors."""
    return {row.anchor: row.cells for row in pages["errors/index.html"].rows if row.anchor}


def test_every_failure_has_a_row_and_every_row_a_run(rows: dict[str, list[str]]) -> None:
    assert rows.keys() == STORIES.keys()


@pytest.mark.parametrize("name", STORIES)
def test_a_row_says_what_the_run_says_and_what_to_do(
    rows: dict[str, list[str]], told: dict[str, "Future[str]"], name: str
) -> None:
    _, seen, todo = rows[name]

    assert spoken(name, seen) == told[name].result()
    assert len(todo) > 10


def spoken(name: str, cell: str) -> str:
    """Return what a cell quotes: all of it, but where the log is quoted, whose cell goes on to CloudFormation."""
    if name != "not-delivered":
        return cell
    return cell.removeprefix("In the function's log: ").partition(". Lambda runs")[0]


def test_the_log_is_as_the_page_shows_it(start: Callable[..., Cloud]) -> None:
    [shown] = [json.loads(block.text) for block in blocks(PAGE) if block.title == "a line of the log"]
    with start() as cloud:
        lines = log_of_a_create(cloud)

    assert shown.keys() <= set(logs.FIELDS)
    [line] = [line for line in lines if line["decision"] == shown["decision"]]
    assert {**line, **_random(shown)} == shown
    assert line.keys() == shown.keys()


def _random(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("request_id", "milliseconds")}


def test_every_decision_of_the_log_is_told_of(pages: dict[str, Page]) -> None:
    sources = [path.read_text() for path in sorted((ROOT / "lambda_handler").glob("*.py"))]
    taken = {word for text in sources for word in re.findall(r'decision="([^"]+)"', text)}
    # The lifecycle hands these on to its one line.
    taken |= {word for text in sources for word in re.findall(r'_outcome\(.*, "([a-z ]+)"\)', text)}

    rows = [row for row in pages["errors/index.html"].rows if row.section == "the-functions-log" and row.cells]

    assert {"created", "adopted", "managed", "try again"} <= taken
    assert sorted(row.cells[0] for row in rows) == sorted(taken)
