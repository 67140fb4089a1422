"""The function from its zip on Python 3.14, under Lambda's own runtime interface client and in both log formats."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_local import Fault
from tests.lambda_handler.process.conftest import reset
from tests.lambda_handler.process.events import LOGICAL_ID, OTHER_PROJECT, PROJECT, event, properties
from tests.lambda_handler.process.harness import TIMED_OUT, Cloud, failed, succeeded
from tests.runtime.lambda_function import LambdaFunction
from tests.runtime.load_balancer import load_balancer

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
Start = Callable[..., Cloud]
# Lambda sets a log level only with the format JSON.
FORMATS = {
    "Text": {"AWS_LAMBDA_LOG_FORMAT": "Text"},
    "JSON": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"},
}


@pytest.fixture(params=list(FORMATS.values()), ids=list(FORMATS))
def log_format(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment variables of a log format."""
    found: dict[str, str] = request.param
    return found


@pytest.fixture
def cloud(start: Start, log_format: dict[str, str]) -> Cloud:
    """A cloud whose function is running."""
    cloud = start(**log_format)
    cloud.function.start()
    return cloud


@pytest.fixture
def engagement(cloud: Cloud) -> str:
    """An engagement without contexts."""
    return cloud.service.create_engagement()


def process_of(cloud: Cloud) -> LambdaFunction:
    assert isinstance(cloud.function, LambdaFunction)
    return cloud.function


def requests_of(cloud: Cloud) -> list[str]:
    """Return the names of the function's requests to the Runtime API, up to the one for the next event."""
    process_of(cloud).wait_for_idle()
    return process_of(cloud).api.names


