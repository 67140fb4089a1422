"""Decide which context the resource manages, and create, adopt, import, update or replace this context.

A context cannot be deleted, so the function must not create a context by mistake. If the function cannot determine which
context belongs to this resource, the event fails. The Reason explains how to proceed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lambda_handler import logs
from lambda_handler.api import Context, Engagement, StackResource, Written
from lambda_handler.engagement_context import siblings
from lambda_handler.engagement_context.adoption import is_match
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.properties import NOTHING, DesiredContext, Previous
from lambda_handler.engagement_context.reconcile import needs_update, reconcile
from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.identity import ContextIdentity
from lambda_handler.reasons import response


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The context that the resource manages, and the engagement after the last call."""

    identity: ContextIdentity
    engagement: Engagement


def create(job: Job) -> Outcome:
    """Create the desired context exactly once, even if the event is repeated or an earlier run was interrupted.

    Raises:
        ResourceError: The function cannot determine which context belongs to this resource, or cannot manage that context.
        ApiError: A call to Partner Central failed, and no retry is left.
    """
    if job.desired.existing_context_id:
        return _import(job, job.desired.existing_context_id)
    while True:
        engagement = job.read()
        adopted = _adopted(job, engagement)
        if adopted:
            return adopted
        try:
            written = job.create()
        except ApiError as error:
            if error.kind is Kind.QUOTA:
                return _adopt_from_full_engagement(job, error)
            if error.kind is Kind.INVALID and error.names_token:
                raise _token_used(job, engagement, error) from error
            if error.kind is not Kind.CONFLICT:
                raise
            _back_off(job, engagement, error)
            continue
        return _created(job, written, engagement)


def update(job: Job, identity: ContextIdentity, previous: Previous) -> Outcome:
    """Update the context in place, or create its replacement.

    Only the physical ID identifies the context. When CloudFormation rolls back a failed replacement, CloudFormation swaps the
    old and the new properties, but the physical ID still names the old context.

    Args:
        job: The event's work.
        identity: The context that the physical ID names.
        previous: The previous declaration of that context.

    Raises:
        ResourceError: The context no longer exists, or `create` raised this error.
        ApiError: A call to Partner Central failed, and no retry is left.
    """
    is_elsewhere = (identity.catalog, identity.engagement_id) != (job.desired.catalog, job.desired.engagement_id)
    if is_elsewhere or job.desired.existing_context_id not in (None, identity.context_id):
        return create(job)
    engagement = job.read_until_visible(identity.context_id)
    current = engagement.context(identity.context_id)
    if current is None:
        raise ResourceError(
            "CONTEXT_GONE",
            f"The context {identity} no longer exists in the engagement, and the function does not create a replacement."
            " Set existing_context_id to manage an existing context, or declare the context under another construct ID."
            f" The engagement has {_listed(engagement.contexts)}.",
        )
    if current.type != job.desired.type or _is_replaced(job, current.id, engagement, previous):
        return create(job)
    return _outcome(job, current.id, reconcile(job, current.id, engagement, previous))


def _is_replaced(job: Job, context_id: str, engagement: Engagement, previous: Previous) -> bool:
    """Return whether an update must create another context: this Type cannot be updated, and the client token is new."""
    return (
        not job.can_update
        and job.desired.client_token != previous.client_token
        and needs_update(job, context_id, engagement, previous)
    )


def _adopted(job: Job, engagement: Engagement) -> Outcome | None:
    """Adopt the existing context that is equal to the desired context, if the declaration allows adoption."""
    matches = [context for context in engagement.contexts if is_match(job, context)]
    if not (matches and job.desired.adopt_existing):
        return None
    resources = siblings.resources(job, matches)
    match = siblings.adoptable(job, matches, resources)
    return _managed(job, match, engagement, "adopted", resources) if match else None


