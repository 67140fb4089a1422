"""Each fault at each of its points: what the client sees, what was done, what was recorded."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from cdk_partnercentral_local.service import Dropped, Fault, PartnerCentral, Problem, ServiceError

Serve = Callable[..., tuple[Any, Any]]
Json = dict[str, Any]

CREATE = "CreateEngagementContext"
TARGET = "AWSPartnerCentralSelling."


@pytest.fixture
def served(serve: Serve, project: Json) -> tuple[PartnerCentral, Any, Callable[[], Json]]:
    """A service, its one engagement and a create that can be sent any number of times."""
    service, client = serve()
    engagement = service.create_engagement()

    def create() -> Json:
        answer = client.create_engagement_context(
            Catalog="Sandbox",
            EngagementIdentifier=engagement,
            Type="CustomerProject",
            Payload=project,
            ClientToken="token",
        )
        return dict(answer)

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
def test_a_fault_on_arrival_happens_as_often_as_planned_and_nothing_is_done(
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


def test_a_fault_waits_for_its_operation(served: Any) -> None:
    service, _, create = served
    service.faults.throttle("GetEngagement")

    assert outcome(create) == "1"
    assert len(service.faults) == 1

    reply = service.handle(f"{TARGET}GetEngagement", b"{}")
    assert b"#ThrottlingException" in reply.body
    assert len(service.faults) == 0


def test_faults_happen_in_the_order_planned(served: Any) -> None:
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


def test_what_is_planned_can_be_forgotten(served: Any) -> None:
    service, _, create = served
    service.faults.throttle(CREATE, times=10)

    service.faults.clear()

    assert (len(service.faults), outcome(create)) == (0, "1")


@pytest.mark.parametrize("reason", [None, "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"])
def test_access_denied_has_the_models_reason_or_none(served: Any, reason: str | None) -> None:
    service, engagement, create = served
    arn = service.engagement(engagement)["Arn"]
    service.faults.access_denied(CREATE, reason=reason, resource=arn)

    with pytest.raises(ClientError) as caught:
        create()

    answer = dict(caught.value.response)
    assert answer.get("Reason") == reason
    assert answer["Message"] == (
        f"The caller is not authorized to perform: partnercentral:CreateEngagementContext on resource: {arn}"
    )


def test_an_internal_error_has_status_500_and_the_others_400(served: Any) -> None:
    service, _, create = served
    service.faults.internal_error(CREATE)
    service.faults.throttle(CREATE)

    statuses = []
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            create()
        statuses.append(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])

    assert statuses == [500, 400]


def test_a_validation_fault_answers_the_problems_given(served: Any) -> None:
    service, _, create = served
    service.faults.validation(CREATE, [Problem(field="Payload", code="INVALID_RESOURCE_STATE", message="is late")])

    with pytest.raises(ClientError) as caught:
        create()

    answer: Json = dict(caught.value.response)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["Message"] == "1 validation error detected: Payload: is late"
    assert answer["ErrorList"] == [{"FieldName": "Payload", "Code": "INVALID_RESOURCE_STATE", "Message": "is late"}]


def test_any_other_error_can_be_answered(served: Any) -> None:
    service, _, create = served
    service.faults.error(CREATE, ServiceError("ExpiredTokenException", "The security token is expired", status=403))

    with pytest.raises(ClientError) as caught:
        create()

    assert caught.value.response["Error"] == {
        "Code": "ExpiredTokenException",
        "Message": "The security token is expired",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("fault", "seen", "recorded"),
    [("drop_after", "closed", "Dropped"), ("error_after_commit", "InternalServerException", "InternalServerException")],
)
def test_a_fault_after_the_commit_hides_that_it_was_done(served: Any, fault: str, seen: str, recorded: str) -> None:
    service, engagement, create = served
    getattr(service.faults, fault)(CREATE)

    assert outcome(create) == seen

    assert len(service.engagement(engagement)["Contexts"]) == 1
    (call,) = service.calls
    assert (call.error, call.wrote, call.output) == (recorded, True, None)
    assert outcome(create) == "1"
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_a_fault_after_the_commit_does_not_hide_a_refusal(served: Any) -> None:
    service, _, create = served
    create()
    service.faults.drop_after("GetEngagement")

    reply = service.handle(f"{TARGET}GetEngagement", b"{}")

    assert (reply.status, len(service.faults)) == (400, 0)
    assert [call.error for call in service.calls] == [None, "ValidationException"]


def test_a_dropped_read_is_dropped_too(served: Any) -> None:
    service, engagement, _ = served
    service.faults.drop_after("GetEngagement")

    with pytest.raises(Dropped):
        service.handle(f"{TARGET}GetEngagement", b'{"Catalog": "Sandbox", "Identifier": "%s"}' % engagement.encode())


@pytest.mark.parametrize(("after", "committed"), [(False, 0), (True, 1)])
def test_a_stall_before_or_after_the_commit(serve: Serve, project: Json, after: bool, committed: int) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    stalling, go_on = threading.Event(), threading.Event()

    def stall() -> None:
        stalling.set()
        go_on.wait(10)

    service.faults.hook(CREATE, stall, after_commit=after)
    sender = threading.Thread(
        target=client.create_engagement_context,
        kwargs={
            "Catalog": "Sandbox",
            "EngagementIdentifier": engagement,
            "Type": "CustomerProject",
            "Payload": project,
        },
    )

    sender.start()
    assert stalling.wait(5)
    # Nobody else waits for a stalled request: no lock is held.
    seen = len(client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Contexts"])
    go_on.set()
    sender.join(5)

    assert seen == committed
    order = [call.operation for call in service.calls]
    assert order == ([CREATE, "GetEngagement"] if after else ["GetEngagement", CREATE])
    assert len(service.engagement(engagement)["Contexts"]) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_slow_answer_takes_the_seconds_planned(serve: Serve, clock: Any, after: bool) -> None:
    service, client = serve(clock=clock)
    engagement = service.create_engagement()
    service.faults.slow("GetEngagement", 2.5, after_commit=after)
    begin = clock.now

    client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    assert clock.now - begin == 2_500_000_000


def test_a_client_gives_up_on_a_slow_answer_and_it_was_done(sdk: Any, serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.faults.slow(CREATE, 1.0, after_commit=True)
    impatient = sdk.client(
        "partnercentral-selling",
        endpoint_url=client.meta.endpoint_url,
        config=client.meta.config.merge(type(client.meta.config)(read_timeout=0.2)),
    )

    with pytest.raises(ReadTimeoutError):
        impatient.create_engagement_context(
            Catalog="Sandbox", EngagementIdentifier=engagement, Type="CustomerProject", Payload=project
        )

    impatient.close()
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_a_foreign_write_right_before_an_update_makes_its_lock_stale(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    service.faults.hook("UpdateEngagementContext", lambda: service.as_aws.touch(engagement))

    with pytest.raises(client.exceptions.ConflictException):
        client.update_engagement_context(
            Catalog="Sandbox",
            EngagementIdentifier=engagement,
            ContextIdentifier="1",
            EngagementLastModifiedAt=service.engagement(engagement)["ModifiedAt"],
            Type="CustomerProject",
            Payload=project,
        )


def test_a_foreign_write_right_after_a_create_is_not_in_its_answer(served: Any) -> None:
    service, engagement, create = served
    service.faults.hook(CREATE, lambda: service.as_aws.touch(engagement), after_commit=True)

    create()

    assert service.calls[0].output["EngagementLastModifiedAt"] < service.engagement(engagement)["ModifiedAt"]


class Killed(BaseException):
    """What a harness raises to end its handler between two lines."""


@pytest.mark.parametrize(("after", "committed"), [(False, 0), (True, 1)])
def test_a_kill_goes_through_to_the_caller(after: bool, committed: int) -> None:
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


def test_calls_that_were_cleared_meanwhile_stay_cleared(served: Any) -> None:
    service, _, create = served
    service.faults.add(Fault(operation=CREATE, before_commit=create, after_commit=lambda: _drop(service)))

    assert outcome(create) == "closed"

    assert [call.error for call in service.calls] == ["Dropped"]


def _drop(service: PartnerCentral) -> None:
    service.calls.clear()
    raise Dropped


def test_a_fault_that_could_never_happen_is_refused() -> None:
    service = PartnerCentral()

    with pytest.raises(ValueError, match="no operation 'DeleteEngagementContext'"):
        service.faults.throttle("DeleteEngagementContext")
    with pytest.raises(ValueError, match="times: 1 or more, got 0"):
        service.faults.throttle(CREATE, times=0)
