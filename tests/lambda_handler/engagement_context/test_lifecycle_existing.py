"""A full engagement, and `existing_context_id`: the declaration uses a context that exists already."""

from typing import Any

import pytest

from lambda_handler.api import Context
from lambda_handler.engagement_context.properties import Previous
from lambda_handler.errors import Kind
from tests.lambda_handler.running import create, create_error, identity, update, update_error
from tests.lambda_handler.scripted import (
    LOCKS,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    Clock,
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
    updates,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")
FULL = error(Kind.QUOTA, "ServiceQuotaExceededException", "An engagement can have five.")


def test_a_full_engagement_is_an_error_that_lists_all_contexts_of_every_type() -> None:
    contexts = engagement(
        project("1", OTHER_PROJECT),
        lead_context("2", lead(ANN)),
        project("3", OTHER_PROJECT),
        Context(id="4", type="ProspectingResult", payload={}),
        project("5", OTHER_PROJECT),
    )
    clock = Clock()
    text = create_error(reads(contexts), creates(FULL), reads(contexts), clock=clock, code="ENGAGEMENT_FULL")
    assert ids(text, list("12345")) == list("12345")
    assert text.startswith("[ENGAGEMENT_FULL] ServiceQuotaExceededException from Operation. ")
    assert "existing_context_id" in text[:300]
    assert text.endswith("Response: An engagement can have five.")
    assert clock.pauses == []


def test_a_context_that_a_lost_request_created_in_the_last_slot_is_adopted() -> None:
    outcome = create(
        reads(engagement()),
        creates(error(Kind.CONNECTION)),
        creates(FULL),
        reads(engagement(project("5"), lock=2)),
        lists(),
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("5"), LOCKS[2])


def test_an_imported_context_is_updated_to_the_declaration() -> None:
    outcome = create(
        reads(engagement(project("1"), project("2", OTHER_PROJECT), lock=2)),
        lists(),
        updates("2", written("2", lock=3), lock=2),
        existing_context_id="2",
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("2"), LOCKS[3])


def test_an_imported_context_that_equals_the_declaration_is_not_written_to() -> None:
    # Context 1 is equal too, but the id specifies which one to manage.
    outcome = create(reads(engagement(project("1"), project("2"), lock=2)), existing_context_id="2")
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("2"), LOCKS[2])


def test_an_import_works_with_adoption_off() -> None:
    outcome = create(reads(engagement(project("2"))), existing_context_id="2", adopt_existing=False)
    assert outcome.identity == identity("2")


def test_an_import_of_a_missing_context_is_an_error_after_some_reads() -> None:
    clock = Clock()
    contexts = engagement(project("1"), lead_context("2", lead(ANN)))
    text = create_error(*[reads(contexts)] * 4, existing_context_id="9", clock=clock, code="CONTEXT_NOT_FOUND")
    assert ids(text, ["1", "2"]) == ["1", "2"]
    assert "'9' does not exist" in text
    assert sum(clock.pauses) <= 10


def test_an_import_of_another_type_is_an_error_and_writes_nothing() -> None:
    contexts = engagement(project("1"), lead_context("2", lead(ANN)))
    text = create_error(reads(contexts), existing_context_id="2", code="CONTEXT_NOT_FOUND")
    assert "has the Type Lead" in text
    assert "CustomerProject" in text
    assert ids(text, ["1", "2"]) == ["1", "2"]


def test_an_update_with_the_same_existing_context_id_is_in_place() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", written("1", lock=1), lock=0),
        existing_context_id="1",
        previous=OTHER_PROJECT,
    )
    assert outcome.identity == identity("1")


def test_an_update_with_another_existing_context_id_is_a_replacement_by_that_context() -> None:
    contexts = engagement(project("1"), project("2", OTHER_PROJECT))
    outcome = update(reads(contexts), lists(), updates("2", written("2", lock=1), lock=0), existing_context_id="2")
    assert outcome.identity == identity("2")


def test_an_update_with_a_missing_existing_context_id_is_an_error_and_creates_nothing() -> None:
    text = update_error(*[reads(engagement(project("1")))] * 4, existing_context_id="7", code="CONTEXT_NOT_FOUND")
    assert "'7'" in text
    assert ids(text, ["1"]) == ["1"]


@pytest.mark.parametrize("identifier", ["1", "2"])
def test_an_update_with_an_existing_context_id_of_another_type_is_an_error(identifier: str) -> None:
    contexts = engagement(lead_context("1", lead(ANN)), lead_context("2", lead(BEN)))
    # Context 1 is the one that the physical id names: its Type is known after the first read.
    steps = [reads(contexts)] * (2 if identifier == "1" else 1)
    text = update_error(*steps, existing_context_id=identifier, code="CONTEXT_NOT_FOUND")
    assert "Lead" in text
    assert "CustomerProject" in text


def test_a_replacement_and_its_rollback_import_and_create_nothing() -> None:
    # The physical ID names a context in another engagement. The function's role cannot create a context for an import.
    elsewhere = f"Sandbox/{OTHER_ENGAGEMENT}/1"
    contexts = engagement(project("2"))
    controls: dict[str, Any] = {"existing_context_id": "2", "adopt_existing": False}
    assert update(reads(contexts), physical_id=elsewhere, **controls).identity == identity("2")
    text = update_error(
        *[reads(engagement())] * 4, physical_id=elsewhere, existing_context_id="2", code="CONTEXT_NOT_FOUND"
    )
    assert "no context" in text


def test_an_update_that_removes_existing_context_id_stays_in_place() -> None:
    assert update(reads(engagement(project("1"), project("2"))), previous=PROJECT).identity == identity("1")


def test_an_update_that_removes_existing_context_id_restores_a_value_that_drifted() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", written("1", lock=1), lock=0),
        previous=Previous(payload=PROJECT, is_import=True),
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[1])
