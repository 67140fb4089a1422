"""The causes that justify a FAILED response, and the words that the Reason must contain for each cause.

A FAILED response without such a cause violates `NO_UNEXPECTED_FAILURE`, because the handler could have succeeded by retrying.
"""

from collections.abc import Iterator

from tests.histories import payloads
from tests.histories.clock import SECOND
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
    "drop": "ConnectionClosedError",
    "drop after commit": "ConnectionClosedError",
    "timeout": "ReadTimeoutError",
}


def expected_failure(ledger: Ledger, invocation: Invocation, reason: str) -> str | None:
    """Return the cause that justifies the FAILED response of an invocation, or None if there is no such cause.

    Args:
        ledger: The ledger of the history.
        invocation: The invocation at the time of its response.
        reason: The Reason in the response.
    """
    for cause, *words in _causes(ledger, invocation):
        if all(word in reason for word in words):
            return cause
    return None


def _causes(ledger: Ledger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield a tuple for each cause that applies: the cause, and the words that the Reason must contain."""
    event = invocation.event
    if event.request_type == "Delete":
        return
    if invocation.faults.lasting:
        fault = invocation.faults.lasting[1]
        yield f"lasting {fault}", LASTING_FAULT_ERRORS[fault]
    if invocation.simulation.clock.now - invocation.started > OUT_OF_TIME_SECONDS * SECOND:
        yield ("out of time",)
    yield from _flaws(ledger, invocation)
    if not ledger.updated_in_place(event) and not event.desired.existing_context_id:
        yield from _creation_failures(ledger, invocation)


def _flaws(ledger: Ledger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield the causes that result from the declaration, with the words that the Reason must contain."""
    desired = invocation.event.desired
    if desired.spec.flaw:
        yield "payload refused by the service", "[VALIDATION_ERROR]", "ValidationException"
    behavior = ledger.simulation.service.behavior
    if desired.type == "ProspectingResult" and not behavior.accepts_prospecting_result:
        yield "only AWS writes a ProspectingResult", "ValidationException", "ACTION_NOT_PERMITTED"
    contexts = ledger.simulation.contexts(desired.engagement)
    of_type = [each["Id"] for each in contexts if each["Type"] == desired.type]
    if desired.existing_context_id and desired.existing_context_id not in of_type:
        yield "no context to import", "[CONTEXT_NOT_FOUND]", desired.existing_context_id
    if _has_too_many_interactions(ledger, invocation):
        yield "too many interactions", "[TOO_MANY_INTERACTIONS]"
    if _is_interaction_uncertain(ledger, invocation):
        yield "uncertain interactions", "[UNCERTAIN_INTERACTION]"


def _creation_failures(ledger: Ledger, invocation: Invocation) -> Iterator[tuple[str, ...]]:
    """Yield the causes that prevent both creating and adopting a context, with the words that the Reason must contain."""
    event, desired = invocation.event, invocation.event.desired
    if desired.adopt_existing and len(equal_contexts(invocation.last_read, desired, normalize=True)) > 1:
        yield "two equal contexts", "[AMBIGUOUS_CONTEXT]", "existing_context_id", "adopt_existing"
    if ledger.is_token_used_otherwise(event, invocation.started):
        yield "client token used", "[CLIENT_TOKEN_USED]", "client_token", "existing_context_id"
    quota = ledger.simulation.service.behavior.quota
    if len(ledger.simulation.contexts(desired.engagement)) >= quota:
        yield "engagement full", "[ENGAGEMENT_FULL]", "ServiceQuotaExceededException", "existing_context_id"


def _has_too_many_interactions(ledger: Ledger, invocation: Invocation) -> bool:
    event, desired = invocation.event, invocation.event.desired
    created = invocation.created[0] if invocation.created else None
    context = desired.existing_context_id or ledger.updated_in_place(event) or created
    current = ledger.current(desired.engagement, context) if context else None
    if current is None or desired.type != "Lead":
        return False
    new = payloads.missing_interactions(current, desired.payload)
    return bool(new) and len(payloads.interactions(current)) + len(new) > MOST_INTERACTIONS


def _is_interaction_uncertain(ledger: Ledger, invocation: Invocation) -> bool:
    """Whether the latest read fits both a service that appends interactions and a service that replaces interactions.

    Such a read contains no interaction of the previous declaration. It contains an unknown interaction, and a new interaction
    that the declaration lists after a missing new interaction. Either the service replaces interactions and AWS added one, or
    the service appends interactions and AWS edited some.
    """
    event, desired = invocation.event, invocation.event.desired
    previous = ledger.previous(event)
    if previous is None or desired.type != "Lead":
        return False
    context = ledger.updated_in_place(event)
    read: Json = next((each["Payload"]["Lead"] for each in invocation.last_read or () if each["Id"] == context), {})
    old, current = payloads.interaction_names(previous.payload), payloads.interaction_names(read)
    new = [name for name in map(payloads.interaction_name, payloads.interactions(desired.payload)) if name not in old]
    present = [place for place, name in enumerate(new) if name in current]
    missing = [place for place, name in enumerate(new) if name not in current]
    return (
        not old & current and bool(current - old - set(new)) and bool(present and missing) and missing[0] < present[-1]
    )
