"""Interactions of a Lead under conflicts, unknown outcomes and lagging reads, and with members that AWS filled in."""

from typing import Any

import pytest

from lambda_handler.errors import ApiError, FieldError, Kind, ResourceError
from tests.lambda_handler.running import change, current_lead, sends, update
from tests.lambda_handler.scripted import CONFLICT, Clock, engagement, error, interaction, lead, project, reads

ANN, BEN, CLEO, DAN = (interaction(name) for name in ("Ann", "Ben", "Cleo", "Dan"))
OTHER_CONTEXT = project("2")
TEN = [interaction(f"Name{number}") for number in range(10)]
SCORE = {"LeadReadinessScore": "High"}
FILLED_IN: dict[str, Any] = {"Insights": SCORE, "QualificationStatus": "Qualified"}
REFUSED = error(
    Kind.INVALID,
    "ValidationException",
    fields=[FieldError(field="Payload.Lead.Insights", message="is not for you to write", code="ACTION_NOT_PERMITTED")],
)
UNKNOWN_OUTCOME = pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])


def test_no_interaction_is_sent_twice_after_a_conflict() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(ANN, BEN, DAN), lock=2)),
        sends(2, CLEO),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
    )


def test_a_successful_update_resets_the_retries_of_conflicts() -> None:
    # The minimum of ten retries is used up before the update, and the minute between the update and the next conflict.
    clock = Clock(share=0.1)
    conflicts = [reads(engagement(current_lead(ANN))), sends(0, BEN, CONFLICT)] * 10
    busy = [sends(1, CLEO, error(Kind.THROTTLED))] * 200
    change(
        *conflicts,
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        *busy,
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(ANN, BEN), lock=1)),
        sends(1, CLEO),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
        clock=clock,
    )
    assert sum(clock.pauses) > 60


def test_an_interaction_that_was_sent_is_not_sent_again_if_a_lagging_read_does_not_show_it() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(ANN), lock=2)),
        sends(2, CLEO),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
    )


def test_two_identical_interactions_are_both_sent_after_a_conflict() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, BEN), lock=2)),
        sends(2, BEN),
        now=[ANN, BEN, BEN],
        previous=[ANN],
    )


def test_interactions_that_a_lagging_read_does_not_show_count_toward_the_limit() -> None:
    with pytest.raises(ResourceError, match="10") as failed:
        change(
            reads(engagement(current_lead(*TEN[:8]))),
            sends(0, BEN),
            sends(1, CLEO, CONFLICT),
            reads(engagement(current_lead(*TEN[:8], DAN), lock=2)),
            now=[*TEN[:8], BEN, CLEO],
            previous=TEN[:8],
        )
    assert failed.value.code == "TOO_MANY_INTERACTIONS"


def test_an_interaction_whose_date_the_service_cut_counts_once_toward_the_limit() -> None:
    precise = {**BEN, "InteractionDate": "2026-05-06T07:08:09.120Z"}
    cut = {**BEN, "InteractionDate": "2026-05-06T07:08:09Z"}
    change(
        reads(engagement(current_lead(*TEN[:8]))),
        sends(0, precise),
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(*TEN[:8], cut), lock=2)),
        sends(2, CLEO),
        now=[*TEN[:8], precise, CLEO],
        previous=TEN[:8],
    )


@UNKNOWN_OUTCOME
@pytest.mark.parametrize("stored", [{}, {"InteractionDate": "2026-01-01T00:00:00Z"}, {"CustomerAction": "edited"}])
def test_an_interaction_with_an_unknown_outcome_is_not_sent_again_if_it_arrived(kind: Kind, stored: Any) -> None:
    # The last one could be another interaction, but the Lead did not have it before.
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, error(kind)),
        sends(0, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, {**BEN, **stored}), lock=1)),
        now=[ANN, BEN],
        previous=[ANN],
    )


@UNKNOWN_OUTCOME
def test_an_interaction_that_a_lagging_read_hid_does_not_show_that_the_members_arrived(kind: Kind) -> None:
    # An earlier event sent the interaction. The first read does not show it, and the first update does not arrive.
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, error(kind), QualificationStatus="Open"),
        sends(0, BEN, CONFLICT, QualificationStatus="Open"),
        reads(engagement(current_lead(ANN, BEN), lock=1)),
        sends(1, QualificationStatus="Open"),
        now=[ANN, BEN],
        previous=[ANN, BEN],
        QualificationStatus="Open",
    )


