"""The steps of a run, in their order. What the outcomes mean is decided in `_conclusions`.

The order lets one run answer as much as possible. The token of the first context is used again as soon as possible, because a
service that has forgotten the token creates a context. Requests that the service might refuse come last. Then more contexts are
created up to five, so that a lower limit shows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from cdk_partnercentral_cli._errors import CliError
from cdk_partnercentral_cli._probe import _samples
from cdk_partnercentral_cli._probe._journal import CREATE, MAX_CONTEXTS, Json
from cdk_partnercentral_cli._probe._session import CREATE_ENGAGEMENT, GET, UPDATE, Session, error_shape, is_final
from cdk_partnercentral_cli._probe._steps import (
    LEADS,
    LOCK_ROUNDS,
    PROJECTS,
    context_id,
    error_kind,
    first_ok,
    is_new_context,
    is_ok,
    newest_modified_at,
    quota_step,
)
from lambda_handler.errors import ApiError, Kind

UNKNOWN_ENGAGEMENT = "eng-00000000000000"
_END = "end"
# The steps that a service may refuse, each with its payload. The sixth create request repeats one that was refused.
DOUBTFUL = {
    "customer account": _samples.account,
    "prospecting result": _samples.prospecting_result,
    "unknown type": _samples.unknown_type,
}
_FRACTION = re.compile(r"(.*\.\d{6})(\d{1,3})(Z|[+-]\d\d:\d\d)")


class Run:
    """One run.

    Args:
        session: The requests of the run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._journal = session.journal

    def all_steps(self) -> None:
        """Take every step that is not done yet.

        Raises:
            ApiError: The run cannot continue.
            CliError: The engagement of an interrupted run does not exist for these credentials.
        """
        if _END in self._journal.steps:
            return
        self._check_engagement()
        self._read_unknown_engagement()
        created = self._session.write(
            "engagement",
            CREATE_ENGAGEMENT,
            {"ClientToken": self._token("engagement"), "Title": _samples.title(self._journal.run)},
        )
        if created["outcome"] != "ok" or self._journal.engagement_id is None:
            raise CliError(
                f"Partner Central did not create the engagement ({_code(created)}): nothing else can be observed."
            )
        self._session.first_look("engagement seen")
        self._session.write(
            "invalid request", CREATE, {"EngagementIdentifier": self._journal.engagement_id}, cannot_create=True
        )
        self._project()
        self._lead()
        if self._context_id("project"):
            self._lock()
            self._updates()
        if self._context_id("lead"):
            is_usual = self._first("lead") != "lead"
            self._update("lead update", "lead", "Lead", partial(_samples.lead_update, usual_country=is_usual))
        for step, payload in DOUBTFUL.items():
            if step == "unknown type":
                self._token_with_same_payload()
            self._create(step, payload(self._mark(step)))
        self._fill()
        self._sixth()
        self._journal.record(_END, {})

    # Steps

    def _check_engagement(self) -> None:
        if not self._journal.steps.get("engagement seen", {}).get("visible"):
            return
        try:
            self._session.get()
        except ApiError as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            raise CliError(
                "The engagement of the state file does not exist for these credentials: use the credentials of the "
                "interrupted run."
            ) from None

    def _read_unknown_engagement(self) -> None:
        step = "unknown engagement"
        if step in self._journal.steps:
            return
        outcome: Json = {"error": {}}
        try:
            self._session.read(GET, Identifier=UNKNOWN_ENGAGEMENT)
        except ApiError as error:
            if is_final(error):
                raise
            outcome["error"] = error_shape(error)
        self._journal.record(step, outcome)

    def _project(self) -> None:
        self._create_first_valid(PROJECTS)

    def _lead(self) -> None:
        """Create the lead. An earlier request has the project's token, and another payload that the service does not refuse."""
        first = self._first("project")
        step = "token with other payload"
        if first is not None:
            self._create(step, _samples.lead(self._mark(step), plain=True), token=self._token(first))
        self._create_first_valid(LEADS)

    def _token_with_same_payload(self) -> None:
        """Repeat the project's request. It comes late, because a service that has forgotten the token creates a context."""
        first = self._first("project")
        if first is not None and not is_new_context(self._journal.steps, "token with other payload"):
            payload = _samples.project(self._mark(first), plain=first != "project")
            self._create("token with same payload", payload, token=self._token(first), is_repeated=True)

    def _lock(self) -> None:
        """Update the project: with an older lock, with the current lock in microseconds, and with the current lock."""
        payload = _samples.project
        stale = self._journal.steps["engagement seen"]["modified_at"]
        current = newest_modified_at(self._journal.steps)
        if stale and current and stale != current:
            self._send_update("update with an older lock", "project", payload, stale)
            if self._is_ok("update with an older lock"):
                return
        self._update("update", "project", "CustomerProject", payload, is_cut_first=True)

    def _updates(self) -> None:
        def part(mark: str, *, plain: bool) -> Json:
            return {"CustomerProject": {"Project": _samples.project_part(mark, plain=plain)}}

        self._update("partial update", "project", "CustomerProject", part)
        self._update(
            "update with unknown member", "project", "CustomerProject", _samples.unknown_member, variants=(True,)
        )

    def _fill(self) -> None:
        """Create contexts until the engagement has five, or refuses one."""
        for number in range(1, MAX_CONTEXTS + 1):
            step = f"filler {number}"
            if quota_step(self._journal.steps) is not None or sum(self._journal.tally()) >= MAX_CONTEXTS:
                return
            if self._create(step, _samples.project(self._mark(step), plain=True))["outcome"] != "ok":
                return

    def _sixth(self) -> None:
        """Repeat a create request that was refused, if there are five contexts. It cannot create a sixth context.

        A service that checks the number of contexts first reports its limit instead of the first reason.
        """
        if self._journal.tally() != (MAX_CONTEXTS, 0) or quota_step(self._journal.steps) is not None:
            return
        for step, payload in DOUBTFUL.items():
            if self._outcome(step) == "refused" and self._kind(step) == Kind.INVALID.value:
                self._create(f"sixth {step}", payload(self._mark(step)), cannot_create=True)
                if quota_step(self._journal.steps) is not None:
                    return

    # Requests

    def _create(
        self,
        step: str,
        payload: Json,
        *,
        token: str | None = None,
        is_repeated: bool = False,
        cannot_create: bool = False,
    ) -> Json:
        """Create a context, and wait until a read shows it.

        Args:
            step: The name of the step.
            payload: The payload. It contains the mark of the step.
            token: The client token, or None for a token of its own.
            is_repeated: Whether the payload is the same as that of an earlier step, and contains that step's mark.
            cannot_create: Whether the service certainly refuses the request.
        """
        mark = None if is_repeated else self._mark(step)
        outcome = self._session.write(
            step,
            CREATE,
            {
                "EngagementIdentifier": self._journal.engagement_id,
                "ClientToken": token or self._token(step),
                "Type": next(iter(payload)),
                "Payload": payload,
            },
            mark=mark,
            cannot_create=cannot_create,
        )
        if outcome["outcome"] == "ok":
            id_ = outcome["response"].get("ContextId")
            if is_new_context(self._journal.steps, step):
                self._session.settle(
                    f"{step} seen",
                    lambda contexts: any(
                        each.get("Id") == id_ if id_ is not None else (mark or "?") in json.dumps(each)
                        for each in contexts
                    ),
                )
        return outcome

    def _create_first_valid(self, variants: Mapping[str, Callable[[str], Json]]) -> None:
        """Create a context; while its unusual values are refused, try the next variant."""
        for step, payload in variants.items():
            self._create(step, payload(self._mark(step)))
            if self._outcome(step) != "refused" or self._kind(step) != Kind.INVALID.value:
                return

    def _update(
        self,
        step: str,
        context: str,
        type_: str,
        payload: Callable[..., Json],
        *,
        variants: Sequence[bool] = (False, True),
        is_cut_first: bool = False,
    ) -> None:
        """Update a context with the current lock; if its unusual values are refused, with usual values.

        With `is_cut_first`, each request is first sent with the lock in microseconds.
        """
        for round_ in range(1, LOCK_ROUNDS + 1):
            for plain in variants:
                suffix = f" {round_}" + (" plain" if plain else "")
                current = newest_modified_at(self._journal.steps)
                if current is None:
                    return
                cut = in_microseconds(current) if is_cut_first else None
                if cut is not None:
                    self._send_update(
                        f"{step} in microseconds{suffix}", context, payload, cut, plain=plain, type_=type_
                    )
                    if self._is_ok(f"{step} in microseconds{suffix}"):
                        return
                self._send_update(f"{step}{suffix}", context, payload, current, plain=plain, type_=type_)
                if self._kind(f"{step}{suffix}") != Kind.INVALID.value:
                    break
            if self._kind(f"{step}{suffix}") != Kind.CONFLICT.value and self._outcome(f"{step}{suffix}") != "failed":
                return
            self._refresh(f"{step} refresh {round_}")

    def _send_update(
        self,
        step: str,
        context: str,
        payload: Callable[..., Json],
        lock: str,
        *,
        plain: bool = False,
        type_: str = "CustomerProject",
    ) -> None:
        mark = self._mark(step)
        outcome = self._session.write(
            step,
            UPDATE,
            {
                "EngagementIdentifier": self._journal.engagement_id,
                "ContextIdentifier": self._context_id(context),
                "EngagementLastModifiedAt": lock,
                "Type": type_,
                "Payload": payload(mark, plain=plain),
            },
            mark=mark,
        )
        if outcome["outcome"] == "ok":
            self._session.settle(f"{step} seen", lambda contexts: mark in json.dumps(contexts))

    def _refresh(self, step: str) -> None:
        """Read the current lock, because the known one was refused."""
        if step in self._journal.steps:
            return
        try:
            modified_at = self._session.get().get("ModifiedAt")
        except ApiError as error:
            if error.kind not in (Kind.NOT_FOUND, Kind.INTERNAL, Kind.UNREADABLE):
                raise
            modified_at = None
        self._journal.record(step, {"modified_at": modified_at})

    # What the earlier steps returned

    def _mark(self, step: str) -> str:
        return _samples.marker(self._journal.run, step)

    def _token(self, step: str) -> str:
        return hashlib.sha256(f"{self._journal.run}/{step}".encode()).hexdigest()

    def _outcome(self, step: str) -> Any:
        return self._journal.steps.get(step, {}).get("outcome")

    def _kind(self, step: str) -> Any:
        return error_kind(self._journal.steps, step)

    def _is_ok(self, step: str) -> bool:
        return is_ok(self._journal.steps, step)

    def _first(self, name: str) -> str | None:
        return first_ok(self._journal.steps, name)

    def _context_id(self, name: str) -> str | None:
        return context_id(self._journal.steps, name)


def in_microseconds(modified_at: str) -> str | None:
    """Cut a timestamp to microseconds, or return None if it has no more digits than that."""
    match = _FRACTION.fullmatch(modified_at)
    return match[1] + match[3] if match and match[2].strip("0") else None


def _code(outcome: Json) -> str:
    return str(outcome["error"].get("code") or "no usable response")
