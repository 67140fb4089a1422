"""Contexts that other resources of the stack manage, renamed constructs, and events repeated after the stack went on."""

import pytest

from lambda_handler.errors import Kind
from tests.lambda_handler.running import create, create_error, identity, update
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    LOCKS,
    LOGICAL_ID,
    OTHER_ENGAGEMENT,
    OTHER_PROJECT,
    PROJECT,
    STACK,
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
    resource,
    templates,
    updates,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")
LOWER = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "move to aws"}}
IN_PROGRESS = resource(LOGICAL_ID, "", "CREATE_IN_PROGRESS")
DENIED = error(Kind.DENIED, "AccessDenied", "not authorized")


def test_no_question_is_asked_if_nothing_matches() -> None:
    create(reads(engagement(project("1", OTHER_PROJECT))), creates(written("2", lock=1)))
    create(reads(engagement(project("1"))), creates(written("2", lock=1)), adopt_existing=False)


# A deal was inserted in front of a list with positional ids: each construct gets the payload of the one before.


def test_a_context_that_a_resource_of_the_template_manages_is_not_adopted() -> None:
    outcome = create(
        reads(engagement(project("1"))),
        lists(IN_PROGRESS, resource("Deal0", "1", "UPDATE_IN_PROGRESS")),
        templates("Deal0", LOGICAL_ID),
        creates(written("2", lock=1)),
    )
    assert outcome.identity == identity("2")


def test_a_context_that_a_resource_on_another_page_manages_is_not_adopted() -> None:
    others = [resource(f"Other{number}", str(number + 10)) for number in range(150)]
    outcome = create(
        reads(engagement(project("1"))),
        lists(*others, resource("Deal0", "1")),
        templates("Deal0", LOGICAL_ID),
        creates(written("2", lock=1)),
    )
    assert outcome.identity == identity("2")


# A construct was renamed: its old logical id is gone from the template, and its resource is deleted later.


def test_the_context_of_a_renamed_construct_is_adopted() -> None:
    outcome = create(
        reads(engagement(project("1"))), lists(resource("Before", "1"), IN_PROGRESS), templates("Other", LOGICAL_ID)
    )
    assert outcome.identity == identity("1")


def test_a_lead_of_a_renamed_construct_is_adopted() -> None:
    grown = lead(ANN, BEN, QualificationStatus="Qualified")
    outcome = create(
        reads(engagement(lead_context("1", grown))),
        lists(resource("Before", "1")),
        templates(LOGICAL_ID),
        payload=lead(ANN),
        type_="Lead",
    )
    assert outcome.identity == identity("1")


def test_a_renamed_construct_keeps_its_context_though_a_free_one_is_equal() -> None:
    contexts = engagement(project("1"), project("2"))
    outcome = create(reads(contexts), lists(resource("Before", "2")), templates(LOGICAL_ID))
    assert outcome.identity == identity("2")


def test_a_free_context_is_adopted_if_the_other_match_is_managed() -> None:
    contexts = engagement(project("1"), project("2"))
    outcome = create(reads(contexts), lists(resource("Deal0", "1")), templates("Deal0", LOGICAL_ID))
    assert outcome.identity == identity("2")


def test_two_renamed_constructs_with_equal_contexts_are_an_error() -> None:
    contexts = engagement(project("1"), project("2"), project("3"))
    steps = lists(resource("One", "1"), resource("Two", "2"), resource("Three", "3"))
    text = create_error(reads(contexts), steps, templates("Three"), code="AMBIGUOUS_CONTEXT")
    assert ids(text, ["1", "2", "3"]) == ["1", "2"]


def test_a_renamed_construct_and_two_free_contexts_are_an_error() -> None:
    contexts = engagement(project("1"), project("2"), project("3"))
    text = create_error(
        reads(contexts), lists(resource("Before", "1")), templates(LOGICAL_ID), code="AMBIGUOUS_CONTEXT"
    )
    assert ids(text, ["1", "2", "3"]) == ["1", "2", "3"]


