"""Interruptions and lost responses: one engagement, at most five contexts, and no wrong finding."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._probe._conclusions import UNEXPECTED
from cdk_partnercentral_local import Behavior
from cdk_partnercentral_local.service import ServiceError
from lambda_handler.errors import ApiError
from tests.cdk_partnercentral_cli.probe.probing import WRITES, Attempt, Bench
from tests.cdk_partnercentral_cli.probe.test_settings import drawn

# With this lock, a run sends one more write than with the default, because the service refuses a lock in microseconds.
EXACT_LOCK = Behavior(lock="exact")
WRITES_OF_A_RUN = 17
ACCEPTS_EVERYTHING = {"accepts_unknown_types": True}
FORGETS_TOKENS = {"token_lifetime": 0.0, "list_lag": 3, "read_lag": 2}


class Killed(BaseException):
    """The end of the process."""


def killing(attempt: Attempt, number: int, *, is_sent: bool) -> Attempt:
    """Return an attempt that ends the process at a write, before it is sent or before its response arrives."""
    writes = 0

    def killed(operation: str, **parameters: Any) -> Any:
        nonlocal writes
        writes += operation in WRITES
        if writes != number or operation not in WRITES:
            return attempt(operation, **parameters)
        if is_sent:
            with suppress(ApiError):
                attempt(operation, **parameters)
        raise Killed

    return killed


def check(bench: Bench, found: dict[str, Any]) -> None:
    behavior = bench.service.behavior
    wrong = {
        name: each
        for name, each in found.items()
        if each.is_observed and name in Behavior.__annotations__ and each.value != getattr(behavior, name)
    }
    assert wrong == {}
    assert [name for name, each in found.items() if each.note == UNEXPECTED] == []
    assert len(bench.contexts) <= 5


@pytest.mark.parametrize("is_sent", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("number", range(1, WRITES_OF_A_RUN + 1))
def test_a_run_that_is_killed_at_a_write_continues(bench: Bench, number: int, is_sent: bool) -> None:
    bench.new(behavior=EXACT_LOCK)
    with pytest.raises(Killed):
        bench.run(killing(bench.attempt, number, is_sent=is_sent))
    if number == 1 and not is_sent:
        # The state file cannot show that the request was not sent, and no list proves it.
        with pytest.raises(CliError, match="20 lists of engagements did not contain it"):
            bench.run()
        assert bench.service.engagements() == []
        return

    found = bench.run()

    check(bench, found)
    hidden = {name for name, each in found.items() if not each.is_observed}
    assert hidden <= {
        "token_lifetime",
        "refuses_filled_in",
        "quota",
        "writes_per_second",
        "reads_per_second",
        "latency",
        # What the first read and list show is lost with the response to the first write.
        *(("list_lag",) if number == 1 else ()),
    }
    calls = [call.operation for call in bench.service.calls if call.wrote]
    assert calls.count("CreateEngagement") == 1


def test_a_run_sends_as_many_writes_as_the_test_above_kills(bench: Bench) -> None:
    bench.new(behavior=EXACT_LOCK)
    bench.run()

    assert sum(call.operation in WRITES for call in bench.service.calls) == WRITES_OF_A_RUN


@pytest.mark.parametrize("settings", [ACCEPTS_EVERYTHING, FORGETS_TOKENS])
@pytest.mark.parametrize("number", [1, 3, 4, 9, 11, 12])
def test_a_service_that_is_hard_to_resume_gets_five_contexts_too(
    bench: Bench, settings: dict[str, Any], number: int
) -> None:
    bench.new(behavior=Behavior(lock="exact", **settings))
    for is_sent in (True, False):
        with pytest.raises(Killed):
            bench.run(killing(bench.attempt, number if is_sent else 1, is_sent=is_sent))

    check(bench, bench.run())


@pytest.mark.parametrize("seed", [None, 1016, 1025])
def test_a_finished_run_sends_no_request_when_it_is_resumed(bench: Bench, seed: int | None) -> None:
    """The last requests of the runs with a seed are throttled."""
    bench.new(behavior=Behavior() if seed is None else drawn(seed))
    first = bench.run()
    bench.service.calls.clear()

    assert bench.run() == first
    assert bench.service.calls == []


def test_a_process_that_is_killed_while_it_is_throttled_did_not_write(bench: Bench) -> None:
    bench.service.faults.throttle("CreateEngagement")
    with pytest.raises(Killed):
        bench.run(killing(bench.attempt, 2, is_sent=False))
    with pytest.raises(CliError):
        bench.run()
    assert bench.service.engagements() == []

    bench.new()
    bench.service.faults.throttle("CreateEngagement")
    sleep = bench.clock.sleep

    def stop(seconds: float) -> None:
        if bench.service.calls and bench.service.calls[-1].operation == "CreateEngagement":
            raise Killed
        sleep(seconds)

    bench.clock.sleep = stop  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.run()
    bench.clock.sleep = sleep  # type: ignore[method-assign]
    check(bench, bench.run())


def engagements_are_denied(bench: Bench) -> None:
    bench.service.faults.access_denied("ListEngagements", times=100)


def lists_do_not_end(bench: Bench) -> None:
    bench.new(behavior=Behavior(empty_pages=10**6))


def lists_show_the_engagement_late(bench: Bench) -> None:
    bench.new(behavior=Behavior(list_lag=100, token_lifetime=0.0))


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (engagements_are_denied, "ListEngagements failed with AccessDeniedException"),
        (lists_do_not_end, "a list of engagements did not end within 25 pages"),
        (lists_show_the_engagement_late, "20 lists of engagements did not contain it"),
    ],
)
@pytest.mark.parametrize("lose", ["kill", "error", "credentials"])
def test_an_engagement_that_might_exist_is_not_created_again(
    bench: Bench, prepare: Callable[[Bench], None], reason: str, lose: str
) -> None:
    prepare(bench)
    if lose == "kill":
        with pytest.raises(Killed):
            bench.run(killing(bench.attempt, 1, is_sent=True))
    else:
        bench.service.faults.error_after_commit("CreateEngagement")
    if lose == "credentials":
        bench.service.faults.error("CreateEngagement", ServiceError("ExpiredTokenException", "sample"))

    for _ in range(2):
        with pytest.raises(CliError, match="The run cannot determine whether") as caught:
            bench.run()
        assert reason in str(caught.value)
        assert '"Probe 1a2b3c4d"' in str(caught.value)
    assert len(bench.service.engagements()) == 1
    assert [call.operation for call in bench.service.calls].count("CreateEngagement") == 1


def test_an_engagement_that_a_later_list_shows_is_used(bench: Bench) -> None:
    bench.new(behavior=Behavior(list_lag=30))
    bench.service.faults.error_after_commit("CreateEngagement")
    with pytest.raises(CliError, match="20 lists of engagements did not contain it"):
        bench.run()

    check(bench, bench.run())


def test_a_create_request_that_was_not_carried_out_is_sent_again(bench: Bench) -> None:
    bench.service.faults.error("CreateEngagement", ServiceError("ExpiredTokenException", "sample"))
    with pytest.raises(ApiError):
        bench.run()

    check(bench, bench.run())


def lose_responses(bench: Bench, choose: random.Random) -> None:
    """Plan errors, lost requests and lost responses for random requests."""
    faults = bench.service.faults
    for _ in range(60):
        operation = choose.choice((*WRITES, "GetEngagement", "ListEngagements"))
        faults.pass_by(operation, times=choose.randint(1, 6))
        plan = choose.choice(
            (faults.throttle, faults.internal_error, faults.drop_before, faults.drop_after, faults.error_after_commit)
        )
        plan(operation, times=choose.choice((1, 1, 2, 4)))


def run_with_faults(bench: Bench, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - not for security
    bench.new(behavior=drawn(seed))
    lose_responses(bench, choose)
    for _ in range(20):
        try:
            found = bench.run(killing(bench.attempt, choose.randint(5, 60), is_sent=choose.random() < 0.5))
        except (ApiError, Killed):
            continue
        check(bench, found)
        return
    pytest.fail("the run did not end")


@pytest.mark.parametrize("seed", range(2000, 2004))
def test_lost_responses_and_interruptions_cause_no_wrong_finding(bench: Bench, seed: int) -> None:
    run_with_faults(bench, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3000, 3100))
def test_many_lost_responses_and_interruptions_cause_no_wrong_finding(bench: Bench, seed: int) -> None:
    run_with_faults(bench, seed)
