"""Each known defect of crhelper: plain crhelper has it, and our subclass does not.

If a test fails for plain crhelper, a newer release fixed the defect, and `lambda_handler.response` can become smaller.
"""

import socket
import sysconfig
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lambda_handler.process.endpoint import Behavior, ResponseEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, PROJECT, event, properties
from tests.lambda_handler.process.harness import STILL_RUNNING, Cloud, Outcome

HERE = Path(__file__).parent
# Plain crhelper needs all of the SDK's data, except where a test is about that.
INSTALLED = Path(sysconfig.get_path("purelib"))
FAILED_ID = f"not-created/{LOGICAL_ID}"
Start = Callable[..., Cloud]


class ScriptedFunction:
    """The function whose custom resource does what its event specifies."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def invoke(
        self,
        *plan: Behavior,
        request_type: str = "Create",
        seconds: float = 900,
        wait: float | None = None,
        url: str | None = None,
        script: Any = None,
        **more: Any,
    ) -> tuple[Outcome, list[Any]]:
        """Send an event. Return the result of the invocation, and the requests to the ResponseURL."""
        address = url or self.cloud.responses.url(*plan)
        outcome = self.cloud.function.invoke(
            event(request_type, address, script or {}, **more), seconds=seconds, wait=wait
        )
        return outcome, self.cloud.responses.puts_to(address)

    def response(self, *plan: Behavior, **arguments: Any) -> dict[str, Any]:
        """Send an event. Return its only response."""
        _, (put,) = self.invoke(*plan, **arguments)
        response: dict[str, Any] = put.response
        return response


@contextmanager
def running(start: Start, on: str, *, trimmed: bool = False, **environment: str | None) -> Iterator[ScriptedFunction]:
    """Start the function on plain crhelper or on our subclass."""
    path = [HERE, None] if trimmed or on == "ours" else [HERE, INSTALLED]
    # Plain crhelper logs sensitive values: a test below expects that.
    with start(path=path, module="scripted_function", scans=on == "ours", ON=on, **environment) as cloud:
        yield ScriptedFunction(cloud)


@pytest.fixture(scope="module", params=["plain", "ours"])
def on(request: pytest.FixtureRequest) -> str:
    """Plain crhelper, or our subclass."""
    return str(request.param)


@pytest.fixture(scope="module")
def function(start: Start, on: str) -> Iterator[ScriptedFunction]:
    """A process that several tests use."""
    with running(start, on) as started:
        yield started


def test_plain_crhelper_creates_three_clients_that_are_not_needed(function: ScriptedFunction, on: str) -> None:
    clients = function.response(script={"Clients": "1"})["Data"]["Clients"]
    assert clients == (["_events_client", "_lambda_client", "_logs_client"] if on == "plain" else [])


def test_plain_crhelper_logs_the_event_and_the_response_url(function: ScriptedFunction, on: str) -> None:
    url = function.cloud.responses.url()
    function.invoke(url=url, script=properties("eng-0123456789abcd"))
    output = function.cloud.function.output
    assert (url in output) == (on == "plain")
    assert (PROJECT["Customer"]["CompanyName"] in output) == (on == "plain")


def test_plain_crhelper_gives_each_failed_create_another_id(function: ScriptedFunction, on: str) -> None:
    ids = {function.response(script={"Raise": "no"})["PhysicalResourceId"] for _ in range(2)}
    assert len(ids) == (2 if on == "plain" else 1)
    assert (FAILED_ID in ids) == (on == "ours")


def test_plain_crhelper_counts_a_503_as_delivered(function: ScriptedFunction, on: str) -> None:
    outcome, puts = function.invoke(503, 200)
    assert (outcome.error, len(puts)) == (None, 1 if on == "plain" else 2)


def test_plain_crhelper_counts_a_403_as_delivered(function: ScriptedFunction, on: str) -> None:
    outcome, puts = function.invoke(403)
    assert (outcome.error, len(puts)) == (None if on == "plain" else "NotDeliveredError", 1)


def test_plain_crhelper_keeps_only_the_end_of_a_long_reason(function: ScriptedFunction, on: str) -> None:
    reason = "The token was used. " + "More about it. " * 30
    text = function.response(script={"Raise": reason})["Reason"]
    assert text == (reason if on == "ours" else f"ERROR: (truncated) {reason[-240:]}")


def test_plain_crhelper_keeps_no_echo_for_the_next_event(function: ScriptedFunction, on: str) -> None:
    function.response(script={"NoEcho": "1"})
    assert function.response()["NoEcho"] is (on == "plain")


def test_plain_crhelper_responds_twice_and_without_an_id_if_the_work_ends_after_the_timer(
    function: ScriptedFunction, on: str
) -> None:
    _, puts = function.invoke(seconds=2, script={"Sleep": "1.7"})
    assert [put.response["Status"] for put in puts] == (["FAILED", "SUCCESS"] if on == "plain" else ["FAILED"])
    assert puts[0].response["PhysicalResourceId"] == ("" if on == "plain" else FAILED_ID)


def test_plain_crhelper_fails_every_request_if_the_sdk_has_the_data_of_one_service(start: Start, on: str) -> None:
    with running(start, on, trimmed=True) as function:
        response = function.response()
    assert response["Status"] == ("FAILED" if on == "plain" else "SUCCESS")
    assert ("Unknown service" in response["Reason"]) == (on == "plain")


def test_plain_crhelper_fails_every_request_without_a_region(start: Start, on: str) -> None:
    with running(start, on, AWS_REGION=None) as function:
        response = function.response()
    assert response["Status"] == ("FAILED" if on == "plain" else "SUCCESS")
    assert ("region" in response["Reason"]) == (on == "plain")


def test_plain_crhelper_responds_without_an_id_after_an_init_failure(start: Start, on: str) -> None:
    with running(start, on, INIT_FAILS="1") as function:
        response = function.response()
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", "" if on == "plain" else FAILED_ID)
    assert "a setting is missing" in response["Reason"]


def test_plain_crhelper_sends_though_a_test_patched_its_function(start: Start, on: str) -> None:
    # Plain crhelper binds the function at definition. Ours does not use crhelper's HTTP client at all.
    with running(start, on, PATCHED="1", BROKEN="1" if on == "ours" else None) as function:
        assert function.response()["Status"] == "SUCCESS"


def sleeps_two_minutes_on_delete(start: Start, on: str) -> None:
    """Its argument sleep_on_delete is 120 by default."""
    with running(start, on) as function:
        outcome, puts = function.invoke(request_type="Delete", PhysicalResourceId="made", wait=4)
        assert (outcome.error, len(puts)) == ((STILL_RUNNING, 0) if on == "plain" else (None, 1))


def waits_forever_for_an_endpoint_that_does_not_respond(start: Start, on: str) -> None:
    """It sets no timeout."""
    with running(start, on) as function:
        outcome, puts = function.invoke("hang", 200, wait=12)
        assert (outcome.error, len(puts)) == ((STILL_RUNNING, 1) if on == "plain" else (None, 2))


def retries_forever_if_no_process_listens(start: Start, on: str) -> None:
    """It makes five attempts with pauses of two seconds, waits five seconds, and starts again."""
    with socket.socket() as unused, running(start, on) as function:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}/responses?X-Amz-Signature=secret"
        outcome, _ = function.invoke(url=url, wait=19)
        assert outcome.error == (STILL_RUNNING if on == "plain" else "NotDeliveredError")
        if on == "plain":
            output = function.cloud.function.output
            assert output.count("Unexpected failure sending response") > 5
            assert "Maximum retries reached" in output


def speaks_tls_to_a_plain_http_url(start: Start, on: str) -> None:
    """The response never arrives."""
    with ResponseEndpoint() as plain, running(start, on) as function:
        outcome, _ = function.invoke(url=plain.url(), wait=5)
        assert (outcome.error, len(plain.puts)) == ((STILL_RUNNING, 0) if on == "plain" else (None, 1))


SLOW: list[Callable[..., None]] = [
    retries_forever_if_no_process_listens,
    waits_forever_for_an_endpoint_that_does_not_respond,
    speaks_tls_to_a_plain_http_url,
    sleeps_two_minutes_on_delete,
]


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(partial(defect, on=each), id=f"{defect.__name__}-{each}")
        for defect in SLOW
        for each in ("plain", "ours")
    ],
)
def test_plain_crhelper(scenario: Any, scenarios: dict[Any, "Future[None]"]) -> None:
    scenarios[scenario].result()
