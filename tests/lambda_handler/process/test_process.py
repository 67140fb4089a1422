"""Processes that cannot start, that die between two lines, and that run beside one another; and what they write meanwhile."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior, Fault
from tests.lambda_handler.process.events import LOGICAL_ID, OTHER_PROJECT, PROJECT, event, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
ANN, BART, CLEM = (interaction(name) for name in ("Annabella", "Bartholomew", "Clementine"))
Start = Callable[..., Cloud]


def killed(cloud: Cloud, sent: dict[str, Any], fault: Callable[[Callable[[], None]], Fault]) -> dict[str, Any]:
    """Let an event's process be killed by a fault; let Lambda repeat the event, and return the answer to that."""
    cloud.service.faults.add(fault(cloud.function.shoot))
    assert cloud.function.invoke(sent).error == "Died"
    assert len(cloud.service.faults) == 0
    assert cloud.function.invoke(sent).error is None
    return cloud.response_to(sent)


def create_killed(start: Start, *, fault: Callable[[Callable[[], None]], Fault], adopt: str) -> None:
    """One context comes of a Create that was killed and repeated."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        sent = event("Create", cloud.responses.url(), properties(engagement, AdoptExisting=adopt))
        answer = killed(cloud, sent, fault)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
        assert [each["Payload"] for each in cloud.held(engagement)] == [{"CustomerProject": PROJECT}]


def update_killed(start: Start, *, fault: Callable[[Callable[[], None]], Fault]) -> None:
    """One write comes of an Update that was killed and repeated."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        old = properties(engagement)
        physical_id = cloud.send("Create", old)["PhysicalResourceId"]
        new = properties(engagement, OTHER_PROJECT)
        more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
        answer = killed(cloud, event("Update", cloud.responses.url(), new, **more), fault)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", physical_id)
        assert [call.operation for call in cloud.service.calls if call.wrote] == [CREATE, UPDATE]
        assert [each["Payload"] for each in cloud.held(engagement)] == [{"CustomerProject": OTHER_PROJECT}]


def interactions_killed(start: Start, *, behavior: Behavior) -> None:
    """Two new interactions, and death between them: each is sent once."""
    with start() as cloud:
        cloud.service.behavior = behavior
        engagement = cloud.service.create_engagement()
        old = properties(engagement, lead(ANN), "Lead")
        physical_id = cloud.send("Create", old)["PhysicalResourceId"]
        new = properties(engagement, lead(ANN, BART, CLEM), "Lead")
        more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
        sent = event("Update", cloud.responses.url(), new, **more)
        answer = killed(cloud, sent, lambda kill: Fault(operation=UPDATE, after_commit=kill))
        assert answer["Status"] == "SUCCESS"
        writes = [call.input for call in cloud.service.calls if call.operation == UPDATE and call.wrote]
        assert [write["Payload"]["Lead"]["Interaction"] for write in writes] == [BART, CLEM]


