"""The interactions of a Lead: each new one is sent once, in its own update, in the order of declaration."""

from typing import Any

import pytest

from lambda_handler.errors import Kind
from tests.lambda_handler.running import (
    change,
    create,
    create_error,
    current_lead,
    identity,
    reads_twice,
    sends,
    update_error,
)
from tests.lambda_handler.scripted import (
    CONFLICT,
    LOCKS,
    creates,
    engagement,
    error,
    interaction,
    lead,
    lists,
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


def test_an_interaction_that_was_declared_before_is_sent_if_the_lead_does_not_have_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # A failed update may have declared it and never sent it. A service that replaces interactions cannot double it.
    change(reads(engagement(current_lead(BEN))), sends(0, ANN), now=[ANN, BEN], previous=[ANN, BEN])
    assert '"interaction was missing"' in capsys.readouterr().out
    change(reads(engagement(current_lead(BEN))), sends(0, ANN), now=[ANN, BEN], previous=[BEN])
    assert '"interaction was missing"' not in capsys.readouterr().out


def test_an_interaction_that_was_changed_there_is_logged_and_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    change(reads(engagement(current_lead(EDITED, BEN))), now=[ANN, BEN], previous=[ANN, BEN])
    assert capsys.readouterr().out.count('"interaction was changed"') == 1


def test_changed_interactions_are_logged_once_however_many_updates_are_sent(capsys: pytest.CaptureFixture[str]) -> None:
    other = {**BEN, "CustomerAction": "Registered"}
    change(
        reads(engagement(current_lead(EDITED, other))),
        sends(0, CLEO),
        sends(1, DAN),
        now=[ANN, BEN, CLEO, DAN],
        previous=[ANN, BEN],
    )
    assert capsys.readouterr().out.count('"interaction was changed"') == 1


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
        sends(0, ANN, CONFLICT),
        reads(engagement(current_lead(ANN, ANN), lock=1)),
        sends(1, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, ANN), lock=2)),
        sends(2, BEN),
        now=[ANN, ANN, BEN],
        previous=[ANN],
    )


def test_a_dated_interaction_that_the_lead_lost_is_sent_and_not_the_undated_one_that_it_has() -> None:
    lost, stamped = ({**ANN, "InteractionDate": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2))
    change(reads(engagement(current_lead(stamped))), sends(0, lost), now=[ANN, lost], previous=[lost])


def test_a_date_in_another_notation_is_the_same_interaction() -> None:
    utc, berlin = "2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00"
    one, same = {**BEN, "InteractionDate": utc}, {**BEN, "InteractionDate": berlin}
    change(*reads_twice(engagement(current_lead(one))), now=[same], previous=[])
    change(*reads_twice(engagement(current_lead(ANN, one))), now=[ANN, same], previous=[ANN, one])


def test_an_interaction_whose_date_the_service_cut_to_the_second_is_not_sent_again() -> None:
    declared = {**BEN, "InteractionDate": "2026-05-06T07:08:09.120Z"}
    cut = {**BEN, "InteractionDate": "2026-05-06T07:08:09Z"}
    change(*reads_twice(engagement(current_lead(ANN, cut))), now=[ANN, declared], previous=[ANN])


def test_more_than_ten_interactions_are_an_error_before_the_first_is_sent() -> None:
    text = update_error(
        reads(engagement(current_lead(*TEN[:9]))),
        payload=lead(*TEN[:9], ANN, BEN),
        type_="Lead",
        previous=lead(*TEN[:9]),
        code="TOO_MANY_INTERACTIONS",
    )
    assert "at most 10 interactions" in text
    assert "has 9 interactions, and the declaration contains 2 more" in text
    assert "Ann" not in text


def test_interactions_that_aws_added_count_toward_the_limit() -> None:
    text = update_error(
        reads(engagement(current_lead(*TEN))),
        payload=lead(TEN[0], ANN),
        type_="Lead",
        previous=lead(TEN[0]),
        code="TOO_MANY_INTERACTIONS",
    )
    assert "has 10 interactions, and the declaration contains 1 more" in text


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


