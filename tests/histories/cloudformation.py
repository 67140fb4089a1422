"""A simulation of CloudFormation: stacks, deployments, rollbacks, and the custom resource events that they cause.

The simulation sends the events to the function and processes the responses of the function. This module does not access Partner
Central.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.histories.clock import SECOND
from tests.histories.engagements import EngagementDeclaration
from tests.histories.events import ACCOUNT, AnyDeclaration, Declaration, Event, owner
from tests.histories.faults import NO_FAULTS, Delivery, Deployment, Faults
from tests.histories.function import Function
from tests.histories.invocation import Invocation
from tests.histories.oracle import Oracle
from tests.histories.simulation import Simulation, StackView

SERVICE_TIMEOUT = 3000  # seconds
LAMBDA_RETRY_DELAYS = (60, 120)  # seconds
MAXIMUM_EVENT_AGE = 2040  # seconds; Lambda discards older events


@dataclass(kw_only=True)
class Resource:
    """A resource of a stack.

    Attributes:
        declared: The declaration in the latest event, even if this event failed. After a rollback, this is the restored
            declaration.
        stable: The declaration from the latest successful deployment. A rollback restores this declaration.
        physical_id: The physical ID.
        was_created: False if the Create failed in a deployment without rollback. The next deployment then sends a new Create.
    """

    declared: AnyDeclaration
    stable: AnyDeclaration
    physical_id: str
    was_created: bool = True


@dataclass(kw_only=True)
class Stack:
    """A stack.

    Attributes:
        view: The state of the stack, as CloudFormation's API returns it.
        abandoned: The logical IDs of resources whose rollback failed. The state of these resources is unknown, so no later
            step uses the IDs.
        leaving: The logical IDs of the resources that a failed deployment without rollback did not remove. The next
            deployment removes these resources.
    """

    name: str
    id: str
    view: StackView
    resources: dict[str, Resource] = field(default_factory=dict)
    abandoned: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A stack operation that is in progress."""

    stack: Stack
    deployment: Deployment
    deliveries: Iterator[Delivery]

    def next_delivery(self) -> Delivery:
        """Return the next drawn delivery, or a delivery without faults if no drawn delivery is left."""
        return next(self.deliveries, Delivery())


@dataclass(kw_only=True)
class Change:
    """The result of a stack operation for one resource.

    Attributes:
        event: The Create or Update event.
        before: The resource before the operation, or None if the operation created it.
        response: The response that CloudFormation received, or None if there was no response.
    """

    event: Event
    before: Resource | None
    response: dict[str, Any] | None

    @property
    def succeeded(self) -> bool:
        """Whether CloudFormation received a response with the Status SUCCESS."""
        return self.response is not None and self.response["Status"] == "SUCCESS"

    @property
    def physical_id(self) -> str:
        """The resource's physical ID after the change."""
        if self.response:
            return str(self.response["PhysicalResourceId"])
        # CloudFormation generates a physical ID if it receives no response to a Create.
        return self.before.physical_id if self.before else f"generated-{self.event.number}"


