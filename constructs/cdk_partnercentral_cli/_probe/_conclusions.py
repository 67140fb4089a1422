"""What the outcomes of a run mean: one finding for each unknown behavior.

Each function looks at the recorded steps only. A function that cannot exclude every other explanation returns a finding without
a value. The names and values of the findings are those of `cdk_partnercentral_local.Behavior`, so that the local Partner
Central can be configured from a report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_partnercentral_cli._probe import _samples
from cdk_partnercentral_cli._probe._journal import Journal, Json
from cdk_partnercentral_cli._probe._run import DOUBTFUL
from cdk_partnercentral_cli._probe._session import MAX_PAGES, WRITES
from cdk_partnercentral_cli._probe._steps import (
    LOCK_ROUNDS,
    context_id,
    created_payload,
    error_kind,
    first_ok,
    full_update,
    is_new_context,
    is_ok,
    last_attempt,
    quota_step,
    stored_payload,
    variants,
)
from lambda_handler.errors import Kind

HIGH, MEDIUM = "high", "medium"
UNEXPECTED = "The response has an unexpected format."
_NO_VALUE = "The behavior matches no value of the setting:"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The answer to one question.

    Attributes:
        name: The name of the setting in `Behavior`, or another name if no setting exists.
        is_observed: Whether the run answered the question.
        value: The answer, if `is_observed` is True.
        certainty: `"high"` if another request excludes other explanations, else `"medium"`; empty without a value.
        note: What was seen, or the reason why the behavior is not observable.
        bounds: Numbers that limit the value: `at_least`, `at_most`, `more_than` or `below`.
    """

    name: str
    is_observed: bool
    value: Any = None
    certainty: str = ""
    note: str = ""
    bounds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Observed:
    """A value, before it has a name."""

    value: Any
    note: str
    certainty: str = HIGH


@dataclass(frozen=True, kw_only=True)
class _Unobserved:
    """A reason why there is no value."""

    reason: str
    bounds: Mapping[str, float] = field(default_factory=dict)


_Result: TypeAlias = "_Observed | _Unobserved"


def findings(journal: Journal) -> list[Finding]:
    """Return the findings of a run, in a fixed order."""
    return [_finding(name, conclude, journal) for name, conclude in _CONCLUSIONS.items()]


def _finding(name: str, conclude: Callable[[Journal], _Result], journal: Journal) -> Finding:
    try:
        result = conclude(journal)
    except (AttributeError, LookupError, TypeError, ValueError):
        result = _Unobserved(reason=UNEXPECTED)
    if isinstance(result, _Unobserved):
        bounds = {name: round(value, 3) for name, value in result.bounds.items()}
        return Finding(name=name, is_observed=False, note=result.reason, bounds=bounds)
    return Finding(name=name, is_observed=True, value=result.value, certainty=result.certainty, note=result.note)


# Client tokens


def _token_mismatch(journal: Journal) -> _Result:
    steps = journal.steps
    name = "token with other payload"
    outcome = steps.get(name)
    if outcome is None:
        return _no_context(steps, "project")
    if outcome["outcome"] == "ok":
        if is_new_context(steps, name):
            return _Unobserved(reason="The service no longer recognized the token, and created a context.")
        return _Observed(value="replay", note="The response contained the first context.")
    kind = outcome["error"].get("kind")
    is_full = any(error_kind(steps, step) == Kind.QUOTA.value for step in variants("lead"))
    is_valid = is_full or first_ok(steps, "lead") is not None
    if outcome["outcome"] == "refused" and kind == Kind.CONFLICT.value:
        note = "The request was refused, and a lead with its own token was not."
        return _Observed(
            value="conflict", note=note if is_valid else _refused(outcome), certainty=HIGH if is_valid else MEDIUM
        )
    if outcome["outcome"] == "refused" and kind == Kind.INVALID.value:
        if outcome["error"]["names_token"]:
            return _Observed(value="validation", note="The error names the token.")
        if is_valid:
            return _Observed(value="validation", note=_refused(outcome), certainty=MEDIUM)
    return _Unobserved(reason=_refused(outcome))


