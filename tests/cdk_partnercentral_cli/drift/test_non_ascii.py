"""GetTemplate returns question marks in place of characters that are not ASCII, and `drift` must not report them."""

from __future__ import annotations

import pytest

from tests.cdk_partnercentral_cli.drift.deployed import Deployed, changed, interaction, lead


@pytest.mark.parametrize(
    ("declared", "current"),
    [
        ("Caf? ?", "Café 🚀"),
        ("CAF? WHY?", "café why?"),
        ("????", "予算計画"),
        # One side has the accent as a character of its own.
        ("Caf?", "Cafe\u0301"),
        ("Cafe?", "Caf\u00e9"),
    ],
)
def test_a_text_that_differs_only_in_the_question_marks_of_cloudformation_is_no_drift_but_not_compared(
    deployed: Deployed, declared: str, current: str
) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title=current)}, title=current)
    deployed.context("Project", engagement, changed(Title=declared))
    deployed.declare(
        "Engagement", {"Catalog": "Sandbox", "Title": declared}, f"Sandbox/{engagement}", type_="Custom::Engagement"
    )

    run, table = deployed.drift("--json"), deployed.drift()

    not_compared = ("NOT_COMPARED", "non-ASCII text")
    assert (run.status, run.statuses) == (0, {"Project": "IN_SYNC", "Engagement": "IN_SYNC"})
    assert run.members == {"Project.Project.Title": not_compared, "Engagement.Title": not_compared}
    assert run.json["summary"]["membersNotCompared"] == 2
    assert table.out.splitlines() == [
        "2 resources in 1 stack: 2 in sync, 0 drifted, 0 could not be compared.",
        "2 declared members could not be compared completely: non-ASCII text.",
    ]


def test_a_text_with_a_question_mark_of_its_own_is_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="why?")})
    deployed.context("Project", engagement, changed(Title="Why?"))

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

    assert deployed.drift("--json").members == {"Lead.Interactions[0].Usecase": ("NOT_COMPARED", "non-ASCII text")}
