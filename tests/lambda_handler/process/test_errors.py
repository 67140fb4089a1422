"""Each error of the API as the Reason that CloudFormation gets. Little time is left where one would be retried for long."""

from typing import Any

import pytest

from cdk_partnercentral_local import Behavior, Problem, ServiceError
from tests.lambda_handler.process.events import LOGICAL_ID, OTHER_PROJECT, PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
# So much that three seconds of it are for work.
LITTLE = 12


def reason(answer: dict[str, Any], physical_id: str = f"not-created/{LOGICAL_ID}") -> str:
    """Check that an answer is a failure, return its Reason."""
    assert (answer["Status"], answer["PhysicalResourceId"], answer["Data"]) == ("FAILED", physical_id, {})
    said = answer["Reason"]
    assert isinstance(said, str)
    return said


@pytest.mark.parametrize("operation", [READ, CREATE])
def test_a_denial_for_good_names_action_arn_and_its_reason_at_once(
    cloud: Cloud, engagement: str, operation: str
) -> None:
    cloud.service.faults.access_denied(operation, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE")
    said = reason(cloud.send("Create", properties(engagement)))
    for part in (
        "AccessDeniedException",
        "is not authorized to perform",
        "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE",
        f"partnercentral:{operation}",
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}",
    ):
        assert part in said
    assert cloud.operations.count(operation) == 1


def test_a_permission_that_is_still_on_its_way_is_waited_for(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.access_denied(READ)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, READ, CREATE]


def test_a_permission_that_never_comes_fails_with_action_and_arn(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.access_denied(UPDATE, times=1000)
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    new = properties(engagement, OTHER_PROJECT)
    answer = cloud.send(
        "Update", new, seconds=LITTLE, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id
    )
    said = reason(answer, physical_id)
    assert "AccessDeniedException" in said
    assert f"partnercentral:{UPDATE}" in said
    assert f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}" in said


def test_an_engagement_that_is_not_there_is_named(cloud: Cloud) -> None:
    said = reason(cloud.send("Create", properties("eng-00000000000000")))
    assert "ResourceNotFoundException" in said
    assert "was not found in catalog Sandbox" in said
    assert "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-00000000000000" in said
    assert cloud.operations == [READ]


def test_a_validation_error_names_every_field_of_its_list(cloud: Cloud, engagement: str) -> None:
    problems = [
        Problem(field=f"Payload.CustomerProject.Project.{name}", code="INVALID_VALUE", message=f"{name} is wrong")
        for name in ("Title", "BusinessProblem", "TargetCompletionDate")
    ]
    cloud.service.faults.validation(CREATE, problems)
    said = reason(cloud.send("Create", properties(engagement)))
    assert "ValidationException" in said
    assert "REQUEST_VALIDATION_FAILED" in said
    assert "3 validation errors detected" in said
    for problem in problems:
        assert f"{problem.field}: {problem.message} ({problem.code})" in said
    assert cloud.operations == [READ, CREATE]


def test_what_the_service_quotes_of_a_payload_is_masked(cloud: Cloud, engagement: str) -> None:
    # The service quotes what it refuses. The harness looks for these values in the answer and in the log.
    customer = {**PROJECT["Customer"], "WebsiteUrl": "quixotic zebra, no address", "CompanyName": "Zeppelin " * 20}
    said = reason(cloud.send("Create", properties(engagement, {**PROJECT, "Customer": customer})))
    assert "Payload.CustomerProject.Customer.WebsiteUrl" in said
    assert "Payload.CustomerProject.Customer.CompanyName" in said
    assert "zebra" not in said
    assert "Zeppelin" not in said
    assert "***" in said


def test_a_full_engagement_names_its_contexts_and_the_way_on(cloud: Cloud, engagement: str) -> None:
    for _ in range(4):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    said = reason(cloud.send("Create", properties(engagement)))
    assert "ServiceQuotaExceededException" in said
    assert "holds 5 of 5 contexts" in said
    assert "1 (CustomerProject), 2 (CustomerProject), 3 (CustomerProject), 4 (CustomerProject), 5 (Lead)" in said
    assert "existing_context_id" in said
    assert cloud.operations.count(CREATE) == 1


