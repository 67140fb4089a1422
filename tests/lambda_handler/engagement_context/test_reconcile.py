"""Reconcile: as few updates as possible, each under the lock just read, and nothing lost, whatever fails in between."""

from typing import Any

import pytest

from lambda_handler.engagement_context.properties import Previous
from lambda_handler.errors import ApiError, Kind
from tests.lambda_handler.running import create, identity, update, update_error
from tests.lambda_handler.scripted import (
    CONFLICT,
    ENGAGEMENT,
    LOCKS,
    OTHER_PROJECT,
    PROJECT,
    Clock,
    arn,
    creates,
    engagement,
    error,
    ids,
    lists,
    project,
    reads,
    updates,
    written,
)

UNKNOWN_OUTCOME = pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])


def test_one_change_is_one_read_and_one_update_under_the_lock_just_read() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=5)),
        updates("1", written("1", lock=6), lock=5),
        previous=OTHER_PROJECT,
    )
    assert (outcome.identity, outcome.engagement.modified_at) == (identity("1"), LOCKS[6])
    assert (outcome.engagement.id, outcome.engagement.arn) == (ENGAGEMENT, arn())


def test_a_change_by_others_is_overwritten() -> None:
    contexts = engagement(project("1", OTHER_PROJECT))
    update(reads(contexts), updates("1", written("1", lock=1), lock=0), previous=PROJECT)


CUSTOMER_ONLY = {"Customer": PROJECT["Customer"]}


def changed(payload: Any, part: str = "Project", **members: Any) -> dict[str, Any]:
    """Return a project with other values of some members of a part. None removes one."""
    values = {**payload.get(part, {}), **members}
    return {**payload, part: {name: value for name, value in values.items() if value is not None}}


def writes(current: Any, desired: Any, previous: Any, sent: Any = None) -> None:
    """Run an Update that sends this, or nothing if it is None."""
    steps = [reads(engagement(project("1", current)))]
    if sent is not None:
        steps.append(updates("1", written("1", lock=1), lock=0, payload=sent))
    elif (previous.payload if isinstance(previous, Previous) else previous) not in (None, desired):
        # It could lag behind.
        steps *= 2
    update(*steps, payload=desired, previous=previous)


# What Partner Central has stays, unless a leaf of the declaration takes its place.


def test_what_is_not_declared_keeps_its_value() -> None:
    current = changed({**PROJECT, "New": {"Score": 5, "Flags": [True]}}, Sponsor="Someone")
    writes(current, {"Project": {"Title": "New"}}, {"Project": {"Title": "Old"}}, changed(current, Title="New"))


def test_a_list_is_one_leaf() -> None:
    current = {**PROJECT, "Tags": ["A", "B"], "Rows": [{"A": "1", "B": "2"}]}
    desired = {"Tags": ["C"], "Rows": [{"A": "3"}]}
    writes(current, desired, {}, {**PROJECT, "Tags": ["C"], "Rows": [{"A": "3"}]})


@pytest.mark.parametrize("empty", [None, {}, [], {"Title": None}])
def test_null_and_empty_values_manage_nothing(empty: Any) -> None:
    writes(PROJECT, {**CUSTOMER_ONLY, "Project": empty}, {**CUSTOMER_ONLY, "Project": empty})


def test_values_are_sent_as_declared() -> None:
    # CloudFormation delivers numbers and booleans as text.
    desired = {**PROJECT, "New": {"Count": "6", "Flag": "true", "Title": " padded "}}
    writes({**PROJECT, "New": {"Count": 5, "Flag": True}}, desired, PROJECT, desired)


def test_a_number_that_equals_its_text_is_no_difference() -> None:
    desired = {**PROJECT, "New": {"Count": "5", "Flag": "true"}}
    writes({**PROJECT, "New": {"Count": 5, "Flag": True}}, desired, desired)


# What was declared before and is not anymore is removed, if it is certainly that.


def test_a_member_that_is_not_declared_anymore_is_removed() -> None:
    writes(PROJECT, CUSTOMER_ONLY, PROJECT, CUSTOMER_ONLY)


def test_an_emptied_member_is_not_declared_anymore() -> None:
    writes({**PROJECT, "New": ["A"]}, {**PROJECT, "New": []}, {**PROJECT, "New": ["A"]}, PROJECT)


def test_what_was_never_declared_is_not_removed_with_it() -> None:
    current = changed(PROJECT, Sponsor="Someone")
    declared = {**CUSTOMER_ONLY, "New": {"A": "1"}}
    writes({**current, "New": {"A": "1", "B": "2"}}, CUSTOMER_ONLY, declared, {**current, "New": {"B": "2"}})


def test_what_a_service_stored_differently_is_removed_too() -> None:
    writes(
        {**PROJECT, "New": {"WebsiteUrl": "https://acme.example/"}},
        PROJECT,
        {**PROJECT, "New": {"WebsiteUrl": "acme.example"}},
        PROJECT,
    )


