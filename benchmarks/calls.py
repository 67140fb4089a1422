"""Counts what each event asks of Partner Central: the reads and writes of a Create, two Updates and a Delete."""

from typing import Any

from benchmarks import contexts
from benchmarks.competitors import Competitor
from benchmarks.processes import Process
from benchmarks.service_process import Service

READS = ("GetEngagement",)
EVENTS = ("Create", "unchanged Update", "changed Update", "Delete")


def calls(competitor: Competitor, service: Service) -> dict[str, list[int]]:
    """Return, for each kind of event, the number of reads and the number of writes."""
    (engagement,) = service.prepare(1)
    before, after = competitor.properties(engagement, 0), competitor.properties(engagement, 1)
    counted = {}
    seen_before = 0
    more: dict[str, Any] = {}
    with Process(competitor.program, service.environment) as process:
        process.said()
        for kind, declared in zip(EVENTS, (before, before, after, after), strict=True):
            url = service.url()
            if kind.endswith("Update"):
                more["OldResourceProperties"] = before
            process.send(contexts.event(kind.split()[-1], url, declared, 0, **more))
            process.said()
            seen = service.seen([engagement])
            answer = seen.answer_to(url)
            if answer["Status"] != "SUCCESS":
                raise AssertionError(f"{competitor.title}, {kind}: {answer.get('Reason')}")
            more["PhysicalResourceId"] = answer["PhysicalResourceId"]
            new = [call["operation"] for call in seen.calls[seen_before:]]
            seen_before = len(seen.calls)
            reads = sum(operation in READS for operation in new)
            counted[kind] = [reads, len(new) - reads]
    return counted
