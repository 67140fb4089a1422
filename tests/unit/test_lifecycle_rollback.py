"""The Update of a rollback: the properties in reverse, the physical id as it was, and perhaps nothing of it ever written."""

from typing import Any

import pytest

from tests.unit.running import holding, identity, sends, update
from tests.unit.scripted import OTHER_PROJECT, held, interaction, lead, project, reads, updates, written

ANN, BEN, CLEO = (interaction(name) for name in ("Ann", "Ben", "Cleo"))
SCORE = {"LeadReadinessScore": "High"}


class TestOfAChangeThatNeverArrived:
    """What was declared of QualificationStatus or Insights was refused, and what is held is what AWS filled in."""

    def test_leaves_what_aws_filled_in(self) -> None:
        """One read."""
        aws = {"QualificationStatus": "Qualified by AWS", "Insights": SCORE}
        was = lead(ANN, QualificationStatus="Mine", Insights={"LeadReadinessScore": "Low"})
        update(*[reads(held(holding(ANN, **aws)))], payload=lead(ANN), type_="Lead", before=was)

    def test_gives_it_back_where_something_else_is_written(self) -> None:
        """The update may replace the whole Lead."""
        update(
            reads(held(holding(ANN, QualificationStatus="Qualified by AWS"))),
            sends(0, BEN, QualificationStatus="Qualified by AWS"),
            payload=lead(ANN, BEN),
            type_="Lead",
            before=lead(ANN, QualificationStatus="Mine"),
        )

    def test_takes_away_what_did_arrive(self) -> None:
        """Though the service tidied it."""
        update(
            reads(held(holding(ANN, QualificationStatus="Mine"))),
            sends(0),
            payload=lead(ANN),
            type_="Lead",
            before=lead(ANN, QualificationStatus="mine "),
        )


class TestOfAFailedMove:
    """The old properties are of another place: what is declared now was in place before the move, and still is."""

    @pytest.mark.parametrize("interactions", [[BEN], [ANN, BEN], [{**ANN, "CustomerAction": "edited by AWS"}], []])
    def test_sends_no_interaction(self, interactions: Any) -> None:
        """Whether the service appends or replaces, and whoever edited them."""
        update(reads(held(holding(*interactions))), payload=lead(ANN, BEN), type_="Lead", before=None)

    def test_tolerates_what_aws_filled_in(self) -> None:
        """It was declared elsewhere, if at all."""
        update(reads(held(holding(ANN, Insights=SCORE))), payload=lead(ANN), type_="Lead", before=None)

    def test_brings_the_rest_back(self) -> None:
        """A colleague changed it meanwhile."""
        update(
            reads(held(holding(BEN, QualificationStatus="Open"))),
            sends(0, QualificationStatus="Mine"),
            payload=lead(ANN, BEN, QualificationStatus="Mine"),
            type_="Lead",
            before=None,
        )
        outcome = update(
            reads(held(project("1", OTHER_PROJECT))), updates("1", written("1", lock=1), lock=0), before=None
        )
        assert outcome.identity == identity("1")
