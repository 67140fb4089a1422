"""Random histories violate no invariant.

The gate runs the histories of `SEEDS`. The slow tests run the histories of `SLOW_SEEDS` and of a random seed.
`soak.py` runs random seeds for a given time.
"""

import random
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.histories.context_histories import ContextHistory
from tests.histories.engagement_histories import EngagementHistory
from tests.histories.faults import CALL_FAULTS, FOREIGN_WRITES
from tests.histories.history import OCCURRENCES, History, run_histories

HISTORIES = 50  # of contexts, for each seed
ENGAGEMENT_HISTORIES = 30
SEEDS = (1, 2, 3)
SLOW_SEEDS = range(101, 117)
RANDOM_HISTORIES = 40
RARE_FAULTS = ("gateway error", "slow", "trickle")  # do not occur with every seed

# The minimum counts for each of `SEEDS`. Each minimum is about half of the lowest count of these seeds.
LEAST_OCCURRENCES = {
    # Responses.
    "Create SUCCESS": 180,
    "Create FAILED": 60,
    "Update SUCCESS": 400,
    "Update FAILED": 40,
    "Delete SUCCESS": 55,
    "failed: client token used": 2,
    "failed: engagement full": 20,
    "failed: payload refused by the service": 4,
    "failed: required member missing": 1,
    "failed: uncertain interactions": 1,
    **dict.fromkeys(("response: 403", "response: 503", "response: drop", "response: lost"), 10),
    # Contexts.
    "created": 150,
    "updated": 100,
    "adopted": 30,
    "imported": 14,
    "partial import": 6,
    "replayed": 5,
    "replaced": 40,
    "renamed": 2,
    "declared again": 1,
    # Stacks.
    "stack rolled back": 110,
    "stack not rolled back": 14,
    "update rolled back": 50,
    "replacement rolled back": 1,
    "rollback failed": 1,
    "step: insert first": 7,
    "step: remove first": 10,
    "ListStackResources": 200,
    "GetTemplate": 3,
    # Lambda.
    "concurrent invocations": 40,
    "duplicate delivery": 25,
    "repetition": 8,
    "late repetition": 9,
    "retried by Lambda": 80,
    "crashed": 60,
    "crashed after a write": 15,
    # Partner Central.
    "error: AccessDeniedException": 5,
    "error: ConflictException": 90,
    "error: InternalServerException": 40,
    "error: ServiceQuotaExceededException": 20,
    "error: ThrottlingException": 200,
    "error: UnrecognizedClientException": 4,
    "error: ValidationException": 10,
    **dict.fromkeys((f"fault: {fault}" for fault in (*CALL_FAULTS, *FOREIGN_WRITES) if fault not in RARE_FAULTS), 1),
}

# The same for histories of engagements.
LEAST_ENGAGEMENT_OCCURRENCES = {
    "Create SUCCESS": 150,
    "Create FAILED": 30,
    "Update SUCCESS": 80,
    "Update FAILED": 8,
    "Delete SUCCESS": 30,
    "engagement created": 50,
    "engagement adopted": 40,
    "engagement renamed": 4,
    "engagement replayed": 2,
    "failed: engagement refused by the service": 4,
    "failed: lasting endless list": 2,
    "failed: title or description changed": 3,
    "failed: two equal engagements": 5,
    "replaced": 12,
    "stack rolled back": 50,
    "stack not rolled back": 8,
    "update rolled back": 8,
    "late repetition": 4,
    "retried by Lambda": 20,
    "crashed": 20,
    "crashed after a write": 2,
    "duplicate delivery": 8,
    "response: lost": 5,
}

# The number of histories for each seed, and the minimum counts.
CHOSEN: Mapping[type[History], tuple[int, Mapping[str, int]]] = {
    ContextHistory: (HISTORIES, LEAST_OCCURRENCES),
    EngagementHistory: (ENGAGEMENT_HISTORIES, LEAST_ENGAGEMENT_OCCURRENCES),
}


@pytest.mark.parametrize("machine", CHOSEN, ids=lambda machine: machine.subject)
@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW_SEEDS)])
def test_histories_violate_no_invariant(machine: type[History], seed: int) -> None:
    # Given the histories of a seed,
    histories, least_occurrences = CHOSEN[machine]
    before = Counter(OCCURRENCES)

    # When they run, no invariant is violated,
    run_histories(
        machine, seed=seed, histories=histories + 1
    )  # one additional history, because the first history is minimal

    # Then enough histories had the full length, and no count of a fixed seed was below its minimum.
    occurrences = OCCURRENCES - before
    assert occurrences["histories of full length"] >= histories
    if seed not in SEEDS:
        return
    assert {name: occurrences[name] for name, least in least_occurrences.items() if occurrences[name] < least} == {}


@pytest.mark.slow
@pytest.mark.parametrize("machine", CHOSEN, ids=lambda machine: machine.subject)
def test_histories_of_a_random_seed_violate_no_invariant(machine: type[History]) -> None:
    # Given a random seed,
    seed = random.SystemRandom().randrange(2**32)

    # When its histories run, no invariant is violated.
    run_histories(machine, seed=seed, histories=RANDOM_HISTORIES)
