"""Histories with random seeds for as long as you like: `python -m tests.histories.soak --minutes 60`.

Prints what ran, and ends with status 1 and the story at the first failure. `--seed` runs the batch of one seed again.
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from multiprocessing.queues import SimpleQueue
from typing import TypeAlias

from tests.histories.machine import TALLY
from tests.histories.play import play
from tests.histories.story import Broken

BATCH = 50
Report: TypeAlias = tuple[int, "Counter[str]", str]


def batch(seed: int) -> Report:
    """Run the batch of a seed: the seed, what happened in it, and the story of what broke, if anything did."""
    before = Counter(TALLY)
    try:
        play(seed=seed, histories=BATCH, adopts=seed % 2 == 0)
    except Broken as error:
        return seed, TALLY - before, str(error)
    except Exception:  # noqa: BLE001 - a defect of this machine ends a soak too
        return seed, TALLY - before, traceback.format_exc()
    return seed, TALLY - before, ""


def _work(reports: "SimpleQueue[Report]") -> None:
    seeds = random.SystemRandom()
    while True:
        reports.put(batch(seeds.randrange(2**32)))


def soak(minutes: float, processes: int) -> int:
    """Run batches in several processes, and return the exit status.

    Args:
        minutes: how long.
        processes: how many at once.
    """
    started, told, totals = time.monotonic(), 0.0, Counter[str]()
    spawn = multiprocessing.get_context("spawn")
    reports: SimpleQueue[Report] = spawn.SimpleQueue()
    workers = [spawn.Process(target=_work, args=(reports,), daemon=True) for _ in range(processes)]
    for worker in workers:
        worker.start()
    try:
        while time.monotonic() - started < minutes * 60:
            if reports.empty():
                time.sleep(0.2)
                continue
            seed, counts, story = reports.get()
            totals += counts
            if story:
                say(f"seed {seed}\n\n{story}")
                return 1
            if time.monotonic() - told > 60:
                told = time.monotonic()
                say(_summary(totals, told - started))
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
    say(_summary(totals, time.monotonic() - started))
    say("\n".join(f"{number:10} {name}" for name, number in sorted(totals.items())))
    return 0


def _summary(totals: "Counter[str]", seconds: float) -> str:
    full = totals["histories of full length"]
    return (
        f"{seconds / 60:.1f} minutes: {totals['histories']} histories, {full} of them of full length,"
        f" {totals['steps']} steps: no invariant broken"
    )


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, help="run the one batch of this seed, and nothing else")
    chosen = parser.parse_args()
    if chosen.seed is None:
        return soak(chosen.minutes, chosen.processes)
    _, counts, story = batch(chosen.seed)
    say(story or _summary(counts, 0))
    return int(bool(story))


if __name__ == "__main__":
    sys.exit(main())
