"""Run the lifecycle's functions against a script."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pytest

from lambda_handler.api import Context, Engagement, Payload
from lambda_handler.engagement_context import lifecycle
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.lifecycle import Outcome
from lambda_handler.engagement_context.properties import NOTHING, UNKNOWN, Knowledge, Previous
from lambda_handler.errors import ApiError, ResourceError
from lambda_handler.identity import ContextIdentity, parse_context_physical_id
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    TOKEN,
    Clock,
    Script,
    Step,
    declaration,
    lead,
    lead_context,
    lead_sent,
    reads,
    updates,
    written,
)


def identity(context: str, engagement: str = ENGAGEMENT) -> ContextIdentity:
    """Return the identity of a context in the sandbox."""
    return ContextIdentity(catalog="Sandbox", engagement_id=engagement, context_id=context)


def job(api: Script, clock: Clock | None, **desired: Any) -> Job:
    """Return the work of an event; `desired` are members of the declaration."""
    return Job(desired=declaration(**desired), client_token=TOKEN, api=api, budget=(clock or Clock()).budget())


def known(payload: Payload | None) -> Previous:
    """Return the knowledge that this payload was declared before. None is the rollback of a failed replacement."""
    if payload is None:
        return UNKNOWN
    return Previous(knowledge=Knowledge.KNOWN, payload=payload) if payload else NOTHING


def create(*steps: Step, clock: Clock | None = None, **desired: Any) -> Outcome:
    """Run Create; `desired` are members of the declaration."""
    with Script(*steps) as api:
        return lifecycle.create(job(api, clock, **desired))


def create_refused(*steps: Step, clock: Clock | None = None, **desired: Any) -> str:
    """Run Create; return the Reason for which it is refused."""
    with pytest.raises(ResourceError) as refused:
        create(*steps, clock=clock, **desired)
    return str(refused.value)


def update(
    *steps: Step,
    physical_id: str = f"Sandbox/{ENGAGEMENT}/1",
    previous: Payload | None = MappingProxyType({}),
    clock: Clock | None = None,
    **desired: Any,
) -> Outcome:
    """Run Update; `desired` are members of the declaration."""
    named = parse_context_physical_id(physical_id)
    assert named
    with Script(*steps) as api:
        return lifecycle.update(job(api, clock, **desired), named, known(previous))


def update_refused(*steps: Step, **arguments: Any) -> str:
    """Run Update; return the Reason for which it is refused."""
    with pytest.raises(ResourceError) as refused:
        update(*steps, **arguments)
    return str(refused.value)


def holding(*interactions: Any, **members: Any) -> Context:
    """Return the Lead as it is held."""
    return lead_context("1", lead(*interactions, **members))


def sends(lock: int, one: Any = None, gives: ApiError | None = None, **members: Any) -> Step:
    """Expect an update of the Lead with one interaction, or none, under a lock; it is answered with the next."""
    payload = lead_sent(one, **members)
    return updates("1", gives or written("1", lock=lock + 1), lock=lock, payload=payload, type_="Lead")


def finds(engagement: Engagement) -> list[Step]:
    """Expect that the first read finds all in place already, though something changed: it is read once more."""
    return [reads(engagement)] * 2


def change(
    *steps: Step, now: Sequence[Any], previous: Sequence[Any], clock: Clock | None = None, **members: Any
) -> str:
    """Run an Update from some interactions to others; return the lock that it ends with."""
    payload, was = lead(*now, **members), lead(*previous)
    return update(*steps, payload=payload, type_="Lead", previous=was, clock=clock).engagement.modified_at
