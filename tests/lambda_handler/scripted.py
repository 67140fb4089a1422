"""A Partner Central that follows a script, a clock that advances only in a sleep, and invented payloads.

The script is the assertion: every call is expected with its exact arguments, in order, and none may be left over.
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from lambda_handler.api import Context, Engagement, Payload, Written
from lambda_handler.engagement_context.properties import DesiredContext
from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.retries import RetryBudget

ENGAGEMENT = "eng-0123456789abcd"
OTHER_ENGAGEMENT = "eng-zyxwvutsrqponm"
TOKEN = "0f" * 32
# Nine digits, and each one different, so that neither a shortened nor an older lock fits the script.
LOCKS = tuple(f"2026-01-01T00:00:0{second}.123456789Z" for second in range(10))

PROJECT: dict[str, Any] = {
    "Customer": {
        "Industry": "Retail",
        "CompanyName": "Acme Tools",
        "WebsiteUrl": "https://acme.example",
        "CountryCode": "US",
    },
    "Project": {
        "Title": "Move to AWS",
        "BusinessProblem": "The data center closes at the end of next year.",
        "TargetCompletionDate": "2027-06-30",
    },
}
OTHER_PROJECT: dict[str, Any] = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "Move further"}}


def interaction(name: str, **members: Any) -> dict[str, Any]:
    """Return an interaction of a Lead, with a contact of this first name."""
    contact = {
        "BusinessTitle": "Head of IT",
        "Email": f"{name.lower()}@acme.example",
        "FirstName": name,
        "LastName": "Doe",
    }
    return {"Contact": contact, "SourceType": "Event", **members}


def lead(*interactions: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return a Lead with these interactions, as it is declared and read."""
    return {"Customer": {"CompanyName": "Acme Tools"}, "Interactions": list(interactions), **members}


def lead_update(interaction: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """Return a Lead in the shape of an update."""
    one = {} if interaction is None else {"Interaction": dict(interaction)}
    return {"Customer": {"CompanyName": "Acme Tools"}, **members, **one}


def declaration(payload: Payload = PROJECT, type_: str = "CustomerProject", **members: Any) -> DesiredContext:
    """Return a declaration in the sandbox."""
    return DesiredContext(
        **{"catalog": "Sandbox", "engagement_id": ENGAGEMENT, "type": type_, "payload": payload, **members}
    )


def engagement(*contexts: Context, lock: int = 0, id_: str = ENGAGEMENT) -> Engagement:
    """Return an engagement as it is read."""
    return Engagement(id=id_, arn=arn(id_), modified_at=LOCKS[lock], contexts=contexts)


def arn(engagement_id: str = ENGAGEMENT) -> str:
    """Return the ARN of an engagement in the sandbox."""
    return f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement_id}"


def project(id_: str, payload: Payload = PROJECT) -> Context:
    """Return a CustomerProject of an engagement."""
    return Context(id=id_, type="CustomerProject", payload=payload)


def lead_context(id_: str, payload: Payload) -> Context:
    """Return a Lead of an engagement."""
    return Context(id=id_, type="Lead", payload=payload)


def written(context_id: str, lock: int, engagement_id: str = ENGAGEMENT) -> Written:
    """Return the response to a write."""
    return Written(engagement=engagement(lock=lock, id_=engagement_id), context_id=context_id)


def error(kind: Kind, code: str = "", message: str = "It was refused.", **members: Any) -> ApiError:
    """Return an error of this kind."""
    return ApiError(kind, **{"operation": "Operation", "code": code or kind.name, "message": message, **members})


CONFLICT = error(Kind.CONFLICT, "ConflictException")
TOKEN_USED = error(
    Kind.INVALID,
    "ValidationException",
    names_token=True,
    fields=[FieldError(field="ClientToken", message="was used before", code="INVALID_VALUE")],
)


