"""`cdk-partnercentral drift --policy`."""

from __future__ import annotations

from pathlib import Path

from tests.cdk_partnercentral_cli.drift.deployed import (
    PROJECT,
    Deployed,
    interaction,
    lead,
    run_command,
    stack_arn,
)


def test_it_needs_no_settings(tmp_path: Path) -> None:
    run = run_command(["drift", "--policy"], {"HOME": str(tmp_path)})

    assert (run.status, run.err) == (0, "")
    assert run.json["Version"] == "2012-10-17"


def test_it_allows_exactly_the_actions_that_are_called(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.context("Lead", deployed.engagement({"Lead": lead(interaction(1))}), lead(interaction(2)), type_="Lead")
    allowed = {action for statement in deployed.drift("--policy").json["Statement"] for action in statement["Action"]}

    deployed.drift()
    deployed.drift("Deals")

    called = {f"cloudformation:{action}" for action in deployed.cloudformation.actions}
    called |= {f"partnercentral:{call.operation}" for call in deployed.service.calls}
    assert allowed == called


def test_with_names_it_allows_only_these_stacks_and_their_nested_stacks(deployed: Deployed) -> None:
    arn = stack_arn("Other")

    stacks, engagements = deployed.drift("--policy", "Deals", arn).json["Statement"]

    assert stacks["Resource"] == [
        "arn:aws:cloudformation:*:*:stack/Deals/*",
        "arn:aws:cloudformation:*:*:stack/Deals-*/*",
        arn,
        "arn:aws:cloudformation:eu-west-1:123456789012:stack/Other-*/*",
    ]
    assert engagements["Resource"] == "arn:aws:partnercentral:us-east-1::catalog/*/engagement/*"
