"""Bring one context that is ours to what is declared: one write at most for each change, under the engagement's lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lambda_handler import comparison, logs
from lambda_handler.api import Api, Context, Engagement, Payload
from lambda_handler.declaration import Declaration
from lambda_handler.errors import ApiError, Kind, Refused
from lambda_handler.retries import RetryBudget

# A read may show a write late; in so many seconds it should not any more.
LATE_SECONDS = (1.5, 2.5)
MOST_INTERACTIONS = 10  # LeadInteractionList's greatest length in the service model


@dataclass(frozen=True, kw_only=True)
class _Done:
    """What is in place, since this run wrote it, read it or was told: never written again, whatever a later read shows."""

    rest: bool = False
    interactions: Sequence[Payload] = ()


def reconcile(
    declared: Declaration,
    context_id: str,
    engagement: Engagement,
    *,
    before: Payload | None,
    api: Api,
    budget: RetryBudget,
) -> Engagement:
    """Write what the context lacks, and return the engagement as the last call left it.

    Args:
        declared: What is declared now.
        context_id: The context to write to.
        engagement: The engagement as just read; its lock goes into the first write.
        before: The payload declared before; None where what is declared now was in place already, interactions and all.
        api: Partner Central.
        budget: How long to keep trying.

    Raises:
        Refused: A Lead would hold too many interactions, or the context vanished between two reads.
        ApiError: Partner Central failed, and trying again is of no use.
    """
    done = _Done(interactions=declared.payload.get(comparison.INTERACTIONS, ()) if before is None else ())
    before = before or {}
    give_back = True
    # A rollback behind a late read would find that what it is to undo was never done.
    certain = before in ({}, declared.payload)
    while True:
        held = _held(engagement, context_id)
        due = _interactions_due(held, declared, before, done)
        done = replace(done, interactions=comparison.unmatched(_wanted(declared, before), due))
        if not due and (done.rest or _rest_says(held, declared, before)):
            if certain or not budget.pause(*LATE_SECONDS):
                logs.log(decision="up to date", context=context_id)
                return engagement
            certain = True
            engagement = read_until_shown(declared, context_id, api, budget)
            continue
        certain = True
        kept = comparison.filled_in(held.payload, declared.payload, before) if give_back else {}
        try:
            written = _write(declared, context_id, engagement, _payload(declared, due[:1], kept), api, budget)
        except ApiError as error:
            if error.kind is Kind.INVALID and any(name.lower() in error.words for name in kept):
                # The service may not take back what it filled in itself.
                give_back = False
                continue
            if error.kind is not Kind.CONFLICT and not error.leaves_open:
                raise
            budget.wait(error)
            engagement = read_until_shown(declared, context_id, api, budget)
            if done.rest:
                _say_if_otherwise(_held(engagement, context_id), declared, before)
        else:
            logs.log(decision="updated", context=context_id)
            budget.ended(Kind.CONFLICT)
            done = _Done(rest=True, interactions=[*done.interactions, *due[:1]])
            engagement = replace(written, contexts=engagement.contexts)


def read(declared: Declaration, api: Api, budget: RetryBudget) -> Engagement:
    """Read the declared engagement."""
    return budget.until_answered(lambda: api.read(catalog=declared.catalog, engagement_id=declared.engagement_id))


def read_until_shown(declared: Declaration, context_id: str, api: Api, budget: RetryBudget) -> Engagement:
    """Read the declared engagement, again for a while if it does not show a context: a read may show a write late."""
    while True:
        engagement = read(declared, api, budget)
        if engagement.context(context_id):
            budget.ended(Kind.NOT_SHOWN)
            return engagement
        late = ApiError(
            Kind.NOT_SHOWN, operation="GetEngagement", code="NotShown", message="the context is not in the answer"
        )
        try:
            budget.wait(late)
        except ApiError:
            return engagement


def _rest_says(held: Context, declared: Declaration, before: Payload) -> bool:
    return comparison.rest_says(held.payload, declared.payload, declared.type, before=before)


def _wanted(declared: Declaration, before: Payload) -> list[Payload]:
    """Return the interactions that are declared now and were not before: the others were sent when they came in."""
    return comparison.unmatched(
        declared.payload.get(comparison.INTERACTIONS, ()), before.get(comparison.INTERACTIONS, ())
    )


def _say_if_otherwise(held: Context, declared: Declaration, before: Payload) -> None:
    """Say in the log that what was written reads otherwise: normalised, shown late, or changed by others since.

    Writing it again would not help.
    """
    if not _rest_says(held, declared, before):
        logs.log(decision="reads otherwise than written", context=held.id)


def _interactions_due(held: Context, declared: Declaration, before: Payload, done: _Done) -> list[Payload]:
    """Return the interactions still to be sent: those declared that the Lead has not had, as far as they are new."""
    if declared.type != comparison.LEAD:
        return []
    holds = held.payload.get(comparison.INTERACTIONS, ())
    # All that the Lead has had. A service that replaces interactions, or shows them late, does not hold all of it.
    had = [*holds, *comparison.unmatched(done.interactions, holds, cut=True)]
    # All that is declared is looked for: one that was declared before takes its own, not that of a new one like it.
    missing = comparison.unmatched(declared.payload.get(comparison.INTERACTIONS, ()), had, cut=True)
    wanted = comparison.unmatched(_wanted(declared, before), done.interactions)
    cut = wanted[: _last_survivor(wanted, holds, before)]
    unknown = _common(cut, missing)
    if unknown and _holds_others(holds, [*before.get(comparison.INTERACTIONS, ()), *_wanted(declared, before)]):
        raise _uncertain(held, declared, unknown)
    due = _common(wanted[len(cut) :], missing)
    if due and len(had) + len(due) > MOST_INTERACTIONS:
        raise Refused(
            f"The Lead {held.id} holds {len(had)} interactions, and {len(due)} more are declared: a Lead has"
            f" {MOST_INTERACTIONS} at most, and none can be removed. Nothing further was sent. Declare fewer."
        )
    return due


def _last_survivor(wanted: Sequence[Payload], holds: Sequence[Payload], before: Payload) -> int:
    """Return the place before which an earlier run sent all, and a service that replaces interactions lost it; 0 if none.

    Interactions go out in the order they are declared, so the last one that is held tells that those before it were sent. A
    service that appends holds those declared before; where none were, only a Lead with a single one looks replaced. A Lead
    that nothing was declared of before is somebody else's so far, and tells nothing.
    """
    earlier = before.get(comparison.INTERACTIONS, ())
    if not before or (comparison.unmatched(earlier, holds, cut=True) != list(earlier) if earlier else len(holds) != 1):
        return 0
    survivors = [place for place, one in enumerate(wanted) if not comparison.unmatched([one], holds, cut=True)]
    return survivors[-1] if survivors else 0


def _holds_others(holds: Sequence[Payload], ours: Sequence[Payload]) -> bool:
    """Whether there is any that is not ours: then the service may well append, and ours look lost since AWS edited them."""
    return len(holds) > len(ours) - len(comparison.unmatched(ours, holds, cut=True))


def _uncertain(held: Context, declared: Declaration, unknown: Sequence[Payload]) -> Refused:
    said = declared.payload[comparison.INTERACTIONS]
    places = ", ".join(f"Interactions[{place}]" for place, one in enumerate(said) if one in unknown)
    return Refused(
        f"It is not certain whether {places} of the Lead {held.id} went out before: the Lead holds nothing of what was declared"
        " before, and something that was never declared. Nothing further was sent. Declare new interactions behind those that"
        " were declared before."
    )


def _common(some: Sequence[Payload], others: Sequence[Payload]) -> list[Payload]:
    """Return those of the declared interactions `some` that are among `others`, each counting once."""
    left = list(others)
    found = []
    for one in some:
        if one in left:
            left.remove(one)
            found.append(one)
    return found


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
    declared: Declaration, context_id: str, engagement: Engagement, payload: Payload, api: Api, budget: RetryBudget
) -> Engagement:
    """Send one update. Only what surely did not arrive is sent again as it is: all else is for a new read to decide."""
    written = budget.until_answered(
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
