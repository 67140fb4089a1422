"""A Partner Central and a stack that follow a script, a clock that advances only in a sleep, and invented payloads.

The script is the assertion: every call is expected with its exact arguments, in order, and none may be left over.
"""

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from lambda_handler.api import (
    Context,
    Engagement,
    EngagementPage,
    EngagementSummary,
    Payload,
    Shape,
    StackResource,
    Written,
)
from lambda_handler.engagement_context.properties import DesiredContext
from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.retries import RetryBudget

ENGAGEMENT = "eng-0123456789abcd"
OTHER_ENGAGEMENT = "eng-zyxwvutsrqponm"
TOKEN = "0f" * 32
STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd"
LOGICAL_ID = "Acme"
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

ACCOUNT: dict[str, Any] = {
    "AccountIdentifier": "cust-acc-0123456789abc",
    "Customer": {"CompanyName": "Acme Tools", "WebsiteUrl": "https://acme.example"},
}
MODEL: Any = json.loads(
    (Path(__file__).parents[2] / "constructs/cdk_partnercentral/_validation/service-2.json").read_text()
)["shapes"]


def shape(name: str) -> Shape | None:
    """Return the members of a structure of the shipped service model."""
    found = MODEL[name]
    if found["type"] != "structure":
        return None
    return {
        member: {"required": member in found.get("required", ()), "members": shape(reference["shape"])}
        for member, reference in found["members"].items()
    }


SHAPES = {True: shape("UpdateEngagementContextPayload") or {}, False: shape("EngagementContextPayload") or {}}


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


def account(id_: str, payload: Payload = ACCOUNT) -> Context:
    """Return a CustomerAccount of an engagement."""
    return Context(id=id_, type="CustomerAccount", payload=payload)


def resource(
    logical_id: str, context_id: str, status: str = "CREATE_COMPLETE", engagement_id: str = ENGAGEMENT
) -> StackResource:
    """Return a resource of the stack that manages a context of the sandbox, or has no physical id yet."""
    physical_id = f"Sandbox/{engagement_id}/{context_id}" if context_id else ""
    return StackResource(logical_id=logical_id, physical_id=physical_id, status=status)


def lead_context(id_: str, payload: Payload) -> Context:
    """Return a Lead of an engagement."""
    return Context(id=id_, type="Lead", payload=payload)


def written(context_id: str, lock: int | None, engagement_id: str = ENGAGEMENT) -> Written:
    """Return the response to a write. One without a lock lacks that optional member."""
    after = Engagement(id=engagement_id, arn=arn(engagement_id), modified_at="" if lock is None else LOCKS[lock])
    return Written(engagement=after, context_id=context_id)


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
    returns: Engagement | EngagementPage | Written | Sequence[StackResource] | str | ApiError


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


def creates_engagement(
    returns: Engagement | ApiError,
    *,
    title: str,
    description: str | None = None,
    token: str,
    catalog: str = "Sandbox",
) -> Step:
    """Expect CreateEngagement."""
    arguments = {"catalog": catalog, "title": title, "description": description, "client_token": token}
    return Step(operation="create_engagement", arguments=arguments, returns=returns)


def lists_engagements(
    returns: Mapping[str, str] | ApiError,
    *,
    next_token: str | None = None,
    after: str | None = None,
    catalog: str = "Sandbox",
) -> Step:
    """Expect ListEngagements for the account of the stack.

    Args:
        returns: The titles of the engagements on the page by their IDs, or an error.
        next_token: The token that the page has for the next one.
        after: The token that the request has.
        catalog: The catalog.
    """
    arguments = {"catalog": catalog, "created_by": STACK.split(":")[4], "next_token": after}
    if isinstance(returns, ApiError):
        return Step(operation="list_engagements", arguments=arguments, returns=returns)
    found = tuple(EngagementSummary(id=id_, title=title) for id_, title in returns.items())
    page = EngagementPage(engagements=found, next_token=next_token)
    return Step(operation="list_engagements", arguments=arguments, returns=page)


def lists(*returns: StackResource | ApiError) -> Step:
    """Expect ListStackResources, and return these resources or raise this error."""
    failure = next((each for each in returns if isinstance(each, ApiError)), None)
    found = [each for each in returns if isinstance(each, StackResource)]
    return Step(operation="resources", arguments={"stack_id": STACK}, returns=failure or found)


def templates(*logical_ids: str, returns: str | ApiError = "") -> Step:
    """Expect GetTemplate, and return a template with these resources, or something else."""
    text = json.dumps({"Resources": {each: {"Type": "Custom::EngagementContext"} for each in logical_ids}})
    return Step(operation="template", arguments={"stack_id": STACK}, returns=returns or text)


@dataclass(kw_only=True)
class KnownStack:
    """A stack that responds to every question.

    Attributes:
        found: Its resources.
        text: Its template.
        asked: The stack ids of the questions.
    """

    found: list[StackResource] = field(default_factory=list)
    text: str = "{}"
    asked: list[str] = field(default_factory=list)

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """Return its resources."""
        self.asked.append(stack_id)
        return self.found

    def template(self, stack_id: str) -> str:
        """Return its template."""
        self.asked.append(stack_id)
        return self.text


class Script:
    """An Api and a Stack that follow its steps. Any other call fails the test, and so does a step that is left over."""

    def __init__(self, *steps: Step) -> None:
        self._steps = deque(steps)
        self._place = 0

    def __enter__(self) -> "Script":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            assert not self.left, f"never called: {self.left}"

    @property
    def left(self) -> list[str]:
        """The operations of the steps that are left over."""
        return [step.operation for step in self._steps]

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

    def create_engagement(self, **arguments: Any) -> Engagement:
        """Follow the script."""
        result = self._follow("create_engagement", arguments)
        assert isinstance(result, Engagement)
        return result

    def list_engagements(self, **arguments: Any) -> EngagementPage:
        """Follow the script."""
        result = self._follow("list_engagements", arguments)
        assert isinstance(result, EngagementPage)
        return result

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """Follow the script."""
        result = self._follow("resources", {"stack_id": stack_id})
        assert isinstance(result, list)
        return result

    def template(self, stack_id: str) -> str:
        """Follow the script."""
        result = self._follow("template", {"stack_id": stack_id})
        assert isinstance(result, str)
        return result

    def mask(self, type_: str, payload: Payload) -> None:
        """Mask nothing."""

    def shape(self, type_: str, *, update: bool) -> Shape:
        """Return the members of a Type in the shipped service model."""
        found = SHAPES[update].get(type_, {"members": {}})["members"]
        assert isinstance(found, Mapping)
        return found

    def _follow(self, operation: str, arguments: Mapping[str, Any]) -> Any:
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
