"""A function that reads its stack with the client of CloudFormation. It runs in the function's process."""

from typing import Any

from lambda_handler import logs
from lambda_handler.errors import ApiError
from lambda_handler.reasons import FailedError, reason
from lambda_handler.response import CfnResource
from lambda_handler.stack import CloudFormation

resource = CfnResource()


@resource.create
def read(event: Any, context: Any) -> str:
    """Return the logical ids of the stack's resources as a physical id."""
    try:
        return ",".join(found.logical_id for found in CloudFormation().resources(event["StackId"]))
    except ApiError as error:
        raise FailedError(reason(error, catalog="Sandbox", arn="")) from None


def handler(event: Any, context: Any) -> None:
    """Handle an event."""
    logs.begin(request_id=event["RequestId"])
    resource(event, context)
