"""The invariants of one response, one log line, one stored payload and one write."""

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
    """What matters of a response. `context` is empty if the request failed or was a Delete."""

    status: str
    physical_id: str
    context: str
    reason: str


def check_response(report: Report, invocation: Invocation, body: bytes) -> Response | None:
    """Check that CloudFormation accepts a response, and parse it."""

    def malformed(detail: str) -> None:
        report(Invariant.WELL_FORMED_RESPONSE, f"{detail}: {body[:1000]!r}")

    if SENSITIVE_MARK in body.decode().lower():
        report(Invariant.NO_SENSITIVE_RESPONSE, body.decode())
    if len(body) > RESPONSE_BYTES:
        malformed(f"{len(body)} bytes")
    response = json.loads(body)
    event = invocation.event
    echoed = {"StackId": event.stack_id, "RequestId": event.request_id, "LogicalResourceId": event.logical_id}
    if {name: response.get(name) for name in echoed} != echoed:
        malformed("it does not echo the event")
    physical_id = response.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 1 <= len(physical_id.encode()) <= PHYSICAL_ID_BYTES:
        malformed("PhysicalResourceId")
        return None
    if response.get("Status") == "FAILED":
        if not response.get("Reason"):
            malformed("no Reason")
        if physical_id != (event.physical_id or f"not-created/{event.logical_id}"):
            malformed("a failure must have the event's physical id, or the one for a resource that does not exist")
        return Response(status="FAILED", physical_id=physical_id, context="", reason=response.get("Reason", ""))
    if response.get("Status") != "SUCCESS":
        malformed("Status")
        return None
    context = _check_attributes(malformed, invocation, response, physical_id)
    return Response(status="SUCCESS", physical_id=physical_id, context=context, reason="")


def _check_attributes(malformed: Callable[[str], None], invocation: Invocation, response: Any, physical_id: str) -> str:
    event, data = invocation.event, response.get("Data") or {}
    if event.request_type == "Delete":
        if physical_id != event.physical_id:
            malformed("a Delete must keep the physical id")
        return ""
    if not all(isinstance(data.get(name), str) and data[name] for name in ATTRIBUTES):
        malformed("an attribute is missing")
        return ""
    desired, context = event.desired, str(data["ContextId"])
    if physical_id != f"{desired.catalog}/{desired.engagement}/{context}":
        malformed("PhysicalResourceId")
    arn = engagement_arn(desired.catalog, desired.engagement)
    if (data["EngagementId"], data["EngagementArn"]) != (desired.engagement, arn):
        malformed("EngagementId or EngagementArn")
    if data["EngagementLastModifiedAt"] not in invocation.modified_ats:
        malformed(f"EngagementLastModifiedAt is none of those that the service returned, {invocation.modified_ats}")
    return context


# Log lines.


def check_log(report: Report, invocation: Invocation) -> None:
    """Check that an invocation logged only allowed fields, and nothing sensitive."""
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
    """Return how the stored payload of a resource's context differs from the expected one; None if it does not."""
    desired = expected.event.desired
    record = ledger.record(desired.engagement, expected.context)
    stored = ledger.current(desired.engagement, expected.context)
    if record is None or stored is None:
        return "the context is gone"
    behavior = ledger.simulation.service.behavior
    convert = payloads.normalized if behavior.normalizes else payloads.with_instants
    current, wanted = convert(stored), convert(desired.payload)
    rest = {name: value for name, value in current.items() if name != "Interactions" or desired.type != "Lead"}
    rest = {name: value for name, value in rest.items() if name in wanted or name not in record.filled_in}
    # A service that merges keeps what is no longer declared.
    difference = _difference(rest, wanted, may_have_more=behavior.update == "merge", skip="Interactions")
    if difference or desired.type != "Lead":
        return difference
    missing = {payloads.interaction_name(one) for one in payloads.missing_interactions(current, desired.payload)}
    missing -= record.presumed_sent
    if behavior.lead_interactions == "replace":
        missing -= record.ever_stored
    return f"{sorted(missing)} never arrived" if missing else None


