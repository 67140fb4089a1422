"""The Update of a rollback: the properties in reverse, the physical id unchanged, and perhaps nothing of it was written."""

from typing import Any

import pytest

from tests.lambda_handler.running import change, current_lead, identity, reads_twice, sends, update
from tests.lambda_handler.scripted import (
    CONFLICT,
    LOCKS,
    OTHER_PROJECT,
    PROJECT,
    Clock,
    engagement,
    interaction,
    lead,
    lead_context,
    project,
    reads,
    updates,
    written,
)

ANN, BEN, CLEO = (interaction(name) for name in ("Ann", "Ben", "Cleo"))
EDITED = {**ANN, "CustomerAction": "edited by AWS"}
SCORE = {"LeadReadinessScore": "High"}


def test_the_rollback_of_a_change_that_was_not_written_writes_nothing() -> None:
    contexts = engagement(lead_context("1", lead(ANN)))
    update(*reads_twice(contexts), payload=lead(ANN), type_="Lead", previous=lead(ANN, BEN))


def test_the_rollback_of_a_change_that_was_written_is_one_update() -> None:
    # Another resource of the stack failed.
    step = updates("1", written("1", lock=3), lock=2)
    update(reads(engagement(project("1", OTHER_PROJECT), lock=2)), step, previous=OTHER_PROJECT)


# What was declared of QualificationStatus or Insights was refused, so the current value is what AWS filled in.


def test_the_rollback_of_a_refused_member_leaves_what_aws_filled_in() -> None:
    current = current_lead(ANN, QualificationStatus="Qualified by AWS", Insights=SCORE)
    failed = lead(ANN, QualificationStatus="Mine", Insights={"LeadReadinessScore": "Low"})
    update(*reads_twice(engagement(current)), payload=lead(ANN), type_="Lead", previous=failed)


def test_the_rollback_of_a_refused_member_sends_back_what_aws_filled_in() -> None:
    update(
        reads(engagement(current_lead(ANN, QualificationStatus="Qualified by AWS"))),
        sends(0, BEN, QualificationStatus="Qualified by AWS"),
        payload=lead(ANN, BEN),
        type_="Lead",
        previous=lead(ANN, QualificationStatus="Mine"),
    )


def test_the_rollback_of_a_written_member_removes_it_even_if_the_service_normalized_it() -> None:
    update(
        reads(engagement(current_lead(ANN, QualificationStatus="Mine"))),
        sends(0),
        payload=lead(ANN),
        type_="Lead",
        previous=lead(ANN, QualificationStatus="mine "),
    )


# The rollback of a failed replacement: the old properties are of another place, and what is desired was deployed before.


@pytest.mark.parametrize(
    ("interactions", "due"), [([BEN], [ANN]), ([ANN, BEN], []), ([EDITED, BEN], []), ([], [ANN, BEN])]
)
def test_the_rollback_of_a_failed_replacement_sends_what_the_lead_does_not_have(interactions: Any, due: Any) -> None:
    steps = [sends(lock, one) for lock, one in enumerate(due)]
    update(
        reads(engagement(current_lead(*interactions))),
        *steps,
        payload=lead(ANN, BEN),
        type_="Lead",
        previous=lead(ANN, BEN),
    )


def test_the_rollback_of_a_failed_replacement_leaves_what_aws_filled_in() -> None:
    update(reads(engagement(current_lead(ANN, Insights=SCORE))), payload=lead(ANN), type_="Lead", previous=lead(ANN))


def test_the_rollback_of_a_failed_replacement_reverts_a_change_by_others() -> None:
    desired = lead(BEN, QualificationStatus="Mine")
    update(
        reads(engagement(current_lead(BEN, QualificationStatus="Open"))),
        sends(0, QualificationStatus="Mine"),
        payload=desired,
        type_="Lead",
        previous=desired,
    )
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT))), updates("1", written("1", lock=1), lock=0), previous=PROJECT
    )
    assert outcome.identity == identity("1")


# A read that lags: the first one shows the state before the change that the rollback has to undo.


def test_a_rollback_that_finds_nothing_to_write_reads_once_more_after_two_seconds() -> None:
    clock = Clock(share=0.5)
    outcome = update(
        reads(engagement(project("1"), lock=1)),
        reads(engagement(project("1", OTHER_PROJECT), lock=2)),
        updates("1", written("1", lock=3), lock=2),
        previous=OTHER_PROJECT,
        clock=clock,
    )
    assert outcome.engagement.modified_at == LOCKS[3]
    assert clock.pauses == [2]


def test_there_is_no_third_read() -> None:
    clock = Clock()
    outcome = update(*reads_twice(engagement(project("1"), lock=1)), previous=OTHER_PROJECT, clock=clock)
    assert outcome.identity == identity("1")
    assert len(clock.pauses) == 1


def test_a_second_read_without_the_context_is_repeated() -> None:
    contexts = engagement(project("1"))
    update(reads(contexts), reads(engagement()), reads(contexts), previous=OTHER_PROJECT)


def test_an_interaction_that_only_the_first_read_showed_is_not_sent() -> None:
    contexts = [engagement(current_lead(ANN, BEN)), engagement(current_lead(CLEO))]
    change(*map(reads, contexts), now=[ANN, BEN], previous=[ANN])


def test_there_is_no_second_read_if_time_is_short() -> None:
    clock = Clock(remaining=2)
    outcome = update(reads(engagement(project("1"))), previous=OTHER_PROJECT, clock=clock)
    assert outcome.identity == identity("1")
    assert clock.pauses == []


def test_there_is_no_second_read_if_the_declaration_did_not_change() -> None:
    clock = Clock()
    contexts = engagement(project("1", OTHER_PROJECT))
    update(reads(contexts), payload=OTHER_PROJECT, previous=OTHER_PROJECT, clock=clock)
    assert clock.pauses == []


def test_there_is_no_second_read_after_an_update_of_this_run() -> None:
    # The read after the conflict shows what the other delivery of the event wrote.
    clock = Clock(share=0.1)
    update(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", CONFLICT, lock=0),
        reads(engagement(project("1"), lock=1)),
        previous=OTHER_PROJECT,
        clock=clock,
    )
    assert len(clock.pauses) == 1
