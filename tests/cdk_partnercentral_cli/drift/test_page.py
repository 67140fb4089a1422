"""The page of `cdk-partnercentral drift`: its app is deployed by the CDK CLI, changed "as AWS", compared, and repaired."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cdk_partnercentral_local import LocalCloud
from tests.cdk_partnercentral_cli.drift.deployed import Run, run_command
from tests.cdk_partnercentral_cli.drift.page import OUTPUT, PAGE, POLICY, DeployedPage, shown, without_ids

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / "examples" / "workflows" / "drift.yml"


@pytest.fixture(scope="module")
def page(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> DeployedPage:
    page = DeployedPage(cloud, tmp_path_factory.mktemp("app"))
    page.deploy()
    return page


@pytest.fixture(scope="module")
def in_sync(page: DeployedPage) -> Run:
    return page.drift()


@pytest.fixture(scope="module")
def drifted(page: DeployedPage, in_sync: Run) -> Run:
    assert in_sync.status == 0, in_sync
    page.change()
    page.cloud.partner_central.calls.clear()
    return page.drift()


@pytest.mark.cloud
def test_a_stack_is_in_sync_after_its_deployment(in_sync: Run) -> None:
    assert (in_sync.status, in_sync.err) == (0, "")
    assert in_sync.out == "3 resources in 1 stack: 3 in sync, 0 drifted, 0 could not be compared.\n"


@pytest.mark.cloud
def test_drift_shows_exactly_the_changed_members_as_on_the_page(page: DeployedPage, drifted: Run) -> None:
    assert (drifted.status, drifted.err) == (1, "")
    assert without_ids(drifted.out) == shown(OUTPUT)
    assert "Acme Holding" not in drifted.out
    assert [call.operation for call in page.cloud.partner_central.calls] == ["GetEngagement"]
    assert sorted(path.partition(".")[2] for path in page.drift("--json").members) == [
        "Customer.CompanyName",
        "Project.Title",
        "Project.Title",
    ]


@pytest.mark.cloud
@pytest.mark.slow
def test_a_deployment_without_a_change_restores_nothing(page: DeployedPage, drifted: Run) -> None:
    assert "(no changes)" in page.deploy().text
    assert page.drift().out == drifted.out


@pytest.mark.cloud
def test_a_redeployment_repairs_the_drift_as_the_page_says(page: DeployedPage, drifted: Run) -> None:
    page.cloud.partner_central.calls.clear()

    page.deploy(
        {
            # Restore what is declared.
            '    "Migration",\n': '    "Migration",\n    revision="2",\n',
            # Keep what Partner Central has.
            "Sales analytics": "Sales dashboards",
        }
    )

    writes = [call.input for call in page.cloud.partner_central.calls if call.wrote]
    assert [write["Payload"]["CustomerProject"]["Project"]["Title"] for write in writes] == ["Move to AWS"]
    repaired = page.drift()
    assert (repaired.status, repaired.err) == (0, "")
    assert "3 in sync" in repaired.out


def test_the_page_shows_the_policy() -> None:
    assert run_command(["drift", "--policy"], {}).out == shown(POLICY)


def test_the_page_lists_every_option() -> None:
    section = PAGE.read_text().partition("## Options")[2].partition("\n## ")[0]

    listed = set(re.findall(r"^\| `(--[a-z-]+|STACK)`", section, re.MULTILINE))

    help_ = run_command(["drift", "--help"], {"COLUMNS": "80"}).out
    assert listed == {"STACK", *re.findall(r"^│ (--[a-z-]+)", help_, re.MULTILINE)}


def test_the_workflow_runs_the_command_at_night_with_the_permissions_that_it_needs() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())

    [job] = workflow["jobs"].values()
    assert workflow[True]["schedule"]  # YAML 1.1 reads the key `on` as true
    assert job["permissions"] == {"id-token": "write"}
    assert job["steps"][-1]["run"] == "cdk-partnercentral drift"
