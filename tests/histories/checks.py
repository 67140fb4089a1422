"""Functions that check the invariants for a single response, log line, stored payload or write."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral_local import Call
from tests.histories import payloads
from tests.histories.events import Event, engagement_arn
from tests.histories.invariants import Invariant, Report
from tests.histories.invocation import Invocation
from tests.histories.ledger import ExpectedState, Ledger, TokenUse, declaration_key, equal_contexts
from tests.histories.payloads import NEW_MEMBER, Json, Path
from tests.histories.trace import UPDATE

RESPONSE_BYTES = 4096
PHYSICAL_ID_BYTES = 1024
ATTRIBUTES = ("ContextId", "EngagementId", "EngagementArn", "EngagementLastModifiedAt")
LOG_FIELDS = {
    "timestamp",
    "level",
    "message",
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "requestId",
    "engagement",
    "context",
    "attempt",
    "error_code",
    "exception",
    "status",
    "milliseconds",
}


# Responses.


@dataclass(frozen=True, kw_only=True)
class Response:
    """The parts of a response that the oracle needs. For a FAILED response and for a Delete, `context` is empty."""

    status: str
    physical_id: str
    context: str
    reason: str


def check_response(report: Report, invocation: Invocation, body: bytes) -> Response | None:
    """Check that CloudFormation accepts a response and that the response contains no sensitive data.

    Returns:
        The parsed response, or None if its PhysicalResourceId or its Status is invalid.
    """

    def malformed(detail: str) -> None:
        report(Invariant.WELL_FORMED_RESPONSE, f"{detail}: {body[:1000]!r}")

    if payloads.is_sensitive(body.decode()):
        report(Invariant.NO_SENSITIVE_RESPONSE, body.decode())
    if len(body) > RESPONSE_BYTES:
        malformed(f"the response must have at most {RESPONSE_BYTES} bytes, but has {len(body)} bytes")
    response = json.loads(body)
    event = invocation.event
    echoed = {"StackId": event.stack_id, "RequestId": event.request_id, "LogicalResourceId": event.logical_id}
    if {name: response.get(name) for name in echoed} != echoed:
        malformed("StackId, RequestId and LogicalResourceId must match the event")
    physical_id = response.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 1 <= len(physical_id.encode()) <= PHYSICAL_ID_BYTES:
        malformed(f"PhysicalResourceId must be a string of 1 to {PHYSICAL_ID_BYTES} bytes")
        return None
    if response.get("Status") == "FAILED":
        if not response.get("Reason"):
            malformed("a FAILED response must have a Reason")
        if physical_id != (event.physical_id or f"not-created/{event.logical_id}"):
            malformed(
                "a FAILED response must have the event's physical ID, or not-created/<logical ID> if the event has none"
            )
        return Response(status="FAILED", physical_id=physical_id, context="", reason=response.get("Reason", ""))
    if response.get("Status") != "SUCCESS":
        malformed("Status must be SUCCESS or FAILED")
        return None
    context = _check_attributes(malformed, invocation, response, physical_id)
    return Response(status="SUCCESS", physical_id=physical_id, context=context, reason="")


def _check_attributes(malformed: Callable[[str], None], invocation: Invocation, response: Any, physical_id: str) -> str:
    event, data = invocation.event, response.get("Data") or {}
    if event.request_type == "Delete":
        if physical_id != event.physical_id:
            malformed("the response to a Delete must have the event's physical ID")
        return ""
    if event.is_engagement:
        engagement = str(data.get("EngagementId"))
        if physical_id != f"{event.desired.catalog}/{engagement}":
            malformed("PhysicalResourceId must be <catalog>/<engagement ID>")
        if data != {"EngagementId": engagement, "EngagementArn": engagement_arn(event.desired.catalog, engagement)}:
            malformed("Data must contain exactly the EngagementId and the EngagementArn")
        return ""
    if not all(isinstance(data.get(name), str) and data[name] for name in ATTRIBUTES):
        malformed("Data must contain every attribute as a non-empty string")
        return ""
    desired, context = event.desired, str(data["ContextId"])
    if physical_id != f"{desired.catalog}/{desired.engagement}/{context}":
        malformed("PhysicalResourceId must be <catalog>/<engagement ID>/<context ID>")
    arn = engagement_arn(desired.catalog, desired.engagement)
    if (data["EngagementId"], data["EngagementArn"]) != (desired.engagement, arn):
        malformed("EngagementId and EngagementArn must match the declared engagement")
    if data["EngagementLastModifiedAt"] not in invocation.modified_ats:
        malformed(f"EngagementLastModifiedAt must be a value that Partner Central returned: {invocation.modified_ats}")
    return context


# Log lines.


def check_log(report: Report, invocation: Invocation) -> None:
    """Check that an invocation logged only allowed fields and no sensitive data."""
    for line in invocation.log_lines:
        if payloads.is_sensitive(line) or "Signature" in line:
            report(Invariant.NO_SENSITIVE_LOG, line)
        try:
            fields = json.loads(line)
        except ValueError:
            fields = None
        if not isinstance(fields, dict) or fields.keys() - LOG_FIELDS:
            report(Invariant.ALLOWED_LOG_FIELDS, line)


# Stored payloads.


def payload_difference(ledger: Ledger, expected: ExpectedState) -> str | None:
    """Compare the stored payload of a resource's context with the declared payload.

    Returns:
        A description of the first missing or different value, or None if the context contains all declared values.
    """
    desired = expected.event.desired
    record = ledger.record(*expected.place)
    stored = ledger.current(*expected.place)
    if record is None or stored is None:
        return "the context does not exist"
    behavior = ledger.simulation.service.behavior
    current = payloads.leaves(stored, desired.type)
    for path, value in payloads.leaves(desired.payload, desired.type).items():
        if NEW_MEMBER in path and behavior.unknown_members == "drop":
            continue
        name = ".".join(path)
        if path not in current:
            return f"{name} is missing"
        if not payloads.is_loose(current[path], value, path):
            return f"{name} is {current[path]!r}, but {value!r} is declared"
    missing = payloads.interaction_names(desired.payload) - payloads.interaction_names(stored) - record.presumed_sent
    if behavior.lead_interactions == "replace":
        missing -= record.ever_stored
    return f"the interactions {sorted(missing)} are missing" if missing else None


def unwritten_change(ledger: Ledger, expected: ExpectedState) -> str | None:
    """Describe a value that changed although the function did not write it. Return None if there is no such value."""
    event, desired = expected.event, expected.event.desired
    record, previous = ledger.record(*expected.place), ledger.previous(event)
    if record is None or previous is None:
        return None
    before = payloads.leaves(previous.payload, desired.type)
    current = payloads.leaves(record.payload, desired.type)
    for path, value in payloads.leaves(desired.payload, desired.type).items():
        written = [current.get(path), record.written.get(path)]
        if not payloads.is_exact(before.get(path), value, path) and not any(
            payloads.is_exact(each, value, path) for each in written
        ):
            return f"{'.'.join(path)} changed to {value!r} in the declaration, but the last written value is {written[1]!r}"
    return None


def kept_leaf(ledger: Ledger, expected: ExpectedState) -> str | None:
    """Return a description of a stored value that is no longer declared, or None if there is no such value."""
    event, desired = expected.event, expected.event.desired
    current = payloads.leaves(ledger.current(*expected.place), desired.type)
    removable = ledger.removable(event)
    for path, value in removable.items():
        # If a structure contains a value that the function must keep, the structure's required members remain, too.
        siblings = {each: left for each, left in current.items() if path[:-1] and each[: len(path) - 1] == path[:-1]}
        if any(not payloads.is_loose(left, removable.get(each), each) for each, left in siblings.items()):
            continue
        if path in current and payloads.is_loose(current[path], value, path):
            return f"{'.'.join(path)} is no longer declared, but the context has it"
    return None


# Writes. Each write is checked when Partner Central carries it out, even if the function never receives the response.


def check_create(report: Report, ledger: Ledger, invocation: Invocation, call: Call) -> None:
    """Check the creation of a context, and record it in the ledger."""
    event, desired = invocation.event, invocation.event.desired
    engagement = call.input["EngagementIdentifier"]
    context = ledger.simulation.contexts(engagement)[-1]["Id"]
    place = engagement, call.input["Type"], call.input["Catalog"]
    if place != (desired.engagement, desired.type, desired.catalog):
        report(Invariant.CREATED_AS_DECLARED, f"context {context} was created with other values: {place}")
    if call.input["Payload"] != {desired.type: desired.payload}:
        report(Invariant.CREATED_AS_DECLARED, f"the payload of the new context {context} differs from the declaration")
    if desired.existing_context_id:
        report(Invariant.IMPORT_CREATES_NOTHING, f"context {context} was created")
    if ledger.updated_in_place(event):
        report(Invariant.UPDATE_CREATES_NOTHING, f"context {context} was created in addition to {event.physical_id}")
    for equal in equal_contexts(invocation.last_read, desired) if desired.adopt_existing else []:
        if ledger.is_renamed(event, equal, invocation.stack_view):
            report(Invariant.RENAME_KEEPS_CONTEXT, f"context {context} was created, but the resource must keep {equal}")
        elif not ledger.belongs_to_sibling(event, equal, invocation.stack_view):
            report(
                Invariant.ADOPTS_EQUAL,
                f"context {context} was created, although the function had read an equal context: {equal}",
            )
    _check_token(report, ledger, event, context, call.input["ClientToken"])
    record = ledger.add_write(engagement, context)
    record.written = payloads.leaves(desired.payload, desired.type)


def _check_token(report: Report, ledger: Ledger, event: Event, context: str, client_token: str) -> None:
    key, desired = declaration_key(event), event.desired
    use = ledger.token_uses.get(key)
    if use and ledger.simulation.remembers_token(use.at):
        report(Invariant.ONE_CONTEXT, f"context {context} is the second context created for {desired}")
    elif use:
        # The client token has expired, and Partner Central returned no context with this payload. Therefore, the function
        # could not detect that an earlier request had created a context.
        ledger.simulation.counts["unavoidable: the client token expired"] += 1
    if use and use.client_token != client_token:
        report(Invariant.ONE_CLIENT_TOKEN, f"the client token changed from {use.client_token} to {client_token}")
    if desired.client_token not in (None, client_token):
        report(Invariant.DECLARED_CLIENT_TOKEN, f"{desired.client_token} is declared, but {client_token} was sent")
    ledger.token_uses[key] = TokenUse(
        at=ledger.simulation.clock.now,
        client_token=client_token,
        engagement=desired.engagement,
        type=desired.type,
        payload=desired.payload,
    )


def check_update(report: Report, ledger: Ledger, invocation: Invocation, call: Call) -> None:
    """Check the update of a context, and record it in the ledger."""
    event, desired = invocation.event, invocation.event.desired
    engagement, context = call.input["EngagementIdentifier"], call.input["ContextIdentifier"]
    known = ledger.record(engagement, context)
    before: Json = known.payload if known else {}
    managers = ledger.managers((engagement, context))
    others = [each for each in managers if each != event.owner and not ledger.is_no_longer_declared(event, each)]
    if others:
        report(Invariant.OWN_CONTEXT, f"{event} wrote to context {context} of {engagement}, which {others[0]} manages")
    if ledger.is_superseded(event) and managers:
        report(Invariant.LATE_REPETITION, f"{event} wrote to context {context} after a later event")
    if call.input["Payload"] in invocation.confirmed_payloads:
        report(Invariant.NO_DUPLICATE_UPDATE, f"the same update was sent to context {context} again")
    sent = dict(call.input["Payload"][desired.type])
    interaction = sent.pop("Interaction", None)
    needed = interaction is not None or _is_needed(ledger, invocation, context)
    name = payloads.interaction_name(interaction) if interaction else ""
    if name in payloads.interaction_names(before):
        report(Invariant.NO_DUPLICATE_INTERACTION, f"interaction {name} was sent to context {context} again")
    record = ledger.add_write(engagement, context)
    _check_kept(report, ledger, invocation, before, record.payload)
    if not needed:
        report(Invariant.NO_NEEDLESS_WRITE, f"{event} updated context {context}, which already matched the declaration")
    record.written |= payloads.leaves(sent, desired.type)


def _is_needed(ledger: Ledger, invocation: Invocation, context: str) -> bool:
    """Return whether the latest read differs from the declaration, or contains a value that is no longer declared."""
    event, desired = invocation.event, invocation.event.desired
    read: Json = next((each["Payload"] for each in invocation.last_read or () if each["Id"] == context), {})
    current = payloads.leaves(read.get(desired.type, {}), desired.type)
    previous = ledger.previous(event)
    before = payloads.leaves(previous.payload, desired.type) if previous else None

    def differs(path: Path, value: Any) -> bool:
        if path not in current or not payloads.is_loose(current[path], value, path):
            return True
        is_changed = before is not None and not payloads.is_exact(before.get(path), value, path)
        is_case = before is None and payloads.differs_by_case(current[path], value)
        return not payloads.is_exact(current[path], value, path) and (is_changed or is_case)

    wanted = payloads.leaves(desired.payload, desired.type)
    return any(differs(path, value) for path, value in wanted.items()) or bool(ledger.removable(event).keys() & current)


def _check_kept(report: Report, ledger: Ledger, invocation: Invocation, before: Json, after: Json) -> None:
    """Check that an update changed and removed only values that are declared or were declared before."""
    event, desired = invocation.event, invocation.event.desired
    behavior = ledger.simulation.service.behavior
    wanted, left = payloads.leaves(desired.payload, desired.type), payloads.leaves(after, desired.type)
    removable = ledger.removable(event)
    for path, value in payloads.leaves(before, desired.type).items():
        if path in left and payloads.is_loose(left[path], value, path):
            continue
        if payloads.has_leaf(wanted, path) or path in removable:
            continue
        if NEW_MEMBER in path and behavior.unknown_members == "drop":
            ledger.simulation.counts["unavoidable: Partner Central drops unknown members"] += 1
        elif any(call.operation == UPDATE and call.error == "ValidationException" for call in invocation.calls):
            # After a ValidationException, the function sends the update again without undeclared members. The function cannot
            # detect which of these members caused the error.
            ledger.simulation.counts["unavoidable: Partner Central rejects an update with members that AWS added"] += 1
        else:
            report(Invariant.UNDECLARED_KEPT, f"{event} changed or removed {'.'.join(path)}")
