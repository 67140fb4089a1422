"""Engagements in `cdk-partnercentral drift`."""

from __future__ import annotations

from typing import Any

from tests.cdk_partnercentral_cli.drift.deployed import (
    GET_ATT,
    PROJECT,
    Deployed,
    reads,
)


def declare(deployed: Deployed, engagement: str, **properties: Any) -> None:
    declared = {"ServiceToken": GET_ATT, "Catalog": "Sandbox", **properties}
    deployed.declare("Acme", declared, f"Sandbox/{engagement}", type_="Custom::Engagement")


def test_the_title_and_the_description_are_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement(title="Acme migration", description="Robin Example asked for it")
    declare(deployed, engagement, Title="Acme move")

    run = deployed.drift()
    values = deployed.drift("--json", "--show-values")

    assert run.status == 1
    assert "Robin" not in run.out
    assert "Title [CANNOT_UPDATE]" in run.out
    assert values.members == {
        "Acme.Title": ("DIFFERENT", "Acme move", "Acme migration"),
        "Acme.Description": ("DIFFERENT", None, "Robin Example asked for it"),
    }


def test_references_are_not_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement(title="acme MIGRATION", description="Anything")
    declare(deployed, engagement, Title="Acme migration", Description=GET_ATT)

    run = deployed.drift("--json")

    assert (run.status, run.members) == (0, {"Acme.Description": ("NOT_COMPARED", "Fn::GetAtt")})


def test_an_engagement_of_references_only_is_unknown(deployed: Deployed) -> None:
    declare(deployed, deployed.engagement(title="Acme"), Title=GET_ATT, Description=GET_ATT)

    assert deployed.drift("--json").statuses == {"Acme": "UNKNOWN"}


def test_an_engagement_and_its_contexts_are_one_read(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT}, title="Acme")
    declare(deployed, engagement, Title="Acme")
    deployed.context("Context", engagement, PROJECT)

    assert deployed.drift("--json").statuses == {"Acme": "IN_SYNC", "Context": "IN_SYNC"}
    assert reads(deployed) == [engagement]
