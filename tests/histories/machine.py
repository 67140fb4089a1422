"""Histories: what developers, CloudFormation, Lambda, AWS and bad luck do to contexts, in any order.

`play.play` runs them.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cdk_partnercentral_local.service import Behavior
from tests.histories import payloads
from tests.histories.cloudformation import CloudFormation, Resource, Stack, family
from tests.histories.declared import Declared
from tests.histories.oracle import Oracle
from tests.histories.payloads import KINDS, Spec
from tests.histories.trouble import FOREIGN, Delivery, How, deliveries, hows
from tests.histories.unknowns import behaviors
from tests.histories.world import CATALOGS, STRANGER, World

STEPS = 30  # of a history, beside its beginning
STACKS = ("A", "B")
LOGICAL_IDS = ("L1", "L2")
PLACES = tuple((name, logical_id) for name in STACKS for logical_id in LOGICAL_IDS)

anything = st.integers(0, 11)
tokens = st.sampled_from((None, None, None, 1, 2))
kinds = st.sampled_from((0, 0, 1, 1, 1, 2))
engagements = st.integers(0, len(CATALOGS) - 1)

# What all histories of this Python process did: `histories`, `steps`, each rule, each thing that happened.
TALLY: Counter[str] = Counter()


class Histories(RuleBasedStateMachine):
    """One history. `adopts` is the mode of all its declarations."""

    adopts = True
    world: World
    begun = False
    steps = -1  # the beginning is none

    @initialize(behavior=behaviors, luck=st.integers(0, 3))
    def begin(self, behavior: Behavior, luck: int) -> None:
        """Make the world."""
        self.begun = True
        self.world = World(behavior, luck)
        self.oracle = Oracle(self.world)
        self.cloud = CloudFormation(self.world, self.oracle)
        self.memory: dict[str, Declared] = {}
        for engagement in self.world.engagements[:2]:
            self.world.write_as_aws(engagement, "context", 0)
            self.oracle.aws_wrote(engagement, None)

    # What there is.

    def free(self) -> list[tuple[str, str]]:
        """Return the stacks and logical ids where a resource could be declared."""
        return [place for place in PLACES if self._is_free(*place)]

    def _is_free(self, name: str, logical_id: str) -> bool:
        stack = self.cloud.stacks.get(name)
        return stack is None or (logical_id not in stack.resources and logical_id not in stack.lost)

    def live(self) -> list[tuple[Stack, str, Resource]]:
        """Return the resources that there are."""
        return [
            (stack, logical_id, resource)
            for stack in self.cloud.stacks.values()
            for logical_id, resource in stack.resources.items()
        ]

    def one_of(self, which: int) -> tuple[Stack, str, Resource]:
        """Return a live resource: if there is none, a new one, made calmly where there surely is room."""
        if not self.live():
            for name in sorted(self.cloud.stacks):
                self.cloud.delete(name, How())
            self._deploy("A", {"L1": self.declared(which % 3, KINDS[which % 2](family("A", "L1")))}, How())
        if not self.live():
            engagement = self.world.add_engagement()
            self._deploy("A", {"L1": self.declared(engagement, KINDS[which % 2](family("A", "L1")))}, How())
        live = self.live()
        return live[which % len(live)]

    def declared(self, engagement: int, spec: Spec, **rest: Any) -> Declared:
        """Return a declaration in this history's mode."""
        return Declared(
            engagement=self.world.engagements[engagement],
            catalog=CATALOGS[engagement % len(CATALOGS)],
            spec=spec,
            adopts=self.adopts,
            **rest,
        )

    def _deploy(self, name: str, changes: dict[str, Declared | None], how: How) -> None:
        self.cloud.deploy(name, changes, how)
        stack = self.cloud.stacks.get(name)
        for logical_id, declared in changes.items():
            if declared and not declared.spec.flaw and stack and logical_id in stack.resources:
                self.memory[family(name, logical_id)] = replace(declared, token=None, identifier=None)

    def _update(self, stack: Stack, changed: dict[str, Declared], how: How) -> None:
        changes = {each: now for each, now in changed.items() if now != stack.resources[each].declared}
        if changes:
            self._deploy(stack.name, dict(changes), how)

    def _count(self, name: str) -> None:
        self.world.counts[f"rule: {name}"] += 1
        self.world.tell(f"RULE {name}", depth=0)

    # What developers do.

    @rule(
        place=anything,
        engagement=engagements,
        kind=kinds,
        variant=anything,
        again=st.booleans(),
        both=st.booleans(),
        by_arn=st.booleans(),
        token=tokens,
        how=hows,
    )
    def declare(self, place: int, again: bool, both: bool, how: How, **made: Any) -> None:
        """Declare a resource, or two, in a new stack or one that is there; `again`: as they were before."""
        free = self.free()
        if not free:
            self.remove(place, True, how)
            free = self.free()
        self._count("declare")
        name, logical_id = free[place % len(free)]
        others = [each for each in LOGICAL_IDS if both and each != logical_id and (name, each) in free]
        changes: dict[str, Declared | None] = {}
        for each in (logical_id, *others):
            own = family(name, each)
            remembered = self.memory.get(own) if again else None
            self.world.counts["declared again"] += bool(remembered)
            changes[each] = remembered or self._new(own, **made)
        self._deploy(name, changes, how)

    def _new(self, own: str, *, engagement: int, kind: int, variant: int, by_arn: bool, token: int | None) -> Declared:
        spec = KINDS[kind](own)
        return self.declared(
            engagement,
            payloads.changed(spec, variant) if variant > 6 else spec,
            by_arn=by_arn,
            token=f"Token{token}{own}" if token else None,
        )

    @rule(which=anything, change=anything, both=st.booleans(), how=hows)
    def change(self, which: int, change: int, both: bool, how: How) -> None:
        """Change a payload, or those of a whole stack."""
        stack, logical_id, _ = self.one_of(which)
        self._count("change")
        changed = {
            each: replace(resource.declared, spec=payloads.changed(resource.declared.spec, change))
            for each, resource in stack.resources.items()
            if both or each == logical_id
        }
        self._update(stack, changed, how)

    @rule(which=anything, change=st.integers(0, 4), how=hows)
    def converse(self, which: int, change: int, how: How) -> None:
        """Change the interactions of a Lead, if there is one."""
        self.one_of(which)
        leads = [each for each in self.live() if each[2].declared.type == "Lead"]
        stack, logical_id, resource = leads[which % len(leads)] if leads else self.one_of(which)
        self._count("converse")
        spec = payloads.changed(resource.declared.spec, change)
        self._update(stack, {logical_id: replace(resource.declared, spec=spec)}, how)

    @rule(which=anything, engagement=engagements, change=anything, token=tokens, how=hows)
    def move(self, which: int, engagement: int, change: int, token: int | None, how: How) -> None:
        """Move a context to another engagement, or back."""
        stack, logical_id, resource = self.one_of(which)
        self._count("move")
        spec = resource.declared.spec
        moved = self.declared(
            engagement,
            payloads.changed(spec, change) if change > 7 else spec,
            by_arn=resource.declared.by_arn,
            token=f"Token{token}{family(stack.name, logical_id)}" if token else resource.declared.token,
        )
        self._update(stack, {logical_id: moved}, how)

    @rule(which=anything, kind=kinds, how=hows)
    def retype(self, which: int, kind: int, how: How) -> None:
        """Declare a payload of another Type, or go back to one."""
        stack, logical_id, resource = self.one_of(which)
        self._count("retype")
        declared = replace(resource.declared, spec=KINDS[kind](family(stack.name, logical_id)), identifier=None)
        self._update(stack, {logical_id: declared}, how)

    @rule(which=anything, how=hows)
    def redeploy(self, which: int, how: How) -> None:
        """Change nothing that is declared of the context."""
        stack, logical_id, resource = self.one_of(which)
        self._count("redeploy")
        self._update(stack, {logical_id: _touched(resource)}, how)

    @rule(which=anything, whole=st.booleans(), how=hows)
    def remove(self, which: int, whole: bool, how: How) -> None:
        """Take a resource out of its stack, or delete the stack: it may be made again."""
        stack, logical_id, _ = self.one_of(which)
        self._count("delete stack" if whole else "remove")
        if whole:
            self.cloud.delete(stack.name, how)
        else:
            self._deploy(stack.name, {logical_id: None}, how)

    @rule(place=anything, context=anything, change=anything, how=hows)
    def take_over(self, place: int, context: int, change: int, how: How) -> None:
        """Name a context by existing_context_id: one that exists, and that no other resource has, or none."""
        self._count("take over")
        name, logical_id = PLACES[place % len(PLACES)]
        stack, own = self.cloud.stacks.get(name), family(name, logical_id)
        if stack and logical_id in stack.lost:
            return
        chosen = (0, "999", "Lead")
        if context and (held := self._not_of_others(own)):
            chosen = held[context % len(held)]
        engagement, identifier, type_ = chosen
        spec = next(kind for kind in KINDS if kind.type == type_)(own)
        declared = self.declared(engagement, payloads.changed(spec, change), identifier=identifier)
        self._deploy(name, {logical_id: declared}, how)

    def _not_of_others(self, own: str) -> list[tuple[int, str, str]]:
        return [
            (number, each["Id"], each["Type"])
            for number, engagement in enumerate(self.world.engagements)
            for each in self.world.contexts(engagement)
            if self.oracle.book.contexts[engagement, each["Id"]].family in (None, own)
            # Nor one that a colleague made for another declaration to adopt.
            and any(name in str(each["Payload"]) for name in (own, STRANGER))
        ]

    # What Lambda, AWS, colleagues and time do.

    @rule(which=anything, delivery=deliveries, order=st.lists(st.integers(0, 1), max_size=4).map(tuple))
    def repeat(self, which: int, delivery: Delivery, order: tuple[int, ...]) -> None:
        """Deliver an event again that no later one for the same resource has followed."""
        self.one_of(which)
        self._count("repeat")
        requests = [self.cloud.latest[each] for each in sorted(self.cloud.latest)]
        request = requests[which % len(requests)]
        kept = self.oracle.book.of(request.declared.engagement, request.declared.identifier or "")
        if kept is None or kept.family in (None, request.family):
            # Otherwise two stacks name the same context, and the later one of them has it.
            self.cloud.repeat(request, delivery, order)

    @rule(what=st.sampled_from((*FOREIGN, "copy", 100, 1000, 40000)), engagement=engagements, number=anything)
    def meanwhile(self, what: str | int, engagement: int, number: int) -> None:
        """Let time pass, AWS write, or a colleague make in the console just what a stack may declare."""
        self._count("meanwhile")
        identifier = self.world.engagements[engagement]
        changed = None
        if isinstance(what, int):
            self.world.clock.advance(what)
        elif what == "copy":
            own = family(*PLACES[number % len(PLACES)])
            spec = self.memory[own].spec if own in self.memory else KINDS[number % 3](own)
            self.world.tell(f"a colleague makes {spec} in {identifier}", depth=0)
            self.world.add_stranger(identifier, spec)
            self.oracle.aws_wrote(identifier, None)
        else:
            changed = self.world.write_as_aws(identifier, what, number)
            self.world.tell(f"AWS writes to {identifier}: {what} {changed or ''}", depth=0)
            self.oracle.aws_wrote(identifier, changed)

    @invariant()
    def at_rest(self) -> None:
        """Check what holds between two steps."""
        if self.begun:
            self.steps += 1
            self.oracle.rest()

    def teardown(self) -> None:
        """Deploy everything once more, when all trouble is over, unless something broke; add up what happened."""
        if not self.begun:
            return
        if not self.oracle.broke:
            self.world.clock.advance(1000)
            for stack, logical_id, resource in self.live():
                self.world.tell("AT LAST, calmly:", depth=0)
                self._update(stack, {logical_id: _touched(resource)}, How())
            self.oracle.rest()
        TALLY.update(self.world.counts)
        TALLY["histories"] += 1
        TALLY["histories of full length"] += self.steps >= STEPS
        TALLY["steps"] += self.steps


def _touched(resource: Resource) -> Declared:
    return replace(resource.declared, control=resource.declared.control + 1)
