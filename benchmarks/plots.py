"""Draws bars as SVG, in the site's own style: no colour is written here, so that they follow its light and dark.

One small picture needs no plotting library, and the same figures give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, LEFT, WIDTH, BAR = 36, 240, 300, 24


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line of a plot.

    Attributes:
        label: Whose it is.
        parts: Lengths that follow one another.
        text: What is written beside it.
        ours: Whether it is this library's.
    """

    label: str
    parts: Sequence[float]
    text: str
    ours: bool = False


def plot(name: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """Return a plot.

    Args:
        name: What its elements are called by.
        title: What it shows.
        description: The same for who cannot see it, with every figure.
        bars: From above to below.
    """
    longest = max(sum(bar.parts) for bar in bars) or 1
    height = ROW * len(bars) + 8
    size = f'viewBox="0 0 640 {height}" style="max-width: 704px"'
    lines = [
        f'<svg class="diagram" {size} role="img" aria-labelledby="{name}-title {name}-desc">',
        f'  <title id="{name}-title">{escape(title)}</title>',
        f'  <desc id="{name}-desc">{escape(description)}</desc>',
    ]
    for number, bar in enumerate(bars):
        top, left = 8 + ROW * number, float(LEFT)
        lines.append(f'  <g class="{"who" if bar.ours else "bar"}">')
        for part in bar.parts:
            length = WIDTH * part / longest
            lines.append(f'    <rect x="{left:.1f}" y="{top}" width="{length:.1f}" height="{BAR}"/>')
            left += length
        lines.append("  </g>")
        lines.append(f'  <text class="label" x="8" y="{top + 18}">{escape(bar.label)}</text>')
        lines.append(f'  <text class="label" x="{left + 8:.1f}" y="{top + 18}">{escape(bar.text)}</text>')
    return "\n".join([*lines, "</svg>", ""])