@pytest.mark.parametrize("last", [ANN, BEN, CLEO, DAN])
def test_a_repeated_event_sends_to_a_service_that_replaces_what_it_does_not_show(last: Any) -> None:
    due = [one for one in (ANN, BEN, CLEO, DAN) if one is not last]
    steps = [sends(lock, one) for lock, one in enumerate(due)]
    change(reads(engagement(current_lead(last))), *steps, now=[ANN, BEN, CLEO, DAN], previous=[ANN])


def test_an_update_sends_to_a_service_that_replaces_each_interaction_once_in_a_run() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(BEN), lock=2)),
        sends(2, CLEO),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
    )


# An adoption, a replay and an import: nothing is known of a declaration before.


def test_a_replayed_create_sends_the_interactions_that_were_declared_since() -> None:
    outcome = create(
        reads(engagement(current_lead(ANN))),
        creates(written("1", lock=0), payload=lead(ANN, BEN), type_="Lead"),
        lists(),
        sends(0, BEN),
        payload=lead(ANN, BEN),
        type_="Lead",
    )
    assert outcome.identity == identity("1")


FROM_AWS: dict[str, Any] = {
    "Customer": {"CompanyName": "Acme Tools", "Industry": "Retail", "AwsMaturity": "Advanced"},
    "Insights": {"LeadReadinessScore": "High", "ChannelRecommendation": "Partner"},
    "New": {"Of": "AWS"},
}


def test_a_lead_from_aws_is_qualified_by_a_partial_declaration() -> None:
    outcome = create(
        reads(engagement(current_lead(CLEO, **FROM_AWS))),
        lists(),
        sends(0, ANN, **FROM_AWS, QualificationStatus="Qualified"),
        payload={"QualificationStatus": "Qualified", "Interactions": [ANN]},
        type_="Lead",
        existing_context_id="1",
    )
    assert outcome.identity == identity("1")


def test_an_imported_lead_whose_partial_declaration_is_there_already_is_not_written_to() -> None:
    outcome = create(
        reads(engagement(current_lead(CLEO, ANN, **FROM_AWS, QualificationStatus="Qualified"))),
        payload={"QualificationStatus": "Qualified", "Interactions": [ANN]},
        type_="Lead",
        existing_context_id="1",
    )
    assert outcome.identity == identity("1")


def test_an_imported_lead_with_an_interaction_that_may_be_there_already_is_an_error_before_any_write() -> None:
    text = create_error(
        reads(engagement(current_lead(CLEO, EDITED))),
        payload={"QualificationStatus": "Qualified", "Interactions": [ANN]},
        type_="Lead",
        existing_context_id="1",
        code="UNCERTAIN_INTERACTION",
    )
    assert "The new Interactions[0] may be the Lead's Interactions[1]" in text
    assert "InteractionDate" in text[:300]
    assert "edited" not in text
    assert "Ann" not in text


def test_what_this_run_sent_is_not_uncertain() -> None:
    # Both have the same source and person, and the service changed the first.
    second = {**BEN, "Usecase": "Storage"}
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, second, CONFLICT),
        reads(engagement(current_lead(ANN, {**BEN, "CustomerAction": "edited by AWS"}), lock=2)),
        sends(2, second),
        now=[ANN, BEN, second],
        previous=[ANN],
    )


def test_nothing_is_uncertain_in_a_rollback_that_adds_no_interaction() -> None:
    change(*reads_twice(engagement(current_lead(EDITED, CLEO))), now=[ANN], previous=[ANN, BEN, CLEO])


def test_an_interaction_without_a_required_member_is_an_error_before_any_write() -> None:
    contact = {name: value for name, value in BEN["Contact"].items() if name != "LastName"}
    text = update_error(
        reads(engagement(current_lead(ANN))),
        payload=lead(ANN, CLEO, {**BEN, "Contact": contact}),
        type_="Lead",
        previous=lead(ANN),
        code="MISSING_MEMBER",
    )
    assert "requires Interaction.Contact.LastName" in text
