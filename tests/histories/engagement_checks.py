"""Functions that check the invariants of engagements for a single call, a SUCCESS response, or all engagements."""

import json

from cdk_partnercentral_local import Call
from tests.histories.engagement_ledger import (
    Creation,
    EngagementLedger,
    complete_lists,
    declaration_key,
    parameters,
)
from tests.histories.engagements import is_equal
from tests.histories.events import ACCOUNT
from tests.histories.faults import NO_FAULTS
from tests.histories.invariants import Invariant, Report
from tests.histories.invocation import Invocation
from tests.histories.trace import CREATE_ENGAGEMENT, LIST, READ


def check_engagement_call(report: Report, ledger: EngagementLedger, invocation: Invocation, call: Call) -> None:
    """Check a call that reached the service, even if the function does not get the response."""
    desired = invocation.event.desired
    if call.operation == CREATE_ENGAGEMENT:
        sent = call.input.get("Catalog"), call.input.get("Title"), call.input.get("Description")
        if sent != parameters(desired) or "Contexts" in call.input:
            report(Invariant.ENGAGEMENT_AS_DECLARED, f"{call.input} was sent for {desired}")
        if ledger.updated_in_place(invocation.event):
            report(Invariant.UPDATE_KEEPS_ENGAGEMENT, f"CreateEngagement was called for {invocation.event}")
        _check_token(report, ledger, invocation, call.input["ClientToken"])
        if call.wrote:
            _check_creation(report, ledger, invocation, call)
    elif call.operation == LIST:
        if not desired.adopt_existing:
            report(Invariant.FEW_CALLS, f"engagements were listed for {desired}")
    elif call.operation != READ:
        report(Invariant.ENGAGEMENT_AS_DECLARED, f"{call.operation} was called for {desired}")


def _check_token(report: Report, ledger: EngagementLedger, invocation: Invocation, client_token: str) -> None:
    desired = invocation.event.desired
    first = ledger.tokens.setdefault(declaration_key(invocation.event), client_token)
    if client_token != first:
        report(Invariant.ONE_CLIENT_TOKEN, f"the client token changed from {first} to {client_token}")
    if desired.client_token not in (None, client_token):
        report(Invariant.DECLARED_CLIENT_TOKEN, f"{desired.client_token} is declared, but {client_token} was sent")


def _check_creation(report: Report, ledger: EngagementLedger, invocation: Invocation, call: Call) -> None:
    event, desired, counts = invocation.event, invocation.event.desired, ledger.simulation.counts
    engagement = ledger.simulation.service.engagements()[-1]
    counts["engagement created"] += 1
    if desired.adopt_existing and [] not in list(complete_lists(ledger, invocation)):
        report(Invariant.CREATES_MISSING_ENGAGEMENT, f"{engagement} was created for {desired}")
    key = declaration_key(event)
    earlier = [each for each in ledger.creations.values() if each.declaration == key]
    if any(ledger.simulation.remembers_token(each.at) for each in earlier):
        report(Invariant.ONE_ENGAGEMENT, f"{engagement} is the second engagement created for {desired}")
    elif earlier:
        # The service forgot the client token, and the function must not list engagements or the list did not contain the
        # earlier one. So the function could not know that an earlier request had created an engagement.
        counts["unavoidable: the service forgot the client token of an engagement"] += 1
    ledger.creations[engagement] = Creation(
        at=ledger.simulation.clock.now,
        client_token=call.input["ClientToken"],
        declaration=key,
        parameters=parameters(desired),
    )


def check_engagement_success(
    report: Report, ledger: EngagementLedger, invocation: Invocation, physical_id: str, *, is_repetition: bool
) -> None:
    """Check the engagement in a SUCCESS response. CloudFormation ignores the response to a repetition."""
    event, desired = invocation.event, invocation.event.desired
    engagement = physical_id.rpartition("/")[2]
    current = ledger.engagement(engagement)
    if not current or f"/{desired.catalog}/" not in current["Arn"] or not is_equal(current, desired):
        report(Invariant.EXISTING_ENGAGEMENT, f"{physical_id} is not {desired}, but {current}")
    in_place = ledger.updated_in_place(event)
    if in_place and in_place != engagement:
        report(Invariant.UPDATE_KEEPS_ENGAGEMENT, f"{event.physical_id} became {physical_id}")
    if not in_place:
        _check_origin(report, ledger, invocation, engagement)
    _check_number_of_calls(report, ledger, invocation)
    if not is_repetition:
        ledger.expected[event.owner] = event, engagement


def _check_origin(report: Report, ledger: EngagementLedger, invocation: Invocation, engagement: str) -> None:
    """Check how a resource got its engagement: by creation, replay or adoption."""
    event, desired, counts = invocation.event, invocation.event.desired, ledger.simulation.counts
    responses = [call for call in invocation.known_calls if call.operation == CREATE_ENGAGEMENT and call.answer]
    created = [call for call in responses if json.loads(call.answer or b"")["Id"] == engagement]
    if created:
        counts["engagement replayed"] += not any(call.wrote for call in created)
        return
    counts["engagement adopted"] += 1
    counts["engagement from outside adopted"] += engagement in ledger.simulation.outside
    template = ledger.simulation.stacks[event.stack_id].template
    for other, managed in ledger.expected.values():
        is_renamed = other.stack_id == event.stack_id and other.logical_id not in template
        counts["engagement renamed"] += managed == engagement and is_renamed
    if not desired.adopt_existing:
        report(Invariant.ADOPTS_IF_ALLOWED, f"{engagement} was adopted")
    lists = list(complete_lists(ledger, invocation))
    if [engagement] not in lists:
        report(Invariant.ADOPTS_EQUAL_ENGAGEMENT, f"{engagement} was adopted, but the equal engagements are {lists}")


def _check_number_of_calls(report: Report, ledger: EngagementLedger, invocation: Invocation) -> None:
    event, behavior = invocation.event, ledger.simulation.behavior
    has_errors = any(call.error for call in invocation.calls)
    if invocation.faults != NO_FAULTS or not invocation.alone or has_errors or behavior.read_lag:
        return
    operations = [call.operation for call in invocation.calls if not call.input.get("NextToken")]
    if ledger.updated_in_place(event):
        needed = [READ]
    elif CREATE_ENGAGEMENT in operations:
        # A read for each engagement with the declared title, because a list contains no descriptions.
        reads = [READ] * (operations.count(READ) - 1)
        needed = [*[LIST, *reads] * event.desired.adopt_existing, CREATE_ENGAGEMENT, READ]
    else:
        needed = [LIST, *[READ] * operations.count(READ)]
    if operations != needed:
        report(Invariant.FEW_CALLS, f"{operations} for {event}")


def check_engagements(report: Report, ledger: EngagementLedger) -> None:
    """Check between two steps that the engagement of each resource is as declared, and that every creation was observed."""
    for owner, (event, engagement) in ledger.expected.items():
        if not is_equal(ledger.engagement(engagement), event.desired):
            report(Invariant.EXISTING_ENGAGEMENT, f"{engagement} of {owner} is not {event.desired}")
    for engagement in ledger.simulation.service.engagements():
        is_known = engagement in ledger.creations or engagement in ledger.simulation.outside
        if not is_known and ledger.engagement(engagement)["CreatedBy"] == ACCOUNT:
            report(Invariant.OBSERVED_WRITES, f"{engagement} exists, but no write was observed")
