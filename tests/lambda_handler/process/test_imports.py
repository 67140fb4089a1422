"""The function from its zip: imports manage only what is declared, and no update loses what Partner Central has."""

from typing import Any

import pytest

from cdk_partnercentral_local import Behavior
from tests.lambda_handler.process.events import LOGICAL_ID, PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
FROM_AWS: dict[str, Any] = {
    "Customer": {"CompanyName": "Quixotic Zebra Tools", "Industry": "Retail", "AwsMaturity": "Advanced"},
    "Interactions": [{**interaction("Annabella"), "SourceType": "Webinar", "Usecase": "Migration"}],
}
VISIT = interaction("Bartholomew")
CHANNEL = {"RecommendedChannel": "Phone"}


def update(cloud: Cloud, old: Any, new: Any, physical_id: str) -> dict[str, Any]:
    """Run an Update that succeeds."""
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id), response
    return response


def payload(cloud: Cloud, engagement: str, type_: str = "Lead") -> dict[str, Any]:
    """Return the payload of the only context."""
    (context,) = cloud.contexts(engagement)
    found = {name: value for name, value in context["Payload"][type_].items() if value is not None}
    for one in found.get("Interactions", ()):
        one.pop("InteractionDate", None)
    return found


def sent(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the payloads of the updates that were sent."""
    return [call.input["Payload"] for call in cloud.service.calls if call.operation == UPDATE]


@pytest.mark.parametrize("merges", ["merge", "replace"])
@pytest.mark.parametrize("nulls", [True, False])
def test_a_lead_from_aws_is_qualified_by_a_partial_declaration_and_keeps_everything_else(
    cloud: Cloud, engagement: str, merges: Any, nulls: bool
) -> None:
    cloud.service.behavior = Behavior(update=merges, explicit_nulls=nulls)
    cloud.service.as_aws.add_context(engagement, {"Lead": FROM_AWS})
    # A member that no model of today has.
    cloud.service.as_aws.score(engagement, "1", "High", ChannelRecommendation=CHANNEL, Confidence=0.75)
    partial = {"QualificationStatus": "Qualified", "Interactions": [VISIT]}
    new = properties(engagement, partial, "Lead", ContextIdentifier="1")

    response = cloud.send("Create", new)

    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert cloud.operations == [READ, UPDATE]
    qualified = {
        "Customer": FROM_AWS["Customer"],
        "Insights": {"LeadReadinessScore": "High", "ChannelRecommendation": CHANNEL, "Confidence": 0.75},
        "QualificationStatus": "Qualified",
        "Interactions": [*FROM_AWS["Interactions"], VISIT],
    }
    assert payload(cloud, engagement) == qualified

    # The next deployment has nothing to write, and the one after that writes one interaction.
    update(cloud, new, {**new, "ServiceTimeout": "60"}, response["PhysicalResourceId"])
    assert cloud.operations == [READ, UPDATE, READ]
    another = interaction("Clementine")
    newer = properties(engagement, {**partial, "Interactions": [VISIT, another]}, "Lead", ContextIdentifier="1")
    update(cloud, new, newer, response["PhysicalResourceId"])
    assert payload(cloud, engagement) == {**qualified, "Interactions": [*qualified["Interactions"], another]}


def test_removing_existing_context_id_erases_nothing_that_is_not_declared(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"Lead": FROM_AWS})
    old = properties(engagement, {"QualificationStatus": "Qualified"}, "Lead", ContextIdentifier="1")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    update(cloud, old, properties(engagement, lead(VISIT), "Lead"), physical_id)
    assert payload(cloud, engagement) == {
        "Customer": FROM_AWS["Customer"],
        "QualificationStatus": "Qualified",
        "Interactions": [*FROM_AWS["Interactions"], VISIT],
    }


def test_a_partial_import_without_a_required_member_is_refused_before_anything_is_sent(
    cloud: Cloud, engagement: str
) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": {"Customer": PROJECT["Customer"]}})
    new = properties(engagement, {"Project": {"Title": "Move to AWS"}}, ContextIdentifier="1")
    response = cloud.send("Create", new)
    assert response["Status"] == "FAILED"
    assert response["Reason"].startswith("[MISSING_MEMBER] ")
    assert "Project.BusinessProblem, Project.TargetCompletionDate" in response["Reason"]
    assert cloud.operations == [READ]


def test_a_scored_lead_can_be_updated_if_the_service_refuses_what_aws_filled_in(cloud: Cloud, engagement: str) -> None:
    # The text of the refusal does not name the members.
    cloud.service.behavior = Behavior(refuses_filled_in=True)
    old = properties(engagement, lead(VISIT), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.as_aws.score(engagement, "1", "High", ChannelRecommendation=CHANNEL, New={"Member": True})
    cloud.service.as_aws.set_customer(engagement, "1", AwsMaturity="Advanced")
    update(cloud, old, properties(engagement, lead(VISIT, QualificationStatus="Open"), "Lead"), physical_id)
    assert [set(each["Lead"]) for each in sent(cloud)] == [
        {"Customer", "Insights", "QualificationStatus"},
        {"Customer", "QualificationStatus"},
    ]
    found = payload(cloud, engagement)
    assert found["QualificationStatus"] == "Open"
    assert found["Insights"]["ChannelRecommendation"] == CHANNEL
    assert "retry without undeclared members" in [line.get("decision") for line in cloud.function.lines]


def test_unknown_members_pass_through_as_declared_and_survive_updates(cloud: Cloud, engagement: str) -> None:
    # CloudFormation delivers numbers and booleans as text.
    declared = {**PROJECT, "Outlook": {"Probability": "0.5", "Confirmed": "true", "Notes": ["a", "b"]}}
    old = properties(engagement, declared)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    assert payload(cloud, engagement, "CustomerProject") == declared
    update(cloud, old, {**old, "ServiceTimeout": "60"}, physical_id)
    title = {**declared, "Project": {**PROJECT["Project"], "Title": "Move further"}}
    update(cloud, old, properties(engagement, title), physical_id)
    assert payload(cloud, engagement, "CustomerProject") == title
    assert len(sent(cloud)) == 1


def test_an_unknown_type_is_created_adopted_and_updated(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = Behavior(accepts_unknown_types=True)
    old = properties(engagement, {"Name": "Zeppelins", "Size": "5"}, "FromTheFuture")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    assert cloud.send("Create", old)["PhysicalResourceId"] == physical_id
    new = properties(engagement, {"Name": "Zeppelins", "Size": "6"}, "FromTheFuture")
    update(cloud, old, new, physical_id)
    assert payload(cloud, engagement, "FromTheFuture") == {"Name": "Zeppelins", "Size": "6"}


ACCOUNT: dict[str, Any] = {
    "AccountIdentifier": "cust-acc-0123456789abc",
    "Customer": {"CompanyName": "Quixotic Zebra Tools"},
}


@pytest.mark.parametrize("normalizes", [True, False])
def test_a_customer_account_is_created_and_adopted_by_its_id_or_arn(
    cloud: Cloud, engagement: str, normalizes: bool
) -> None:
    cloud.service.behavior = Behavior(normalizes_account=normalizes)
    new = properties(engagement, ACCOUNT, "CustomerAccount")
    response = cloud.send("Create", new)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert payload(cloud, engagement, "CustomerAccount") == ACCOUNT
    assert cloud.send("Create", new)["PhysicalResourceId"] == response["PhysicalResourceId"]


def test_a_changed_customer_account_fails_and_a_new_client_token_replaces_it(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement, ACCOUNT, "CustomerAccount")
    changed = {**ACCOUNT, "Customer": {"CompanyName": "Other Tools"}}
    new = properties(engagement, changed, "CustomerAccount")
    first = cloud.send("Create", old)["PhysicalResourceId"]
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=first)
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", first)
    assert response["Reason"].startswith("[CANNOT_UPDATE] ")
    assert "Customer.CompanyName" in response["Reason"]
    # The rollback has nothing to undo.
    update(cloud, new, old, first)
    replacement = {**new, "ClientToken": "mine"}
    response = cloud.send("Update", replacement, OldResourceProperties=old, PhysicalResourceId=first)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/2")
    assert [each["Payload"]["CustomerAccount"] for each in cloud.contexts(engagement)] == [ACCOUNT, changed]
    assert sent(cloud) == []


# Nothing is sent twice, and nothing is lost.


@pytest.mark.parametrize("fault", ["drop_after", "error_after_commit"])
def test_a_phone_number_that_the_service_rewrites_is_not_sent_again_after_a_lost_response(
    cloud: Cloud, engagement: str, fault: str
) -> None:
    cloud.service.behavior = Behavior(rewrites_phone=True)
    dashed = {**VISIT, "Contact": {**VISIT["Contact"], "Phone": "+1-555-0147"}}
    old = properties(engagement, lead(interaction("Annabella")), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    getattr(cloud.service.faults, fault)(UPDATE)
    cloud.service.calls.clear()
    update(cloud, old, properties(engagement, lead(interaction("Annabella"), dashed), "Lead"), physical_id)
    phones = [each["Contact"]["Phone"] for each in payload(cloud, engagement)["Interactions"]]
    assert phones == ["+15550142", "+15550147"]
    # The repetition has the same payload and the same lock, so it conflicts.
    one, same = (call.input for call in cloud.service.calls if call.operation == UPDATE)
    assert one == same


def test_an_interaction_of_a_failed_update_is_sent_by_the_next_one(cloud: Cloud, engagement: str) -> None:
    # With --no-rollback, the old properties of the next update are those that failed.
    old = properties(engagement, lead(VISIT), "Lead")
    new = properties(engagement, lead(VISIT, interaction("Annabella")), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.faults.validation(UPDATE, [])
    failed = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    assert failed["Status"] == "FAILED"
    update(cloud, new, {**new, "ServiceTimeout": "60"}, physical_id)
    names = [each["Contact"]["FirstName"] for each in payload(cloud, engagement)["Interactions"]]
    assert names == ["Bartholomew", "Annabella"]


@pytest.mark.parametrize("normalizes", ["create", "always"])
def test_a_service_that_normalizes_gets_no_write_in_every_deployment_and_no_second_context(
    cloud: Cloud, engagement: str, normalizes: Any
) -> None:
    cloud.service.behavior = Behavior(normalizes=normalizes)
    problem = "The zeppelin hangar loses all its paperwork every winter.\n"
    customer = {**PROJECT["Customer"], "WebsiteUrl": "quixotic-zebra.example"}
    declared = {"Customer": customer, "Project": {**PROJECT["Project"], "BusinessProblem": problem}}
    old = properties(engagement, declared)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    for number in range(4):
        # A stack that was deleted and created again has another token.
        again = cloud.send("Create", old, LogicalResourceId=f"{LOGICAL_ID}{number}")
        assert again["PhysicalResourceId"] == physical_id
    update(cloud, old, {**old, "ServiceTimeout": "60"}, physical_id)
    assert len(cloud.contexts(engagement)) == 1
    assert sent(cloud) == []


def test_a_success_without_the_optional_members_has_all_attributes(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = Behavior(omits_last_modified=True)
    old = properties(engagement, lead(VISIT), "Lead")
    response = cloud.send("Create", old)
    new = properties(engagement, lead(VISIT, interaction("Annabella"), interaction("Clementine")), "Lead")
    physical_id = response["PhysicalResourceId"]
    for each in (response, update(cloud, old, new, physical_id)):
        assert set(each["Data"]) == {"ContextId", "EngagementId", "EngagementArn", "EngagementLastModifiedAt"}
        assert all(each["Data"].values())
    assert each["Data"]["EngagementLastModifiedAt"] == cloud.service.engagement(engagement)["ModifiedAt"]
    assert len(payload(cloud, engagement)["Interactions"]) == 3