class CloudFormation:
    """The simulated CloudFormation of one history.

    Attributes:
        stacks: The stacks that exist, keyed by name.
        events: The Create and Update events, in order.
        shows_old_template: Whether GetTemplate returns the old template during a rollback.
    """

    def __init__(self, simulation: Simulation, oracle: Oracle) -> None:
        self.stacks: dict[str, Stack] = {}
        self.events: list[Event] = []
        self.shows_old_template = True
        self._simulation = simulation
        self._oracle = oracle
        self._function = Function(simulation)
        self._numbers = itertools.count(1)
        self._sent_at: dict[int, int] = {}
        self._stack_ids = 0

    def deploy(self, name: str, changes: Mapping[str, AnyDeclaration | None], deployment: Deployment) -> None:
        """Create or update a stack, and roll back if a resource fails.

        Args:
            name: The stack's name.
            changes: The new declarations, keyed by logical ID. The value None removes the resource.
            deployment: The options and faults of the deployment.
        """
        stack = self.stacks.get(name)
        is_new = stack is None
        if stack is None:
            self._stack_ids += 1
            stack_id = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/{name}/{self._stack_ids}"
            view = self._simulation.stacks[stack_id] = StackView(as_yaml=self._stack_ids % 2 == 0)
            stack = self.stacks[name] = Stack(name=name, id=stack_id, view=view)
        verb = "creates" if is_new else "updates"
        self._record(f"CloudFormation {verb} stack {name}", "(another resource will fail)" * deployment.fails)
        operation = Operation(stack=stack, deployment=deployment, deliveries=iter(deployment.deliveries))
        failed = {each: resource.declared for each, resource in stack.resources.items() if not resource.was_created}
        changes = {**failed, **dict.fromkeys(stack.leaving), **changes}
        old_template = stack.view.template
        declared = frozenset(each for each, value in changes.items() if value is not None)
        stack.view.template = (old_template | declared) - (changes.keys() - declared)
        done, succeeded = self._provision(operation, changes)
        if succeeded and not deployment.fails:
            stack.leaving.clear()
            self._clean_up(operation, changes, done)
        elif deployment.rolls_back:
            self._record(f"CloudFormation rolls back stack {name}")
            self._simulation.counts["stack rolled back"] += 1
            if self.shows_old_template:
                stack.view.template = old_template
            for change in done:
                self._roll_back(operation, change)
            stack.view.template = old_template
            if is_new:
                del self.stacks[name]
        else:
            self._record(f"CloudFormation does not roll back stack {name}")
            self._simulation.counts["stack not rolled back"] += 1
            self._leave_failed(operation, changes, done)

    def delete(self, name: str, deployment: Deployment) -> None:
        """Delete a stack."""
        stack = self.stacks.pop(name)
        self._record(f"CloudFormation deletes stack {name}")
        operation = Operation(stack=stack, deployment=deployment, deliveries=iter(deployment.deliveries))
        for logical_id, resource in stack.resources.items():
            self._delete(operation, logical_id, resource)
            self._oracle.on_removed(owner(name, logical_id))
            self._show(stack, logical_id, resource.physical_id, "DELETE_COMPLETE")

    def repeatable(self) -> list[Event]:
        """Return the latest events that Lambda can deliver again after their operations have ended.

        The result does not contain an Update if a later event of the same resource followed, or if the resource was removed. To
        recognize a repetition of an Update, the function would have to call CloudFormation in each Update.
        """
        oldest = self._simulation.clock.now - MAXIMUM_EVENT_AGE * SECOND
        return [
            event
            for event in self.events[-8:]
            if self._sent_at[event.number] >= oldest and (event.request_type == "Create" or self._is_current(event))
        ]

    def _is_current(self, event: Event) -> bool:
        stack = next((each for each in self.stacks.values() if each.id == event.stack_id), None)
        exists = stack is not None and event.logical_id in stack.resources and event.logical_id not in stack.leaving
        return exists and not self._oracle.ledger.is_superseded(event)

    def deliver_again(self, event: Event, delivery: Delivery, order: Sequence[int]) -> None:
        """Deliver an event again after its operation has ended. CloudFormation ignores the response."""
        self._record(f"event {event.number} is delivered again")
        self._deliver([(event, delivery)], order)
        stack = self.stacks.get(event.owner[0].upper())
        if stack is None or event.logical_id not in stack.resources:
            self._oracle.on_removed(event.owner)

    def _provision(
        self, operation: Operation, changes: Mapping[str, AnyDeclaration | None]
    ) -> tuple[list[Change], bool]:
        """Create and update resources until a resource fails. Return the changes, and whether all changes succeeded."""
        stack, deployment = operation.stack, operation.deployment
        done: list[Change] = []
        for batch in self._batches(operation, changes):
            events = [self._create_or_update(operation, logical_id, declared) for logical_id, declared in batch.items()]
            responses = self._deliver([(event, operation.next_delivery()) for event in events], deployment.order)
            for logical_id, event, response in zip(batch, events, responses, strict=True):
                change = Change(event=event, before=stack.resources.get(logical_id), response=response)
                done.append(change)
                is_create = event.request_type == "Create"
                stack.resources[logical_id] = Resource(
                    declared=event.desired,
                    # If the deployment fails later, the rollback uses `change.before` instead.
                    stable=change.before.stable if change.before and not change.succeeded else event.desired,
                    physical_id=change.physical_id,
                    was_created=change.succeeded or not is_create,
                )
                result = "COMPLETE" if change.succeeded else "FAILED"
                self._show(stack, logical_id, change.physical_id, f"{'CREATE' if is_create else 'UPDATE'}_{result}")
            if not all(change.succeeded for change in done):
                return done, False
        return done, True

    def _batches(
        self, operation: Operation, changes: Mapping[str, AnyDeclaration | None]
    ) -> Iterator[dict[str, AnyDeclaration]]:
        """Yield the declarations to create or update at the same time: first the engagements, and then the contexts."""
        declared = {logical_id: each for logical_id, each in changes.items() if each is not None}
        engagements = {each: new for each, new in declared.items() if isinstance(new, EngagementDeclaration)}
        yield from self._split(operation, engagements)
        # The engagements that these contexts refer to now have their physical IDs.
        contexts = {each: new for each, new in declared.items() if each not in engagements}
        yield from self._split(operation, self._resolved(operation.stack, contexts, changes))

    def _split(
        self, operation: Operation, declared: Mapping[str, AnyDeclaration]
    ) -> Iterator[dict[str, AnyDeclaration]]:
        if operation.deployment.parallel and declared:
            yield dict(declared)
        else:
            yield from ({logical_id: each} for logical_id, each in declared.items())

    def _resolved(
        self, stack: Stack, contexts: Mapping[str, AnyDeclaration], changes: Mapping[str, AnyDeclaration | None]
    ) -> dict[str, AnyDeclaration]:
        """Return the contexts to create or update, with the IDs of the engagements that the stack creates.

        If an engagement was replaced, this includes the contexts that refer to it.
        """
        others = {each: resource.declared for each, resource in stack.resources.items() if each not in changes}
        resolved = {each: _with_engagement(stack, new) for each, new in contexts.items()}
        for each, declared in others.items():
            if (
                not isinstance(declared, EngagementDeclaration)
                and (moved := _with_engagement(stack, declared)) != declared
            ):
                self._simulation.counts["context moved with its engagement"] += 1
                resolved[each] = moved
        return resolved

    def _create_or_update(self, operation: Operation, logical_id: str, desired: AnyDeclaration) -> Event:
        before = operation.stack.resources.get(logical_id)
        if before is None or not before.was_created:
            return self._event(operation, logical_id, request_type="Create", desired=desired)
        return self._update(operation, logical_id, before.physical_id, desired=desired, previous=before.declared)

    def _update(
        self,
        operation: Operation,
        logical_id: str,
        physical_id: str,
        *,
        desired: AnyDeclaration,
        previous: AnyDeclaration,
    ) -> Event:
        return self._event(
            operation,
            logical_id,
            request_type="Update",
            desired=desired,
            previous=previous,
            physical_id=physical_id,
        )

    def _clean_up(
        self, operation: Operation, changes: Mapping[str, AnyDeclaration | None], done: Sequence[Change]
    ) -> None:
        """Delete the previous resource of each replacement, and the resources that are no longer declared."""
        for change in done:
            if change.before and change.before.physical_id != change.physical_id:
                self._simulation.counts["replaced"] += 1
                self._delete(operation, change.event.logical_id, change.before)
        for logical_id, declared in changes.items():
            if declared is None:
                resource = operation.stack.resources.pop(logical_id)
                self._delete(operation, logical_id, resource)
                self._oracle.on_removed(owner(operation.stack.name, logical_id))
                self._show(operation.stack, logical_id, resource.physical_id, "DELETE_COMPLETE")

    def _leave_failed(
        self, operation: Operation, changes: Mapping[str, AnyDeclaration | None], done: Sequence[Change]
    ) -> None:
        """Do not roll back, as with `cdk deploy --no-rollback`. The next deployment continues from this state."""
        stack = operation.stack
        stack.view.template |= {each for each in stack.resources if each not in changes}
        stack.view.template -= {each for each in changes if each not in stack.resources}
        for logical_id, declared in changes.items():
            if declared is None:
                stack.leaving.add(logical_id)
                self._oracle.on_removed(owner(stack.name, logical_id))
        for change in done:
            if not change.succeeded:
                self._oracle.on_failed(change.event)
            elif change.before and change.before.was_created and change.before.physical_id != change.physical_id:
                self._simulation.counts["replaced"] += 1

    def _show(self, stack: Stack, logical_id: str, physical_id: str, status: str) -> None:
        stack.view.resources[logical_id] = physical_id, status

    def _roll_back(self, operation: Operation, change: Change) -> None:
        stack, logical_id, before = operation.stack, change.event.logical_id, change.before
        failed = Resource(declared=change.event.desired, stable=change.event.desired, physical_id=change.physical_id)
        if before is None or not before.was_created:
            del stack.resources[logical_id]
            self._delete(operation, logical_id, failed)
            self._oracle.on_removed(owner(stack.name, logical_id))
            self._show(stack, logical_id, failed.physical_id, "DELETE_COMPLETE")
            return
        restored = before.stable if change.event.is_engagement else _with_engagement(stack, before.stable)
        event = self._update(operation, logical_id, failed.physical_id, desired=restored, previous=failed.declared)
        response = self._deliver([(event, operation.next_delivery())], operation.deployment.order)[0]
        rollback = Change(event=event, before=failed, response=response)
        if not rollback.succeeded:
            self._record(f"UPDATE_ROLLBACK_FAILED: {logical_id} of stack {stack.name} is not used again")
            self._simulation.counts["rollback failed"] += 1
            del stack.resources[logical_id]
            stack.abandoned.add(logical_id)
            self._oracle.on_removed(owner(stack.name, logical_id))
            self._show(stack, logical_id, rollback.physical_id, "UPDATE_FAILED")
            return
        self._simulation.counts["update rolled back"] += 1
        stack.resources[logical_id] = Resource(declared=restored, stable=restored, physical_id=rollback.physical_id)
        self._show(stack, logical_id, rollback.physical_id, "UPDATE_COMPLETE")
        if rollback.physical_id != failed.physical_id:
            self._simulation.counts["replacement rolled back"] += 1
            self._delete(operation, logical_id, failed)

    def _delete(self, operation: Operation, logical_id: str, resource: Resource) -> None:
        if not operation.deployment.sends_delete:
            self._record(f"DELETE_SKIPPED {resource.physical_id}")
            return
        event = self._event(
            operation,
            logical_id,
            request_type="Delete",
            desired=resource.declared,
            physical_id=resource.physical_id,
        )
        self._deliver([(event, operation.next_delivery())], operation.deployment.order)

    def _event(self, operation: Operation, logical_id: str, **rest: Any) -> Event:
        stack = operation.stack
        number = next(self._numbers)
        event = Event(
            number=number,
            request_id=f"request-{1 if operation.deployment.reuses_request_id else number}",
            stack_id=stack.id,
            owner=owner(stack.name, logical_id),
            logical_id=logical_id,
            **rest,
        )
        self._sent_at[number] = self._simulation.clock.now
        self._oracle.on_event(event)
        if event.request_type != "Delete":
            self.events.append(event)
            self._show(stack, logical_id, event.physical_id or "", f"{event.request_type.upper()}_IN_PROGRESS")
        return event

    def _deliver(self, events: Sequence[tuple[Event, Delivery]], order: Sequence[int]) -> list[dict[str, Any] | None]:
        """Deliver events concurrently, and let Lambda retry failed invocations.

        Returns:
            A list with one item for each event: the first response that CloudFormation received, or None without a response.
        """
        started = self._simulation.clock.now
        first: list[list[Invocation]] = []
        alone = len(events) == 1 and events[0][1].duplicate is None
        for event, delivery in events:
            self._record(f"CloudFormation -> {event}")
            invocations = [self._invocation(event, next(iter(delivery.invocations), NO_FAULTS), alone=alone)]
            if delivery.duplicate:
                self._simulation.counts["duplicate delivery"] += 1
                invocations.append(self._invocation(event, delivery.duplicate, alone=False))
            first.append(invocations)
        self._invoke([each for invocations in first for each in invocations], order)
        responses: list[Any] = []
        for (event, delivery), invocations in zip(events, first, strict=True):
            in_order = sorted(invocations, key=lambda invocation: invocation.received_at)
            received = [each.received for each in in_order if each.received]
            if invocations[0].crashed or invocations[0].error:
                received += self._retry(event, delivery)
            responses.append(json.loads(received[0]) if received else None)
            if received and responses[-1]["Status"] == "SUCCESS":
                self._oracle.on_answered(event)
        if None in responses:
            self._record("no response: CloudFormation's ServiceTimeout expires")
            self._simulation.counts["no response"] += 1
            self._simulation.clock.advance_to(max(self._simulation.clock.now, started + SERVICE_TIMEOUT * SECOND))
        return responses

    def _retry(self, event: Event, delivery: Delivery) -> list[bytes]:
        """Let Lambda retry an event whose invocation failed. Return the responses that CloudFormation received."""
        if not delivery.retries:
            return []
        received = []
        for attempt, delay in enumerate(LAMBDA_RETRY_DELAYS, start=1):
            self._simulation.clock.advance(delay)
            if self._simulation.clock.now - self._sent_at[event.number] > MAXIMUM_EVENT_AGE * SECOND:
                break
            self._record(f"Lambda retries event {event.number}")
            self._simulation.counts["retried by Lambda"] += 1
            faults = delivery.invocations[attempt] if len(delivery.invocations) > attempt else NO_FAULTS
            invocation = self._invocation(event, faults, alone=True)
            self._invoke([invocation])
            if invocation.received:
                received.append(invocation.received)
            if not invocation.crashed and not invocation.error:
                break
        return received

    def _invocation(self, event: Event, faults: Faults, *, alone: bool) -> Invocation:
        return Invocation(self._simulation, self._oracle, event, faults, alone=alone)

    def _invoke(self, invocations: Sequence[Invocation], order: Sequence[int] = ()) -> None:
        if len(invocations) > 1:
            self._simulation.counts["concurrent invocations"] += 1
        self._function.invoke(invocations, order)
        for invocation in invocations:
            self._oracle.after_invocation(invocation)
        self._oracle.raise_violation()

    def _record(self, *parts: Any) -> None:
        self._simulation.record(*parts, depth=1)


def _with_engagement(stack: Stack, declared: Declaration) -> Declaration:
    """Return the declaration of a context with the engagement that the stack creates for it, if there is one."""
    creator = stack.resources.get(declared.of or "")
    if creator is None:
        return declared
    catalog, _, engagement = creator.physical_id.partition("/")
    return replace(declared, catalog=catalog, engagement=engagement)
