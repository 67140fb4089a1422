"""The histories find defects: each broken handler breaks an invariant that names its defect, within a bounded search."""

import pytest

from tests.histories.mutants import MUTANTS, Mutant
from tests.histories.play import play
from tests.histories.story import Broken

HISTORIES = 400


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_handler_is_caught(mutant: Mutant) -> None:
    # Given a handler with a defect,
    with mutant.at_work(), pytest.raises(Broken) as caught:
        # When histories run against it,
        play(seed=1, histories=HISTORIES, adopts=mutant.adopts, shrinks=False)

    # Then an invariant breaks that is about this defect, and the story is told.
    assert caught.value.invariant in mutant.caught
    assert "The story:\n   1." in str(caught.value)
    assert f"*** BROKEN: {caught.value.invariant}" in str(caught.value)
