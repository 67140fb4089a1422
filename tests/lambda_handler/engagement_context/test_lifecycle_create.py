"""Create: exactly one context, however often it runs. Every call is asserted with its exact arguments."""

from typing import Any

import pytest

from lambda_handler.api import Context
from lambda_handler.engagement_context import lifecycle
from lambda_handler.errors import ApiError, FieldError, Kind, ResourceError
from tests.lambda_handler.running import create, create_refused, identity
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    SPENT,
    TOKEN,
    Clock,
    Script,
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


def test_the_ordinary_path_is_one_read_and_one_write() -> None:
    outcome = create(reads(held()), creates(written("1", lock=1)))
    assert outcome.identity == identity("1")
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())
    assert outcome.engagement.modified_at == LOCKS[1]


def test_an_equal_context_is_adopted_by_the_read_alone() -> None:
    contexts = [project("1", OTHER_PROJECT), lead_context("2", lead(ANN)), project("3")]
    outcome = create(reads(held(*contexts, lock=4)))
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("3"), LOCKS[4])


def test_a_lead_is_adopted_with_what_aws_filled_in() -> None:
    grown = lead(
        BEN,
        {**ANN, "InteractionDate": "2026-01-01T00:00:00Z"},
        Insights={"LeadReadinessScore": "High"},
        QualificationStatus="Qualified",
    )
    outcome = create(reads(held(lead_context("2", grown))), payload=lead(ANN), type_="Lead")
    assert outcome.identity == identity("2")


def test_a_lead_with_another_customer_or_an_interaction_less_is_not_adopted() -> None:
    other = {**lead(ANN, BEN), "Customer": {"CompanyName": "Other Tools"}}
    outcome = create(
        reads(held(lead_context("1", other), lead_context("2", lead(ANN)))),
        creates(written("3", lock=1), payload=lead(ANN, BEN), type_="Lead"),
        payload=lead(ANN, BEN),
        type_="Lead",
    )
    assert outcome.identity == identity("3")


def test_an_equal_payload_of_another_type_is_not_adopted() -> None:
    twin = Context(id="1", type="ProspectingResult", payload=PROJECT)
    assert create(reads(held(twin)), creates(written("2", lock=1))).identity == identity("2")


def test_nothing_is_adopted_where_the_declaration_says_so() -> None:
    outcome = create(reads(held(project("1"))), creates(written("2", lock=1)), adopt_existing=False)
    assert outcome.identity == identity("2")


@pytest.mark.parametrize("empty", [{}, {"Customer": {}}, {"Aws": {"Customer": {"EligiblePrograms": []}}}])
def test_an_empty_payload_adopts_nothing(empty: Any) -> None:
    outcome = create(reads(held(project("1", empty))), creates(written("2", lock=1), payload=empty), payload=empty)
    assert outcome.identity == identity("2")


def test_two_equal_contexts_are_a_doubt_and_both_are_named() -> None:
    reason = create_refused(reads(held(project("1"), project("2", OTHER_PROJECT), project("3"))))
    assert ids(reason, ["1", "2", "3"]) == ["1", "3"]
    assert "existing_context_id" in reason
    assert "Acme" not in reason


def test_one_of_three_equal_ones_is_not_picked_either() -> None:
    reason = create_refused(reads(held(*(project(id_) for id_ in "123"))))
    assert ids(reason, ["1", "2", "3"]) == ["1", "2", "3"]


class TestReplay:
    """The service answers with the context of an older request: its id was there in the read before."""

    def test_equal_is_answered_without_a_write(self) -> None:
        """The same payload, where adoption is off."""
        outcome = create(reads(held(project("1"), lock=3)), creates(written("1", lock=0)), adopt_existing=False)
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[3])

    def test_different_is_updated_in_place_under_the_lock_of_the_read(self) -> None:
        """The token was used for another payload, and this context is what it made."""
        outcome = create(
            reads(held(project("1", OTHER_PROJECT), lock=3)),
            creates(written("1", lock=0)),
            updates("1", written("1", lock=4), lock=3),
        )
        assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[4])

    def test_of_another_type_is_a_spent_token(self) -> None:
        """Nobody's Lead is written over with a project."""
        contexts = held(lead_context("1", lead(ANN)), project("2", OTHER_PROJECT))
        reason = create_refused(reads(contexts), creates(written("1", lock=0)))
        assert ids(reason, ["1", "2"]) == ["2"]
        assert "existing_context_id" in reason
        assert "client_token" in reason

    def test_of_another_engagement_is_a_spent_token(self) -> None:
        """The declared client_token was used elsewhere: nothing there is touched."""
        other = written("2", lock=0, engagement=OTHER_ENGAGEMENT)
        reason = create_refused(reads(held(project("2", OTHER_PROJECT))), creates(other))
        assert ids(reason, ["2"]) == ["2"]
        assert "client_token" in reason


