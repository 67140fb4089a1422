"""The function from its zip: a changed revision restores the declared values in place, and creates nothing."""

from typing import Any

import pytest

from tests.lambda_handler.process.events import PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud, failed, succeeded

READ, UPDATE = "GetEngagement", "UpdateEngagementContext"
ACCOUNT = {"AccountIdentifier": "cust-acc-0123456789abc", "Customer": {"CompanyName": "Quixotic Zebra Tools"}}
PROSPECT = {"Aws": {"TaskName": "autumn-campaign"}}
LEAD = lead(interaction("Annabella", InteractionDate="2027-01-05T09:30:00Z"), QualificationStatus="Qualified")
# For each Type: the payload, and a member with the value that somebody else wrote.
DRIFTS: dict[str, tuple[dict[str, Any], str, str, Any]] = {
    "CustomerProject": (PROJECT, "Project", "Title", "Data center exit"),
    "Lead": (LEAD, "Customer", "CompanyName", "Zeppelin Holding"),
    "ProspectingResult": (PROSPECT, "Aws", "TaskName", "spring-campaign"),
    "CustomerAccount": (ACCOUNT, "Customer", "CompanyName", "Zeppelin Holding"),
}
REVISIONS = [(None, "2"), ("2", "3"), ("3", None)]


def declared(engagement: str, type_: str, revision: str | None, **more: Any) -> dict[str, Any]:
    """Return the properties with a revision, or without one if the revision is None."""
    return properties(engagement, DRIFTS[type_][0], type_, **({"Revision": revision} if revision else {}), **more)


def drift(cloud: Cloud, engagement: str, type_: str) -> None:
    """Change one member of the context as another client would."""
    _, structure, member, value = DRIFTS[type_]

    def change(contexts: list[dict[str, Any]]) -> None:
        contexts[0]["Payload"][type_][structure][member] = value

    cloud.service.write_as_aws(engagement, change)


@pytest.fixture(params=["created", "existing"])
def controls(request: pytest.FixtureRequest) -> dict[str, str]:
    """The property that distinguishes a context with existing_context_id."""
    return {"ContextIdentifier": "1"} if request.param == "existing" else {}


def deployed(cloud: Cloud, engagement: str, type_: str, controls: dict[str, str]) -> str:
    """Create or import the context, and return the physical ID."""
    if controls:
        cloud.service.as_aws.add_context(engagement, {type_: DRIFTS[type_][0]})
    response = cloud.send("Create", declared(engagement, type_, None, **controls))
    succeeded(cloud, response, engagement, "1")
    return str(response["PhysicalResourceId"])


@pytest.mark.parametrize("type_", [name for name in DRIFTS if name != "CustomerAccount"])
def test_a_new_revision_writes_the_members_that_differ_in_place(
    cloud: Cloud, engagement: str, type_: str, controls: dict[str, str]
) -> None:
    physical_id = deployed(cloud, engagement, type_, controls)
    before = cloud.contexts(engagement)

    for old, new in REVISIONS:
        drift(cloud, engagement, type_)
        assert cloud.contexts(engagement) != before
        cloud.service.calls.clear()
        old_properties, new_properties = (declared(engagement, type_, each, **controls) for each in (old, new))
        cloud.update(old_properties, new_properties, physical_id)

        assert cloud.operations == [READ, UPDATE]
        assert cloud.contexts(engagement) == before


@pytest.mark.parametrize("type_", DRIFTS)
def test_a_new_revision_without_drift_is_one_read(
    cloud: Cloud, engagement: str, type_: str, controls: dict[str, str]
) -> None:
    physical_id = deployed(cloud, engagement, type_, controls)

    for old, new in REVISIONS:
        cloud.service.calls.clear()
        old_properties, new_properties = (declared(engagement, type_, each, **controls) for each in (old, new))
        cloud.update(old_properties, new_properties, physical_id)

        assert cloud.operations == [READ]


def test_a_customer_account_that_differs_fails_with_a_new_revision_too(
    cloud: Cloud, engagement: str, controls: dict[str, str]
) -> None:
    physical_id = deployed(cloud, engagement, "CustomerAccount", controls)
    drift(cloud, engagement, "CustomerAccount")
    cloud.service.calls.clear()

    old, new = (declared(engagement, "CustomerAccount", each, **controls) for each in (None, "2"))
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)

    assert "Customer.CompanyName" in failed(response, "CANNOT_UPDATE", physical_id)
    assert cloud.operations == [READ]
    assert len(cloud.contexts(engagement)) == 1
