"""The rules for prose in scripts/prose.json report what they are for, and nothing in code."""

import os
import subprocess
from pathlib import Path

import pytest

from cdk_partnercentral_local.cloud._environment import node_folder

ROOT = Path(__file__).parents[2]


def linted(text: str, folder: Path) -> str:
    (folder / "page.md").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [ROOT / "node_modules/.bin/textlint", "--config", ROOT / "scripts/prose.json", "--format", "unix", folder],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (done.stdout == ""), done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("The values are held against the model.", "use “compared with”"),
        ("You may read the stack.", "can, might or must"),
        ("| what |\n| --- |\n| beside the table |", "use “next to”"),
        ("## Cancelled", "use “Canceled”"),
        (f"A sentence {'with more and more words ' * 10}.", "sentence length"),
    ],
)
def test_a_rule_reports_what_it_is_for(text: str, reported: str, tmp_path: Path) -> None:
    assert reported in linted(text, tmp_path)


def test_code_and_messages_are_not_prose(tmp_path: Path) -> None:
    message = f"`[ENGAGEMENT_FULL] {'The engagement is full and may stay. ' * 10}`"

    assert linted(f"Use `may`.\n\n```sh\nmay stay beside\n```\n\n{message}\n", tmp_path) == ""
