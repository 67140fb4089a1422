"""The measurements. Each function in `SECTIONS` measures the compared Lambda functions in turn, and returns the results."""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import stacks
from benchmarks.functions import STUCK_SECONDS, Function, Process, under_awslambdaric
from benchmarks.service import Service

# The number of contexts in each large stack: five in each of 98 engagements, or one in each of 490 engagements.
CONTEXTS = 490
# Maps each measured kind of event to the number of the payload that the event declares.
EVENTS = {"Create": 0, "unchanged Update": 0, "changed Update": 1, "Delete": 1}


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The number of rounds and the size of each measurement."""

    runs: int = 31  # rounds of cold Creates
    warm: int = 20  # Creates per function in each of three rounds
    synthesis: int = 5  # rounds of synthesis
    few: int = 40  # contexts in the smaller stack
    many: int = 240  # contexts in the larger stack
    crowd: int = 100  # processes that create a context at the same time
    crowd_rounds: int = 2
    rates: tuple[float, ...] = (5, 10, 25)  # limits of the local Partner Central, in writes per second


QUICK = Parameters(runs=1, warm=1, synthesis=1, few=5, many=10, crowd=4, crowd_rounds=1, rates=(5,))


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The inputs that all measurements share."""

    functions: Mapping[str, Function]
    service: Service
    parameters: Parameters


def progress(text: str) -> None:
    """Print progress to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def zip_(bench: Bench) -> dict[str, Any]:
    """Measure the size of each function's zip, in bytes."""
    return {name: function.zip_size() for name, function in bench.functions.items()}


def cold(bench: Bench) -> dict[str, Any]:
    """Measure Create events in new processes: the time until ready, the time until the response, CPU time, and memory."""
    each = [
        {name: _cold(it, bench.service) for name, it in bench.functions.items()}
        for _ in range(bench.parameters.runs + 1)
    ]
    rounds = each[1:]  # without the first round, which fills the file cache
    return {
        "medians": {name: _median(round_[name] for round_ in rounds) for name in bench.functions},
        "to plain": {
            name: _median(_ratio(round_[name], round_["plain"]) for round_ in rounds) for name in bench.functions
        },
    }


def _cold(function: Function, service: Service) -> dict[str, float]:
    (engagement,) = service.reset(1)
    url = service.url()
    with Process(function, service.environment, function.event("Create", url, engagement, 0)) as process:
        ready = process.report()["ready"]
        process.report()
        peak = process.peak()
    verify(function, service, {url: (engagement, 0)})
    answered = service.responses[url]["at"]
    return {"ready": ready - process.started, "answered": answered - process.started, "cpu": process.cpu, "peak": peak}


def lambda_(bench: Bench) -> dict[str, Any]:
    """Measure Create events in new processes under Lambda's runtime interface client, for the functions in Python.

    The function measures two times in seconds. Both times start when the process starts. The first time ends when the process
    requests its first event, and the second time ends when the response is sent.
    """
    functions = {name: function for name, function in bench.functions.items() if function.module}
    each = [
        {name: _lambda(function, bench.service) for name, function in functions.items()}
        for _ in range(bench.parameters.runs + 1)
    ]
    rounds = each[1:]  # the first round only fills the file cache
    return {
        "medians": {name: _median(round_[name] for round_ in rounds) for name in functions},
        "to plain": {name: _median(_ratio(round_[name], round_["plain"]) for round_ in rounds) for name in functions},
    }


def _lambda(function: Function, service: Service) -> dict[str, float]:
    (engagement,) = service.reset(1)
    url = service.url()
    event = function.event("Create", url, engagement, 0)
    with under_awslambdaric(function, service.environment, event) as (api, started):
        while "response" not in api.names:
            if "init/error" in api.names or "error" in api.names or time.monotonic() - started > STUCK_SECONDS:
                raise RuntimeError(f"{function.title} did not handle the event: {api.received}")
            time.sleep(0.01)
    verify(function, service, {url: (engagement, 0)})
    return {"ready": api.received[0].at - started, "answered": service.responses[url]["at"] - started}


def warm(bench: Bench) -> dict[str, Any]:
    """Measure, in milliseconds, the duration of Create events in a process that has already handled a Create event.

    The time that the servers take is subtracted.
    """
    found: dict[str, list[float]] = {name: [] for name in bench.functions}
    for _ in range(3):
        for name, function in bench.functions.items():
            found[name].append(statistics.median(_warm(function, bench.service, bench.parameters.warm)))
    return {name: {"milliseconds": 1000 * statistics.median(seconds)} for name, seconds in found.items()}


def _warm(function: Function, service: Service, times: int) -> list[float]:
    seconds = []
    with Process(function, service.environment) as process:
        process.report()
        for number in range(times + 1):
            (engagement,) = service.reset(1)
            url = service.url()
            process.send(function.event("Create", url, engagement, number))
            done = process.report()["done"]
            verify(function, service, {url: (engagement, number)})
            seconds.append(done - process.sent - sum(service.busy))
    return seconds[1:]  # without the first Create, which is a cold start


def calls(bench: Bench) -> dict[str, Any]:
    """Count the reads and writes for each kind of event. The alternatives support only Create, so count only Create events."""
    return {
        name: count_calls(function, bench.service, EVENTS if name == "ours" else {"Create": 0})
        for name, function in bench.functions.items()
    }


