"""What is right in an answer, in a log, and in a payload that is held."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.histories import payloads
from tests.histories.book import Book, Expected
from tests.histories.payloads import MARK
from tests.histories.run import Run

LIMIT = 4096
ATTRIBUTES = ("ContextId", "EngagementId", "EngagementArn", "EngagementLastModifiedAt")
# What a log line may say, of what.
LOGGED = {
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "engagement",
    "context",
    "operation",
    "decision",
    "attempt",
    "error_code",
    "milliseconds",
}

Complain = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer's members that matter. `context` is empty in one that failed."""

    status: str
    physical_id: str
    context: str
    reason: str


def check_form(complain: Complain, run: Run, body: bytes) -> Answer | None:
    """Check that an answer is one that CloudFormation takes, and read it."""

    def wrong(what: str) -> None:
        complain("every answer is well-formed", f"{what}: {body[:1000]!r}")

    if MARK in body.decode().lower():
        complain("nothing sensitive in an answer", body.decode())
    if len(body) > LIMIT:
        wrong(f"{len(body)} bytes")
    answer = json.loads(body)
    request = run.request
    echoed = {"StackId": request.stack_id, "RequestId": request.request_id, "LogicalResourceId": request.logical_id}
    if {name: answer.get(name) for name in echoed} != echoed:
        wrong("it does not echo the event")
    physical_id = answer.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 1 <= len(physical_id.encode()) <= 1024:
        wrong("PhysicalResourceId")
        return None
    if answer.get("Status") == "FAILED":
        if not answer.get("Reason"):
            wrong("no Reason")
        if physical_id != (request.physical_id or f"not-created/{request.logical_id}"):
            wrong("a failure has the id that was given, or the one of what was not created")
        return Answer(status="FAILED", physical_id=physical_id, context="", reason=answer.get("Reason", ""))
    if answer.get("Status") != "SUCCESS":
        wrong("Status")
        return None
    context = _attributes(wrong, run, answer, physical_id)
    return Answer(status="SUCCESS", physical_id=physical_id, context=context, reason="")


def _attributes(wrong: Callable[[str], None], run: Run, answer: Any, physical_id: str) -> str:
    request, data = run.request, answer.get("Data") or {}
    if request.kind == "Delete":
        if physical_id != request.physical_id:
            wrong("Delete has the id that was given")
        return ""
    if not all(isinstance(data.get(name), str) and data[name] for name in ATTRIBUTES):
        wrong("an attribute is missing")
        return ""
    declared, context = request.declared, str(data["ContextId"])
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{declared.catalog}/engagement/{declared.engagement}"
    if physical_id != f"{declared.catalog}/{declared.engagement}/{context}":
        wrong("PhysicalResourceId")
    if (data["EngagementId"], data["EngagementArn"]) != (declared.engagement, arn):
        wrong("EngagementId or EngagementArn")
    if data["EngagementLastModifiedAt"] not in run.instants:
        wrong(f"EngagementLastModifiedAt is none of what the service said, {run.instants}")
    return context


def check_silence(complain: Complain, run: Run) -> None:
    """Check that a run's log says what it may, and nothing that is sensitive."""
    for line in run.said:
        if MARK in line.lower() or "Signature" in line:
            complain("nothing sensitive in a log line", line)
        try:
            said = json.loads(line)
        except ValueError:
            said = {line: None}
        if not isinstance(said, dict) or said.keys() - LOGGED:
            complain("log lines by allow-list", line)


def check_payload(book: Book, expected: Expected) -> str | None:
    """Say what is wrong with what a resource's context holds; None if nothing is."""
    request = expected.request
    declared = request.declared
    kept = book.of(declared.engagement, expected.context)
    held = book.held(declared.engagement, expected.context)
    if kept is None or held is None:
        return "the context is gone"
    behavior = book.world.service.behavior
    wanted = declared.payload
    tidy = payloads.tidied if behavior.normalizes else payloads.dated
    held, wanted = tidy(held), tidy(wanted)
    rest = {name: value for name, value in held.items() if name != "Interactions" or declared.type != "Lead"}
    rest = {name: value for name, value in rest.items() if name in wanted or name not in kept.filled}
    wrong = _differs(rest, wanted, extra=behavior.update == "merge", skip="Interactions")
    if wrong or declared.type != "Lead":
        return wrong
    missing = {payloads.tag_of(one) for one in payloads.missing_interactions(held, declared.payload)} - kept.lost
    if behavior.lead_interactions == "replace":
        missing -= kept.ever
    return f"{sorted(missing)} never arrived" if missing else None


def _differs(held: Any, wanted: Any, *, extra: bool, skip: str = "", path: str = "") -> str | None:
    """Say where two values differ. `extra`: a service that merges keeps what is not declared any more."""
    if not isinstance(held, Mapping) or not isinstance(wanted, Mapping):
        return None if held == wanted else f"{path} is {held!r}, declared is {wanted!r}"
    for name in wanted.keys() - {skip}:
        if name not in held:
            return f"{path}.{name} is missing"
        wrong = _differs(held[name], wanted[name], extra=extra, path=f"{path}.{name}")
        if wrong:
            return wrong
    more = held.keys() - wanted.keys()
    return f"{path} has {sorted(more)} too" if more and not extra else None
