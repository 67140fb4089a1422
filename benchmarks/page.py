"""Puts results into the documentation: the page, its plots, and the figures as JSON."""

import json
from pathlib import Path
from typing import Any

from benchmarks import tables
from benchmarks.work import HERE

FIGURES = "assets/benchmarks.json"


def write(results: dict[str, Any], docs: Path) -> None:
    """Write everything below a folder."""
    drawn = tables.plots(results)
    files = {
        "benchmarks.md": _page(results, {name: f'--8<-- "docs/_diagrams/{name}"' for name in drawn}),
        FIGURES: json.dumps(results, indent=2) + "\n",
        **{f"_diagrams/{name}": content for name, content in drawn.items()},
    }
    for name, content in files.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


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
