"""The function from its zip: what docs/guides/ says about failed imports, rollbacks, removed values and renames."""

import copy
from typing import Any

from tests.lambda_handler.process.events import PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

UPDATE = "UpdateEngagementContext"
ANN, BEN, CID = interaction("Annabella"), interaction("Bartholomew"), interaction("Clementine")


def imported(engagement: str, payload: Any, type_: str = "Lead") -> dict[str, Any]:
    """Return the properties of an import of context 1."""
    return properties(engagement, payload, type_, ContextIdentifier="1")


def from_aws(cloud: Cloud) -> str:
    """Return an engagement with a Lead that AWS created."""
    customer = {"CompanyName": "Quixotic Zebra Tools", "Industry": "Retail"}
    return cloud.service.as_aws.create_lead({"Customer": customer, "Interactions": [ANN]})


def stored(cloud: Cloud, engagement: str) -> dict[str, Any]:
    """Return the Lead that Partner Central has."""
    (context,) = cloud.contexts(engagement)
    payload: dict[str, Any] = context["Payload"]["Lead"]
    return payload


def update(cloud: Cloud, old: dict[str, Any], new: dict[str, Any], physical_id: str) -> dict[str, Any]:
    """Send an Update, which succeeds."""
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    assert response["Status"] == "SUCCESS"
    return response


def names(cloud: Cloud, engagement: str) -> list[str]:
    """Return the first names in the interactions of the Lead."""
    return [each["Contact"]["FirstName"] for each in stored(cloud, engagement)["Interactions"]]


def test_a_failed_import_keeps_what_was_written_and_continues(cloud: Cloud) -> None:
    engagement = from_aws(cloud)
    declared = imported(engagement, {"QualificationStatus": "Qualified", "Interactions": [BEN, CID]})
    # The update with the second interaction is refused, and also the second attempt without undeclared members.
    cloud.service.faults.pass_by(UPDATE)
    cloud.service.faults.validation(UPDATE, [], times=2)

    response = cloud.send("Create", declared)

    assert response["Status"] == "FAILED"
    cloud.send("Delete", declared, PhysicalResourceId=response["PhysicalResourceId"])
    assert stored(cloud, engagement)["QualificationStatus"] == "Qualified"
    assert names(cloud, engagement) == ["Annabella", "Bartholomew"]

    assert cloud.send("Create", declared)["Status"] == "SUCCESS"
    assert names(cloud, engagement) == ["Annabella", "Bartholomew", "Clementine"]


def test_a_rollback_restores_only_values_of_the_previous_declaration(cloud: Cloud) -> None:
    engagement = from_aws(cloud)
    old = imported(engagement, {"QualificationStatus": "Qualified", "Interactions": [BEN]})
    new_payload = {
        "QualificationStatus": "Disqualified",
        "Customer": {"Industry": "Education"},
        "Interactions": [BEN, CID],
    }
    new = imported(engagement, new_payload)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    update(cloud, old, new, physical_id)

    update(cloud, new, old, physical_id)

    after = stored(cloud, engagement)
    assert (after["QualificationStatus"], after["Customer"]["Industry"]) == ("Qualified", "Education")
    assert names(cloud, engagement) == ["Annabella", "Bartholomew", "Clementine"]


def test_a_value_of_an_imported_context_is_removed_in_three_deployments(cloud: Cloud) -> None:
    engagement = from_aws(cloud)
    first = imported(engagement, {"QualificationStatus": "Qualified", "Interactions": [BEN]})
    full = {**lead(BEN), "Customer": {"CompanyName": "Quixotic Zebra Tools"}}
    second = properties(engagement, {**full, "QualificationStatus": "Qualified"}, "Lead")
    third = properties(engagement, full, "Lead")
    fourth = imported(engagement, full)
    physical_id = cloud.send("Create", first)["PhysicalResourceId"]
    expected = copy.deepcopy(stored(cloud, engagement))
    assert expected.pop("QualificationStatus") == "Qualified"

    for old, new in ((first, second), (second, third), (third, fourth)):
        assert update(cloud, old, new, physical_id)["PhysicalResourceId"] == physical_id

    assert stored(cloud, engagement) == expected


def test_a_renamed_construct_keeps_a_partly_declared_context_only_with_existing_context_id(
    cloud: Cloud, engagement: str
) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    part = {"Project": PROJECT["Project"]}
    response = cloud.send("Create", imported(engagement, part, "CustomerProject"), LogicalResourceId="Renamed")
    assert response["PhysicalResourceId"].endswith("/1")

    response = cloud.send("Create", properties(engagement, part, "CustomerProject"), LogicalResourceId="RenamedAgain")

    assert response["PhysicalResourceId"].endswith("/2")
    assert len(cloud.contexts(engagement)) == 2
