"""The installed command in a process of its own: report, question, refusals, interruption. And the page with its output."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._probe import STATE_FILE
from cdk_partnercentral_cli._probe._journal import Journal
from cdk_partnercentral_local import Behavior, Fault, PartnerCentral, PartnerCentralServer
from tests.docs.blocks import blocks

COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))
PAGE = Path(__file__).parents[3] / "docs" / "cli" / "probe.md"
ENVIRONMENT = {**os.environ, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "COLUMNS": "80"}
# The page's run was made against these settings, so that it shows more than the defaults.
BEHAVIOR = Behavior(accepts_prospecting_result=False, lock="microsecond", read_lag=1)


def probe(folder: Path, *arguments: str, **others: Any) -> subprocess.CompletedProcess[str]:
    others = {"env": ENVIRONMENT, "stdin": subprocess.DEVNULL, **others}
    return subprocess.run(
        [COMMAND, "probe", *arguments], cwd=folder, capture_output=True, text=True, check=False, **others
    )


@dataclass(frozen=True, kw_only=True)
class Done:
    """A finished run of the command, and what it left behind."""

    folder: Path
    process: subprocess.CompletedProcess[str]
    service: PartnerCentral
    url: str


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The runs that take about 20 seconds each, because they respect AWS's limit of writes. They wait at the same time."""

    done: Future[Done]
    resumed: Future[Done]


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    with ExitStack() as stack:
        servers = [PartnerCentralServer(PartnerCentral(behavior)) for behavior in (BEHAVIOR, Behavior())]
        first, second = [stack.enter_context(server) for server in servers]
        pool = stack.enter_context(ThreadPoolExecutor())
        yield Runs(
            done=pool.submit(finished, first, tmp_path_factory.mktemp("done")),
            resumed=pool.submit(
                resumed, second, tmp_path_factory.mktemp("resumed"), "CreateEngagementContext", earlier=1
            ),
        )


def finished(server: PartnerCentralServer, folder: Path) -> Done:
    """Run the command with `--yes`."""
    process = probe(folder, "--yes", "--endpoint-url", server.url, "-o", "report.json")
    return Done(folder=folder, process=process, service=server.service, url=server.url)


def resumed(
    server: PartnerCentralServer, folder: Path, write: str, *, earlier: int = 0, after_commit: bool = True
) -> Done:
    """Run the command until the service kills it at a write, and resume it.

    The service refuses earlier requests of the operation.
    """
    service = server.service
    process = subprocess.Popen(
        [COMMAND, "probe", "--yes", "--endpoint-url", server.url],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if earlier:
        service.faults.pass_by(write, times=earlier)

    def kill() -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    fault = Fault(operation=write, after_commit=kill) if after_commit else Fault(operation=write, on_arrival=kill)
    service.faults.add(fault)
    assert process.wait(timeout=60) == -signal.SIGKILL

    again = probe(folder, "--resume", str(STATE_FILE), "--endpoint-url", server.url, "--json")
    return Done(folder=folder, process=again, service=service, url=server.url)


def check_resumed(done: Done) -> None:
    assert done.process.returncode == 0, done.process.stderr
    assert Behavior.from_report(json.loads(done.process.stdout)) == Behavior()
    [engagement] = done.service.engagements()
    assert len(done.service.engagement(engagement)["Contexts"]) == 5


@pytest.fixture
def done(runs: Runs) -> Done:
    """A finished run of the command."""
    return runs.done.result()


def test_the_catalog_aws_is_refused(tmp_path: Path) -> None:
    refused = probe(tmp_path, "--catalog", "AWS", "--yes")

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        "The catalog must be Sandbox; got AWS. The command leaves an engagement behind that cannot be deleted."
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_a_confirmation_nothing_is_sent(tmp_path: Path, answer: str) -> None:
    with PartnerCentralServer() as server:
        refused = probe(tmp_path, "--endpoint-url", server.url, stdin=None, input=answer)

    assert refused.returncode == 2
    assert "at most five contexts" in refused.stderr
    assert "cannot delete" in refused.stderr
    assert refused.stderr.endswith("Nothing was created: confirm the question, or pass --yes.\n")
    assert server.service.calls == []
    assert list(tmp_path.iterdir()) == []


def test_without_credentials_the_command_fails_with_one_sentence_and_no_state_file(tmp_path: Path) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("AWS_")}
    environment |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}

    refused = probe(tmp_path, "--yes", env=environment)

    assert refused.returncode == 2
    assert refused.stderr.startswith("No AWS credentials were found")
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / STATE_FILE).exists()


