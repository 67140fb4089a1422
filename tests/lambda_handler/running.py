"""Run the lifecycle's functions against a script."""

from collections.abc import Sequence
from typing import Any

import pytest

from lambda_handler.api import Context, Engagement, Payload
from lambda_handler.engagement_context import lifecycle
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.lifecycle import Outcome
from lambda_handler.engagement_context.properties import NOTHING, Previous
from lambda_handler.errors import ApiError, ResourceError
from lambda_handler.identity import ContextIdentity, parse_context_physical_id
from lambda_handler.reasons import reason
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    LOGICAL_ID,
    STACK,
    TOKEN,
    Clock,
    Script,
    Step,
    arn,
    declaration,
    lead,
    lead_context,
    lead_update,
    reads,
    updates,
    written,
)


def identity(context: str, engagement: str = ENGAGEMENT) -> ContextIdentity:
    """Return the identity of a context in the sandbox."""
    return ContextIdentity(catalog="Sandbox", engagement_id=engagement, context_id=context)


def job(api: Script, clock: Clock | None, **desired: Any) -> Job:
    """Return the work of an event; `desired` are members of the declaration."""
    return Job(
        desired=declaration(**desired),
        client_token=TOKEN,
        stack_id=STACK,
        logical_id=LOGICAL_ID,
        api=api,
        stack=api,
        budget=(clock or Clock()).budget(),
    )


def create(*steps: Step, clock: Clock | None = None, **desired: Any) -> Outcome:
    """Run Create; `desired` are members of the declaration."""
    with Script(*steps) as api:
        return lifecycle.create(job(api, clock, **desired))


def create_error(*steps: Step, clock: Clock | None = None, code: str, **desired: Any) -> str:
    """Run a Create that ends in a ResourceError with this code. Return its Reason."""
    with pytest.raises(ResourceError) as failed:
        create(*steps, clock=clock, **desired)
    assert failed.value.code == code
    return reason(failed.value, catalog="Sandbox", arn=arn())


def update(
    *steps: Step,
    physical_id: str = f"Sandbox/{ENGAGEMENT}/1",
    previous: Payload | Previous | None = None,
    clock: Clock | None = None,
    **desired: Any,
) -> Outcome:
    """Run Update.

    `desired` are members of the declaration. If `previous` is None, nothing is known of the declaration before.
    """
    known = previous if isinstance(previous, Previous) else Previous(payload=previous) if previous else NOTHING
    named = parse_context_physical_id(physical_id)
    assert named
    with Script(*steps) as api:
        return lifecycle.update(job(api, clock, **desired), named, known)


def update_error(*steps: Step, code: str, **arguments: Any) -> str:
    """Run an Update that ends in a ResourceError with this code. Return its Reason."""
    with pytest.raises(ResourceError) as failed:
        update(*steps, **arguments)
    assert failed.value.code == code
    return reason(failed.value, catalog="Sandbox", arn=arn())


def current_lead(*interactions: Any, **members: Any) -> Context:
    """Return the Lead that Partner Central has."""
    return lead_context("1", lead(*interactions, **members))


def sends(lock: int, interaction: Any = None, returns: ApiError | None = None, **members: Any) -> Step:
    """Expect an update of the Lead with one interaction, or none, under a lock. It returns the next lock."""
    payload = lead_update(interaction, **members)
    return updates("1", returns or written("1", lock=lock + 1), lock=lock, payload=payload, type_="Lead")


def reads_twice(engagement: Engagement) -> list[Step]:
    """Expect two reads: the first one finds nothing to write though the declaration changed, and it could lag behind."""
    return [reads(engagement)] * 2


def change(
    *steps: Step, now: Sequence[Any], previous: Sequence[Any], clock: Clock | None = None, **members: Any
) -> str:
    """Run an Update of a Lead from some interactions to others. Return the lock that it ends with."""
    old = lead(*previous)
    new = lead(*now, **members)
    return update(*steps, payload=new, type_="Lead", previous=old, clock=clock).engagement.modified_at
