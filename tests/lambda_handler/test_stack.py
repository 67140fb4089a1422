"""The client of CloudFormation: what it sends, how it reads responses, and how failures are classified."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from lambda_handler import sdk
from lambda_handler.api import StackResource
from lambda_handler.errors import ApiError, Kind
from lambda_handler.stack import CloudFormation
from tests.lambda_handler.process import cloudformation
from tests.lambda_handler.process.cloudformation import REQUEST_ID, Resource
from tests.lambda_handler.process.events import OTHER_STACK, STACK

TEMPLATE = (
    '{"Resources": {"AcmeMigration1A2B3C4D": {"Type": "Custom::EngagementContext"}, "Größe": {"Type": "A & <B>"}}}'
)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[cloudformation.CloudFormation]:
    """A CloudFormation with one stack, which clients find in the standard way."""
    with cloudformation.CloudFormation() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", service.url)
        service.resources[STACK] = [
            Resource(logical_id="Mine", physical_id="Sandbox/eng-0123456789abcd/1"),
            Resource(logical_id="New", status="CREATE_IN_PROGRESS"),
            Resource(logical_id="Gone", physical_id="Sandbox/eng-0123456789abcd/2", status="DELETE_SKIPPED"),
        ]
        service.templates[STACK] = TEMPLATE
        yield service


def failure(operation: str = "resources", stack: str = STACK) -> ApiError:
    """Make a call that fails. Return the error."""
    with pytest.raises(ApiError) as raised:
        getattr(CloudFormation(), operation)(stack)
    return raised.value


@pytest.mark.parametrize("page_size", [1, 2, 3, 100])
def test_the_resources_of_all_pages_are_returned(service: cloudformation.CloudFormation, page_size: int) -> None:
    service.page_size = page_size
    assert CloudFormation().resources(STACK) == [
        StackResource(logical_id="Mine", physical_id="Sandbox/eng-0123456789abcd/1", status="CREATE_COMPLETE"),
        StackResource(logical_id="New", physical_id="", status="CREATE_IN_PROGRESS"),
        StackResource(logical_id="Gone", physical_id="Sandbox/eng-0123456789abcd/2", status="DELETE_SKIPPED"),
    ]
    assert {request["StackName"] for request in service.requests} == {STACK}
    assert [request.get("NextToken") for request in service.requests] == [
        None if page == 0 else str(page) for page in range(0, 3, page_size)
    ]


def test_a_stack_without_resources_has_an_empty_list(service: cloudformation.CloudFormation) -> None:
    service.resources[STACK] = []
    assert CloudFormation().resources(STACK) == []


@pytest.mark.parametrize("template", [TEMPLATE, "Resources:\n  Größe:\n    Type: A & <B>\n"], ids=["JSON", "YAML"])
def test_the_template_is_the_original_one_as_text(service: cloudformation.CloudFormation, template: str) -> None:
    service.templates[STACK] = template
    text = CloudFormation().template(STACK)
    assert text == template if template != TEMPLATE else json.loads(text) == json.loads(template)
    (request,) = service.requests
    assert (request["Action"], request["TemplateStage"]) == ("GetTemplate", "Original")


def test_the_client_is_created_in_the_region_of_the_stack_at_the_first_call(
    service: cloudformation.CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, str]] = []
    create = sdk.client

    def recorded(name: str, region: str) -> Any:
        made.append((name, region))
        return create(name, region)

    monkeypatch.setattr(sdk, "client", recorded)
    stack = CloudFormation()
    assert made == []
    stack.resources(STACK)
    stack.template(STACK)
    assert made == [("cloudformation", "eu-west-1")]


def test_without_another_setting_the_endpoint_is_that_of_the_region() -> None:
    assert (
        sdk.client("cloudformation", "eu-west-1").meta.endpoint_url == "https://cloudformation.eu-west-1.amazonaws.com"
    )


@pytest.mark.parametrize("operation", ["resources", "template"])
@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDenied", 403, Kind.DENIED),
        ("AccessDeniedException", 400, Kind.DENIED),
        ("Throttling", 400, Kind.THROTTLED),
        ("ThrottlingException", 400, Kind.THROTTLED),
        ("InternalFailure", 500, Kind.INTERNAL),
        ("ServiceUnavailable", 503, Kind.INTERNAL),
        ("ExpiredToken", 403, Kind.CREDENTIALS),
        ("InvalidClientTokenId", 403, Kind.CREDENTIALS),
        ("SignatureDoesNotMatch", 403, Kind.CREDENTIALS),
        ("ValidationError", 400, Kind.INVALID),
        ("OptInRequired", 403, Kind.OTHER),
    ],
)
def test_each_error_of_the_query_protocol_is_classified_after_one_attempt(
    service: cloudformation.CloudFormation, code: str, status: int, kind: Kind, operation: str
) -> None:
    service.fail(code, "It's <not> possible", status=status)
    error = failure(operation)
    assert (error.kind, error.code, error.message) == (kind, code, "It's <not> possible")
    assert error.operation == {"resources": "ListStackResources", "template": "GetTemplate"}[operation]
    assert (error.request_id, error.stack_id) == (REQUEST_ID, STACK)
    assert len(service.requests) == 1


def test_a_failure_on_a_later_page_is_a_failure(service: cloudformation.CloudFormation) -> None:
    service.page_size = 1
    original = service.respond

    def second_fails(parameters: dict[str, str]) -> tuple[int, str]:
        if "NextToken" in parameters:
            service.deny()
        return original(parameters)

    service.respond = second_fails  # type: ignore[method-assign]
    assert failure().kind is Kind.DENIED


def test_a_stack_that_does_not_exist_is_a_validation_error(service: cloudformation.CloudFormation) -> None:
    del service.resources[OTHER_STACK]
    error = failure(stack=OTHER_STACK)
    assert (error.kind, error.code) == (Kind.INVALID, "ValidationError")
    assert OTHER_STACK in error.message


@pytest.mark.parametrize("body", ["<html><p>Welcome</html>", "", "{}", "<a/>"])
def test_a_response_that_cannot_be_read_is_reported(service: cloudformation.CloudFormation, body: str) -> None:
    service.respond = lambda parameters: (200, body)  # type: ignore[method-assign]  # noqa: ARG005
    assert (failure().kind, failure().code) == (Kind.UNREADABLE, "UnreadableResponse")
    assert failure("template").kind is Kind.UNREADABLE


def test_a_dropped_connection_is_classified(service: cloudformation.CloudFormation) -> None:
    service.drop()
    assert (failure().kind, len(service.requests)) == (Kind.CONNECTION, 1)


def test_a_closed_port_is_a_failure_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", f"http://127.0.0.1:{unused.getsockname()[1]}")
        error = failure()
    assert (error.kind, error.code) == (Kind.CONNECTION, "EndpointConnectionError")
