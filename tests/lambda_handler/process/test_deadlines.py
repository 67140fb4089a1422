"""Responses that cannot be delivered, and calls that never end: the function ends in time, and no event is lost."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest

from cdk_partnercentral_local import Fault
from tests.lambda_handler.process.endpoint import ResponseEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, event, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE = "GetEngagement", "CreateEngagementContext"
Start = Callable[..., Cloud]


def undelivered(start: Start, url: Callable[[Cloud], str]) -> Cloud:
    """Check that a response that cannot be delivered ends in an error within 45 seconds. Return the cloud."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        sent = event("Create", url(cloud), properties(engagement))
        outcome = cloud.function.invoke(sent, wait=46)
        assert outcome.error == "NotDeliveredError"
        assert outcome.seconds < 45
        # Lambda repeats the event, and this time the response is delivered.
        assert cloud.function.invoke({**sent, "ResponseURL": cloud.responses.url()}).error is None
        assert cloud.responses.puts[-1].response["Status"] == "SUCCESS"
        assert len(cloud.contexts(engagement)) == 1
    return cloud


def an_endpoint_that_does_not_respond(start: Start) -> None:
    """It accepts the requests."""
    cloud = undelivered(start, lambda cloud: cloud.responses.url("hang"))
    assert len(cloud.responses.puts) > 2
    assert len({put.body for put in cloud.responses.puts[:-1]}) == 1


def an_endpoint_that_only_accepts_connections(start: Start) -> None:
    """The TLS handshake never ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        undelivered(start, lambda _: f"https://127.0.0.1:{listener.getsockname()[1]}/responses?X-Amz-Signature=secret1")


def an_endpoint_that_does_not_exist(start: Start) -> None:
    """No process listens on the port."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        undelivered(start, lambda _: f"https://127.0.0.1:{unused.getsockname()[1]}/responses?X-Amz-Signature=secret2")


def an_endpoint_that_always_fails(start: Start) -> None:
    """It gets the same bytes a limited number of times, with pauses."""
    cloud = undelivered(start, lambda cloud: cloud.responses.url(503))
    failed = cloud.responses.puts[:-1]
    assert 2 <= len(failed) <= 10
    assert len({put.body for put in failed}) == 1
    pauses = [after.at - before.at for before, after in pairwise(failed)]
    assert all(pause > 0.1 for pause in pauses)


def an_endpoint_that_closes_every_connection(start: Start) -> None:
    """It accepts the requests, and closes the connection without a status."""
    undelivered(start, lambda cloud: cloud.responses.url("close"))


def a_stalled_call_that_is_retried(start: Start) -> None:
    """It costs one timeout of a request, not the function's time."""
    with start() as cloud:
        engagement, stalled = cloud.service.create_engagement(), threading.Event()
        cloud.service.faults.hook(READ, lambda: stalled.wait(60))
        cloud.function.start()
        started = time.monotonic()
        response = cloud.send("Create", properties(engagement))
        stalled.set()
        assert response["Status"] == "SUCCESS"
        assert time.monotonic() - started < 45
        assert len(cloud.contexts(engagement)) == 1


def fails_in_time(start: Start, fault: Callable[[Callable[[], object]], Fault]) -> None:
    """Check that a Create with 10 seconds responds in time if no call ends; then continue as CloudFormation does."""
    with start() as cloud:
        engagement, stalled = cloud.service.create_engagement(), threading.Event()
        cloud.service.faults.add(fault(lambda: stalled.wait(60)))
        sent = event("Create", cloud.responses.url(), properties(engagement))
        cloud.function.start()
        started = time.monotonic()
        cloud.function.invoke(sent, seconds=10)
        response = cloud.response_to(sent)
        assert cloud.responses.puts[0].at - started < 10
        assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
        assert response["Reason"].startswith("[OUT_OF_TIME] ")
        # The rollback, and the next deployment.
        cloud.service.faults.clear()
        stalled.set()
        cloud.send("Delete", properties(engagement), PhysicalResourceId=response["PhysicalResourceId"])
        assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
        assert len(cloud.contexts(engagement)) == 1
        assert len(cloud.responses.puts_to(sent["ResponseURL"])) == 1


def a_read_that_never_ends(start: Start) -> None:
    """Nothing was written."""
    fails_in_time(start, lambda stall: Fault(operation=READ, times=1000, on_arrival=stall))


def a_write_that_never_ends(start: Start) -> None:
    """It was carried out, without a response."""
    fails_in_time(start, lambda stall: Fault(operation=CREATE, times=1000, after_commit=stall))


@pytest.mark.parametrize(
    "scenario",
    [
        an_endpoint_that_does_not_respond,
        an_endpoint_that_only_accepts_connections,
        a_stalled_call_that_is_retried,
        an_endpoint_that_always_fails,
        an_endpoint_that_closes_every_connection,
        an_endpoint_that_does_not_exist,
        a_read_that_never_ends,
        a_write_that_never_ends,
    ],
    ids=lambda scenario: scenario.__name__,
)
def test_the_function_ends_in_time_with(scenario: Any, scenarios: dict[Any, "Future[None]"]) -> None:
    scenarios[scenario].result()


def test_a_response_that_failed_is_retried_with_the_same_bytes(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(503, "close", 200), properties(engagement))
    assert cloud.function.invoke(sent).error is None
    assert cloud.response_to(sent, puts=3)["Status"] == "SUCCESS"


@pytest.mark.parametrize("status", [400, 403, 404, 307])
def test_a_response_that_was_refused_is_not_retried(cloud: Cloud, engagement: str, status: int) -> None:
    sent = event("Create", cloud.responses.url(status), properties(engagement))
    outcome = cloud.function.invoke(sent)
    assert outcome.error == "NotDeliveredError"
    assert outcome.seconds < 5
    assert len(cloud.responses.puts_to(sent["ResponseURL"])) == 1


def test_an_event_that_lambda_repeats_makes_one_context(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(403, 403, 200), properties(engagement))
    outcomes = cloud.function.deliver(sent)
    assert [outcome.error for outcome in outcomes] == ["NotDeliveredError", "NotDeliveredError", None]
    assert cloud.responses.puts_to(sent["ResponseURL"])[-1].response["Status"] == "SUCCESS"
    assert len(cloud.contexts(engagement)) == 1


def test_a_response_to_a_plain_http_url_is_delivered(cloud: Cloud, engagement: str) -> None:
    with ResponseEndpoint() as plain:
        sent = event("Create", plain.url(), properties(engagement))
        assert cloud.function.invoke(sent).error is None
        assert [put.response["Status"] for put in plain.puts] == ["SUCCESS"]
