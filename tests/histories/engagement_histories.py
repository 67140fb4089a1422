"""Histories of engagements, and of contexts in these engagements. Hypothesis draws the steps.

The steps are actions of developers, CloudFormation, Lambda, colleagues and other accounts.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from cdk_partnercentral_local import Behavior
from tests.histories import payloads
from tests.histories.cloudformation import Resource, Stack
from tests.histories.engagements import DESCRIPTIONS, FLAWS, STYLES, TITLES, EngagementDeclaration
from tests.histories.events import ACCOUNT, Declaration, owner
from tests.histories.faults import NO_INCIDENTS, Delivery, Deployment, engagement_deliveries, engagement_deployments
from tests.histories.history import STACKS, History, with_new_timeout
from tests.histories.payloads import SPECS
from tests.histories.service_behaviors import engagement_behaviors

ENGAGEMENTS = ("E1", "E2", "E3")
CONTEXTS = ("L1", "L2")
PLACES = tuple((name, logical_id) for name in STACKS for logical_id in ENGAGEMENTS)
OTHER_CREATORS = ("444455556666", "aws")

choices = st.integers(0, 11)
engagements = st.builds(
    EngagementDeclaration,
    catalog=st.sampled_from(("Sandbox", "Sandbox", "AWS")),
    title_number=st.integers(0, TITLES - 1),
    description_number=st.integers(0, len(DESCRIPTIONS) - 1),
    style=st.integers(0, len(STYLES) - 1),
    adopt_existing=st.sampled_from((True, True, True, True, False)),
)


class EngagementHistory(History):
    """The state machine that runs one history of engagements."""

    subject = "engagements"

    @initialize(behavior=engagement_behaviors, jitter_seed=st.integers(0, 3), shows_old_template=st.booleans())
    def begin(self, behavior: Behavior, jitter_seed: int, shows_old_template: bool) -> None:
        """Create the environment."""
        self.set_up(behavior, jitter_seed, shows_old_template=shows_old_template)
        self.created_outside: EngagementDeclaration | None = None

    # Resources and declarations.

    def engagement(self, choice: int) -> tuple[Stack, str, Resource]:
        """Return an engagement of a stack, with the stack and the logical ID. If none exists, deploy one without faults.

        If the deployment fails because two equal engagements exist, create another one without adoption.
        """
        for adopts in (True, False):
            found = [each for each in self.resources() if isinstance(each[2].declared, EngagementDeclaration)]
            if found:
                return found[choice % len(found)]
            for name in sorted(self.cloudformation.stacks):
                self.cloudformation.delete(name, NO_INCIDENTS)
            declared = EngagementDeclaration(catalog="Sandbox", adopt_existing=adopts)
            self.deploy("A", {ENGAGEMENTS[0]: declared}, NO_INCIDENTS)
        return self.resources()[0]

    def contexts(self, stack: Stack, engagement: str) -> dict[str, Declaration]:
        """Return the declarations of the contexts in an engagement of a stack, keyed by logical ID."""
        return {
            each: resource.declared
            for each, resource in stack.resources.items()
            if each in CONTEXTS and each not in stack.leaving and resource.declared.of == engagement
        }

    def is_declared(self, name: str, logical_id: str, declared: EngagementDeclaration) -> bool:
        """Whether another resource of a stack declares an equal engagement. The construct rejects two equal ones."""
        stack = self.cloudformation.stacks.get(name)
        return any(
            resource.declared.key == declared.key
            for each, resource in (stack.resources.items() if stack else ())
            if each != logical_id and isinstance(resource.declared, EngagementDeclaration)
        )

    # Actions of developers.

    @rule(
        place=choices,
        declared=engagements,
        again=st.booleans(),
        has_token=st.sampled_from((False, False, True)),
        flaw=st.sampled_from((*[None] * 8, *FLAWS)),
        with_context=st.sampled_from((True, True, False)),
        deployment=engagement_deployments,
    )
    def declare(
        self,
        place: int,
        declared: EngagementDeclaration,
        again: bool,
        has_token: bool,
        flaw: str | None,
        with_context: bool,
        deployment: Deployment,
    ) -> None:
        """Declare an engagement in a new or an existing stack, with or without a context in it.

        If `again` is True, the engagement is equal to the latest one that a colleague or another account created.
        """
        free = [each for each in PLACES if self.is_free(*each)]
        if not free:
            self.remove(place, True, deployment)
            free = [each for each in PLACES if self.is_free(*each)]
        name, logical_id = free[place % len(free)]
        declared = self.created_outside if again and self.created_outside else declared
        if self.is_declared(name, logical_id, declared):
            return
        self.begin_step("declare")
        # A later declaration in the same place sends the same token again.
        token = f"Token{owner(name, logical_id)}" if has_token else None
        changes: dict[str, Any] = {logical_id: replace(declared, client_token=token, flaw=flaw)}
        contexts = [each for each in CONTEXTS if self.is_free(name, each)]
        if with_context and contexts:
            changes[contexts[0]] = _context(name, contexts[0], logical_id, place)
        self.deploy(name, changes, deployment)

    @rule(choice=choices, edit=st.sampled_from((0, 0, 1, 1, *range(2, 11))), deployment=engagement_deployments)
    def edit(self, choice: int, edit: int, deployment: Deployment) -> None:
        """Edit the declaration of an engagement. If its title or description changes, the deployment fails."""
        stack, logical_id, resource = self.engagement(choice)
        self.begin_step("edit")
        declared = _edited(resource, edit, choice, owner(stack.name, logical_id))
        if not self.is_declared(stack.name, logical_id, declared):
            self.update(stack, {logical_id: declared}, deployment)

    @rule(choice=choices, catalog=st.sampled_from(("Sandbox", "AWS")), deployment=engagement_deployments)
    def change_catalog(self, choice: int, catalog: str, deployment: Deployment) -> None:
        """Change the catalog of an engagement, possibly back to an earlier one. The contexts in it move with it."""
        stack, logical_id, resource = self.engagement(choice)
        self.begin_step("change catalog")
        declared = replace(resource.declared, catalog=catalog)
        if not self.is_declared(stack.name, logical_id, declared):
            self.update(stack, {logical_id: declared}, deployment)

    @rule(choice=choices, edit=choices, deployment=engagement_deployments)
    def edit_context(self, choice: int, edit: int, deployment: Deployment) -> None:
        """Declare a context in an engagement, edit its payload, remove it, or move it to another engagement."""
        stack, logical_id, _ = self.engagement(choice)
        self.begin_step("edit context")
        context = CONTEXTS[choice % len(CONTEXTS)]
        current = stack.resources.get(context)
        if self.is_free(stack.name, context):
            changes: Mapping[str, Any] = {context: _context(stack.name, context, logical_id, edit)}
        elif current is None or context in stack.leaving:
            return
        elif edit == 0:
            changes = {context: None}
        else:
            spec = payloads.edited(current.declared.spec, edit)
            changes = {context: replace(current.declared, of=logical_id, spec=spec)}
        self.deploy(stack.name, changes, deployment)

    @rule(choice=choices, style=st.integers(0, len(STYLES) - 1), deployment=engagement_deployments)
    def rename(self, choice: int, style: int, deployment: Deployment) -> None:
        """Rename the construct of an engagement, and possibly write its texts in another way."""
        stack, logical_id, resource = self.engagement(choice)
        free = [each for each in ENGAGEMENTS if self.is_free(stack.name, each)]
        if not free:
            return
        self.begin_step("rename")
        new = free[choice % len(free)]
        contexts = {each: replace(one, of=new) for each, one in self.contexts(stack, logical_id).items()}
        renamed = replace(resource.declared, style=style)
        self.deploy(stack.name, {logical_id: None, new: renamed, **contexts}, deployment)

    @rule(choice=choices, whole_stack=st.booleans(), deployment=engagement_deployments)
    def remove(self, choice: int, whole_stack: bool, deployment: Deployment) -> None:
        """Remove an engagement and the contexts in it, or delete the stack. A later step can create them again."""
        stack, logical_id, _ = self.engagement(choice)
        self.begin_step("delete stack" if whole_stack else "remove")
        if whole_stack:
            self.cloudformation.delete(stack.name, deployment)
        else:
            self.deploy(stack.name, dict.fromkeys((*self.contexts(stack, logical_id), logical_id)), deployment)

    # Actions of Lambda, colleagues and other accounts, and the passing of time.

    @rule(choice=choices, delivery=engagement_deliveries, order=st.lists(st.integers(0, 1), max_size=4).map(tuple))
    def deliver_again(self, choice: int, delivery: Delivery, order: tuple[int, ...]) -> None:
        """Deliver an event again after its operation has ended, possibly after later events of the same resource."""
        events = self.cloudformation.repeatable()
        if events:
            self.begin_step("deliver again")
            self.cloudformation.deliver_again(events[choice % len(events)], delivery, order)

    @rule(
        action=st.sampled_from((100, 1000, 40000, *("create", "create as another account") * 2)),
        declared=engagements,
        choice=choices,
    )
    def act_outside(self, action: str | int, declared: EngagementDeclaration, choice: int) -> None:
        """Let time pass, or let a colleague or another account create an engagement that a stack might declare."""
        self.begin_step("act outside of the stacks")
        if isinstance(action, int):
            self.simulation.clock.advance(action)
        else:
            creator = ACCOUNT if action == "create" else OTHER_CREATORS[choice % len(OTHER_CREATORS)]
            self.simulation.add_equal_engagement(declared, creator)
            self.created_outside = declared


def _context(name: str, logical_id: str, engagement: str, choice: int) -> Declaration:
    # Each place has a payload of its own, so that no context is equal to one of another resource.
    spec = SPECS[choice % 2](f"{name}{logical_id}".lower())
    return Declaration(engagement="", catalog="", of=engagement, spec=spec)


def _edited(resource: Resource, edit: int, choice: int, own: str) -> EngagementDeclaration:
    declared: EngagementDeclaration = resource.declared
    edits: Mapping[int, Mapping[str, Any]] = {
        0: {"title_number": (declared.title_number + 1) % TITLES},
        1: {"description_number": (declared.description_number + 1) % len(DESCRIPTIONS)},
        2: {"style": choice % len(STYLES)},
        3: {"style": (declared.style + 1) % len(STYLES)},
        4: {"client_token": f"Token{choice}{own}"},
        5: {"adopt_existing": not declared.adopt_existing},
        6: {"flaw": FLAWS[choice % len(FLAWS)]},
        7: {"description_number": {0: 1, 1: 0}.get(declared.description_number, declared.description_number)},
    }
    if edit in edits:
        return replace(declared, **{"flaw": None, **edits[edit]})
    restored: EngagementDeclaration = with_new_timeout(resource) if edit == 8 else resource.stable
    return restored
