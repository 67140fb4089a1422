"""The function from its zip: create, adopt, update, replace and delete, and the sequences of a rollback."""

import pytest

from tests.lambda_handler.process.events import (
    LOGICAL_ID,
    OTHER_PROJECT,
    OTHER_STACK,
    PROJECT,
    interaction,
    lead,
    properties,
)
from tests.lambda_handler.process.harness import Cloud, failed, succeeded
from tests.lambda_handler.process.strict import strict

ATTRIBUTES = {"ContextId", "EngagementId", "EngagementArn", "EngagementLastModifiedAt"}
READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"


def test_a_create_is_one_read_and_one_write(cloud: Cloud, engagement: str) -> None:
    response = cloud.send("Create", properties(engagement))
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, CREATE]
    assert cloud.contexts(engagement) == [
        {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
    ]


def test_a_repeated_create_is_one_read_with_the_same_response(cloud: Cloud, engagement: str) -> None:
    first = cloud.send("Create", properties(engagement), RequestId="the same")
    cloud.service.calls.clear()
    again = cloud.send("Create", properties(engagement), RequestId="the same")
    assert again == first
    assert cloud.operations == [READ]
    assert len(cloud.contexts(engagement)) == 1


def test_a_repeated_create_without_adoption_makes_one_context(cloud: Cloud, engagement: str) -> None:
    new = properties(engagement, AdoptExisting="false")
    first = cloud.send("Create", new)
    again = cloud.send("Create", new)
    succeeded(cloud, again, engagement, "1")
    assert again["Data"] == first["Data"]
    assert len(cloud.contexts(engagement)) == 1


def test_a_stack_that_was_deleted_and_created_again_adopts_its_context(cloud: Cloud, engagement: str) -> None:
    cloud.send("Create", properties(engagement))
    cloud.service.calls.clear()
    response = cloud.send("Create", properties(engagement), stack=OTHER_STACK)
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ]


def test_a_lead_is_created_and_adopted_with_the_date_that_aws_fills_in(cloud: Cloud, engagement: str) -> None:
    new = properties(engagement, lead(interaction("Annabella"), interaction("Bartholomew")), "Lead")
    cloud.send("Create", new)
    response = cloud.send("Create", new, stack=OTHER_STACK)
    succeeded(cloud, response, engagement, "1")
    (context,) = cloud.contexts(engagement)
    assert [each["Contact"]["FirstName"] for each in context["Payload"]["Lead"]["Interactions"]] == [
        "Annabella",
        "Bartholomew",
    ]
    assert all("InteractionDate" in each for each in context["Payload"]["Lead"]["Interactions"])


def test_the_arn_of_an_engagement_names_the_same_one(cloud: Cloud, engagement: str) -> None:
    cloud.send("Create", properties(engagement, AdoptExisting="false"))
    arn = cloud.service.engagement(engagement)["Arn"]
    response = cloud.send("Create", properties(arn, AdoptExisting="false"))
    succeeded(cloud, response, engagement, "1")
    assert len(cloud.contexts(engagement)) == 1


def test_an_update_is_one_read_and_one_write_with_all_digits_of_the_lock(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    created = cloud.send("Create", old)
    cloud.service.calls.clear()
    lock = cloud.service.engagement(engagement)["ModifiedAt"]
    response = cloud.send(
        "Update",
        properties(engagement, OTHER_PROJECT),
        OldResourceProperties=old,
        PhysicalResourceId=created["PhysicalResourceId"],
    )
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, UPDATE]
    sent = cloud.service.calls[1].input
    assert sent["EngagementLastModifiedAt"] == lock
    assert len(lock.partition(".")[2]) > len("123456Z")  # more digits than botocore keeps
    assert cloud.contexts(engagement)[0]["Payload"] == {"CustomerProject": OTHER_PROJECT}