@UNKNOWN_OUTCOME
def test_the_lock_keeps_a_lagging_read_from_sending_an_interaction_twice(kind: Kind) -> None:
    # A read that lags has an old lock too.
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, error(kind)),
        sends(0, BEN, CONFLICT),
        reads(engagement(current_lead(ANN), lock=0)),
        sends(0, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, {**BEN, "CustomerAction": "edited"}), lock=1)),
        now=[ANN, BEN],
        previous=[ANN],
    )


@UNKNOWN_OUTCOME
def test_an_interaction_with_an_unknown_outcome_is_sent_again_if_it_did_not_arrive(kind: Kind) -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, error(kind)),
        sends(0, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, CLEO), lock=3)),
        sends(3, BEN),
        now=[ANN, BEN],
        previous=[ANN],
    )


def test_an_update_that_did_not_arrive_is_not_taken_for_what_is_added_later() -> None:
    # The lock changed while the Lead had no such interaction, so the first update can never arrive.
    with pytest.raises(ResourceError, match="may be the Lead's"):
        change(
            reads(engagement(current_lead(ANN))),
            sends(0, BEN, error(Kind.CONNECTION)),
            sends(0, BEN, CONFLICT),
            reads(engagement(current_lead(ANN, CLEO), lock=3)),
            sends(3, BEN, CONFLICT),
            reads(engagement(current_lead(ANN, CLEO, {**BEN, "CustomerAction": "of others"}), lock=4)),
            now=[ANN, BEN],
            previous=[ANN],
        )


def test_the_second_of_two_copies_with_an_unknown_outcome_is_sent_if_only_the_first_arrived() -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, error(Kind.INTERNAL)),
        sends(0, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, BEN), lock=1)),
        sends(1, BEN, error(Kind.INTERNAL)),
        sends(1, BEN, CONFLICT),
        reads(engagement(current_lead(ANN, BEN), OTHER_CONTEXT, lock=2)),
        sends(2, BEN),
        now=[ANN, BEN, BEN],
        previous=[ANN],
    )


def test_a_value_that_the_service_normalized_is_written_once_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN, QualificationStatus="open"),
        sends(1, CLEO, CONFLICT, QualificationStatus="open"),
        reads(engagement(current_lead(ANN, BEN, CLEO, QualificationStatus="Open"), lock=2)),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
        QualificationStatus="open",
    )
    assert '"differs after update"' in capsys.readouterr().out


def test_a_value_that_the_service_kept_is_not_logged_as_different(capsys: pytest.CaptureFixture[str]) -> None:
    change(
        reads(engagement(current_lead(ANN))),
        sends(0, BEN),
        sends(1, CLEO, CONFLICT),
        reads(engagement(current_lead(ANN, BEN, CLEO), lock=2)),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
    )
    assert '"differs after update"' not in capsys.readouterr().out


# What AWS filled in. An update can replace the whole Lead, so it sends that back, unless the service refuses it.


def test_an_update_sends_back_what_aws_filled_in() -> None:
    step = sends(0, BEN, **FILLED_IN)
    change(reads(engagement(current_lead(ANN, **FILLED_IN))), step, now=[ANN, BEN], previous=[ANN])


def test_a_declared_member_takes_precedence_over_what_aws_filled_in() -> None:
    step = sends(0, Insights=SCORE, QualificationStatus="Open")
    current = engagement(current_lead(ANN, **FILLED_IN))
    change(reads(current), step, now=[ANN], previous=[ANN], QualificationStatus="Open")


def test_an_update_after_a_conflict_sends_back_what_the_last_read_shows() -> None:
    newer = {"LeadReadinessScore": "Low"}
    change(
        reads(engagement(current_lead(ANN, Insights=SCORE))),
        sends(0, BEN, CONFLICT, Insights=SCORE),
        reads(engagement(current_lead(ANN, Insights=newer), lock=1)),
        sends(1, BEN, Insights=newer),
        now=[ANN, BEN],
        previous=[ANN],
    )


UNNAMED = error(Kind.INVALID, "ValidationException", "Some members are not for you to write.")


def test_after_a_refusal_that_names_nothing_an_update_is_sent_without_what_is_neither_declared_nor_required(
    capsys: pytest.CaptureFixture[str],
) -> None:
    grown = {"Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced"}, "New": {"Of": "AWS"}, **FILLED_IN}
    change(
        reads(engagement(current_lead(ANN, **grown))),
        sends(0, BEN, UNNAMED, **grown),
        sends(0, BEN),
        sends(1, CLEO),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
    )
    assert '"retry without undeclared members"' in capsys.readouterr().out