def test_a_denied_create_fails_with_the_action_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with PartnerCentralServer() as server:
        server.service.faults.access_denied("CreateEngagement")
        refused = probe(tmp_path, "--yes", "--endpoint-url", server.url)

    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == (
        "AWS denied partnercentral:CreateEngagement: allow this action, or use other credentials."
    )
    assert not (tmp_path / STATE_FILE).exists()


STATE: dict[str, Any] = {
    "format": 1,
    "catalog": "Sandbox",
    "run": "1a2b3c4d",
    "date": "2026-01-01",
    "endpoint_url": "http://127.0.0.1:9",
    "profile": "default",
    "throttled": {},
    "pending": None,
    "steps": {},
}


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "\xff",
        *(json.dumps({name: value for name, value in STATE.items() if name != left_out}) for left_out in STATE),
        json.dumps({**STATE, "steps": []}),
        json.dumps({**STATE, "steps": {"engagement": []}}),
        json.dumps({**STATE, "pending": {"step": "engagement"}}),
    ],
)
def test_a_file_of_another_format_is_not_used_as_a_state_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="latin-1")

    with pytest.raises(CliError, match="is not a state file"):
        Journal.load(path)


def test_a_state_file_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("[]")

    assert "is not a state file" in probe(tmp_path, "--resume", "other.json").stderr
    assert "cannot be read" in probe(tmp_path, "--resume", "missing.json").stderr


def test_a_state_file_with_the_catalog_aws_is_refused(tmp_path: Path) -> None:
    with PartnerCentralServer() as server:
        (tmp_path / "other.json").write_text(json.dumps({**STATE, "catalog": "AWS", "endpoint_url": server.url}))
        refused = probe(tmp_path, "--resume", "other.json", "--endpoint-url", server.url)

    assert refused.returncode == 2
    assert refused.stderr == "The catalog of other.json must be Sandbox: someone changed the file.\n"
    assert server.service.calls == []


def test_only_one_process_uses_a_state_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    settings = {"run": "1a2b3c4d", "date": "2026-01-01", "endpoint_url": "http://127.0.0.1:9", "profile": "default"}

    journal = Journal.start(path, **settings)
    for _ in range(2):
        with pytest.raises(CliError, match="Another process uses"):
            Journal.load(path)
        with pytest.raises(CliError, match="contains an earlier run"):
            Journal.start(path, **settings)
        journal.save()
    journal.close()

    resumed = Journal.load(path)
    assert "Another process uses state.json: wait until it ends.\n" in probe(tmp_path, "--resume", path.name).stderr
    resumed.close()


