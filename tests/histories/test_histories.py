"""Two thousand histories of thirty steps: no invariant breaks. The seeds are fixed; `soak` takes random ones."""

from collections import Counter

import pytest

from tests.histories.machine import TALLY
from tests.histories.play import play

SHARDS = 16
HISTORIES = 125  # in each; 2,000 in all

# What a shard must have met to mean anything, and how often at least: about half of what the poorest of them meets.
MET = {
    "created": 300,
    "updated": 400,
    "answered by a replay": 20,
    "taken over": 60,
    "replaced": 80,
    "a replacement undone": 5,
    "undone": 140,
    "rolled back": 240,
    "declared again": 20,
    "several at once": 90,
    "delivered twice at once": 70,
    "repeated by Lambda": 200,
    "died": 190,
    "died after a write": 35,
    "never answered": 1,
    "timer rang": 6,
    "Create FAILED": 50,
    "Update FAILED": 100,
    "Delete SUCCESS": 110,
    "failed: the token is spent": 20,
    "failed: the engagement is full": 10,
    "failed: flawed payload, found by the service": 5,
    "failed: flawed payload, found here": 9,
    "failed: out of time": 8,
    "refused: ConflictException": 250,
    "refused: ThrottlingException": 400,
    "refused: InternalServerException": 250,
    "refused: AccessDeniedException": 20,
    "refused: ValidationException": 25,
    **dict.fromkeys(("answer: 503", "answer: 403", "answer: drop", "answer: lost", "answer: hang"), 35),
    **dict.fromkeys(
        ("fault: drop", "fault: drop after", "fault: error after", "fault: stall", "fault: stall after"), 8
    ),
    **dict.fromkeys(("fault: late", "fault: context", "fault: customer", "fault: interaction", "fault: touch"), 6),
}
MET_IF_ADOPTING = {"adopted": 100}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_breaks_an_invariant(shard: int) -> None:
    # Given the histories of a shard, those of every other one with adopt_existing=False,
    adopts = shard % 2 == 0
    before = Counter(TALLY)

    # When they run, no invariant breaks,
    play(seed=1000 + shard, histories=HISTORIES + 1, adopts=adopts)  # the first one is hypothesis's simplest

    # Then they were as many as promised, and met what they are there for.
    met = TALLY - before
    assert met["histories of full length"] >= HISTORIES
    wanted = {**MET, **(MET_IF_ADOPTING if adopts else {})}
    assert {name: met[name] for name, least in wanted.items() if met[name] < least} == {}
    assert adopts or not met["adopted"]