class TestConflict:
    """A conflict: re-read, and start again, for at most a minute."""

    def test_that_ends_is_not_seen(self) -> None:
        """Each new try starts with a read."""
        clock = Clock()
        outcome = create(
            reads(held()),
            creates(CONFLICT),
            reads(held(lock=1)),
            creates(CONFLICT),
            reads(held(lock=2)),
            creates(written("1", lock=3)),
            clock=clock,
        )
        assert outcome.identity == identity("1")
        assert len(clock.pauses) == 2

    def test_that_our_own_repetition_caused_ends_in_adoption(self) -> None:
        """The other invocation of the same event was faster."""
        outcome = create(reads(held()), creates(CONFLICT), reads(held(project("1"), lock=1)))
        assert outcome.identity == identity("1")

    def test_that_lasts_fails_with_the_ids_of_the_type_and_both_ways_on(self) -> None:
        """The token is spent on another payload, or the engagement is too busy."""
        clock = Clock(share=0.9)
        contexts = [project("1", OTHER_PROJECT), lead_context("2", lead(ANN)), project("3", OTHER_PROJECT)]
        tries = 0
        with Script() as api:

            def read(**_: Any) -> Any:
                return held(*contexts)

            def refuse(**_: Any) -> Any:
                nonlocal tries
                tries += 1
                raise CONFLICT

            api.read, api.create = read, refuse  # type: ignore[method-assign]
            with pytest.raises(ResourceError) as refused:
                lifecycle.create(declaration(), token=TOKEN, api=api, budget=clock.budget())
        reason = str(refused.value)
        assert ids(reason, ["1", "2", "3"]) == ["1", "3"]
        assert 'existing_context_id="' in reason
        assert "client_token" in reason
        assert "ConflictException" in reason
        assert "It was refused." in reason
        assert 45 <= sum(clock.pauses) <= 60
        assert tries == len(clock.pauses) + 1

    def test_in_whose_pause_time_runs_out_names_the_ways_on_too(self) -> None:
        """A sleep is always a little longer than it was asked to be."""
        clock = Clock(remaining=0.501, overshoot=0.01)
        reason = create_refused(reads(held(project("1", OTHER_PROJECT))), creates(CONFLICT), clock=clock)
        assert ids(reason, ["1"]) == ["1"]
        assert "ConflictException" in reason
        assert "existing_context_id" in reason
        assert "client_token" in reason

    def test_that_lasts_where_there_is_no_context_of_the_type_says_so(self) -> None:
        """No ids to name, and still both ways on."""
        clock = Clock(remaining=0.4)
        reason = create_refused(reads(held(lead_context("1", lead(ANN)))), creates(CONFLICT), clock=clock)
        assert ids(reason, ["1"]) == []
        assert "CustomerProject" in reason
        assert "existing_context_id" in reason
        assert "client_token" in reason


@pytest.mark.parametrize(
    "spent",
    [
        SPENT,
        error(Kind.INVALID, "ValidationException", message="The client token was used with other parameters."),
        error(Kind.INVALID, "ValidationException", message="ClientToken: already used."),
        error(
            Kind.INVALID,
            "ValidationException",
            fields=[FieldError(field="", message="clientToken is not new", code="INVALID_VALUE")],
        ),
        error(
            Kind.INVALID,
            "ValidationException",
            message="ClientToken was used with other parameters.",
            fields=[FieldError(field="", message="The request is not valid.", code="INVALID_VALUE")],
        ),
    ],
    ids=["by its field", "in words", "in the message", "in a field's message", "in the message beside another field"],
)
def test_a_validation_error_that_names_the_token_names_the_ways_on(spent: ApiError) -> None:
    clock = Clock()
    contexts = held(project("1", OTHER_PROJECT), lead_context("2", lead(ANN)))
    reason = create_refused(reads(contexts), creates(spent), clock=clock)
    assert ids(reason, ["1", "2"]) == ["1"]
    assert "existing_context_id" in reason
    assert "client_token" in reason
    assert "ValidationException" in reason
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.OTHER])
def test_a_final_error_comes_through_at_once(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    with pytest.raises(ApiError) as failed:
        create(reads(held()), creates(final), clock=clock)
    assert failed.value is final
    assert clock.pauses == []
    with pytest.raises(ApiError):
        create(reads(final), clock=clock)
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.DENIED])
def test_a_create_is_repeated_as_it_is_because_its_token_makes_it_one(kind: Kind) -> None:
    clock = Clock()
    outcome = create(
        reads(error(kind)), reads(held()), creates(error(kind)), creates(error(kind)), creates(written("1", lock=1)),
        clock=clock,
    )  # fmt: skip
    assert outcome.identity == identity("1")
    assert len(clock.pauses) == 3
