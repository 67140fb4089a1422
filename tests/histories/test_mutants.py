"""With each mutant of the handler, the histories violate an invariant that matches the mutant's defect."""

import pytest

from tests.histories.mutants import MUTANTS, SEEDS, Mutant, catch


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_histories_catch_a_handler_with_a_defect(mutant: Mutant) -> None:
    # Given a handler with a defect,
    # When histories run until an invariant is violated,
    violation = next(filter(None, (catch(mutant, seed) for seed in (mutant.seed, *SEEDS))), None)

    # Then the violated invariant matches the defect, and the error message contains the trace.
    assert violation is not None
    assert violation.invariant in mutant.violates
    assert "Trace:\n   1." in str(violation)
    assert f"*** VIOLATED: {violation.invariant.value}" in str(violation)