def test_an_update_without_a_change_is_one_read_and_returns_all_attributes(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    created = cloud.send("Create", old)
    cloud.service.calls.clear()
    new = {**old, "ServiceTimeout": "60", "ServiceToken": "another", "AdoptExisting": "false"}
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=created["PhysicalResourceId"])
    succeeded(cloud, response, engagement, "1")
    assert set(response["Data"]) == ATTRIBUTES
    assert cloud.operations == [READ]


def test_new_interactions_are_one_update_each(cloud: Cloud, engagement: str) -> None:
    one, two, three = (interaction(name) for name in ("Annabella", "Bartholomew", "Clementine"))
    old = properties(engagement, lead(one), "Lead")
    created = cloud.send("Create", old)
    cloud.service.calls.clear()
    response = cloud.send(
        "Update",
        properties(engagement, lead(one, two, three), "Lead"),
        OldResourceProperties=old,
        PhysicalResourceId=created["PhysicalResourceId"],
    )
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, UPDATE, UPDATE]
    assert [call.input["Payload"]["Lead"]["Interaction"] for call in cloud.service.calls[1:]] == [two, three]
    names = [each["Contact"]["FirstName"] for each in cloud.contexts(engagement)[0]["Payload"]["Lead"]["Interactions"]]
    assert names == ["Annabella", "Bartholomew", "Clementine"]


def test_a_replacement_and_its_reversal_make_one_context_in_each_engagement(cloud: Cloud, engagement: str) -> None:
    other = cloud.service.create_engagement()
    here, there = properties(engagement), properties(other)
    first = cloud.send("Create", here)["PhysicalResourceId"]
    second = cloud.send("Update", there, OldResourceProperties=here, PhysicalResourceId=first)
    succeeded(cloud, second, other, "1")
    cloud.send("Delete", here, PhysicalResourceId=first)
    cloud.service.calls.clear()
    third = cloud.send("Update", here, OldResourceProperties=there, PhysicalResourceId=second["PhysicalResourceId"])
    succeeded(cloud, third, engagement, "1")
    assert cloud.operations == [READ]
    assert (len(cloud.contexts(engagement)), len(cloud.contexts(other))) == (1, 1)


def test_another_type_creates_another_context(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    first = cloud.send("Create", old)["PhysicalResourceId"]
    new = properties(engagement, lead(interaction("Annabella")), "Lead")
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=first)
    succeeded(cloud, response, engagement, "2")
    assert [each["Type"] for each in cloud.contexts(engagement)] == ["CustomerProject", "Lead"]


# Identities that are written differently, and responses without optional members.


def test_an_arn_instead_of_the_id_is_no_replacement(cloud: Cloud, engagement: str) -> None:
    old = properties(engagement)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    arn = cloud.service.engagement(engagement)["Arn"]
    cloud.update(old, properties(arn), physical_id)
    assert cloud.updates == []
    cloud.update(properties(arn), properties(arn, OTHER_PROJECT), physical_id)
    cloud.update(properties(arn, OTHER_PROJECT), properties(engagement), physical_id)
    assert cloud.updates == [OTHER_PROJECT, PROJECT]
    assert len(cloud.contexts(engagement)) == 1


@pytest.mark.parametrize("context", ["1234", "ctx-0123456789abcdef.v2"])
def test_a_context_id_that_is_longer_than_in_the_service_model_is_recognized(
    cloud: Cloud, engagement: str, context: str
) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    cloud.service.write_as_aws(engagement, lambda contexts: contexts[0].update(Id=context))
    old = properties(engagement)
    response = cloud.send("Create", old)
    succeeded(cloud, response, engagement, context)
    succeeded(
        cloud,
        cloud.update(old, {**old, "ServiceTimeout": "60"}, f"Sandbox/{engagement}/{context}"),
        engagement,
        context,
    )
    # The local Partner Central refuses such an id in a request.
    new = properties(engagement, OTHER_PROJECT, AdoptExisting="false")
    response = cloud.send(
        "Update", new, OldResourceProperties=old, PhysicalResourceId=f"Sandbox/{engagement}/{context}"
    )
    failed(response, "VALIDATION_ERROR", f"Sandbox/{engagement}/{context}")
    assert cloud.operations == [READ, READ, READ, UPDATE]
    assert cloud.service.calls[-1].input["ContextIdentifier"] == context
    assert len(cloud.contexts(engagement)) == 1


