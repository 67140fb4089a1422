"""Puts results into the documentation: the page, its plots, the figures as JSON, and the README's table of targets."""

import json
from pathlib import Path
from typing import Any

from benchmarks import tables
from benchmarks.work import HERE, ROOT

FIGURES = "docs/assets/benchmarks.json"
BEGIN, END = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"


def files(results: dict[str, Any]) -> dict[str, str]:
    """Return everything that is written, by its path in the repository."""
    drawn = tables.plots(results)
    return {
        "docs/benchmarks.md": _page(results, {name: f'--8<-- "docs/_diagrams/{name}"' for name in drawn}),
        FIGURES: json.dumps(results, indent=2) + "\n",
        "README.md": _readme(results),
        **{f"docs/_diagrams/{name}": content for name, content in drawn.items()},
    }


def write(results: dict[str, Any], root: Path) -> None:
    """Write everything below a folder."""
    for name, content in files(results).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _readme(results: dict[str, Any]) -> str:
    before, _, rest = (ROOT / "README.md").read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    return "".join([before, BEGIN, tables.target_table(results), "\n", end, after])


def _page(results: dict[str, Any], drawn: dict[str, str]) -> str:
    parameters, template = results["parameters"], results["template"]
    return (
        (HERE / "page.md")
        .read_text(encoding="utf-8")
        .format(
            machine=results["machine"],
            date=results["date"],
            python=results["machine"].split()[-1],
            targets=tables.target_table(results),
            functions=tables.function_table(results),
            crowd=tables.crowd_table(results),
            ways=tables.way_table(results),
            cold_plot=drawn["bench-cold.svg"],
            memory_plot=drawn["bench-memory.svg"],
            crowd_plot=drawn["bench-crowd.svg"],
            crowd_size=parameters["crowd"],
            aws_by_resources=template["contexts by resources"]["aws"],
            aws_by_policies=template["contexts by inline policies"]["aws"],
            **{name: parameters[name] for name in ("runs", "crowd_rounds", "few", "many", "synthesis")},
        )
    )
