"""Each known defect of crhelper, by the same story on plain crhelper, which shows it, and on ours, which does not."""

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
from tests.lambda_handler.process.events import LOGICAL_ID, PROJECT, STACK, event, properties
from tests.lambda_handler.process.harness import Cloud, Outcome

HERE = Path(__file__).parent
# With all of the SDK's data: a trimmed one is a story of its own.
INSTALLED = Path(sysconfig.get_path("purelib"))
FAILED_ID = f"not-created/{LOGICAL_ID}"


class Told:
    """The function that does as it is told, and what came of it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def tell(
        self,
        *plan: Behavior,
        request_type: str = "Create",
        seconds: float = 900,
        wait: float | None = None,
        url: str | None = None,
        told: Any = None,
        **more: Any,
    ) -> tuple[Outcome, list[Any]]:
        """Hand over an event; return what became of the invocation, and the bodies that were sent."""
        address = url or self.cloud.responses.url(*plan)
        outcome = self.cloud.function.invoke(
            event(request_type, address, told or {}, **more), seconds=seconds, wait=wait
        )
        return outcome, self.cloud.responses.puts_to(address)

    def answer(self, *plan: Behavior, **arguments: Any) -> dict[str, Any]:
        """Hand over an event; return its one answer."""
        _, (put,) = self.tell(*plan, **arguments)
        answer: dict[str, Any] = put.response
        return answer


@contextmanager
def running(
    start: Callable[..., Cloud], on: str, *, trimmed: bool = False, **environment: str | None
) -> Iterator[Told]:
    """Start the function on plain crhelper or on ours."""
    path = [HERE, None] if trimmed or on == "ours" else [HERE, INSTALLED]
    # Nobody but plain crhelper writes what nobody may see, and its story says so.
    with start(path=path, module="told_function", scans=on == "ours", ON=on, **environment) as cloud:
        yield Told(cloud)


def clients(start: Callable[..., Cloud], on: str) -> None:
    """Builds clients of three services that nobody asked for."""
    with running(start, on) as function:
        built = function.answer(told={"Clients": "1"})["Data"]["Clients"]
        assert built == (["_events_client", "_lambda_client", "_logs_client"] if on == "plain" else [])


def trimmed_data(start: Callable[..., Cloud], on: str) -> None:
    """Fails every request when the SDK has the data of one service only."""
    with running(start, on, trimmed=True) as function:
        answer = function.answer()
        assert answer["Status"] == ("FAILED" if on == "plain" else "SUCCESS")
        assert ("Unknown service" in answer["Reason"]) == (on == "plain")


def no_region(start: Callable[..., Cloud], on: str) -> None:
    """Fails every request when it finds no region at its start."""
    with running(start, on, AWS_REGION=None) as function:
        answer = function.answer()
        assert answer["Status"] == ("FAILED" if on == "plain" else "SUCCESS")
        assert ("region" in answer["Reason"]) == (on == "plain")


def sleep_on_delete(start: Callable[..., Cloud], on: str) -> None:
    """Sleeps two minutes on every Delete."""
    with running(start, on) as function:
        outcome, puts = function.tell(request_type="Delete", PhysicalResourceId="made", wait=4)
        assert (outcome.error, len(puts)) == (("StillRunning", 0) if on == "plain" else (None, 1))


def logging_everything(start: Callable[..., Cloud], on: str) -> None:
    """Writes the event and the address of the answer to the log."""
    with running(start, on) as function:
        url = function.cloud.responses.url()
        function.tell(url=url, told=properties("eng-0123456789abcd"))
        output = function.cloud.function.output
        assert (url in output) == (on == "plain")
        assert (PROJECT["Customer"]["CompanyName"] in output) == (on == "plain")


def random_id(start: Callable[..., Cloud], on: str) -> None:
    """Answers a failed Create with another id each time."""
    with running(start, on) as function:
        ids = {function.answer(told={"Raise": "no"})["PhysicalResourceId"] for _ in range(2)}
        assert len(ids) == (2 if on == "plain" else 1)
        assert (FAILED_ID in ids) == (on == "ours")


def empty_id_after_an_init_failure(start: Callable[..., Cloud], on: str) -> None:
    """Answers without an id when it could not start, and a Delete with a failure."""
    with running(start, on, INIT_FAILS="1") as function:
        answer = function.answer()
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "" if on == "plain" else FAILED_ID)
        assert "a setting is missing" in answer["Reason"]


def empty_id_after_a_timeout(start: Callable[..., Cloud], on: str) -> None:
    """Answers without an id when time runs out."""
    with running(start, on) as function:
        _, puts = function.tell(seconds=2, told={"Sleep": "1.7"})
        first = puts[0].response
        assert (first["Status"], first["PhysicalResourceId"]) == ("FAILED", "" if on == "plain" else FAILED_ID)


def two_answers(start: Callable[..., Cloud], on: str) -> None:
    """Answers once more when the work ends after the timer."""
    with running(start, on) as function:
        _, puts = function.tell(seconds=2, told={"Sleep": "1.7"})
        statuses = [put.response["Status"] for put in puts]
        assert statuses == (["FAILED", "SUCCESS"] if on == "plain" else ["FAILED"])


def unchecked_status(start: Callable[..., Cloud], on: str) -> None:
    """Takes a 503 for a delivery."""
    with running(start, on) as function:
        outcome, puts = function.tell(503, 200)
        assert (outcome.error, len(puts)) == (None, 1 if on == "plain" else 2)


def refused_status(start: Callable[..., Cloud], on: str) -> None:
    """Takes a 403 for a delivery."""
    with running(start, on) as function:
        outcome, puts = function.tell(403)
        assert (outcome.error, len(puts)) == (None if on == "plain" else "NotDeliveredError", 1)


def no_timeout(start: Callable[..., Cloud], on: str) -> None:
    """Waits for ever for an endpoint that does not answer."""
    with running(start, on) as function:
        outcome, puts = function.tell("hang", 200, wait=12)
        assert (outcome.error, len(puts)) == (("StillRunning", 1) if on == "plain" else (None, 2))


def endless_loop(start: Callable[..., Cloud], on: str) -> None:
    """Tries for ever where nobody listens: five times two seconds, five seconds of rest, and all over again."""
    with socket.socket() as unused, running(start, on) as function:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}/answers?X-Amz-Signature=secret"
        outcome, _ = function.tell(url=url, wait=19)
        assert outcome.error == ("StillRunning" if on == "plain" else "NotDeliveredError")
        if on == "plain":
            output = function.cloud.function.output
            assert output.count("Unexpected failure sending response") > 5
            assert "Maximum retries reached" in output


def https_only(start: Callable[..., Cloud], on: str) -> None:
    """Speaks TLS whatever the address says."""
    with ResponseEndpoint() as plain, running(start, on) as function:
        url = plain.url()
        outcome, _ = function.tell(url=url, wait=5)
        assert (outcome.error, len(plain.puts)) == (("StillRunning", 0) if on == "plain" else (None, 1))


def too_large(start: Callable[..., Cloud], on: str) -> None:
    """Sends more than CloudFormation reads."""
    with running(start, on) as function:
        _, (put,) = function.tell(told={"Data": "5000"})
        assert (len(put.body) > 4096) == (on == "plain")


def no_json(start: Callable[..., Cloud], on: str) -> None:
    """Forgets whom it answers when the data is no JSON."""
    with running(start, on) as function:
        answer = function.answer(told={"Data": "no JSON"})
        assert answer["Status"] == "FAILED"
        assert answer.get("StackId") == (None if on == "plain" else STACK)


def reason_without_a_beginning(start: Callable[..., Cloud], on: str) -> None:
    """Keeps the end of a long Reason, and not what it begins with."""
    reason = "The token is spent. " + "More about it. " * 30
    with running(start, on) as function:
        said = function.answer(told={"Raise": reason})["Reason"]
        assert said.startswith("The token is spent.") == (on == "ours")
        assert said == (reason if on == "ours" else f"ERROR: (truncated) {reason[-240:]}")


def no_echo(start: Callable[..., Cloud], on: str) -> None:
    """Remembers NoEcho for events that did not ask for it."""
    with running(start, on) as function:
        function.answer(told={"NoEcho": "1"})
        assert function.answer()["NoEcho"] is (on == "plain")


def patched_in_vain(start: Callable[..., Cloud], on: str) -> None:
    """Goes on to send after a test has patched away what sends: it was bound long before. Ours has no use for either."""
    settings: dict[str, Any] = {"PATCHED": "1"} if on == "plain" else {"PATCHED": "1", "BROKEN": "1"}
    with running(start, on, **settings) as function:
        assert function.answer()["Status"] == "SUCCESS"


DEFECTS: list[Callable[..., None]] = [
    endless_loop,
    no_timeout,
    https_only,
    sleep_on_delete,
    empty_id_after_a_timeout,
    two_answers,
    clients,
    trimmed_data,
    no_region,
    logging_everything,
    random_id,
    empty_id_after_an_init_failure,
    unchecked_status,
    refused_status,
    too_large,
    no_json,
    reason_without_a_beginning,
    no_echo,
    patched_in_vain,
]


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(partial(defect, on=on), id=f"{defect.__name__}-{on}")
        for defect in DEFECTS
        for on in ("plain", "ours")
    ],
)
def test_crhelper_has_the_defect_and_ours_has_not(scenario: Any, background: dict[Any, "Future[None]"]) -> None:
    background[scenario].result()
