"""A Lead's interactions are append-only: sent are those declared now, minus those before, minus those held, one each."""

from typing import Any

import pytest

from lambda_handler.errors import Kind
from tests.lambda_handler.running import change, create, finds, holding, identity, sends, update, update_refused
from tests.lambda_handler.scripted import (
    CONFLICT,
    LOCKS,
    OTHER_ENGAGEMENT,
    creates,
    error,
    held,
    ids,
    interaction,
    lead,
    reads,
    written,
)

ANN, BEN, CLEO, DAN = (interaction(name) for name in ("Ann", "Ben", "Cleo", "Dan"))
EDITED = {**ANN, "CustomerAction": "edited by AWS"}
TEN = [interaction(f"Name{number}") for number in range(10)]


def test_each_new_interaction_is_one_update_in_the_order_they_are_declared() -> None:
    lock = change(reads(held(holding(ANN))), sends(0, CLEO), sends(1, BEN), now=[CLEO, ANN, BEN], previous=[ANN])
    assert lock == LOCKS[2]


def test_a_further_change_goes_out_with_the_first_interaction() -> None:
    # One write for both, and the second interaction carries the same rest.
    change(
        reads(held(holding(ANN))),
        sends(0, BEN, QualificationStatus="Open"),
        sends(1, CLEO, QualificationStatus="Open"),
        now=[ANN, BEN, CLEO],
        previous=[ANN],
        QualificationStatus="Open",
    )


def test_a_change_without_a_new_interaction_sends_none() -> None:
    change(
        reads(held(holding(ANN))),
        sends(0, QualificationStatus="Open"),
        now=[ANN],
        previous=[ANN],
        QualificationStatus="Open",
    )


def test_nothing_new_is_one_read() -> None:
    change(reads(held(holding(BEN, ANN))), now=[ANN, BEN], previous=[ANN, BEN])


def test_one_that_was_removed_from_the_declaration_stays() -> None:
    change(*finds(held(holding(ANN, BEN))), now=[BEN], previous=[ANN, BEN])


def test_one_that_was_declared_before_is_not_sent_though_the_service_lost_it() -> None:
    change(reads(held(holding(BEN))), now=[ANN, BEN], previous=[ANN, BEN])


def test_one_that_is_held_is_not_sent_whoever_wrote_it() -> None:
    change(
        *finds(held(holding(ANN, {**BEN, "InteractionDate": "2026-01-01T00:00:00Z"}))), now=[ANN, BEN], previous=[ANN]
    )


def test_one_that_the_service_tidied_is_not_sent_again() -> None:
    tidied = {**BEN, "SourceType": "EVENT", "Usecase": "Migration"}
    change(*finds(held(holding(ANN, tidied))), now=[ANN, {**BEN, "Usecase": " Migration "}], previous=[ANN])


def test_the_same_one_twice_is_two() -> None:
    change(reads(held(holding(ANN))), sends(0, BEN), sends(1, BEN), now=[ANN, BEN, BEN], previous=[ANN])


def test_the_same_one_twice_of_which_one_is_held_is_one_more() -> None:
    change(reads(held(holding(ANN, BEN))), sends(0, BEN), now=[ANN, BEN, BEN], previous=[ANN])


def test_a_second_one_like_one_declared_before_is_one_more() -> None:
    dated = {**ANN, "InteractionDate": "2026-01-01T00:00:00Z"}
    change(reads(held(holding(dated))), sends(0, ANN), now=[ANN, ANN], previous=[ANN])
    change(
        reads(held(holding(dated))),
        sends(0, ANN),
        sends(1, BEN),
        sends(2, ANN),
        now=[ANN, ANN, BEN, ANN],
        previous=[ANN],
    )


def test_a_second_one_like_one_declared_before_is_sent_once() -> None:
    change(*finds(held(holding(ANN, ANN))), now=[ANN, ANN], previous=[ANN])
    change(
        reads(held(holding(ANN))),
        sends(0, ANN, error(Kind.CONNECTION)),
        reads(held(holding(ANN, ANN), lock=1)),
        sends(1, BEN, CONFLICT),
        reads(held(holding(ANN, ANN), lock=2)),
        sends(2, BEN),
        now=[ANN, ANN, BEN],
        previous=[ANN],
    )


def test_one_that_was_had_is_not_sent_in_place_of_a_dated_one_that_was_lost() -> None:
    lost, stamped = ({**ANN, "InteractionDate": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2))
    change(*finds(held(holding(stamped))), now=[ANN, lost], previous=[lost])


def test_dates_in_other_notations_are_the_same_interaction() -> None:
    utc, berlin = "2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00"
    one, same = {**BEN, "InteractionDate": utc}, {**BEN, "InteractionDate": berlin}
    change(*finds(held(holding(one))), now=[same], previous=[])
    change(*finds(held(holding(ANN))), now=[ANN, same], previous=[ANN, one])


def test_one_whose_date_the_service_cut_to_the_second_is_not_sent_again() -> None:
    declared = {**BEN, "InteractionDate": "2026-05-06T07:08:09.120Z"}
    cut = {**BEN, "InteractionDate": "2026-05-06T07:08:09Z"}
    change(*finds(held(holding(ANN, cut))), now=[ANN, declared], previous=[ANN])
    # A service that replaces tells as much by it.
    change(reads(held(holding(cut))), sends(0, CLEO), now=[ANN, DAN, declared, CLEO], previous=[ANN])