def _token_same_payload(journal: Journal) -> _Result:
    steps = journal.steps
    name = "token with same payload"
    outcome = steps.get(name)
    if outcome is None:
        if is_new_context(steps, "token with other payload"):
            return _Unobserved(reason="The service no longer recognized the token.")
        return _no_context(steps, "project")
    if outcome["outcome"] != "ok":
        return _Unobserved(reason=_refused(outcome))
    if is_new_context(steps, name):
        return _Unobserved(reason="The service no longer recognized the token, and created a context.")
    return _Observed(value="replay", note="The response contained the first context.")


def _token_lifetime(journal: Journal) -> _Result:
    steps = journal.steps
    first = steps.get(first_ok(steps, "project") or "")
    if first is None:
        return _no_context(steps, "project")
    bounds: dict[str, float] = {}
    for name in ("token with other payload", "token with same payload"):
        use = steps.get(name)
        if use is None:
            continue
        if is_new_context(steps, name):
            if first["sends"] == 1 and not first["is_found"]:
                bounds["at_most"] = use["received"] - first["sent"]
            break
        mismatch = use["error"].get("kind") == Kind.CONFLICT.value or use["error"].get("names_token")
        if use["outcome"] == "ok" or (use["outcome"] == "refused" and mismatch):
            bounds["more_than"] = max(0.0, use["sent"] - first["received"])
    if "at_most" in bounds:
        return _Unobserved(
            reason=f"The token was forgotten after at most {bounds['at_most']:.0f} seconds.", bounds=bounds
        )
    if "more_than" in bounds:
        text = f"The token was still known after {bounds['more_than']:.0f} seconds. One run cannot wait for its end."
        return _Unobserved(reason=text, bounds=bounds)
    return _Unobserved(reason="No request showed whether the token was known.")


# Updates


def _lock(journal: Journal) -> _Result:
    steps = journal.steps
    missing = _no_context(steps, "project")
    if context_id(steps, "project") is None:
        return missing
    if is_ok(steps, "update with an older lock"):
        return _Unobserved(reason="The service accepted an older lock, which matches no value of the setting.")
    is_compared = error_kind(steps, "update with an older lock") == Kind.CONFLICT.value
    certainty = HIGH if is_compared else MEDIUM
    last = None
    for round_ in range(1, LOCK_ROUNDS + 1):
        for suffix in (f" {round_}", f" {round_} plain"):
            cut, exact = steps.get(f"update in microseconds{suffix}"), steps.get(f"update{suffix}")
            last = exact or last
            if cut and cut["outcome"] == "ok":
                return _Observed(value="microsecond", note="A lock in microseconds was accepted.", certainty=certainty)
            if exact and exact["outcome"] == "ok":
                if cut is None:
                    return _Unobserved(reason="No ModifiedAt had more digits than microseconds.")
                # Afterwards the same lock was still current, so even a repeated request had changed nothing.
                if cut["error"]["kind"] in (Kind.CONFLICT.value, Kind.INVALID.value):
                    note = "A lock in microseconds was refused, and the same update with all digits was not."
                    return _Observed(value="exact", note=note, certainty=certainty)
                return _Unobserved(reason=_refused(cut))
    return _Unobserved(reason=_refused(last) if last else "No response contained a lock.")


def _update(journal: Journal) -> _Result:
    steps = journal.steps
    result = _after(steps, "partial update", "project")
    if isinstance(result, _Unobserved):
        return result
    part = "merge" if result.payload["CustomerProject"].get("Customer") else "replace"
    note = "An update without the customer " + ("kept it." if part == "merge" else "removed it.")
    lead = _after(steps, "lead update", "lead")
    if isinstance(lead, _Unobserved):
        return _Observed(value=part, note=note, certainty=MEDIUM)
    member = "merge" if lead.payload["Lead"]["Customer"].get("Industry") else "replace"
    if part != member:
        return _Unobserved(reason=f"{_NO_VALUE} {part} for a part of the payload, {member} for a member of a part.")
    return _Observed(value=part, note=note)


