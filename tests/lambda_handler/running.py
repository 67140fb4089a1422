"""Run the lifecycle's functions against a script."""

from collections.abc import Sequence
from typing import Any

import pytest

from lambda_handler import lifecycle
from lambda_handler.api import Context, Engagement, Payload
from lambda_handler.errors import ApiError, Refused
from lambda_handler.identity import Identity
from lambda_handler.lifecycle import Outcome
from tests.lambda_handler.scripted import (
    ENGAGEMENT,
    OTHER_PROJECT,
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

NOTHING: Payload = {}


def identity(context: str, engagement: str = ENGAGEMENT) -> Identity:
    """Return the identity of a context in the sandbox."""
    return Identity(catalog="Sandbox", engagement_id=engagement, context_id=context)


def create(*steps: Step, clock: Clock | None = None, before: Any = OTHER_PROJECT, **declared: Any) -> Outcome:
    """Run Create; `declared` are members of the declaration."""
    with Script(*steps) as api:
        return lifecycle.create(
            declaration(**declared), token=TOKEN, api=api, budget=(clock or Clock()).budget(), before=before
        )


def create_refused(*steps: Step, clock: Clock | None = None, **declared: Any) -> str:
    """Run Create; return the Reason for which it is refused."""
    with pytest.raises(Refused) as refused:
        create(*steps, clock=clock, **declared)
    return str(refused.value)


def update(
    *steps: Step,
    physical_id: str = f"Sandbox/{ENGAGEMENT}/1",
    before: Any = NOTHING,
    clock: Clock | None = None,
    **declared: Any,
) -> Outcome:
    """Run Update; `declared` are members of the declaration."""
    with Script(*steps) as api:
        return lifecycle.update(
            declaration(**declared),
            before=before,
            physical_id=physical_id,
            token=TOKEN,
            api=api,
            budget=(clock or Clock()).budget(),
        )


def update_refused(*steps: Step, **arguments: Any) -> str:
    """Run Update; return the Reason for which it is refused."""
    with pytest.raises(Refused) as refused:
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


def change(*steps: Step, now: Sequence[Any], before: Sequence[Any], clock: Clock | None = None, **members: Any) -> str:
    """Run an Update from some interactions to others; return the lock that it ends with."""
    payload, was = lead(*now, **members), lead(*before)
    return update(*steps, payload=payload, type_="Lead", before=was, clock=clock).engagement.modified_at
