"""CloudFormation as far as a custom resource sees it: stacks, deployments, rollbacks, and what its events carry.

Each deployment sends events to the function and believes what it answers. It knows nothing of Partner Central.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.histories.clock import SECOND
from tests.histories.declared import ACCOUNT, Declared, Request
from tests.histories.function import Function
from tests.histories.oracle import Oracle
from tests.histories.run import Run
from tests.histories.trouble import CALM, Delivery, How, Trouble
from tests.histories.world import World

SERVICE_TIMEOUT = 3000
LAMBDA_PAUSES = (60, 120)


@dataclass(kw_only=True)
class Resource:
    """A resource that CloudFormation has."""

    declared: Declared
    physical_id: str


@dataclass(kw_only=True)
class Stack:
    """A stack. `lost` are the logical ids that a failed rollback left in no known state: their story is over."""

    name: str
    id: str
    resources: dict[str, Resource] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Change:
    """What a deployment did to one resource, as far as it got."""

    request: Request
    was: Resource | None
    answer: dict[str, Any] | None

    @property
    def good(self) -> bool:
        """Whether the function said that it succeeded."""
        return self.answer is not None and self.answer["Status"] == "SUCCESS"

    @property
    def physical_id(self) -> str:
        """The physical id that CloudFormation knows after it."""
        if self.answer:
            return str(self.answer["PhysicalResourceId"])
        # For a Create that is never answered it makes one up.
        return self.was.physical_id if self.was else f"made-up-{self.request.number}"


class CloudFormation:
    """CloudFormation in one world.

    Attributes:
        stacks: those that exist, by name.
        latest: by family, the latest event of a resource that no later one has followed.
    """

    def __init__(self, world: World, oracle: Oracle) -> None:
        self.stacks: dict[str, Stack] = {}
        self.latest: dict[str, Request] = {}
        self._world = world
        self._oracle = oracle
        self._function = Function(world)
        self._number = 0
        self._incarnations = 0

    def deploy(self, name: str, changes: Mapping[str, Declared | None], how: How) -> None:
        """Create or update a stack; roll it back if anything fails.

        Args:
            name: the stack's.
            changes: what is declared by logical id; None: no more.
            how: how it goes.
        """
        stack = self.stacks.get(name)
        new = stack is None
        if stack is None:
            self._incarnations += 1
            identifier = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/{name}/{self._incarnations}"
            stack = self.stacks[name] = Stack(name=name, id=identifier)
        self._tell(f"CloudFormation {'creates' if new else 'updates'} the stack {name}", "and will fail" * how.breaks)
        deliveries = iter(how.deliveries)
        done, good = self._provision(stack, changes, how, deliveries)
        if good and not how.breaks:
            self._clean_up(stack, changes, done, how, deliveries)
            return
        self._tell(f"CloudFormation rolls {name} back")
        self._world.counts["rolled back"] += 1
        for change in done:
            self._undo(stack, change, how, deliveries)
        if new:
            del self.stacks[name]

    def delete(self, name: str, how: How) -> None:
        """Delete a stack."""
        stack = self.stacks.pop(name)
        self._tell(f"CloudFormation deletes the stack {name}")
        deliveries = iter(how.deliveries)
        for logical_id, resource in stack.resources.items():
            self._delete(stack, logical_id, resource.declared, resource.physical_id, how, deliveries)
            self._oracle.gone(family(name, logical_id))

    def repeat(self, request: Request, delivery: Delivery, order: Sequence[int]) -> None:
        """Deliver an event once more, which CloudFormation takes no notice of."""
        self._tell(f"the event of request {request.number} is delivered again")
        self._deliver([(request, delivery)], order)
        stack = self.stacks.get(request.family[0].upper())
        if stack is None or stack.id != request.stack_id or request.logical_id not in stack.resources:
            self._oracle.gone(request.family)

    def _provision(
        self, stack: Stack, changes: Mapping[str, Declared | None], how: How, deliveries: Iterator[Delivery]
    ) -> tuple[list[Change], bool]:
        """Create and update; stop at the first failure, but for what goes on at the same time."""
        wanted = {name: declared for name, declared in changes.items() if declared is not None}
        batches = [list(wanted)] if how.together and wanted else [[name] for name in wanted]
        done: list[Change] = []
        for batch in batches:
            requests = [self._wanted(stack, name, wanted[name], how) for name in batch]
            answers = self._deliver([(request, next(deliveries, Delivery())) for request in requests], how.order)
            for name, request, answer in zip(batch, requests, answers, strict=True):
                change = Change(request=request, was=stack.resources.get(name), answer=answer)
                done.append(change)
                stack.resources[name] = Resource(
                    declared=request.declared if change.good else (change.was or request).declared,
                    physical_id=change.physical_id,
                )
            if not all(change.good for change in done):
                return done, False
        return done, True

    def _wanted(self, stack: Stack, logical_id: str, declared: Declared, how: How) -> Request:
        was = stack.resources.get(logical_id)
        return self._request(
            stack,
            logical_id,
            how,
            kind="Update" if was else "Create",
            declared=declared,
            before=was.declared if was else None,
            physical_id=was.physical_id if was else None,
        )

    def _clean_up(
        self,
        stack: Stack,
        changes: Mapping[str, Declared | None],
        done: Sequence[Change],
        how: How,
        deliveries: Iterator[Delivery],
    ) -> None:
        """Delete what was replaced and what is no longer declared."""
        for change in done:
            if change.was and change.was.physical_id != change.physical_id:
                self._world.counts["replaced"] += 1
                logical_id = change.request.logical_id
                self._delete(stack, logical_id, change.was.declared, change.was.physical_id, how, deliveries)
        for logical_id, declared in changes.items():
            if declared is None:
                resource = stack.resources.pop(logical_id)
                self._delete(stack, logical_id, resource.declared, resource.physical_id, how, deliveries)
                self._oracle.gone(family(stack.name, logical_id))

    def _undo(self, stack: Stack, change: Change, how: How, deliveries: Iterator[Delivery]) -> None:
        logical_id, was = change.request.logical_id, change.was
        if was is None:
            del stack.resources[logical_id]
            self._delete(stack, logical_id, change.request.declared, change.physical_id, how, deliveries)
            self._oracle.gone(family(stack.name, logical_id))
            return
        request = self._request(
            stack,
            logical_id,
            how,
            kind="Update",
            declared=was.declared,
            before=change.request.declared,
            physical_id=change.physical_id,
        )
        answer = self._deliver([(request, next(deliveries, Delivery()))], how.order)[0]
        undone = Change(
            request=request, was=Resource(declared=was.declared, physical_id=change.physical_id), answer=answer
        )
        if not undone.good:
            self._tell(f"UPDATE_ROLLBACK_FAILED: {logical_id} of {stack.name} is given up")
            self._world.counts["rollback failed"] += 1
            del stack.resources[logical_id]
            stack.lost.add(logical_id)
            self._oracle.gone(family(stack.name, logical_id))
            return
        self._world.counts["undone"] += 1
        stack.resources[logical_id] = Resource(declared=was.declared, physical_id=undone.physical_id)
        if undone.physical_id != change.physical_id:
            self._world.counts["a replacement undone"] += 1
            self._delete(stack, logical_id, change.request.declared, change.physical_id, how, deliveries)

    def _delete(
        self,
        stack: Stack,
        logical_id: str,
        declared: Declared,
        physical_id: str,
        how: How,
        deliveries: Iterator[Delivery],
    ) -> None:
        if not how.deletes:
            self._tell(f"DELETE_SKIPPED {physical_id}")
            return
        request = self._request(
            stack, logical_id, how, kind="Delete", declared=declared, before=None, physical_id=physical_id
        )
        self._deliver([(request, next(deliveries, Delivery()))], how.order)

    def _request(self, stack: Stack, logical_id: str, how: How, **rest: Any) -> Request:
        self._number += 1
        request = Request(
            number=self._number,
            request_id=f"request-{1 if how.old_request else self._number}",
            stack_id=stack.id,
            family=family(stack.name, logical_id),
            logical_id=logical_id,
            **rest,
        )
        self.latest[request.family] = request
        self._oracle.begun(request)
        return request

    def _deliver(self, events: Sequence[tuple[Request, Delivery]], order: Sequence[int]) -> list[dict[str, Any] | None]:
        """Deliver events at once, each until a run of it gets through or Lambda gives up; return the first answers."""
        started = self._world.clock.now
        first: list[list[Run]] = []
        alone = len(events) == 1 and events[0][1].twin is None
        for request, delivery in events:
            self._tell(f"CloudFormation -> {request}")
            runs = [self._run(request, next(iter(delivery.runs), CALM), alone=alone)]
            if delivery.twin:
                self._world.counts["delivered twice at once"] += 1
                runs.append(self._run(request, delivery.twin, alone=False))
            first.append(runs)
        self._go([run for runs in first for run in runs], order)
        answers = []
        for (request, delivery), runs in zip(events, first, strict=True):
            received = [run.received for run in runs if run.received]
            if runs[0].died or runs[0].error:
                received += self._repeats(request, delivery)
            answers.append(json.loads(received[0]) if received else None)
        if None in answers:
            self._tell("nobody answered: CloudFormation's ServiceTimeout passes")
            self._world.counts["never answered"] += 1
            self._world.clock.advance_to(max(self._world.clock.now, started + SERVICE_TIMEOUT * SECOND))
        return answers

    def _repeats(self, request: Request, delivery: Delivery) -> list[bytes]:
        """Let Lambda run an event again whose run died or ended in an error; return what CloudFormation received."""
        if not delivery.repeats:
            return []
        received = []
        for attempt, pause in enumerate(LAMBDA_PAUSES, start=2):
            self._world.clock.advance(pause)
            self._tell(f"Lambda repeats the event of request {request.number}")
            self._world.counts["repeated by Lambda"] += 1
            trouble = delivery.runs[attempt - 1] if len(delivery.runs) >= attempt else CALM
            run = self._run(request, trouble, attempt=attempt)
            self._go([run])
            if run.received:
                received.append(run.received)
            if not run.died and not run.error:
                break
        return received

    def _run(self, request: Request, trouble: Trouble, *, attempt: int = 1, alone: bool = True) -> Run:
        return Run(self._world, self._oracle, request, trouble, attempt=attempt, alone=alone)

    def _go(self, runs: Sequence[Run], order: Sequence[int] = ()) -> None:
        if len(runs) > 1:
            self._world.counts["several at once"] += 1
        self._function.run(runs, order)
        for run in runs:
            self._oracle.finished(run)
        self._oracle.check()

    def _tell(self, *parts: Any) -> None:
        self._world.tell(*parts, depth=1)


def family(stack: str, logical_id: str) -> str:
    """Name a logical id of stacks of one name, for payloads of its own: lower case, for addresses."""
    return f"{stack}{logical_id}".lower()