def _lead_interactions(journal: Journal) -> _Result:
    steps = journal.steps
    result = _after(steps, "lead update", "lead")
    if isinstance(result, _Unobserved):
        return result
    ids = [str(each.get("SourceId")).strip() for each in result.payload["Lead"]["Interactions"]]
    first, new = _lead_mark(journal), _samples.marker(journal.run, result.step)
    values = {(True, True): "append", (False, True): "replace"}
    value = values.get((first in ids, new in ids))
    if value is None or len(ids) != (first in ids) + (new in ids):
        return _Unobserved(reason="The interactions after an update match no value of the setting.")
    return _Observed(value=value, note=f"After an update with another interaction, the lead had {len(ids)}.")


def _unknown_members(journal: Journal) -> _Result:
    steps = journal.steps
    step = last_attempt(steps, "update with unknown member")
    if step is None:
        return _not_updated(steps, "project")
    outcome = steps[step]
    if outcome["outcome"] == "refused" and outcome["error"]["kind"] == Kind.INVALID.value:
        is_named = any(_samples.UNKNOWN_MEMBER in each["field"] for each in outcome["error"]["fields"])
        if is_named or full_update(steps):
            note = "The request was refused" + (", and the error names the member." if is_named else ".")
            return _Observed(value="refuse", note=note, certainty=HIGH if is_named else MEDIUM)
        return _Unobserved(reason=_refused(outcome))
    result = _after(steps, "update with unknown member", "project")
    if isinstance(result, _Unobserved):
        return result
    part = result.payload["CustomerProject"]["Project"]
    if part.get(_samples.UNKNOWN_MEMBER) == "sample":
        return _Observed(value="store", note="A read returned the member.")
    if _samples.UNKNOWN_MEMBER not in part:
        return _Observed(value="drop", note="The update was accepted, but a read did not return the member.")
    return _Unobserved(reason="A read returned the member with another value.")


# Values that the service stores differently


def _normalizes(journal: Journal) -> _Result:
    steps = journal.steps
    created = _differences(created_payload(steps, "project", ["project"]), created_payload(steps, "lead", ["lead"]), {})
    full = full_update(steps)
    if not created:
        return (
            _no_context(steps, "project")
            if first_ok(steps, "project") != "plain project"
            else _Unobserved(reason=_ODD_REFUSED)
        )
    if full is None:
        return _not_updated(steps, "project")
    if full.endswith("plain"):
        return _Unobserved(reason=_ODD_REFUSED)
    lead = _after(steps, "lead update", "lead")
    if isinstance(lead, _Unobserved) or lead.step.endswith("plain") or first_ok(steps, "lead") != "lead":
        lead_payload = None
    else:
        lead_payload = lead.payload
    updated = _differences(stored_payload(steps, f"{full} seen", context_id(steps, "project")), lead_payload, {})
    if not updated:
        return _Unobserved(reason=_not_visible(steps.get(f"{full} seen")))
    kinds = {each for facts in (created, updated) for each in set(facts.values())}
    on_create, on_update = set(created.values()), set(updated.values())
    if len(on_create) > 1 or len(on_update) > 1 or not kinds <= {"kept", "normalized"}:
        text = "; ".join(
            f"{write}: " + ", ".join(f"{name} {what}" for name, what in facts.items())
            for write, facts in (("create", created), ("update", updated))
        )
        return _Unobserved(reason=f"{_NO_VALUE} {text}.")
    value = {
        ("kept", "kept"): "never",
        ("normalized", "kept"): "create",
        ("kept", "normalized"): "update",
        ("normalized", "normalized"): "always",
    }[on_create.pop(), on_update.pop()]
    return _Observed(value=value, note="Compared: " + ", ".join({**created, **updated}) + ".")


_ODD_REFUSED = "The service refused the values that it could have normalized."