def _managed(
    job: Job, context: Context, engagement: Engagement, decision: str, resources: Sequence[StackResource] | None = None
) -> Outcome:
    """Reconcile a context that existed before this Create.

    Lambda can repeat the event after later updates of the stack. An update of the context would then revert the later updates.
    """
    if needs_update(job, context.id, engagement, NOTHING):
        if resources is None:
            resources = siblings.resources(job, [context])
        if siblings.is_repetition(job, context.id, resources):
            decision = "repeated"
        else:
            engagement = reconcile(job, context.id, engagement, NOTHING)
    logs.info(decision, context=context.id)
    return _outcome(job, context.id, engagement)


def _created(job: Job, written: Written, known: Engagement) -> Outcome:
    """Handle a successful create. Partner Central can return the context of an older request with the same client token."""
    if written.engagement.id != job.desired.engagement_id:
        raise _token_used(job, known)
    replayed = known.context(written.context_id)
    if replayed is None:
        logs.info("created", context=written.context_id)
        return _outcome(job, written.context_id, written.engagement)
    if replayed.type != job.desired.type:
        raise _token_used(job, known)
    resources = siblings.resources(job, [replayed])
    if siblings.managers(job, replayed.id, resources):
        # The construct that created the context was renamed, and another construct now has the old logical ID.
        raise _token_used(job, known)
    return _managed(job, replayed, known, "replayed", resources)


def _import(job: Job, context_id: str) -> Outcome:
    engagement = job.read_until_visible(context_id)
    current = engagement.context(context_id)
    if current is None or current.type != job.desired.type:
        found = f"has the Type {current.type}" if current else "does not exist"
        raise ResourceError(
            "CONTEXT_NOT_FOUND",
            f"existing_context_id must name a {job.desired.type} context of engagement {engagement.id}, but context"
            f" {ascii(context_id)} {found}. The engagement has {_listed(engagement.contexts)}.",
        )
    return _managed(job, current, engagement, "imported")


def _adopt_from_full_engagement(job: Job, error: ApiError) -> Outcome:
    """Try again to adopt a context, because an earlier create may have succeeded although its response was lost."""
    engagement = job.read()
    adopted = _adopted(job, engagement)
    if adopted:
        return adopted
    raise ResourceError(
        "ENGAGEMENT_FULL",
        f"{error.code} from {error.operation}. The engagement is full, and a context cannot be deleted. Set existing_context_id"
        " to manage an existing context, or declare the context in another engagement. The engagement"
        f" {engagement.id} has {_listed(engagement.contexts)}. {response(error)}",
    ) from error


def _back_off(job: Job, engagement: Engagement, error: ApiError) -> None:
    try:
        job.budget.back_off(error)
    except ApiError:
        raise _token_used(job, engagement, error) from error


def _token_used(job: Job, engagement: Engagement, error: ApiError | None = None) -> ResourceError:
    """Return the error for a client token that was probably used for another context."""
    cause = f"{error.code} from {error.operation}" if error else "CreateEngagementContext returned an older context"
    contexts = ", ".join(each.id for each in _same_type(job.desired, engagement)) or "none"
    return ResourceError(
        "CLIENT_TOKEN_USED",
        f"{cause}. Nothing was created, because the client token was used with another payload or because the"
        " engagement is too busy. Set existing_context_id to manage an existing context, or set a new client_token to create"
        f" another context, which cannot be deleted. Contexts of Type {job.desired.type} in {engagement.id}: {contexts}."
        + (f" {response(error)}" if error else ""),
    )


def _same_type(desired: DesiredContext, engagement: Engagement) -> list[Context]:
    return [context for context in engagement.contexts if context.type == desired.type]


def _listed(contexts: Iterable[Context]) -> str:
    """Describe contexts with only their IDs and Types, which are not sensitive."""
    listed = ", ".join(f"{context.id} ({context.type})" for context in contexts)
    return f"the contexts {listed}" if listed else "no context"


def _outcome(job: Job, context_id: str, engagement: Engagement) -> Outcome:
    if not engagement.modified_at:
        # This timestamp is an attribute of the resource, but the response to the write did not contain it.
        engagement = job.read()
    identity = ContextIdentity(
        catalog=job.desired.catalog, engagement_id=job.desired.engagement_id, context_id=context_id
    )
    return Outcome(identity=identity, engagement=engagement)
