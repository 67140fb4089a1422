"""The function from its zip with a service that stores values differently from how they were sent."""

from typing import Any

import pytest

from tests.lambda_handler.process.events import PROJECT, STACK, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud, succeeded
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
PADDED: dict[str, Any] = {
    "Customer": {**PROJECT["Customer"], "WebsiteUrl": "quixotic-zebra.example"},
    "Project": {**PROJECT["Project"], "BusinessProblem": f"{PROJECT['Project']['BusinessProblem']}\n"},
}
STORED: dict[str, Any] = {
    **PROJECT,
    "Customer": {**PROJECT["Customer"], "WebsiteUrl": "https://quixotic-zebra.example/"},
}


def with_phone(name: str, phone: str) -> dict[str, Any]:
    """Return an interaction whose contact has this phone number."""
    plain = interaction(name, BusinessProblem="The hangar is full.\n")
    return {**plain, "Contact": {**plain["Contact"], "Phone": phone}}


ANNABELLA, VISIT = with_phone("Annabella", "+1 (555) 0142"), with_phone("Bartholomew", "+1-555-0147")
LEAD = lead(ANNABELLA, VISIT, Customer={"CompanyName": "Quixotic Zebra Tools", "WebsiteUrl": "quixotic-zebra.example"})


def phones(cloud: Cloud, engagement: str) -> list[str]:
    """Return the phone numbers in the interactions of the only context."""
    return [each["Contact"]["Phone"] for each in cloud.payload(engagement)["Interactions"]]


@pytest.mark.parametrize("normalizes", ["create", "always"])
@pytest.mark.parametrize(("type_", "payload"), [("CustomerProject", PADDED), ("Lead", LEAD)], ids=["project", "lead"])
def test_five_stacks_that_are_created_one_after_the_other_use_one_context(
    cloud: Cloud, engagement: str, normalizes: Any, type_: str, payload: Any
) -> None:
    cloud.service.behavior = strict(normalizes=normalizes, rewrites_phone=True)
    new = properties(engagement, payload, type_)
    for number in range(5):
        succeeded(cloud, cloud.send("Create", new, stack=f"{STACK}{number}"), engagement, "1")
    assert cloud.operations == [READ, CREATE, READ, READ, READ, READ]
    if type_ == "Lead":
        assert phones(cloud, engagement) == ["+15550142", "+15550147"]
    else:
        assert cloud.payload(engagement) == STORED


def test_a_service_that_normalizes_is_not_written_to_in_every_deployment(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = strict(normalizes="always", rewrites_phone=True)
    old = properties(engagement, LEAD, "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.calls.clear()
    cloud.update(old, {**old, "ServiceTimeout": "60"}, physical_id)
    assert cloud.operations == [READ]
    # A change is written once, together with the texts as they are declared.
    new = properties(engagement, {**LEAD, "QualificationStatus": "Qualified"}, "Lead")
    cloud.update(old, new, physical_id)
    cloud.update(new, {**new, "ServiceTimeout": "60"}, physical_id)
    assert cloud.operations == [READ, READ, UPDATE, READ]
    assert cloud.updates == [{"Customer": LEAD["Customer"], "QualificationStatus": "Qualified"}]


@pytest.mark.parametrize("normalizes", ["never", "always"])
def test_a_correction_of_case_is_written_once(cloud: Cloud, engagement: str, normalizes: Any) -> None:
    cloud.service.behavior = strict(normalizes=normalizes)
    old = properties(engagement, {**PADDED, "Project": {**PADDED["Project"], "Title": "move to aws"}})
    new = properties(engagement, PADDED)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.update(old, new, physical_id)
    assert [each["Project"]["Title"] for each in cloud.updates] == ["Move to AWS"]
    cloud.update(new, {**new, "ServiceTimeout": "60"}, physical_id)
    # Also by the next stack, which adopts it with another case.
    succeeded(cloud, cloud.send("Create", old, stack=f"{STACK}1"), engagement, "1")
    succeeded(cloud, cloud.send("Create", old, stack=f"{STACK}2"), engagement, "1")
    assert [each["Project"]["Title"] for each in cloud.updates] == ["Move to AWS", "move to aws"]


@pytest.mark.parametrize("fault", ["drop_after", "error_after_commit"])
def test_a_phone_number_that_the_service_rewrites_is_not_sent_again_after_a_lost_response(
    cloud: Cloud, engagement: str, fault: str
) -> None:
    cloud.service.behavior = strict(rewrites_phone=True)
    old, new = (properties(engagement, lead(*each), "Lead") for each in ([ANNABELLA], [ANNABELLA, VISIT]))
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.calls.clear()
    getattr(cloud.service.faults, fault)(UPDATE)
    cloud.update(old, new, physical_id)
    assert phones(cloud, engagement) == ["+15550142", "+15550147"]
    # The repetition has the same payload and the same lock, so it conflicts.
    assert cloud.operations == [READ, UPDATE, UPDATE, READ]
    one, same = (call.input for call in cloud.service.calls if call.operation == UPDATE)
    assert one == same
    # Lambda delivers the event again.
    cloud.service.calls.clear()
    cloud.update(old, new, physical_id)
    assert set(cloud.operations) == {READ}
    assert phones(cloud, engagement) == ["+15550142", "+15550147"]


def test_a_rewritten_interaction_is_not_sent_by_a_rollback_and_the_deployment_after_it(
    cloud: Cloud, engagement: str
) -> None:
    cloud.service.behavior = strict(normalizes="always", rewrites_phone=True)
    old, new = (properties(engagement, lead(*each), "Lead") for each in ([ANNABELLA], [ANNABELLA, VISIT]))
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    # Another resource fails after this one.
    cloud.update(old, new, physical_id)
    cloud.update(new, old, physical_id)
    cloud.update(old, new, physical_id)
    assert [each["Interaction"] for each in cloud.updates] == [VISIT]
    assert phones(cloud, engagement) == ["+15550142", "+15550147"]
