"""Resources that `cdk-partnercentral drift` cannot compare: the reason, and exit code 2."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cdk_partnercentral_local import ServiceError
from lambda_handler import retries
from lambda_handler.errors import Kind
from tests.cdk_partnercentral_cli.drift.deployed import (
    PROJECT,
    Deployed,
    changed,
    reads,
    stack_arn,
)


def test_an_unknown_engagement(deployed: Deployed) -> None:
    deployed.context("Acme", "eng-00000000000000", PROJECT)

    run = deployed.run()

    assert (run.status, run.out) == (2, "")
    assert run.err == (
        "The engagement eng-00000000000000 does not exist in the catalog Sandbox, or this account is not a member of it:"
        " check the account and the credentials.\n"
    )


def test_the_other_resources_are_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS")})
    deployed.context("Gone", "eng-00000000000000", PROJECT)
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.drift()

    assert run.status == 2
    assert "Project.Title" in run.out
    assert "Could not be compared" in run.out
    assert "1 drifted, 1 could not be compared." in run.out
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [("ValidationException", "ValidationException from GetEngagement: "), ("AccessDeniedException", "AWS denied ")],
)
def test_the_other_engagements_are_compared(deployed: Deployed, code: str, message: str) -> None:
    for name in ("First", "Second"):
        deployed.context(name, deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.service.faults.error("GetEngagement", ServiceError(code, "Not this one"))

    run = deployed.drift("--json")

    assert (run.status, run.statuses) == (2, {"First": "UNKNOWN", "Second": "IN_SYNC"})
    assert run.err.startswith(message)


def test_a_failure_of_several_engagements_is_retried_only_for_the_first(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(retries.BACKOFFS, Kind.INTERNAL, retries.Backoff(first=0, longest=0, total=0, at_least=2))
    for name in ("First", "Second", "Third"):
        deployed.context(name, deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.service.faults.internal_error("GetEngagement", times=3 + 1)

    run = deployed.drift("--json")

    assert (run.status, run.statuses) == (2, {"First": "UNKNOWN", "Second": "UNKNOWN", "Third": "IN_SYNC"})
    assert [name for name, times in Counter(reads(deployed)).items() if times > 1] == reads(deployed)[:1]


def test_json_is_complete_with_an_unknown_engagement(deployed: Deployed) -> None:
    deployed.context("Gone", "eng-00000000000000", PROJECT)

    run = deployed.drift("--json")

    assert (run.status, run.statuses) == (2, {"Gone": "UNKNOWN"})
    assert run.json["resources"][0]["reason"] == run.err.strip()


def test_a_resource_that_was_not_created(deployed: Deployed) -> None:
    properties = {"Catalog": "Sandbox", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
    deployed.declare("Acme", properties, "not-created/Acme", status="CREATE_FAILED")

    run = deployed.run()

    assert (run.status, run.out) == (2, "")
    assert run.err == "The resource is CREATE_FAILED and has no ID of Partner Central: deploy the stack again.\n"


def test_a_resource_whose_update_failed_is_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS")})
    deployed.context("Acme", engagement, PROJECT, status="UPDATE_FAILED")

    run = deployed.drift()

    assert run.status == 1
    assert f"CustomerProject Sandbox/{engagement}/1, UPDATE_FAILED" in run.out


def test_a_failed_resource_is_shown_even_if_it_is_in_sync(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, PROJECT, status="UPDATE_FAILED")

    run = deployed.drift()

    assert run.status == 0
    assert [line.rstrip() for line in run.out.splitlines()][:2] == [
        "Deals/Acme IN_SYNC",
        f"CustomerProject Sandbox/{engagement}/1, UPDATE_FAILED",
    ]


def test_a_stack_that_is_being_updated(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement(), PROJECT)
    deployed.cloudformation.statuses[stack_arn("Deals")] = "UPDATE_IN_PROGRESS"

    run = deployed.drift()

    assert run.status == 2
    assert run.err == ("The stack Deals is UPDATE_IN_PROGRESS: run the command again when the deployment has ended.\n")
    assert deployed.service.calls == []


def test_a_stack_that_only_deletes_old_resources_is_compared(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.cloudformation.statuses[stack_arn("Deals")] = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"

    assert deployed.drift().status == 0


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "DELETE_IN_PROGRESS"])
def test_a_resource_that_waits_for_its_deletion_is_ignored(deployed: Deployed, status: str) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, PROJECT)
    deployed.declare("Old", None, f"Sandbox/{engagement}/2", status=status)
    deployed.cloudformation.statuses[stack_arn("Deals")] = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"

    run = deployed.drift("--json")

    assert (run.status, run.statuses) == (0, {"Acme": "IN_SYNC"})


def test_a_resource_that_the_template_does_not_contain(deployed: Deployed) -> None:
    deployed.declare("Acme", None, f"Sandbox/{deployed.engagement()}/1")

    run = deployed.drift()

    assert run.status == 2
    assert run.err.startswith("The template of the stack Deals does not contain the resource")


def test_a_template_in_yaml(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement(), PROJECT)
    deployed.cloudformation.templates[stack_arn("Deals")] = "Resources:\n  Acme:\n    Type: X\n"

    run = deployed.drift()

    assert run.status == 2
    assert run.err.startswith("The template of the stack Deals is in YAML")


@pytest.mark.parametrize("payload", [{"Lead": {}}, "text", None])
def test_a_declaration_in_another_format(deployed: Deployed, payload: Any) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    properties = {"Type": "CustomerProject", "Payload": payload}
    deployed.declare("Acme", properties, f"Sandbox/{engagement}/1")

    run = deployed.drift()

    assert run.status == 2
    assert run.err.startswith("The declared Payload has no member with the name of the Type")
