"""Checks of a single response, log line, stored payload or write against the invariants."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral_local import Call
from tests.histories import payloads
from tests.histories.events import Event, engagement_arn
from tests.histories.invariants import Invariant, Report
from tests.histories.invocation import Invocation
from tests.histories.ledger import ExpectedState, Ledger, TokenUse, declaration_key, equal_contexts
from tests.histories.payloads import FILLED_IN, SENSITIVE_MARK

RESPONSE_BYTES = 4096
PHYSICAL_ID_BYTES = 1024
ATTRIBUTES = ("ContextId", "EngagementId", "EngagementArn", "EngagementLastModifiedAt")
LOG_FIELDS = {
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "engagement",
    "context",
    "operation",
    "decision",
    "attempt",
    "error_code",
    "milliseconds",
}


# Responses.


@dataclass(frozen=True, kw_only=True)
class Response:
    """The parts of a response that the oracle needs. `context` is empty for a FAILED response and for a Delete."""

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

    if SENSITIVE_MARK in body.decode().lower():
        report(Invariant.NO_SENSITIVE_RESPONSE, body.decode())
    if len(body) > RESPONSE_BYTES:
        malformed(f"the response must have at most {RESPONSE_BYTES} bytes, not {len(body)}")
    response = json.loads(body)
    event = invocation.event
    echoed = {"StackId": event.stack_id, "RequestId": event.request_id, "LogicalResourceId": event.logical_id}
    if {name: response.get(name) for name in echoed} != echoed:
        malformed("StackId, RequestId and LogicalResourceId must be those of the event")
    physical_id = response.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 1 <= len(physical_id.encode()) <= PHYSICAL_ID_BYTES:
        malformed(f"PhysicalResourceId must be a string of 1 to {PHYSICAL_ID_BYTES} bytes")
        return None
    if response.get("Status") == "FAILED":
        if not response.get("Reason"):
            malformed("a FAILED response must have a Reason")
        if physical_id != (event.physical_id or f"not-created/{event.logical_id}"):
            malformed("a FAILED response must have the event's physical id, or else not-created/<logical id>")
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
            malformed("the response to a Delete must keep the physical id")
        return ""
    if not all(isinstance(data.get(name), str) and data[name] for name in ATTRIBUTES):
        malformed("Data must contain every attribute as a non-empty string")
        return ""
    desired, context = event.desired, str(data["ContextId"])
    if physical_id != f"{desired.catalog}/{desired.engagement}/{context}":
        malformed("PhysicalResourceId must be <catalog>/<engagement id>/<context id>")
    arn = engagement_arn(desired.catalog, desired.engagement)
    if (data["EngagementId"], data["EngagementArn"]) != (desired.engagement, arn):
        malformed("EngagementId and EngagementArn must be those of the declared engagement")
    if data["EngagementLastModifiedAt"] not in invocation.modified_ats:
        malformed(f"EngagementLastModifiedAt must be a value that the service returned: {invocation.modified_ats}")
    return context


# Log lines.


def check_log(report: Report, invocation: Invocation) -> None:
    """Check that an invocation logged only allowed fields and no sensitive data."""
    for line in invocation.log_lines:
        if SENSITIVE_MARK in line.lower() or "Signature" in line:
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
        A description of the first unexpected difference, or None if there is no unexpected difference.
    """
    desired = expected.event.desired
    record = ledger.record(desired.engagement, expected.context)
    stored = ledger.current(desired.engagement, expected.context)
    if record is None or stored is None:
        return "the context does not exist"
    behavior = ledger.simulation.service.behavior
    convert = payloads.normalized if behavior.normalizes != "never" else payloads.with_instants
    current, wanted = convert(stored), convert(desired.payload)
    rest = {name: value for name, value in current.items() if name != "Interactions" or desired.type != "Lead"}
    rest = {name: value for name, value in rest.items() if name in wanted or name not in record.filled_in}
    # A service that merges updates keeps the members that are no longer declared.
    difference = _difference(rest, wanted, may_have_more=behavior.update == "merge", skip="Interactions")
    if difference or desired.type != "Lead":
        return difference
    missing = {payloads.interaction_name(one) for one in payloads.missing_interactions(current, desired.payload)}
    missing -= record.presumed_sent
    if behavior.lead_interactions == "replace":
        missing -= record.ever_stored
    return f"the interactions {sorted(missing)} are missing" if missing else None