def test_a_context_that_a_renamed_construct_adopted_already_is_not_adopted_by_the_next() -> None:
    # Both have it on record, until the old resource is deleted.
    contexts = engagement(project("1"), project("2"))
    outcome = create(
        reads(contexts),
        lists(resource("Old1", "1"), resource("New1", "1"), resource("Old2", "2"), IN_PROGRESS),
        templates("New1", LOGICAL_ID),
    )
    assert outcome.identity == identity("2")


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_SKIPPED", "DELETE_FAILED"])
def test_a_resource_that_is_deleted_manages_nothing(status: str) -> None:
    assert create(reads(engagement(project("1"))), lists(resource("Deal0", "1", status))).identity == identity("1")


def test_resources_of_other_contexts_and_engagements_do_not_matter() -> None:
    others = [resource("Deal0", "2"), resource("Deal1", "1", engagement_id=OTHER_ENGAGEMENT), resource("Deal2", "")]
    assert create(reads(engagement(project("1"))), lists(*others)).identity == identity("1")


@pytest.mark.parametrize(
    ("text", "outcome"), [(f"Resources:\n  {LOGICAL_ID}:\n    Type: X\n", "1"), ("Resources:\n  Deal0: {}\n", "2")]
)
def test_a_template_in_yaml_decides_too(text: str, outcome: str) -> None:
    steps = [reads(engagement(project("1"))), lists(resource("Deal0", "1")), templates(returns=text)]
    more = [creates(written("2", lock=1))] if outcome == "2" else []
    assert create(*steps, *more).identity == identity(outcome)


# CloudFormation denies, cannot be reached, or has a template that cannot be read.


def test_without_the_stack_nothing_is_created_or_adopted() -> None:
    clock = Clock(share=0.9)
    steps = [lists(DENIED)] * 12
    text = create_error(reads(engagement(project("3"))), *steps, clock=clock, code="STACK_UNREADABLE")
    assert 45 <= sum(clock.pauses) <= 60
    for part in ("AccessDenied from Operation", "existing_context_id", "cloudformation:ListStackResources"):
        assert part in text[:300]
    assert ids(text, ["3"]) == ["3"]
    assert STACK in text
    assert text.endswith("Response: not authorized.")


@pytest.mark.parametrize("kind", [Kind.CONNECTION, Kind.INTERNAL, Kind.THROTTLED])
def test_a_cloudformation_that_cannot_be_reached_is_waited_for_a_minute(kind: Kind) -> None:
    clock = Clock(share=0.9)
    steps = [reads(engagement(project("3"))), *[lists(error(kind))] * 100]
    text = create_error(*steps, clock=clock, code="STACK_UNREADABLE")
    assert ids(text, ["3"]) == ["3"]
    assert 40 <= sum(clock.pauses) <= 60


def test_a_cloudformation_that_responds_after_a_while_is_enough() -> None:
    outcome = create(
        reads(engagement(project("1"))),
        lists(DENIED),
        lists(error(Kind.CONNECTION)),
        lists(resource("Before", "1")),
        templates(returns=error(Kind.THROTTLED)),
        templates(LOGICAL_ID),
    )
    assert outcome.identity == identity("1")


def test_a_denied_template_is_an_error_that_names_the_context() -> None:
    steps = [templates(returns=error(Kind.INVALID, "ValidationError"))]
    contexts = reads(engagement(project("3"))), lists(resource("Deal0", "3"))
    text = create_error(*contexts, *steps, code="STACK_UNREADABLE")
    assert ids(text, ["3"]) == ["3"]


@pytest.mark.parametrize("template", ["Resources: {Deal0: {}}", '{"Transform": "Macro", "Resources": {}}'])
def test_a_template_that_cannot_be_read_is_an_error_that_names_the_context(template: str) -> None:
    steps = reads(engagement(project("3"))), lists(resource("Deal0", "3")), templates(returns=template)
    text = create_error(*steps, code="STACK_UNREADABLE")
    assert "template cannot be read" in text[:300]
    assert "existing_context_id" in text[:300]
    assert ids(text, ["3"]) == ["3"]


