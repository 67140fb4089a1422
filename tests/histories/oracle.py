"""The oracle observes the calls, responses and events of a history, and checks the invariants.

A history fails with the first violation. The oracle allows unavoidable violations, for which the function cannot get the
necessary information. A comment next to the check explains the reason. A count with a name such as `unavoidable: ...` contains
the number of these violations.
"""

import json
from collections.abc import Callable

from cdk_partnercentral_local import Call
from tests.histories import payloads
from tests.histories.checks import (
    Response,
    check_create,
    check_log,
    check_response,
    check_update,
    kept_leaf,
    payload_difference,
    unwritten_change,
)
from tests.histories.engagement_checks import check_engagement_call, check_engagement_success, check_engagements
from tests.histories.engagement_ledger import EngagementLedger
from tests.histories.events import Event
from tests.histories.expected_failures import expected_failure
from tests.histories.faults import NO_FAULTS
from tests.histories.invariants import Invariant, InvariantError, violation
from tests.histories.invocation import Invocation
from tests.histories.ledger import ExpectedState, Ledger, declaration_key, equal_contexts
from tests.histories.payloads import Json
from tests.histories.simulation import Simulation
from tests.histories.trace import CREATE, READ, UPDATE, CallSummary, modified_at_nanoseconds


class Oracle:
    """The oracle of one history. It implements `invocation.Observer`."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.ledger = Ledger(simulation)
        self.engagements = EngagementLedger(simulation)
        self._first: InvariantError | None = None

    def report(self, invariant: Invariant, detail: str) -> None:
        """Record the first violation. `raise_violation` raises it later. Here, the handler would catch an exception."""
        if self._first is None:
            self.simulation.record(f"*** VIOLATED: {invariant.value}: {detail}", depth=0)
            self._first = violation(invariant, detail, self.simulation.trace)

    @property
    def has_failed(self) -> bool:
        """Whether an invariant was violated."""
        return self._first is not None

    def raise_violation(self) -> None:
        """If an invariant was violated, raise the first violation."""
        if self._first:
            raise self._first

    # Calls to Partner Central.

    def on_call(self, invocation: Invocation, call: Call) -> None:
        """Check a call that the service received, even if the function does not receive the response."""
        invocation.record(CallSummary(call))
        if invocation.event.request_type == "Delete":
            self.report(Invariant.DELETE_CALLS_NOTHING, f"the function called {call.operation}")
        if invocation.event.is_engagement:
            check_engagement_call(self.report, self.engagements, invocation, call)
        elif call.wrote and call.operation == CREATE:
            self.simulation.counts["created"] += 1
            check_create(self.report, self.ledger, invocation, call)
        elif call.wrote and call.operation == UPDATE:
            self.simulation.counts["updated"] += 1
            check_update(self.report, self.ledger, invocation, call)

    def on_call_response(self, invocation: Invocation, call: Call) -> None:
        """Record what the function learns from the response to a call."""
        if call.answer is None:
            self.simulation.counts[f"error: {call.error}"] += 1
            return
        if invocation.event.is_engagement:
            return
        output = json.loads(call.answer)
        modified_at = output.get("ModifiedAt" if call.operation == READ else "EngagementLastModifiedAt")
        invocation.modified_ats += [modified_at] if modified_at else []
        if call.operation == READ:
            invocation.reads.append(output["Contexts"])
        elif call.operation == CREATE:
            invocation.created = output["ContextId"], call.wrote
            invocation.known = {context["Id"] for context in invocation.last_read or ()}
        else:
            invocation.confirmed_payloads.append(call.input["Payload"])

    def on_foreign_write(self, engagement: str, changed: tuple[str, str] | None) -> None:
        """Record a write by AWS or a colleague.

        Args:
            engagement: The engagement's ID.
            changed: The ID of the changed context and the changed member's name, or None if no existing context changed.
        """
        if changed is None:
            for context in self.simulation.contexts(engagement):
                if self.ledger.record(engagement, context["Id"]) is None:
                    self.ledger.add_write(engagement, context["Id"])
            return
        context_id, member = changed
        self.ledger.add_write(engagement, context_id)
        for expected in self.ledger.expected.values():
            desired = expected.event.desired
            if expected.place == (engagement, context_id) and member != "Interactions":
                expected.certain = expected.certain and member not in desired.payload

    # Responses to CloudFormation.

    def on_response(self, invocation: Invocation, body: bytes) -> None:
        """Check a response to CloudFormation before it is delivered."""
        response = check_response(self.report, invocation, body)
        if response is None or len(invocation.responses) > 1:
            return
        event = invocation.event
        self.simulation.counts[f"{event.request_type} {response.status}"] += 1
        if self.ledger.is_superseded(event):
            # CloudFormation ignores this response. The oracle has already checked the event's writes.
            self.simulation.counts["late repetition"] += 1
        elif response.status == "FAILED":
            self.on_failed(event)
            cause = expected_failure(self.ledger, self.engagements, invocation, response.reason)
            self.simulation.counts[f"failed: {cause}"] += 1
            if cause is None:
                self.report(Invariant.NO_UNEXPECTED_FAILURE, f"{event} failed: {response.reason}")
        elif event.request_type != "Delete" and event.is_engagement:
            is_repetition = event.number in self.ledger.answered
            check_engagement_success(
                self.report, self.engagements, invocation, response.physical_id, is_repetition=is_repetition
            )
        elif event.request_type != "Delete":
            self._check_success(invocation, response)

    def _check_success(self, invocation: Invocation, response: Response) -> None:
        event, desired = invocation.event, invocation.event.desired
        record = self.ledger.record(desired.engagement, response.context)
        if record is None or self.ledger.current(desired.engagement, response.context) is None:
            self.report(Invariant.EXISTING_CONTEXT, f"{response.physical_id} does not exist")
            return
        in_place = self.ledger.updated_in_place(event)
        if (in_place or response.context) != response.context:
            self.report(Invariant.UPDATE_KEEPS_CONTEXT, f"{event.physical_id} became {response.physical_id}")
        if desired.existing_context_id not in (None, response.context):
            self.report(Invariant.IMPORT_USES_CONTEXT, f"{response.physical_id} is not the context to import")
        if event.number in self.ledger.answered:
            # This event is repeated after its operation has ended. CloudFormation ignores the response.
            self.simulation.counts["repetition"] += 1
            return
        if not in_place and response.physical_id != event.physical_id:
            self._check_origin(invocation, response)
        self._check_number_of_calls(invocation)
        expected = ExpectedState(event=event, context=response.context)
        if self._is_unread_replay(invocation, response):
            # An earlier request with the same client token had a different payload, and Partner Central returned the context of
            # that request. The last read did not return this context, so the function could not detect that the context already
            # existed.
            self.simulation.counts["unavoidable: no read returned a replayed context"] += 1
            record.presumed_sent |= payloads.interaction_names(desired.payload)
            expected.certain = False
        elif record.changed_at > modified_at_nanoseconds(max(invocation.modified_ats, default="")):
            # The latest write to this context occurred after the last response that the function received.
            self.simulation.counts["unavoidable: a stale read"] += 1
            expected.certain = False
        self.ledger.expected[event.owner] = expected
        self._check_payload(expected)
        if expected.certain:
            self._check_changes(invocation, expected)

    def _is_unread_replay(self, invocation: Invocation, response: Response) -> bool:
        use = self.ledger.token_uses.get(declaration_key(invocation.event))
        is_unread = response.context not in invocation.known
        # `use` is None if a declared client_token was used for another Type, because the key contains the Type.
        differs = use is None or use.payload != invocation.event.desired.payload
        return invocation.created == (response.context, False) and is_unread and differs

    def _check_origin(self, invocation: Invocation, response: Response) -> None:
        """Check how a resource got its context: by import, creation, adoption, or replay of an earlier create request."""
        event, desired, counts = invocation.event, invocation.event.desired, self.simulation.counts
        context, view = response.context, invocation.stack_view
        if desired.existing_context_id:
            counts["imported"] += 1
            return
        if self.ledger.belongs_to_sibling(event, context, view):
            self.report(Invariant.ONE_RESOURCE, f"{response.physical_id} is managed by another resource of the stack")
        if invocation.created and invocation.created[0] == context:
            counts["created for its resource" if invocation.created[1] else "replayed"] += 1
            return
        counts["adopted"] += 1
        counts["renamed"] += self.ledger.is_renamed(event, context, view)
        equal = next((each for each in map(self._adoptable(event), invocation.reads) if context in each), [])
        matches = [each for each in equal if not self.ledger.belongs_to_sibling(event, each, view)]
        renamed = [each for each in matches if self.ledger.is_renamed(event, each, view)]
        if not desired.adopt_existing:
            self.report(Invariant.ADOPTS_IF_ALLOWED, f"{response.physical_id} was adopted")
        if context not in matches or (len(matches) > 1 and renamed != [context]):
            self.report(
                Invariant.ADOPTS_UNAMBIGUOUS,
                f"{response.physical_id} was adopted, but only these contexts can be adopted: {matches}",
            )

    def _adoptable(self, event: Event) -> Callable[[Json], list[str]]:
        return lambda contexts: equal_contexts(contexts, event.desired)

    def _check_number_of_calls(self, invocation: Invocation) -> None:
        behavior = self.simulation.service.behavior
        is_unusual = (
            behavior.read_lag
            or behavior.normalizes != "never"
            or behavior.writes_per_second
            or behavior.update == "merge"
            or behavior.omits_last_modified
        )
        has_errors = any(call.error for call in invocation.calls)  # for example, because a client token was used before
        if invocation.faults != NO_FAULTS or not invocation.alone or is_unusual or has_errors:
            return
        event, desired = invocation.event, invocation.event.desired
        operations = [call.operation for call in invocation.calls]
        # The function reads the existing context to detect a changed Type, and reads again before it creates a context. If
        # the declaration changed but the context already matches, the function also reads again, because a read can lag.
        changed = event.previous is not None and event.previous.payload != desired.payload
        may_change_type = (event.physical_id or "").startswith(f"{desired.catalog}/{desired.engagement}/")
        most = {READ: 2 if may_change_type or changed else 1, CREATE: 1}
        is_new = invocation.created is not None and invocation.created[1]
        most[UPDATE] = 0 if is_new else max(1, len(payloads.interactions(desired.payload)))
        if any(operations.count(operation) > number for operation, number in most.items()):
            self.report(Invariant.FEW_CALLS, f"{operations} for {event}")

    def _check_payload(self, expected: ExpectedState) -> None:
        difference = payload_difference(self.ledger, expected) if expected.certain else None
        if difference:
            self.report(Invariant.PAYLOAD_STORED, f"{expected.event.desired}: {difference}")

    def _check_changes(self, invocation: Invocation, expected: ExpectedState) -> None:
        """Check that an update in place wrote the changes in the declaration."""
        event, behavior = expected.event, self.simulation.service.behavior
        unwritten = unwritten_change(self.ledger, expected)
        if unwritten:
            self.report(Invariant.CHANGE_WRITTEN, f"{event}: {unwritten}")
        is_refused = any(call.error == "ValidationException" for call in invocation.calls)
        kept = None if behavior.update == "merge" or is_refused else kept_leaf(self.ledger, expected)
        if kept:
            self.report(Invariant.UNDECLARED_REMOVED, f"{event}: {kept}")

    def after_invocation(self, invocation: Invocation) -> None:
        """Check an invocation that has ended."""
        check_log(self.report, invocation)
        if invocation.crashed:
            return
        if len(invocation.responses) != 1:
            detail = f"{len(invocation.responses)} different responses to {invocation.event}"
            self.report(Invariant.ONE_RESPONSE, detail)
        is_undelivered = type(invocation.error).__name__ == "NotDeliveredError"
        if invocation.error and not is_undelivered:
            self.report(Invariant.ONE_RESPONSE, f"the invocation raised {invocation.error!r}")
        if invocation.accepted == is_undelivered:
            self.report(Invariant.ERROR_IF_NOT_DELIVERED, f"{invocation.event}: error {invocation.error!r}")

    # Stacks.

    def on_event(self, event: Event) -> None:
        """Record a new event."""
        self.ledger.latest[event.owner] = event.number

    def on_answered(self, event: Event) -> None:
        """Record that CloudFormation received a SUCCESS response."""
        self.ledger.answered.add(event.number)

    def on_failed(self, event: Event) -> None:
        """Record that an event failed or got no response. The content of the resource's context is now uncertain."""
        expected = self.ledger.expected.get(event.owner)
        if expected:
            expected.certain = False

    def on_removed(self, owner: str) -> None:
        """Record that a resource was deleted or that its state is unknown.

        In a rollback, CloudFormation removes the new resource of a renamed construct. CloudFormation sends no event for the old
        resource, so the changes to the context remain.
        """
        self.engagements.expected.pop(owner, None)
        removed = self.ledger.expected.pop(owner, None)
        for other in self.ledger.managers(removed.place) if removed else []:
            self.ledger.expected[other].certain = False

    def check_between_steps(self) -> None:
        """Check the stored payloads, the owners and the records between two steps. If there is a violation, raise the first."""
        owners: dict[tuple[str, str], str] = {}
        for owner, expected in self.ledger.expected.items():
            self._check_payload(expected)
            if expected.place in owners:
                self.report(
                    Invariant.ONE_RESOURCE, f"{owner} and {owners[expected.place]} both manage {expected.place}"
                )
            owners[expected.place] = owner
        for (engagement, context), record in self.ledger.contexts.items():
            current = self.ledger.current(engagement, context)
            if current is not record.payload and current != record.payload:
                self.report(
                    Invariant.OBSERVED_WRITES, f"context {context} of {engagement} changed, but no write was observed"
                )
            record.payload = current
        check_engagements(self.report, self.engagements)
        self.raise_violation()
