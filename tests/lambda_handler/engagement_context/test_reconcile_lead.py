"""The interactions of a Lead: each new one is sent once, in its own update, in the order of declaration."""

from typing import Any

import pytest

from lambda_handler.errors import Kind
from tests.lambda_handler.running import change, create, current_lead, identity, reads_twice, sends, update_error
from tests.lambda_handler.scripted import (
    CONFLICT,
    LOCKS,
    creates,
    engagement,
    error,
    interaction,
    lead,
    reads,
    written,
)

ANN, BEN, CLEO, DAN = (interaction(name) for name in ("Ann", "Ben", "Cleo", "Dan"))
EDITED = {**ANN, "CustomerAction": "edited by AWS"}
TEN = [interaction(f"Name{number}") for number in range(10)]


def test_each_new_interaction_is_one_update_in_the_order_of_declaration() -> None:
    current = engagement(current_lead(ANN))
    lock = change(reads(current), sends(0, CLEO), sends(1, BEN), now=[CLEO, ANN, BEN], previous=[ANN])
    assert lock == LOCKS[2]


def test_another_change_is_sent_with_the_first_interaction() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, QualificationStatus="Open"),
        sends(1, CLEO, QualificationStatus="Open"),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
        QualificationStatus="Open",
    )


def test_a_change_without_a_new_interaction_sends_no_interaction() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, QualificationStatus="Open"),
        now=[ANN],
        previous=[ANN],
        QualificationStatus="Open",
    )


def test_another_order_of_the_same_interactions_is_one_read() -> None:
    change(reads(engagement(current_lead(BEN, ANN))), now=[ANN, BEN], previous=[ANN, BEN])


def test_an_interaction_that_is_not_declared_anymore_stays() -> None:
    change(*reads_twice(engagement(current_lead(ANN, BEN))), now=[BEN], previous=[ANN, BEN])


def test_an_interaction_that_was_declared_before_is_not_sent_even_if_the_lead_lost_it() -> None:
    change(reads(engagement(current_lead(BEN))), now=[ANN, BEN], previous=[ANN, BEN])


def test_an_interaction_that_the_lead_has_is_not_sent_whoever_wrote_it() -> None:
    current = current_lead(ANN, {**BEN, "InteractionDate": "2026-01-01T00:00:00Z"})
    change(*reads_twice(engagement(current)), now=[ANN, BEN], previous=[ANN])


def test_an_interaction_that_the_service_normalized_is_not_sent_again() -> None:
    normalized = {**BEN, "SourceType": "EVENT", "Usecase": "Migration"}
    current = engagement(current_lead(ANN, normalized))
    change(*reads_twice(current), now=[ANN, {**BEN, "Usecase": " Migration "}], previous=[ANN])


def test_two_identical_interactions_are_both_sent() -> None:
    change(reads(engagement(current_lead(ANN))), sends(0, BEN), sends(1, BEN), now=[ANN, BEN, BEN], previous=[ANN])


def test_the_second_of_two_identical_interactions_is_sent_if_the_lead_has_one() -> None:
    change(reads(engagement(current_lead(ANN, BEN))), sends(0, BEN), now=[ANN, BEN, BEN], previous=[ANN])


def test_a_copy_of_an_interaction_that_was_declared_before_is_sent() -> None:
    dated = current_lead({**ANN, "InteractionDate": "2026-01-01T00:00:00Z"})
    change(reads(engagement(dated)), sends(0, ANN), now=[ANN, ANN], previous=[ANN])
    change(
        reads(engagement(dated)),
        sends(0, ANN),
        sends(1, BEN),
        sends(2, ANN),
        now=[ANN, ANN, BEN, ANN],
        previous=[ANN],
    )


def test_a_copy_of_an_interaction_that_was_declared_before_is_sent_only_once() -> None:
    change(*reads_twice(engagement(current_lead(ANN, ANN))), now=[ANN, ANN], previous=[ANN])
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, ANN, error(Kind.CONNECTION)),
        reads(engagement(current_lead(ANN, ANN), lock=1)),
        sends(1, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, ANN), lock=2)),
        sends(2, BEN),
        now=[ANN, ANN, BEN],
        previous=[ANN],
    )


def test_an_interaction_that_the_lead_has_is_not_sent_in_place_of_a_dated_one_that_it_lost() -> None:
    lost, stamped = ({**ANN, "InteractionDate": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2))
    change(*reads_twice(engagement(current_lead(stamped))), now=[ANN, lost], previous=[lost])


def test_a_date_in_another_notation_is_the_same_interaction() -> None:
    utc, berlin = "2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00"
    one, same = {**BEN, "InteractionDate": utc}, {**BEN, "InteractionDate": berlin}
    change(*reads_twice(engagement(current_lead(one))), now=[same], previous=[])
    change(*reads_twice(engagement(current_lead(ANN))), now=[ANN, same], previous=[ANN, one])


def test_an_interaction_whose_date_the_service_cut_to_the_second_is_not_sent_again() -> None:
    declared = {**BEN, "InteractionDate": "2026-05-06T07:08:09.120Z"}
    cut = {**BEN, "InteractionDate": "2026-05-06T07:08:09Z"}
    change(*reads_twice(engagement(current_lead(ANN, cut))), now=[ANN, declared], previous=[ANN])
    # It also shows that a service that replaces interactions has had the ones before it.
    change(reads(engagement(current_lead(cut))), sends(0, CLEO), now=[ANN, DAN, declared, CLEO], previous=[ANN])


