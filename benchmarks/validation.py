"""What validation costs at synthesis: the same stack of 490 contexts with it and without it, in turn, in one process.

`python -m benchmarks.validation` prints the seconds of each run and the ratio of the medians.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from unittest import mock

from aws_cdk import App, Stack

from cdk_partnercentral import Catalog, Customer, CustomerProject, EngagementContext, Industry, Project

CONTEXTS = 490


def synthesise() -> float:
    """Declare and synthesise the stack; return the seconds it took."""
    started = time.perf_counter()
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
                    customer=Customer(
                        company_name=f"Company {number}",
                        country_code="US",
                        industry=Industry.RETAIL,
                        website_url=f"https://company-{number}.example",
                    ),
                    project=Project(
                        title=f"Project {number}",
                        business_problem="The data centre closes at the end of next year." * 10,
                        target_completion_date="2999-06-30",
                    ),
                ),
            )
        app.synth()
    return time.perf_counter() - started


def without_validation() -> float:
    """Do the same with the validator and the look at the neighbours switched off."""

    def nothing(*_: object, **__: object) -> list[str]:
        return []

    with (
        mock.patch("cdk_partnercentral._declaration.problems", nothing),
        mock.patch("cdk_partnercentral._stack_checks.conflicts", nothing),
    ):
        return synthesise()


def main() -> None:
    """Run both in turn and print what they took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    runs = options.parse_args().runs
    synthesise()
    taken: dict[Callable[[], float], list[float]] = {synthesise: [], without_validation: []}
    for _ in range(runs):
        for measure, seconds in taken.items():
            seconds.append(measure())
    for measure, seconds in taken.items():
        sys.stdout.write(f"{measure.__name__:20} {' '.join(f'{each:.2f}' for each in seconds)}\n")
    ratio = statistics.median(taken[synthesise]) / statistics.median(taken[without_validation])
    sys.stdout.write(f"with validation / without: {ratio:.3f}\n")


if __name__ == "__main__":
    main()
