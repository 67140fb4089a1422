"""Reconcile one context with what is declared: as few updates as possible, each under the engagement's lock."""

from collections.abc import Sequence
from dataclasses import replace

from lambda_handler import logs
from lambda_handler.api import Engagement, Payload
from lambda_handler.engagement_context.context_types import CONTEXT_TYPES
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.properties import Knowledge, Previous
from lambda_handler.errors import ApiError, Kind, ResourceError

# A read can lag behind a write by some seconds, so a second look comes after this time.
SECOND_LOOK_SECONDS = (1.5, 2.5)


def reconcile(job: Job, context_id: str, engagement: Engagement, previous: Previous) -> Engagement:
    """Update the context until it is as desired, and return the engagement after the last call.

    Args:
        job: The event's work.
        context_id: The context.
        engagement: The engagement as just read. The first update sends its ModifiedAt as the lock.
        previous: What was declared of this context before.

    Raises:
        ResourceError: A Lead would get too many interactions, or the context vanished between two reads.
        ApiError: Partner Central failed, and no retry is left.
    """
    return _Reconciliation(job, context_id, engagement, previous).run()


class _Reconciliation:
    """The state of one reconciliation: the last read, and what certainly needs no further write."""

    def __init__(self, job: Job, context_id: str, engagement: Engagement, previous: Previous) -> None:
        self._job = job
        self._context_id = context_id
        self._engagement = engagement
        self._type = CONTEXT_TYPES[job.desired.type]
        self._desired = job.desired.payload
        # UNKNOWN is the rollback of a failed replacement: what is desired was deployed before.
        self._previous = self._desired if previous.knowledge is Knowledge.UNKNOWN else previous.payload
        self._settled: Sequence[Payload] = ()
        self._members_were_written = False
        self._sends_filled_in = True
        # Behind a read that lags, a rollback could take what it has to undo for never done.
        self._needs_second_look = self._previous not in ({}, self._desired)

    def run(self) -> Engagement:
        while True:
            pending = self._pending_interactions()
            if pending or not (self._members_were_written or self._members_are_equivalent()):
                self._needs_second_look = False
                self._update(pending[:1])
            elif self._needs_second_look and self._job.budget.pause(*SECOND_LOOK_SECONDS):
                self._needs_second_look = False
                self._read()
            else:
                logs.log(decision="in sync", context=self._context_id)
                return self._engagement

    def _pending_interactions(self) -> Sequence[Payload]:
        pending, self._settled = self._type.pending_interactions(
            self._current(), self._desired, self._previous, self._settled
        )
        return pending

    def _members_are_equivalent(self) -> bool:
        return self._type.is_equivalent(self._current(), self._desired, self._previous)

    def _update(self, interactions: Sequence[Payload]) -> None:
        filled_in = (
            self._type.filled_in(self._current(), self._desired, self._previous) if self._sends_filled_in else {}
        )
        payload = self._type.update_payload(self._desired, next(iter(interactions), None), filled_in)
        try:
            written = self._job.update(self._context_id, payload, modified_at=self._engagement.modified_at)
        except ApiError as error:
            if error.kind is Kind.INVALID and any(map(error.names_member, filled_in)):
                # The service may refuse a value that only AWS may set.
                self._sends_filled_in = False
            else:
                self._recover(error)
            return
        logs.log(decision="updated", context=self._context_id)
        self._job.budget.reset(Kind.CONFLICT)
        self._members_were_written = True
        self._settled = [*self._settled, *interactions]
        self._engagement = replace(written, contexts=self._engagement.contexts)

    def _recover(self, error: ApiError) -> None:
        """Read again after a conflict or an unknown outcome. Any other error is final."""
        if error.kind is not Kind.CONFLICT and not error.outcome_is_unknown:
            raise error
        self._job.budget.back_off(error)
        self._read()
        if self._members_were_written and not self._members_are_equivalent():
            # The value was normalized, or changed by others since, or the read lags. Another write would not help.
            logs.log(decision="differs after update", context=self._context_id)

    def _read(self) -> None:
        self._engagement = self._job.read_until_visible(self._context_id)

    def _current(self) -> Payload:
        current = self._engagement.context(self._context_id)
        if current is None:
            raise ResourceError(
                "CONTEXT_GONE",
                f"The context {ascii(self._context_id)} vanished from engagement {self._engagement.id} during the update.",
            )
        return current.payload
