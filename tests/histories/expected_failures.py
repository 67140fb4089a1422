"""The causes that justify a FAILED response, and the words that the Reason must contain for each cause.

A FAILED response without one of these causes violates `NO_UNEXPECTED_FAILURE`, because the handler could have succeeded by
retrying.
"""

from collections.abc import Iterator

from tests.histories import payloads
from tests.histories.clock import SECOND
from tests.histories.engagement_ledger import EngagementLedger, complete_lists
from tests.histories.engagements import is_equal
from tests.histories.faults import ENDLESS_LIST
from tests.histories.invocation import Invocation
from tests.histories.ledger import Ledger, equal_contexts
from tests.histories.payloads import Json

MOST_INTERACTIONS = 10
OUT_OF_TIME_SECONDS = 700  # less than the 830 seconds that the handler has for its calls

# The error code that the Reason must contain for each lasting fault.
LASTING_FAULT_ERRORS = {
    "throttle": "ThrottlingException",
    "error": "InternalServerException",
    "error after commit": "InternalServerException",
    "conflict": "ConflictException",
    "denied": "AccessDeniedException",
    "denied finally": "AccessDeniedException",
    "credentials": "UnrecognizedClientException",
    "drop": "ConnectionClosedError",
    "drop after commit": "ConnectionClosedError",
    "timeout": "ReadTimeoutError",
    ENDLESS_LIST: "[ENGAGEMENTS_UNREADABLE]",
}


def expected_failure(ledger: Ledger, engagements: EngagementLedger, invocation: Invocation, reason: str) -> str | None:
    """Return the cause that justifies the FAILED response of an invocation, or None if there is no such cause.

    Args:
        ledger: The ledger of the history.
        engagements: The ledger of the history's engagements.
        invocation: The invocation that sends the response.
        reason: The Reason in the response.
    """
    for cause, *words in _causes(ledger, engagements, invocation):
        if all(word in reason for word in words):
            return cause
    return None


