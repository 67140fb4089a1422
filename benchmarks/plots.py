"""Draw the plots of docs/operations/benchmarks.md, as the diagrams of the documentation are drawn."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.report import TITLES
from scripts.diagrams import Drawing

LEFT, RIGHT, TOP, HEIGHT = 70, 516, 112, 220  # the edges of the plot's area
KINDS = {"ours": "start", "plain": "step", "aws": "ask"}


def bars(
    name: str,
    title: str,
    groups: dict[str, dict[str, float]],
    *,
    x: str,
    y: str,
    step: float,
) -> Drawing:
    """Draw groups of vertical bars.

    Args:
        name: The name of the file.
        title: The title, which the plot shows.
        groups: For each group, its label and the value of each function.
        x: What the groups are.
        y: What the values are, with their unit.
        step: The distance of two marks on the axis.

    Returns:
        The drawing, with the values in its description.
    """
    top = step * math.ceil(max(value for group in groups.values() for value in group.values()) / step)
    values = "; ".join(
        f"{label}: " + ", ".join(f"{TITLES[each]} {value:.0f}" for each, value in group.items())
        for label, group in groups.items()
    )
    drawing = Drawing(name, title, f"Bars. {y}, by {x}. {values}.", width=540, height=406)
    drawing.text(title, 16, 30, "strong left")
    for x_legend, (each, kind) in zip((16, 206, 350), KINDS.items(), strict=True):
        drawing.parts.append(f'<rect class="{kind}" x="{x_legend}" y="46" width="16" height="16" rx="3"/>')
        drawing.text(TITLES[each], x_legend + 22, 59, "label left")
    drawing.text(y, 16, 92, "label left")
    bottom = TOP + HEIGHT
    for number in range(round(top / step) + 1):
        height = bottom - number * step / top * HEIGHT
        drawing.line(f"M{LEFT} {height:g}H{RIGHT}", "line" if number == 0 else "faint")
        drawing.text(f"{number * step:g}", LEFT - 8, height + 5, "label right")
    width = (RIGHT - LEFT) / len(groups)
    for number, (label, group) in enumerate(groups.items()):
        middle = LEFT + width * (number + 0.5)
        drawing.text(label, middle, bottom + 24, "label")
        for place, (each, value) in enumerate(group.items()):
            left = middle + 40 * (place - len(group) / 2) + 3
            height = value / top * HEIGHT
            drawing.parts.append(
                f'<rect class="{KINDS[each]}" x="{left:g}" y="{bottom - height:.1f}" width="34" height="{height:.1f}" rx="3"/>'
            )
            drawing.text(f"{value:.0f}", left + 17, bottom - height - 6, "label")
    drawing.text(x, (LEFT + RIGHT) / 2, bottom + 52, "label")
    return drawing


def plots(results: dict[str, Any]) -> Iterator[Drawing]:
    """Yield the plots of complete results."""
    medians, rates = results["cold"]["medians"], results["parameters"]["rates"]
    yield bars(
        "cold-create",
        "Duration of a cold Create",
        {
            "until it is ready": {each: 1000 * medians[each]["ready"] for each in KINDS},
            "until the response": {each: 1000 * medians[each]["answered"] for each in KINDS},
        },
        x="median of the rounds, in a plain process",
        y="milliseconds",
        step=100,
    )
    crowd = results["parameters"]["crowd"]
    yield bars(
        "crowd",
        f"{crowd} contexts deployed at the same time",
        {str(rate): {each: results["crowd"][each][str(rate)]["succeeded"] for each in KINDS} for rate in rates},
        x="limit of the service: writes per second",
        y="contexts created",
        step=crowd / 5,
    )


def write(results: dict[str, Any], folder: Path) -> None:
    """Write the plots into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for drawing in plots(results):
        (folder / f"{drawing.name}.svg").write_text(drawing.svg(), encoding="utf-8")
