"""A part that does not come up is named, with what its log says last; and a part that goes away later too."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cdk_partnercentral_local import LocalCloud, LocalCloudError
from cdk_partnercentral_local.cloud._cdk import find_cli

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Marked

pytestmark = pytest.mark.cloud


@pytest.fixture(autouse=True)
def _temporary_files_in(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(marked.folder))


def test_without_openssl_the_error_says_so(tmp_path: Path, marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LocalCloudError, match="needs the openssl command") as caught, LocalCloud():
        pass

    assert "apt install openssl" in caught.value.hint
    assert marked.files() == []


def test_an_openssl_that_fails_shows_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _openssl(tmp_path, "echo no entropy today; exit 3", monkeypatch)

    with pytest.raises(LocalCloudError, match="could not make a certificate") as caught, LocalCloud():
        pass

    assert caught.value.log == "no entropy today"


def test_a_ministack_that_dies_is_noticed_at_once(
    tmp_path: Path, marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A key that is none ends MiniStack while it starts.
    spoil = 'for word; do case "$before" in -keyout) echo none > "$word";; esac; before=$word; done'
    _openssl(tmp_path, f'{shutil.which("openssl")} "$@"\n{spoil}', monkeypatch)
    started = time.monotonic()

    with pytest.raises(LocalCloudError, match="MiniStack ended with status 1") as caught, LocalCloud(budget=60):
        pass

    assert "SSLError" in caught.value.log
    assert time.monotonic() - started < 20
    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_a_ministack_that_takes_too_long_is_given_up(marked: Marked) -> None:
    with pytest.raises(LocalCloudError, match="MiniStack did not answer within 0 seconds"), LocalCloud(budget=0):
        pass

    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_a_partner_central_that_cannot_listen_is_named(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("no ports left")

    monkeypatch.setattr("cdk_partnercentral_local.cloud._cloud.PartnerCentralServer", refuse)

    with pytest.raises(LocalCloudError, match=r"local Partner Central did not come up: no ports left"), LocalCloud():
        pass

    assert marked.files() == []


def test_a_ministack_that_dies_later_is_named_when_cdk_fails(marked: Marked, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "false"}')

    with LocalCloud() as cloud:
        [ministack] = [
            pid for pid, command in marked.running().items() if "hypercorn" in command and "_guard" not in command
        ]
        os.kill(ministack, signal.SIGKILL)
        with pytest.raises(LocalCloudError, match="MiniStack ended with status 137"):
            cloud.cdk("synth", folder=tmp_path)


def test_without_the_cdk_cli_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(LocalCloudError, match="CDK CLI was not found") as caught:
        find_cli(tmp_path, path=str(tmp_path))

    assert "make setup" in caught.value.hint


def test_the_nearest_cdk_cli_above_the_app_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.touch()
    app = tmp_path / "apps" / "one"
    app.mkdir(parents=True)

    assert find_cli(app, path="") == str(program)


def _openssl(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an `openssl` of our own first on PATH."""
    program = folder / "openssl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
