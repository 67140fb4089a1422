"""Bring one context that is ours to what is declared: one write at most for each change, under the engagement's lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lambda_handler import comparison, logs
from lambda_handler.api import Api, Context, Engagement, Payload
from lambda_handler.declaration import Declaration
from lambda_handler.errors import ApiError, Kind, Refused
from lambda_handler.retries import Patience

MOST_INTERACTIONS = 10  # LeadInteractionList's greatest length in the service model


@dataclass(frozen=True, kw_only=True)
class _Done:
    """What was written and answered in this run: never written again, whatever a later read shows.

    `interactions` are the ones that the latest read does not show yet.
    """

    rest: bool = False
    interactions: Sequence[Payload] = ()


def bring_up_to_date(
    declared: Declaration, context_id: str, engagement: Engagement, *, before: Payload, api: Api, patience: Patience
) -> Engagement:
    """Write what the context lacks, and return the engagement as the last call left it.

    Args:
        declared: What is declared now.
        context_id: The context to write to.
        engagement: The engagement as just read; its lock goes into the first write.
        before: The payload declared before.
        api: Partner Central.
        patience: How long to keep trying.

    Raises:
        Refused: A Lead would hold too many interactions, or the context vanished between two reads.
        ApiError: Partner Central failed, and trying again is of no use.
    """
    done = _Done()
    give_back = True
    while True:
        held = _held(engagement, context_id)
        due = _interactions_due(held, declared, before, done)
        if not due and (done.rest or _rest_says(held, declared, before)):
            logs.log(decision="up to date", context=context_id)
            return engagement
        kept = comparison.filled_in(held.payload, declared.payload, before) if give_back else {}
        try:
            written = _write(declared, context_id, engagement, _payload(declared, due[:1], kept), api, patience)
        except ApiError as error:
            if error.kind is Kind.INVALID and kept:
                # The service may not take back what it filled in itself.
                give_back = False
                continue
            if error.kind is not Kind.CONFLICT and not error.leaves_open:
                raise
            patience.wait(error)
            engagement = read_until_shown(declared, context_id, api, patience)
            done = _still_done(done, _held(engagement, context_id), declared, before)
        else:
            logs.log(decision="updated", context=context_id)
            done = _Done(rest=True, interactions=[*done.interactions, *due[:1]])
            engagement = replace(written, contexts=engagement.contexts)


def read(declared: Declaration, api: Api, patience: Patience) -> Engagement:
    """Read the declared engagement."""
    return patience.until_answered(lambda: api.read(catalog=declared.catalog, engagement_id=declared.engagement_id))


def read_until_shown(declared: Declaration, context_id: str, api: Api, patience: Patience) -> Engagement:
    """Read the declared engagement, again for a while if it does not show a context: a read may show a write late."""
    while True:
        engagement = read(declared, api, patience)
        if engagement.context(context_id):
            return engagement
        late = ApiError(
            Kind.NOT_SHOWN, operation="GetEngagement", code="NotShown", message="the context is not in the answer"
        )
        try:
            patience.wait(late)
        except ApiError:
            return engagement


def _rest_says(held: Context, declared: Declaration, before: Payload) -> bool:
    return comparison.rest_says(held.payload, declared.payload, declared.type, before=before)


def _still_done(done: _Done, held: Context, declared: Declaration, before: Payload) -> _Done:
    """Return what a new read leaves of what was done: of the interactions, those it does not show."""
    if done.rest and not _rest_says(held, declared, before):
        # Normalised, shown late, or changed by others since. Writing it again would not help, so this only says it.
        logs.log(decision="reads otherwise than written", context=held.id)
    shown = held.payload.get(comparison.INTERACTIONS, ())
    return _Done(rest=done.rest, interactions=comparison.unmatched(done.interactions, shown))


def _interactions_due(held: Context, declared: Declaration, before: Payload, done: _Done) -> list[Payload]:
    """Return the interactions still to be sent: declared now, not before, not held, and not sent in this run."""
    if declared.type != comparison.LEAD:
        return []
    wanted = comparison.unmatched(
        declared.payload.get(comparison.INTERACTIONS, ()), before.get(comparison.INTERACTIONS, ())
    )
    holds = held.payload.get(comparison.INTERACTIONS, ())
    due = comparison.unmatched(_after_sole_survivor(wanted, holds, before), [*holds, *done.interactions])
    if due and len(holds) + len(done.interactions) + len(due) > MOST_INTERACTIONS:
        raise Refused(
            f"The Lead {held.id} holds {len(holds) + len(done.interactions)} interactions, and {len(due)} more are declared:"
            f" a Lead has {MOST_INTERACTIONS} at most, and none can be removed. Nothing further was sent. Declare fewer."
        )
    return due


def _after_sole_survivor(wanted: list[Payload], holds: Sequence[Payload], before: Payload) -> list[Payload]:
    """Leave out what was sent before the one interaction that a service that replaces them holds.

    Interactions go out in the order they are declared. A service that appends holds at least one that was declared before;
    one that holds nothing but one of the new ones replaces them, and has had those that stand before it.
    """
    if not before or len(holds) != 1 or len(wanted) < 2:
        return wanted
    last = next((place for place, one in enumerate(wanted) if not comparison.unmatched([one], holds)), None)
    return wanted if last is None else wanted[last:]


def _payload(declared: Declaration, interactions: list[Payload], kept: Payload) -> Payload:
    if declared.type != comparison.LEAD:
        return declared.payload
    return comparison.lead_update(declared.payload, interactions[0] if interactions else None, kept)


def _held(engagement: Engagement, context_id: str) -> Context:
    held = engagement.context(context_id)
    if held is None:
        raise Refused(
            f"The context {ascii(context_id)} vanished from the engagement {engagement.id} while it was being updated."
        )
    return held


def _write(
    declared: Declaration, context_id: str, engagement: Engagement, payload: Payload, api: Api, patience: Patience
) -> Engagement:
    """Send one update. Only what surely did not arrive is sent again as it is: all else is for a new read to decide."""
    written = patience.until_answered(
        lambda: api.update(
            catalog=declared.catalog,
            engagement_id=declared.engagement_id,
            context_id=context_id,
            type_=declared.type,
            payload=payload,
            modified_at=engagement.modified_at,
        ),
        unless=(Kind.CONFLICT, Kind.INTERNAL, Kind.CONNECTION),
    )
    return written.engagement
