"""Update: in place or a replacement, with the identity from the physical id alone."""

from typing import Any

import pytest

from lambda_handler.errors import ApiError, Kind
from tests.lambda_handler.running import create_refused, finds, identity, update, update_refused
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    SPENT,
    Clock,
    arn,
    creates,
    declaration,
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
OPEN = [Kind.INTERNAL, Kind.CONNECTION]


def test_nothing_changed_is_one_read_and_all_that_the_attributes_need() -> None:
    outcome = update(reads(held(project("1"), project("2"), lock=5)), previous=PROJECT)
    assert outcome.identity == identity("1")
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())
    assert outcome.engagement.modified_at == LOCKS[5]


def test_one_change_is_one_read_and_one_write_under_the_lock_just_read() -> None:
    outcome = update(
        reads(held(project("1", OTHER_PROJECT), lock=5)),
        updates("1", written("1", lock=6), lock=5),
        previous=OTHER_PROJECT,
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[6])
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())


@pytest.mark.parametrize("control", [{"client_token": "new"}, {"adopt_existing": False}, {"existing_context_id": "1"}])
def test_a_changed_control_property_is_no_change(control: Any) -> None:
    assert update(reads(held(project("1"))), previous=PROJECT, **control).identity == identity("1")


def test_what_aws_or_a_colleague_changed_is_brought_back() -> None:
    update(reads(held(project("1", OTHER_PROJECT))), updates("1", written("1", lock=1), lock=0), previous=PROJECT)


def test_a_part_that_is_not_declared_any_more_must_be_gone() -> None:
    declared = {"Customer": PROJECT["Customer"]}
    update(
        reads(held(project("1"))),
        updates("1", written("1", lock=1), lock=0, payload=declared),
        payload=declared,
        previous=PROJECT,
    )


def test_a_service_that_merges_is_not_written_to_twice_in_one_run() -> None:
    # The write is answered, and no read follows that could show the part still there.
    declared = {"Customer": PROJECT["Customer"]}
    step = updates("1", written("1", lock=1), lock=0, payload=declared)
    assert update(reads(held(project("1"))), step, payload=declared).engagement.modified_at == LOCKS[1]


