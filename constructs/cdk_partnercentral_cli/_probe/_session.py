"""Reads and writes of a run: pacing, retries, open outcomes, and waiting until a read shows a write.

A write whose outcome is not known is looked for in Partner Central before it is sent again, with the same client token.
CreateEngagement is not sent again: if no list shows the engagement, the run ends. A create request for a context is only sent
if the engagement has at most five contexts whatever its outcome is.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._probe import _samples
from cdk_partnercentral_cli._probe._journal import CREATE, MAX_CONTEXTS, Journal, Json
from lambda_handler.errors import ApiError, Kind

UPDATE = "UpdateEngagementContext"
CREATE_ENGAGEMENT = "CreateEngagement"
GET = "GetEngagement"
LIST = "ListEngagements"
WRITES = (CREATE_ENGAGEMENT, CREATE, UPDATE)

# The smallest pause between two requests of a kind, in seconds. The documented limits are 1 write and 10 reads per second.
PACE = {"writes": 1.0, "reads": 0.1}
# The number of reads, or of complete lists, after which the run gives up waiting for a write.
MAX_READS = 20
# The number of pages after which a list counts as endless.
MAX_PAGES = 25
SLOWEST_PACE = 10.0
THROTTLED_SECONDS = 600
CONNECTION_SECONDS = 60
ATTEMPTS = 3

# Names of members, with indexes of lists such as `[0]` or `.0`.
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*|\.[0-9]{1,2}|\[[0-9]{1,2}\])*")
_OPEN_ATTEMPTS = 2
# The error of a service that does not know a member or a union's member, before it validates the request.
_UNREADABLE_REQUEST = ("Serialization",)
_FINAL = (Kind.CONNECTION, Kind.CREDENTIALS, Kind.CERTIFICATE, Kind.THROTTLED)


def is_final(error: ApiError) -> bool:
    """Return whether an error concerns the credentials or the network and not the request, so that the run cannot continue."""
    # Without a request ID, the SDK did not send the request, for example because there are no credentials.
    return error.kind in _FINAL or (error.kind is Kind.OTHER and not error.request_id)


class Session:
    """The requests of one run. Each method returns the outcome in the journal if the step was done before an interruption.

    Args:
        attempt: Sends one request and returns the JSON object of the response, without retries. Raises ApiError.
        journal: The steps of the run.
        clock: Returns the time in seconds.
        sleep: Waits for a number of seconds.
        say: Reports the progress to the user.
    """

    def __init__(
        self,
        attempt: Callable[..., Any],
        journal: Journal,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.journal = journal
        self.say = say
        self._attempt = attempt
        self._clock = clock
        self._sleep = sleep
        self._next = dict.fromkeys(PACE, 0.0)
        self._pace = dict(PACE)
        self._admitted: dict[str, float | None] = dict.fromkeys(PACE)
        # Whether every read since the last write was counted. After an interruption it is not known.
        self._counts = False
        self._failed_reads = 0

    # Writes

    def write(
        self,
        step: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        mark: str | None = None,
        cannot_create: bool = False,
    ) -> Json:
        """Write once, and return the outcome.

        Args:
            step: The name of the step.
            operation: The API's name of the operation.
            parameters: The parameters of the request, without the catalog.
            mark: The text by which a read shows that this write arrived; None if an earlier write has the same text.
            cannot_create: Whether the service certainly refuses this create request, so that it needs no room for a context.

        Returns:
            An object with `operation`, `sends` (the number of requests that might have been carried out), `sent` and
            `received` (seconds), and `outcome`: `"ok"` with `response`, `"refused"` or `"failed"` (its effect is not known)
            with `error`, or `"skipped"`, because the engagement might have five contexts already. `is_found` is True if a
            read showed the write instead of its response.

        Raises:
            ApiError: The run cannot continue. The state file contains the planned request.
            CliError: The engagement might exist, but no list shows it.
        """
        if step in self.journal.steps:
            return self.journal.steps[step]
        pending = self.journal.pending
        if pending is None or pending["step"] != step:
            pending = self.journal.plan(step, operation, {"Catalog": self.journal.catalog, **parameters})
        return self._write(pending, mark, needs_room=operation == CREATE and not cannot_create)

    def _write(self, pending: Json, mark: str | None, *, needs_room: bool) -> Json:
        operation = pending["operation"]
        failed: Json = {}
        for attempt in range(_OPEN_ATTEMPTS + 1):
            if pending["sends"]:
                found = self._found(operation, mark)
                if found is not None:
                    return self._record(pending, outcome="ok", response=found, is_found=True)
            if attempt == _OPEN_ATTEMPTS:
                break
            if needs_room and sum(self.journal.tally()) >= MAX_CONTEXTS:
                return self._record(pending, outcome="failed" if pending["sends"] else "skipped")
            if not attempt:
                self.say(pending["step"])
            try:
                return self._write_once(pending)
            except ApiError as error:
                is_last = attempt == _OPEN_ATTEMPTS - 1
                if not error.outcome_is_unknown or (is_last and error.kind is Kind.CONNECTION):
                    raise
                failed = error_shape(error)
        return self._record(pending, outcome="failed", error=failed)

    def _write_once(self, pending: Json) -> Json:
        """Send a planned write, and record its outcome.

        Raises:
            ApiError: The outcome is not known, or the run cannot continue.
        """
        operation = pending["operation"]
        try:
            response = self._send(operation, pending["parameters"], pending)
        except ApiError as error:
            if error.outcome_is_unknown or is_final(error) or (error.kind is Kind.DENIED and self._is_first(operation)):
                raise
            # An earlier attempt might have been carried out, and changed the lock.
            is_open = error.kind is Kind.CONFLICT and operation == UPDATE and pending["sends"] > 0
            return self._record(pending, outcome="failed" if is_open else "refused", error=error_shape(error))
        self._counts = pending["sends"] == 1
        return self._record(pending, outcome="ok", response=_kept(response))

    def _record(
        self,
        pending: Json,
        *,
        outcome: str,
        response: Json | None = None,
        error: Json | None = None,
        is_found: bool = False,
    ) -> Json:
        return self.journal.record(
            pending["step"],
            {
                "operation": pending["operation"],
                "outcome": outcome,
                "sends": pending["sends"],
                "response": response or {},
                "error": error or {},
                "is_found": is_found,
                "sent": pending["sent"],
                "received": self._clock(),
            },
        )

    def _is_first(self, operation: str) -> bool:
        """Return whether the service denied every earlier write of this operation, so that a permission might be missing."""
        earlier = [each for each in self.journal.steps.values() if each.get("operation") == operation]
        return all(each["error"].get("kind") == Kind.DENIED.value for each in earlier)

    def _found(self, operation: str, mark: str | None) -> Json | None:
        """Look for a write whose outcome is not known, and return what its response would contain, or None.

        Without a mark, the request is a create request, and any context with an unknown ID is its result.
        """
        self._counts = False
        if operation == CREATE_ENGAGEMENT:
            return self._listed_engagement()
        known, reads = self.journal.context_ids(), 0
        for number in range(MAX_READS + 1):
            try:
                for context in contexts_of(self.get()):
                    if mark in json.dumps(context) if mark else context.get("Id") not in known:
                        return {"ContextId": context.get("Id")}
                reads += 1
            except ApiError as error:
                if error.kind is not Kind.NOT_FOUND and not error.outcome_is_unknown:
                    raise
            self._pause(number)
        if self.journal.reads_show_writes and reads > MAX_READS and self.journal.pending:
            # As many reads showed every earlier write, so the service did not carry out this one.
            self.journal.pending["sends"] = 0
            self.journal.save()
        return None

    def _listed_engagement(self) -> Json:
        """Return the engagement of the run from a list.

        Raises:
            ApiError: The run cannot continue.
            CliError: No list shows the engagement. It might exist nevertheless, so the run must not create another.
        """
        reason = f"{MAX_READS} lists of engagements did not contain it"
        for number in range(MAX_READS):
            try:
                pages = self.listed(Sort={"SortBy": "CreatedDate", "SortOrder": "DESCENDING"})
            except ApiError as error:
                if is_final(error):
                    raise
                reason = f"{LIST} failed with {error.code}"
                break
            for summary in pages["summaries"]:
                if str(summary.get("Title", "")).strip() == _samples.title(self.journal.run):
                    return {"Id": summary.get("Id")}
            if not pages["ended"]:
                reason = f"a list of engagements did not end within {MAX_PAGES} pages"
                break
            self._pause(number)
        raise CliError(
            f'The run cannot determine whether the engagement "{_samples.title(self.journal.run)}" exists: the response to '
            f"{CREATE_ENGAGEMENT} did not arrive, and {reason}. Look for this title among the engagements of the Sandbox a "
            f"few minutes later. If it is not there, delete {self.journal.path} and start another run. If it is there, "
            f"allow partnercentral:{LIST}."
        )

    # Reads

    def read(self, operation: str, **parameters: Any) -> Json:
        """Call a read operation, with retries.

        Raises:
            ApiError: The call failed.
        """
        started, failures = self._clock(), 0
        while True:
            try:
                response = self._send(operation, {"Catalog": self.journal.catalog, **parameters})
            except ApiError as error:
                if not error.outcome_is_unknown:
                    raise
                self._counts = False
                self._failed_reads += 1
                failures += 1
                is_down = error.kind is Kind.CONNECTION
                if self._clock() - started > CONNECTION_SECONDS if is_down else failures >= ATTEMPTS:
                    raise
            else:
                return response
            self._pause(failures)

    def get(self) -> Json:
        """Read the engagement of the run."""
        return self.read(GET, Identifier=self.journal.engagement_id)

    def listed(self, **parameters: Any) -> Json:
        """List engagements, with all pages up to a limit.

        Returns:
            An object with `summaries`, `ended` (whether the last page was reached) and `empty_pages` (the number of pages
            before the first engagement that contain nothing but a token).

        Raises:
            ApiError: The call failed.
        """
        summaries: list[Json] = []
        empty_pages, token = 0, dict[str, Any]()
        for _ in range(MAX_PAGES):
            page = self.read(LIST, **parameters, **token)
            found = page.get("EngagementSummaryList")
            summaries += [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
            if not page.get("NextToken"):
                return {"summaries": summaries, "ended": True, "empty_pages": empty_pages}
            empty_pages += not summaries
            token = {"NextToken": page["NextToken"]}
        return {"summaries": summaries, "ended": False, "empty_pages": empty_pages}

    def settle(self, step: str, is_visible: Callable[[list[Json]], bool]) -> Json:
        """Read the engagement until a read shows the last write, and return the state.

        Returns:
            An object with `visible`, `contexts`, `modified_at`, `seconds`, and `misses`: the number of reads that did not show
            the write, or None if the run does not know it.
        """
        if step in self.journal.steps:
            return self.journal.steps[step]
        misses, started, error = 0, self._clock(), None
        state: Json = {}
        visible = False
        for number in range(MAX_READS + 1):
            try:
                state = self.get()
                visible = is_visible(contexts_of(state))
                if visible:
                    break
                misses += 1
            except ApiError as caught:
                if is_final(caught) or caught.kind is Kind.DENIED:
                    raise
                error = caught.code
                misses += caught.kind is Kind.NOT_FOUND
            self._pause(number)
        kept = [{name: each.get(name) for name in ("Id", "Type", "Payload")} for each in contexts_of(state)]
        return self.journal.record(
            step,
            {
                "visible": visible,
                "misses": misses if self._counts else None,
                "seconds": round(self._clock() - started, 1),
                "contexts": kept,
                "modified_at": state.get("ModifiedAt"),
                "error": None if visible else error,
            },
        )

    def first_look(self, step: str) -> Json:
        """Read and list the new engagement in turn, until both show it. Return the outcome of `settle`, with the lists.

        Returns:
            The members of `settle`, and `lists` with `found`, `ended`, `misses` (the number of complete lists that did not
            contain the engagement, or None), `empty_pages` and `error`.
        """
        if step in self.journal.steps:
            return self.journal.steps[step]
        started = self._clock()
        state: Json = {}
        seen: Json = {"visible": False, "misses": 0, "error": None}
        lists: Json = {"found": False, "ended": True, "misses": 0, "empty_pages": None, "error": None}
        reading, listing, reads_count, lists_count = True, True, self._counts, self._counts
        seconds = 0.0
        for number in range(MAX_READS + 1):
            if reading:
                failed = self._failed_reads
                state = self._look(seen)
                reading = not seen["visible"]
                seconds = self._clock() - started
                reads_count = reads_count and self._failed_reads == failed
            if listing:
                failed = self._failed_reads
                listing = self._look_in_list(lists)
                lists_count = lists_count and self._failed_reads == failed
            if not reading and not listing:
                break
            self._pause(number)
        return self.journal.record(
            step,
            {
                "visible": seen["visible"],
                "misses": seen["misses"] if reads_count else None,
                "seconds": round(seconds, 1),
                "contexts": [{"Id": each.get("Id")} for each in contexts_of(state)],
                "modified_at": state.get("ModifiedAt"),
                "error": None if seen["visible"] else seen["error"],
                "lists": {**lists, "misses": lists["misses"] if lists_count else None},
            },
        )

    def _look(self, seen: Json) -> Json:
        """Read the engagement, and update the counts."""
        try:
            state = self.get()
        except ApiError as error:
            if is_final(error) or error.kind is Kind.DENIED:
                raise
            seen["error"] = error.code
            seen["misses"] += error.kind is Kind.NOT_FOUND
            return {}
        seen["visible"] = True
        return state

    def _look_in_list(self, lists: Json) -> bool:
        """Update the counts of a list, and return whether to list again."""
        try:
            pages = self.listed(EngagementIdentifier=[self.journal.engagement_id])
        except ApiError as error:
            if is_final(error):
                raise
            lists["error"] = error.code
            return False
        lists["empty_pages"], lists["ended"] = pages["empty_pages"], pages["ended"]
        lists["found"] = any(each.get("Id") == self.journal.engagement_id for each in pages["summaries"])
        if lists["found"] or not pages["ended"]:
            return False
        lists["misses"] += 1
        return True

    # Requests

    def _send(self, operation: str, parameters: Mapping[str, Any], pending: Json | None = None) -> Json:
        """Send a request at the pace of its kind, and again while it is throttled.

        Save before each request that the planned write might have been carried out, and afterwards if it was not.
        """
        kind = "writes" if operation in WRITES else "reads"
        deadline = self._clock() + THROTTLED_SECONDS
        while True:
            pause = self._next[kind] - self._clock()
            if pause > 0:
                self._sleep(pause)
            sent = self._clock()
            self._next[kind] = sent + self._pace[kind]
            if pending is not None:
                pending["sends"] += 1
                pending["sent"] = sent
                self.journal.save()
            try:
                response: Json = self._attempt(operation, **parameters)
            except ApiError as error:
                if error.code.removesuffix("Exception") in _UNREADABLE_REQUEST:
                    error.kind = Kind.INVALID
                if pending is not None and not error.outcome_is_unknown:
                    pending["sends"] -= 1
                    self.journal.save()
                if error.kind is not Kind.THROTTLED:
                    self._admitted[kind] = None if error.outcome_is_unknown else self._clock()
                    raise
                self._note_throttled(kind, sent)
                # The run is slower from now on, so that it does not provoke the limit again and again.
                self._pace[kind] = min(SLOWEST_PACE, self._pace[kind] * 2)
                self._next[kind] = sent + max(error.retry_after, self._pace[kind])
                if self._next[kind] > deadline:
                    raise
                continue
            self._admitted[kind] = self._clock()
            return response

    def _note_throttled(self, kind: str, sent: float) -> None:
        """Record a throttled request, and the rate that the limit is certainly below."""
        throttled = self.journal.throttled.setdefault(kind, {"requests": 0, "below": None})
        throttled["requests"] += 1
        admitted = self._admitted[kind]
        if admitted is not None and sent > admitted:
            # The earlier request used up the budget, and since then less than one request's worth was added.
            below = 1 / (sent - admitted)
            throttled["below"] = min(below, throttled["below"] or below)
        self.journal.save()

    def _pause(self, number: int) -> None:
        self._sleep(min(5.0, 0.25 * 1.4**number))


def contexts_of(engagement: Json) -> list[Json]:
    """Return the contexts of a GetEngagement response. Anything unexpected counts as no context."""
    contexts = engagement.get("Contexts")
    return [each for each in contexts if isinstance(each, dict)] if isinstance(contexts, list) else []


def _kept(response: Json) -> Json:
    """Return the members of a response that the run needs, without account IDs."""
    names = ("Id", "EngagementId", "ContextId", "EngagementLastModifiedAt", "ModifiedAt")
    return {name: response[name] for name in names if response.get(name) is not None}


def error_shape(error: ApiError) -> Json:
    """Return the shape of an error: its codes and field names, but no text and no request ID."""
    return {
        "kind": error.kind.value,
        "code": error.code,
        "reason": error.reason,
        "fields": [{"field": _name(each.field), "code": each.code} for each in error.fields],
        "names_token": error.names_token,
    }


def _name(field: str) -> str:
    """Return the path of a member, or `?` for any other text, which might be an ID or a value of the request."""
    return field if _PATH.fullmatch(field) else "?"
