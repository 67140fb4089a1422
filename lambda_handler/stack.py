"""The client of CloudFormation, which reads the resources of the event's stack and the template that is being deployed.

The client is created at the first call, because most events need no call, and loading the service model takes time.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from lambda_handler import sdk
from lambda_handler.api import StackResource


class CloudFormation:
    """The stack that an event belongs to. Each call makes one attempt, and raises ApiError if the attempt fails."""

    def __init__(self) -> None:
        self._client: Any = None

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """Return all resources of the stack, including deleted resources.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
        """

        def all_pages(client: Any) -> list[StackResource]:
            found: list[StackResource] = []
            more: dict[str, str] = {}
            while True:
                page = client.list_stack_resources(StackName=stack_id, **more)
                found += map(_resource, page["StackResourceSummaries"])
                if not page.get("NextToken"):
                    return found
                more = {"NextToken": page["NextToken"]}

        return self._call("ListStackResources", stack_id, all_pages)

    def template(self, stack_id: str) -> str:
        """Return the text of the template. During an update of the stack, this is the new template.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
        """

        def text(client: Any) -> str:
            # boto3 returns a JSON template as a dictionary.
            body = client.get_template(StackName=stack_id, TemplateStage="Original")["TemplateBody"]
            return body if isinstance(body, str) else json.dumps(body)

        return self._call("GetTemplate", stack_id, text)

    def _call(self, operation: str, stack_id: str, make: Callable[[Any], sdk.T]) -> sdk.T:
        def made() -> sdk.T:
            # The stack's ARN contains the Region.
            self._client = self._client or sdk.client("cloudformation", stack_id.split(":")[3])
            return make(self._client)

        return sdk.attempt(sdk.Call(operation=operation, stack_id=stack_id), made)


def _resource(summary: Any) -> StackResource:
    return StackResource(
        logical_id=summary["LogicalResourceId"],
        physical_id=summary.get("PhysicalResourceId", ""),
        status=summary["ResourceStatus"],
    )