def test_a_declared_or_required_member_is_never_left_out() -> None:
    grown = {"Customer": {"CompanyName": "Acme Tools", "Industry": "Retail"}, "New": {"Mine": "1", "Of": "AWS"}}
    update(
        reads(engagement(current_lead(ANN, **grown))),
        sends(0, returns=UNNAMED, **{**grown, "New": {"Mine": "2", "Of": "AWS"}}),
        sends(0, New={"Mine": "2"}),
        payload={"New": {"Mine": "2"}},
        type_="Lead",
        existing_context_id="1",
    )


def test_after_a_refusal_that_names_some_of_them_only_those_are_left_out() -> None:
    change(
        reads(engagement(current_lead(ANN, **FILLED_IN))),
        sends(0, BEN, REFUSED, **FILLED_IN),
        sends(0, BEN, QualificationStatus="Qualified"),
        now=[ANN, BEN],
        previous=[ANN],
    )


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        (["Customer.New"], {"Insights": SCORE, "Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced"}}),
        (["Customer.New", "Insights"], {"Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced"}}),
        (["Customer"], {"Insights": SCORE}),
    ],
    ids=["one member", "two", "a structure"],
)
def test_the_structure_of_a_refused_member_is_not_left_out_with_it(fields: list[str], left: dict[str, Any]) -> None:
    grown: dict[str, Any] = {
        "Customer": {"CompanyName": "Acme Tools", "AwsMaturity": "Advanced", "New": {"Of": "AWS"}},
        "Insights": SCORE,
    }
    entries = [FieldError(field=f"Payload.Lead.{field}", message="is not valid", code="C") for field in fields]
    message = f"{len(entries)} errors: {', '.join(entry.field for entry in entries)}"
    change(
        reads(engagement(current_lead(ANN, **grown))),
        sends(0, BEN, error(Kind.INVALID, "ValidationException", message, fields=entries), **grown),
        sends(0, BEN, **left),
        now=[ANN, BEN],
        previous=[ANN],
    )


@pytest.mark.parametrize("message", ["The qualification status is AWS's.", "qualificationStatus: read only"])
def test_a_refused_member_can_be_named_in_the_message_alone(message: str) -> None:
    # An ErrorList is optional.
    change(
        reads(engagement(current_lead(ANN, **FILLED_IN))),
        sends(0, BEN, error(Kind.INVALID, "ValidationException", message), **FILLED_IN),
        sends(0, BEN, Insights=SCORE),
        now=[ANN, BEN],
        previous=[ANN],
    )


def test_after_a_second_refusal_all_other_undeclared_members_are_left_out_too() -> None:
    # Partner Central can check for unknown members first, and for members that AWS filled in later.
    change(
        reads(engagement(current_lead(ANN, **FILLED_IN))),
        sends(0, BEN, REFUSED, **FILLED_IN),
        sends(0, BEN, UNNAMED, QualificationStatus="Qualified"),
        sends(0, BEN),
        now=[ANN, BEN],
        previous=[ANN],
    )


def test_the_first_error_is_reported_if_the_last_attempt_is_refused_too() -> None:
    with pytest.raises(ApiError) as failed:
        change(
            reads(engagement(current_lead(ANN, Insights=SCORE))),
            sends(0, BEN, REFUSED, Insights=SCORE),
            sends(0, BEN, CONFLICT),
            reads(engagement(current_lead(ANN, Insights=SCORE), lock=1)),
            sends(1, BEN, UNNAMED),
            now=[ANN, BEN],
            previous=[ANN],
        )
    assert failed.value is REFUSED


def test_a_later_refusal_is_reported_as_it_is() -> None:
    with pytest.raises(ApiError) as failed:
        change(
            reads(engagement(current_lead(ANN, Insights=SCORE))),
            sends(0, BEN, REFUSED, Insights=SCORE),
            sends(0, BEN),
            sends(1, CLEO, UNNAMED),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
        )
    assert failed.value is UNNAMED


def test_a_refusal_without_anything_undeclared_is_final() -> None:
    with pytest.raises(ApiError) as failed:
        change(reads(engagement(current_lead(ANN))), sends(0, BEN, UNNAMED), now=[ANN, BEN], previous=[ANN])
    assert failed.value is UNNAMED


def test_a_member_that_is_not_declared_anymore_is_removed_and_not_sent_back() -> None:
    update(
        reads(engagement(current_lead(ANN, Insights=SCORE, QualificationStatus="Open"))),
        sends(0, Insights=SCORE),
        payload=lead(ANN),
        type_="Lead",
        previous=lead(ANN, QualificationStatus="Open"),
    )
