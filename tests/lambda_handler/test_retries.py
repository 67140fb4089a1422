"""Which failures are retried, how long, and with which pauses."""

import inspect
import json
import random
import time
from itertools import pairwise
from typing import Any

import pytest

from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.retries import RetryBudget
from tests.lambda_handler.scripted import Clock, error


def retried(clock: Clock, kind: Kind, budget: RetryBudget | None = None, **members: Any) -> float:
    """Retry after the same failure until it is raised. Return the seconds that this took."""
    budget = budget or clock.budget()
    before = clock.remaining
    failure = error(kind, **members)

    def back_off_again_and_again() -> None:
        for _ in range(10_000):
            budget.back_off(failure)

    with pytest.raises(ApiError) as gave_up:
        back_off_again_and_again()
    assert gave_up.value is failure
    return before - clock.remaining


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.QUOTA, Kind.CERTIFICATE, Kind.OTHER])
def test_a_failure_that_no_retry_can_change_is_final(kind: Kind) -> None:
    clock = Clock()
    assert retried(clock, kind) == 0
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.DENIED, Kind.CREDENTIALS, Kind.UNREADABLE])
@pytest.mark.parametrize("share", [1, 0.5, 0.1])
def test_what_a_minute_can_change_is_retried_for_a_minute(kind: Kind, share: float) -> None:
    assert 45 <= retried(Clock(share=share), kind) <= 60


@pytest.mark.parametrize("share", [1, 0.1])
def test_the_minute_includes_the_calls_between_the_pauses(share: float) -> None:
    # Given calls that fail after fifteen seconds each
    clock = Clock(share=share)

    def call() -> None:
        clock.remaining -= 15
        raise error(Kind.DENIED)

    # When they are retried
    with pytest.raises(ApiError):
        clock.budget().retry(call)

    # Then no call starts later than a minute after the first failure
    assert 830 - clock.remaining <= 15 + 60 + 15


@pytest.mark.parametrize(("kind", "least"), [(Kind.NOT_VISIBLE, 3), (Kind.CONFLICT, 10)])
def test_a_minimum_of_retries_is_made_however_long_the_calls_take(kind: Kind, least: int) -> None:
    # Given calls that stall, or are throttled among many others
    clock = Clock()
    budget = clock.budget()

    # When each fails in the same way after half a minute
    for _ in range(least):
        budget.back_off(error(kind))
        clock.remaining -= 30

    # Then it is retried that often, and no more
    with pytest.raises(ApiError):
        budget.back_off(error(kind))
    assert len(clock.pauses) == least


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.DENIED])
def test_each_operation_has_a_minute_of_its_own(kind: Kind) -> None:
    # Given a read that was refused until its minute was over
    clock = Clock()
    budget = clock.budget()
    assert 45 <= retried(clock, kind, budget, operation="GetEngagement") <= 60

    # When a write is refused, then it has another minute, which starts with short pauses
    clock.drawn.clear()
    assert 45 <= retried(clock, kind, budget, operation="UpdateEngagementContext") <= 60
    first, second, *_ = (longest for _, longest in clock.drawn)
    assert second == first * 2


@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.CREDENTIALS])
def test_a_failure_that_comes_back_after_a_success_has_a_new_minute(kind: Kind) -> None:
    # Given credentials that were refused once
    clock = Clock()
    budget = clock.budget()
    failures = [error(kind)]

    def call() -> None:
        if failures:
            raise failures.pop()

    budget.retry(call)

    # When they are refused ten minutes later
    clock.remaining -= 600

    # Then they are retried for a minute again
    assert 45 <= retried(clock, kind, budget) <= 60


@pytest.mark.parametrize("share", [1, 0])
@pytest.mark.parametrize(("retry_after", "pause"), [(7, 7), (60, 60), (300, 60)])
def test_a_retry_after_is_honored_up_to_a_minute_with_jitter_on_top(
    share: float, retry_after: float, pause: float
) -> None:
    clock = Clock(share=share)
    clock.budget().back_off(error(Kind.THROTTLED, retry_after=retry_after))
    assert clock.pauses == [pause + share]


@pytest.mark.parametrize("retry_after", [30, 300])
def test_a_retry_after_that_is_longer_than_the_time_left_ends_the_retries(retry_after: float) -> None:
    clock = Clock(remaining=30)
    failure = error(Kind.INTERNAL, retry_after=retry_after)
    with pytest.raises(ApiError) as gave_up:
        clock.budget().back_off(failure)
    assert gave_up.value is failure
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.DENIED])
def test_a_reset_starts_a_new_minute(kind: Kind) -> None:
    clock = Clock()
    budget = clock.budget()
    budget.back_off(error(kind))
    clock.remaining -= 100
    budget.reset(kind)
    assert 45 <= retried(clock, kind, budget=budget) <= 60
    assert clock.drawn[0] == clock.drawn[1]