# A late repetition: Lambda delivers the event once more after the stack went on, and the context was updated since.

LATE = pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED", "DELETE_SKIPPED"])
IN_TIME = pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])


@LATE
def test_a_late_repetition_of_a_create_writes_nothing(status: str) -> None:
    outcome = create(
        reads(engagement(project("1", OTHER_PROJECT), lock=5)),
        creates(written("1", lock=1)),
        lists(resource(LOGICAL_ID, "1", status)),
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[5])


@LATE
def test_a_late_repetition_of_a_create_that_adopts_writes_nothing(status: str) -> None:
    # The update since changed only the case.
    outcome = create(reads(engagement(project("1", LOWER))), lists(resource(LOGICAL_ID, "1", status)))
    assert outcome.identity == identity("1")


@LATE
def test_a_late_repetition_of_an_import_writes_nothing(status: str) -> None:
    steps = reads(engagement(project("1", OTHER_PROJECT))), lists(resource(LOGICAL_ID, "1", status))
    assert create(*steps, existing_context_id="1").identity == identity("1")


@IN_TIME
def test_a_repetition_while_the_stack_waits_updates_the_context(status: str) -> None:
    update_of = updates("1", written("1", lock=1), lock=0)
    own = lists(resource(LOGICAL_ID, "1", status))
    create(reads(engagement(project("1", OTHER_PROJECT))), creates(written("1", lock=0)), own, update_of)
    create(reads(engagement(project("1", LOWER))), own, update_of)
    create(reads(engagement(project("1", OTHER_PROJECT))), own, update_of, existing_context_id="1")


def test_an_import_asks_cloudformation_only_before_it_writes() -> None:
    assert create(reads(engagement(project("1"))), existing_context_id="1").identity == identity("1")


def test_an_import_is_not_written_if_it_could_revert_a_later_update() -> None:
    steps = reads(engagement(project("1", OTHER_PROJECT))), lists(error(Kind.OTHER, "ValidationError"))
    text = create_error(*steps, existing_context_id="1", code="STACK_UNREADABLE")
    assert "cloudformation:ListStackResources" in text


def test_the_own_context_comes_before_another_one_that_is_equal() -> None:
    contexts = engagement(project("1"), project("2"))
    outcome = create(reads(contexts), lists(resource(LOGICAL_ID, "2", "UPDATE_COMPLETE")))
    assert outcome.identity == identity("2")


# A replay: the client token of this logical id created a context once, which is another construct's now.


def test_a_replayed_context_of_a_construct_that_was_renamed_is_not_taken_over() -> None:
    text = create_error(
        reads(engagement(project("1", OTHER_PROJECT))),
        creates(written("1", lock=0)),
        lists(resource("After", "1"), IN_PROGRESS),
        code="CLIENT_TOKEN_USED",
    )
    assert "existing_context_id" in text[:300]
    assert "client_token" in text[:300]


def test_an_update_asks_no_question() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), project("2"))), updates("1", written("1", lock=1), lock=0)
    )
    assert outcome.identity == identity("1", ENGAGEMENT)


def test_a_replaced_construct_adopts_neither_while_its_sibling_is_in_the_template() -> None:
    outcome = update(
        reads(engagement(project("1"), project("2", OTHER_PROJECT))),
        lists(resource("Deal0", "1"), resource(LOGICAL_ID, "9", "UPDATE_IN_PROGRESS", OTHER_ENGAGEMENT)),
        templates("Deal0", LOGICAL_ID),
        creates(written("3", lock=1)),
        physical_id=f"Sandbox/{OTHER_ENGAGEMENT}/9",
    )
    assert outcome.identity == identity("3")
