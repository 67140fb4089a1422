"""What to do on Create, Update and Delete. Decisions only: it knows nothing of crhelper, of the SDK or of events.

One rule decides every doubt: an error can be mended, a used slot cannot. When it is not certain which context is ours, fail
with a Reason that says how to go on; never create just in case, never write over what may be somebody else's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lambda_handler import comparison, logs
from lambda_handler.api import Api, Context, Engagement, Payload, Written
from lambda_handler.declaration import Declaration
from lambda_handler.errors import ApiError, Kind, Refused
from lambda_handler.identity import Identity, parse_physical_id
from lambda_handler.reconcile import read, read_until_shown, reconcile
from lambda_handler.retries import RetryBudget


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A context that is as declared, and its engagement as of the last call."""

    identity: Identity
    engagement: Engagement


def create(
    declared: Declaration, *, token: str, api: Api, budget: RetryBudget, before: Payload | None = None
) -> Outcome:
    """Make the declared context exist, exactly once, however often this runs and wherever it was cut off before.

    Args:
        declared: What the stack declares.
        before: Not used: what was declared before was about another context, if about any.
        token: The client token of the declaration.
        api: Partner Central.
        budget: How long to keep trying.

    Raises:
        Refused: It is not certain which context is ours, or the declared one cannot be managed.
        ApiError: Partner Central failed, and trying again is of no use.
    """
    del before
    while True:
        if declared.existing_context_id:
            return _take_over(declared, declared.existing_context_id, api, budget)
        engagement = read(declared, api, budget)
        ours = _adopted(declared, engagement)
        if ours:
            return _outcome(declared, ours.id, engagement, "adopted")
        try:
            written = _create(declared, token, api, budget)
        except ApiError as error:
            if error.kind is Kind.QUOTA:
                return _after_quota(declared, error, api, budget)
            if error.kind is Kind.INVALID and error.names_token:
                raise _spent(declared, engagement, error) from error
            if error.kind is not Kind.CONFLICT:
                raise
            _wait_out(declared, engagement, error, budget)
            continue
        return _created(declared, written, engagement, api, budget)


def update(
    declared: Declaration, *, before: Payload | None, physical_id: str, token: str, api: Api, budget: RetryBudget
) -> Outcome:
    """Bring the context that the physical id names to what is declared, or replace it by another.

    The identity comes from the physical id alone: after a failed move CloudFormation sends the properties in reverse, while
    the physical id never changed.

    Args:
        declared: What the stack declares now.
        before: The payload it declared of that context before; None for the rollback of a move that failed.
        physical_id: The physical resource id in the event.
        token: The client token of the declaration.
        api: Partner Central.
        budget: How long to keep trying.

    Raises:
        Refused: The context is gone, or one of `create`'s reasons.
        ApiError: Partner Central failed, and trying again is of no use.
    """
    identity = parse_physical_id(physical_id)
    moved = identity and (identity.catalog, identity.engagement_id) != (declared.catalog, declared.engagement_id)
    if identity is None or moved or declared.existing_context_id not in (None, identity.context_id):
        return create(declared, token=token, api=api, budget=budget)
    engagement = read_until_shown(declared, identity.context_id, api, budget)
    held = engagement.context(identity.context_id)
    if held is None:
        raise Refused(
            f"The context {identity} is gone from the engagement, and nothing is created in its place silently."
            f" The engagement holds {_listed(engagement.contexts)}. Set existing_context_id to manage one of those, or remove"
            " the construct and declare the context under another construct id."
        )
    if held.type != declared.type:
        return create(declared, token=token, api=api, budget=budget)
    engagement = reconcile(declared, held.id, engagement, before=before, api=api, budget=budget)
    return Outcome(identity=identity, engagement=engagement)


def _create(declared: Declaration, token: str, api: Api, budget: RetryBudget) -> Written:
    """Call create until it is answered: the token makes every repetition the same one request."""
    return budget.until_answered(
        lambda: api.create(
            catalog=declared.catalog,
            engagement_id=declared.engagement_id,
            type_=declared.type,
            payload=declared.payload,
            client_token=token,
        ),
        unless=(Kind.CONFLICT,),
    )


