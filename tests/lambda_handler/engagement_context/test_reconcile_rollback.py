"""The Update of a rollback: the properties in reverse, the physical id as it was, and perhaps nothing of it ever written."""

from typing import Any

import pytest

from tests.lambda_handler.running import change, finds, holding, identity, sends, update
from tests.lambda_handler.scripted import (
    CONFLICT,
    LOCKS,
    OTHER_PROJECT,
    Clock,
    held,
    interaction,
    lead,
    project,
    reads,
    updates,
    written,
)

ANN, BEN, CLEO = (interaction(name) for name in ("Ann", "Ben", "Cleo"))
SCORE = {"LeadReadinessScore": "High"}


class TestOfAChangeThatNeverArrived:
    """What was declared of QualificationStatus or Insights was refused, and what is held is what AWS filled in."""

    def test_leaves_what_aws_filled_in(self) -> None:
        """Nothing is written."""
        aws = {"QualificationStatus": "Qualified by AWS", "Insights": SCORE}
        was = lead(ANN, QualificationStatus="Mine", Insights={"LeadReadinessScore": "Low"})
        update(*finds(held(holding(ANN, **aws))), payload=lead(ANN), type_="Lead", previous=was)

    def test_gives_it_back_where_something_else_is_written(self) -> None:
        """The update may replace the whole Lead."""
        update(
            reads(held(holding(ANN, QualificationStatus="Qualified by AWS"))),
            sends(0, BEN, QualificationStatus="Qualified by AWS"),
            payload=lead(ANN, BEN),
            type_="Lead",
            previous=lead(ANN, QualificationStatus="Mine"),
        )

    def test_takes_away_what_did_arrive(self) -> None:
        """Though the service tidied it."""
        update(
            reads(held(holding(ANN, QualificationStatus="Mine"))),
            sends(0),
            payload=lead(ANN),
            type_="Lead",
            previous=lead(ANN, QualificationStatus="mine "),
        )


class TestOfAFailedMove:
    """The old properties are of another place: what is declared now was in place before the move, and still is."""

    @pytest.mark.parametrize("interactions", [[BEN], [ANN, BEN], [{**ANN, "CustomerAction": "edited by AWS"}], []])
    def test_sends_no_interaction(self, interactions: Any) -> None:
        """Whether the service appends or replaces, and whoever edited them."""
        update(reads(held(holding(*interactions))), payload=lead(ANN, BEN), type_="Lead", previous=None)

    def test_tolerates_what_aws_filled_in(self) -> None:
        """It was declared elsewhere, if at all."""
        update(reads(held(holding(ANN, Insights=SCORE))), payload=lead(ANN), type_="Lead", previous=None)

    def test_brings_the_rest_back(self) -> None:
        """A colleague changed it meanwhile."""
        update(
            reads(held(holding(BEN, QualificationStatus="Open"))),
            sends(0, QualificationStatus="Mine"),
            payload=lead(ANN, BEN, QualificationStatus="Mine"),
            type_="Lead",
            previous=None,
        )
        outcome = update(
            reads(held(project("1", OTHER_PROJECT))), updates("1", written("1", lock=1), lock=0), previous=None
        )
        assert outcome.identity == identity("1")


class TestBehindALateRead:
    """The first read shows the state before what the rollback is to undo."""

    def test_reads_once_more_and_writes(self) -> None:
        """After about two seconds."""
        clock = Clock(share=0.5)
        outcome = update(
            reads(held(project("1"), lock=1)),
            reads(held(project("1", OTHER_PROJECT), lock=2)),
            updates("1", written("1", lock=3), lock=2),
            previous=OTHER_PROJECT,
            clock=clock,
        )
        assert outcome.engagement.modified_at == LOCKS[3]
        assert clock.pauses == [2]

    def test_reads_no_third_time(self) -> None:
        """What the second read says is so."""
        clock = Clock()
        assert update(*finds(held(project("1"), lock=1)), previous=OTHER_PROJECT, clock=clock).identity == identity("1")
        assert len(clock.pauses) == 1

    def test_waits_for_a_context_that_the_second_read_does_not_show(self) -> None:
        """As for any other read."""
        update(reads(held(project("1"))), reads(held()), reads(held(project("1"))), previous=OTHER_PROJECT)

    def test_sends_no_interaction_that_the_first_read_showed(self) -> None:
        """Whatever the second one shows."""
        change(reads(held(holding(ANN, BEN))), reads(held(holding(CLEO))), now=[ANN, BEN], previous=[ANN])

    def test_does_without_the_second_read_where_time_is_short(self) -> None:
        """An update that can succeed without a write does."""
        clock = Clock(remaining=2)
        assert update(reads(held(project("1"))), previous=OTHER_PROJECT, clock=clock).identity == identity("1")
        assert clock.pauses == []

    def test_is_no_matter_where_nothing_changed(self) -> None:
        """One read, and no pause."""
        clock = Clock()
        update(reads(held(project("1", OTHER_PROJECT))), payload=OTHER_PROJECT, previous=OTHER_PROJECT, clock=clock)
        assert clock.pauses == []

    def test_is_no_matter_once_this_run_wrote(self) -> None:
        """The read after a conflict tells what the other delivery of the event did."""
        clock = Clock(share=0.1)
        update(
            reads(held(project("1", OTHER_PROJECT))),
            updates("1", CONFLICT, lock=0),
            reads(held(project("1"), lock=1)),
            previous=OTHER_PROJECT,
            clock=clock,
        )
        assert len(clock.pauses) == 1
