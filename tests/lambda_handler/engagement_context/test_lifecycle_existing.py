"""Create where there is no room, or no wish, for a new context: the quota, and `existing_context_id`."""

import pytest

from lambda_handler.api import Context
from lambda_handler.errors import Kind
from tests.lambda_handler.running import create, create_refused, identity, update, update_refused
from tests.lambda_handler.scripted import (
    LOCKS,
    OTHER_PROJECT,
    PROJECT,
    Clock,
    creates,
    error,
    held,
    ids,
    interaction,
    lead,
    lead_context,
    project,
    reads,
    updates,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")


class TestQuota:
    """The engagement is full."""

    FULL = error(Kind.QUOTA, "ServiceQuotaExceededException", "An engagement holds five.")

    def test_names_every_context_and_context_identifier(self) -> None:
        """Whatever their Types are: each holds a slot."""
        contexts = [
            project("1", OTHER_PROJECT),
            lead_context("2", lead(ANN)),
            project("3", OTHER_PROJECT),
            Context(id="4", type="ProspectingResult", payload={}),
            project("5", OTHER_PROJECT),
        ]
        clock = Clock()
        reason = create_refused(reads(held(*contexts)), creates(self.FULL), reads(held(*contexts)), clock=clock)
        assert ids(reason, list("12345")) == list("12345")
        assert "existing_context_id" in reason
        assert "ServiceQuotaExceededException" in reason
        assert "An engagement holds five." in reason
        assert clock.pauses == []

    def test_that_our_own_lost_request_filled_is_no_failure(self) -> None:
        """The fifth context is the one that the first try made."""
        outcome = create(
            reads(held()),
            creates(error(Kind.CONNECTION)),
            creates(self.FULL),
            reads(held(project("5"), lock=2)),
        )
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("5"), LOCKS[2])


class TestContextIdentifierOnCreate:
    """Manage an existing context, and never create one."""

    def test_takes_a_context_over_by_an_update(self) -> None:
        """The payload is brought to what is declared."""
        outcome = create(
            reads(held(project("1"), project("2", OTHER_PROJECT), lock=2)),
            updates("2", written("2", lock=3), lock=2),
            existing_context_id="2",
        )
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("2"), LOCKS[3])

    def test_of_one_that_is_as_declared_writes_nothing(self) -> None:
        """Though another one is equal too: there is no doubt which is meant."""
        outcome = create(reads(held(project("1"), project("2"), lock=2)), existing_context_id="2")
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("2"), LOCKS[2])

    def test_also_where_adoption_is_off(self) -> None:
        """It is no adoption."""
        assert create(reads(held(project("2"))), existing_context_id="2", adopt_existing=False).identity == identity(
            "2"
        )

    def test_of_one_that_is_missing_fails_and_creates_nothing(self) -> None:
        """A read may show a context late, so it looks more than once."""
        clock = Clock()
        contexts = held(project("1"), lead_context("2", lead(ANN)))
        reason = create_refused(*[reads(contexts)] * 4, existing_context_id="9", clock=clock)
        assert ids(reason, ["1", "2"]) == ["1", "2"]
        assert "9" in reason
        assert sum(clock.pauses) <= 10

    def test_of_another_type_fails_and_writes_nothing(self) -> None:
        """A Lead is never written over with a project."""
        reason = create_refused(reads(held(project("1"), lead_context("2", lead(ANN)))), existing_context_id="2")
        assert "Lead" in reason
        assert "CustomerProject" in reason
        assert ids(reason, ["1", "2"]) == ["1", "2"]


class TestContextIdentifierOnUpdate:
    """The same, another, one that is missing, one of another Type."""

    def test_the_same_is_in_place(self) -> None:
        """One read, one write."""
        step = updates("1", written("1", lock=1), lock=0)
        outcome = update(
            reads(held(project("1", OTHER_PROJECT))), step, existing_context_id="1", previous=OTHER_PROJECT
        )
        assert outcome.identity == identity("1")

    def test_another_is_a_replacement_by_that_context(self) -> None:
        """The one before stays as it is."""
        contexts = held(project("1"), project("2", OTHER_PROJECT))
        outcome = update(reads(contexts), updates("2", written("2", lock=1), lock=0), existing_context_id="2")
        assert outcome.identity == identity("2")

    def test_of_one_that_is_missing_fails(self) -> None:
        """And creates nothing."""
        reason = update_refused(*[reads(held(project("1")))] * 4, existing_context_id="7")
        assert "7" in reason
        assert ids(reason, ["1"]) == ["1"]

    @pytest.mark.parametrize("identifier", ["1", "2"])
    def test_of_another_type_fails_and_creates_nothing(self, identifier: str) -> None:
        """Whether it is the one that was managed before or not."""
        contexts = held(lead_context("1", lead(ANN)), lead_context("2", lead(BEN)))
        steps = [reads(contexts)] * (2 if identifier == "1" else 1)
        reason = update_refused(*steps, existing_context_id=identifier)
        assert "Lead" in reason
        assert "CustomerProject" in reason

    def test_not_any_more_stays_in_place(self) -> None:
        """The physical id says which context it is."""
        assert update(reads(held(project("1"), project("2"))), previous=PROJECT).identity == identity("1")