def _difference(current: Any, wanted: Any, *, may_have_more: bool, skip: str = "", path: str = "") -> str | None:
    if not isinstance(current, Mapping) or not isinstance(wanted, Mapping):
        return None if current == wanted else f"payload{path} is {current!r}, but {wanted!r} is declared"
    for name in wanted.keys() - {skip}:
        if name not in current:
            return f"payload{path}.{name} is missing"
        difference = _difference(current[name], wanted[name], may_have_more=may_have_more, path=f"{path}.{name}")
        if difference:
            return difference
    more = current.keys() - wanted.keys()
    return f"payload{path} has undeclared members: {sorted(more)}" if more and not may_have_more else None


# Writes. A write is checked when the service carries it out, even if the function never receives the response.


def check_create(report: Report, ledger: Ledger, invocation: Invocation, call: Call) -> None:
    """Check the creation of a context, and record it in the ledger."""
    event, desired = invocation.event, invocation.event.desired
    engagement = call.input["EngagementIdentifier"]
    context = ledger.simulation.contexts(engagement)[-1]["Id"]
    place = engagement, call.input["Type"], call.input["Catalog"]
    if place != (desired.engagement, desired.type, desired.catalog):
        report(Invariant.CREATED_AS_DECLARED, f"context {context} was created with other values: {place}")
    if desired.existing_context_id:
        report(Invariant.IMPORT_CREATES_NOTHING, f"context {context} was created")
    if ledger.updated_in_place(event):
        report(Invariant.UPDATE_CREATES_NOTHING, f"context {context} was created in addition to {event.physical_id}")
    equal = equal_contexts(invocation.last_read, desired) if desired.adopt_existing else []
    if equal:
        report(
            Invariant.ADOPTS_EQUAL,
            f"context {context} was created, although the function had read contexts with an equal payload: {equal}",
        )
    _check_token(report, ledger, event, context, call.input["ClientToken"])
    record = ledger.add_write(engagement, context)
    record.owner = event.owner
    record.sent = payloads.interaction_names(desired.payload)


def _check_token(report: Report, ledger: Ledger, event: Event, context: str, client_token: str) -> None:
    key, desired = declaration_key(event), event.desired
    use = ledger.token_uses.get(key)
    if use and ledger.is_token_remembered(use):
        report(Invariant.ONE_CONTEXT, f"context {context} is the second context created for {desired}")
    elif use:
        # The service has forgotten the client token, and no context that it returned has this payload. So the function
        # could not know that an earlier request had created a context.
        ledger.simulation.counts["unavoidable: the service forgot the client token"] += 1
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
    if (known is None or known.owner != event.owner) and desired.existing_context_id != context:
        report(Invariant.OWN_CONTEXT, f"{event} wrote to context {context} of {engagement}")
    if call.input["Payload"] in invocation.confirmed_payloads:
        report(Invariant.NO_DUPLICATE_UPDATE, f"the same update was sent to context {context} again")
    before = known.payload if known else {}
    record = ledger.add_write(engagement, context)
    if desired.type == "Lead":
        _check_interaction(report, ledger, invocation, call.input["Payload"]["Lead"], context, before)
        removed = ledger.removed_members(event, before)
        for name in sorted(record.filled_in - set(desired.payload) - removed):
            if record.payload.get(name) != before.get(name):
                report(Invariant.FILLED_IN_KEPT, f"the update changed or removed {name} of context {context}")
        record.filled_in -= {name for name in FILLED_IN if name in desired.payload or name not in record.payload}


def _check_interaction(
    report: Report, ledger: Ledger, invocation: Invocation, sent: Any, context: str, before: Any
) -> None:
    event, interaction = invocation.event, sent.get("Interaction")
    record = ledger.record(event.desired.engagement, context)
    if interaction is None or record is None:
        return
    name = payloads.interaction_name(interaction)
    again = name in payloads.interaction_names(before)
    if ledger.simulation.service.behavior.lead_interactions == "replace" and name in record.sent:
        again = again or ledger.updated_in_place(event) is not None
        if not again:
            # The service kept only the last interaction that an earlier invocation sent. The function cannot know which of
            # the missing interactions that invocation sent before.
            ledger.simulation.counts["unavoidable: an interaction that the service had replaced was sent again"] += 1
    if again:
        report(Invariant.NO_DUPLICATE_INTERACTION, f"interaction {name} was sent to context {context} again")
    record.sent.add(name)
    record.last_event = event.number, record.sent_by(event) | {name}
