"""Random histories violate no invariant.

The gate runs the histories of `SEEDS`. The slow tests run the histories of `SLOW_SEEDS` and of a random seed.
`soak` runs random seeds for as long as you specify.
"""

import random
from collections import Counter

import pytest

from tests.histories.faults import CALL_FAULTS, FOREIGN_WRITES
from tests.histories.state_machine import OCCURRENCES, run_histories

HISTORIES = 90  # for each seed
SEEDS = (1, 2, 3)
SLOW_SEEDS = range(101, 117)
RANDOM_HISTORIES = 40
RARE_FAULTS = ("gateway error", "slow", "trickle")

# The minimum counts for the histories of each seed: about half of the lowest count among the fixed seeds.
LEAST_OCCURRENCES = {
    # Responses.
    "Create SUCCESS": 250,
    "Create FAILED": 70,
    "Update SUCCESS": 700,
    "Update FAILED": 85,
    "Delete SUCCESS": 90,
    "failed: client token used": 15,
    "failed: engagement full": 25,
    "failed: no context to import": 10,
    "failed: only AWS writes a ProspectingResult": 5,
    "failed: payload refused by the service": 15,
    "failed: out of time": 1,
    **dict.fromkeys(("response: 403", "response: 503", "response: drop", "response: lost"), 20),
    # Contexts.
    "created": 240,
    "updated": 280,
    "adopted": 35,
    "imported": 35,
    "replayed": 45,
    "replaced": 70,
    "declared again": 20,
    # Stacks.
    "stack rolled back": 210,
    "update rolled back": 100,
    "replacement rolled back": 1,
    "rollback failed": 1,
    "no response": 1,
    # Lambda.
    "concurrent invocations": 60,
    "duplicate delivery": 50,
    "retried by Lambda": 140,
    "crashed": 120,
    "crashed after a write": 28,
    "timer fired": 2,
    # Partner Central.
    "error: AccessDeniedException": 15,
    "error: ConflictException": 200,
    "error: InternalServerException": 200,
    "error: ServiceQuotaExceededException": 25,
    "error: ThrottlingException": 300,
    "error: ValidationException": 20,
    **dict.fromkeys((f"fault: {fault}" for fault in (*CALL_FAULTS, *FOREIGN_WRITES) if fault not in RARE_FAULTS), 5),
    **dict.fromkeys((f"fault: {fault}" for fault in RARE_FAULTS), 1),
}


@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW_SEEDS)])
def test_histories_violate_no_invariant(seed: int) -> None:
    # Given the histories of a seed,
    before = Counter(OCCURRENCES)

    # When they run, no invariant is violated,
    run_histories(seed=seed, histories=HISTORIES + 1)  # one more, because hypothesis's first history is minimal

    # Then enough histories had the full length, and no count was below its minimum.
    occurrences = OCCURRENCES - before
    assert occurrences["histories of full length"] >= HISTORIES
    assert {name: occurrences[name] for name, least in LEAST_OCCURRENCES.items() if occurrences[name] < least} == {}


@pytest.mark.slow
def test_histories_of_a_random_seed_violate_no_invariant() -> None:
    # Given a random seed,
    seed = random.SystemRandom().randrange(2**32)

    # When its histories run, no invariant is violated.
    run_histories(seed=seed, histories=RANDOM_HISTORIES)
