"""Each fault: what the client sees, whether the request was performed, and what is recorded."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from cdk_partnercentral_local import Dropped, Fault, PartnerCentral, Problem, ServiceError
from tests.cdk_partnercentral_local.service.requests import Json, Serve, creating, error_response, updating

CREATE = "CreateEngagementContext"
TARGET = "AWSPartnerCentralSelling."


@pytest.fixture
def served(serve: Serve, project: Json) -> tuple[PartnerCentral, Any, Callable[[], Json]]:
    """A service, its only engagement, and a create that can be sent several times."""
    service, client = serve()
    engagement = service.create_engagement()

    def create() -> Json:
        return dict(client.create_engagement_context(**creating(engagement, project)))

    return service, engagement, create


def outcome(create: Callable[[], Json]) -> str:
    try:
        return str(create()["ContextId"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    except ConnectionClosedError:
        return "closed"


@pytest.mark.parametrize("operation", [CREATE, None])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("throttle", "ThrottlingException"),
        ("internal_error", "InternalServerException"),
        ("conflict", "ConflictException"),
        ("access_denied", "AccessDeniedException"),
        ("drop_before", "closed"),
    ],
)
def test_a_fault_on_arrival_occurs_as_often_as_planned_and_the_request_is_not_performed(
    served: Any, fault: str, code: str, times: int, operation: str | None
) -> None:
    service, engagement, create = served
    getattr(service.faults, fault)(operation, times=times)

    outcomes = [outcome(create) for _ in range(times)]

    assert outcomes == [code] * times
    assert service.engagement(engagement)["Contexts"] == []
    recorded = "Dropped" if code == "closed" else code
    assert [(call.operation, call.error, call.wrote, call.output) for call in service.calls] == [
        (CREATE, recorded, False, None)
    ] * times
    assert outcome(create) == "1"


def test_a_fault_applies_to_its_operation_only(served: Any) -> None:
    service, _, create = served
    service.faults.throttle("GetEngagement")

    assert outcome(create) == "1"
    assert len(service.faults) == 1

    reply = service.handle(f"{TARGET}GetEngagement", b"{}")
    assert b"#ThrottlingException" in reply.body
    assert len(service.faults) == 0


def test_faults_occur_in_the_order_of_planning(served: Any) -> None:
    service, _, create = served
    service.faults.throttle(CREATE, times=2)
    service.faults.pass_by("GetEngagement")
    service.faults.drop_after(CREATE)
    service.faults.pass_by(CREATE)
    service.faults.internal_error(None)

    assert [outcome(create) for _ in range(6)] == [
        "ThrottlingException",
        "ThrottlingException",
        "closed",
        "1",
        "InternalServerException",
        "1",
    ]


def test_planned_faults_can_be_removed(served: Any) -> None:
    service, _, create = served
    service.faults.throttle(CREATE, times=10)

    service.faults.clear()

    assert (len(service.faults), outcome(create)) == (0, "1")


@pytest.mark.parametrize("reason", [None, "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"])
def test_access_denied_contains_a_reason_if_one_is_given(served: Any, reason: str | None) -> None:
    service, engagement, create = served
    arn = service.engagement(engagement)["Arn"]
    service.faults.access_denied(CREATE, reason=reason, resource=arn)

    response = error_response(create)

    assert response.get("Reason") == reason
    assert response["Message"] == (
        f"The caller is not authorized to perform: partnercentral:CreateEngagementContext on resource: {arn}"
    )


def test_an_internal_error_has_status_500_and_other_errors_400(served: Any) -> None:
    service, _, create = served
    service.faults.internal_error(CREATE)
    service.faults.throttle(CREATE)

    statuses = [error_response(create)["ResponseMetadata"]["HTTPStatusCode"] for _ in range(2)]

    assert statuses == [500, 400]


def test_a_validation_fault_contains_the_given_problems(served: Any) -> None:
    service, _, create = served
    service.faults.validation(CREATE, [Problem(field="Payload", code="INVALID_RESOURCE_STATE", message="is late")])

    response = error_response(create)

    assert response["Error"]["Code"] == "ValidationException"
    assert response["Message"] == "1 validation error detected: Payload: is late"
    assert response["ErrorList"] == [{"FieldName": "Payload", "Code": "INVALID_RESOURCE_STATE", "Message": "is late"}]


def test_any_other_error_can_be_planned(served: Any) -> None:
    service, _, create = served
    service.faults.error(CREATE, ServiceError("ExpiredTokenException", "The security token is expired", status=403))

    response = error_response(create)

    assert response["Error"] == {"Code": "ExpiredTokenException", "Message": "The security token is expired"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("fault", "seen", "recorded"),
    [("drop_after", "closed", "Dropped"), ("error_after_commit", "InternalServerException", "InternalServerException")],
)
def test_a_fault_after_the_commit_hides_that_the_request_was_performed(
    served: Any, fault: str, seen: str, recorded: str
) -> None:
    service, engagement, create = served
    getattr(service.faults, fault)(CREATE)

    assert outcome(create) == seen

    assert len(service.engagement(engagement)["Contexts"]) == 1
    (call,) = service.calls
    assert (call.error, call.wrote, call.output) == (recorded, True, None)
    assert outcome(create) == "1"
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_a_fault_after_the_commit_does_not_apply_to_a_request_that_fails(served: Any) -> None:
    service, _, create = served
    create()
    service.faults.drop_after("GetEngagement")

    reply = service.handle(f"{TARGET}GetEngagement", b"{}")

    assert (reply.status, len(service.faults)) == (400, 0)
    assert [call.error for call in service.calls] == [None, "ValidationException"]


def test_a_read_can_be_dropped_too(served: Any) -> None:
    service, engagement, _ = served
    service.faults.drop_after("GetEngagement")

    with pytest.raises(Dropped):
        service.handle(f"{TARGET}GetEngagement", b'{"Catalog": "Sandbox", "Identifier": "%s"}' % engagement.encode())


@pytest.mark.parametrize(("after", "committed"), [(False, 0), (True, 1)])
def test_a_request_that_waits_in_a_hook_does_not_block_others(
    serve: Serve, project: Json, after: bool, committed: int
) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    waiting, release = threading.Event(), threading.Event()

    def wait() -> None:
        waiting.set()
        release.wait(10)

    service.faults.hook(CREATE, wait, after_commit=after)
    sender = threading.Thread(target=client.create_engagement_context, kwargs=creating(engagement, project))

    sender.start()
    assert waiting.wait(5)
    seen = len(client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Contexts"])
    release.set()
    sender.join(5)

    assert seen == committed
    order = [call.operation for call in service.calls]
    assert order == ([CREATE, "GetEngagement"] if after else ["GetEngagement", CREATE])
    assert len(service.engagement(engagement)["Contexts"]) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_slow_response_takes_the_planned_seconds(serve: Serve, clock: Any, after: bool) -> None:
    service, client = serve(clock=clock)
    engagement = service.create_engagement()
    service.faults.slow("GetEngagement", 2.5, after_commit=after)
    start = clock.now

    client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    assert clock.now - start == 2_500_000_000


def test_a_request_whose_client_timed_out_was_performed(sdk: Any, serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.faults.slow(CREATE, 1.0, after_commit=True)
    impatient = sdk.client(
        "partnercentral-selling",
        endpoint_url=client.meta.endpoint_url,
        config=client.meta.config.merge(type(client.meta.config)(read_timeout=0.2)),
    )

    with pytest.raises(ReadTimeoutError):
        impatient.create_engagement_context(**creating(engagement, project))

    impatient.close()
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_another_write_before_the_commit_of_an_update_makes_its_lock_stale(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    service.faults.hook("UpdateEngagementContext", lambda: service.as_aws.touch(engagement))

    with pytest.raises(client.exceptions.ConflictException):
        client.update_engagement_context(**updating(service, engagement, project))


def test_another_write_after_the_commit_of_a_create_is_not_in_its_response(served: Any) -> None:
    service, engagement, create = served
    service.faults.hook(CREATE, lambda: service.as_aws.touch(engagement), after_commit=True)

    create()

    assert service.calls[0].output["EngagementLastModifiedAt"] < service.engagement(engagement)["ModifiedAt"]


class Killed(BaseException):
    """An exception that a test raises to end its client at any line."""


@pytest.mark.parametrize(("after", "committed"), [(False, 0), (True, 1)])
def test_any_other_exception_in_a_hook_is_passed_on_to_the_caller(after: bool, committed: int) -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()
    body = b'{"Catalog": "Sandbox", "EngagementIdentifier": "%s", "ClientToken": "t", "Type": "CustomerProject", '
    body = body % engagement.encode() + b'"Payload": {"CustomerProject": {}}}'

    def kill() -> None:
        raise Killed

    service.faults.hook(CREATE, kill, after_commit=after)

    with pytest.raises(Killed):
        service.handle(TARGET + CREATE, body)

    assert len(service.engagement(engagement)["Contexts"]) == committed
    assert [(call.error, call.wrote) for call in service.calls] == [("Killed", bool(committed))]
    assert service.handle(TARGET + CREATE, body).status == 200


def test_calls_that_are_cleared_during_a_request_stay_cleared(served: Any) -> None:
    service, _, create = served
    service.faults.add(Fault(operation=CREATE, before_commit=create, after_commit=lambda: _drop(service)))

    assert outcome(create) == "closed"

    assert [call.error for call in service.calls] == ["Dropped"]


def _drop(service: PartnerCentral) -> None:
    service.calls.clear()
    raise Dropped


def test_a_fault_that_can_never_occur_is_refused() -> None:
    service = PartnerCentral()

    with pytest.raises(ValueError, match="got 'DeleteEngagementContext'"):
        service.faults.throttle("DeleteEngagementContext")
    with pytest.raises(ValueError, match="times must be 1 or more; got 0"):
        service.faults.throttle(CREATE, times=0)
