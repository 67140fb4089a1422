"""Processes that die at any point, that run at the same time, and that cannot start; and what they write to their output."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import pytest

from cdk_partnercentral_local import Behavior, Fault
from tests.lambda_handler.process.conftest import reset
from tests.lambda_handler.process.events import LOGICAL_ID, OTHER_PROJECT, PROJECT, event, interaction, lead, properties
from tests.lambda_handler.process.harness import DIED, Cloud, Function
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
ANN, BART, CLEM = (interaction(name) for name in ("Annabella", "Bartholomew", "Clementine"))
# Makes the fault that ends the process, from the function that does it.
Kill: TypeAlias = Callable[[Callable[[], None]], Fault]


@pytest.fixture(scope="module")
def own_cloud(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    """A cloud for this module, whose process the tests may end."""
    with start() as cloud:
        yield cloud


@pytest.fixture
def cloud(own_cloud: Cloud) -> Cloud:
    """That cloud, without planned faults or recorded calls."""
    return reset(own_cloud)


@pytest.fixture(scope="module")
def other_process(own_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    """A second process of the same function."""
    with own_cloud.another(folder=tmp_path_factory.mktemp("other")) as function:
        function.start()
        yield function


def killed_and_repeated(cloud: Cloud, sent: dict[str, Any], kill: Kill) -> dict[str, Any]:
    """Let a fault end the process of an event, and let Lambda repeat the event. Return the response to that."""
    cloud.service.faults.add(kill(cloud.function.kill_during_event))
    assert cloud.function.invoke(sent).error == DIED
    assert len(cloud.service.faults) == 0
    assert cloud.function.invoke(sent).error is None
    return cloud.response_to(sent)


CREATE_KILLS: dict[str, Kill] = {
    "before the read": lambda kill: Fault(operation=READ, on_arrival=kill),
    "after the read": lambda kill: Fault(operation=READ, after_commit=kill),
    "before the write": lambda kill: Fault(operation=CREATE, before_commit=kill),
    "after the write": lambda kill: Fault(operation=CREATE, after_commit=kill),
}


@pytest.mark.parametrize("kill", CREATE_KILLS.values(), ids=CREATE_KILLS)
def test_a_create_that_died_and_is_repeated_makes_one_context(cloud: Cloud, engagement: str, kill: Kill) -> None:
    sent = event("Create", cloud.responses.url(), properties(engagement))
    response = killed_and_repeated(cloud, sent, kill)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [{"CustomerProject": PROJECT}]


def test_a_create_without_adoption_that_died_after_the_write_makes_one_context(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(), properties(engagement, AdoptExisting="false"))
    response = killed_and_repeated(cloud, sent, CREATE_KILLS["after the write"])
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert len(cloud.contexts(engagement)) == 1


UPDATE_KILLS: dict[str, Kill] = {
    "before the write": lambda kill: Fault(operation=UPDATE, before_commit=kill),
    "after the write": lambda kill: Fault(operation=UPDATE, after_commit=kill),
}


@pytest.mark.parametrize("kill", UPDATE_KILLS.values(), ids=UPDATE_KILLS)
def test_an_update_that_died_and_is_repeated_is_one_write(cloud: Cloud, engagement: str, kill: Kill) -> None:
    old, new = properties(engagement), properties(engagement, OTHER_PROJECT)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
    response = killed_and_repeated(cloud, event("Update", cloud.responses.url(), new, **more), kill)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert [call.operation for call in cloud.service.calls if call.wrote] == [CREATE, UPDATE]
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [{"CustomerProject": OTHER_PROJECT}]


@pytest.mark.parametrize(
    ("behavior", "due"),
    [
        (strict(), [BART, CLEM]),
        # What it does not show is sent again. It cannot double, and it was perhaps never sent.
        (strict(lead_interactions="replace", fills_interaction_date=False), [BART, ANN, CLEM]),
    ],
    ids=["appended", "replaced"],
)
def test_no_interaction_is_doubled_if_the_process_dies_between_them(
    cloud: Cloud, engagement: str, behavior: Behavior, due: list[Any]
) -> None:
    cloud.service.behavior = behavior
    old, new = (properties(engagement, lead(*each), "Lead") for each in ([ANN], [ANN, BART, CLEM]))
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
    sent = event("Update", cloud.responses.url(), new, **more)
    response = killed_and_repeated(cloud, sent, UPDATE_KILLS["after the write"])
    assert response["Status"] == "SUCCESS"
    writes = [call.input for call in cloud.service.calls if call.operation == UPDATE and call.wrote]
    assert [write["Payload"]["Lead"]["Interaction"] for write in writes] == due


@pytest.mark.parametrize("point", ["before the status arrives", "after the status arrived"])
def test_a_process_that_dies_around_its_response_makes_one_context(cloud: Cloud, engagement: str, point: str) -> None:
    before = point == "before the status arrives"
    url = cloud.responses.url(cloud.function.kill_during_event, 200) if before else cloud.responses.url()
    sent = event("Create", url, properties(engagement))
    assert cloud.function.invoke(sent).error == (DIED if before else None)
    if not before:
        cloud.function.kill()
    assert cloud.function.invoke(sent).error is None
    response = cloud.response_to(sent, puts=2)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert len(cloud.contexts(engagement)) == 1


@pytest.mark.parametrize(
    ("request_type", "type_", "adopt"),
    [
        ("Create", "CustomerProject", "true"),
        ("Create", "Lead", "false"),
        ("Update", "CustomerProject", "true"),
        ("Update", "Lead", "true"),
    ],
)
def test_an_event_that_two_processes_handle_at_once_is_written_once(
    cloud: Cloud, other_process: Function, engagement: str, request_type: str, type_: str, adopt: str
) -> None:
    payloads = {"CustomerProject": (PROJECT, OTHER_PROJECT), "Lead": (lead(ANN), lead(ANN, BART))}
    old, new = (properties(engagement, payload, type_, AdoptExisting=adopt) for payload in payloads[type_])
    more = {}
    if request_type == "Update":
        physical_id = cloud.send("Create", old)["PhysicalResourceId"]
        more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
    sent = event(request_type, cloud.responses.url(), new, **more)
    cloud.function.start()
    cloud.service.calls.clear()
    # Both have read before either writes.
    both_read = threading.Barrier(2)
    cloud.service.faults.add(Fault(operation=READ, times=2, after_commit=lambda: both_read.wait(30)))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda function: function.invoke(sent), (cloud.function, other_process)))
    assert [outcome.error for outcome in outcomes] == [None, None]
    responses = [put.response for put in cloud.responses.puts_to(sent["ResponseURL"])]
    assert [response["Status"] for response in responses] == ["SUCCESS", "SUCCESS"]
    assert {response["PhysicalResourceId"] for response in responses} == {f"Sandbox/{engagement}/1"}
    (context,) = cloud.contexts(engagement)
    assert len(context["Payload"].get("Lead", {}).get("Interactions", [1, 2])) == 2
    assert sum(call.wrote for call in cloud.service.calls) == 1


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": "garbage"}, id="endpoint"),
        pytest.param({"AWS_PROFILE": "of-nobody"}, id="profile"),
    ],
)
def test_a_function_that_cannot_create_its_client_names_the_cause_and_can_still_delete(
    fresh: Callable[..., Cloud], environment: dict[str, str]
) -> None:
    cloud = fresh(**environment)
    engagement = cloud.service.create_engagement()
    response = cloud.send("Create", properties(engagement))
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert response["Reason"].startswith("[CLIENT_CONFIGURATION] ")
    assert "environment variables that begin with AWS_" in response["Reason"]
    physical_id = f"Sandbox/{engagement}/1"
    update = cloud.send("Update", properties(engagement), PhysicalResourceId=physical_id)
    assert (update["Status"], update["PhysicalResourceId"]) == ("FAILED", physical_id)
    assert cloud.send("Delete", properties(engagement), PhysicalResourceId=physical_id)["Status"] == "SUCCESS"


def test_retries_and_failures_are_written_at_the_level_warn(fresh: Callable[..., Cloud]) -> None:
    cloud = fresh(AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="WARN")
    engagement = cloud.service.create_engagement()
    cloud.service.faults.conflict(CREATE)
    cloud.send("Create", properties(engagement))
    cloud.send("Create", {**properties(engagement), "FromTheFuture": "1"})
    refused = event("Create", cloud.responses.url(403), properties(engagement))
    assert cloud.function.invoke(refused).error == "NotDeliveredError"
    assert [(line["level"], line["message"], line.get("error_code")) for line in cloud.function.lines] == [
        ("WARN", "retry", "ENGAGEMENT_BUSY"),
        ("ERROR", "failed", "VERSION_MISMATCH"),
        ("ERROR", "response not accepted", None),
    ]


def test_no_sensitive_value_is_written_even_if_every_logger_has_the_level_debug(fresh: Callable[..., Cloud]) -> None:
    # The harness searches all output after each event, for every sensitive value and every URL.
    cloud = fresh(ROOT_LEVEL="DEBUG")
    engagement = cloud.service.create_engagement()
    old, new = properties(engagement), properties(engagement, OTHER_PROJECT)
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.faults.conflict(UPDATE)
    cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    cloud.send("Create", properties(engagement, lead(ANN, BART), "Lead"), LogicalResourceId="Lead")
    cloud.service.faults.drop_before(READ)
    cloud.send("Update", new, OldResourceProperties=new, PhysicalResourceId=physical_id)
    customer = {**PROJECT["Customer"], "WebsiteUrl": "quixotic zebra, no address"}
    cloud.send("Create", properties(engagement, {**PROJECT, "Customer": customer}), StackId="arn:other")
    cloud.send("Create", {**old, "FromTheFuture": "1"})
    cloud.send("Delete", new, PhysicalResourceId=physical_id)
    undelivered = event("Create", cloud.responses.url(403), old)
    assert cloud.function.invoke(undelivered).error == "NotDeliveredError"
    repeated = event("Create", cloud.responses.url(503, 200), old)
    assert cloud.function.invoke(repeated).error is None
    assert {line["message"] for line in cloud.function.lines} >= {"created", "updated", "retained", "failed", "retry"}
    # Apart from the function's own lines, there is only what Lambda writes about the failed invocation.
    others = [line for line in cloud.function.output.splitlines() if not line.startswith("{")]
    assert others
    assert all(line.startswith((" ", "Traceback", "lambda_handler.response.NotDeliveredError:")) for line in others)
