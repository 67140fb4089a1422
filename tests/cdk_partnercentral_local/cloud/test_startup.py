"""A part that does not start, or that ends later, is reported with its name and the end of its log."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cdk_partnercentral_local import LocalCloud, LocalCloudError
from cdk_partnercentral_local.cloud import Certificate, find_cli, make_certificate

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Marked

pytestmark = pytest.mark.cloud


@pytest.fixture(autouse=True)
def _temporary_files_in(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(marked.folder))


@pytest.mark.parametrize("package", ["ministack", "trustme"])
def test_a_missing_package_of_the_extra_is_named(package: str, marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(LocalCloudError, match=f"does not contain {package}") as caught, LocalCloud():
        pass

    assert "cdk-partnercentral[local]" in caught.value.hint
    assert marked.files() == []


def test_a_ministack_that_ends_while_it_starts_is_reported_at_once(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_invalid_key(folder: Path) -> Certificate:
        certificate = make_certificate(folder)
        certificate.key.write_text("not a key")
        return certificate

    monkeypatch.setattr("cdk_partnercentral_local.cloud._ministack.make_certificate", with_invalid_key)
    started = time.monotonic()

    with pytest.raises(LocalCloudError, match="MiniStack ended with status 1") as caught, LocalCloud(timeout=60):
        pass

    assert "SSLError" in caught.value.log
    assert time.monotonic() - started < 20
    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_a_ministack_that_does_not_respond_in_time_is_stopped(marked: Marked) -> None:
    with pytest.raises(LocalCloudError, match="MiniStack did not respond within 0 seconds"), LocalCloud(timeout=0):
        pass

    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_a_ministack_that_ends_later_is_reported_when_cdk_fails(marked: Marked, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "false"}')

    with LocalCloud() as cloud:
        [ministack] = [
            pid for pid, command in marked.running().items() if "hypercorn" in command and "_guard" not in command
        ]
        os.kill(ministack, signal.SIGKILL)
        with pytest.raises(LocalCloudError, match="MiniStack ended with status 137"):
            cloud.cdk("synth", folder=tmp_path)


def test_without_the_cdk_cli_the_error_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exists = Path.exists
    # A folder above the temporary folder can contain a CDK CLI.
    monkeypatch.setattr(Path, "exists", lambda path: path.is_relative_to(tmp_path) and exists(path))

    with pytest.raises(LocalCloudError, match="CDK CLI was not found") as caught:
        find_cli(tmp_path, path=str(tmp_path))

    assert "make setup" in caught.value.hint


def test_the_nearest_cdk_cli_above_the_app_is_used(tmp_path: Path) -> None:
    program = tmp_path / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.touch()
    app = tmp_path / "apps" / "one"
    app.mkdir(parents=True)

    assert find_cli(app, path="") == str(program)
