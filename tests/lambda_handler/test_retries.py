"""How long, and how often: budgets, jitter, and what is never tried again."""

import inspect
import random
import time
from itertools import pairwise

import pytest

from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.retries import RetryBudget
from tests.lambda_handler.scripted import Clock, error


def waits(clock: Clock, kind: Kind, times: int = 10_000, budget: RetryBudget | None = None, **members: str) -> float:
    """Wait for the same failure until it is given up; return the seconds that took."""
    budget = budget or clock.budget()
    before = clock.remaining
    failure = error(kind, **members)

    def again_and_again() -> None:
        for _ in range(times):
            budget.wait(failure)

    with pytest.raises(ApiError) as gave_up:
        again_and_again()
    assert gave_up.value is failure
    return before - clock.remaining


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.QUOTA, Kind.OTHER])
def test_what_waiting_cannot_mend_is_final(kind: Kind) -> None:
    clock = Clock()
    assert waits(clock, kind) == 0
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.DENIED])
@pytest.mark.parametrize("share", [1, 0.5, 0.1])
def test_conflicts_and_missing_permissions_are_waited_for_a_minute(kind: Kind, share: float) -> None:
    waited = waits(Clock(share=share), kind)
    assert 45 <= waited <= 60


@pytest.mark.parametrize("share", [1, 0.1])
def test_the_calls_between_the_pauses_count_for_the_minute_too(share: float) -> None:
    # Given calls that fail after fifteen seconds each,
    clock = Clock(share=share)

    def call() -> None:
        clock.remaining -= 15
        raise error(Kind.DENIED)

    # When they are tried again,
    with pytest.raises(ApiError):
        clock.budget().until_answered(call)

    # Then no call begins when the minute after the first failure is over.
    assert 830 - clock.remaining <= 15 + 60 + 15


@pytest.mark.parametrize(("kind", "least"), [(Kind.NOT_SHOWN, 3), (Kind.CONFLICT, 10)])
def test_some_pauses_are_made_however_long_the_calls_between_them_take(kind: Kind, least: int) -> None:
    # Given calls that stall, or are throttled in a crowd,
    clock = Clock()
    budget = clock.budget()

    # When each fails in the same way after half a minute,
    for _ in range(least):
        budget.wait(error(kind))
        clock.remaining -= 30

    # Then it is tried again as often as it takes, and given up after.
    with pytest.raises(ApiError):
        budget.wait(error(kind))
    assert len(clock.pauses) == least


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.DENIED])
def test_a_failure_after_one_that_ended_has_a_minute_of_its_own(kind: Kind) -> None:
    clock = Clock()
    budget = clock.budget()
    budget.wait(error(kind))
    clock.remaining -= 100
    budget.ended(kind)
    assert 45 <= waits(clock, kind, budget=budget) <= 60
    assert clock.drawn[0] == clock.drawn[1]


def test_a_denial_with_a_reason_is_final() -> None:
    clock = Clock()
    assert waits(clock, Kind.DENIED, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE") == 0
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION])
@pytest.mark.parametrize("remaining", [830, 100, 3])
def test_throttling_internal_errors_and_connections_are_waited_for_until_time_runs_short(
    kind: Kind, remaining: float
) -> None:
    clock = Clock(remaining=remaining)
    waits(clock, kind)
    assert 0 < clock.remaining <= 16


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.CONFLICT, Kind.DENIED])
def test_jitter_is_full_and_its_cap_doubles_up_to_a_limit(kind: Kind) -> None:
    clock = Clock()
    waits(clock, kind)
    lows, caps = zip(*clock.drawn, strict=True)
    assert set(lows) == {0}
    assert all(after == before * 2 or after == max(caps) for before, after in pairwise(caps))
    assert caps[1] == caps[0] * 2
    assert max(caps) <= 16
    assert clock.pauses == list(caps[: len(clock.pauses)])


def test_what_is_drawn_is_what_is_waited() -> None:
    clock = Clock(share=0.25)
    clock.budget().wait(error(Kind.THROTTLED))
    assert clock.pauses == [clock.drawn[0][1] * 0.25]


def test_the_jitter_is_drawn_and_slept_for_real_unless_told_otherwise() -> None:
    defaults = {name: parameter.default for name, parameter in inspect.signature(RetryBudget).parameters.items()}
    assert (defaults["sleep"], defaults["uniform"]) == (time.sleep, random.uniform)


def test_many_failures_never_overflow_the_cap() -> None:
    clock = Clock(remaining=10_000_000, share=0.001)
    budget = clock.budget()
    for _ in range(2_000):
        budget.wait(error(Kind.THROTTLED))
    assert max(cap for _, cap in clock.drawn) <= 16


def test_a_pause_never_reaches_into_the_answers_time() -> None:
    clock = Clock(remaining=0.5)
    with pytest.raises(ApiError):
        clock.budget().wait(error(Kind.THROTTLED))
    assert clock.pauses == []


def test_each_kind_of_failure_has_its_own_budget() -> None:
    clock = Clock()
    budget = clock.budget()
    waits(clock, Kind.CONFLICT, budget=budget)
    pauses = len(clock.pauses)
    budget.wait(error(Kind.DENIED))
    budget.wait(error(Kind.THROTTLED))
    assert len(clock.pauses) == pauses + 2


def test_a_call_is_made_until_it_is_answered() -> None:
    clock = Clock()
    outcomes = [error(Kind.THROTTLED), error(Kind.INTERNAL), error(Kind.CONNECTION), error(Kind.DENIED)]

    def call() -> str:
        if outcomes:
            raise outcomes.pop(0)
        return "answer"

    assert clock.budget().until_answered(call) == "answer"
    assert len(clock.pauses) == 4


def test_a_final_error_is_not_waited_for() -> None:
    clock = Clock()
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise error(Kind.INVALID)

    with pytest.raises(ApiError):
        clock.budget().until_answered(call)
    assert (calls, clock.pauses) == ([1], [])


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.INTERNAL])
def test_a_kind_that_the_caller_wants_to_see_is_not_waited_for(kind: Kind) -> None:
    clock = Clock()

    def call() -> None:
        raise error(kind)

    with pytest.raises(ApiError):
        clock.budget().until_answered(call, unless=(kind,))
    assert clock.pauses == []


@pytest.mark.parametrize("remaining", [0, -5])
def test_no_call_starts_when_there_is_no_time_left(remaining: float) -> None:
    def call() -> None:
        raise AssertionError

    with pytest.raises(ResourceError, match="time ran out"):
        Clock(remaining=remaining).budget().until_answered(call)


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.DENIED])
def test_time_that_runs_out_in_a_pause_does_not_hide_what_failed(kind: Kind) -> None:
    # A sleep is always a little longer than it was asked to be.
    first, failure = Clock(), error(kind)
    first.budget().wait(failure)
    clock = Clock(remaining=first.pauses[0] + 0.001, overshoot=0.01)

    def call() -> None:
        raise failure

    with pytest.raises(ApiError) as failed:
        clock.budget().until_answered(call)
    assert failed.value is failure
