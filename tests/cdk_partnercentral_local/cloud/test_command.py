"""`python -m cdk_partnercentral_local`, which is what `make local` runs."""

from __future__ import annotations

import json
import os
import shlex
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

_ROOT = Path(__file__).parents[3]
_TEST_APP = Path(__file__).with_name("app") / "app.py"
_COMMAND = (sys.executable, "-m", "cdk_partnercentral_local")


@pytest.fixture(autouse=True)
def _cdk_cli_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The apps outside the repository find the CDK CLI as a user's would."""
    monkeypatch.setenv("PATH", str(_ROOT / "node_modules" / ".bin"), prepend=os.pathsep)


def run(folder: Path, marked: Marked, *options: str) -> tuple[int, str]:
    """Run the command to its end; return its status and what it printed."""
    process = marked.start(*_COMMAND, *options, folder=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed, _ = process.communicate(timeout=300)
    return process.returncode, printed


@pytest.mark.parametrize("time_of_running", ["first", "second"])
def test_the_demo_shows_outputs_and_both_contexts(time_of_running: str, marked: Marked) -> None:
    started = time.monotonic()

    status, printed = run(_ROOT, marked)

    assert status == 0, printed
    assert time.monotonic() - started < 60
    assert marked.processes(within=0) == []
    assert marked.files() == []
    lines = [line for line in printed.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    outputs = {cell[0]: cell[1] for cell in cells if cell[0].endswith("ContextId")}
    contexts = {tuple(cell[0].split()) for cell in cells if cell[0].endswith(("CustomerProject", "Lead"))}
    assert set(outputs) == {"MigrationContextId", "LeadContextId"}
    assert contexts == {(outputs["MigrationContextId"], "CustomerProject"), (outputs["LeadContextId"], "Lead")}
    assert ["", "Customer.CompanyName", "Harbour Lane Books"] in cells
    assert ["", "Interactions[0].InteractionDate", "2026-11-05T09:30:00Z"] in cells
    assert "\x1b" not in printed, "colours and spinners are for terminals"
    assert max(map(len, lines)) <= 100


def test_a_failing_deployment_ends_in_an_error_with_cloudformations_reason(marked: Marked, tmp_path: Path) -> None:
    declared = {"Failing": {"Context": {"engagement": "eng-00000000000000", "title": "Never"}}}
    app = {"app": f"python {shlex.quote(str(_TEST_APP))}", "context": {"declared": json.dumps(declared)}}
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "cdk.json").write_text(json.dumps(app))

    status, printed = run(folder, marked)

    assert status == 1
    told = printed.partition("CloudFormation was told:")[2]
    assert "CREATE_FAILED" in told
    assert "ResourceNotFoundException" in told
    assert marked.processes(within=0) == []
    assert marked.files() == []
    assert [path.name for path in folder.iterdir()] == ["cdk.json"]


def test_without_a_cdk_app_it_says_so(marked: Marked, tmp_path: Path) -> None:
    status, printed = run(tmp_path, marked)

    assert status == 1
    assert "cdk.json is missing" in printed
    assert "--serve" in printed


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_the_middle_of_a_deployment_ends_everything(
    number: signal.Signals, status: int, marked: Marked, tmp_path: Path
) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "touch started && sleep 600"}')
    process = marked.start(*_COMMAND, folder=tmp_path, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.send_signal(number)

    assert process.wait(timeout=20) == status
    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_serve_prints_an_environment_that_reaches_the_cloud_until_ctrl_c(marked: Marked) -> None:
    process = marked.start(*_COMMAND, "--serve", stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed: list[str] = []
    while "Ctrl-C" not in (line := process.stdout.readline()):
        assert line, printed
        printed.append(line.strip())
    settings = [line for line in printed if line.startswith(("unset ", "export "))]
    [engagement] = [line.partition("engagement=")[2] for line in printed if "engagement=" in line]
    look = (
        "import boto3;"
        "print([s['StackName'] for s in boto3.client('cloudformation').describe_stacks()['Stacks']]);"
        f"print(boto3.client('partnercentral-selling').get_engagement(Catalog='Sandbox', Identifier='{engagement}')['Id'])"
    )

    seen = subprocess.run(
        ["sh", "-c", "\n".join([*settings, shlex.join([sys.executable, "-c", look])])],
        env=marked.environment() | {"AWS_PROFILE": "none-such", "HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)

    assert seen.stdout.splitlines() == ["['CDKToolkit']", engagement], seen.stderr
    assert process.returncode == 0
    assert "nothing is left running" in rest
    assert marked.processes(within=0) == []
    assert marked.files() == []
