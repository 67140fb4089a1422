"""Create makes exactly one context, however often it runs. Every call is asserted with its exact arguments."""

from typing import Any

import pytest

from lambda_handler.api import Context
from lambda_handler.errors import ApiError, Kind
from tests.lambda_handler.running import create, create_error, identity
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    LOGICAL_ID,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    TOKEN_USED,
    Clock,
    arn,
    creates,
    engagement,
    error,
    ids,
    interaction,
    lead,
    lead_context,
    lists,
    project,
    reads,
    resource,
    updates,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")


def assert_both_ways_to_proceed(text: str, cause: str) -> None:
    """Check that a Reason begins with its cause and what to do."""
    for part in (cause, "existing_context_id", "client_token"):
        assert part in text[:300]


def test_a_new_context_takes_one_read_and_one_write() -> None:
    outcome = create(reads(engagement()), creates(written("1", lock=1)))
    assert outcome.identity == identity("1")
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())
    assert outcome.engagement.modified_at == LOCKS[1]


def test_an_equal_context_is_adopted_without_a_write() -> None:
    contexts = [project("1", OTHER_PROJECT), lead_context("2", lead(ANN)), project("3")]
    outcome = create(reads(engagement(*contexts, lock=4)), lists())
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("3"), LOCKS[4])


def test_a_lead_is_adopted_with_what_aws_filled_in() -> None:
    grown = lead(
        BEN,
        {**ANN, "InteractionDate": "2026-01-01T00:00:00Z"},
        Insights={"LeadReadinessScore": "High"},
        QualificationStatus="Qualified",
    )
    outcome = create(reads(engagement(lead_context("2", grown))), lists(), payload=lead(ANN), type_="Lead")
    assert outcome.identity == identity("2")


def test_a_lead_with_another_customer_or_a_missing_interaction_is_not_adopted() -> None:
    other = {**lead(ANN, BEN), "Customer": {"CompanyName": "Other Tools"}}
    outcome = create(
        reads(engagement(lead_context("1", other), lead_context("2", lead(ANN)))),
        creates(written("3", lock=1), payload=lead(ANN, BEN), type_="Lead"),
        payload=lead(ANN, BEN),
        type_="Lead",
    )
    assert outcome.identity == identity("3")


def test_an_equal_payload_of_another_type_is_not_adopted() -> None:
    twin = Context(id="1", type="ProspectingResult", payload=PROJECT)
    assert create(reads(engagement(twin)), creates(written("2", lock=1))).identity == identity("2")


def test_an_equal_context_is_not_adopted_if_adoption_is_off() -> None:
    outcome = create(reads(engagement(project("1"))), creates(written("2", lock=1)), adopt_existing=False)
    assert outcome.identity == identity("2")


@pytest.mark.parametrize("empty", [{}, {"Customer": {}}, {"Aws": {"Customer": {"EligiblePrograms": []}}}])
def test_a_payload_without_values_adopts_nothing(empty: Any) -> None:
    contexts = engagement(project("1", empty))
    outcome = create(reads(contexts), creates(written("2", lock=1), payload=empty), payload=empty)
    assert outcome.identity == identity("2")


def test_two_equal_contexts_are_an_error_that_lists_both() -> None:
    contexts = engagement(project("1"), project("2", OTHER_PROJECT), project("3"))
    text = create_error(reads(contexts), lists(), code="AMBIGUOUS_CONTEXT")
    assert ids(text, ["1", "2", "3"]) == ["1", "3"]
    assert "existing_context_id" in text[:300]
    assert "Acme" not in text


def test_three_equal_contexts_are_an_error_that_lists_all() -> None:
    text = create_error(reads(engagement(*(project(id_) for id_ in "123"))), lists(), code="AMBIGUOUS_CONTEXT")
    assert ids(text, ["1", "2", "3"]) == ["1", "2", "3"]


# A replay: the service returns the context of an older request with the same token. Its id was in the read before.


def test_a_replay_of_an_equal_context_writes_nothing() -> None:
    steps = reads(engagement(project("1"), lock=3)), creates(written("1", lock=0)), lists()
    outcome = create(*steps, adopt_existing=False)
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[3])


def test_a_replay_of_a_different_context_updates_it_under_the_lock_of_the_read() -> None:
    outcome = create(
        reads(engagement(project("1", OTHER_PROJECT), lock=3)),
        creates(written("1", lock=0)),
        lists(resource(LOGICAL_ID, "", "CREATE_IN_PROGRESS")),
        updates("1", written("1", lock=4), lock=3),
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[4])


