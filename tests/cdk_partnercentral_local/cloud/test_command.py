"""`python -m cdk_partnercentral_local`, the command behind `make local`."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from cdk_partnercentral_local import LocalCloudError
from cdk_partnercentral_local.__main__ import deploy
from cdk_partnercentral_local._terminal import Progress

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Marked, Stacks

pytestmark = pytest.mark.cloud

_ROOT = Path(__file__).parents[3]
_COMMAND = (sys.executable, "-m", "cdk_partnercentral_local")


@pytest.fixture(autouse=True)
def _cdk_cli_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apps outside the repository find the CDK CLI as those of a user do."""
    monkeypatch.setenv("PATH", str(_ROOT / "node_modules" / ".bin"), prepend=os.pathsep)


def run(folder: Path, marked: Marked, *options: str) -> tuple[int, str]:
    """Run the command until it ends, and return its exit status and output."""
    process = marked.start(*_COMMAND, *options, folder=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_demo_shows_outputs_and_both_contexts(marked: Marked) -> None:
    status, output = run(_ROOT, marked)

    assert status == 0, output
    assert marked.processes(within=0) == []
    assert marked.files() == []
    lines = [line for line in output.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    outputs = {cell[0]: cell[1] for cell in cells if cell[0].endswith("ContextId")}
    contexts = {tuple(cell[0].split()) for cell in cells if cell[0].endswith(("CustomerProject", "Lead"))}
    assert set(outputs) == {"MigrationContextId", "LeadContextId"}
    assert contexts == {(outputs["MigrationContextId"], "CustomerProject"), (outputs["LeadContextId"], "Lead")}
    assert ["", "Customer.CompanyName", "Harbour Lane Books"] in cells
    assert ["", "Interactions[0].InteractionDate", "2026-11-05T09:30:00Z"] in cells
    assert "\x1b" not in output, "colors and spinners are for terminals"
    assert max(map(len, lines)) <= 100


def test_a_failed_deployment_is_an_error_with_the_reason_in_cloudformation(stacks: Stacks, tmp_path: Path) -> None:
    assembly = stacks.synthesize({"Failing": {"Context": {"engagement": "eng-00000000000000", "title": "Never"}}})
    (tmp_path / "cdk.json").write_text(json.dumps({"app": str(assembly)}))
    progress = Progress(Console(file=io.StringIO()))

    with pytest.raises(LocalCloudError, match="cdk deploy failed") as caught:
        deploy(stacks.cloud, progress, folder=tmp_path, engagement=stacks.engagement("Failing"))

    assert caught.value.hint.endswith("CloudFormation reported:")
    assert "CREATE_FAILED" in caught.value.log
    assert "ResourceNotFoundException" in caught.value.log
    assert "eng-00000000000000" in caught.value.log
    assert [path.name for path in tmp_path.iterdir()] == ["cdk.json"]


def test_without_a_cdk_app_the_error_says_so(marked: Marked, tmp_path: Path) -> None:
    status, output = run(tmp_path, marked)

    assert status == 1
    assert "cdk.json is missing" in output
    assert "--serve" in output


def test_ctrl_c_during_a_deployment_ends_everything(marked: Marked, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "touch started && sleep 600"}')
    process = marked.start(*_COMMAND, folder=tmp_path, stdout=subprocess.DEVNULL)
    wait_until((tmp_path / "started").exists)

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=20) == 130
    assert marked.processes(within=0) == []
    assert marked.files() == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_ministack_starts_ends_everything(
    number: signal.Signals, status: int, marked: Marked, tmp_path: Path
) -> None:
    process = marked.start(*_COMMAND, "--serve", folder=tmp_path, stdout=subprocess.DEVNULL)
    wait_until(lambda: any("hypercorn" in command for command in marked.running().values()))

    process.send_signal(number)

    assert process.wait(timeout=20) == status
    assert marked.processes(within=0) == []
    assert marked.files() == []


def test_serve_prints_settings_that_work_until_ctrl_c(marked: Marked) -> None:
    process = marked.start(*_COMMAND, "--serve", stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed: list[str] = []
    while "Ctrl-C" not in (line := process.stdout.readline()):
        assert line, printed
        printed.append(line.strip())
    settings = [line for line in printed if line.startswith(("unset ", "export "))]
    [engagement] = [line.partition("engagement=")[2] for line in printed if "engagement=" in line]
    program = (
        "import boto3;"
        "print([s['StackName'] for s in boto3.client('cloudformation').describe_stacks()['Stacks']]);"
        f"print(boto3.client('partnercentral-selling').get_engagement(Catalog='Sandbox', Identifier='{engagement}')['Id'])"
    )

    seen = subprocess.run(
        ["sh", "-c", "\n".join([*settings, shlex.join([sys.executable, "-c", program])])],
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