def _adopted(declared: Declaration, engagement: Engagement) -> Context | None:
    """Return the context that is ours already, if the declaration adopts one."""
    if not declared.adopt_existing or not comparison.has_values(declared.payload):
        return None
    equal = [
        context
        for context in _of_type(declared, engagement)
        if comparison.says(context.payload, declared.payload, declared.type, before={})
    ]
    if len(equal) > 1:
        raise Refused(
            f"The engagement {engagement.id} holds {_listed(equal)}, each exactly as declared, so it is not certain which one"
            " is this resource's. Set existing_context_id to the one to manage, or adopt_existing=False to create another."
        )
    return equal[0] if equal else None


def _created(declared: Declaration, written: Written, known: Engagement, api: Api, budget: RetryBudget) -> Outcome:
    """Tell a new context from the replay of an older request with the same token, and bring the latter up to date."""
    if written.engagement.id != declared.engagement_id:
        raise _spent(declared, known)
    replayed = known.context(written.context_id)
    if replayed is None:
        return _outcome(declared, written.context_id, written.engagement, "created")
    if replayed.type != declared.type:
        raise _spent(declared, known)
    logs.log(decision="replayed", context=replayed.id)
    engagement = reconcile(declared, replayed.id, known, before={}, api=api, budget=budget)
    return _outcome(declared, replayed.id, engagement, "managed")


def _take_over(declared: Declaration, context_id: str, api: Api, budget: RetryBudget) -> Outcome:
    engagement = read_until_shown(declared, context_id, api, budget)
    held = engagement.context(context_id)
    if held is None or held.type != declared.type:
        found = f"is a {held.type}" if held else "is not there"
        raise Refused(
            f"existing_context_id names context {ascii(context_id)} of {engagement.id} as a {declared.type}, but it {found}."
            f" The engagement holds {_listed(engagement.contexts)}."
        )
    engagement = reconcile(declared, context_id, engagement, before={}, api=api, budget=budget)
    return _outcome(declared, context_id, engagement, "managed")


def _after_quota(declared: Declaration, error: ApiError, api: Api, budget: RetryBudget) -> Outcome:
    """The engagement is full. It may be our own context that filled it, in a request whose answer was lost."""
    engagement = read(declared, api, budget)
    ours = _adopted(declared, engagement)
    if ours:
        return _outcome(declared, ours.id, engagement, "adopted")
    raise Refused(
        f"{error}. The engagement {engagement.id} holds {_listed(engagement.contexts)}, and a context can never be deleted. Set"
        ' existing_context_id="..." to one of them to manage that one, or declare the context in another engagement.'
    ) from error


def _wait_out(declared: Declaration, engagement: Engagement, error: ApiError, budget: RetryBudget) -> None:
    try:
        budget.wait(error)
    except ApiError:
        raise _spent(declared, engagement, error) from error


def _spent(declared: Declaration, engagement: Engagement, error: ApiError | None = None) -> Refused:
    """Return the refusal for a token that made another context before, with the two ways on."""
    said = error or "CreateEngagementContext answered with the context of an older request"
    return Refused(
        f"{said}. The client token was used for another payload, or the engagement is too busy; nothing was created now."
        f" The engagement {engagement.id} holds {_listed(_of_type(declared, engagement), of=declared.type)}. To manage one of"
        ' those set existing_context_id="..."; to create a further one, which can never be deleted, set a new client_token.'
    )


def _of_type(declared: Declaration, engagement: Engagement) -> list[Context]:
    return [context for context in engagement.contexts if context.type == declared.type]


def _listed(contexts: Iterable[Context], *, of: str = "") -> str:
    """Name contexts by what is nobody's secret: their ids and Types."""
    named = ", ".join(f"{context.id}" if of else f"{context.id} ({context.type})" for context in contexts)
    return (
        f"the {of} contexts {named}"
        if of and named
        else f"the contexts {named}"
        if named
        else f"no {of} context".replace("  ", " ")
    )


def _outcome(declared: Declaration, context_id: str, engagement: Engagement, decision: str) -> Outcome:
    logs.log(decision=decision, context=context_id)
    identity = Identity(catalog=declared.catalog, engagement_id=declared.engagement_id, context_id=context_id)
    return Outcome(identity=identity, engagement=engagement)