def killed_around_the_answer(start: Start, *, before: bool) -> None:
    """The answer was sent, and the process died before it knew; or after, before Lambda knew."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        url = cloud.responses.url(cloud.function.shoot, 200) if before else cloud.responses.url()
        sent = event("Create", url, properties(engagement))
        assert cloud.function.invoke(sent).error == ("Died" if before else None)
        if not before:
            cloud.function.kill()
        assert cloud.function.invoke(sent).error is None
        answer = cloud.response_to(sent, puts=2)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
        assert len(cloud.held(engagement)) == 1


def twice_at_the_same_moment(start: Start, *, change: bool, type_: str, adopt: str) -> None:
    """Two processes handle the same event: both have read before either writes."""
    payloads: dict[str, tuple[Any, Any]] = {
        "CustomerProject": (PROJECT, OTHER_PROJECT),
        "Lead": (lead(ANN), lead(ANN, BART)),
    }
    before, after = payloads[type_]
    with start() as cloud, cloud.another() as other:
        engagement = cloud.service.create_engagement()
        old, new = (properties(engagement, payload, type_, AdoptExisting=adopt) for payload in (before, after))
        if change:
            physical_id = cloud.send("Create", old)["PhysicalResourceId"]
            more = {"OldResourceProperties": old, "PhysicalResourceId": physical_id}
            sent = event("Update", cloud.responses.url(), new, **more)
        else:
            sent = event("Create", cloud.responses.url(), new)
        cloud.function.start()
        other.start()
        both = threading.Barrier(2)
        cloud.service.faults.add(Fault(operation=READ, times=2, after_commit=lambda: both.wait(30)))
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda function: function.invoke(sent), (cloud.function, other)))
        assert [outcome.error for outcome in outcomes] == [None, None]
        answers = [put.response for put in cloud.responses.puts_to(sent["ResponseURL"])]
        assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]
        assert {answer["PhysicalResourceId"] for answer in answers} == {f"Sandbox/{engagement}/1"}
        (held,) = cloud.held(engagement)
        assert len(held["Payload"].get("Lead", {}).get("Interactions", [1, 2])) == 2
        assert sum(call.wrote for call in cloud.service.calls) == (2 if change else 1)


def named(name: str, scenario: Callable[..., None], **arguments: Any) -> Any:
    """Return a scenario as a parameter with a name."""
    return pytest.param(partial(scenario, **arguments), id=name)


KILLS: dict[str, Callable[[Callable[[], None]], Fault]] = {
    "before the read": lambda kill: Fault(operation=READ, on_arrival=kill),
    "after the read": lambda kill: Fault(operation=READ, after_commit=kill),
    "before the write": lambda kill: Fault(operation=CREATE, before_commit=kill),
    "after the write": lambda kill: Fault(operation=CREATE, after_commit=kill),
}


@pytest.mark.parametrize(
    "scenario",
    [
        *(named(f"a create {name}", create_killed, fault=fault, adopt="true") for name, fault in KILLS.items()),
        named(
            "a create after the write without adoption", create_killed, fault=KILLS["after the write"], adopt="false"
        ),
        named(
            "an update before the write", update_killed, fault=lambda kill: Fault(operation=UPDATE, before_commit=kill)
        ),
        named(
            "an update after the write", update_killed, fault=lambda kill: Fault(operation=UPDATE, after_commit=kill)
        ),
        named("interactions that are appended", interactions_killed, behavior=Behavior()),
        named(
            "interactions that replace one another",
            interactions_killed,
            behavior=Behavior(lead_interactions="replace", fills_interaction_date=False),
        ),
        named("before the answer was known", killed_around_the_answer, before=True),
        named("after the answer", killed_around_the_answer, before=False),
    ],
)
def test_a_kill_and_a_repeat_are_one_event(scenario: Any, background: dict[Any, "Future[None]"]) -> None:
    background[scenario].result()


@pytest.mark.parametrize(
    "scenario",
    [
        named("create", twice_at_the_same_moment, change=False, type_="CustomerProject", adopt="true"),
        named("create without adoption", twice_at_the_same_moment, change=False, type_="Lead", adopt="false"),
        named("update", twice_at_the_same_moment, change=True, type_="CustomerProject", adopt="true"),
        named("new interaction", twice_at_the_same_moment, change=True, type_="Lead", adopt="true"),
    ],
)
def test_an_event_that_comes_twice_at_once_is_one_event(scenario: Any, background: dict[Any, "Future[None]"]) -> None:
    background[scenario].result()


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": "garbage"}, id="endpoint"),
        pytest.param({"AWS_PROFILE": "of-nobody"}, id="profile"),
    ],
)
def test_a_function_that_cannot_start_says_what_to_do_and_still_deletes(
    fresh: Callable[..., Cloud], environment: dict[str, str]
) -> None:
    cloud = fresh(**environment)
    engagement = cloud.service.create_engagement()
    answer = cloud.send("Create", properties(engagement))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    reason = answer["Reason"].lower()
    assert any(word in reason for word in ("environment", "setting", "configur", "endpoint", "aws_"))
    assert "defect" not in reason
    physical_id = f"Sandbox/{engagement}/1"
    update = cloud.send("Update", properties(engagement), PhysicalResourceId=physical_id)
    assert (update["Status"], update["PhysicalResourceId"]) == ("FAILED", physical_id)
    assert cloud.send("Delete", properties(engagement), PhysicalResourceId=physical_id)["Status"] == "SUCCESS"


def test_nothing_is_written_that_nobody_may_see_though_every_logger_is_at_debug(fresh: Callable[..., Cloud]) -> None:
    # The harness looks through all output after each event, for every sensitive value and every URL.
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
    assert {line["decision"] for line in cloud.function.lines} >= {"created", "updated", "kept", "failed", "try again"}
    # Nothing but our own lines, and what Lambda itself writes about the invocation that failed.
    others = [line for line in cloud.function.output.splitlines() if not line.startswith("{")]
    assert all(line.startswith((" ", "Traceback", "lambda_handler.response.NotDeliveredError:")) for line in others)