def _differences(project: Json | None, lead: Json | None, facts: dict[str, str]) -> dict[str, str]:
    """Return for each kind of value whether the service stored it as sent, normalized, or in another way."""
    if project is not None:
        parts = project["CustomerProject"]
        title = parts["Project"]["Title"]
        facts["white space"] = "kept" if title == _samples.padded(title.strip()) else _is(title == title.strip())
        facts["website"] = _compared(parts["Customer"]["WebsiteUrl"], _samples.WEBSITE, _samples.STORED_WEBSITE)
    if lead is not None:
        country = lead["Lead"]["Customer"]["Address"]["CountryCode"]
        facts["country"] = _compared(country, _samples.COUNTRY, _samples.STORED_COUNTRY)
    return facts


def _is(is_normalized: bool) -> str:
    return "normalized" if is_normalized else "changed"


def _compared(stored: Any, sent: str, normalized: str) -> str:
    return "kept" if stored == sent else _is(stored == normalized)


def _rewrites_phone(journal: Journal) -> _Result:
    def phone(interaction: Json) -> str:
        return _compared(interaction["Contact"].get("Phone"), _samples.PHONE, _samples.STORED_PHONE)

    return _on_both_writes(journal, phone, {"kept": False, "normalized": True}, "phone number", is_sent_plain=False)


def _fills_interaction_date(journal: Journal) -> _Result:
    def date(interaction: Json) -> str:
        return "filled" if isinstance(interaction.get("InteractionDate"), str) else "absent"

    return _on_both_writes(journal, date, {"absent": False, "filled": True}, "date", is_sent_plain=True)


def _on_both_writes(
    journal: Journal, look: Callable[[Json], str], values: Mapping[str, bool], noun: str, *, is_sent_plain: bool
) -> _Result:
    """Compare an interaction of the create request with one of the update.

    Args:
        journal: The steps of the run.
        look: Returns what the service did with the value of an interaction.
        values: Maps the results of `look` to the values of the setting.
        noun: What the value is.
        is_sent_plain: Whether the requests without unusual values show the behavior too.
    """
    steps = journal.steps
    created = created_payload(
        steps, "lead", [step for step in variants("lead") if is_sent_plain or step != "plain lead"]
    )
    if created is None:
        is_plain = first_ok(steps, "lead") == "plain lead" and not is_sent_plain
        return _Unobserved(reason=_ODD_REFUSED) if is_plain else _no_context(steps, "lead")
    found = {"create": look(created["Lead"]["Interactions"][0])}
    updated = _after(steps, "lead update", "lead")
    if not isinstance(updated, _Unobserved) and (is_sent_plain or not updated.step.endswith("plain")):
        mark = _samples.marker(journal.run, updated.step)
        new = [each for each in updated.payload["Lead"]["Interactions"] if mark in str(each.get("SourceId"))]
        if new:
            found["update"] = look(new[0])
    if len(set(found.values())) > 1 or not set(found.values()) <= values.keys():
        return _Unobserved(
            reason=f"{_NO_VALUE} {', '.join(f'{noun} {what} on {name}' for name, what in found.items())}."
        )
    note = f"The {noun} of an interaction was {found['create']}, on {' and '.join(found)}."
    return _Observed(value=values[found["create"]], note=note, certainty=HIGH if len(found) > 1 else MEDIUM)


def _normalizes_account(journal: Journal) -> _Result:
    steps = journal.steps
    outcome = steps.get("customer account")
    payload = stored_payload(steps, "customer account seen", (outcome or {}).get("response", {}).get("ContextId"))
    if outcome is None or outcome["outcome"] != "ok":
        return _no_context(steps, "customer account")
    if payload is None:
        return _Unobserved(reason=_not_visible(steps.get("customer account seen")))
    stored = _compared(payload["CustomerAccount"].get("AccountIdentifier"), _samples.ACCOUNT_ARN, _samples.ACCOUNT_ID)
    if stored == "changed":
        return _Unobserved(reason="The ARN was stored in a way that no value describes.")
    return _Observed(
        value=stored == "normalized",
        note=f"The ARN of an account was {'stored as its ID' if stored == 'normalized' else 'kept'}.",
    )