@pytest.mark.parametrize("plan", ["throttle", "internal_error", "drop_before"])
def test_an_error_that_passes_is_waited_for(cloud: Cloud, engagement: str, plan: str) -> None:
    getattr(cloud.service.faults, plan)(READ)
    getattr(cloud.service.faults, plan)(CREATE)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ] * 2 + [CREATE] * 2


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        ("throttle", "ThrottlingException"),
        ("internal_error", "InternalServerException"),
        ("drop_before", "partnercentral-selling.us-east-1.api.aws"),
    ],
)
def test_an_error_that_does_not_pass_fails_before_the_deadline_with_what_to_do(
    cloud: Cloud, engagement: str, plan: str, named: str
) -> None:
    getattr(cloud.service.faults, plan)(READ, times=1000)
    said = reason(cloud.send("Create", properties(engagement), seconds=LITTLE))
    assert named in said
    assert READ in said
    assert "again" in said


@pytest.mark.parametrize("mismatch", ["conflict", "validation"])
def test_a_token_spent_on_another_payload_names_the_ways_on_and_makes_nothing(
    cloud: Cloud, engagement: str, mismatch: Any
) -> None:
    cloud.service.behavior = Behavior(token_mismatch=mismatch)
    cloud.send("Create", properties(engagement))
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    said = reason(cloud.send("Create", properties(engagement, OTHER_PROJECT), seconds=LITTLE))
    assert {"conflict": "ConflictException", "validation": "ValidationException"}[mismatch] in said
    assert 'existing_context_id="' in said
    assert "client_token" in said
    assert "contexts 1." in said
    assert len(cloud.held(engagement)) == 2
    assert cloud.held(engagement)[0]["Payload"] == {"CustomerProject": PROJECT}


def test_a_token_that_is_replayed_for_another_payload_ends_in_the_one_context_updated(
    cloud: Cloud, engagement: str
) -> None:
    cloud.service.behavior = Behavior(token_mismatch="replay")
    cloud.send("Create", properties(engagement))
    answer = cloud.send("Create", properties(engagement, OTHER_PROJECT))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert [each["Payload"] for each in cloud.held(engagement)] == [{"CustomerProject": OTHER_PROJECT}]


def test_a_conflict_that_ends_is_read_again(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.conflict(CREATE)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE] * 2


def test_a_write_of_somebody_else_between_read_and_update_is_not_lost(cloud: Cloud, engagement: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.service.faults.hook(READ, lambda: cloud.service.as_aws.touch(engagement), after_commit=True)
    new = properties(engagement, OTHER_PROJECT)
    answer = cloud.send("Update", new, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id)
    assert answer["Status"] == "SUCCESS"
    assert [(call.operation, call.error) for call in cloud.service.calls[2:]] == [
        (READ, None),
        (UPDATE, "ConflictException"),
        (READ, None),
        (UPDATE, None),
    ]


@pytest.mark.parametrize("plan", ["drop_after", "error_after_commit"])
def test_an_update_that_arrived_unanswered_is_sent_once(cloud: Cloud, engagement: str, plan: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.service.calls.clear()
    getattr(cloud.service.faults, plan)(UPDATE)
    new = properties(engagement, OTHER_PROJECT)
    answer = cloud.send("Update", new, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id)
    assert answer["Status"] == "SUCCESS"
    assert cloud.operations == [READ, UPDATE, READ]


def test_an_error_that_the_api_does_not_document_is_final_and_named(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.error(READ, ServiceError("ExpiredTokenException", "The security token has expired"))
    said = reason(cloud.send("Create", properties(engagement)))
    assert "ExpiredTokenException" in said
    assert "The security token has expired" in said
    assert cloud.operations == [READ]


def test_a_context_that_is_gone_is_not_made_again(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    physical_id = f"Sandbox/{engagement}/7"
    new = properties(engagement)
    answer = cloud.send("Update", new, seconds=LITTLE, OldResourceProperties=new, PhysicalResourceId=physical_id)
    said = reason(answer, physical_id)
    assert physical_id in said
    assert "existing_context_id" in said
    assert CREATE not in cloud.operations
    assert len(cloud.held(engagement)) == 1
