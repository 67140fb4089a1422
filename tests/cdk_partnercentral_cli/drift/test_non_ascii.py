"""GetTemplate returns question marks in place of characters that are not ASCII, and `drift` must not report them."""

from __future__ import annotations

import pytest

from tests.cdk_partnercentral_cli.drift.deployed import Deployed, changed, interaction, lead


@pytest.mark.parametrize(("declared", "current"), [("Caf? ?", "Café 🚀"), ("CAF? WHY?", "café why?"), ("Why?", "Why?")])
def test_a_text_that_differs_only_in_the_question_marks_of_cloudformation_is_no_drift(
    deployed: Deployed, declared: str, current: str
) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title=current)}, title=current)
    deployed.context("Project", engagement, changed(Title=declared))
    deployed.declare(
        "Engagement", {"Catalog": "Sandbox", "Title": declared}, f"Sandbox/{engagement}", type_="Custom::Engagement"
    )

    run = deployed.drift("--json")

    assert (run.status, run.members) == (0, {})


@pytest.mark.parametrize(("declared", "current"), [("Caf?", "Cafe"), ("Caf?", "Café bar"), ("Cafe", "Café")])
def test_another_difference_of_such_a_text_is_drift(deployed: Deployed, declared: str, current: str) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title=current)})
    deployed.context("Project", engagement, changed(Title=declared))

    assert deployed.drift("--json").members == {"Project.Project.Title": ("DIFFERENT", declared, current)}


def test_interactions_in_another_order_are_found_in_spite_of_the_question_marks(deployed: Deployed) -> None:
    current = lead(interaction(1, Usecase="Größe"), interaction(2, Usecase="Café"))
    engagement = deployed.engagement({"Lead": current})
    deployed.context("Lead", engagement, lead(interaction(2, Usecase="Caf?")), type_="Lead")

    assert deployed.drift("--json").members == {}
