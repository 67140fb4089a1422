"""Random histories violate no invariant: fixed seeds, which are the same in every run, and a random one.

The tests that are marked as slow add four times as many. `soak` runs as many as you like.
"""

import random
from collections import Counter

import pytest

from tests.histories.state_machine import OCCURRENCES, run_histories

HISTORIES = 90  # for each seed
SEEDS = (1, 2, 3, 4)
SLOW_SEEDS = range(101, 117)
RANDOM_HISTORIES = 40

# What the histories of a seed must at least have contained to be worth running: about half of what the poorest seed had.
LEAST_OCCURRENCES = {
    "created": 300,
}


@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW_SEEDS)])
def test_histories_violate_no_invariant(seed: int) -> None:
    # Given the histories of a seed,
    before = Counter(OCCURRENCES)

    # When they run, no invariant is violated,
    run_histories(seed=seed, histories=HISTORIES + 1)  # the first one is hypothesis's simplest

    # Then there were enough of them, and they contained what they are there for.
    occurrences = OCCURRENCES - before
    assert occurrences["histories of full length"] >= HISTORIES
    assert {name: occurrences[name] for name, least in LEAST_OCCURRENCES.items() if occurrences[name] < least} == {}


def test_histories_of_a_random_seed_violate_no_invariant() -> None:
    # Given a seed that nobody chose,
    seed = random.SystemRandom().randrange(2**32)

    # When its histories run, no invariant is violated.
    run_histories(seed=seed, histories=RANDOM_HISTORIES)
