"""Reconcile one context with its declaration. The function sends as few updates as possible, each with the engagement's lock.

Partner Central might remove the members that an update does not contain. So each update contains the whole current payload, in
which only the declared leaves are changed. Members that are not declared keep their values.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from lambda_handler import logs
from lambda_handler.api import Context, Engagement, Payload, Shape
from lambda_handler.comparison import case, equal, exact, loose
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.lead import INTERACTION, Interactions, split
from lambda_handler.engagement_context.payloads import (
    Path,
    at,
    has_values,
    is_optional,
    is_required,
    leaves,
    merged,
    missing,
    without,
)
from lambda_handler.engagement_context.properties import Previous
from lambda_handler.errors import ApiError, Kind, ResourceError

# A read can lag behind a write by some seconds, so the function reads again after a random time in this range.
SECOND_LOOK_SECONDS = (1.5, 2.5)


def reconcile(job: Job, context_id: str, engagement: Engagement, previous: Previous) -> Engagement:
    """Update the context until it matches the declaration, and return the engagement after the last call.

    Args:
        job: The event's work.
        context_id: The ID of the context.
        engagement: The engagement that the last read returned. The first update sends the engagement's ModifiedAt as the lock.
        previous: The previous declaration of this context.

    Raises:
        ResourceError: The declaration cannot be carried out, the function cannot determine which interactions were sent, or the
            context disappeared between two reads.
        ApiError: A call to Partner Central failed, and no retry is left.
    """
    return _Reconciliation(job, context_id, engagement, previous).run()


def needs_update(job: Job, context_id: str, engagement: Engagement, previous: Previous) -> bool:
    """Return whether `reconcile` would update the context."""
    return _Reconciliation(job, context_id, engagement, previous).needs_update()


def differing(current: Payload, desired: Payload, previous: Payload | None) -> Iterator[Path]:
    """Yield the leaves of a declaration that need an update.

    Partner Central might store a value in another form. So a leaf that is loosely but not exactly equal to the stored value is
    written only if the declaration of the leaf changed.

    Args:
        current: The payload in Partner Central.
        desired: The declared payload.
        previous: The previously declared payload. If `previous` is None, a leaf that differs only in case is written too.
    """
    for path, value in leaves(desired):
        now, name = at(current, path), path[-1]
        if equal(now, value, exact, name):
            continue
        differs_in_case_only = equal(now, value, case, name)
        was_changed = differs_in_case_only if previous is None else not equal(at(previous, path), value, exact, name)
        if was_changed or not equal(now, value, loose, name):
            yield path


def removable(current: Payload, desired: Payload, previous: Payload, shape: Shape) -> Iterator[Path]:
    """Yield the leaves that are no longer declared, but still have the previously declared value in Partner Central.

    A leaf with another value is kept, because that value does not come from the declaration. For example, the previously
    declared value may never have been stored, because the update failed. A required leaf is also kept if its structure has no
    declared member but still contains other values.
    """
    found = [
        path
        for path, value in leaves(previous)
        if not has_values(at(desired, path)) and equal(at(current, path), value, loose, path[-1])
    ]
    remaining = [path for path, _ in leaves(current) if path not in found]
    for path in found:
        structure = path[:-1]
        is_needed = not has_values(at(desired, structure)) and any(
            each[: len(structure)] == structure for each in remaining
        )
        if not (structure and is_needed and is_required(shape, path)):
            yield path


def _named(paths: Collection[Path], error: ApiError) -> set[Path]:
    """Return the paths that an error names. If the error names `Customer.Address`, leave out the other members of Customer."""
    named = {
        path: max((length for length, name in enumerate(path, start=1) if error.names_member(name)), default=0)
        for path in paths
    }
    parts = {path[:length] for path, length in named.items()}
    return {
        path
        for path, length in named.items()
        if length and not any(len(part) > length and part[:length] == path[:length] for part in parts)
    }


class _Reconciliation:
    """The state of one reconciliation: the engagement that the last read returned, and a record of the writes."""

    def __init__(self, job: Job, context_id: str, engagement: Engagement, previous: Previous) -> None:
        self._job = job
        self._context_id = context_id
        self._engagement = engagement
        type_, payload = job.desired.type, previous.payload
        self._desired, wanted = split(type_, job.desired.payload)
        earlier: Sequence[Payload] = ()
        self._previous: Payload | None = None
        if payload is not None:
            self._previous, earlier = split(type_, payload)
        self._removes = not (previous.is_import or job.desired.existing_context_id)
        self._interactions = Interactions(wanted, earlier, self._current()[1], job.interaction_shape)
        self._members_were_written = False
        # The interactions of an update whose outcome is unknown.
        self._unknown: Sequence[Payload] = ()
        self._left_out: set[Path] = set()
        self._refusal: ApiError | None = None
        # A rollback must undo the changes of a failed update, but the first read might not show these changes yet.
        self._needs_second_look = payload not in (None, job.desired.payload)

    def needs_update(self) -> bool:
        return bool(self._interactions.pending() or self._pending_members())

    def run(self) -> Engagement:
        while True:
            interactions = self._interactions.pending()
            if interactions or (not self._members_were_written and self._pending_members()):
                self._needs_second_look = False
                self._check(interactions)
                self._update(interactions[:1])
            elif self._needs_second_look and self._job.budget.pause(*SECOND_LOOK_SECONDS):
                self._needs_second_look = False
                self._read()
            else:
                logs.info("in sync", context=self._context_id)
                return self._engagement

    def _pending_members(self) -> list[Path]:
        previous = self._previous
        if previous is None and not self._job.can_update:
            # A context of this Type cannot be updated, so ignore a difference that exists only because Partner Central stored
            # the value in another form.
            previous = self._desired
        return [*differing(self._current()[0], self._desired, previous), *self._removed()]

    def _removed(self) -> list[Path]:
        if not self._removes:
            return []
        return list(removable(self._current()[0], self._desired, self._previous or {}, self._job.update_shape))

    def _payload(self, interactions: Sequence[Payload]) -> Payload:
        members = without(merged(self._current()[0], self._desired), {*self._removed(), *self._left_out})
        return {**members, INTERACTION: interactions[0]} if interactions else members

    def _check(self, interactions: Sequence[Payload]) -> None:
        """Raise an error instead of sending an update that Partner Central would certainly refuse."""
        if not self._job.can_update:
            paths = ", ".join(".".join(path) for path in self._pending_members())
            raise ResourceError(
                "CANNOT_UPDATE",
                f"Partner Central cannot update a context of Type {self._job.desired.type}, and the declaration differs from"
                f" the context {self._context_id} in {paths}. Restore the payload, or create another context with a new"
                " client_token or another construct ID. A context cannot be deleted.",
            )
        shape = self._job.update_shape
        payloads = [self._payload([each]) for each in interactions] or [self._payload([])]
        absent = {name for payload in payloads for name in missing(shape, payload)}
        if absent:
            raise ResourceError(
                "MISSING_MEMBER",
                f"A context of Type {self._job.desired.type} requires {', '.join(sorted(absent))}, which neither the"
                f" payload nor the context {self._context_id} has. Nothing was sent. Add the missing members to the payload.",
            )

    def _update(self, interactions: Sequence[Payload]) -> None:
        payload = self._payload(interactions)

        def on_unknown_outcome() -> None:
            self._unknown = interactions

        try:
            written = self._job.update(
                self._context_id,
                payload,
                modified_at=self._engagement.modified_at,
                on_unknown_outcome=on_unknown_outcome,
            )
        except ApiError as error:
            if error.kind is Kind.CONFLICT:
                self._recover(error)
            elif error.kind is Kind.INVALID:
                self._leave_out(error, payload)
            else:
                raise
            return
        logs.info("updated", context=self._context_id)
        self._job.budget.reset(Kind.CONFLICT)
        self._refusal = None
        self._note_written(interactions)
        self._engagement = replace(written, contexts=self._engagement.contexts)
        if not written.modified_at:
            # The next update needs this timestamp as the lock, but the response did not contain the timestamp.
            self._read()

    def _leave_out(self, error: ApiError, payload: Payload) -> None:
        """Prepare another attempt without undeclared optional members: Partner Central might refuse values that AWS set.

        The second attempt leaves out the members that the first error names. The third attempt leaves out all undeclared
        optional members.
        """
        declared = dict(leaves(self._desired))
        suspects = {
            path
            for path, _ in leaves(payload)
            if path not in declared and path[0] != INTERACTION and is_optional(self._job.update_shape, path, declared)
        }
        if not suspects:
            raise self._refusal or error
        named = set() if self._refusal else _named(suspects, error)
        self._left_out |= named or suspects
        self._refusal = self._refusal or error
        logs.warning("retry without undeclared members", context=self._context_id, exception=error.code)

    def _recover(self, error: ApiError) -> None:
        """Read again after a conflict, because any other write to the engagement makes the lock invalid."""
        self._job.budget.back_off(error)
        self._read()
        if self._members_were_written and self._pending_members():
            # Partner Central normalized a value, another client changed a value, or the read lags. Another write would not
            # help.
            logs.warning("differs after update", context=self._context_id)

    def _note_written(self, interactions: Sequence[Payload]) -> None:
        self._members_were_written = True
        self._unknown = ()
        for interaction in interactions:
            self._interactions.was_sent(interaction)

    def _read(self) -> None:
        lock = self._engagement.modified_at
        self._engagement = self._job.read_until_visible(self._context_id)
        current = self._current()[1]
        for interaction in self._unknown:
            if self._interactions.arrived(interaction, current):
                # The other members of that update might still not be stored: if the previous read lagged, an earlier event
                # might have sent the interaction.
                self._interactions.was_sent(interaction)
                self._unknown = ()
        if self._engagement.modified_at != lock:
            # The lock has changed. If the update with the previous lock is not stored yet, Partner Central will refuse this
            # update.
            self._unknown = ()
        self._interactions.was_read(current)

    def _current(self) -> tuple[Payload, Sequence[Payload]]:
        """Return the members and the interactions of the context in Partner Central."""
        current: Context | None = self._engagement.context(self._context_id)
        if current is None:
            raise ResourceError(
                "CONTEXT_GONE",
                f"The context {ascii(self._context_id)} vanished from engagement {self._engagement.id} during the update.",
            )
        return split(current.type, current.payload)
