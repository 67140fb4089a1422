"""Deadlines and answers that do not get through: what takes long runs in the background of all other tests."""

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
    """Let an answer go nowhere: within 45 seconds the invocation ends in an error that repeats nothing; return the cloud."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        sent = event("Create", url(cloud), properties(engagement))
        outcome = cloud.function.invoke(sent, wait=46)
        assert outcome.error == "NotDeliveredError"
        assert outcome.seconds < 45
        # Lambda repeats the event, and by then the answer gets through.
        assert cloud.function.invoke({**sent, "ResponseURL": cloud.responses.url()}).error is None
        assert cloud.responses.puts[-1].response["Status"] == "SUCCESS"
        assert len(cloud.held(engagement)) == 1
    return cloud


def an_endpoint_that_drips(start: Start) -> None:
    """It answers, one byte a second."""
    undelivered(start, lambda cloud: cloud.responses.url("drip"))


def an_endpoint_that_never_answers(start: Start) -> None:
    """It takes the request."""
    cloud = undelivered(start, lambda cloud: cloud.responses.url("hang"))
    assert len(cloud.responses.puts) > 2
    assert len({put.body for put in cloud.responses.puts[:-1]}) == 1


def an_endpoint_that_takes_connections_only(start: Start) -> None:
    """It never gets as far as TLS."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        undelivered(start, lambda _: f"https://127.0.0.1:{listener.getsockname()[1]}/answers?X-Amz-Signature=secret1")


def an_endpoint_that_is_not_there(start: Start) -> None:
    """Nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        undelivered(start, lambda _: f"https://127.0.0.1:{unused.getsockname()[1]}/answers?X-Amz-Signature=secret2")


def an_endpoint_that_fails_for_ever(start: Start) -> None:
    """Always the same bytes, a bounded number of times."""
    cloud = undelivered(start, lambda cloud: cloud.responses.url(503))
    failed = cloud.responses.puts[:-1]
    assert 2 <= len(failed) <= 10
    assert len({put.body for put in failed}) == 1
    pauses = [after.at - before.at for before, after in pairwise(failed)]
    assert all(pause > 0.1 for pause in pauses)


def an_endpoint_that_closes_every_connection(start: Start) -> None:
    """It takes the request and says nothing."""
    undelivered(start, lambda cloud: cloud.responses.url("close"))


def one_stalled_connection(start: Start) -> None:
    """It costs a request's timeout, and not the budget."""
    with start() as cloud:
        engagement, stalled = cloud.service.create_engagement(), threading.Event()
        cloud.service.faults.hook(READ, lambda: stalled.wait(60))
        cloud.function.start()
        started = time.monotonic()
        answer = cloud.send("Create", properties(engagement))
        stalled.set()
        assert answer["Status"] == "SUCCESS"
        assert time.monotonic() - started < 45
        assert len(cloud.held(engagement)) == 1


def answered_failed_in_time(start: Start, fault: Callable[[Callable[[], object]], Fault]) -> None:
    """Let a service that never answers meet a Create with 10 seconds left; then go on as CloudFormation does."""
    with start() as cloud:
        engagement, stuck = cloud.service.create_engagement(), threading.Event()
        cloud.service.faults.add(fault(lambda: stuck.wait(60)))
        sent = event("Create", cloud.responses.url(), properties(engagement))
        cloud.function.start()
        started = time.monotonic()
        cloud.function.invoke(sent, seconds=10)
        answer = cloud.response_to(sent)
        assert cloud.responses.puts[0].at - started < 10
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
        assert "time" in answer["Reason"]
        # The rollback, and the next deployment.
        cloud.service.faults.clear()
        stuck.set()
        cloud.send("Delete", properties(engagement), PhysicalResourceId=answer["PhysicalResourceId"])
        assert cloud.send("Create", properties(engagement))["Status"] == "SUCCESS"
        assert len(cloud.held(engagement)) == 1
        assert len(cloud.responses.puts_to(sent["ResponseURL"])) == 1


def a_read_that_never_ends(start: Start) -> None:
    """Nothing was written."""
    answered_failed_in_time(start, lambda stuck: Fault(operation=READ, times=1000, on_arrival=stuck))


def a_write_that_never_ends(start: Start) -> None:
    """It was committed, and nobody said so."""
    answered_failed_in_time(start, lambda stuck: Fault(operation=CREATE, times=1000, after_commit=stuck))


@pytest.mark.parametrize(
    "scenario",
    [
        an_endpoint_that_drips,
        an_endpoint_that_never_answers,
        an_endpoint_that_takes_connections_only,
        one_stalled_connection,
        an_endpoint_that_fails_for_ever,
        an_endpoint_that_closes_every_connection,
        an_endpoint_that_is_not_there,
        a_read_that_never_ends,
        a_write_that_never_ends,
    ],
    ids=lambda scenario: scenario.__name__,
)
def test_time_is_kept_with(scenario: Any, background: dict[Any, "Future[None]"]) -> None:
    background[scenario].result()


def test_an_answer_that_failed_is_repeated_with_the_same_bytes(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(503, "close", 200), properties(engagement))
    assert cloud.function.invoke(sent).error is None
    assert cloud.response_to(sent, puts=3)["Status"] == "SUCCESS"


@pytest.mark.parametrize("status", [400, 403, 404, 307])
def test_an_answer_that_was_refused_is_not_repeated(cloud: Cloud, engagement: str, status: int) -> None:
    sent = event("Create", cloud.responses.url(status), properties(engagement))
    outcome = cloud.function.invoke(sent)
    assert outcome.error == "NotDeliveredError"
    assert outcome.seconds < 5
    assert len(cloud.responses.puts_to(sent["ResponseURL"])) == 1


def test_lambda_repeats_what_was_not_delivered_and_one_context_comes_of_it(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(403, 403, 200), properties(engagement))
    outcomes = cloud.function.deliver(sent)
    assert [outcome.error for outcome in outcomes] == ["NotDeliveredError", "NotDeliveredError", None]
    assert cloud.responses.puts_to(sent["ResponseURL"])[-1].answer["Status"] == "SUCCESS"
    assert len(cloud.held(engagement)) == 1


def test_a_plain_http_address_is_answered_too(cloud: Cloud, engagement: str) -> None:
    with ResponseEndpoint() as plain:
        sent = event("Create", plain.url(), properties(engagement))
        assert cloud.function.invoke(sent).error is None
        assert [put.response["Status"] for put in plain.puts] == ["SUCCESS"]
