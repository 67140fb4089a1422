"""The function from its zip: imports manage only what is declared, and keep everything else that Partner Central has."""

import copy
from typing import Any

import pytest

from tests.lambda_handler.process.events import PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud, failed, succeeded
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
# Three of these seconds are for work, the others for the response.
LITTLE = 12
VISIT, CALL = interaction("Bartholomew"), interaction("Clementine")
# As AWS writes a lead. `Sentiment` is a member that no service model of today has.
FROM_AWS: dict[str, Any] = {
    "Customer": {
        "CompanyName": "Quixotic Zebra Tools",
        "Industry": "Retail",
        "Address": {"CountryCode": "US"},
        "AwsMaturity": "Advanced",
    },
    "Interactions": [
        {**interaction("Annabella"), "SourceType": "Webinar", "Usecase": "Migration", "Sentiment": {"Score": 5}},
        interaction("Zacharias", InteractionDate="2026-11-02T09:30:00.25Z"),
    ],
}


def lead_from_aws(cloud: Cloud) -> str:
    """Return an engagement that AWS created, with a scored Lead that an update with gaps would damage."""
    engagement = cloud.service.as_aws.create_lead(FROM_AWS)
    window = {"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "11:30"}
    recommendation = {"RecommendedChannel": "Phone", "BestOutreachWindows": [window]}
    cloud.service.as_aws.score(
        engagement, "1", "High", ChannelRecommendation=recommendation, Confidence=0.75, Final=True
    )
    return engagement


def imported(engagement: str, payload: Any, type_: str = "Lead", context: str = "1") -> dict[str, Any]:
    """Return the properties of an import."""
    return properties(engagement, payload, type_, ContextIdentifier=context)


def undated(one: dict[str, Any]) -> dict[str, Any]:
    """Return an interaction without its date."""
    return {name: value for name, value in one.items() if name != "InteractionDate"}


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("nulls", [True, False])
def test_a_lead_from_aws_is_qualified_by_a_partial_declaration_and_keeps_everything_else(
    cloud: Cloud, update: Any, nulls: bool
) -> None:
    cloud.service.behavior = strict(update=update, explicit_nulls=nulls)
    engagement = lead_from_aws(cloud)
    before = copy.deepcopy(cloud.payload(engagement))
    lock = cloud.service.engagement(engagement)["ModifiedAt"]
    new = imported(engagement, {"QualificationStatus": "Qualified", "Interactions": [VISIT]})

    response = cloud.send("Create", new)

    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, UPDATE]
    assert cloud.service.calls[1].input["EngagementLastModifiedAt"] == lock
    assert cloud.updates == [
        {
            "Customer": before["Customer"],
            "Insights": before["Insights"],
            "QualificationStatus": "Qualified",
            "Interaction": VISIT,
        }
    ]
    after = cloud.payload(engagement)
    assert undated(after["Interactions"].pop()) == VISIT
    assert after == {**before, "QualificationStatus": "Qualified"}

    # The next deployment has nothing to write, and the one after that writes one interaction.
    cloud.service.calls.clear()
    cloud.update(new, {**new, "ServiceTimeout": "60"}, response["PhysicalResourceId"])
    assert cloud.operations == [READ]
    newer = imported(engagement, {"QualificationStatus": "Qualified", "Interactions": [VISIT, CALL]})
    cloud.update(new, newer, response["PhysicalResourceId"])
    assert [each["Interaction"] for each in cloud.updates] == [CALL]
    after = cloud.payload(engagement)
    assert [undated(each) for each in after["Interactions"][-2:]] == [VISIT, CALL]
    assert after["Interactions"][:-2] == before["Interactions"]


def test_an_import_that_declares_only_the_status_sends_no_interaction(cloud: Cloud) -> None:
    engagement = lead_from_aws(cloud)
    before = copy.deepcopy(cloud.payload(engagement))
    succeeded(cloud, cloud.send("Create", imported(engagement, {"QualificationStatus": "Qualified"})), engagement, "1")
    assert cloud.operations == [READ, UPDATE]
    assert "Interaction" not in cloud.updates[0]
    assert cloud.payload(engagement) == {**before, "QualificationStatus": "Qualified"}