def error_lines(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the function's own log lines of the level ERROR."""
    return [line for line in cloud.function.lines if line["level"] == "ERROR"]


def status_of(process: int, name: str) -> str:
    """Return a line of a process's status in Linux."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:"))


def created(cloud: Cloud, engagement: str) -> str:
    """Create a context, then forget the calls for it. Return its physical ID."""
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    assert isinstance(physical_id, str)
    reset(cloud)
    return physical_id


def test_the_function_starts_without_output_or_writes(cloud: Cloud, code: Path) -> None:
    assert requests_of(cloud) == ["next"]
    assert cloud.function.lines == []
    assert process_of(cloud).log_events == []
    writable = [path for path in [code, *code.rglob("*")] if path.stat().st_mode & 0o222]
    assert writable == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
def test_the_function_runs_without_privileges(cloud: Cloud) -> None:
    process = process_of(cloud).pid
    assert int(status_of(process, "CapEff"), 16) == 0
    assert os.geteuid() == 0 or status_of(process, "Uid").split()[0] == str(os.geteuid())


def test_a_create_makes_a_context(cloud: Cloud, engagement: str) -> None:
    response = cloud.send("Create", properties(engagement))
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, CREATE]
    assert cloud.payload(engagement) == PROJECT
    assert requests_of(cloud) == ["next", "response", "next"]
    assert process_of(cloud).api.received[1].body == b"null"
    assert error_lines(cloud) == []


def test_a_repeated_create_makes_one_context(cloud: Cloud, engagement: str) -> None:
    sent = event("Create", cloud.responses.url(), properties(engagement))
    assert [cloud.function.invoke(sent).error for _ in range(2)] == [None, None]
    succeeded(cloud, cloud.response_to(sent, puts=2), engagement, "1")
    assert cloud.operations == [READ, CREATE, READ]
    assert len(cloud.contexts(engagement)) == 1
    assert requests_of(cloud) == ["next", "response", "next", "response", "next"]


def test_an_update_changes_the_context(cloud: Cloud, engagement: str) -> None:
    physical_id = created(cloud, engagement)
    response = cloud.update(properties(engagement), properties(engagement, OTHER_PROJECT), physical_id)
    succeeded(cloud, response, engagement, "1")
    assert cloud.operations == [READ, UPDATE]
    assert cloud.payload(engagement) == OTHER_PROJECT


def test_a_failure_is_reported_to_cloudformation_and_logged_once(cloud: Cloud, engagement: str) -> None:
    cloud.service.faults.validation(CREATE, [])
    sent = event("Create", cloud.responses.url(), properties(engagement))
    assert cloud.function.invoke(sent).error is None
    failed(cloud.response_to(sent), "VALIDATION_ERROR")
    assert cloud.contexts(engagement) == []
    # Lambda must not repeat the event, so it gets a response and no error.
    assert requests_of(cloud) == ["next", "response", "next"]
    (line,) = error_lines(cloud)
    assert (line["logical_id"], line["request_id"]) == (LOGICAL_ID, sent["RequestId"])


def test_a_delete_calls_nothing_and_succeeds(cloud: Cloud, engagement: str) -> None:
    physical_id = created(cloud, engagement)
    response = cloud.send("Delete", properties(engagement), PhysicalResourceId=physical_id)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert (cloud.operations, cloud.cloudformation.actions) == ([], [])
    assert len(cloud.contexts(engagement)) == 1


def test_a_frozen_function_continues_after_its_connections_were_closed(
    start: Start, log_format: dict[str, str]
) -> None:
    with load_balancer(idle_seconds=0.5) as front_end:
        cloud = start(**log_format, AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=front_end.url)
        front_end.target = cloud.url.removeprefix("http://")
        engagement = cloud.service.create_engagement()
        physical_id = created(cloud, engagement)
        # The function keeps its connection for further calls.
        assert front_end.requests == [2]

        with process_of(cloud).frozen():
            deadline = time.monotonic() + 10
            while not front_end.closed and time.monotonic() < deadline:
                time.sleep(0.05)
            assert front_end.closed == 1
        cloud.update(properties(engagement), properties(engagement, OTHER_PROJECT), physical_id)

    assert front_end.requests == [2, 2]
    assert cloud.operations == [READ, UPDATE]
    assert cloud.payload(engagement) == OTHER_PROJECT
    assert requests_of(cloud) == ["next", "response", "next", "response", "next"]


def test_a_response_that_cannot_be_delivered_is_an_error_and_the_repeat_succeeds(cloud: Cloud, engagement: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}/responses?X-Amz-Signature=invented-signature"
        sent = event("Create", url, properties(engagement))
        assert cloud.function.invoke(sent).error == "NotDeliveredError"
    assert requests_of(cloud) == ["next", "error", "next"]
    reported = json.loads(process_of(cloud).api.received[1].body)
    assert (reported["errorType"], url in str(reported)) == ("NotDeliveredError", False)

    again = {**sent, "ResponseURL": cloud.responses.url()}
    assert cloud.function.invoke(again).error is None
    succeeded(cloud, cloud.response_to(again), engagement, "1")
    assert len(cloud.contexts(engagement)) == 1


def test_a_service_that_hangs_is_a_failure_before_the_deadline(cloud: Cloud, engagement: str) -> None:
    ended = threading.Event()
    cloud.service.faults.add(Fault(operation=CREATE, times=100, on_arrival=lambda: ended.wait(60)))
    sent = event("Create", cloud.responses.url(), properties(engagement))
    started = time.monotonic()
    outcome = cloud.function.invoke(sent, seconds=6)
    ended.set()
    assert outcome.error == TIMED_OUT
    failed(cloud.response_to(sent), "OUT_OF_TIME")
    assert cloud.responses.puts[0].at - started < 6

    # The rollback, and the next deployment, in a new process.
    reset(cloud)
    cloud.send("Delete", properties(engagement), PhysicalResourceId=f"not-created/{LOGICAL_ID}")
    succeeded(cloud, cloud.send("Create", properties(engagement)), engagement, "1")


def test_a_function_that_cannot_create_its_client_starts_and_reports_it(
    start: Start, log_format: dict[str, str]
) -> None:
    cloud = start(**log_format, AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING="garbage")
    response = cloud.send("Create", properties(cloud.service.create_engagement()))
    failed(response, "CLIENT_CONFIGURATION")
    assert requests_of(cloud) == ["next", "response", "next"]


def test_a_function_that_cannot_be_imported_is_an_error_of_its_start(
    start: Start, log_format: dict[str, str], public: Path
) -> None:
    process = process_of(start(**log_format, path=[public]))
    process.launch()
    assert process.wait_for_exit() == 1
    assert process.api.names == ["init/error"]
    assert json.loads(process.api.received[0].body)["errorType"] == "Runtime.ImportModuleError"