def _explicit_nulls(journal: Journal) -> _Result:
    steps = journal.steps
    step = first_ok(steps, "lead")
    payload = stored_payload(steps, f"{step} seen", context_id(steps, "lead"))
    if payload is None:
        return _no_context(steps, "lead")
    nulls = []
    for path, names in _samples.ABSENT_IN_LEAD.items():
        part: Any = payload["Lead"]
        for key in path:
            part = part[int(key)] if isinstance(part, list) else part[key]
        nulls += [part.get(name, "absent") for name in names]
    if all(each is None for each in nulls):
        return _Observed(value=True, note=f"{len(nulls)} absent members were returned as null.")
    if all(each == "absent" for each in nulls):
        return _Observed(value=False, note=f"{len(nulls)} absent members were not returned.")
    return _Unobserved(reason=f"{_NO_VALUE} only some of the absent members were returned.")


def _omits_last_modified(journal: Journal) -> _Result:
    names = {"ModifiedAt", "EngagementLastModifiedAt"}
    found = [
        bool(names & each["response"].keys())
        for each in journal.steps.values()
        if each.get("operation") in WRITES and each["outcome"] == "ok" and not each["is_found"]
    ]
    if not found:
        return _Unobserved(reason="The responses of all writes were lost in an interruption.")
    if len(set(found)) > 1:
        return _Unobserved(reason=f"{_NO_VALUE} only some responses contained it.")
    note = f"{len(found)} responses of writes {'contained' if found[0] else 'did not contain'} it."
    return _Observed(value=not found[0], note=note, certainty=HIGH if len(found) > 1 else MEDIUM)


# Reads


def _read_lag(journal: Journal) -> _Result:
    seen = [each for each in journal.steps.values() if "visible" in each and each["misses"] is not None]
    missed = [each["misses"] for each in seen if not each["visible"]]
    found = [each["misses"] for each in seen if each["visible"]]
    if missed:
        text = f"{max(missed)} reads did not show a write."
        return _Unobserved(reason=text, bounds={"at_least": max(missed)})
    if not found:
        return _Unobserved(reason="The reads after each write were interrupted.")
    seconds = max(each["seconds"] for each in seen)
    if len(set(found)) > 1:
        text = f"Between {min(found)} and {max(found)} reads, or up to {seconds:.1f} seconds, did not show a write."
        return _Unobserved(reason=f"{text} The lag is not a fixed number of reads.")
    took = f" It took up to {seconds:.1f} seconds." if found[0] else ""
    return _Observed(
        value=found[0], note=f"The same after {len(found)} writes.{took}", certainty=HIGH if len(found) > 2 else MEDIUM
    )


def _list_lag(journal: Journal) -> _Result:
    lists = journal.steps["engagement seen"]["lists"]
    if lists["error"]:
        return _Unobserved(reason=f"{lists['error']} from ListEngagements.")
    if lists["misses"] is None:
        return _Unobserved(reason="The run was interrupted before the list showed the engagement.")
    if lists["found"]:
        return _Observed(value=lists["misses"], note="Seen after one write.", certainty=MEDIUM)
    if not lists["ended"]:
        return _Unobserved(reason=f"A list did not end within {MAX_PAGES} pages.")
    return _Unobserved(
        reason=f"{lists['misses']} lists did not show the engagement.", bounds={"at_least": lists["misses"]}
    )


def _empty_pages(journal: Journal) -> _Result:
    lists = journal.steps["engagement seen"]["lists"]
    if lists["empty_pages"] is None or lists["error"]:
        return _Unobserved(reason=f"{lists['error']} from ListEngagements.")
    if lists["ended"]:
        return _Observed(value=lists["empty_pages"], note="Seen in one list.", certainty=MEDIUM)
    return _Unobserved(
        reason=f"A list did not end within {MAX_PAGES} pages.", bounds={"at_least": lists["empty_pages"]}
    )


# Limits