class TestEleven:
    """A Lead holds ten interactions at most."""

    def test_are_refused_before_any_write(self) -> None:
        """Though the first of them would have gone in."""
        reason = update_refused(
            reads(held(holding(*TEN[:9]))),
            payload=lead(*TEN[:9], ANN, BEN),
            type_="Lead",
            previous=lead(*TEN[:9]),
        )
        assert "10" in reason
        assert ids(reason, ["1"]) == ["1"]
        assert "Ann" not in reason

    def test_count_what_aws_added(self) -> None:
        """It is held all the same."""
        reason = update_refused(
            reads(held(holding(*TEN))), payload=lead(TEN[0], ANN), type_="Lead", previous=lead(TEN[0])
        )
        assert "10" in reason

    def test_are_one_too_many(self) -> None:
        """The tenth goes in."""
        change(reads(held(holding(*TEN[:9]))), sends(0, ANN), now=[*TEN[:9], ANN], previous=TEN[:9])

    def test_that_are_held_already_hinder_no_other_change(self) -> None:
        """Nothing is to be added."""
        change(
            reads(held(holding(*TEN, ANN))),
            sends(0, QualificationStatus="Open"),
            now=TEN,
            previous=TEN,
            QualificationStatus="Open",
        )


class TestRepeatAfterDeath:
    """The process died between two sends, and Lambda repeats the event: declared are Ann, Ben, Cleo and Dan, before Ann."""

    NOW = (ANN, BEN, CLEO, DAN)

    @pytest.mark.parametrize(
        ("sent", "due"), [([], [BEN, CLEO, DAN]), ([BEN], [CLEO, DAN]), ([BEN, CLEO], [DAN]), ([BEN, CLEO, DAN], [])]
    )
    def test_a_service_that_appends_gets_the_rest(self, sent: list[Any], due: list[Any]) -> None:
        """It holds all that was sent."""
        steps = [sends(lock, one) for lock, one in enumerate(due)]
        change(*finds(held(holding(ANN, *sent)))[bool(due) :], *steps, now=self.NOW, previous=[ANN])

    @pytest.mark.parametrize(
        ("survivor", "due"), [(ANN, [BEN, CLEO, DAN]), (BEN, [CLEO, DAN]), (CLEO, [DAN]), (DAN, [])]
    )
    def test_a_service_that_replaces_gets_the_rest(self, survivor: Any, due: list[Any]) -> None:
        """It holds the one that was sent last."""
        steps = [sends(lock, one) for lock, one in enumerate(due)]
        change(*finds(held(holding(survivor)))[bool(due) :], *steps, now=self.NOW, previous=[ANN])

    def test_a_replay_after_a_create_gets_the_rest(self) -> None:
        """The context of the older request holds one, the declaration has two by now."""
        outcome = create(
            reads(held(holding(ANN))),
            creates(written("1", lock=0), payload=lead(ANN, BEN), type_="Lead"),
            sends(0, BEN),
            payload=lead(ANN, BEN),
            type_="Lead",
        )
        assert outcome.identity == identity("1")


class TestDoubt:
    """The Lead lost what was declared before and holds what nobody declared: it was edited there, or replaced and added to."""

    def test_whether_one_went_out_is_refused_by_its_place(self) -> None:
        """Ben was never sent, and an earlier declaration had Cleo."""
        reason = update_refused(
            reads(held(holding(EDITED, CLEO))), payload=lead(ANN, BEN, CLEO), type_="Lead", previous=lead(ANN)
        )
        assert "Interactions[1] of the Lead 1" in reason
        assert "behind" in reason
        assert "Nothing further was sent." in reason
        assert "Ben" not in reason
        assert "edited" not in reason

    def test_names_each(self) -> None:
        """By its place in the declaration."""
        reason = update_refused(
            reads(held(holding(EDITED, DAN))), payload=lead(BEN, ANN, CLEO, DAN), type_="Lead", previous=lead(ANN)
        )
        assert "Interactions[0], Interactions[2] of the Lead" in reason

    def test_ends_where_new_ones_stand_behind(self) -> None:
        """As the Reason says."""
        change(reads(held(holding(EDITED, CLEO))), sends(0, BEN), now=[ANN, CLEO, BEN], previous=[ANN])

    def test_is_none_where_all_that_is_held_is_declared(self) -> None:
        """An earlier run of the event sent Ben, and a service that replaces holds Cleo."""
        change(reads(held(holding(CLEO))), sends(0, DAN), now=[ANN, BEN, CLEO, DAN], previous=[ANN])

    def test_is_none_where_this_run_sent_them(self) -> None:
        """AWS adds its own while they go out."""
        change(
            reads(held(holding(ANN))),
            sends(0, BEN),
            sends(1, CLEO, error(Kind.CONNECTION)),
            reads(held(holding(CLEO, interaction("Aws")), lock=2)),
            sends(2, DAN),
            now=[ANN, BEN, CLEO, DAN],
            previous=[ANN],
        )

    def test_is_none_in_a_rollback_that_sends_nothing(self) -> None:
        """Whatever is held."""
        change(*finds(held(holding(EDITED, CLEO))), now=[ANN], previous=[ANN, BEN, CLEO])


def test_a_move_to_another_engagement_takes_the_interactions_along_in_the_create() -> None:
    outcome = update(
        reads(held(engagement=OTHER_ENGAGEMENT), engagement=OTHER_ENGAGEMENT),
        creates(
            written("1", lock=0, engagement=OTHER_ENGAGEMENT),
            payload=lead(ANN, BEN),
            type_="Lead",
            engagement=OTHER_ENGAGEMENT,
        ),
        payload=lead(ANN, BEN),
        type_="Lead",
        previous=lead(ANN),
        engagement_id=OTHER_ENGAGEMENT,
    )
    assert outcome.identity == identity("1", OTHER_ENGAGEMENT)