def test_a_run_is_only_continued_with_its_endpoint_and_profile(tmp_path: Path) -> None:
    """The response to CreateEngagement is lost, and nothing shows the engagement."""
    (tmp_path / "config").write_text('[profile "first one"]\n[profile other]\n')
    environment = {**ENVIRONMENT, "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "first one"}
    with PartnerCentralServer() as server, PartnerCentralServer() as other:
        server.service.faults.error_after_commit("CreateEngagement")
        server.service.faults.access_denied("ListEngagements", times=10)
        here = {**environment, "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": server.url}
        stopped = probe(tmp_path, "--yes", env=here)
        moved = probe(tmp_path, "--resume", str(STATE_FILE), "--endpoint-url", other.url, env=environment)
        renamed = probe(tmp_path, "--resume", str(STATE_FILE), env={**here, "AWS_PROFILE": "other"})

    hint = f"cdk-partnercentral probe --resume {STATE_FILE} --profile 'first one' --endpoint-url {server.url}\n"
    assert stopped.stderr.endswith(f"allow partnercentral:ListEngagements. Then continue with: {hint}")
    assert moved.stderr == (
        f"The interrupted run used the endpoint {server.url} and the profile first one; got {other.url} and first one. "
        f"Use the same: {hint}"
    )
    assert renamed.stderr.endswith(f"; got {server.url} and other. Use the same: {hint}")
    assert [each.returncode for each in (stopped, moved, renamed)] == [2, 2, 2]
    assert other.service.calls == []
    assert len(server.service.engagements()) == 1


def test_the_command_reports_every_setting_and_leaves_five_contexts(done: Done) -> None:
    assert done.process.returncode == 0, done.process.stderr
    [engagement] = done.service.engagements()
    assert len(done.service.engagement(engagement)["Contexts"]) == 5
    assert engagement in done.process.stderr
    assert all(len(line) <= 80 for line in (done.process.stdout + done.process.stderr).splitlines())
    assert Behavior.from_report(done.folder / "report.json") == BEHAVIOR


def test_the_report_contains_no_identifiers(done: Done) -> None:
    text = (done.folder / "report.json").read_text()
    report = json.loads(text)

    [engagement] = done.service.engagements()
    state = json.loads((done.folder / STATE_FILE).read_text())
    for secret in (engagement, "123456789012", state["run"], "@", "555"):
        assert secret not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)
    assert report["endpoint"] == "custom"
    assert report["catalog"] == "Sandbox"
    assert re.fullmatch(r"1\.\d+\.\d+", report["botocore_model"])


def test_a_finished_run_reports_again_without_a_request(done: Done) -> None:
    done.service.calls.clear()

    again = probe(done.folder, "--resume", str(STATE_FILE), "--endpoint-url", done.url, "--json")

    assert again.returncode == 0
    assert json.loads(again.stdout) == json.loads((done.folder / "report.json").read_text())
    assert done.service.calls == []


def test_a_second_run_does_not_replace_the_state_of_the_first(done: Done) -> None:
    second = probe(done.folder, "--yes", "--endpoint-url", done.url)

    assert second.returncode == 2
    assert second.stderr == (
        f"{STATE_FILE} contains an earlier run: continue it with --resume {STATE_FILE}, or move the file away to create "
        "another engagement.\n"
    )
    assert len(done.service.engagements()) == 1


def test_the_page_shows_the_output_of_this_run(done: Done) -> None:
    """Run `python -m tests.cdk_partnercentral_cli.probe.write_page` if the output has changed."""
    shown = [block.text for block in blocks(PAGE) if block.title == "the report"]

    assert [stable(text) for text in shown] == [stable(done.process.stdout)]


def stable(table: str) -> list[str]:
    """Return a table without the times that differ from run to run, and without its line breaks."""
    return re.sub(r"\d+(\.\d+)? seconds", "N seconds", re.sub(r"\s+", " ", table)).split()


def test_a_killed_process_is_resumed(runs: Runs) -> None:
    check_resumed(runs.resumed.result())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "earlier", "after_commit"),
    [
        ("CreateEngagementContext", 1, True),
        ("CreateEngagementContext", 1, False),
        ("CreateEngagement", 0, True),
        ("UpdateEngagementContext", 2, True),
        ("UpdateEngagementContext", 2, False),
    ],
)
def test_a_process_that_is_killed_at_any_write_is_resumed(
    tmp_path: Path, write: str, earlier: int, after_commit: bool
) -> None:
    with PartnerCentralServer() as server:
        check_resumed(resumed(server, tmp_path, write, earlier=earlier, after_commit=after_commit))
