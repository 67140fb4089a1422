"""The interactions of a Lead in `cdk-partnercentral drift`."""

from __future__ import annotations

from typing import Any

from tests.cdk_partnercentral_cli.drift.deployed import (
    GET_ATT,
    SECRET,
    Deployed,
    interaction,
    lead,
)


def run(deployed: Deployed, declared: Any, current: Any) -> dict[str, tuple[Any, ...]]:
    engagement = deployed.engagement({"Lead": current})
    deployed.context("Lead", engagement, declared, type_="Lead")
    run = deployed.drift("--json", "--show-values")
    assert run.status == (1 if any(member[0] != "NOT_COMPARED" for member in run.members.values()) else 0)
    return run.members


def test_interactions_and_data_of_aws_are_no_drift(deployed: Deployed) -> None:
    current = lead(
        interaction(9),
        interaction(1, InteractionDate="2027-01-05T09:30:00Z"),
        Insights={"LeadReadinessScore": "High"},
    )

    assert run(deployed, lead(interaction(1)), current) == {}


def test_a_missing_interaction_is_drift(deployed: Deployed) -> None:
    declared = lead(interaction(1), interaction(2), QualificationStatus="Qualified")

    assert run(deployed, declared, lead(interaction(1), QualificationStatus="Disqualified")) == {
        "Lead.QualificationStatus": ("DIFFERENT", "Qualified", "Disqualified"),
        "Lead.Interactions[1]": ("MISSING", interaction(2), None),
    }


def test_an_interaction_that_was_changed_in_partner_central_is_not_sent_again(deployed: Deployed) -> None:
    assert run(deployed, lead(interaction(1, Usecase="A")), lead(interaction(1, Usecase="B"))) == {}


def test_the_log_of_the_function_is_not_in_the_output(deployed: Deployed) -> None:
    engagement = deployed.engagement({"Lead": lead(interaction(1, Usecase="B"))})
    deployed.context("Lead", engagement, lead(interaction(1, Usecase="A")), type_="Lead")

    # The function's modules log a warning about this interaction.
    run = deployed.run("--json", environment={"AWS_LAMBDA_LOG_LEVEL": "TRACE"})

    assert (run.status, run.err) == (0, "")
    assert run.statuses == {"Lead": "IN_SYNC"}


def test_interactions_for_which_there_is_no_room_are_drift(deployed: Deployed) -> None:
    engagement = deployed.engagement({"Lead": lead(*map(interaction, range(10)))})
    deployed.context("Lead", engagement, lead(interaction(20)), type_="Lead")

    run = deployed.drift()

    assert run.status == 1
    assert "[TOO_MANY_INTERACTIONS]" in run.out


def test_members_of_an_interaction_that_are_references_are_not_compared(deployed: Deployed) -> None:
    first, second, third = (interaction(number) for number in (1, 2, 3))
    first["Contact"] |= {"FirstName": SECRET, "Email": SECRET}
    third["SourceName"] = GET_ATT
    current = lead(interaction(1), interaction(2))

    assert run(deployed, lead(first, second, third, GET_ATT), current) == {
        "Lead.Interactions[0].Contact.FirstName": ("NOT_COMPARED", "dynamic reference"),
        "Lead.Interactions[0].Contact.Email": ("NOT_COMPARED", "dynamic reference"),
        "Lead.Interactions[2].SourceName": ("NOT_COMPARED", "Fn::GetAtt"),
        "Lead.Interactions[3]": ("NOT_COMPARED", "Fn::GetAtt"),
        "Lead.Interactions[2]": ("MISSING", third, None),
    }


def test_two_interactions_with_references_need_two_interactions_in_partner_central(deployed: Deployed) -> None:
    declared = [interaction(1, SourceName=GET_ATT) for _ in range(2)]
    current = lead(interaction(1, SourceName="A"))

    found = run(deployed, lead(*declared), current)

    assert [path for path, member in found.items() if member[0] == "MISSING"] == ["Lead.Interactions[1]"]


def test_interactions_that_are_all_references_are_not_in_sync(deployed: Deployed) -> None:
    engagement = deployed.engagement({"Lead": lead(interaction(1))})
    deployed.context("Only", engagement, {"Interactions": [GET_ATT, {"Contact": GET_ATT}]}, type_="Lead")
    deployed.context("Some", engagement, {"Interactions": [GET_ATT, interaction(1)]}, type_="Lead")

    assert deployed.drift("--json").statuses == {"Only": "UNKNOWN", "Some": "IN_SYNC"}


def test_a_list_that_is_a_reference_is_not_compared(deployed: Deployed) -> None:
    declared = {"Customer": {"CompanyName": "Acme"}, "Interactions": {"Fn::If": ["A", [], []]}}

    assert run(deployed, declared, lead(interaction(1))) == {"Lead.Interactions": ("NOT_COMPARED", "Fn::If")}
