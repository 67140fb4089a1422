"""Read the library's resources in deployed stacks from CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3

from cdk_partnercentral_cli._aws import with_retries
from cdk_partnercentral_cli._drift.references import ABSENT, parameter_values, resolved
from cdk_partnercentral_cli._errors import CliError
from lambda_handler import sdk
from lambda_handler.errors import ApiError, Kind

T = TypeVar("T")

ENGAGEMENT, CONTEXT = "Custom::Engagement", "Custom::EngagementContext"
_NESTED = "AWS::CloudFormation::Stack"
ACTIONS = ("DescribeStacks", "GetTemplate", "ListStackResources")
# While CloudFormation changes a stack, the template can already be the new one. In these two states, only the resources that
# the new template does not contain are still to be deleted.
_SETTLED = ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
_IN_PROGRESS = "_IN_PROGRESS"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """An engagement or a context that a deployed stack declares.

    Attributes:
        stack: The name of the stack.
        logical_id: The logical ID.
        path: The construct's path, or the logical ID if the template does not contain the path.
        type: `Custom::Engagement` or `Custom::EngagementContext`.
        physical_id: The physical ID; empty if the resource has none.
        status: The resource's ResourceStatus.
        properties: The declared properties, without references to parameters.
        problem: Why the declaration cannot be compared; empty if it can be compared.
    """

    stack: str
    logical_id: str
    path: str
    type: str
    physical_id: str
    status: str
    properties: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class _Content:
    """The library's resources of a stack, and the ARNs of its nested stacks."""

    resources: Sequence[Resource]
    nested: Sequence[str]