def test_a_success_without_the_optional_members_has_all_attributes(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = strict(omits_last_modified=True)
    one, two, three = (interaction(name) for name in ("Annabella", "Bartholomew", "Clementine"))
    old, new = (properties(engagement, lead(*each), "Lead") for each in ([one], [one, two, three]))
    response = cloud.send("Create", old)
    succeeded(cloud, response, engagement, "1")
    succeeded(cloud, cloud.update(old, new, response["PhysicalResourceId"]), engagement, "1")
    # Each write is followed by a read, for the next lock and the attributes.
    assert cloud.operations == [READ, CREATE, READ, READ, UPDATE, READ, UPDATE, READ]
    assert [each["Interaction"] for each in cloud.updates] == [two, three]


@pytest.mark.parametrize("physical_id", [None, f"not-created/{LOGICAL_ID}", "of another release/../x"])
def test_a_delete_calls_nothing_and_leaves_the_context(cloud: Cloud, engagement: str, physical_id: str | None) -> None:
    created = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.service.calls.clear()
    response = cloud.send("Delete", properties(engagement), PhysicalResourceId=physical_id or created)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id or created)
    assert cloud.operations == []
    assert len(cloud.contexts(engagement)) == 1


def test_an_imported_context_is_updated_and_not_created(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    response = cloud.send("Create", properties(engagement, ContextIdentifier="1"))
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, UPDATE]
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [{"CustomerProject": PROJECT}]


# Sequences that the CloudFormation of the local cloud does not send.


def test_the_next_deployment_after_a_failed_create_creates_the_context(cloud: Cloud, engagement: str) -> None:
    new = properties(engagement)
    cloud.service.faults.validation(CREATE, [])
    physical_id = f"not-created/{LOGICAL_ID}"
    failed(cloud.send("Create", new), "VALIDATION_ERROR")
    assert cloud.send("Delete", new, PhysicalResourceId=physical_id)["Status"] == "SUCCESS"
    succeeded(cloud, cloud.send("Create", new), engagement, "1")


def test_an_update_with_the_id_of_a_failed_create_creates_the_context(cloud: Cloud, engagement: str) -> None:
    # With rollback disabled, the physical id is that of the failure.
    new = properties(engagement)
    cloud.service.faults.validation(CREATE, [])
    physical_id = failed_id = cloud.send("Create", new)["PhysicalResourceId"]
    response = cloud.send("Update", new, OldResourceProperties=new, PhysicalResourceId=physical_id)
    succeeded(cloud, response, engagement, "1")
    assert cloud.send("Delete", new, PhysicalResourceId=failed_id)["Status"] == "SUCCESS"
    assert len(cloud.contexts(engagement)) == 1


def test_the_rollback_of_a_failed_replacement_writes_nothing(cloud: Cloud, engagement: str) -> None:
    here = properties(engagement)
    there = properties("eng-00000000000000", OTHER_PROJECT)
    physical_id = cloud.send("Create", here)["PhysicalResourceId"]
    response = cloud.send("Update", there, OldResourceProperties=here, PhysicalResourceId=physical_id)
    reason = failed(response, "ENGAGEMENT_NOT_FOUND", physical_id)
    assert reason.startswith("[ENGAGEMENT_NOT_FOUND] ResourceNotFoundException ")
    assert "eng-00000000000000" in reason
    cloud.service.calls.clear()
    rollback = cloud.send("Update", here, OldResourceProperties=there, PhysicalResourceId=physical_id)
    succeeded(cloud, rollback, engagement, "1")
    assert cloud.operations == [READ]