def _quota(journal: Journal) -> _Result:
    step, certainty = quota_step(journal.steps), HIGH
    if step is None:
        step, certainty = _changed_refusal(journal.steps), MEDIUM
    if step is None:
        count, doubtful = journal.tally()
        text = f"The engagement took {count} contexts. The run must not create more than five."
        return (
            _Unobserved(reason=text, bounds={"at_least": count}) if not doubtful else _Unobserved(reason=_INTERRUPTED)
        )
    count, doubtful = journal.tally(until=step)
    if doubtful:
        return _Unobserved(reason=_INTERRUPTED)
    note = f"With {count} contexts, a create request was refused: {_refused(journal.steps[step])}"
    return _Observed(value=count, note=note, certainty=certainty)


def _changed_refusal(steps: Mapping[str, Json]) -> str | None:
    """Return a create request that was probably refused because of the limit, although its error has another code.

    The request is either a project, of which an earlier one was accepted, and a request of another Type was refused with the
    same error; or it repeats a request that was first refused with another error.
    """
    for name, each in steps.items():
        if each.get("outcome") != "refused" or each["error"]["kind"] not in _LIMIT_KINDS:
            continue
        others = [steps[request]["error"] for request in DOUBTFUL if request in steps]
        if name.startswith("filler ") and first_ok(steps, "project") is not None and each["error"] in others:
            return name
        if name.startswith("sixth ") and each["error"] != steps[name.removeprefix("sixth ")]["error"]:
            return name
    return None


_LIMIT_KINDS = (Kind.CONFLICT.value, Kind.INVALID.value)
_INTERRUPTED = "The outcome of a request is not known, so neither is the number of contexts."


def _accepts_prospecting_result(journal: Journal) -> _Result:
    outcome = journal.steps.get("prospecting result")
    if outcome is None or outcome["outcome"] in ("skipped", "failed"):
        return _no_context(journal.steps, "prospecting result")
    if outcome["outcome"] == "ok":
        return _Observed(value=True, note="The service accepted one.")
    error = outcome["error"]
    if any(each["code"] == "ACTION_NOT_PERMITTED" or each["field"] == "Type" for each in error["fields"]):
        return _Observed(value=False, note=_refused(outcome))
    if error["kind"] == Kind.DENIED.value:
        return _Observed(value=False, note=_refused(outcome), certainty=MEDIUM)
    return _no_context(journal.steps, "prospecting result")


def _accepts_unknown_types(journal: Journal) -> _Result:
    outcome = journal.steps.get("unknown type")
    if outcome is None or outcome["outcome"] in ("skipped", "failed"):
        return _no_context(journal.steps, "unknown type")
    if outcome["outcome"] == "ok":
        return _Observed(value=True, note="The service accepted one.")
    if outcome["error"]["kind"] == Kind.INVALID.value:
        is_named = any(each["field"] in ("Type", "Payload") for each in outcome["error"]["fields"])
        return _Observed(value=False, note=_refused(outcome), certainty=HIGH if is_named else MEDIUM)
    return _no_context(journal.steps, "unknown type")


def _rate(kind: str) -> Callable[[Journal], _Result]:
    def conclude(journal: Journal) -> _Result:
        throttled = journal.throttled.get(kind)
        if throttled is None:
            return _Unobserved(reason=f"No request was throttled, and the run does not send more {kind} to provoke it.")
        count = throttled["requests"]
        text = f"{count} request{'s were' if count > 1 else ' was'} throttled."
        if throttled["below"] is None:
            return _Unobserved(reason=text)
        bounds = {"below": throttled["below"]}
        return _Unobserved(reason=f"{text} The limit is below {bounds['below']:.2f} per second.", bounds=bounds)

    return conclude


def _never(reason: str) -> Callable[[Journal], _Result]:
    return lambda _: _Unobserved(reason=reason)


