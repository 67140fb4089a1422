"""The same commit, the same bytes: two builds in other circumstances are compared, and a difference is told."""

import sys
from pathlib import Path

import pytest

from scripts import reproducible
from tests.packaging.conftest import ROOT, run


def test_two_builds_in_other_circumstances_have_the_same_bytes() -> None:
    told = run(sys.executable, "-m", "scripts.reproducible", folder=ROOT)
    lines = [line.split("  ") for line in told.splitlines() if line[:64].isalnum()]
    assert [name.rpartition("/")[2].partition("-")[0] for _, name in lines] == [
        "cdk_partnercentral",
        "cdk_partnercentral",
        "function.zip",
    ]


def test_a_difference_is_told_by_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def build(circumstances: reproducible.Circumstances, within: Path) -> dict[str, str]:
        del within
        return {"function.zip": f"made with umask {circumstances.umask:o}", "wheel": "the same"}

    monkeypatch.setattr(reproducible, "build", build)
    assert reproducible.main() == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "made with umask 22 and made with umask 77: NOT THE SAME  function.zip"
    assert told[1] == "the same  wheel"
