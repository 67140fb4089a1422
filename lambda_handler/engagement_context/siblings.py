"""Find the stack's other resources, so that this resource does not adopt a context that another resource manages.

The function calls CloudFormation only if it needs the response to decide what to do. Most events need no call to
CloudFormation.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lambda_handler.api import Context, StackResource
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.template import UnreadableTemplateError, declares
from lambda_handler.errors import ApiError, ResourceError
from lambda_handler.identity import ContextIdentity
from lambda_handler.reasons import response

T = TypeVar("T")


def resources(job: Job, contexts: Sequence[Context]) -> Sequence[StackResource]:
    """Return the stack's resources.

    Raises:
        ResourceError: CloudFormation denied the call or did not respond for a minute. The error names the contexts.
    """
    return _asked(job, contexts, job.resources)


def adoptable(job: Job, matches: Sequence[Context], found: Sequence[StackResource]) -> Context | None:
    """Return the context to adopt, or None if another resource of the stack manages each match.

    Args:
        job: The event's work.
        matches: The contexts that are equal to the declared context.
        found: The stack's resources.

    Raises:
        ResourceError: The function cannot determine which context belongs to this resource.
    """
    own = {each.physical_id for each in found if each.logical_id == job.logical_id}
    ours = [match for match in matches if _physical_id(job, match.id) in own]
    if ours:
        return ours[0]
    managed = [match for match in matches if managers(job, match.id, found)]
    free = [match for match in matches if match not in managed]
    renamed = _renamed(job, managed, found) if managed else []
    if len(renamed) == 1 and len(free) <= 1:
        # A renamed construct keeps its context, even if the engagement has another equal context.
        return renamed[0]
    candidates = [*renamed, *free]
    if len(candidates) > 1:
        raise ResourceError(
            "AMBIGUOUS_CONTEXT",
            "More than one context is equal to the declared context. Set existing_context_id to the ID of the right context, or"
            " set adopt_existing=False to create another context. The equal contexts in"
            f" {job.desired.engagement_id}: {_ids(candidates)}.",
        )
    return candidates[0] if candidates else None


def managers(job: Job, context_id: str, found: Sequence[StackResource]) -> list[str]:
    """Return the logical IDs of the other resources that manage a context. Resources with a DELETE_* status are ignored."""
    return [
        each.logical_id
        for each in found
        if each.physical_id == _physical_id(job, context_id)
        and each.logical_id != job.logical_id
        and not each.status.startswith("DELETE_")
    ]


def is_repetition(job: Job, context_id: str, found: Sequence[StackResource]) -> bool:
    """Return whether the event is a repetition: the stack already records this context as the resource's finished result."""
    return any(
        each.logical_id == job.logical_id
        and each.physical_id == _physical_id(job, context_id)
        and not each.status.endswith("_IN_PROGRESS")
        for each in found
    )


def _renamed(job: Job, managed: Sequence[Context], found: Sequence[StackResource]) -> list[Context]:
    """Return the contexts that no resource manages any more, according to the template that is being deployed."""
    template = _asked(job, managed, job.template)
    try:
        return [
            context
            for context in managed
            if not any(declares(template, logical_id) for logical_id in managers(job, context.id, found))
        ]
    except UnreadableTemplateError as error:
        raise ResourceError(
            "STACK_UNREADABLE",
            f"The stack's template cannot be read: {error}. The function cannot check whether a renamed construct managed the"
            f" context {_ids(managed)}. Set existing_context_id to manage this context, or set adopt_existing=False to"
            " create another context, which cannot be deleted.",
        ) from error


def _asked(job: Job, contexts: Sequence[Context], call: Callable[[], T]) -> T:
    try:
        return call()
    except ApiError as error:
        raise ResourceError(
            "STACK_UNREADABLE",
            f"{error.code} from {error.operation}. Give the function the permissions cloudformation:ListStackResources"
            " and cloudformation:GetTemplate, and network access to CloudFormation. Or set existing_context_id to manage an"
            f" existing context ({_ids(contexts)}). Otherwise, the function cannot check whether another resource of"
            f" {job.stack_id} manages this context. {response(error)}",
        ) from error


def _ids(contexts: Sequence[Context]) -> str:
    return ", ".join(context.id for context in contexts)


def _physical_id(job: Job, context_id: str) -> str:
    return str(
        ContextIdentity(catalog=job.desired.catalog, engagement_id=job.desired.engagement_id, context_id=context_id)
    )
