"""The function from its zip: members and Types that the service model does not know, and a Type that cannot be updated."""

import copy
from typing import Any

import pytest

from cdk_partnercentral_local import Problem
from tests.lambda_handler.process.events import OTHER_STACK, PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud, failed, succeeded
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
# As CloudFormation delivers numbers and booleans, and as AWS writes them.
AS_TEXT = {"Probability": "0.5000", "Confirmed": "true", "Tries": "12345678901234567890", "Notes": ["a", "1"]}
FROM_AWS: dict[str, Any] = {"Probability": 0.5, "Confirmed": True, "Tries": 12345678901234567890, "Notes": ["a", 1, {}]}
FURTHER = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "Move further"}}
VISIT = interaction("Bartholomew")


def add_as_aws(cloud: Cloud, engagement: str, **members: Any) -> None:
    """Add members to the first context, which is a CustomerProject."""
    cloud.service.write_as_aws(
        engagement, lambda contexts: contexts[0]["Payload"]["CustomerProject"].update(copy.deepcopy(members))
    )


def second_attempts(cloud: Cloud) -> int:
    """Return how often an update was sent once more, without some members, by the log of all tests so far."""
    return sum(line.get("message") == "retry without undeclared members" for line in cloud.function.lines)


def test_declared_members_pass_through_as_declared_and_survive_updates(cloud: Cloud, engagement: str) -> None:
    declared = {**PROJECT, "Outlook": AS_TEXT}
    old = properties(engagement, declared)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    assert cloud.service.calls[1].input["Payload"] == {"CustomerProject": declared}
    cloud.update(old, {**old, "ServiceTimeout": "60"}, physical_id)
    assert cloud.updates == []
    cloud.update(old, properties(engagement, {**FURTHER, "Outlook": AS_TEXT}), physical_id)
    assert cloud.updates == [{**FURTHER, "Outlook": AS_TEXT}]
    cloud.update(properties(engagement, declared), properties(engagement, FURTHER), physical_id)
    assert cloud.payload(engagement) == FURTHER


@pytest.mark.parametrize("update", ["merge", "replace"])
def test_members_that_aws_added_survive_an_update_with_their_json_types(
    cloud: Cloud, engagement: str, update: Any
) -> None:
    cloud.service.behavior = strict(update=update)
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    add_as_aws(cloud, engagement, Outlook=FROM_AWS)
    cloud.update(old, properties(engagement, FURTHER), physical_id)
    assert cloud.updates == [{**FURTHER, "Outlook": FROM_AWS}]
    # The text distinguishes 1 from True.
    assert repr(cloud.payload(engagement)["Outlook"]) == repr(FROM_AWS)


def test_a_number_that_the_service_returns_for_a_declared_text_is_not_written_again(
    cloud: Cloud, engagement: str
) -> None:
    declared = {**PROJECT, "Outlook": {"Probability": "0.5", "Confirmed": "true"}}
    old = properties(engagement, declared)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    add_as_aws(cloud, engagement, Outlook={"Probability": 0.5, "Confirmed": True})
    cloud.update(old, {**old, "ServiceTimeout": "60"}, physical_id)
    assert cloud.updates == []
    changed = {**PROJECT, "Outlook": {"Probability": "0.6", "Confirmed": "true"}}
    cloud.update(old, properties(engagement, changed), physical_id)
    assert cloud.updates == [changed]


def test_an_unknown_member_does_not_prevent_the_adoption_of_an_equal_context(cloud: Cloud, engagement: str) -> None:
    cloud.send("Create", properties(engagement))
    add_as_aws(cloud, engagement, Outlook=FROM_AWS)
    cloud.service.calls.clear()
    succeeded(cloud, cloud.send("Create", properties(engagement), stack=OTHER_STACK), engagement, "1")
    assert cloud.operations == [READ]
    assert cloud.payload(engagement) == {**PROJECT, "Outlook": FROM_AWS}