def _difference(current: Any, wanted: Any, *, may_have_more: bool, skip: str = "", path: str = "") -> str | None:
    if not isinstance(current, Mapping) or not isinstance(wanted, Mapping):
        return None if current == wanted else f"{path} is {current!r}, but {wanted!r} is declared"
    for name in wanted.keys() - {skip}:
        if name not in current:
            return f"{path}.{name} is missing"
        difference = _difference(current[name], wanted[name], may_have_more=may_have_more, path=f"{path}.{name}")
        if difference:
            return difference
    more = current.keys() - wanted.keys()
    return f"{path} also has {sorted(more)}" if more and not may_have_more else None


# Writes. They are checked as the service carried them out, whether or not the function got the response.


def check_create(report: Report, ledger: Ledger, invocation: Invocation, call: Call) -> None:
    """Check and record a context that was created."""
    event, desired = invocation.event, invocation.event.desired
    engagement = call.input["EngagementIdentifier"]
    context = ledger.simulation.contexts(engagement)[-1]["Id"]
    place = engagement, call.input["Type"], call.input["Catalog"]
    if place != (desired.engagement, desired.type, desired.catalog):
        report(Invariant.CREATED_AS_DECLARED, f"context {context} was created in {place}")
    if desired.existing_context_id:
        report(Invariant.IMPORT_CREATES_NOTHING, f"context {context} was created")
    if ledger.updated_in_place(event):
        report(Invariant.UPDATE_CREATES_NOTHING, f"context {context} was created in addition to {event.physical_id}")
    equal = equal_contexts(invocation.last_read, desired) if desired.adopt_existing else []
    if equal:
        report(Invariant.ADOPTS_EQUAL, f"context {context} was created, although the read returned the equal {equal}")
    _check_token(report, ledger, event, context, call.input["ClientToken"])
    record = ledger.add_write(engagement, context)
    record.owner = event.owner
    record.sent = payloads.interaction_names(desired.payload)


def _check_token(report: Report, ledger: Ledger, event: Event, context: str, client_token: str) -> None:
    key, desired = declaration_key(event), event.desired
    use = ledger.token_uses.get(key)
    if use and ledger.is_token_remembered(use):
        report(Invariant.ONE_CONTEXT, f"context {context} is the second one for {desired}")
    elif use:
        # The service has forgotten the token, and no context that it returned has this payload, so the function could
        # not know that the context existed.
        ledger.simulation.counts["unavoidable: the token was forgotten"] += 1
    if use and use.client_token != client_token:
        report(Invariant.ONE_CLIENT_TOKEN, f"{use.client_token} became {client_token}")
    if desired.client_token not in (None, client_token):
        report(Invariant.DECLARED_CLIENT_TOKEN, f"{desired.client_token} is declared, {client_token} was sent")
    ledger.token_uses[key] = TokenUse(
        at=ledger.simulation.clock.now,
        client_token=client_token,
        engagement=desired.engagement,
        type=desired.type,
        payload=desired.payload,
    )


def check_update(report: Report, ledger: Ledger, invocation: Invocation, call: Call) -> None:
    """Check and record a context that was updated."""
    event, desired = invocation.event, invocation.event.desired
    engagement, context = call.input["EngagementIdentifier"], call.input["ContextIdentifier"]
    known = ledger.record(engagement, context)
    if (known is None or known.owner != event.owner) and desired.existing_context_id != context:
        report(Invariant.OWN_CONTEXT, f"{event} wrote to context {context} of {engagement}")
    if call.input["Payload"] in invocation.confirmed_payloads:
        report(Invariant.NO_DUPLICATE_UPDATE, f"context {context} got the same update again")
    before = known.payload if known else {}
    record = ledger.add_write(engagement, context)
    if desired.type == "Lead":
        _check_interaction(report, ledger, invocation, call.input["Payload"]["Lead"], context, before)
        removed = ledger.removed_members(event, before)
        for name in sorted(record.filled_in - set(desired.payload) - removed):
            if record.payload.get(name) != before.get(name):
                report(Invariant.FILLED_IN_KEPT, f"{name} of context {context} is gone")
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
            # Nothing shows which of the missing interactions an earlier invocation had sent before its last one.
            ledger.simulation.counts["unavoidable: a service that replaces interactions lost one"] += 1
    if again:
        report(Invariant.NO_DUPLICATE_INTERACTION, f"{name} was sent to context {context} again")
    record.sent.add(name)
    record.last_event = event.number, record.sent_by(event) | {name}
