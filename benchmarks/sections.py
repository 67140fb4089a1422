"""The measurements of the suite, each as one section of its results. Everybody is measured in turn: A B C D, A B C D."""

import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from benchmarks import calls, creates, crowd, figures, stacks, synthesis, trees
from benchmarks.competitors import Competitor
from benchmarks.service_process import Service
from benchmarks.targets import CONTEXTS


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """How much is measured. It stands in the results.

    Attributes:
        runs: Rounds of cold Creates.
        warm: Warm Creates of each competitor in each of the warm rounds.
        warm_rounds: Rounds of warm Creates.
        synthesis: Rounds of synthesis.
        few: Contexts of the smaller stack.
        many: Contexts of the larger stack.
        crowd: Processes at the same moment.
        crowd_rounds: Rounds of crowds.
        rates: The writes a second that the service allows.
    """

    runs: int = 31
    warm: int = 20
    warm_rounds: int = 3
    synthesis: int = 5
    few: int = 40
    many: int = 240
    crowd: int = 100
    crowd_rounds: int = 2
    rates: tuple[float, ...] = (5, 10, 25)


Everybody: TypeAlias = dict[str, Competitor]
Section: TypeAlias = Callable[[Everybody, Service, Parameters], dict[str, Any]]


def say(text: str) -> None:
    """Tell how far the suite is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def measure_cold(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Cold Creates: up to ready, up to the answer, and memory. The first round fills the file cache and does not count."""
    rounds = [
        {name: asdict(creates.cold(each, service)) for name, each in everybody.items()}
        for _ in range(parameters.runs + 1)
    ][1:]
    others = [name for name in everybody if name != "ours"]
    return {
        "medians": figures.medians(rounds),
        "to plain": figures.ratios(rounds, "plain"),
        "ratios": {
            f"{kind} ours/{other}": figures.ratio(rounds, kind, "ours", other)
            for kind in ("answered", "ready", "cpu", "peak")
            for other in others
        },
    }


def measure_warm(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Warm Creates, in milliseconds beyond the service's own time."""
    rounds = [
        {
            name: {"milliseconds": 1000 * statistics.median(creates.warm(each, service, parameters.warm))}
            for name, each in everybody.items()
        }
        for _ in range(parameters.warm_rounds)
    ]
    return {"medians": figures.medians(rounds)}


def measure_zip(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Sizes of the zips, in bytes: ours as it is shipped, the others' as small as deflate makes them."""
    del everybody, service, parameters
    return {
        "ours": trees.shipped(),
        "plain": trees.zipped(trees.plain()),
        "compiled": trees.zipped(trees.plain_with_byte_code()),
        "aws": trees.zipped(trees.aws_custom_resource() / "handler"),
    }


def measure_synthesis(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Milliseconds for one more context, each way; every round begins with another one."""
    del everybody, service
    ways = list(stacks.WAYS)
    rounds = []
    for each in range(parameters.synthesis):
        turned = ways[each % len(ways) :] + ways[: each % len(ways)]
        seconds = synthesis.marginal_seconds(turned, parameters.few, parameters.many)
        rounds.append({way: {"milliseconds": 1000 * seconds[way]} for way in ways})
    return {
        "medians": figures.medians(rounds),
        "ratios": {f"ours/{way}": figures.ratio(rounds, "milliseconds", "ours", way) for way in ways[1:]},
        "kernel calls": {way: synthesis.kernel_calls(way) for way in ways},
    }


def measure_template(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Bytes of template, and whether large stacks keep the limits of CloudFormation and IAM."""
    del everybody, service, parameters
    return {
        "bytes for one more context": {way: synthesis.marginal_bytes(way) for way in stacks.WAYS},
        "contexts by resources": {way: synthesis.most(way) for way in stacks.WAYS},
        "contexts by inline policies": {"aws": synthesis.most_inline("aws")},
        "stacks": {
            str(engagements): {"contexts": CONTEXTS, **synthesis.fits("ours", CONTEXTS, engagements)}
            for engagements in (-(-CONTEXTS // 5), CONTEXTS)
        },
    }


def measure_calls(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """Reads and writes of each kind of event. The floor can only create."""
    del parameters
    return {name: calls.calls(each, service) for name, each in everybody.items() if name != "floor"}


def measure_crowd(everybody: Everybody, service: Service, parameters: Parameters) -> dict[str, Any]:
    """A crowd of everybody for each rate; of several rounds the median seconds, and the failures of all."""
    runs: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for number in range(parameters.crowd_rounds):
        for name in ("ours", "plain", "aws"):
            say(f"  round {number + 1} of {parameters.crowd_rounds}: {everybody[name].title}")
            with crowd.warm_processes(everybody[name], service, parameters.crowd) as processes:
                for rate in parameters.rates:
                    done = crowd.crowd(everybody[name], service, processes, rate)
                    runs.setdefault(name, {}).setdefault(f"{rate:g}", []).append(asdict(done))
    return {name: {rate: _worst(done) for rate, done in rates.items()} for name, rates in runs.items()}


def _worst(runs: list[dict[str, Any]]) -> dict[str, Any]:
    middle = {key: statistics.median(run[key] for run in runs) for key in ("seconds", "calls")}
    return {**min(runs, key=lambda run: int(run["succeeded"])), **middle}


SECTIONS: dict[str, Section] = {
    "zip": measure_zip,
    "calls": measure_calls,
    "cold": measure_cold,
    "warm": measure_warm,
    "template": measure_template,
    "synthesis": measure_synthesis,
    "crowd": measure_crowd,
}