def test_an_unknown_type_is_created_adopted_and_updated_as_declared(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = strict(accepts_unknown_types=True)
    old = properties(engagement, {"Name": "Zeppelins", "Outlook": AS_TEXT}, "FromTheFuture")
    response = cloud.send("Create", old)
    succeeded(cloud, response, engagement, "1")
    assert cloud.service.calls[1].input["Type"] == "FromTheFuture"
    assert cloud.service.calls[1].input["Payload"] == old["Payload"]
    succeeded(cloud, cloud.send("Create", old, stack=OTHER_STACK), engagement, "1")
    new = properties(engagement, {"Name": "Balloons", "Outlook": AS_TEXT}, "FromTheFuture")
    cloud.update(old, new, response["PhysicalResourceId"])
    assert cloud.updates == [{"Name": "Balloons", "Outlook": AS_TEXT}]
    assert cloud.operations == [READ, CREATE, READ, READ, UPDATE]


# The one exception: an update that is refused as invalid is sent once more without what was not declared.


def test_only_the_undeclared_members_that_the_service_names_are_left_out(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement, lead(VISIT), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.as_aws.set_customer(engagement, "1", AwsMaturity="Advanced", Sentiment={"Score": 5})
    cloud.service.as_aws.score(engagement, "1", "High")
    cloud.service.behavior = strict(unknown_members="refuse")
    before = second_attempts(cloud)

    response = cloud.update(old, properties(engagement, lead(VISIT, QualificationStatus="Open"), "Lead"), physical_id)

    succeeded(cloud, response, engagement, "1")
    first, second = cloud.updates
    assert first["Customer"].pop("Sentiment") == {"Score": 5}
    assert first == second
    assert second["Customer"]["AwsMaturity"] == "Advanced"
    assert second["Insights"] == {"LeadReadinessScore": "High"}
    assert second_attempts(cloud) == before + 1


def test_what_aws_added_to_the_customer_of_a_project_is_kept_if_another_member_is_refused(
    cloud: Cloud, engagement: str
) -> None:
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    # The name of the refused field contains those of two structures: Payload.CustomerProject.Outlook.
    add_as_aws(cloud, engagement, Outlook=FROM_AWS, Customer={**PROJECT["Customer"], "Segment": "SMB"})
    refused = Problem(field="Payload.CustomerProject.Outlook", code="INVALID_VALUE", message="is not for you to write")
    cloud.service.faults.validation(UPDATE, [refused])
    cloud.update(old, properties(engagement, FURTHER), physical_id)
    kept = {**FURTHER, "Customer": {**PROJECT["Customer"], "Segment": "SMB"}}
    assert cloud.updates == [{**kept, "Outlook": FROM_AWS}, kept]


def test_a_scored_lead_can_be_updated_though_the_service_refuses_what_aws_filled_in(
    cloud: Cloud, engagement: str
) -> None:
    # The text of the refusal names no member.
    cloud.service.behavior = strict(refuses_filled_in=True)
    old = properties(engagement, lead(VISIT), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    recommendation = {"RecommendedChannel": "Phone"}
    cloud.service.as_aws.score(engagement, "1", "High", ChannelRecommendation=recommendation, New={"Member": True})
    cloud.service.as_aws.set_customer(engagement, "1", AwsMaturity="Advanced")
    scored = copy.deepcopy(cloud.payload(engagement))
    before = second_attempts(cloud)
    new = properties(engagement, lead(VISIT, interaction("Clementine"), QualificationStatus="Open"), "Lead")
    cloud.update(old, new, physical_id)
    customer = {"CompanyName": "Quixotic Zebra Tools"}
    common = {"QualificationStatus": "Open", "Interaction": interaction("Clementine")}
    assert cloud.updates == [
        {"Customer": {**customer, "AwsMaturity": "Advanced"}, "Insights": scored["Insights"], **common},
        {"Customer": customer, **common},
    ]
    after = cloud.payload(engagement)
    assert after["Interactions"].pop()["Contact"]["FirstName"] == "Clementine"
    assert after == {**scored, "QualificationStatus": "Open"}
    assert second_attempts(cloud) == before + 1


def test_a_declared_member_that_the_service_refuses_is_not_left_out(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.behavior = strict(unknown_members="refuse")
    new = properties(engagement, {**PROJECT, "Outlook": AS_TEXT})
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    assert "Payload.CustomerProject.Outlook" in failed(response, "VALIDATION_ERROR", physical_id)
    assert cloud.updates == [{**PROJECT, "Outlook": AS_TEXT}]
    assert cloud.payload(engagement) == PROJECT


def test_the_first_refusal_is_reported_if_the_second_attempt_is_refused_too(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    add_as_aws(cloud, engagement, Outlook=FROM_AWS)
    for field in ("First", "Second", "Third"):
        cloud.service.faults.validation(UPDATE, [Problem(field=field, code="INVALID_VALUE", message="is not valid")])
    new = properties(engagement, FURTHER)
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    reason = failed(response, "VALIDATION_ERROR", physical_id)
    assert "First" in reason
    assert "Second" not in reason
    assert cloud.updates == [{**FURTHER, "Outlook": FROM_AWS}, FURTHER]
    assert cloud.payload(engagement) == {**PROJECT, "Outlook": FROM_AWS}


# CustomerAccount can be created and not updated.

ID = "cust-acc-0123456789abc"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/customer-account/{ID}"
CUSTOMER = {"CompanyName": "Quixotic Zebra Tools"}


def account(engagement: str, identifier: str = ID, customer: Any = None, **more: Any) -> dict[str, Any]:
    """Return the properties of a CustomerAccount."""
    payload = {"AccountIdentifier": identifier, "Customer": customer or CUSTOMER}
    return properties(engagement, payload, "CustomerAccount", **more)


@pytest.mark.parametrize("normalizes", [True, False])
@pytest.mark.parametrize(("created", "again"), [(ID, ARN), (ARN, ID), (ARN, ARN)], ids=["arn", "id", "same"])
def test_a_customer_account_is_adopted_and_kept_by_its_arn_or_id(
    cloud: Cloud, engagement: str, *, normalizes: bool, created: str, again: str
) -> None:
    cloud.service.behavior = strict(normalizes_account=normalizes)
    old = account(engagement, created)
    response = cloud.send("Create", old)
    succeeded(cloud, response, engagement, "1")
    assert cloud.service.calls[1].input["Payload"] == old["Payload"]
    succeeded(cloud, cloud.send("Create", account(engagement, again), stack=OTHER_STACK), engagement, "1")
    cloud.update(old, {**old, "ServiceTimeout": "60"}, response["PhysicalResourceId"])
    assert cloud.operations == [READ, CREATE, READ, READ]


def test_a_changed_customer_account_fails_with_the_ways_out_and_nothing_is_sent(cloud: Cloud, engagement: str) -> None:
    old, new = account(engagement), account(engagement, customer={"CompanyName": "Other Zeppelin Tools"})
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.calls.clear()
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    reason = failed(response, "CANNOT_UPDATE", physical_id)
    for part in ("the context 1 in Customer.CompanyName.", "Restore the payload", "client_token", "construct ID"):
        assert part in reason
    assert "Zeppelin" not in reason
    # The rollback has nothing to undo.
    cloud.update(new, old, physical_id)
    assert set(cloud.operations) == {READ}
    # Two of the ways out.
    cloud.update(new, {**old, "ServiceTimeout": "60"}, physical_id)
    replacement = cloud.send(
        "Update", {**new, "ClientToken": "mine"}, OldResourceProperties=old, PhysicalResourceId=physical_id
    )
    succeeded(cloud, replacement, engagement, "2")
    assert cloud.updates == []
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [old["Payload"], new["Payload"]]