def count_calls(function: Function, service: Service, events: Mapping[str, int]) -> dict[str, list[int]]:
    """Return the number of reads and the number of writes of one function for each kind of event."""
    (engagement,) = service.reset(1)
    counted: dict[str, list[int]] = {}
    more: dict[str, Any] = {}
    with Process(function, service.environment) as process:
        process.report()
        for kind, number in events.items():
            url = service.url()
            service.partner_central.calls.clear()
            event = function.event(kind.split()[-1], url, engagement, number, **more)
            process.send(event)
            process.report()
            response = service.responses[url]
            if response["Status"] != "SUCCESS":
                raise AssertionError(f"{function.title}, {kind}: {response.get('Reason')}")
            more = {
                "PhysicalResourceId": response["PhysicalResourceId"],
                "OldResourceProperties": event["ResourceProperties"],
            }
            operations = [call.operation for call in service.partner_central.calls]
            reads = sum(operation.startswith(("Get", "List")) for operation in operations)
            counted[kind] = [reads, len(operations) - reads]
    return counted


def crowd(bench: Bench) -> dict[str, Any]:
    """Create many contexts at the same time, each in its own warm process. Partner Central limits the rate of writes."""
    runs: dict[str, dict[str, list[dict[str, float]]]] = {name: {} for name in bench.functions}
    for number in range(bench.parameters.crowd_rounds):
        for name, function in bench.functions.items():
            progress(f"  round {number + 1} of {bench.parameters.crowd_rounds}: {function.title}")
            with _warm_processes(function, bench.service, bench.parameters.crowd) as processes:
                for rate in bench.parameters.rates:
                    run = _crowd(function, bench.service, processes, rate)
                    runs[name].setdefault(f"{rate:g}", []).append(run)
    return {name: {rate: _worst(each) for rate, each in rates.items()} for name, rates in runs.items()}


@contextmanager
def _warm_processes(function: Function, service: Service, number: int) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        processes = [stack.enter_context(Process(function, service.environment)) for _ in range(number)]
        for process, engagement in zip(processes, service.reset(number), strict=True):
            process.report()
            process.send(function.event("Create", service.url(), engagement, 0))
            process.report()
        yield processes


def _crowd(function: Function, service: Service, processes: Sequence[Process], rate: float) -> dict[str, float]:
    number = len(processes)
    engagements = service.reset(-(-number // 5), writes_per_second=rate)
    expected = {service.url(): (engagements[each // 5], each) for each in range(number)}
    events = [
        function.event("Create", url, *place, LogicalResourceId=f"Deal{place[1]}") for url, place in expected.items()
    ]
    started = time.monotonic()
    for process, event in zip(processes, events, strict=True):
        process.send(event)
    for process in processes:
        process.report()
    created = {url for url, response in service.responses.items() if response["Status"] == "SUCCESS"}
    verify(function, service, {url: expected[url] for url in created})
    last = max((response["at"] for response in service.responses.values()), default=started)
    requests = len(service.partner_central.calls)
    return {"succeeded": len(created), "failed": number - len(created), "seconds": last - started, "calls": requests}


def _worst(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the outcome of the run with the fewest successes. The time and the number of calls are medians of all runs."""
    medians = {key: statistics.median(run[key] for run in runs) for key in ("seconds", "calls")}
    return {**min(runs, key=lambda run: run["succeeded"]), **medians}


def verify(function: Function, service: Service, expected: Mapping[str, tuple[str, int]]) -> None:
    """Assert that all responses report success and that each engagement contains exactly the declared contexts."""
    declared: dict[str, list[Any]] = {}
    for url, (engagement, number) in expected.items():
        response = service.responses[url]
        if response["Status"] != "SUCCESS":
            raise AssertionError(f"{function.title} failed: {response.get('Reason')}")
        declared.setdefault(engagement, []).append(stacks.payload(number))
    for engagement, payloads in declared.items():
        current = [context["Payload"] for context in service.partner_central.engagement(engagement)["Contexts"]]
        if sorted(current, key=str) != sorted(payloads, key=str):
            raise AssertionError(f"{function.title} reported success, but {engagement} contains {current}")


def template(bench: Bench) -> dict[str, Any]:
    """Measure the size of templates, the maximum number of contexts in a stack, and the size of stacks near that maximum."""
    del bench
    large = {}
    for engagements in (98, CONTEXTS):
        content, size = stacks.template("ours", CONTEXTS, engagements)
        large[str(engagements)] = {"contexts": CONTEXTS, "resources": len(content["Resources"]), "bytes": size}
    return {
        "bytes for one more context": {way: stacks.bytes_per_context(way) for way in stacks.WAYS},
        "contexts": {way: stacks.most_contexts(way) for way in stacks.WAYS},
        "stacks": large,
    }


def synthesis(bench: Bench) -> dict[str, Any]:
    """Measure the synthesis time that each additional context takes. Each round starts with another way to declare contexts."""
    parameters, ways = bench.parameters, list(stacks.WAYS)
    rounds = []
    for each in range(parameters.synthesis):
        turned = ways[each % len(ways) :] + ways[: each % len(ways)]
        rounds.append(stacks.seconds_per_context(turned, parameters.few, parameters.many))
    return {
        "milliseconds": {way: 1000 * seconds for way, seconds in _median(rounds).items()},
        "to bare": _median({way: round_[way] / round_["bare"] for way in ways} for round_ in rounds),
        "kernel calls": {way: stacks.kernel_calls_per_context(way) for way in ways},
        "library share": stacks.library_share(parameters.many),
    }


def _ratio(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {kind: figure / other[kind] for kind, figure in one.items()}


def _median(each: Iterable[Mapping[str, float]]) -> dict[str, float]:
    runs = list(each)
    return {kind: statistics.median(run[kind] for run in runs) for kind in runs[0]}


SECTIONS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "zip": zip_,
    "calls": calls,
    "cold": cold,
    "lambda": lambda_,
    "warm": warm,
    "template": template,
    "synthesis": synthesis,
    "crowd": crowd,
}
