"""Update is in place or a replacement, and takes the identity from the physical id alone."""

from typing import Any

import pytest

from tests.lambda_handler.running import create_error, identity, update, update_error
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    LOCKS,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    TOKEN_USED,
    Clock,
    arn,
    creates,
    declaration,
    engagement,
    ids,
    interaction,
    lead,
    lead_context,
    lists,
    project,
    reads,
    updates,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")


def test_an_update_without_a_change_is_one_read_with_all_that_the_attributes_need() -> None:
    outcome = update(reads(engagement(project("1"), project("2"), lock=5)), previous=PROJECT)
    assert outcome.identity == identity("1")
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())
    assert outcome.engagement.modified_at == LOCKS[5]


@pytest.mark.parametrize("control", [{"client_token": "new"}, {"adopt_existing": False}, {"existing_context_id": "1"}])
def test_a_changed_control_property_writes_nothing(control: Any) -> None:
    assert update(reads(engagement(project("1"))), previous=PROJECT, **control).identity == identity("1")


def test_a_missing_context_is_an_error_and_creates_nothing() -> None:
    # An equal one exists, but only a person can decide whether it is this resource's.
    clock = Clock()
    contexts = engagement(project("2"), lead_context("3", lead(ANN)))
    text = update_error(*[reads(contexts)] * 4, clock=clock, code="CONTEXT_GONE")
    assert ids(text, ["2", "3"]) == ["2", "3"]
    assert f"Sandbox/{ENGAGEMENT}/1" in text
    assert "existing_context_id" in text[:300]
    assert sum(clock.pauses) <= 10


def test_a_context_missing_from_an_empty_engagement_is_an_error_that_lists_none() -> None:
    assert "no context" in update_error(*[reads(engagement())] * 4, code="CONTEXT_GONE")


def test_a_context_that_the_next_read_shows_is_not_missing() -> None:
    assert update(reads(engagement()), reads(engagement(project("1"), lock=1))).identity == identity("1")


def test_another_engagement_is_a_replacement_and_leaves_the_old_context_alone() -> None:
    outcome = update(
        reads(engagement(id_=OTHER_ENGAGEMENT), engagement_id=OTHER_ENGAGEMENT),
        creates(written("1", lock=1, engagement_id=OTHER_ENGAGEMENT), engagement_id=OTHER_ENGAGEMENT),
        engagement_id=OTHER_ENGAGEMENT,
        previous=PROJECT,
    )
    assert str(outcome.identity) == f"Sandbox/{OTHER_ENGAGEMENT}/1"


def test_another_catalog_is_a_replacement() -> None:
    outcome = update(
        reads(engagement(), catalog="AWS"),
        creates(written("1", lock=1), catalog="AWS"),
        catalog="AWS",
        previous=PROJECT,
    )
    assert str(outcome.identity) == f"AWS/{ENGAGEMENT}/1"


def test_another_type_is_a_replacement() -> None:
    contexts = engagement(lead_context("1", lead(ANN)))
    outcome = update(reads(contexts), reads(contexts), creates(written("2", lock=1)), previous=PROJECT)
    assert outcome.identity == identity("2")


def test_a_replacement_takes_the_interactions_of_a_lead_along_in_the_create() -> None:
    outcome = update(
        reads(engagement(id_=OTHER_ENGAGEMENT), engagement_id=OTHER_ENGAGEMENT),
        creates(
            written("1", lock=0, engagement_id=OTHER_ENGAGEMENT),
            payload=lead(ANN, BEN),
            type_="Lead",
            engagement_id=OTHER_ENGAGEMENT,
        ),
        payload=lead(ANN, BEN),
        type_="Lead",
        previous=lead(ANN),
        engagement_id=OTHER_ENGAGEMENT,
    )
    assert outcome.identity == identity("1", OTHER_ENGAGEMENT)


def test_a_replacement_adopts_an_equal_context() -> None:
    physical_id = f"Sandbox/{OTHER_ENGAGEMENT}/1"
    outcome = update(reads(engagement(project("3"))), lists(), physical_id=physical_id, previous=PROJECT)
    assert outcome.identity == identity("3")


def test_a_replacement_back_replays_the_first_create_if_adoption_is_off() -> None:
    # The token is that of the first Create.
    outcome = update(
        reads(engagement(project("3"), lock=2)),
        creates(written("3", lock=0)),
        lists(),
        physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/1",
        adopt_existing=False,
    )
    assert outcome.identity == identity("3")


def test_a_replacement_with_a_used_token_is_an_error_with_both_ways_to_proceed() -> None:
    physical_id = f"Sandbox/{OTHER_ENGAGEMENT}/1"
    text = update_error(reads(engagement()), creates(TOKEN_USED), physical_id=physical_id, code="CLIENT_TOKEN_USED")
    assert "existing_context_id" in text[:300]
    assert "client_token" in text[:300]


def test_the_rollback_of_a_failed_replacement_reads_once_and_writes_nothing() -> None:
    # The old properties are those of another place. What is declared now was deployed before.
    outcome = update(reads(engagement(project("1"), lock=2)), previous=PROJECT)
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[2])


def test_the_rollback_of_a_successful_replacement_adopts_the_first_context() -> None:
    # The physical id is the new one.
    physical_id = f"Sandbox/{OTHER_ENGAGEMENT}/4"
    outcome = update(reads(engagement(project("1"))), lists(), physical_id=physical_id, previous=PROJECT)
    assert outcome.identity == identity("1")


def test_the_script_detects_unexpected_missing_and_different_calls() -> None:
    assert declaration().payload == PROJECT
    with pytest.raises(AssertionError, match="not in the script"):
        update(reads(engagement(project("1", OTHER_PROJECT))))
    with pytest.raises(AssertionError, match="never called"):
        update(reads(engagement(project("1"))), reads(engagement()))
    with pytest.raises(AssertionError):
        create_error(reads(engagement()), creates(TOKEN_USED, token="another"), code="CLIENT_TOKEN_USED")
    with pytest.raises(AssertionError):
        update(reads(engagement(project("1", OTHER_PROJECT), lock=1)), updates("1", written("1", lock=1), lock=0))
