"""What stands in the documentation is what was measured, and nothing was written into it by hand."""

import json
from pathlib import Path

import pytest

from benchmarks import page

ROOT = Path(__file__).parents[2]
WRITTEN = page.files(json.loads((ROOT / page.FIGURES).read_text()))


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_documentation_says_what_the_figures_say(name: str) -> None:
    assert (ROOT / name).read_text() == WRITTEN[name]