def test_more_than_ten_interactions_are_an_error_before_the_first_is_sent() -> None:
    text = update_error(
        reads(engagement(current_lead(*TEN[:9]))),
        payload=lead(*TEN[:9], ANN, BEN),
        type_="Lead",
        previous=lead(*TEN[:9]),
        code="TOO_MANY_INTERACTIONS",
    )
    assert "at most 10 interactions" in text
    assert "has 9, and 2 more are declared" in text
    assert "Ann" not in text


def test_interactions_that_aws_added_count_toward_the_limit() -> None:
    text = update_error(
        reads(engagement(current_lead(*TEN))),
        payload=lead(TEN[0], ANN),
        type_="Lead",
        previous=lead(TEN[0]),
        code="TOO_MANY_INTERACTIONS",
    )
    assert "has 10, and 1 more are declared" in text


def test_the_tenth_interaction_is_sent() -> None:
    change(reads(engagement(current_lead(*TEN[:9]))), sends(0, ANN), now=[*TEN[:9], ANN], previous=TEN[:9])


def test_a_lead_with_eleven_interactions_can_be_changed_otherwise() -> None:
    change(
        reads(engagement(current_lead(*TEN, ANN))),
        sends(0, QualificationStatus="Open"),
        now=TEN,
        previous=TEN,
        QualificationStatus="Open",
    )


# The process died between two updates, and Lambda repeats the event: Ann was declared before, Ben, Cleo and Dan are new.


@pytest.mark.parametrize(
    ("sent", "due"), [([], [BEN, CLEO, DAN]), ([BEN], [CLEO, DAN]), ([BEN, CLEO], [DAN]), ([BEN, CLEO, DAN], [])]
)
def test_a_repeated_event_sends_the_rest_to_a_service_that_appends(sent: list[Any], due: list[Any]) -> None:
    steps = [sends(lock, one) for lock, one in enumerate(due)]
    current = engagement(current_lead(ANN, *sent))
    change(*reads_twice(current)[bool(due) :], *steps, now=[ANN, BEN, CLEO, DAN], previous=[ANN])


@pytest.mark.parametrize(("last", "due"), [(ANN, [BEN, CLEO, DAN]), (BEN, [CLEO, DAN]), (CLEO, [DAN]), (DAN, [])])
def test_a_repeated_event_sends_the_rest_to_a_service_that_replaces(last: Any, due: list[Any]) -> None:
    steps = [sends(lock, one) for lock, one in enumerate(due)]
    current = engagement(current_lead(last))
    change(*reads_twice(current)[bool(due) :], *steps, now=[ANN, BEN, CLEO, DAN], previous=[ANN])


def test_a_replayed_create_sends_the_interactions_that_were_declared_since() -> None:
    outcome = create(
        reads(engagement(current_lead(ANN))),
        creates(written("1", lock=0), payload=lead(ANN, BEN), type_="Lead"),
        sends(0, BEN),
        payload=lead(ANN, BEN),
        type_="Lead",
    )
    assert outcome.identity == identity("1")


def test_an_import_sends_interactions_that_are_declared_before_the_only_current_one() -> None:
    # Nothing was declared before, so the current interaction does not show that earlier ones were sent.
    outcome = create(
        reads(engagement(current_lead(BEN))),
        sends(0, ANN),
        payload=lead(ANN, BEN),
        type_="Lead",
        existing_context_id="1",
    )
    assert outcome.identity == identity("1")


# The Lead lost what was declared before, and has what nobody declared: AWS edited it, or the service replaces and AWS added.


def test_an_interaction_that_may_have_been_sent_before_is_an_error_that_names_its_place() -> None:
    text = update_error(
        reads(engagement(current_lead(EDITED, CLEO))),
        payload=lead(ANN, BEN, CLEO),
        type_="Lead",
        previous=lead(ANN),
        code="UNCERTAIN_INTERACTION",
    )
    assert "whether Interactions[1] was sent before" in text
    assert "Nothing further was sent." in text
    assert "after those that were declared before" in text
    assert "Ben" not in text
    assert "edited" not in text


def test_every_uncertain_interaction_is_named() -> None:
    text = update_error(
        reads(engagement(current_lead(EDITED, DAN))),
        payload=lead(BEN, ANN, CLEO, DAN),
        type_="Lead",
        previous=lead(ANN),
        code="UNCERTAIN_INTERACTION",
    )
    assert "Interactions[0], Interactions[2]" in text


def test_new_interactions_after_the_others_are_not_uncertain() -> None:
    change(reads(engagement(current_lead(EDITED, CLEO))), sends(0, BEN), now=[ANN, CLEO, BEN], previous=[ANN])


def test_nothing_is_uncertain_if_the_lead_has_only_what_was_declared() -> None:
    # An earlier run of the event sent Ben, and a service that replaces has Cleo.
    change(reads(engagement(current_lead(CLEO))), sends(0, DAN), now=[ANN, BEN, CLEO, DAN], previous=[ANN])


def test_what_this_run_sent_is_not_uncertain() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, CLEO, error(Kind.CONNECTION)),
        reads(engagement(current_lead(CLEO, interaction("Aws")), lock=2)),
        sends(2, DAN),
        now=[ANN, BEN, CLEO, DAN],
        previous=[ANN],
    )


def test_nothing_is_uncertain_in_a_rollback_that_adds_no_interaction() -> None:
    change(*reads_twice(engagement(current_lead(EDITED, CLEO))), now=[ANN], previous=[ANN, BEN, CLEO])
