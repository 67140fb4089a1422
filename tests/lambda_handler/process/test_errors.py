"""Each error of the API becomes a Reason in CloudFormation. The function gets little time where it would retry for long."""

from typing import Any

import pytest

from cdk_partnercentral_local import Problem, ServiceError
from tests.lambda_handler.process.events import OTHER_PROJECT, PROJECT, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud, failed
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
# Three of these seconds are for work, the others for the response.
LITTLE = 12


@pytest.mark.parametrize("operation", [READ, CREATE])
def test_a_denial_with_a_reason_fails_at_once_and_names_action_arn_and_reason(
    cloud: Cloud, engagement: str, operation: str
) -> None:
    cloud.service.faults.access_denied(operation, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE")
    text = failed(cloud.send("Create", properties(engagement)), "ACCESS_DENIED")
    for part in (
        "AccessDeniedException",
        "is not authorized to perform",
        "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE",
        f"partnercentral:{operation}",
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}",
    ):
        assert part in text
    assert cloud.operations.count(operation) == 1


def test_a_permission_that_has_not_arrived_yet_is_retried(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.access_denied(READ)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, READ, CREATE]


def test_a_missing_permission_names_action_and_arn(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.access_denied(UPDATE, times=1000)
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    new = properties(engagement, OTHER_PROJECT)
    response = cloud.send(
        "Update", new, seconds=LITTLE, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id
    )
    text = failed(response, "ACCESS_DENIED", physical_id)
    assert "AccessDeniedException" in text
    assert f"partnercentral:{UPDATE}" in text
    assert f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}" in text


def test_a_missing_engagement_is_named(cloud: Cloud) -> None:
    text = failed(cloud.send("Create", properties("eng-00000000000000")), "ENGAGEMENT_NOT_FOUND")
    assert "ResourceNotFoundException" in text
    assert "was not found in catalog Sandbox" in text
    assert "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-00000000000000" in text
    assert cloud.operations == [READ]


def test_a_validation_error_names_every_field_of_its_list(cloud: Cloud, engagement: str) -> None:
    problems = [
        Problem(field=f"Payload.CustomerProject.Project.{name}", code="INVALID_VALUE", message=f"{name} is wrong")
        for name in ("Title", "BusinessProblem", "TargetCompletionDate")
    ]
    cloud.service.faults.validation(CREATE, problems)
    text = failed(cloud.send("Create", properties(engagement)), "VALIDATION_ERROR")
    assert "ValidationException" in text
    assert "REQUEST_VALIDATION_FAILED" in text
    assert "3 validation errors detected" in text
    for problem in problems:
        assert f"{problem.field}: {problem.message} ({problem.code})" in text
    assert cloud.operations == [READ, CREATE]


def test_sensitive_values_that_the_service_quotes_are_masked(cloud: Cloud, engagement: str) -> None:
    # The service quotes invalid values. The harness searches the response and the log for them.
    customer = {**PROJECT["Customer"], "WebsiteUrl": "quixotic zebra, no address", "CompanyName": "Zeppelin " * 20}
    text = failed(cloud.send("Create", properties(engagement, {**PROJECT, "Customer": customer})), "VALIDATION_ERROR")
    assert "Payload.CustomerProject.Customer.WebsiteUrl" in text
    assert "Payload.CustomerProject.Customer.CompanyName" in text
    assert "zebra" not in text
    assert "Zeppelin" not in text
    assert "***" in text


def test_a_full_engagement_lists_its_contexts(cloud: Cloud, engagement: str) -> None:
    for _ in range(4):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    text = failed(cloud.send("Create", properties(engagement)), "ENGAGEMENT_FULL")
    assert "ServiceQuotaExceededException" in text
    assert "1 (CustomerProject), 2 (CustomerProject), 3 (CustomerProject), 4 (CustomerProject), 5 (Lead)" in text
    assert "existing_context_id" in text
    assert cloud.operations.count(CREATE) == 1


@pytest.mark.parametrize("plan", ["throttle", "internal_error", "drop_before"])
def test_an_error_that_passes_is_retried(cloud: Cloud, engagement: str, plan: str) -> None:
    getattr(cloud.service.faults, plan)(READ)
    getattr(cloud.service.faults, plan)(CREATE)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ] * 2 + [CREATE] * 2


@pytest.mark.parametrize(
    ("plan", "code", "named"),
    [
        ("throttle", "THROTTLED", "ThrottlingException"),
        ("internal_error", "SERVICE_ERROR", "InternalServerException"),
        ("drop_before", "NO_RESPONSE", "partnercentral-selling.us-east-1.api.aws"),
    ],
)
def test_an_error_that_does_not_pass_fails_in_time(
    cloud: Cloud, engagement: str, plan: str, code: str, named: str
) -> None:
    getattr(cloud.service.faults, plan)(READ, times=1000)
    text = failed(cloud.send("Create", properties(engagement), seconds=LITTLE), code)
    assert named in text
    assert READ in text
    assert "It is safe to deploy again." in text


