"""The page and its plots contain the published figures."""

import json
from typing import Any

import pytest

from benchmarks import plots, report
from benchmarks.__main__ import PAGE, PLOTS, RESULTS


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    published: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return published


def test_the_page_is_made_of_the_published_figures(results: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == report.page(results)


def test_the_plots_are_made_of_the_published_figures(results: dict[str, Any]) -> None:
    drawings = {drawing.name: drawing.svg() for drawing in plots.plots(results)}

    assert {path.stem: path.read_text(encoding="utf-8") for path in PLOTS.iterdir()} == drawings


def test_a_bar_is_as_high_as_its_value() -> None:
    drawing = plots.bars("name", "Title", {"a": {"ours": 50, "plain": 100}}, x="things", y="seconds", step=50)

    assert [part.split('height="')[1].split('"')[0] for part in drawing.parts if 'width="34"' in part] == [
        "110.0",
        "220.0",
    ]
    assert [
        label for label in ("Title", "things", "seconds", "0", "50", "100") if f">{label}</text>" not in drawing.svg()
    ] == []
