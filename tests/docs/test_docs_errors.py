"""The page of errors is true: every message is one of a run of the function, and so is its log."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_local.cloud._environment import node_folder
from lambda_handler import logs
from lambda_handler.reasons import CODES
from tests.docs.blocks import blocks
from tests.docs.failures import FAILURES, log_of_a_create, shown
from tests.docs.site import Page
from tests.lambda_handler.process.harness import Cloud

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/errors.md"
# Five contexts leave no room for AWS's own.
WARNED = """
from aws_cdk import Annotations, App, Stack
from cdk_partnercentral import Engagement

app = App()
engagement = Engagement(Stack(app, "Deals"), "Acme", catalog="Sandbox", title="Acme migration")
for number in range(5):
    engagement.add_context(f"Context{number}", payload={"CustomerAccount": {"Customer": {"CompanyName": f"Acme {number}"}}})
Annotations.of(engagement).acknowledge_warning("ID")
app.synth()
"""
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


def entries() -> dict[str, list[str]]:
    """Return the messages that the page shows, by the anchor of their heading. The page shows each in one code span."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(r"^### .*\{ #(\w+) \}$|^## .*$", text, flags=re.MULTILINE)
    return {
        anchor: [" ".join(span.split()) for span in re.findall(r"(?:^|: )`([^`]{30,})`$", part, re.MULTILINE)]
        for anchor, part in zip(parts[1::2], parts[2::2], strict=True)
        if anchor
    }


def test_every_code_is_a_heading_with_its_message() -> None:
    shown = entries()

    assert [code for code in CODES if not shown.get(code)] == []
    for anchor, messages in shown.items():
        assert [each for each in messages if not each.startswith((f"[{anchor}] ", f"{anchor}: "))] == []


def test_every_code_has_a_permalink_and_something_to_do(pages: dict[str, Page]) -> None:
    page = pages["reference/errors/index.html"]
    text = PAGE.read_text(encoding="utf-8")

    headings = re.findall(r"^### (\S+) \{ #(\w+) \}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)

    assert {f"#{anchor}" for _, anchor, _ in headings} <= set(page.links)
    assert [title for title, anchor, _ in headings if title != anchor] == []
    assert [title for title, _, entry in headings if len(re.findall(r"\*\*What\s+to\s+do:\*\*", entry)) != 1] == []


def test_every_entry_has_the_same_shape() -> None:
    """The messages of a code come first, then its cause, then what to do. A warning or note has one paragraph for all."""
    text = PAGE.read_text(encoding="utf-8")
    entries = re.findall(r"^### (\w+) \{[^\n]*\n\n(.*?)\n*(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(entries) > 40

    for name, entry in entries:
        kinds = re.sub(r"(\w)\1+", r"\1", "".join(kind_of(each) for each in re.split(r"\n\n+", entry)))
        assert kinds == ("MCD" if name in (*CODES, "NotDeliveredError") else "S"), name


def kind_of(paragraph: str) -> str:
    """Return M for a message, D for what to do, S for a paragraph about synthesis, and C for a cause."""
    if re.search(r"(?:^|: )`[^`]{30,}`\Z", paragraph):
        return "M"
    if paragraph.startswith("**What to do:**"):
        return "D"
    return "S" if re.match(r"(?:Warning|Note)\. [\s\S]*\*\*What\s+to\s+do:\*\*", paragraph) else "C"


def run_cdk(folder: Path, acknowledged: str) -> str:
    """Synthesize an app with a warning, and acknowledge a warning; return what the CDK CLI prints."""
    (folder / "app.py").write_text(WARNED.replace("ID", acknowledged))
    node = node_folder()
    assert node
    done = subprocess.run(
        [ROOT / "node_modules/.bin/cdk", "synth", "--quiet", "--app", f"{sys.executable} app.py"],
        cwd=folder,
        env={**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.slow
def test_the_cli_prints_the_id_of_a_warning_with_a_prefix_that_is_not_acknowledged(tmp_path: Path) -> None:
    page = " ".join(PAGE.read_text().split())
    [quoted] = re.findall(r"`(Acknowledge with '[^']+')`", page)
    [(called, _)] = re.findall(r'`Annotations\.of\(construct\)\.acknowledge_warning\("([\w:-]+)"(\))`', page)

    assert quoted == f"Acknowledge with 'Annotation::{called}'"
    assert quoted in run_cdk(tmp_path, f"Annotation::{called}")
    assert called not in run_cdk(tmp_path, called)


def test_every_warning_and_note_of_synthesis_is_a_heading() -> None:
    sources = (ROOT / "constructs/cdk_partnercentral").rglob("*.py")
    in_code = {id_ for path in sources for id_ in re.findall(r"\"cdk-partnercentral:(\w+)", path.read_text())}

    assert len(in_code) > 8
    assert in_code - entries().keys() == set()


@pytest.mark.parametrize("name", FAILURES)
def test_the_page_shows_the_message_of_each_failure(texts: dict[str, "Future[str]"], name: str) -> None:
    """A message is shown whole, or without Partner Central's response, or up to an ellipsis."""
    message = texts[name].result()
    shown = entries()[name_of(message)]

    allowed = {message, re.split(r" Response(?: \(|:)", message)[0]}

    assert [each for each in shown if each in allowed or (each[-1] == "…" and message.startswith(each[:-1]))], message


def name_of(message: str) -> str:
    return re.split(r"\W+", message.lstrip("["))[0]


def test_the_page_shows_no_message_that_no_failure_has(texts: dict[str, "Future[str]"]) -> None:
    messages = [text.result() for text in texts.values()]

    for beginning in (each.removesuffix("…") for lines in entries().values() for each in lines):
        assert any(message.startswith(beginning) for message in messages), beginning


def test_the_page_quotes_the_reason_of_a_denial_for_good(texts: dict[str, "Future[str]"]) -> None:
    [quoted] = re.findall(r"`(reason \w+)`", PAGE.read_text())

    assert f"Response ({quoted}, " in texts["denied-for-good"].result()


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