def test_a_value_that_was_never_that_of_the_declaration_is_not_removed() -> None:
    # The rollback of a refused member: AWS set the current value.
    writes({**PROJECT, "New": "of AWS"}, PROJECT, {**PROJECT, "New": "mine"})


@pytest.mark.parametrize(
    ("imported", "was_imported"), [("1", False), (None, True), ("1", True)], ids=["set", "removed", "kept"]
)
def test_nothing_is_removed_if_a_declaration_has_an_existing_context_id(imported: Any, was_imported: bool) -> None:
    steps = [reads(engagement(project("1")))] * 2
    previous = Previous(payload=PROJECT, is_import=was_imported)
    update(*steps, payload=CUSTOMER_ONLY, previous=previous, existing_context_id=imported)


def test_removing_existing_context_id_erases_nothing_that_was_not_declared() -> None:
    current = changed({**PROJECT, "New": "of AWS"}, Title="Old")
    previous = Previous(payload={"Project": {"Title": "Old"}}, is_import=True)
    writes(current, PROJECT, previous, {**PROJECT, "New": "of AWS"})


# A leaf is written if it differs from Partner Central exactly, and also loosely or from the declaration before.

STORED = [
    ("Project", "Title", "Move to AWS\n", "Move to AWS"),
    ("Project", "Title", "move to aws", "Move to AWS"),
    ("Customer", "WebsiteUrl", "acme.example", "https://acme.example/"),
    ("Customer", "Phone", "+1-555-0147", "+15550147"),
]


@pytest.mark.parametrize(("part", "name", "declared", "stored"), STORED)
def test_what_a_service_stores_differently_is_not_written_in_every_deployment(
    part: str, name: str, declared: str, stored: str
) -> None:
    desired = changed(PROJECT, part, **{name: declared})
    writes(changed(PROJECT, part, **{name: stored}), desired, desired)


@pytest.mark.parametrize(("part", "name", "declared", "stored"), STORED)
def test_a_correction_in_the_declaration_is_written(part: str, name: str, declared: str, stored: str) -> None:
    desired = changed(PROJECT, part, **{name: declared})
    before = changed(PROJECT, part, **{name: stored})
    writes(before, desired, before, desired)


@pytest.mark.parametrize(("part", "name", "declared", "stored"), STORED)
def test_an_adoption_writes_a_difference_of_case_and_no_other_loose_one(
    part: str, name: str, declared: str, stored: str
) -> None:
    desired = changed(PROJECT, part, **{name: declared})
    steps = [reads(engagement(project("1", changed(PROJECT, part, **{name: stored})))), lists()]
    if declared == stored.lower():
        steps.append(updates("1", written("1", lock=1), lock=0, payload=desired))
    assert create(*steps, payload=desired).identity == identity("1")


def test_a_leaf_that_is_new_in_the_declaration_is_written_only_if_it_differs() -> None:
    writes(PROJECT, PROJECT, CUSTOMER_ONLY)
    writes(changed(PROJECT, Title="MOVE TO AWS"), PROJECT, CUSTOMER_ONLY, PROJECT)


# A required member that is missing is reported before anything is sent.


def test_a_missing_required_member_is_an_error_that_names_it() -> None:
    text = update_error(
        reads(engagement(project("7", {"Customer": PROJECT["Customer"]}))),
        physical_id=f"Sandbox/{ENGAGEMENT}/7",
        payload={"Project": {"Title": "New"}},
        existing_context_id="7",
        code="MISSING_MEMBER",
    )
    assert "Project.BusinessProblem, Project.TargetCompletionDate" in text
    assert "Project.Title" not in text
    assert ids(text, ["7"]) == ["7"]


def test_a_removal_that_leaves_a_part_without_a_required_member_is_an_error() -> None:
    text = update_error(
        reads(engagement(project("1"))), payload=changed(PROJECT, Title=None), previous=PROJECT, code="MISSING_MEMBER"
    )
    assert "Project.Title" in text


def test_what_a_part_requires_remains_if_a_value_that_was_never_declared_remains_in_it() -> None:
    # A read that lags, or the rollback of an update that never arrived: the rest of the part would be refused.
    clock = Clock()
    contexts = engagement(project("1", changed(PROJECT, Title="Another")))
    update(reads(contexts), reads(contexts), payload=CUSTOMER_ONLY, previous=PROJECT, clock=clock)


def test_a_service_that_merges_gets_one_update_per_run() -> None:
    # After a successful update there is no read that could still show the removed member.
    step = updates("1", written("1", lock=1), lock=0, payload=CUSTOMER_ONLY)
    outcome = update(reads(engagement(project("1"))), step, payload=CUSTOMER_ONLY, previous=PROJECT)
    assert outcome.engagement.modified_at == LOCKS[1]


