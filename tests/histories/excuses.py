"""What excuses a failed answer. Everything else that fails is a failure that a patient handler would not have had."""

from collections.abc import Iterator

from tests.histories import payloads
from tests.histories.book import Book, shown_equal
from tests.histories.clock import SECOND
from tests.histories.payloads import Json
from tests.histories.run import Run

MOST_INTERACTIONS = 10
LONG_SECONDS = 700  # of the 830 that are for work

# What a Reason has to say then.
LASTING = {
    "throttle": "ThrottlingException",
    "error": "InternalServerException",
    "error after": "InternalServerException",
    "conflict": "ConflictException",
    "denied": "AccessDeniedException",
    "final": "AccessDeniedException",
    "drop": "ProtocolError",
    "drop after": "ProtocolError",
    "stall": "ReadTimeoutError",
}


def excuse(book: Book, run: Run, reason: str) -> str | None:
    """Say why a run may fail as it does, or None if it may not.

    Args:
        book: what is true.
        run: the run, at the moment of its answer.
        reason: what it answers.
    """
    for why, *words in _excuses(book, run):
        if all(word in reason for word in words):
            return why
    return None


def _excuses(book: Book, run: Run) -> Iterator[tuple[str, ...]]:
    """Yield each excuse that there is, and the words that its Reason has to have."""
    if run.request.kind == "Delete":
        return
    if run.trouble.lasting:
        yield f"lasting {run.trouble.lasting[1]}", LASTING[run.trouble.lasting[1]]
    if run.world.clock.now - run.started > LONG_SECONDS * SECOND:
        yield ("out of time",)
    yield from _flaws(book, run)
    if not book.in_place(run.request) and not run.request.declared.identifier:
        yield from _doubts(book, run)


def _flaws(book: Book, run: Run) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with the declaration itself."""
    declared = run.request.declared
    if declared.spec.flaw == "short":
        yield "flawed payload, found by the service", "ValidationException", "BusinessProblem", "***"
    elif declared.spec.flaw:
        yield "flawed payload, found here", "Payload is not what the API takes"
    if declared.type == "ProspectingResult" and not book.world.service.behavior.accepts_prospecting_result:
        yield "only AWS writes a ProspectingResult", "ValidationException", "ACTION_NOT_PERMITTED"
    of_type = [each["Id"] for each in book.world.contexts(declared.engagement) if each["Type"] == declared.type]
    if declared.identifier and declared.identifier not in of_type:
        yield "existing_context_id names nothing of this Type", "existing_context_id names", declared.identifier
    if _full_lead(book, run):
        yield "the Lead is full", "10"
    if _doubtful_lead(book, run):
        yield "what was sent is not certain", "It is not certain whether Interactions["


def _doubts(book: Book, run: Run) -> Iterator[tuple[str, ...]]:
    """Yield why no context can be made, or none can be told to be this resource's."""
    declared = run.request.declared
    if declared.adopts and len(shown_equal(run.shown, declared, tidy=True)) > 1:
        yield "two are equal", "exactly as declared", "existing_context_id", "adopt_existing"
    if book.spent(run.request, run.started):
        yield "the token is spent", "client_token", "existing_context_id"
    if len(book.world.contexts(declared.engagement)) >= book.world.service.behavior.quota:
        yield "the engagement is full", "ServiceQuotaExceededException", "existing_context_id"


def _full_lead(book: Book, run: Run) -> bool:
    declared = run.request.declared
    context = declared.identifier or book.in_place(run.request) or (run.made[0] if run.made else None)
    held = book.held(declared.engagement, context) if context else None
    if held is None or declared.type != "Lead":
        return False
    new = payloads.missing_interactions(held, declared.payload)
    return bool(new) and len(payloads.interactions_of(held)) + len(new) > MOST_INTERACTIONS


def _doubtful_lead(book: Book, run: Run) -> bool:
    """Whether a read showed nothing that was declared before, something of nobody's, and a new one behind one it did not show.

    A service that replaces looks like that after AWS added an interaction, and one that appends after AWS edited them.
    """
    before, declared = book.before(run.request), run.request.declared
    if before is None or declared.type != "Lead":
        return False
    context = book.in_place(run.request)
    shown: Json = next((each["Payload"]["Lead"] for each in run.shown or () if each["Id"] == context), {})
    old, held = payloads.tags_of(before.payload), payloads.tags_of(shown)
    new = [tag for tag in map(payloads.tag_of, payloads.interactions_of(declared.payload)) if tag not in old]
    behind = [place for place, tag in enumerate(new) if tag in held]
    lost = [place for place, tag in enumerate(new) if tag not in held]
    return not old & held and bool(held - old - set(new)) and bool(behind and lost) and lost[0] < behind[-1]
