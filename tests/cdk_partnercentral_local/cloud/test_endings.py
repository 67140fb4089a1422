"""No process of a local cloud is left running, however the process that started it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Marked

pytestmark = pytest.mark.cloud

_VICTIM = Path(__file__).with_name("victim.py")


def start(ending: str, marked: Marked, folder: Path) -> subprocess.Popen[str]:
    """Start a process with a local cloud, and return when a Lambda function runs in it."""
    command = (sys.executable, str(_VICTIM), ending, str(folder))
    process = marked.start(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("ending", ["return", "exception"])
def test_no_process_is_left_after_the_with_block(ending: str, marked: Marked, tmp_path: Path) -> None:
    process = start(ending, marked, tmp_path)

    _, errors = process.communicate(timeout=20)

    assert process.returncode == (1 if ending == "exception" else 0)
    assert errors == "" if ending == "return" else errors.endswith("RuntimeError: as requested\n")
    assert marked.processes(within=0) == []
    assert marked.files() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_after_a_signal(number: signal.Signals, marked: Marked, tmp_path: Path) -> None:
    process = start("wait", marked, tmp_path)
    running = marked.processes(within=0)

    process.send_signal(number)
    process.communicate(timeout=20)

    assert process.returncode == -number
    assert any("hypercorn" in command for command in running), running
    assert any("_worker.py" in command for command in running), running
    assert marked.processes() == []


def test_the_cdk_cli_and_the_app_end_when_the_process_is_killed(marked: Marked, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "touch started && sleep 600"}')
    process = start("deploy", marked, tmp_path)
    deadline = time.monotonic() + 30
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    running = marked.processes(within=0)

    process.kill()
    process.communicate(timeout=20)

    assert any("sleep 600" in command for command in running), running
    assert marked.processes() == []
