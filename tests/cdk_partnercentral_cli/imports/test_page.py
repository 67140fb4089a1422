"""The output on the command's page is real, and the page describes every option."""

import re

from typer.testing import CliRunner

from cdk_partnercentral_cli.__main__ import app
from tests.cdk_partnercentral_cli.imports import page


def test_the_page_has_the_output_of_the_command() -> None:
    text = page.PAGE.read_text(encoding="utf-8")

    assert text == page.made(), "run: python -m tests.cdk_partnercentral_cli.imports.page"
    # The list and the two files.
    assert text.count("\ncdk-partnercentral import ") == 3


def test_the_page_describes_every_option() -> None:
    shown = CliRunner().invoke(app, ["import", "--help"]).output
    options = set(re.findall(r"^│ (--[a-z-]+)", shown, re.MULTILINE))
    table = page.PAGE.read_text(encoding="utf-8").partition("## Options")[2].partition("## Permissions")[0]
    first_cells = "".join(line.split(" | ")[0] for line in table.splitlines())

    assert len(options) > 10
    assert options - {"--help"} == set(re.findall(r"`(--[a-z-]+)", first_cells))