def _error_shapes(journal: Journal) -> _Result:
    shapes = {}
    for name, outcome in journal.steps.items():
        error = outcome.get("error")
        if isinstance(error, dict) and error:
            request = re.sub(r" \d+( plain)?$", "", name)
            shapes[request] = {
                "request": request,
                "code": error["code"],
                "reason": error["reason"],
                "fields": error["fields"],
            }
    count = len({each["code"] for each in shapes.values()})
    return _Observed(
        value=list(shapes.values()), note=f"{len(shapes)} refused requests with {count} codes; see the JSON report."
    )


# Steps, by what they were for


@dataclass(frozen=True, kw_only=True)
class _After:
    """The payload of a context after a step."""

    step: str
    payload: Json


def _after(steps: Mapping[str, Json], update: str, context: str) -> _After | _Unobserved:
    """Return the payload after an update that succeeded, or the reason why there is none."""
    step = last_attempt(steps, update)
    if step is None:
        return _not_updated(steps, context)
    if steps[step]["outcome"] != "ok":
        return _Unobserved(reason=_refused(steps[step]))
    payload = stored_payload(steps, f"{step} seen", context_id(steps, context))
    return (
        _Unobserved(reason=_not_visible(steps.get(f"{step} seen")))
        if payload is None
        else _After(step=step, payload=payload)
    )


def _lead_mark(journal: Journal) -> str:
    step = first_ok(journal.steps, "lead")
    return _samples.marker(journal.run, step or "lead")


def _refused(outcome: Json) -> str:
    if outcome["outcome"] == "failed":
        return "The outcome of the request is not known."
    error = outcome["error"]
    fields = sorted({f"{each['code']} for {each['field']}" for each in error.get("fields", ())})
    details = f" ({', '.join(fields[:2])})" if fields else ""
    return f"{error.get('code', 'An unexpected response')}{details}."


def _not_visible(seen: Json | None) -> str:
    if seen is not None and seen.get("error"):
        return f"{seen['error']} from GetEngagement."
    return "No read showed the write in time."


def _not_updated(steps: Mapping[str, Json], context: str) -> _Unobserved:
    if context_id(steps, context) is None:
        return _no_context(steps, context)
    return _Unobserved(reason="The context was not updated.")


def _no_context(steps: Mapping[str, Json], context: str) -> _Unobserved:
    """Return the reason why a context does not exist, or why no read shows it."""
    step = next((each for each in reversed(variants(context)) if each in steps), context)
    outcome = steps.get(step)
    if first_ok(steps, context) is not None or (outcome and outcome["outcome"] == "ok"):
        return _Unobserved(reason=_not_visible(steps.get(f"{step} seen")))
    if outcome is None:
        return _Unobserved(reason=f"It needs the {context}, which does not exist.")
    if outcome["outcome"] == "skipped":
        return _Unobserved(reason="The engagement might have five contexts already.")
    if outcome["error"].get("kind") == Kind.QUOTA.value:
        return _Unobserved(reason="The engagement was full.")
    return _Unobserved(reason=_refused(outcome))


_CONCLUSIONS: Mapping[str, Callable[[Journal], _Result]] = {
    "token_same_payload": _token_same_payload,
    "token_mismatch": _token_mismatch,
    "token_lifetime": _token_lifetime,
    "lock": _lock,
    "lead_interactions": _lead_interactions,
    "update": _update,
    "normalizes": _normalizes,
    "rewrites_phone": _rewrites_phone,
    "normalizes_account": _normalizes_account,
    "fills_interaction_date": _fills_interaction_date,
    "explicit_nulls": _explicit_nulls,
    "unknown_members": _unknown_members,
    "accepts_unknown_types": _accepts_unknown_types,
    "refuses_filled_in": _never("AWS must add members to a context first."),
    "omits_last_modified": _omits_last_modified,
    "read_lag": _read_lag,
    "list_lag": _list_lag,
    "empty_pages": _empty_pages,
    "accepts_prospecting_result": _accepts_prospecting_result,
    "quota": _quota,
    "writes_per_second": _rate("writes"),
    "reads_per_second": _rate("reads"),
    "latency": _never("Response times include the network."),
    "error_shapes": _error_shapes,
}
