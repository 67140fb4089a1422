"""Measures one Create at a time: cold, up to ready, memory, and warm. Every one of them has to do its work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import contexts
from benchmarks.competitors import Competitor
from benchmarks.processes import Process
from benchmarks.service_process import Seen, Service


@dataclass(frozen=True, kw_only=True)
class Cold:
    """A Create from the start of its process.

    Attributes:
        ready: Seconds until the function could take an event.
        answered: Seconds until CloudFormation had its answer.
        cpu: Seconds of processor time, which other work on the machine hardly changes.
        peak: The most memory, in bytes.
    """

    ready: float
    answered: float
    cpu: float
    peak: int


def cold(competitor: Competitor, service: Service) -> Cold:
    """Start a function with a Create waiting for it."""
    (engagement,) = service.prepare(1)
    url = service.url()
    event = contexts.event("Create", url, competitor.properties(engagement, 0), 0)
    with Process(competitor.program, service.environment, event) as process:
        ready = process.said()["ready"]
        process.said()
        peak = process.peak()
        seen = service.seen([engagement])
        proven(competitor, seen, {url: (engagement, 0)})
        answered = seen.answer_to(url)["at"]
    return Cold(ready=ready - process.started, answered=answered - process.started, cpu=process.cpu, peak=peak)


def warm(competitor: Competitor, service: Service, times: int) -> list[float]:
    """Let one process create several contexts; return the seconds that each took beyond the service's own.

    The first is the cold one, and does not count.
    """
    beyond = []
    engagement = service.prepare(1)[0]
    with Process(competitor.program, service.environment) as process:
        process.said()
        for number in range(times + 1):
            (engagement,) = service.prepare(1)
            url = service.url()
            event = contexts.event("Create", url, competitor.properties(engagement, number), number)
            process.send(event)
            done = process.said()["done"]
            seen = service.seen([engagement])
            proven(competitor, seen, {url: (engagement, number)})
            # From the first byte of the event to the last thing that the function did.
            beyond.append(done - process.sent - sum(end - start for start, end in seen.busy))
    return beyond[1:]


def proven(competitor: Competitor, seen: Seen, expected: Mapping[str, tuple[str, int]]) -> None:
    """Fail unless every expected context is there once, as declared, and every answer says so."""
    made: dict[str, list[Any]] = {}
    for url, (engagement, number) in expected.items():
        answer = seen.answer_to(url)
        if answer["Status"] != "SUCCESS":
            raise AssertionError(f"{competitor.title} failed: {answer.get('Reason')}")
        made.setdefault(engagement, []).append(contexts.payload(number))
    for engagement, payloads in made.items():
        held = [context["Payload"] for context in seen.held[engagement]]
        if sorted(held, key=_title) != sorted(payloads, key=_title):
            raise AssertionError(f"{competitor.title} answered SUCCESS, and {engagement} holds {held}")
    if len(expected) == 1 and tuple(call["operation"] for call in seen.calls) != competitor.calls:
        raise AssertionError(f"{competitor.title} called {seen.calls}")


def _title(payload: Any) -> str:
    return str(payload["CustomerProject"]["Project"]["Title"])
