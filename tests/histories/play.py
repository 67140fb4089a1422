"""Run histories: the same ones for the same seed."""

from collections.abc import Sequence

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.histories.function import installed
from tests.histories.machine import STEPS, Histories
from tests.histories.story import Broken


def play(*, seed: int, histories: int, adopts: bool, shrinks: bool = True) -> None:
    """Run histories, the same ones for the same seed.

    Args:
        seed: chooses the histories.
        histories: how many.
        adopts: the mode of all their declarations.
        shrinks: whether a failure is looked for again, to tell it in as short a story as possible.

    Raises:
        Broken: an invariant does not hold.
    """
    try:
        _play(seed, histories, adopts, [Phase.generate], least=STEPS)
    except Broken:
        if shrinks:
            # Histories whose length is not fixed are others: it is likely, not certain, that they break it too.
            _play(seed, 2 * histories, adopts, [Phase.generate, Phase.shrink], least=0)
        raise


def _play(seed: int, histories: int, adopts: bool, phases: Sequence[Phase], *, least: int) -> None:
    class Seeded(Histories):
        pass

    Seeded.adopts = adopts
    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS + 1,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    with installed():
        # Without `_min_steps`, hypothesis's own mutations end every third history early.
        run_state_machine_as_test(hypothesis.seed(seed)(Seeded), settings=chosen, _min_steps=least)
