"""What every custom resource of this function has in common: the request it gets and the result it returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lambda_handler.api import Api, Stack
from lambda_handler.retries import RetryBudget


@dataclass(frozen=True, kw_only=True)
class Request:
    """One event of CloudFormation, and the means to carry it out.

    Attributes:
        stack_id: The stack's ARN.
        logical_resource_id: The resource's logical id.
        physical_resource_id: The resource's physical id; empty for a Create.
        properties: The ResourceProperties, not validated.
        old_properties: The OldResourceProperties of an Update, not validated. After a failed update, they are what failed.
        api: Partner Central.
        stack: The stack.
        budget: The retries that are left.
    """

    stack_id: str
    logical_resource_id: str
    physical_resource_id: str = ""
    properties: Any = None
    old_properties: Any = None
    api: Api
    stack: Stack
    budget: RetryBudget


@dataclass(frozen=True, kw_only=True)
class Result:
    """A resource that is as declared.

    Attributes:
        physical_resource_id: Its physical id.
        attributes: The values of `Fn::GetAtt`, complete for every request type.
    """

    physical_resource_id: str
    attributes: Mapping[str, str]


class Resource(Protocol):
    """A custom resource: a module with these functions. A failure is raised as ResourceError or ApiError."""

    def create(self, request: Request) -> Result:
        """Create the resource, once, however often CloudFormation repeats the event."""
        ...

    def update(self, request: Request) -> Result:
        """Update the resource in place, or create its replacement under another physical id."""
        ...