@dataclass(kw_only=True)
class Clock:
    """The function's remaining time. It passes only in a sleep.

    Attributes:
        remaining: The seconds that are left.
        pauses: The sleeps so far.
        drawn: The limits of the random pauses so far.
        share: Which part of the longest pause is drawn.
        overshoot: By how much each sleep is longer than asked, as real ones are.
    """

    remaining: float = 830
    pauses: list[float] = field(default_factory=list)
    drawn: list[tuple[float, float]] = field(default_factory=list)
    share: float = 1
    overshoot: float = 0

    def budget(self) -> RetryBudget:
        """Return the retry budget of an invocation on this clock."""
        return RetryBudget(lambda: self.remaining, sleep=self._sleep, uniform=self._uniform)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.remaining -= seconds + self.overshoot

    def _uniform(self, low: float, high: float) -> float:
        self.drawn.append((low, high))
        return low + (high - low) * self.share


@dataclass(frozen=True, kw_only=True)
class Step:
    """One expected call, and what it returns or raises."""

    operation: str
    arguments: dict[str, Any]
    returns: Engagement | Written | ApiError


def reads(returns: Engagement | ApiError, *, engagement_id: str = ENGAGEMENT, catalog: str = "Sandbox") -> Step:
    """Expect GetEngagement."""
    return Step(operation="read", arguments={"catalog": catalog, "engagement_id": engagement_id}, returns=returns)


def creates(
    returns: Written | ApiError,
    *,
    payload: Payload = PROJECT,
    type_: str = "CustomerProject",
    token: str = TOKEN,
    engagement_id: str = ENGAGEMENT,
    catalog: str = "Sandbox",
) -> Step:
    """Expect CreateEngagementContext."""
    arguments = {
        "catalog": catalog,
        "engagement_id": engagement_id,
        "type_": type_,
        "payload": payload,
        "client_token": token,
    }
    return Step(operation="create", arguments=arguments, returns=returns)


def updates(
    context_id: str,
    returns: Written | ApiError,
    *,
    lock: int,
    payload: Payload = PROJECT,
    type_: str = "CustomerProject",
    engagement_id: str = ENGAGEMENT,
) -> Step:
    """Expect UpdateEngagementContext under exactly this lock."""
    arguments = {
        "catalog": "Sandbox",
        "engagement_id": engagement_id,
        "context_id": context_id,
        "type_": type_,
        "payload": payload,
        "modified_at": LOCKS[lock],
    }
    return Step(operation="update", arguments=arguments, returns=returns)


class Script:
    """An Api that follows its steps. Any other call fails the test, and so does a step that is left over."""

    def __init__(self, *steps: Step) -> None:
        self._steps = deque(steps)
        self._place = 0

    def __enter__(self) -> "Script":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            assert not self._steps, f"never called: {[step.operation for step in self._steps]}"

    def read(self, **arguments: Any) -> Engagement:
        """Follow the script."""
        result = self._follow("read", arguments)
        assert isinstance(result, Engagement)
        return result

    def create(self, **arguments: Any) -> Written:
        """Follow the script."""
        result = self._follow("create", arguments)
        assert isinstance(result, Written)
        return result

    def update(self, **arguments: Any) -> Written:
        """Follow the script."""
        result = self._follow("update", arguments)
        assert isinstance(result, Written)
        return result

    def mask(self, type_: str, payload: Payload) -> None:
        """Mask nothing."""

    def _follow(self, operation: str, arguments: Mapping[str, Any]) -> Engagement | Written:
        self._place += 1
        assert self._steps, f"call {self._place} is not in the script: {operation} {arguments}"
        step = self._steps.popleft()
        assert (operation, arguments) == (step.operation, step.arguments), f"call {self._place}"
        if isinstance(step.returns, ApiError):
            raise step.returns
        return step.returns


def ids(text: str, among: Sequence[str]) -> list[str]:
    """Return which of these context ids a text lists as words of their own."""
    words = re.split(r"[\s,.;()]+", text)
    return [each for each in among if each in words]