def test_a_replay_of_a_context_of_another_type_is_an_error_and_writes_nothing() -> None:
    contexts = engagement(lead_context("1", lead(ANN)), project("2", OTHER_PROJECT))
    text = create_error(reads(contexts), creates(written("1", lock=0)), code="CLIENT_TOKEN_USED")
    assert ids(text, ["1", "2"]) == ["2"]
    assert_both_ways_to_proceed(text, "CreateEngagementContext returned an older context")


def test_a_replay_of_another_engagement_is_an_error_and_writes_nothing() -> None:
    other = written("2", lock=0, engagement_id=OTHER_ENGAGEMENT)
    text = create_error(reads(engagement(project("2", OTHER_PROJECT))), creates(other), code="CLIENT_TOKEN_USED")
    assert ids(text, ["2"]) == ["2"]
    assert_both_ways_to_proceed(text, "CreateEngagementContext returned an older context")


def test_each_retry_after_a_conflict_starts_with_a_read() -> None:
    clock = Clock()
    outcome = create(
        reads(engagement()),
        creates(CONFLICT),
        reads(engagement(lock=1)),
        creates(CONFLICT),
        reads(engagement(lock=2)),
        creates(written("1", lock=3)),
        clock=clock,
    )
    assert outcome.identity == identity("1")
    assert len(clock.pauses) == 2


def test_a_conflict_with_another_delivery_of_the_event_ends_in_adoption() -> None:
    outcome = create(reads(engagement()), creates(CONFLICT), reads(engagement(project("1"), lock=1)), lists())
    assert outcome.identity == identity("1")


def test_a_conflict_that_lasts_a_minute_is_an_error_with_the_ids_and_both_ways_to_proceed() -> None:
    clock = Clock(share=0.9)
    contexts = engagement(project("1", OTHER_PROJECT), lead_context("2", lead(ANN)), project("3", OTHER_PROJECT))
    # The pauses of a minute of conflicts, with this share of each drawn.
    attempts = 16
    text = create_error(*[reads(contexts), creates(CONFLICT)] * attempts, clock=clock, code="CLIENT_TOKEN_USED")
    assert ids(text, ["1", "2", "3"]) == ["1", "3"]
    assert_both_ways_to_proceed(text, "ConflictException")
    assert text.endswith("Response: It was refused.")
    assert 45 <= sum(clock.pauses) <= 60
    assert len(clock.pauses) == attempts - 1


def test_a_conflict_at_the_end_of_the_functions_time_names_both_ways_to_proceed_too() -> None:
    clock = Clock(remaining=0.501, overshoot=0.01)
    contexts = engagement(project("1", OTHER_PROJECT))
    text = create_error(reads(contexts), creates(CONFLICT), clock=clock, code="CLIENT_TOKEN_USED")
    assert ids(text, ["1"]) == ["1"]
    assert_both_ways_to_proceed(text, "ConflictException")


def test_a_conflict_without_a_context_of_the_type_lists_none() -> None:
    contexts = engagement(lead_context("1", lead(ANN)))
    text = create_error(reads(contexts), creates(CONFLICT), clock=Clock(remaining=0.4), code="CLIENT_TOKEN_USED")
    assert ids(text, ["1"]) == []
    assert_both_ways_to_proceed(text, "ConflictException")
    assert f"Contexts of Type CustomerProject in {ENGAGEMENT}: none." in text


def test_a_validation_error_that_names_the_token_is_an_error_with_both_ways_to_proceed() -> None:
    clock = Clock()
    contexts = engagement(project("1", OTHER_PROJECT), lead_context("2", lead(ANN)))
    text = create_error(reads(contexts), creates(TOKEN_USED), clock=clock, code="CLIENT_TOKEN_USED")
    assert ids(text, ["1", "2"]) == ["1"]
    assert_both_ways_to_proceed(text, "ValidationException")
    assert text.endswith("Response: It was refused; ClientToken: was used before (INVALID_VALUE).")
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.OTHER, Kind.CERTIFICATE])
def test_a_final_error_is_raised_without_a_retry(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    with pytest.raises(ApiError) as failed:
        create(reads(engagement()), creates(final), clock=clock)
    assert failed.value is final
    assert clock.pauses == []
    with pytest.raises(ApiError):
        create(reads(final), clock=clock)
    assert clock.pauses == []


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.DENIED])
def test_a_create_is_retried_unchanged_because_its_token_makes_it_one_request(kind: Kind) -> None:
    clock = Clock()
    outcome = create(
        reads(error(kind)),
        reads(engagement()),
        creates(error(kind)),
        creates(error(kind)),
        creates(written("1", lock=1)),
        clock=clock,
    )
    assert outcome.identity == identity("1")
    assert len(clock.pauses) == 3