def test_a_response_without_the_lock_is_followed_by_a_read() -> None:
    # EngagementLastModifiedAt is an optional member, and an attribute of the resource.
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", written("1", lock=None), lock=0),
        reads(engagement(project("1"), lock=4)),
    )
    assert outcome.engagement.modified_at == LOCKS[4]
    assert create(
        reads(engagement()), creates(written("1", lock=None)), reads(engagement(project("1"), lock=4))
    ).engagement == engagement(project("1"), lock=4)


def test_after_a_conflict_the_engagement_is_read_again_and_the_new_lock_is_used() -> None:
    clock = Clock()
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        reads(engagement(project("1", OTHER_PROJECT), project("2"), lock=2)),
        updates("1", CONFLICT, lock=2),
        reads(engagement(project("1", OTHER_PROJECT), project("2"), lock=3)),
        updates("1", written("1", lock=4), lock=3),
        clock=clock,
    )
    assert outcome.engagement.modified_at == LOCKS[4]
    assert len(clock.pauses) == 2


def test_a_conflict_with_another_delivery_of_the_event_ends_without_a_write() -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        reads(engagement(project("1"), lock=2)),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


def test_a_conflict_that_lasts_a_minute_is_raised() -> None:
    clock = Clock(share=0.9)
    steps = [reads(engagement(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0)] * 100
    with pytest.raises(ApiError) as failed:
        update(*steps, clock=clock)
    assert failed.value is CONFLICT
    assert 45 <= sum(clock.pauses) <= 60
    assert len(clock.pauses) < 40


def test_a_conflict_is_raised_rather_than_the_end_of_the_functions_time() -> None:
    clock = Clock(remaining=0.501, overshoot=0.01)
    with pytest.raises(ApiError) as failed:
        update(reads(engagement(project("1", OTHER_PROJECT))), updates("1", CONFLICT, lock=0), clock=clock)
    assert failed.value is CONFLICT


def test_a_context_that_vanishes_between_two_reads_is_an_error() -> None:
    text = update_error(
        reads(engagement(project("1", OTHER_PROJECT))),
        updates("1", CONFLICT, lock=0),
        *[reads(engagement(lock=1))] * 4,
        code="CONTEXT_GONE",
    )
    assert "'1'" in text
    assert ENGAGEMENT in text


def test_a_context_that_two_reads_lag_behind_is_waited_for_each_time() -> None:
    lagging = [reads(engagement())] * 3
    update(
        *lagging,
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", CONFLICT, lock=1),
        *lagging,
        reads(engagement(project("1", OTHER_PROJECT), lock=2)),
        updates("1", written("1", lock=3), lock=2),
    )


@UNKNOWN_OUTCOME
def test_an_update_with_an_unknown_outcome_is_repeated_under_the_same_lock(kind: Kind) -> None:
    # It did not arrive.
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", error(kind), lock=1),
        updates("1", written("1", lock=3), lock=1),
    )
    assert outcome.engagement.modified_at == LOCKS[3]


@UNKNOWN_OUTCOME
def test_the_repetition_of_an_update_that_arrived_conflicts_and_nothing_more_is_sent(kind: Kind) -> None:
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", CONFLICT, lock=1),
        reads(engagement(project("1"), lock=2)),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


@UNKNOWN_OUTCOME
def test_an_update_that_did_not_arrive_is_decided_again_after_a_conflict(kind: Kind) -> None:
    others = changed(OTHER_PROJECT, "Customer", Industry="Mining")
    outcome = update(
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", CONFLICT, lock=1),
        reads(error(kind)),
        reads(engagement(project("1", others), lock=2)),
        updates("1", written("1", lock=3), lock=2),
    )
    assert outcome.engagement.modified_at == LOCKS[3]


@UNKNOWN_OUTCOME
def test_unknown_outcomes_that_never_end_are_raised_before_the_functions_time_is_over(kind: Kind) -> None:
    clock = Clock(remaining=100)
    steps = [reads(engagement(project("1", OTHER_PROJECT))), *[updates("1", error(kind), lock=0)] * 100]
    with pytest.raises(ApiError):
        update(*steps, clock=clock)
    assert clock.remaining > 0


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.DENIED])
def test_an_update_that_certainly_did_not_arrive_is_retried_unchanged(kind: Kind) -> None:
    outcome = update(
        reads(error(kind)),
        reads(engagement(project("1", OTHER_PROJECT), lock=1)),
        updates("1", error(kind), lock=1),
        updates("1", written("1", lock=2), lock=1),
    )
    assert outcome.engagement.modified_at == LOCKS[2]


@pytest.mark.parametrize("kind", [Kind.INVALID, Kind.NOT_FOUND, Kind.QUOTA, Kind.OTHER, Kind.CERTIFICATE])
def test_a_final_error_is_raised_without_a_retry(kind: Kind) -> None:
    clock, final = Clock(), error(kind)
    with pytest.raises(ApiError) as failed:
        update(reads(engagement(project("1", OTHER_PROJECT))), updates("1", final, lock=0), clock=clock)
    assert failed.value is final
    assert clock.pauses == []
