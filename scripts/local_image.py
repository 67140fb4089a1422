"""Runs the demo of `make local`, and writes its output as the image in the README: `python -m scripts.local_image`.

The durations are those of the run. Everything else is the same in each run.
"""

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from cdk_partnercentral_local.__main__ import STEPS, run
from cdk_partnercentral_local._terminal import WIDTH, Progress

ROOT = Path(__file__).parents[1]
IMAGE = ROOT / "docs" / "assets" / "local.svg"
# The image has its own dark background, so that it is legible on light and on dark pages.
THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
)
# rich's own format loads a font from the network, which pages such as the README on GitHub do not allow.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>The output of make local: the contexts of an engagement after two deployments</title>
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#161b22"/>
<g transform="translate({terminal_x}, {terminal_x})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Write the image."""
    console = Console(file=io.StringIO(), record=True, width=WIDTH, force_terminal=False, highlight=False)
    console.print("[dim]$[/dim] [bold]make local[/bold]")
    run(Progress(console, STEPS + 2), folder=ROOT, then="stage=agreed")
    image = console.export_svg(theme=THEME, code_format=FORMAT, unique_id="local")
    IMAGE.write_text("\n".join(line.rstrip() for line in image.splitlines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
