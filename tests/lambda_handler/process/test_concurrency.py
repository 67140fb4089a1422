"""Many processes at the same moment, on a service that allows few writes: each succeeds, and nothing is written twice."""

import copy
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.lambda_handler.process.events import PROJECT, event, properties
from tests.lambda_handler.process.harness import Cloud, Function
from tests.lambda_handler.process.strict import strict

PROCESSES = 10
ENGAGEMENTS = 2
BUSY = strict(writes_per_second=8)


def project(number: int, title: str = "Move to AWS") -> dict[str, Any]:
    """Return the declaration of one of the contexts."""
    made = copy.deepcopy(PROJECT)
    made["Project"]["Title"] = f"{title} {number}"
    return made


@pytest.fixture(scope="module")
def busy(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    """A cloud with a service that allows few writes."""
    with start() as cloud:
        cloud.service.behavior = BUSY
        yield cloud


@pytest.fixture(scope="module")
def functions(busy: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Function]]:
    """Processes of its function."""
    with ExitStack() as stack:
        made = [stack.enter_context(busy.another(folder=tmp_path_factory.mktemp("process"))) for _ in range(PROCESSES)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Function.start, made))
        yield made


def all_at_once(cloud: Cloud, functions: list[Function], events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send each process its event at the same moment. Return the responses."""
    start = threading.Barrier(len(events))

    def invoke(function: Function, sent: dict[str, Any]) -> None:
        start.wait(60)
        assert function.invoke(sent).error is None

    with ThreadPoolExecutor(len(events)) as pool:
        list(pool.map(invoke, functions, events))
    return [cloud.response_to(sent) for sent in events]


def test_contexts_that_are_created_and_updated_at_once_are_each_written_once(
    busy: Cloud, functions: list[Function]
) -> None:
    # Given engagements that have room for five contexts each
    engagements = [busy.service.create_engagement() for _ in range(ENGAGEMENTS)]
    homes = [engagements[number % ENGAGEMENTS] for number in range(PROCESSES)]

    # When each process creates one at the same moment
    creates = [
        event("Create", busy.responses.url(), properties(home, project(number)), LogicalResourceId=f"Context{number}")
        for number, home in enumerate(homes)
    ]
    created = all_at_once(busy, functions, creates)

    # Then each exists once
    assert [response["Status"] for response in created] == ["SUCCESS"] * PROCESSES
    assert len({response["PhysicalResourceId"] for response in created}) == PROCESSES
    for home in engagements:
        titles = sorted(each["Payload"]["CustomerProject"]["Project"]["Title"] for each in busy.contexts(home))
        assert titles == sorted(f"Move to AWS {number}" for number in range(PROCESSES) if homes[number] == home)

    # When all are updated at the same moment, five under one lock
    updates = [
        event(
            "Update",
            busy.responses.url(),
            properties(home, project(number, "Moved")),
            LogicalResourceId=f"Context{number}",
            PhysicalResourceId=created[number]["PhysicalResourceId"],
            OldResourceProperties=properties(home, project(number)),
        )
        for number, home in enumerate(homes)
    ]
    updated = all_at_once(busy, functions, updates)

    # Then no update is lost
    assert [response["Status"] for response in updated] == ["SUCCESS"] * PROCESSES
    for number, home in enumerate(homes):
        payloads = {each["Id"]: each["Payload"]["CustomerProject"] for each in busy.contexts(home)}
        assert payloads[updated[number]["Data"]["ContextId"]] == project(number, "Moved")
    assert sum(call.wrote for call in busy.service.calls) == 2 * PROCESSES


def test_one_event_in_many_processes_at_once_makes_one_context(busy: Cloud, functions: list[Function]) -> None:
    home = busy.service.create_engagement()
    sent = [event("Create", busy.responses.url(), properties(home)) for _ in range(8)]
    for other in sent[1:]:
        other["RequestId"] = sent[0]["RequestId"]
    responses = all_at_once(busy, functions[:8], sent)
    assert {response["PhysicalResourceId"] for response in responses} == {f"Sandbox/{home}/1"}
    assert len(busy.contexts(home)) == 1
