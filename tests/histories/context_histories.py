"""Histories of contexts. Hypothesis draws the steps: actions of developers, CloudFormation, Lambda, AWS and colleagues."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from cdk_partnercentral_local import Behavior
from tests.histories import payloads
from tests.histories.cloudformation import Resource, Stack
from tests.histories.events import Declaration, owner
from tests.histories.faults import FOREIGN_WRITES, NO_INCIDENTS, Delivery, Deployment, deliveries, deployments
from tests.histories.history import STACKS, History, with_new_timeout
from tests.histories.payloads import SPECS, Lead, Spec
from tests.histories.service_behaviors import behaviors
from tests.histories.simulation import CATALOGS, NO_DEAL

LOGICAL_IDS = ("L1", "L2", "L3")
DEALS = 5  # for each stack
PLACES = tuple((name, logical_id) for name in STACKS for logical_id in LOGICAL_IDS)

choices = st.integers(0, 11)
client_tokens = st.sampled_from((None, None, None, 1, 2))
types = st.sampled_from((0, 0, 0, 1, 1, 1, 1, 2, 3))
engagements = st.integers(0, len(CATALOGS) - 1)


class ContextHistory(History):
    """The state machine that runs one history of contexts."""

    subject = "contexts"

    @initialize(
        behavior=behaviors,
        jitter_seed=st.integers(0, 3),
        adopt_existing=st.sampled_from((True, True, False)),
        shows_old_template=st.booleans(),
    )
    def begin(self, behavior: Behavior, jitter_seed: int, adopt_existing: bool, shows_old_template: bool) -> None:
        """Create the environment. All declarations of the history use this value of `adopt_existing`."""
        self.set_up(behavior, jitter_seed, shows_old_template=shows_old_template)
        self.adopt_existing = adopt_existing
        self.deployed: dict[str, Declaration] = {}  # the latest deployed declaration of each owner
        for engagement in self.simulation.engagements[:2]:
            for write in ("context", "lead"):
                self.simulation.write_as_aws(engagement, write, 1)
                self.oracle.on_foreign_write(engagement, None)

    # Resources and declarations.

    def free_places(self) -> list[tuple[str, str]]:
        """Return the places without a resource. A place is a stack's name and a logical ID."""
        return [place for place in PLACES if self.is_free(*place)]

    def free_deal(self, name: str, choice: int) -> str:
        """Return a deal that no resource of a stack declares. The construct rejects two equal contexts in one stack."""
        used = self._deals(name)
        free = [deal for deal in (f"{name.lower()}{number}" for number in range(DEALS)) if deal not in used]
        return free[choice % len(free)]

    def resource(self, choice: int) -> tuple[Stack, str, Resource]:
        """Return the resource that `choice` selects, with its stack and its logical ID.

        If no resource exists, deploy a new resource without faults. If this fails, deploy the resource to a new engagement.
        """
        spec = SPECS[choice % 2]("a0")
        if not self.resources():
            for name in sorted(self.cloudformation.stacks):
                self.cloudformation.delete(name, NO_INCIDENTS)
            self.deploy("A", {"L1": self.declaration(choice % 3, spec)}, NO_INCIDENTS)
        if not self.resources():
            engagement = self.simulation.add_engagement()
            self.deploy("A", {"L1": self.declaration(engagement, spec)}, NO_INCIDENTS)
        resources = self.resources()
        return resources[choice % len(resources)]

    def declaration(self, engagement: int, spec: Spec, **rest: Any) -> Declaration:
        """Return a declaration that uses this history's `adopt_existing`."""
        return Declaration(
            engagement=self.simulation.engagements[engagement],
            catalog=CATALOGS[engagement % len(CATALOGS)],
            spec=spec,
            adopt_existing=self.adopt_existing,
            **rest,
        )

    def deploy(self, name: str, changes: Mapping[str, Declaration | None], deployment: Deployment) -> None:
        """Deploy new declarations to a stack, and remember those that can be deployed again."""
        super().deploy(name, changes, deployment)
        stack = self.cloudformation.stacks.get(name)
        for logical_id, declared in changes.items():
            if (
                declared
                and not declared.spec.flaw
                and not declared.existing_context_id
                and stack
                and logical_id in stack.resources
            ):
                own = replace(declared, client_token=None)
                self.deployed[owner(name, logical_id)] = own

    # Actions of developers.

    @rule(
        place=choices,
        engagement=engagements,
        type_=types,
        edit=choices,
        again=st.booleans(),
        both=st.booleans(),
        by_arn=st.booleans(),
        client_token=client_tokens,
        deployment=deployments,
    )
    def declare(self, place: int, again: bool, both: bool, deployment: Deployment, **properties: Any) -> None:
        """Declare one or two resources in a new or an existing stack.

        If `again` is True, repeat the earlier declaration of each resource that was deployed before.
        """
        free = self.free_places()
        if not free:
            self.remove(place, True, deployment)
            free = self.free_places()
        self.begin_step("declare")
        name, logical_id = free[place % len(free)]
        others = [each for each in LOGICAL_IDS if both and each != logical_id and (name, each) in free][:1]
        changes: dict[str, Declaration | None] = {}
        for number, each in enumerate((logical_id, *others)):
            own = owner(name, each)
            deal = self.free_deal(name, place + number)
            earlier = self.deployed.get(own) if again else None
            if earlier and earlier.spec.deal in self._deals(name):
                earlier = None
            self.simulation.counts["declared again"] += bool(earlier)
            changes[each] = earlier or self._new_declaration(own, deal, **properties)
        deals = [declared.spec.deal for declared in changes.values() if declared]
        if len(set(deals)) == len(deals):
            self.deploy(name, changes, deployment)

    def _deals(self, name: str) -> set[str]:
        stack = self.cloudformation.stacks.get(name)
        return {resource.declared.spec.deal for resource in stack.resources.values()} if stack else set()

    def _new_declaration(
        self, own: str, deal: str, *, engagement: int, type_: int, edit: int, by_arn: bool, client_token: int | None
    ) -> Declaration:
        spec = SPECS[type_](deal)
        return self.declaration(
            engagement,
            payloads.edited(spec, edit) if edit > 5 else spec,
            by_arn=by_arn,
            client_token=f"Token{client_token}{own}" if client_token else None,
        )

    @rule(choice=choices, edit=choices, both=st.booleans(), deployment=deployments)
    def edit_payload(self, choice: int, edit: int, both: bool, deployment: Deployment) -> None:
        """Edit the payload of one resource, or the payloads of all resources in its stack."""
        stack, logical_id, _ = self.resource(choice)
        self.begin_step("edit payload")
        declarations = {
            each: replace(resource.declared, spec=payloads.edited(resource.declared.spec, edit))
            for each, resource in stack.resources.items()
            if each == logical_id or (both and each not in stack.leaving)
        }
        self.update(stack, declarations, deployment)

    @rule(choice=choices, edit=st.integers(0, 4), changed=st.booleans(), deployment=deployments)
    def edit_interactions(self, choice: int, edit: int, changed: bool, deployment: Deployment) -> None:
        """Edit the interactions of a Lead, sometimes after a write by AWS. If no resource is a Lead, edit another payload."""
        self.resource(choice)
        leads = [each for each in self.resources() if each[2].declared.type == "Lead"]
        stack, logical_id, resource = leads[choice % len(leads)] if leads else self.resource(choice)
        self.begin_step("edit interactions")
        if changed and leads:
            self._write_as_aws(resource.declared.engagement, "edit", choice)
        spec = payloads.edited(resource.declared.spec, edit)
        self.update(stack, {logical_id: replace(resource.declared, spec=spec)}, deployment)

    @rule(choice=choices, engagement=engagements, edit=choices, client_token=client_tokens, deployment=deployments)
    def move(self, choice: int, engagement: int, edit: int, client_token: int | None, deployment: Deployment) -> None:
        """Change the engagement that a resource declares, possibly back to an earlier engagement."""
        stack, logical_id, resource = self.resource(choice)
        self.begin_step("move")
        spec = payloads.complete(resource.declared.spec)
        own = owner(stack.name, logical_id)
        moved = self.declaration(
            engagement,
            payloads.edited(spec, edit) if edit > 7 else spec,
            by_arn=resource.declared.by_arn,
            client_token=f"Token{client_token}{own}" if client_token else resource.declared.client_token,
        )
        self.update(stack, {logical_id: moved}, deployment)

    @rule(choice=choices, type_=types, deployment=deployments)
    def change_type(self, choice: int, type_: int, deployment: Deployment) -> None:
        """Change the Type that a resource declares, possibly back to an earlier Type."""
        stack, logical_id, resource = self.resource(choice)
        self.begin_step("change type")
        spec = SPECS[type_](resource.declared.spec.deal)
        declared = replace(resource.declared, spec=spec, existing_context_id=None)
        self.update(stack, {logical_id: declared}, deployment)

    @rule(choice=choices, deployment=deployments)
    def redeploy(self, choice: int, deployment: Deployment) -> None:
        """Change the ServiceTimeout of a resource, which causes an Update that does not change the context."""
        stack, logical_id, resource = self.resource(choice)
        self.begin_step("redeploy")
        self.update(stack, {logical_id: with_new_timeout(resource)}, deployment)

    @rule(choice=choices, whole_stack=st.booleans(), deployment=deployments)
    def remove(self, choice: int, whole_stack: bool, deployment: Deployment) -> None:
        """Remove a resource from its stack, or delete the stack. A later step can create the resource or stack again."""
        stack, logical_id, _ = self.resource(choice)
        self.begin_step("delete stack" if whole_stack else "remove")
        if whole_stack:
            self.cloudformation.delete(stack.name, deployment)
        else:
            self.deploy(stack.name, {logical_id: None}, deployment)

    @rule(place=choices, context=choices, edit=choices, partial=st.booleans(), deployment=deployments)
    def import_context(self, place: int, context: int, edit: int, partial: bool, deployment: Deployment) -> None:
        """Declare `existing_context_id` with the ID of a context that no other resource manages, or with an unused ID.

        If `partial` is True, the declaration of a Lead has no customer. The declaration has interactions only if `edit` adds
        interactions.
        """
        self.begin_step("import context")
        name, logical_id = PLACES[place % len(PLACES)]
        stack = self.cloudformation.stacks.get(name)
        if stack and (logical_id in stack.abandoned or logical_id in stack.leaving):
            return
        selected = (0, "999", "Lead")
        if context and (importable := self._importable_contexts(name, logical_id)):
            selected = importable[context % len(importable)]
        engagement, context_id, type_ = selected
        before = stack.resources.get(logical_id) if stack else None
        deal = before.declared.spec.deal if before else self.free_deal(name, place)
        spec = next(each for each in SPECS if each.type == type_)(deal)
        if partial and isinstance(spec, Lead):
            spec = replace(spec, partial=True, interactions=(), status=1)
        spec = payloads.edited(spec, edit)
        self.simulation.counts["partial import"] += isinstance(spec, Lead) and spec.partial
        declared = self.declaration(engagement, spec, existing_context_id=context_id)
        self.deploy(name, {logical_id: declared}, deployment)

    def _importable_contexts(self, name: str, logical_id: str) -> list[tuple[int, str, str]]:
        managed = {
            physical_id
            for stack in self.cloudformation.stacks.values()
            for each, resource in stack.resources.items()
            if (stack.name, each) != (name, logical_id)
            # A resource whose import failed in a deployment without rollback will import its context later.
            for physical_id in (
                resource.physical_id,
                f"{resource.declared.catalog}/{resource.declared.engagement}/{resource.declared.existing_context_id}",
            )
        }
        return [
            (number, each["Id"], each["Type"])
            for number, engagement in enumerate(self.simulation.engagements)
            for each in self.simulation.contexts(engagement)
            if f"{CATALOGS[number % len(CATALOGS)]}/{engagement}/{each['Id']}" not in managed
            # Skip a context with the payload of another stack, because that stack can adopt the context.
            and any(deal in str(each["Payload"]) for deal in (NO_DEAL, *(f"{name.lower()}{i}" for i in range(DEALS))))
            and not any(
                f" {other.lower()}{i}" in str(each["Payload"])
                for other in STACKS
                if other != name
                for i in range(DEALS)
            )
        ]

    @rule(choice=choices, edit=choices, deployment=deployments)
    def stop_importing(self, choice: int, edit: int, deployment: Deployment) -> None:
        """Select a resource with `existing_context_id`, remove this property, and declare a complete payload."""
        self.resource(choice)
        imported = [each for each in self.resources() if each[2].declared.existing_context_id]
        if not imported:
            return
        stack, logical_id, resource = imported[choice % len(imported)]
        self.begin_step("stop importing")
        spec = payloads.complete(payloads.edited(resource.declared.spec, edit))
        declared = replace(resource.declared, spec=spec, existing_context_id=None)
        self.update(stack, {logical_id: declared}, deployment)

    # Steps that change the logical IDs of constructs.

    @rule(choice=choices, edit=choices, deployment=deployments)
    def rename(self, choice: int, edit: int, deployment: Deployment) -> None:
        """Rename a construct, and sometimes edit its payload at the same time."""
        stack, logical_id, resource = self.resource(choice)
        free = [each for each in LOGICAL_IDS if self.is_free(stack.name, each)]
        if not free:
            return
        self.begin_step("rename")
        spec = resource.declared.spec
        declared = replace(resource.declared, spec=payloads.edited(spec, edit) if edit > 9 else spec)
        self.deploy(stack.name, {logical_id: None, free[choice % len(free)]: declared}, deployment)

    @rule(choice=choices, engagement=engagements, type_=types, deployment=deployments)
    def insert_first(self, choice: int, engagement: int, type_: int, deployment: Deployment) -> None:
        """Insert a deal at the start of a list. The logical IDs are positions, so all other deals get the next ID."""
        stack, listed = self._list(choice)
        if any(each.declared.existing_context_id for each in listed.values()):
            return
        free = [each for each in LOGICAL_IDS if self.is_free(stack.name, each)]
        if not free:
            return
        self.begin_step("insert first")
        spec = SPECS[type_](self.free_deal(stack.name, choice))
        places = sorted([*listed, free[0]])
        declared = [self.declaration(engagement, spec), *(resource.declared for resource in listed.values())]
        self._deploy_list(stack, dict(zip(places, declared, strict=True)), deployment)

    @rule(choice=choices, deployment=deployments)
    def remove_first(self, choice: int, deployment: Deployment) -> None:
        """Remove the first deal of a list. The logical IDs are positions, so all other deals get the previous ID."""
        stack, listed = self._list(choice)
        if any(each.declared.existing_context_id for each in listed.values()):
            return
        self.begin_step("remove first")
        declared = [resource.declared for resource in listed.values()][1:]
        self._deploy_list(stack, dict(zip(listed, [*declared, None], strict=True)), deployment)

    def _list(self, choice: int) -> tuple[Stack, dict[str, Resource]]:
        stack = self.resource(choice)[0]
        return stack, {each: stack.resources[each] for each in sorted(stack.resources) if each not in stack.leaving}

    def _deploy_list(self, stack: Stack, declarations: dict[str, Declaration | None], deployment: Deployment) -> None:
        # Do not move client tokens to other resources, because Partner Central could return the context of the previous
        # resource, and the function cannot always detect this.
        declarations = {each: new and replace(new, client_token=None) for each, new in declarations.items()}
        before = {logical_id: resource.declared for logical_id, resource in stack.resources.items()}
        changes = {each: new for each, new in declarations.items() if new is None or new != before.get(each)}
        self.deploy(stack.name, changes, deployment)

    # Actions of Lambda, AWS and colleagues, and the passing of time.

    @rule(choice=choices, delivery=deliveries, order=st.lists(st.integers(0, 1), max_size=4).map(tuple))
    def deliver_again(self, choice: int, delivery: Delivery, order: tuple[int, ...]) -> None:
        """Deliver an event again after its operation has ended, possibly after later events of the same resource."""
        events = self.cloudformation.repeatable()
        if not events:
            return
        self.begin_step("deliver again")
        event = events[choice % len(events)]
        context = event.desired.existing_context_id or ""
        managers = self.oracle.ledger.managers((event.desired.engagement, context))
        # If the event imports a context that another resource has imported after the event, skip the event.
        if not managers or managers == [event.owner]:
            self.cloudformation.deliver_again(event, delivery, order)

    @rule(action=st.sampled_from((*FOREIGN_WRITES, "copy", 100, 1000, 40000)), engagement=engagements, choice=choices)
    def act_outside(self, action: str | int, engagement: int, choice: int) -> None:
        """Let time pass, let AWS write to an engagement, or let a colleague create a context with a declared payload."""
        self.begin_step("act outside of the stacks")
        engagement_id = self.simulation.engagements[engagement]
        if isinstance(action, int):
            self.simulation.clock.advance(action)
        elif action == "copy":
            name, logical_id = PLACES[choice % len(PLACES)]
            own = owner(name, logical_id)
            spec = (
                self.deployed[own].spec
                if own in self.deployed
                else SPECS[choice % 3](f"{name.lower()}{choice % DEALS}")
            )
            self.simulation.record(f"a colleague creates {spec} in {engagement_id}", depth=0)
            self.simulation.add_context_without_owner(engagement_id, spec)
            self.oracle.on_foreign_write(engagement_id, None)
        else:
            self._write_as_aws(engagement_id, action, choice)

    def _write_as_aws(self, engagement: str, write: str, choice: int) -> None:
        changed = self.simulation.write_as_aws(engagement, write, choice)
        self.simulation.record(f"AWS writes to {engagement}: {write} {changed or ''}", depth=0)
        self.oracle.on_foreign_write(engagement, changed)
