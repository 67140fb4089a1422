"""Measures a hundred contexts in a hundred warm processes at the same moment, on a service that allows few writes."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import contexts, creates
from benchmarks.competitors import Competitor
from benchmarks.processes import Process
from benchmarks.service_process import Service

PER_ENGAGEMENT = 5


@dataclass(frozen=True, kw_only=True)
class Crowded:
    """What became of a crowd.

    Attributes:
        succeeded: How many were answered SUCCESS, each of them proven to be there.
        failed: How many were answered FAILED, or not at all.
        seconds: Until the last answer.
        calls: What Partner Central was asked in all.
    """

    succeeded: int
    failed: int
    seconds: float
    calls: int


@contextmanager
def warm_processes(competitor: Competitor, service: Service, number: int) -> Iterator[list[Process]]:
    """Start so many processes, and let each create a context, so that all are warm."""
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:

        def started(_: int) -> Process:
            process = Process(competitor.program, service.environment)
            process.said()
            return process

        made = [stack.enter_context(process) for process in pool.map(started, range(number))]
        homes = service.prepare(number)
        for each, home in enumerate(homes):
            made[each].send(contexts.event("Create", service.url(), competitor.properties(home, each), each))
            made[each].said()
        yield made


def crowd(competitor: Competitor, service: Service, processes: Sequence[Process], writes_per_second: float) -> Crowded:
    """Hand each process its event at the same moment."""
    number = len(processes)
    homes = service.prepare(-(-number // PER_ENGAGEMENT), writes_per_second=writes_per_second)
    expected = {service.url(): (homes[each // PER_ENGAGEMENT], each) for each in range(number)}
    events = [
        contexts.event("Create", url, competitor.properties(home, each), each) for url, (home, each) in expected.items()
    ]
    started = time.monotonic()
    for process, event in zip(processes, events, strict=True):
        process.send(event)
    for process in processes:
        process.said()
    seen = service.seen(homes)
    good = [answer for answer in seen.answers if answer["Status"] == "SUCCESS"]
    paths = {answer["path"] for answer in good}
    creates.proven(
        competitor, seen, {url: each for url, each in expected.items() if url[url.index("/answers") :] in paths}
    )
    last = max((answer["at"] for answer in seen.answers), default=started)
    return Crowded(succeeded=len(paths), failed=number - len(paths), seconds=last - started, calls=len(seen.calls))