def _causes(ledger: Ledger, engagements: EngagementLedger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield a tuple for each cause that applies: the cause, and the words that the Reason must contain."""
    event = invocation.event
    if event.request_type == "Delete":
        return
    if invocation.faults.lasting:
        fault = invocation.faults.lasting[1]
        yield f"lasting {fault}", LASTING_FAULT_ERRORS[fault]
    if invocation.simulation.clock.now - invocation.started > OUT_OF_TIME_SECONDS * SECOND:
        yield ("out of time",)
    if event.is_engagement:
        yield from _engagement_failures(engagements, invocation)
        return
    if invocation.faults.stack in ("denied", "unreachable"):
        yield "stack unreadable", "[STACK_UNREADABLE]", "existing_context_id"
    yield from _flaws(ledger, invocation)
    if not ledger.updated_in_place(event) and not event.desired.existing_context_id:
        yield from _creation_failures(ledger, invocation)


def _engagement_failures(ledger: EngagementLedger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield the causes for which an engagement cannot be created, adopted or updated, with the words of the Reason."""
    event, desired = invocation.event, invocation.event.desired
    in_place = ledger.updated_in_place(event)
    if in_place:
        if not is_equal(ledger.engagement(in_place), desired):
            yield "title or description changed", "[CANNOT_UPDATE]", in_place, "Restore the declaration"
        return
    if desired.flaw:
        yield "engagement refused by the service", "[VALIDATION_ERROR]", "ValidationException"
    for equal in complete_lists(ledger, invocation) if desired.adopt_existing else []:
        if len(equal) > 1:
            advice = "Engagement.from_engagement_id", "adopt_existing=False"
            yield "two equal engagements", "[AMBIGUOUS_ENGAGEMENT]", *equal, *advice
    if ledger.is_token_used_otherwise(event, invocation.started):
        yield (
            "client token of another engagement",
            "[CLIENT_TOKEN_USED]",
            "client_token",
            "Engagement.from_engagement_id",
        )


def _flaws(ledger: Ledger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield the causes that result from the declaration, with the words that the Reason must contain."""
    desired = invocation.event.desired
    if desired.spec.flaw:
        yield "payload refused by the service", "[VALIDATION_ERROR]", "ValidationException"
        yield "required member missing", "[MISSING_MEMBER]"
    behavior = ledger.simulation.service.behavior
    if behavior.refuses_filled_in and "Insights" in desired.payload:
        yield "payload refused by the service", "[VALIDATION_ERROR]", "ValidationException"
    if desired.spec.new and behavior.unknown_members == "refuse":
        yield "payload refused by the service", "[VALIDATION_ERROR]", "ValidationException"
    if desired.type == "ProspectingResult" and not behavior.accepts_prospecting_result:
        yield "only AWS writes a ProspectingResult", "ValidationException", "ACTION_NOT_PERMITTED"
    contexts = ledger.simulation.contexts(desired.engagement)
    of_type = [each["Id"] for each in contexts if each["Type"] == desired.type]
    if desired.existing_context_id and desired.existing_context_id not in of_type:
        yield "no context to import", "[CONTEXT_NOT_FOUND]", desired.existing_context_id
    if _differs_from_account(ledger, invocation):
        yield "context cannot be updated", "[CANNOT_UPDATE]", "client_token"
    if _has_too_many_interactions(ledger, invocation):
        yield "too many interactions", "[TOO_MANY_INTERACTIONS]"
    if _is_interaction_uncertain(ledger, invocation):
        yield "uncertain interactions", "[UNCERTAIN_INTERACTION]"


def _creation_failures(ledger: Ledger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield the causes that prevent both creating and adopting a context, with the words that the Reason must contain."""
    event, desired = invocation.event, invocation.event.desired
    equal = [
        each
        for each in equal_contexts(invocation.last_read, desired)
        if not ledger.belongs_to_sibling(event, each, invocation.stack_view)
    ]
    if desired.adopt_existing and len(equal) > 1:
        yield "two equal contexts", "[AMBIGUOUS_CONTEXT]", "existing_context_id", "adopt_existing"
    if ledger.is_token_used_otherwise(event, invocation.started) or _is_sibling_replayed(ledger, invocation):
        yield "client token used", "[CLIENT_TOKEN_USED]", "client_token", "existing_context_id"
    quota = ledger.simulation.service.behavior.quota
    if len(ledger.simulation.contexts(desired.engagement)) >= quota:
        yield "engagement full", "[ENGAGEMENT_FULL]", "ServiceQuotaExceededException", "existing_context_id"


def _is_sibling_replayed(ledger: Ledger, invocation: Invocation) -> bool:
    """Return whether the create call returned an existing context that another resource of the stack manages."""
    if not invocation.created or invocation.created[1]:
        return False
    context = invocation.created[0]
    event, view = invocation.event, invocation.stack_view
    return ledger.belongs_to_sibling(event, context, view) or ledger.is_renamed(event, context, view)


def _target(ledger: Ledger, invocation: Invocation) -> str | None:
    """Return the ID of the existing context that the invocation updates, or None if there is none."""
    event, desired = invocation.event, invocation.event.desired
    created = invocation.created[0] if invocation.created else None
    adopted = equal_contexts(invocation.last_read, desired) if desired.adopt_existing else []
    return desired.existing_context_id or ledger.updated_in_place(event) or created or next(iter(adopted), None)


def _differs_from_account(ledger: Ledger, invocation: Invocation) -> bool:
    """Return whether the declaration differs from an existing context that cannot be updated."""
    desired, context = invocation.event.desired, _target(ledger, invocation)
    current = ledger.current(desired.engagement, context) if context else None
    if desired.type != "CustomerAccount" or current is None:
        return False
    return bool(current != desired.payload)


def _has_too_many_interactions(ledger: Ledger, invocation: Invocation) -> bool:
    desired, context = invocation.event.desired, _target(ledger, invocation)
    current = ledger.current(desired.engagement, context) if context else None
    if current is None or desired.type != "Lead":
        return False
    new = payloads.interaction_names(desired.payload) - payloads.interaction_names(current)
    return bool(new) and len(payloads.interactions(current)) + len(new) > MOST_INTERACTIONS


def _is_interaction_uncertain(ledger: Ledger, invocation: Invocation) -> bool:
    """Return whether the context contains a changed form of a new interaction.

    In this case, the function cannot determine whether it has already sent the interaction.
    """
    event, desired, context = invocation.event, invocation.event.desired, _target(ledger, invocation)
    previous = ledger.previous(event)
    if desired.type != "Lead" or event.number in ledger.answered:
        return bool(desired.type == "Lead")
    before = payloads.interaction_names(previous.payload) if previous else set()
    read: Json = next((each["Payload"]["Lead"] for each in invocation.last_read or () if each["Id"] == context), {})
    stored = {payloads.interaction_name(each): each for each in payloads.interactions(read)}
    return any(
        name in stored and name not in before and not payloads.is_same_interaction(stored[name], one)
        for name, one in ((payloads.interaction_name(each), each) for each in payloads.interactions(desired.payload))
    )