class TestConflict:
    """Somebody else wrote to the engagement between our read and our write."""

    def test_is_read_again_and_written_under_the_new_lock(self) -> None:
        """Never under the old one, and never blindly."""
        clock = Clock()
        outcome = update(
            reads(held(project("1", OTHER_PROJECT), lock=1)),
            updates("1", CONFLICT, lock=1),
            reads(held(project("1", OTHER_PROJECT), project("2"), lock=2)),
            updates("1", CONFLICT, lock=2),
            reads(held(project("1", OTHER_PROJECT), project("2"), lock=3)),
            updates("1", written("1", lock=4), lock=3),
            clock=clock,
        )
        assert outcome.engagement.modified_at == LOCKS[4]
        assert len(clock.pauses) == 2

    def test_after_which_all_is_as_declared_ends_without_a_write(self) -> None:
        """The same event was delivered twice, and the other delivery was faster."""
        outcome = update(
            reads(held(project("1", OTHER_PROJECT), lock=1)),
            updates("1", CONFLICT, lock=1),
            reads(held(project("1"), lock=2)),
        )
        assert outcome.engagement.modified_at == LOCKS[2]

    def test_that_lasts_fails_within_a_minute(self) -> None:
        """With the service's own words."""
        clock = Clock(share=0.9)
        tries: list[str] = []
        steps = [reads(held(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0)] * 100
        with pytest.raises(ApiError) as failed:
            update(*steps, clock=clock)
        tries += [str(pause) for pause in clock.pauses]
        assert failed.value is CONFLICT
        assert 45 <= sum(clock.pauses) <= 60
        assert len(tries) < 40

    def test_in_whose_pause_time_runs_out_is_what_fails(self) -> None:
        """Not the clock."""
        clock = Clock(remaining=0.501, overshoot=0.01)
        with pytest.raises(ApiError) as failed:
            update(reads(held(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0), clock=clock)
        assert failed.value is CONFLICT


@pytest.mark.parametrize("kind", OPEN)
class TestOpenOutcome:
    """The write was sent, and nobody said whether it arrived."""

    def test_is_read_again_and_not_sent_again_where_it_arrived(self, kind: Kind) -> None:
        """One write."""
        outcome = update(
            reads(held(project("1", OTHER_PROJECT), lock=1)),
            updates("1", error(kind), lock=1),
            reads(held(project("1"), lock=2)),
        )
        assert outcome.engagement.modified_at == LOCKS[2]

    def test_is_sent_again_under_the_new_lock_where_it_did_not(self, kind: Kind) -> None:
        """Though the lock is another by now."""
        outcome = update(
            reads(held(project("1", OTHER_PROJECT), lock=1)),
            updates("1", error(kind), lock=1),
            reads(error(kind)),
            reads(held(project("1", OTHER_PROJECT), lock=2)),
            updates("1", written("1", lock=3), lock=2),
        )
        assert outcome.engagement.modified_at == LOCKS[3]

    def test_that_never_ends_fails_before_time_is_up(self, kind: Kind) -> None:
        """With the last error."""
        clock = Clock(remaining=100)
        steps = [reads(held(project("1", OTHER_PROJECT))), updates("1", error(kind), lock=0)] * 100
        with pytest.raises(ApiError):
            update(*steps, clock=clock)
        assert clock.remaining > 0


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.DENIED])
def test_a_write_that_surely_did_not_arrive_is_sent_again_as_it_is(kind: Kind) -> None:
    outcome = update(
        reads(error(kind)),
        reads(held(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", written("1", lock=2), lock=1),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.QUOTA, Kind.OTHER])
def test_a_final_error_comes_through_at_once(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    with pytest.raises(ApiError) as failed:
        update(reads(held(project("1", OTHER_PROJECT))), updates("1", final, lock=0), clock=clock)
    assert failed.value is final
    assert clock.pauses == []


class TestGone:
    """The context that the physical id names is not there."""

    def test_fails_and_creates_nothing(self) -> None:
        """Though an equal one is there: which is whose is for a person to say."""
        clock = Clock()
        reason = update_refused(*[reads(held(project("2"), lead_context("3", lead(ANN))))] * 4, clock=clock)
        assert ids(reason, ["2", "3"]) == ["2", "3"]
        assert f"Sandbox/{ENGAGEMENT}/1" in reason
        assert "existing_context_id" in reason
        assert sum(clock.pauses) <= 10

    def test_from_an_empty_engagement_says_so(self) -> None:
        """There are no ids to name."""
        assert "no context" in update_refused(*[reads(held())] * 4)

    def test_is_only_late_when_the_next_read_shows_it(self) -> None:
        """A read right after a write may not show it."""
        assert update(reads(held()), reads(held(project("1"), lock=1))).identity == identity("1")

    def test_between_two_reads_fails_too(self) -> None:
        """It vanished while others kept us from writing."""
        reason = update_refused(
            reads(held(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0), *[reads(held(lock=1))] * 4
        )
        assert "'1'" in reason
        assert ENGAGEMENT in reason


class TestReplacement:
    """Another catalog, engagement or Type is another context, with another physical id."""

    def test_by_the_engagement_creates_there_and_writes_nothing_here(self) -> None:
        """Reads included."""
        outcome = update(
            reads(held(engagement=OTHER_ENGAGEMENT), engagement=OTHER_ENGAGEMENT),
            creates(written("1", lock=1, engagement=OTHER_ENGAGEMENT), engagement=OTHER_ENGAGEMENT),
            engagement_id=OTHER_ENGAGEMENT,
            previous=PROJECT,
        )
        assert str(outcome.identity) == f"Sandbox/{OTHER_ENGAGEMENT}/1"

    def test_by_the_catalog(self) -> None:
        """The same engagement id in the other catalog."""
        outcome = update(
            reads(held(), catalog="AWS"), creates(written("1", lock=1), catalog="AWS"), catalog="AWS", previous=PROJECT
        )
        assert str(outcome.identity) == f"AWS/{ENGAGEMENT}/1"

    def test_by_the_type_that_the_service_holds(self) -> None:
        """The context stays, and another one is made beside it."""
        contexts = held(lead_context("1", lead(ANN)))
        outcome = update(reads(contexts), reads(contexts), creates(written("2", lock=1)), previous=PROJECT)
        assert outcome.identity == identity("2")

    def test_adopts_what_is_there(self) -> None:
        """Moving back costs no slot."""
        outcome = update(reads(held(project("3"))), physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/1", previous=PROJECT)
        assert outcome.identity == identity("3")

    def test_back_gets_the_first_answer_again_where_nothing_is_adopted(self) -> None:
        """The token is the first one, and the service replays."""
        outcome = update(
            reads(held(project("3"), lock=2)),
            creates(written("3", lock=0)),
            physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/1",
            adopt_existing=False,
        )
        assert outcome.identity == identity("3")

    def test_that_is_refused_fails_with_the_ways_on(self) -> None:
        """As a Create would."""
        reason = update_refused(reads(held()), creates(SPENT), physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/1")
        assert "existing_context_id" in reason
        assert "client_token" in reason


@pytest.mark.parametrize("physical_id", ["not-created/AcmeMigration", "demo_Acme_X1", "", "Sandbox/eng-1/1"])
def test_the_update_of_a_failed_creates_id_is_a_create(physical_id: str) -> None:
    outcome = update(reads(held()), creates(written("1", lock=1)), physical_id=physical_id, previous=PROJECT)
    assert outcome.identity == identity("1")


class TestRollback:
    """CloudFormation sends the properties in reverse."""

    def test_of_a_failed_move_reads_once_and_writes_nothing(self) -> None:
        """The old properties are of another engagement, and the physical id never changed."""
        outcome = update(reads(held(project("1"), lock=2)), previous=None)
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[2])

    def test_of_a_failed_change_writes_nothing(self) -> None:
        """What failed was never written."""
        update(*finds(held(lead_context("1", lead(ANN)))), payload=lead(ANN), type_="Lead", previous=lead(ANN, BEN))

    def test_of_a_change_that_was_written_is_one_write(self) -> None:
        """Another resource of the stack failed."""
        step = updates("1", written("1", lock=3), lock=2)
        update(reads(held(project("1", OTHER_PROJECT), lock=2)), step, previous=OTHER_PROJECT)

    def test_of_a_successful_move_finds_the_first_context(self) -> None:
        """The physical id is the new one."""
        outcome = update(reads(held(project("1"))), physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/4", previous=PROJECT)
        assert outcome.identity == identity("1")


def test_the_script_itself_would_notice_a_call_too_many_and_one_too_few() -> None:
    assert declaration().payload == PROJECT
    with pytest.raises(AssertionError, match="not in the script"):
        update(reads(held(project("1", OTHER_PROJECT))))
    with pytest.raises(AssertionError, match="never called"):
        update(reads(held(project("1"))), reads(held()))
    with pytest.raises(AssertionError):
        create_refused(reads(held()), creates(SPENT, token="another"))
