"""The interface of the function's custom resources: the request that they receive, and the result that they return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lambda_handler.api import Api, Stack
from lambda_handler.retries import RetryBudget


@dataclass(frozen=True, kw_only=True)
class Request:
    """One event from CloudFormation, with the clients and the retry budget for the resource.

    Attributes:
        stack_id: The stack's ARN.
        logical_resource_id: The resource's logical ID.
        physical_resource_id: The resource's physical ID; empty for a Create.
        properties: The ResourceProperties, not validated.
        old_properties: The OldResourceProperties of an Update, not validated. In a rollback, these are the properties of the
            failed update.
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
    """The result of a successful Create or Update.

    Attributes:
        physical_resource_id: The resource's physical ID.
        attributes: The values that `Fn::GetAtt` returns. A Create and an Update return all of these values.
    """

    physical_resource_id: str
    attributes: Mapping[str, str]


class Resource(Protocol):
    """A custom resource is a module with these functions. A function that fails raises ResourceError or ApiError."""

    def create(self, request: Request) -> Result:
        """Create the resource exactly once, even if the event is repeated."""
        ...

    def update(self, request: Request) -> Result:
        """Update the resource in place, or create its replacement under another physical ID."""
        ...
