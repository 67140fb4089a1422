"""The common parts of the state machines, each of which runs one history at a time.

`run_histories` runs several histories. The histories depend only on the arguments and on the version of hypothesis.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from cdk_partnercentral_local import Behavior
from tests.histories.cloudformation import CloudFormation, Resource, Stack
from tests.histories.faults import NO_INCIDENTS, Deployment
from tests.histories.function import installed
from tests.histories.invariants import InvariantError
from tests.histories.oracle import Oracle
from tests.histories.simulation import Simulation

STEPS = 30  # in each history, not counting the initialization
STACKS = ("A", "B")

# The number of times that each situation occurred in all histories of this Python process, keyed by a description.
OCCURRENCES: Counter[str] = Counter()


class History(RuleBasedStateMachine):
    """A state machine that runs one history. A subclass defines the initialization and the steps.

    Attributes:
        subject: The name of the state machine for the command line.
    """

    subject: str
    simulation: Simulation
    has_begun = False
    steps = -1  # becomes 0 at the end of the initialization, because the initialization does not count as a step

    def set_up(self, behavior: Behavior, jitter_seed: int, *, shows_old_template: bool) -> None:
        """Create the environment of the history."""
        self.has_begun = True
        self.simulation = Simulation(behavior, jitter_seed)
        self.oracle = Oracle(self.simulation)
        self.cloudformation = CloudFormation(self.simulation, self.oracle)
        self.cloudformation.shows_old_template = shows_old_template

    def is_free(self, name: str, logical_id: str) -> bool:
        """Whether a stack can create a resource with a logical ID."""
        stack = self.cloudformation.stacks.get(name)
        return stack is None or (logical_id not in stack.resources and logical_id not in stack.abandoned)

    def resources(self) -> list[tuple[Stack, str, Resource]]:
        """Return all resources, each with its stack and its logical ID."""
        return [
            (stack, logical_id, resource)
            for stack in self.cloudformation.stacks.values()
            for logical_id, resource in stack.resources.items()
            if logical_id not in stack.leaving
        ]

    def deploy(self, name: str, changes: Mapping[str, Any], deployment: Deployment) -> None:
        """Deploy new declarations to a stack, keyed by logical ID. The value None removes the resource."""
        self.cloudformation.deploy(name, changes, deployment)

    def update(self, stack: Stack, declarations: Mapping[str, Any], deployment: Deployment) -> None:
        """Deploy those declarations of existing resources that changed, if there are any."""
        changes = {
            each: declared for each, declared in declarations.items() if declared != stack.resources[each].declared
        }
        if changes:
            self.deploy(stack.name, changes, deployment)

    def begin_step(self, name: str) -> None:
        """Count a step, and add it to the trace."""
        self.simulation.counts[f"step: {name}"] += 1
        self.simulation.record(f"STEP {name}", depth=0)

    @invariant()
    def check_between_steps(self) -> None:
        """Check the invariants that must be true between two steps."""
        if self.has_begun:
            self.steps += 1
            self.oracle.check_between_steps()

    def teardown(self) -> None:
        """If no invariant was violated, deploy every resource once more without faults. Then update `OCCURRENCES`."""
        if not self.has_begun:
            return
        if not self.oracle.has_failed:
            self.simulation.clock.advance(1000)
            for stack, logical_id, _ in self.resources():
                resource = stack.resources.get(logical_id)
                if resource is None:  # an earlier deployment in this loop removed the resource
                    continue
                self.simulation.record("FINAL DEPLOYMENT without faults", depth=0)
                self.update(stack, {logical_id: with_new_timeout(resource)}, NO_INCIDENTS)
            self.oracle.check_between_steps()
        OCCURRENCES.update(self.simulation.counts)
        OCCURRENCES["histories"] += 1
        OCCURRENCES["histories of full length"] += self.steps >= STEPS
        OCCURRENCES["steps"] += self.steps


def with_new_timeout(resource: Resource) -> Any:
    """Return a resource's declaration with another ServiceTimeout, which causes an Update that has nothing to do."""
    return replace(resource.declared, service_timeout=resource.declared.service_timeout + 1)


def run_histories(machine: type[History], *, seed: int, histories: int, shrink: bool = True) -> None:
    """Run histories.

    Args:
        machine: The state machine.
        seed: The seed that hypothesis uses to draw the histories.
        histories: The number of histories.
        shrink: Whether to search for a shorter history after a failure.

    Raises:
        InvariantError: An invariant was violated. The message contains the command that runs the histories again.
    """
    try:
        try:
            _run(machine, seed, histories, [Phase.generate], min_steps=STEPS)
        except InvariantError:
            if shrink:
                # With a variable length, the seed gives different histories. Run twice as many histories to find a failure
                # again.
                _run(machine, seed, 2 * histories, [Phase.generate, Phase.shrink], min_steps=0)
            raise
    except InvariantError as error:
        command = f"python -m tests.histories.soak --of {machine.subject} --seed {seed} --histories {histories}"
        error.args = (f"{error}\n\nRun again: {command}",)
        raise


def _run(machine: type[History], seed: int, histories: int, phases: Sequence[Phase], *, min_steps: int) -> None:
    class Seeded(machine):  # type: ignore[misc,valid-type]  # a class is a valid base class
        pass

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
        # Without `_min_steps`, hypothesis's mutations would end every third history early.
        run_state_machine_as_test(hypothesis.seed(seed)(Seeded), settings=chosen, _min_steps=min_steps)