@pytest.mark.parametrize("empty", [{}, {"Customer": {}}, {"Customer": {"CompanyName": None}, "Aliases": []}], ids=str)
def test_a_partial_project_keeps_everything_that_it_does_not_declare(
    cloud: Cloud, engagement: str, empty: dict[str, Any]
) -> None:
    current = {**PROJECT, "Outlook": {"Probability": 0.5, "Confirmed": False, "Notes": ["one", 2]}, "Aliases": ["QZT"]}
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": current})
    new = imported(engagement, {"Project": {"Title": "Move further"}, **empty}, "CustomerProject")
    succeeded(cloud, cloud.send("Create", new), engagement, "1")
    expected = {**current, "Project": {**PROJECT["Project"], "Title": "Move further"}}
    assert cloud.operations == [READ, UPDATE]
    assert cloud.updates == [expected]
    assert cloud.payload(engagement) == expected


PARTIAL: dict[str, Any] = {"QualificationStatus": "Qualified", "Interactions": [VISIT]}


@pytest.mark.parametrize("remaining", [PARTIAL, {"Interactions": [VISIT]}, lead(VISIT)], ids=["same", "less", "full"])
def test_removing_existing_context_id_erases_nothing(cloud: Cloud, remaining: dict[str, Any]) -> None:
    engagement = lead_from_aws(cloud)
    old = imported(engagement, PARTIAL)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    before = copy.deepcopy(cloud.payload(engagement))
    cloud.service.calls.clear()
    response = cloud.update(old, properties(engagement, remaining, "Lead"), physical_id)
    succeeded(cloud, response, engagement, "1")
    assert set(cloud.operations) == {READ}
    assert cloud.payload(engagement) == before


def test_adding_existing_context_id_to_a_managed_context_erases_nothing(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    new = imported(engagement, {"Project": {"Title": "Move further"}}, "CustomerProject")
    succeeded(cloud, cloud.update(old, new, physical_id), engagement, "1")
    assert cloud.payload(engagement) == {**PROJECT, "Project": {**PROJECT["Project"], "Title": "Move further"}}


def test_what_an_import_does_not_declare_anymore_keeps_its_value(cloud: Cloud) -> None:
    engagement = lead_from_aws(cloud)
    old = imported(engagement, PARTIAL)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    before = copy.deepcopy(cloud.payload(engagement))
    cloud.update(old, imported(engagement, {"Customer": {"Industry": "Retail"}}), physical_id)
    assert cloud.payload(engagement) == before


@pytest.mark.parametrize(
    ("type_", "current", "declared", "missing"),
    [
        (
            "CustomerProject",
            {"Customer": PROJECT["Customer"]},
            {"Project": {"Title": "Move to AWS"}},
            "Project.BusinessProblem, Project.TargetCompletionDate",
        ),
        ("Lead", {"Interactions": []}, {"QualificationStatus": "Qualified"}, "Customer"),
        (
            "Lead",
            FROM_AWS,
            {"Interactions": [VISIT, {**CALL, "Contact": {"FirstName": "Clementine"}}]},
            "Interaction.Contact.BusinessTitle, Interaction.Contact.Email, Interaction.Contact.LastName",
        ),
    ],
    ids=["project", "lead", "second interaction"],
)
def test_a_required_member_that_is_missing_after_the_merge_is_named_and_nothing_is_sent(
    cloud: Cloud, engagement: str, type_: str, current: Any, declared: Any, missing: str
) -> None:
    cloud.service.as_aws.add_context(engagement, {type_: current})
    reason = failed(cloud.send("Create", imported(engagement, declared, type_)), "MISSING_MEMBER")
    assert f"requires {missing}, which neither the payload nor the context" in reason
    assert cloud.operations == [READ]


@pytest.mark.parametrize(("type_", "context"), [("CustomerProject", "1"), ("Lead", "7")], ids=["type", "id"])
def test_an_import_of_a_context_that_does_not_exist_lists_those_that_do(cloud: Cloud, type_: str, context: str) -> None:
    engagement = lead_from_aws(cloud)
    new = imported(engagement, PROJECT if type_ == "CustomerProject" else PARTIAL, type_, context)
    reason = failed(cloud.send("Create", new, seconds=LITTLE), "CONTEXT_NOT_FOUND")
    assert f"a {type_} context of engagement {engagement}" in reason
    assert "the contexts 1 (Lead)" in reason
    assert set(cloud.operations) == {READ}
