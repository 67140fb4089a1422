"""`python -m cdk_partnercentral_local`, the command behind `make local`."""

from __future__ import annotations

import html
import io
import json
import os
import re
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


def rows(output: str) -> list[list[str]]:
    """Return the cells of the tables in the output. Cells are at least two spaces apart, except for their indentation."""
    return [
        re.split(r"\s{2,}", line.strip()) for line in output.splitlines() if line.startswith("  ") or " " * 3 in line
    ]


def test_the_demo_creates_contexts_and_updates_one_in_place(marked: Marked) -> None:
    status, output = run(_ROOT, marked, "--then", "stage=agreed")

    assert status == 0, output
    assert marked.processes(within=0) == []
    assert marked.files() == []
    assert re.findall(r"\[(\d)/(\d)\]", output) == [(str(step), "6") for step in range(1, 7)]
    assert len(re.findall(r"engagement eng-[0-9a-z]{14} \(Harbour Lane\)", output)) == 1
    cells = rows(output)
    assert ["Context", "Field", "First deployment", "Second deployment"] in cells
    assert ["1", "CustomerProject", "created", "updated in place"] in cells
    assert ["2", "Lead", "created", "unchanged"] in cells
    assert ["CompanyName", "Harbour Lane Books"] in cells
    assert ["TargetCompletionDate", "2027-06-30", "* 2027-09-30"] in cells
    assert len([line for line in output.splitlines() if "* " in line]) == 2
    assert "\x1b" not in output, "colors and progress bars are for terminals"
    assert max(map(len, output.splitlines())) <= 80
    # If this fails, run: python -m scripts.local_image
    assert table(output) == table(image_text(_ROOT / "docs" / "assets" / "local.svg"))


def table(output: str) -> list[str]:
    """Return the lines of the table of contexts with its title, without trailing white space and empty lines."""
    lines = [line.rstrip() for line in output.partition("Partner Central: ")[2].splitlines()]
    return [line for line in lines if line and not line.startswith("Done")]


def image_text(image: Path) -> str:
    """Return the text in an image that rich exported."""
    texts = re.findall(r'<text [^>]*x="([0-9.]+)" y="([0-9.]+)"[^>]*>(.*?)</text>', image.read_text(encoding="utf-8"))
    lines: dict[float, str] = {}
    for x, y, text in texts:
        # rich leaves out segments of white space. A character is 12.2 wide.
        before = lines.get(float(y), "").ljust(round(float(x) / 12.2))
        lines[float(y)] = before + html.unescape(text).replace("\xa0", " ").rstrip("\n")
    return "\n".join(line for _, line in sorted(lines.items()))


@pytest.mark.slow
def test_an_app_that_uses_an_existing_engagement_gets_one(marked: Marked) -> None:
    status, output = run(_ROOT / "examples" / "customer_project", marked)

    assert status == 0, output
    cells = rows(output)
    assert ["ContextId", "1"] in cells
    assert ["1", "CustomerProject", "created"] in cells
    assert ["Title", "Move the web shop to AWS"] in cells
    assert re.findall(r"\[(\d)/(\d)\]", output)[-1] == ("5", "5")


def test_a_terminal_gets_a_progress_bar_in_the_width_of_80_columns() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)

    with Progress(console, 3).step("Deploy the app") as count:
        assert count is not None
        count(2, 4)

    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[1/3] Deploy the app ━" in shown
    assert re.search(r"✓ \[1/3\] Deploy the app  \d\.\d s$", shown.splitlines()[-1])


def test_resources_are_counted_while_a_stack_is_created(stacks: Stacks) -> None:
    counts: list[tuple[int, int]] = []
    contexts = {f"Context{number}": {"engagement": stacks.engagement("Counted"), "title": "One"} for number in range(2)}
    assembly = stacks.synthesize({"Counted": contexts})
    declared = len(json.loads((assembly / "Counted.template.json").read_text())["Resources"])
    (assembly / "cdk.json").write_text(json.dumps({"app": str(assembly)}))

    deploy(stacks.cloud, folder=assembly, count=lambda done, total: counts.append((done, total)))

    assert {total for _, total in counts} == {declared}
    assert [done for done, _ in counts] == sorted(done for done, _ in counts)


def test_a_failed_deployment_is_an_error_with_the_reason_in_cloudformation(stacks: Stacks, tmp_path: Path) -> None:
    assembly = stacks.synthesize({"Failing": {"Context": {"engagement": "eng-00000000000000", "title": "Never"}}})
    (tmp_path / "cdk.json").write_text(json.dumps({"app": str(assembly)}))

    with pytest.raises(LocalCloudError, match="cdk deploy failed") as caught:
        deploy(stacks.cloud, folder=tmp_path)

    assert caught.value.hint.endswith("CloudFormation reported:")
    assert "CREATE_FAILED" in caught.value.log
    assert "ResourceNotFoundException" in caught.value.log
    assert "eng-00000000000000" in caught.value.log
    assert [path.name for path in tmp_path.iterdir()] == ["cdk.json"]


def test_a_failed_synthesis_is_an_error_with_the_output_of_the_cli(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "echo the reason >&2; exit 3"}))

    with pytest.raises(LocalCloudError, match="cdk deploy failed") as caught:
        deploy(stacks.cloud, folder=tmp_path)

    assert "the reason" in caught.value.log


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