def test_a_denial_with_a_reason_is_final() -> None:
    clock = Clock()
    assert retried(clock, Kind.DENIED, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE") == 0
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION])
@pytest.mark.parametrize("remaining", [830, 100, 3])
def test_throttling_internal_errors_and_connection_failures_are_retried_until_time_runs_short(
    kind: Kind, remaining: float
) -> None:
    clock = Clock(remaining=remaining)
    retried(clock, kind)
    assert 0 < clock.remaining <= 16


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.CONFLICT, Kind.DENIED])
def test_the_jitter_is_full_and_its_limit_doubles_up_to_a_maximum(kind: Kind) -> None:
    clock = Clock()
    retried(clock, kind)
    lows, caps = zip(*clock.drawn, strict=True)
    assert set(lows) == {0}
    assert all(after == before * 2 or after == max(caps) for before, after in pairwise(caps))
    assert caps[1] == caps[0] * 2
    assert max(caps) <= 16
    assert clock.pauses == list(caps[: len(clock.pauses)])


def test_the_pause_is_the_number_drawn() -> None:
    clock = Clock(share=0.25)
    clock.budget().back_off(error(Kind.THROTTLED))
    assert clock.pauses == [clock.drawn[0][1] * 0.25]


def test_pauses_are_random_and_real_by_default() -> None:
    defaults = {name: parameter.default for name, parameter in inspect.signature(RetryBudget).parameters.items()}
    assert (defaults["sleep"], defaults["uniform"]) == (time.sleep, random.uniform)


def test_thousands_of_failures_do_not_exceed_the_maximum() -> None:
    clock = Clock(remaining=10_000_000, share=0.001)
    budget = clock.budget()
    for _ in range(2_000):
        budget.back_off(error(Kind.THROTTLED))
    assert max(cap for _, cap in clock.drawn) <= 16


def test_no_pause_is_longer_than_the_time_left() -> None:
    clock = Clock(remaining=0.5)
    with pytest.raises(ApiError):
        clock.budget().back_off(error(Kind.THROTTLED))
    assert clock.pauses == []


def test_each_kind_of_failure_has_its_own_budget() -> None:
    clock = Clock()
    budget = clock.budget()
    retried(clock, Kind.CONFLICT, budget=budget)
    pauses = len(clock.pauses)
    budget.back_off(error(Kind.DENIED))
    budget.back_off(error(Kind.THROTTLED))
    assert len(clock.pauses) == pauses + 2


def test_a_call_is_retried_until_it_succeeds() -> None:
    clock = Clock()
    outcomes = [error(Kind.THROTTLED), error(Kind.INTERNAL), error(Kind.CONNECTION), error(Kind.DENIED)]

    def call() -> str:
        if outcomes:
            raise outcomes.pop(0)
        return "result"

    assert clock.budget().retry(call) == "result"
    assert len(clock.pauses) == 4


def test_a_final_error_is_raised_after_one_call() -> None:
    clock = Clock()
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise error(Kind.INVALID)

    with pytest.raises(ApiError):
        clock.budget().retry(call)
    assert (calls, clock.pauses) == ([1], [])


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.INTERNAL])
def test_a_kind_that_the_caller_handles_is_raised_after_one_call(kind: Kind) -> None:
    clock = Clock()

    def call() -> None:
        raise error(kind)

    with pytest.raises(ApiError):
        clock.budget().retry(call, unless=(kind,))
    assert clock.pauses == []


@pytest.mark.parametrize("remaining", [0, -5])
def test_no_call_starts_when_there_is_no_time_left(remaining: float) -> None:
    def call() -> None:
        raise AssertionError

    with pytest.raises(ResourceError, match="ran out of time") as failed:
        Clock(remaining=remaining).budget().retry(call)
    assert failed.value.code == "OUT_OF_TIME"
    assert "It is safe to deploy again." in str(failed.value)


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.DENIED])
def test_the_failure_is_raised_rather_than_the_end_of_the_time_in_a_pause(kind: Kind) -> None:
    # A sleep is always a little longer than asked.
    first, failure = Clock(), error(kind)
    first.budget().back_off(failure)
    clock = Clock(remaining=first.pauses[0] + 0.001, overshoot=0.01)

    def call() -> None:
        raise failure

    with pytest.raises(ApiError) as failed:
        clock.budget().retry(call)
    assert failed.value is failure


@pytest.mark.parametrize(("remaining", "slept"), [(3, True), (2, False)])
def test_a_pause_outside_a_retry_is_skipped_if_time_is_short(remaining: float, slept: bool) -> None:
    clock = Clock(remaining=remaining)
    assert clock.budget().pause(1, 2) == slept
    assert clock.drawn == [(1, 2)]
    assert clock.pauses == [2] * slept


def test_each_retry_and_the_end_of_the_retries_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    retried(Clock(remaining=2.5), Kind.THROTTLED)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = ("level", "message", "attempt", "error_code", "exception")
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("WARN", "retry", 1, "THROTTLED", "THROTTLED"),
        ("WARN", "gave up", 2, "THROTTLED", "THROTTLED"),
    ]
