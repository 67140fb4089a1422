"""Reconcile: as few updates as possible, each under the lock just read, whatever fails in between."""

import pytest

from lambda_handler.errors import ApiError, Kind
from tests.lambda_handler.running import identity, update, update_error
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    OTHER_PROJECT,
    PROJECT,
    Clock,
    arn,
    engagement,
    error,
    project,
    reads,
    updates,
    written,
)

UNKNOWN_OUTCOME = pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])


def test_one_change_is_one_read_and_one_update_under_the_lock_just_read() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=5)),
        updates("1", written("1", lock=6), lock=5),
        previous=OTHER_PROJECT,
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[6])
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())


def test_a_change_by_others_is_overwritten() -> None:
    contexts = engagement(project("1", OTHER_PROJECT))
    update(reads(contexts), updates("1", written("1", lock=1), lock=0), previous=PROJECT)


def test_a_member_that_is_not_declared_anymore_is_removed() -> None:
    desired = {"Customer": PROJECT["Customer"]}
    update(
        reads(engagement(project("1"))),
        updates("1", written("1", lock=1), lock=0, payload=desired),
        payload=desired,
        previous=PROJECT,
    )


def test_a_service_that_merges_gets_one_update_per_run() -> None:
    # After a successful update there is no read that could still show the removed member.
    desired = {"Customer": PROJECT["Customer"]}
    step = updates("1", written("1", lock=1), lock=0, payload=desired)
    assert update(reads(engagement(project("1"))), step, payload=desired).engagement.modified_at == LOCKS[1]


def test_after_a_conflict_the_engagement_is_read_again_and_the_new_lock_is_used() -> None:
    clock = Clock()
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        reads(engagement(project("1", OTHER_PROJECT), project("2"), lock=2)),
        updates("1", CONFLICT, lock=2),
        reads(engagement(project("1", OTHER_PROJECT), project("2"), lock=3)),
        updates("1", written("1", lock=4), lock=3),
        clock=clock,
    )
    assert outcome.engagement.modified_at == LOCKS[4]
    assert len(clock.pauses) == 2


def test_a_conflict_with_another_delivery_of_the_event_ends_without_a_write() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        reads(engagement(project("1"), lock=2)),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


def test_a_conflict_that_lasts_a_minute_is_raised() -> None:
    clock = Clock(share=0.9)
    steps = [reads(engagement(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0)] * 100
    with pytest.raises(ApiError) as failed:
        update(*steps, clock=clock)
    assert failed.value is CONFLICT
    assert 45 <= sum(clock.pauses) <= 60
    assert len(clock.pauses) < 40


def test_a_conflict_is_raised_rather_than_the_end_of_the_functions_time() -> None:
    clock = Clock(remaining=0.501, overshoot=0.01)
    with pytest.raises(ApiError) as failed:
        update(reads(engagement(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0), clock=clock)
    assert failed.value is CONFLICT


def test_a_context_that_vanishes_between_two_reads_is_an_error() -> None:
    text = update_error(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", CONFLICT, lock=0),
        *[reads(engagement(lock=1))] * 4,
        code="CONTEXT_GONE",
    )
    assert "'1'" in text
    assert ENGAGEMENT in text


def test_a_context_that_two_reads_lag_behind_is_waited_for_each_time() -> None:
    lagging = [reads(engagement())] * 3
    update(
        *lagging,
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        *lagging,
        reads(engagement(project("1", OTHER_PROJECT), lock=2)),
        updates("1", written("1", lock=3), lock=2),
    )


@UNKNOWN_OUTCOME
def test_an_update_with_an_unknown_outcome_is_not_repeated_if_it_arrived(kind: Kind) -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        reads(engagement(project("1"), lock=2)),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


@UNKNOWN_OUTCOME
def test_an_update_with_an_unknown_outcome_is_repeated_under_the_new_lock_if_it_did_not_arrive(kind: Kind) -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        reads(error(kind)),
        reads(engagement(project("1", OTHER_PROJECT), lock=2)),
        updates("1", written("1", lock=3), lock=2),
    )
    assert outcome.engagement.modified_at == LOCKS[3]


@UNKNOWN_OUTCOME
def test_unknown_outcomes_that_never_end_are_raised_before_the_functions_time_is_over(kind: Kind) -> None:
    clock = Clock(remaining=100)
    steps = [reads(engagement(project("1", OTHER_PROJECT))), updates("1", error(kind), lock=0)] * 100
    with pytest.raises(ApiError):
        update(*steps, clock=clock)
    assert clock.remaining > 0


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.DENIED])
def test_an_update_that_certainly_did_not_arrive_is_retried_unchanged(kind: Kind) -> None:
    outcome = update(
        reads(error(kind)),
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", written("1", lock=2), lock=1),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.QUOTA, Kind.OTHER, Kind.CERTIFICATE])
def test_a_final_error_is_raised_without_a_retry(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    with pytest.raises(ApiError) as failed:
        update(reads(engagement(project("1", OTHER_PROJECT))), updates("1", final, lock=0), clock=clock)
    assert failed.value is final
    assert clock.pauses == []