def test_the_rollback_of_a_successful_replacement_adopts_the_first_context(cloud: Cloud, engagement: str) -> None:
    # Another resource failed: the physical id is the new one, and CloudFormation deletes it afterwards.
    other = cloud.service.create_engagement()
    here, there = properties(engagement), properties(other, OTHER_PROJECT)
    first = cloud.send("Create", here)["PhysicalResourceId"]
    second = cloud.send("Update", there, OldResourceProperties=here, PhysicalResourceId=first)
    succeeded(cloud, second, other, "1")
    rollback = cloud.send("Update", here, OldResourceProperties=there, PhysicalResourceId=second["PhysicalResourceId"])
    succeeded(cloud, rollback, engagement, "1")
    gone = cloud.send("Delete", there, PhysicalResourceId=second["PhysicalResourceId"])
    assert gone["Status"] == "SUCCESS"
    assert (len(cloud.contexts(engagement)), len(cloud.contexts(other))) == (1, 1)


def test_the_rollback_of_a_failed_update_writes_nothing(cloud: Cloud, engagement: str) -> None:
    old, new = properties(engagement), properties(engagement, OTHER_PROJECT)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.faults.validation(UPDATE, [])
    response = cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    failed(response, "VALIDATION_ERROR", physical_id)
    cloud.service.calls.clear()
    rollback = cloud.send("Update", old, OldResourceProperties=new, PhysicalResourceId=physical_id)
    succeeded(cloud, rollback, engagement, "1")
    # The second read is for the case that the first one lags.
    assert cloud.operations == [READ, READ]


@pytest.mark.parametrize("also", [(), ("Clementine",)], ids=["same", "another"])
def test_an_interaction_of_a_failed_update_is_sent_by_the_next_update(
    cloud: Cloud, engagement: str, also: tuple[str, ...]
) -> None:
    # With --no-rollback, the old properties of the next update are those that failed.
    one, two = interaction("Annabella"), interaction("Bartholomew")
    more = [interaction(name) for name in also]
    old, broken, new = (properties(engagement, lead(*each), "Lead") for each in ([one], [one, two], [one, two, *more]))
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.faults.validation(UPDATE, [])
    response = cloud.send("Update", broken, OldResourceProperties=old, PhysicalResourceId=physical_id)
    failed(response, "VALIDATION_ERROR", physical_id)
    cloud.service.calls.clear()
    succeeded(cloud, cloud.update(broken, new, physical_id), engagement, "1")
    assert [each["Interaction"] for each in cloud.updates] == [two, *more]
    cloud.update(new, {**new, "ServiceTimeout": "60"}, physical_id)
    assert [each["Interaction"] for each in cloud.updates] == [two, *more]


def test_a_rollback_with_a_lagging_read_is_written(cloud: Cloud, engagement: str) -> None:
    # The first read still shows the state before the change.
    cloud.service.behavior = strict(read_lag=1)
    old, new = properties(engagement), properties(engagement, OTHER_PROJECT)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    rollback = cloud.send("Update", old, OldResourceProperties=new, PhysicalResourceId=physical_id)
    succeeded(cloud, rollback, engagement, "1")
    assert cloud.contexts(engagement)[0]["Payload"] == {"CustomerProject": PROJECT}


def test_a_repeated_request_id_does_not_skip_an_event(cloud: Cloud, engagement: str) -> None:
    # Request ids have been seen reused across deployments.
    old, new = properties(engagement), properties(engagement, OTHER_PROJECT)
    created = cloud.send("Create", old, RequestId="the same")
    physical_id = created["PhysicalResourceId"]
    cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id, RequestId="the same")
    assert cloud.contexts(engagement)[0]["Payload"] == {"CustomerProject": OTHER_PROJECT}