class CloudFormation:
    """The read operations of CloudFormation that `drift` needs. Each operation makes its calls with retries.

    Args:
        session: The session with the credentials and the Region of the stacks.
    """

    def __init__(self, session: boto3.Session) -> None:
        self._region = session.region_name
        self._session = session
        self._client: Any = None
        # By the ARN of the stack. A stack can be given by its name and as a nested stack of another one.
        self._described: dict[str, Mapping[str, Any]] = {}
        self._read: dict[str, _Content] = {}

    def resources(self, names: Sequence[str]) -> tuple[list[str], list[Resource]]:
        """Return the names of the stacks with resources of the library, and these resources.

        Args:
            names: The names or ARNs of stacks, whose nested stacks are read too; empty for all stacks of the Region.

        Raises:
            CliError: A named stack does not exist, or has no resource of the library and no nested stack with one, or no stack
                has one.
            ApiError: A call failed, and no retry is left.
        """
        for root in [each["StackId"] for name in names or (None,) for each in self._stacks(name)]:
            tree = self._tree(root)
            if names and not any(self._read[each].resources for each in tree):
                name = self._described[root]["StackName"]
                raise CliError(f"The stack {name} contains no engagement or context of cdk-partnercentral.")
        found = [resource for content in self._read.values() for resource in content.resources]
        used = [self._described[stack]["StackName"] for stack, content in self._read.items() if content.resources]
        if not found:
            raise CliError(
                f"No stack in the Region {self._region} contains an engagement or a context of cdk-partnercentral: check"
                " AWS_DEFAULT_REGION and the credentials."
            )
        return used, found

    def _stacks(self, name: str | None) -> list[Any]:
        given = {} if name is None else {"StackName": name}
        try:
            stacks = self._all("DescribeStacks", "Stacks", **given)
        except ApiError as error:
            if name is not None and error.kind is Kind.INVALID and "does not exist" in error.message:
                raise CliError(
                    f"The stack {name} does not exist in the Region {self._region}: check its name, AWS_DEFAULT_REGION and the"
                    " credentials."
                ) from None
            raise
        self._described |= {each["StackId"]: each for each in stacks}
        return stacks

    def _tree(self, root: str) -> list[str]:
        """Read a stack and its nested stacks, and return their ARNs."""
        tree = [root]
        for stack in tree:
            if stack not in self._described:
                self._stacks(stack)
            if stack not in self._read:
                self._read[stack] = self._content(self._described[stack])
            tree += self._read[stack].nested
        return tree

    def _content(self, stack: Mapping[str, Any]) -> _Content:
        listed = [
            each
            for each in self._all("ListStackResources", "StackResourceSummaries", StackName=stack["StackId"])
            # CloudFormation lists deleted resources for 90 days.
            if each["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
        ]
        # A nested stack that was not created has no ARN.
        ids = [each.get("PhysicalResourceId") for each in listed if each["ResourceType"] == _NESTED]
        nested = [each for each in ids if each]
        summaries = [each for each in listed if each["ResourceType"] in (ENGAGEMENT, CONTEXT)]
        if not summaries:
            return _Content(resources=[], nested=nested)
        template = self._call(
            "GetTemplate", lambda client: client.get_template(StackName=stack["StackId"], TemplateStage="Processed")
        )["TemplateBody"]
        return _Content(resources=list(_declared(stack, summaries, template)), nested=nested)

    def _all(self, operation: str, member: str, **parameters: str) -> list[Any]:
        found: list[Any] = []
        more: dict[str, str] = {}

        def page(client: Any) -> tuple[list[Any], str | None]:
            method = {"DescribeStacks": client.describe_stacks, "ListStackResources": client.list_stack_resources}
            response = method[operation](**parameters, **more)
            return response[member], response.get("NextToken")

        while True:
            # Each page has its own retries. Otherwise, a Region with many stacks would start again at its first page.
            items, token = self._call(operation, page)
            found += items
            if not token:
                return found
            more = {"NextToken": token}

    def _call(self, operation: str, make: Callable[[Any], T]) -> T:
        def attempt() -> T:
            self._client = self._client or sdk.client("cloudformation", None, self._session)
            return make(self._client)

        # An error with a stack_id is an error of CloudFormation. The name of the service is enough for the sentence.
        call = sdk.Call(operation=operation, stack_id="cloudformation")
        return with_retries(lambda: sdk.attempt(call, attempt))


def _declared(stack: Mapping[str, Any], summaries: Sequence[Mapping[str, Any]], template: Any) -> Iterator[Resource]:
    declarations = template.get("Resources", {}) if isinstance(template, Mapping) else {}
    parameters = parameter_values(stack, template) if isinstance(template, Mapping) else {}
    for summary in summaries:
        logical_id = summary["LogicalResourceId"]
        if logical_id not in declarations and isinstance(template, Mapping) and stack["StackStatus"] in _SETTLED:
            continue
        declaration = declarations.get(logical_id, {})
        properties = resolved(declaration.get("Properties", {}), parameters)
        path = declaration.get("Metadata", {}).get("aws:cdk:path", logical_id).removesuffix("/Resource")
        yield Resource(
            stack=stack["StackName"],
            logical_id=logical_id,
            path=path,
            type=summary["ResourceType"],
            physical_id=summary.get("PhysicalResourceId", ""),
            status=summary["ResourceStatus"],
            properties=properties if properties is not ABSENT else {},
            problem=_problem(stack, summary, template),
        )


def _problem(stack: Mapping[str, Any], summary: Mapping[str, Any], template: Any) -> str:
    name, status = stack["StackName"], stack["StackStatus"]
    if status.endswith(_IN_PROGRESS) and status not in _SETTLED:
        return f"The stack {name} is {status}: run the command again when the deployment has ended."
    if summary["ResourceStatus"].endswith(_IN_PROGRESS):
        return f"The resource is {summary['ResourceStatus']}: run the command again when the deployment has ended."
    if not isinstance(template, Mapping):
        return (
            f"The template of the stack {name} is in YAML, which this command cannot read: deploy it with the CDK CLI."
        )
    if summary["LogicalResourceId"] not in template.get("Resources", {}):
        return f"The template of the stack {name} does not contain the resource: deploy the stack again."
    return ""
