"""Run histories with random seeds for a number of minutes: `python -m tests.histories.soak --minutes 60`.

The command prints a summary every minute. At the first violation, the command prints the trace and exits with status 1. With
`--seed`, the command runs only the histories of that seed:
`python -m tests.histories.soak --of contexts --seed 7 --histories 50`.
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from multiprocessing.queues import SimpleQueue
from typing import TypeAlias

from tests.histories.context_histories import ContextHistory
from tests.histories.engagement_histories import EngagementHistory
from tests.histories.history import OCCURRENCES, run_histories
from tests.histories.invariants import InvariantError

HISTORIES = 50  # for each seed
MACHINES = {machine.subject: machine for machine in (ContextHistory, EngagementHistory)}
Report: TypeAlias = tuple[int, "Counter[str]", str]


def run_seed(subjects: Sequence[str], seed: int, histories: int) -> Report:
    """Run the histories of a seed for each subject, which is a key of `MACHINES`.

    Returns:
        The seed, the number of times that each situation occurred, and the failure message. Without a failure, the message is
        empty.
    """
    before = Counter(OCCURRENCES)
    failure = ""
    try:
        for subject in subjects:
            run_histories(MACHINES[subject], seed=seed, histories=histories)
    except InvariantError as error:
        failure = str(error)
    except Exception:  # noqa: BLE001 - an error in the tests must also end the command
        failure = traceback.format_exc()
    return seed, OCCURRENCES - before, failure


def _work(reports: "SimpleQueue[Report]", subjects: Sequence[str], histories: int) -> None:
    seeds = random.SystemRandom()
    while True:
        reports.put(run_seed(subjects, seeds.randrange(2**32), histories))


def soak(subjects: Sequence[str], minutes: float, processes: int, histories: int) -> int:
    """Run random seeds in several processes, and return the exit status.

    Args:
        subjects: The keys of `MACHINES` to run.
        minutes: The duration in minutes.
        processes: The number of processes that run at the same time.
        histories: The number of histories for each seed and subject.
    """
    started, printed, totals = time.monotonic(), 0.0, Counter[str]()
    spawn = multiprocessing.get_context("spawn")
    reports: SimpleQueue[Report] = spawn.SimpleQueue()
    workers = [spawn.Process(target=_work, args=(reports, subjects, histories), daemon=True) for _ in range(processes)]
    for worker in workers:
        worker.start()
    try:
        while time.monotonic() - started < minutes * 60:
            if reports.empty():
                time.sleep(0.2)
                continue
            seed, occurrences, failure = reports.get()
            totals += occurrences
            if failure:
                _print(f"Seed {seed}\n\n{failure}")
                return 1
            if time.monotonic() - printed > 60:
                printed = time.monotonic()
                _print(_summary(totals, printed - started))
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
    _print(_summary(totals, time.monotonic() - started))
    _print("\n".join(f"{number:10} {name}" for name, number in sorted(totals.items())))
    return 0


def _summary(totals: "Counter[str]", seconds: float) -> str:
    return (
        f"{seconds / 60:.1f} minutes: {totals['histories']} histories, {totals['histories of full length']} of full"
        f" length, {totals['steps']} steps; no invariant was violated"
    )


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Parse the command line, run the histories, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--histories", type=int, default=HISTORIES, help="the number of histories for each seed")
    parser.add_argument("--seed", type=int, help="run only the histories of this seed")
    parser.add_argument("--of", choices=MACHINES, help="run only histories of this subject")
    chosen = parser.parse_args()
    subjects = [chosen.of] if chosen.of else list(MACHINES)
    if chosen.seed is None:
        return soak(subjects, chosen.minutes, chosen.processes, chosen.histories)
    started = time.monotonic()
    _, occurrences, failure = run_seed(subjects, chosen.seed, chosen.histories)
    _print(failure or _summary(occurrences, time.monotonic() - started))
    return int(bool(failure))


if __name__ == "__main__":
    sys.exit(main())
