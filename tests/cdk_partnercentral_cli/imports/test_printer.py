"""Printed source: its value, and what ruff and mypy say about it."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cdk_partnercentral_cli._import._printer import Call, Name, Source, camel_case, literal, names, printed, visible
from tests.cdk_partnercentral_cli.imports.engagements import LONG, TEXTS, contexts
from tests.cdk_partnercentral_cli.imports.round_trip import written

ROOT = Path(__file__).parents[3]
RUFF = str(Path(sys.executable).with_name("ruff"))
# Hypothesis's default text has no surrogates.
ANY_TEXT = st.text(st.characters(blacklist_categories=()))
SOURCES: st.SearchStrategy[Any] = st.recursive(
    ANY_TEXT | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)


def ruff(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # Not in the repository, where `constructs` is also the name of a folder.
    command = [RUFF, *options, "--isolated", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def assert_formatted(folder: Path) -> None:
    done = ruff(folder, "format", "--diff")
    assert done.returncode == 0, done.stdout[:3000] + done.stderr


@given(SOURCES)
@example(LONG[0])
@example(LONG[1])
@example({"a": ["b " * 100, {"c": 'd"\n' * 90}]})
def test_printed_source_has_exactly_the_value(source: Source) -> None:
    assert ast.literal_eval(printed(source)) == source


@pytest.mark.parametrize("text", [*TEXTS, *LONG])
def test_a_literal_is_ascii_or_visible_on_one_line(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert len(visible(text).splitlines()) <= 1
    assert visible(text).isprintable()


def test_ruff_changes_nothing_in_printed_values(tmp_path: Path) -> None:
    found: list[Source] = []

    @given(SOURCES)
    def collect(source: Source) -> None:
        found.append(source)

    collect()
    found += [*TEXTS, *LONG, *[f"{'word ' * size}{'x' * (size % 7)}" for size in range(10, 40)]]
    found += [[text, {text: text}] for text in TEXTS]
    for number in range(0, len(found), 20):
        calls = [printed(Call(function="f", keywords={"x": each})) for each in found[number : number + 20]]
        (tmp_path / f"f{number}.py").write_bytes("\n".join(["from m import f\n", *calls, ""]).encode())

    assert len(found) > 100
    assert_formatted(tmp_path)


def test_ruff_and_mypy_accept_generated_files_as_they_are(tmp_path: Path) -> None:
    draw = random.Random(7)  # noqa: S311 - not a secret
    for number in range(20):
        made = contexts(draw, damaged=number % 2 == 0)
        listed = [
            {"Id": str(place), "Type": next(iter(each)), "Payload": each} for place, each in enumerate(made, start=1)
        ]
        response = {"Id": f"eng-{number:014}", "Title": draw.choice(TEXTS), "Contexts": listed}
        # Some engagements have no context.
        others = [{**response, "Id": "eng-0123456789abcd", "Contexts": []}] * (number % 2)
        text = written([*others, response], redact=number % 5 == 0).text
        (tmp_path / f"deals{number}.py").write_bytes(text.encode())

    assert_formatted(tmp_path)
    # The default rules, and the order of imports.
    for rules in ((), ("--select", "I,F,E4,E7,E9,W,UP,B,A,ANN,ICN,PGH")):
        done = ruff(tmp_path, "check", *rules)
        assert done.returncode == 0, done.stdout[:3000] + done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[:3000]


def test_names_are_those_to_import() -> None:
    inner = Call(function="C", keywords={"d": "e"})
    source = Call(function="Lead", positional=[Name("scope")], keywords={"a": [{"b": inner}, Name("F.G")]})

    assert list(names(source)) == ["Lead", "scope", "C", "F"]


@pytest.mark.parametrize(
    ("text", "word"), [("Acme migration", "AcmeMigration"), ("3rd wave (EU)", "3rdWaveEU"), ("漢字", "")]
)
def test_camel_case(text: str, word: str) -> None:
    assert camel_case(text) == word
