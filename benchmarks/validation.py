"""What validation costs at synthesis: the same stack of 490 contexts with it and without it, in pairs, in one process.

`python -m benchmarks.validation` prints for each pair what validation adds, and the median. Counted is processor time, so that
it hardly matters how busy the machine is otherwise. A synthesis is work of this process and of jsii's Node.js below it;
validation is work of this process alone, since there are as many requests to Node.js with it as without, which is printed too.
So what it adds is the difference here, as a part of the whole synthesis without it in both. Needs /proc, so Linux.
"""

import argparse
import contextlib
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from aws_cdk import App, Stack
from jsii._kernel.providers.process import _NodeProcess

from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, Industry, ProjectCustomer, ProjectDetails

CONTEXTS = 490
CHECKS = (
    *(f"_declaration.{what}_problems" for what in ("catalog", "engagement", "payload", "type", "control")),
    "_stack_checks.conflicts",
)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one synthesis took: seconds of processor time here, and in Node.js."""

    here: float
    node: float


def node_seconds() -> float:
    """Return the processor time that the processes below this one have had."""
    return sum(map(_seconds, _below(os.getpid())))


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from _below(child)


def _seconds(process: int) -> float:
    # Behind the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def synthesise() -> Cost:
    """Declare and synthesise the stack."""
    gc.collect()
    node, here = node_seconds(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        stack = Stack(app, "Deals")
        for number in range(CONTEXTS):
            EngagementContext(
                stack,
                f"Deal{number}",
                catalog=Catalog.SANDBOX,
                engagement_identifier=f"eng-{number // 5:014d}",
                payload=CustomerProject(
                    customer=ProjectCustomer(
                        company_name=f"Company {number}",
                        country_code="US",
                        industry=Industry.RETAIL,
                        website_url=f"https://company-{number}.example",
                    ),
                    project=ProjectDetails(
                        title=f"Project {number}",
                        business_problem="The data centre closes at the end of next year." * 10,
                        target_completion_date="2999-06-30",
                    ),
                ),
            )
        app.synth()
    return Cost(here=time.process_time() - here, node=node_seconds() - node)


def without_validation() -> Cost:
    """Do the same with every check switched off."""

    def nothing(*_: object, **__: object) -> list[str]:
        return []

    with contextlib.ExitStack() as switched_off:
        for check in CHECKS:
            switched_off.enter_context(mock.patch(f"cdk_partnercentral.{check}", nothing))
        return synthesise()


def requests(run: Callable[[], Cost]) -> int:
    """Return how many requests to Node.js a run makes."""
    with mock.patch.object(_NodeProcess, "send", autospec=True, side_effect=_NodeProcess.send) as send:
        run()
        return send.call_count


def main() -> None:
    """Run both in turn and print what validation adds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=15)
    pairs = options.parse_args().pairs
    asked = requests(without_validation), requests(synthesise)
    sys.stdout.write("requests to Node.js without validation and with it: {:,} and {:,}\n".format(*asked))
    added: list[float] = []
    for number in range(pairs):
        # Each goes first as often as the other: a process gets slower as it grows.
        runs = [synthesise, without_validation]
        cost = {run: run() for run in (runs if number % 2 else reversed(runs))}
        checked, without = (cost[run] for run in runs)
        added.append((checked.here - without.here) / (without.here + without.node))
        sys.stdout.write(
            f"here {checked.here:.3f} s with validation, {without.here:.3f} s without; Node.js {without.node:.2f} s:"
            f" {added[-1]:+.1%}\n"
        )
    sys.stdout.write(f"validation adds, the median of the pairs: {statistics.median(added):+.1%}\n")


if __name__ == "__main__":
    main()
