"""A Lead's interactions under conflicts, open outcomes and late reads, and beside what AWS filled in."""

from typing import Any

import pytest

from lambda_handler.errors import ApiError, FieldError, Kind
from tests.lambda_handler.running import change, holding, sends, update
from tests.lambda_handler.scripted import (
    CONFLICT,
    Clock,
    error,
    held,
    interaction,
    lead,
    reads,
)

ANN, BEN, CLEO, DAN = (interaction(name) for name in ("Ann", "Ben", "Cleo", "Dan"))
TEN = [interaction(f"Name{number}") for number in range(10)]
SCORE = {"LeadReadinessScore": "High"}
FILLED: dict[str, Any] = {"Insights": SCORE, "QualificationStatus": "Qualified"}
REFUSED = error(
    Kind.INVALID,
    "ValidationException",
    fields=[FieldError(field="Payload.Lead.Insights", message="is not for you to write", code="ACTION_NOT_PERMITTED")],
)


class TestFailuresBetween:
    """Conflicts and open outcomes while interactions go out."""

    def test_a_conflict_is_read_again_and_nothing_sent_twice(self) -> None:
        """Ben went in before."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN),
            sends(1, CLEO, CONFLICT),
            reads(held(holding(ANN, BEN, DAN), lock=2)),
            sends(2, CLEO),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
        )

    def test_a_conflict_after_a_write_that_went_through_is_another_one(self) -> None:
        """A Lead's interactions take their time where the service is busy."""
        clock = Clock()
        busy = [sends(1, CLEO, error(Kind.THROTTLED))] * 20
        change(
            reads(held(holding(ANN))),
            sends(0, BEN, CONFLICT),
            reads(held(holding(ANN))),
            sends(0, BEN),
            *busy,
            sends(1, CLEO, CONFLICT),
            reads(held(holding(ANN, BEN), lock=1)),
            sends(1, CLEO),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
            clock=clock,
        )
        assert sum(clock.pauses) > 60

    def test_what_was_answered_is_not_sent_again_though_a_late_read_does_not_show_it(self) -> None:
        """At most one write for each intended change."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN),
            sends(1, CLEO, CONFLICT),
            reads(held(holding(ANN), lock=2)),
            sends(2, CLEO),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
        )

    def test_the_same_one_twice_is_still_two_after_a_conflict(self) -> None:
        """What the read shows by then is not counted once more as sent."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN),
            sends(1, BEN, CONFLICT),
            reads(held(holding(ANN, BEN), lock=2)),
            sends(2, BEN),
            now=[ANN, BEN, BEN],
            previous=[ANN],
        )

    def test_a_late_read_does_not_let_an_eleventh_through(self) -> None:
        """Those that were answered count, shown or not."""
        ten = TEN
        with pytest.raises(Exception, match="10"):
            change(
                reads(held(holding(*ten[:8]))),
                sends(0, BEN),
                sends(1, CLEO, CONFLICT),
                reads(held(holding(*ten[:8], DAN), lock=2)),
                now=[*ten[:8], BEN, CLEO],
                previous=ten[:8],
            )

    @pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])
    def test_one_that_arrived_unanswered_is_not_sent_again(self, kind: Kind) -> None:
        """The read shows it."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN, error(kind)),
            reads(held(holding(ANN, {**BEN, "InteractionDate": "2026-01-01T00:00:00Z"}), lock=1)),
            now=[ANN, BEN],
            previous=[ANN],
        )

    @pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])
    def test_one_that_arrived_unanswered_is_saved_by_the_lock_where_the_read_is_late(self, kind: Kind) -> None:
        """A stale read carries a stale lock."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN, error(kind)),
            reads(held(holding(ANN), lock=0)),
            sends(0, BEN, CONFLICT),
            reads(held(holding(ANN, BEN), lock=1)),
            now=[ANN, BEN],
            previous=[ANN],
        )

    @pytest.mark.parametrize("kind", [Kind.INTERNAL, Kind.CONNECTION])
    def test_one_that_did_not_arrive_is_sent_again(self, kind: Kind) -> None:
        """Under the lock just read."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN, error(kind)),
            reads(held(holding(ANN), lock=3)),
            sends(3, BEN),
            now=[ANN, BEN],
            previous=[ANN],
        )

    def test_a_value_that_the_service_normalised_is_not_written_again_and_the_log_says_so(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Never loop until the read equals the declaration."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN, QualificationStatus="open"),
            sends(1, CLEO, CONFLICT, QualificationStatus="open"),
            reads(held(holding(ANN, BEN, CLEO, QualificationStatus="Open"), lock=2)),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
            QualificationStatus="open",
        )
        assert "reads otherwise than written" in capsys.readouterr().out


class TestWhatAwsFilledIn:
    """Insights and QualificationStatus that nobody declared."""

    def test_is_given_back_on_an_update(self) -> None:
        """Which may replace the whole Lead."""
        step = sends(0, BEN, **FILLED)
        change(reads(held(holding(ANN, **FILLED))), step, now=[ANN, BEN], previous=[ANN])

    def test_is_given_back_beside_what_is_declared(self) -> None:
        """The declaration wins."""
        step = sends(0, Insights=SCORE, QualificationStatus="Open")
        change(reads(held(holding(ANN, **FILLED))), step, now=[ANN], previous=[ANN], QualificationStatus="Open")

    def test_as_of_the_last_read_after_a_conflict(self) -> None:
        """AWS scored the Lead in between."""
        newer = {"LeadReadinessScore": "Low"}
        change(
            reads(held(holding(ANN, Insights=SCORE))),
            sends(0, BEN, CONFLICT, Insights=SCORE),
            reads(held(holding(ANN, Insights=newer), lock=1)),
            sends(1, BEN, Insights=newer),
            now=[ANN, BEN],
            previous=[ANN],
        )

    def test_is_left_out_where_the_service_does_not_take_it(self) -> None:
        """For the rest of the run."""
        change(
            reads(held(holding(ANN, Insights=SCORE))),
            sends(0, BEN, REFUSED, Insights=SCORE),
            sends(0, BEN),
            sends(1, CLEO),
            now=[ANN, BEN, CLEO],
            previous=[ANN],
        )

    @pytest.mark.parametrize("words", ["The qualification status is AWS's.", "qualificationStatus: read only"])
    def test_is_left_out_where_the_service_says_so_in_words(self, words: str) -> None:
        """An ErrorList is optional."""
        change(
            reads(held(holding(ANN, QualificationStatus="Qualified"))),
            sends(0, BEN, error(Kind.INVALID, "ValidationException", words), QualificationStatus="Qualified"),
            sends(0, BEN),
            now=[ANN, BEN],
            previous=[ANN],
        )

    @pytest.mark.parametrize("name", ["QualificationStatus", "Customer.CompanyName"])
    def test_is_kept_where_something_else_is_refused(self, name: str) -> None:
        """Without it the service might take the update, and lose it for good."""
        other = FieldError(field=f"Payload.Lead.{name}", message="is not valid", code="INVALID_VALUE")
        refused = error(Kind.INVALID, "ValidationException", fields=[other])
        with pytest.raises(ApiError) as failed:
            change(
                reads(held(holding(ANN, Insights=SCORE))),
                sends(0, BEN, refused, Insights=SCORE, QualificationStatus="Open"),
                now=[ANN, BEN],
                previous=[ANN],
                QualificationStatus="Open",
            )
        assert failed.value is refused

    def test_does_not_make_a_validation_error_another(self) -> None:
        """Without it the update is refused too, and that is final."""
        with pytest.raises(ApiError) as failed:
            change(
                reads(held(holding(ANN, Insights=SCORE))),
                sends(0, BEN, REFUSED, Insights=SCORE),
                sends(0, BEN, REFUSED),
                now=[ANN, BEN],
                previous=[ANN],
            )
        assert failed.value is REFUSED

    def test_that_was_declared_before_and_is_not_now_must_be_gone(self) -> None:
        """One write, and it is not given back."""
        update(
            reads(held(holding(ANN, Insights=SCORE, QualificationStatus="Open"))),
            sends(0, Insights=SCORE),
            payload=lead(ANN),
            type_="Lead",
            previous=lead(ANN, QualificationStatus="Open"),
        )