@pytest.mark.parametrize("mismatch", ["conflict", "validation"])
def test_a_token_that_was_used_with_another_payload_creates_nothing(
    cloud: Cloud, engagement: str, mismatch: Any
) -> None:
    cloud.service.behavior = strict(token_mismatch=mismatch)
    cloud.send("Create", properties(engagement))
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    text = failed(cloud.send("Create", properties(engagement, OTHER_PROJECT), seconds=LITTLE), "CLIENT_TOKEN_USED")
    assert {"conflict": "ConflictException", "validation": "ValidationException"}[mismatch] in text
    assert "existing_context_id" in text
    assert "client_token" in text
    assert f"Contexts of Type CustomerProject in {engagement}: 1." in text
    assert len(cloud.contexts(engagement)) == 2
    assert cloud.contexts(engagement)[0]["Payload"] == {"CustomerProject": PROJECT}


def test_a_replayed_token_updates_the_existing_context(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = strict(token_mismatch="replay")
    cloud.send("Create", properties(engagement))
    response = cloud.send("Create", properties(engagement, OTHER_PROJECT))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [{"CustomerProject": OTHER_PROJECT}]


def test_a_conflict_starts_again_with_a_read(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.conflict(CREATE)
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE] * 2


def test_a_change_by_others_between_read_and_update_is_not_lost(cloud: Cloud, engagement: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.service.faults.hook(READ, lambda: cloud.service.as_aws.touch(engagement), after_commit=True)
    new = properties(engagement, OTHER_PROJECT)
    response = cloud.send("Update", new, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id)
    assert response["Status"] == "SUCCESS"
    assert [(call.operation, call.error) for call in cloud.service.calls[2:]] == [
        (READ, None),
        (UPDATE, "ConflictException"),
        (READ, None),
        (UPDATE, None),
    ]


@pytest.mark.parametrize("plan", ["drop_after", "error_after_commit"])
def test_an_update_with_an_unknown_outcome_that_arrived_is_sent_once(cloud: Cloud, engagement: str, plan: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.service.calls.clear()
    getattr(cloud.service.faults, plan)(UPDATE)
    new = properties(engagement, OTHER_PROJECT)
    response = cloud.send("Update", new, OldResourceProperties=properties(engagement), PhysicalResourceId=physical_id)
    assert response["Status"] == "SUCCESS"
    # The repetition has the same lock, so it conflicts if the first request arrived.
    assert cloud.operations == [READ, UPDATE, UPDATE, READ]
    first, second = (call for call in cloud.service.calls if call.operation == UPDATE)
    assert first.input == second.input
    assert [each.wrote for each in (first, second)] == [True, False]


def test_an_undocumented_error_is_final_and_named(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.error(READ, ServiceError("SubscriptionRequiredException", "The account is not subscribed"))
    text = failed(cloud.send("Create", properties(engagement)), "UNEXPECTED_ERROR")
    assert "SubscriptionRequiredException" in text
    assert "The account is not subscribed" in text
    assert cloud.operations == [READ]


PASSING = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "ExpiredTokenException",
    "RequestTimeTooSkewed",
    "InvalidSignatureException",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
]


@pytest.mark.parametrize("code", PASSING)
def test_an_error_of_a_new_role_or_a_slow_request_is_retried(cloud: Cloud, engagement: str, code: str) -> None:
    for operation in (READ, CREATE):
        cloud.service.faults.error(operation, ServiceError(code, "Retry later"))
    assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
    assert cloud.operations == [READ] * 2 + [CREATE] * 2


def test_credentials_that_stay_refused_are_named(cloud: Cloud, engagement: str) -> None:
    refused = ServiceError("UnrecognizedClientException", "The security token included in the request is invalid")
    cloud.service.faults.error(READ, refused, times=1000)
    text = failed(cloud.send("Create", properties(engagement), seconds=LITTLE), "CREDENTIALS_REFUSED")
    assert "UnrecognizedClientException" in text
    assert "credentials of the function's role" in text[:300]


def test_a_field_is_named_once_in_a_reason(cloud: Cloud, engagement: str) -> None:
    project = {**PROJECT["Project"], "Title": ""}
    text = failed(cloud.send("Create", properties(engagement, {**PROJECT, "Project": project})), "VALIDATION_ERROR")
    assert text.count("Payload.CustomerProject.Project.Title") == 1
    assert "1 validation error detected; Payload" in text
    assert text.index("request id") < text.index("Payload.CustomerProject")


def test_a_missing_context_is_not_created_again(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    physical_id = f"Sandbox/{engagement}/7"
    new = properties(engagement)
    response = cloud.send("Update", new, seconds=LITTLE, OldResourceProperties=new, PhysicalResourceId=physical_id)
    text = failed(response, "CONTEXT_GONE", physical_id)
    assert physical_id in text
    assert "existing_context_id" in text
    assert CREATE not in cloud.operations
    assert len(cloud.contexts(engagement)) == 1
