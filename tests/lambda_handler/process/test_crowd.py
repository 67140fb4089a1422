"""Many processes at the same moment, on a service that allows few writes: all are answered, and nothing is doubled."""

import copy
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior
from tests.lambda_handler.process.events import PROJECT, event, properties
from tests.lambda_handler.process.harness import Cloud, Function

CROWD = 50
ENGAGEMENTS = 10


def project(number: int, title: str = "Move to AWS") -> dict[str, Any]:
    made = copy.deepcopy(PROJECT)
    made["Project"]["Title"] = f"{title} {number}"
    return made


@pytest.fixture(scope="module")
def crowded(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    with start() as cloud:
        yield cloud


@pytest.fixture(scope="module")
def crowd(crowded: Cloud, unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Function]]:
    with ExitStack() as stack:
        made = []
        for _ in range(CROWD):
            folder = tmp_path_factory.mktemp("crowd")
            made.append(stack.enter_context(Function([unpacked], folder, crowded.function._environment, scans=False)))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Function.start, made))
        yield made


def all_at_once(cloud: Cloud, crowd: list[Function], events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hand each process its event at the same moment; return the answers."""
    start = threading.Barrier(len(events))

    def invoke(function: Function, sent: dict[str, Any]) -> None:
        start.wait(60)
        assert function.invoke(sent).error is None

    with ThreadPoolExecutor(len(events)) as pool:
        list(pool.map(invoke, crowd, events))
    return [cloud.response_to(sent) for sent in events]


def test_fifty_contexts_on_ten_engagements_are_all_created_once_and_updated_once(
    crowded: Cloud, crowd: list[Function]
) -> None:
    # Given a service that allows ten writes per second, and ten engagements with room for five contexts each
    crowded.service.behavior = Behavior(writes_per_second=10)
    engagements = [crowded.service.create_engagement() for _ in range(ENGAGEMENTS)]
    homes = [engagements[number % ENGAGEMENTS] for number in range(CROWD)]

    # When fifty processes create one each at the same moment
    creates = [
        event("Create", crowded.responses.url(), properties(home, project(number)), LogicalResourceId=f"Deal{number}")
        for number, home in enumerate(homes)
    ]
    created = all_at_once(crowded, crowd, creates)

    # Then all are there once, and answered
    assert [answer["Status"] for answer in created] == ["SUCCESS"] * CROWD
    assert len({answer["PhysicalResourceId"] for answer in created}) == CROWD
    for home in engagements:
        titles = sorted(held["Payload"]["CustomerProject"]["Project"]["Title"] for held in crowded.held(home))
        assert titles == sorted(project(number)["Project"]["Title"] for number in range(CROWD) if homes[number] == home)

    # And when all are updated at the same moment, five to a lock, no update is lost
    updates = [
        event(
            "Update",
            crowded.responses.url(),
            properties(home, project(number, "Moved")),
            LogicalResourceId=f"Deal{number}",
            PhysicalResourceId=created[number]["PhysicalResourceId"],
            OldResourceProperties=properties(home, project(number)),
        )
        for number, home in enumerate(homes)
    ]
    updated = all_at_once(crowded, crowd, updates)
    assert [answer["Status"] for answer in updated] == ["SUCCESS"] * CROWD
    for number, home in enumerate(homes):
        held = {one["Id"]: one["Payload"]["CustomerProject"] for one in crowded.held(home)}
        assert held[updated[number]["Data"]["ContextId"]] == project(number, "Moved")
    wrote = [call for call in crowded.service.calls if call.wrote]
    assert len(wrote) == 2 * CROWD


def test_one_event_in_many_processes_at_once_makes_one_context(crowded: Cloud, crowd: list[Function]) -> None:
    crowded.service.behavior = Behavior(writes_per_second=10)
    home = crowded.service.create_engagement()
    sent = [event("Create", crowded.responses.url(), properties(home)) for _ in range(8)]
    for other in sent[1:]:
        other["RequestId"] = sent[0]["RequestId"]
    answers = all_at_once(crowded, crowd[:8], sent)
    assert {answer["PhysicalResourceId"] for answer in answers} == {f"Sandbox/{home}/1"}
    assert len(crowded.held(home)) == 1
