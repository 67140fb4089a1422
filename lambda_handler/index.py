"""The function's entry point: it connects crhelper's events to the resources, and turns every error into a Reason."""

import contextlib
import functools
import logging
from collections.abc import Mapping
from typing import Any

from lambda_handler import engagement, engagement_context, logs, partner_central, reasons, sdk, stack
from lambda_handler.errors import ApiError, ResourceError
from lambda_handler.identity import engagement_arn
from lambda_handler.resource import Request, Resource
from lambda_handler.response import RESPONSE_SECONDS, CfnResource
from lambda_handler.retries import RetryBudget

# The registry of resources. To add a resource, write a module or package with the functions of `resource.Resource`, and list
# the module or package here.
RESOURCES: Mapping[str, Resource] = {
    "Custom::Engagement": engagement,
    "Custom::EngagementContext": engagement_context,
}

# crhelper logs whole events with the ResponseURL, and botocore logs whole requests. This disables every logger except the
# logger of `logs`, even if the runtime or a library adds handlers.
logging.disable(logging.CRITICAL)

# Work stops this many seconds before the function's timeout, so that the last request can end and the response can be sent.
RESERVED_SECONDS = RESPONSE_SECONDS + sdk.CONNECT_SECONDS + sdk.READ_SECONDS

client = functools.cache(partner_central.connect)
helper = CfnResource()
with contextlib.suppress(Exception):
    # Create the client before the first event. If this fails, the first event creates the client. If that fails too, the
    # response reports the error.
    client()


def handler(event: Any, context: Any) -> None:
    """Handle one event of a custom resource."""
    fields = event if isinstance(event, Mapping) else {}
    logs.begin(
        request_type=str(fields.get("RequestType"))[:20],
        stack=str(fields.get("StackId"))[:255],
        logical_id=str(fields.get("LogicalResourceId"))[:255],
        request_id=str(fields.get("RequestId"))[:64],
        requestId=getattr(context, "aws_request_id", None),
    )
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: Mapping[str, Any], context: Any) -> str:
    """Pass a Create or Update to the resource that the ResourceType names."""
    try:
        resource = _resource(event)
        request = _request(event, context)
        result = resource.create(request) if event["RequestType"] == "Create" else resource.update(request)
    except Exception as error:  # noqa: BLE001 - whatever happens, CloudFormation gets a Reason
        logs.bind(exception=_exception(error))
        raise reasons.FailedError(reasons.reason(error, **_engagement(event))) from None
    helper.Data = dict(result.attributes)
    return result.physical_resource_id


@helper.delete
def delete(event: Mapping[str, Any], context: Any) -> str:
    """Do nothing: Partner Central has no operation that deletes a resource of this function. A Delete must never fail."""
    del context
    logs.info("retained")
    return str(event.get("PhysicalResourceId", ""))


def _resource(event: Mapping[str, Any]) -> Resource:
    type_ = str(event.get("ResourceType"))
    if type_ not in RESOURCES:
        raise ResourceError(
            "UNKNOWN_RESOURCE_TYPE",
            f"ResourceType must be one of {', '.join(RESOURCES)}; got {ascii(type_)[:80]}. Deploy the template and the function"
            " from the same version of cdk-partnercentral.",
        )
    return RESOURCES[type_]


def _request(event: Mapping[str, Any], context: Any) -> Request:
    return Request(
        stack_id=event["StackId"],
        logical_resource_id=event["LogicalResourceId"],
        physical_resource_id=str(event.get("PhysicalResourceId", "")),
        properties=event.get("ResourceProperties"),
        old_properties=event.get("OldResourceProperties"),
        api=partner_central.PartnerCentral(_client()),
        stack=stack.CloudFormation(),
        budget=_budget(context),
    )


def _client() -> Any:
    try:
        return client()
    except Exception as error:
        raise ResourceError(
            "CLIENT_CONFIGURATION",
            f"The function could not create its Partner Central client ({type(error).__name__}). Check the function's"
            " environment variables that begin with AWS_. The SDK does not accept the value of one variable.",
        ) from error


def _budget(context: Any) -> RetryBudget:
    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    reserved = min(RESERVED_SECONDS, left() * 0.75)
    return RetryBudget(lambda: left() - reserved)


def _exception(error: BaseException | None) -> str | None:
    """Return the AWS error code or the Python class of the exception that caused a failure, or None without an exception."""
    if isinstance(error, ResourceError):
        error = error.__cause__
    if error is None:
        return None
    return error.code if isinstance(error, ApiError) else type(error).__name__


def _engagement(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the catalog and ARN that a Reason uses for the event's engagement. `*` stands for a property that is missing."""
    properties = event.get("ResourceProperties")
    properties = properties if isinstance(properties, Mapping) else {}
    catalog = str(properties.get("Catalog", "*"))[:40]
    identifier = str(properties.get("EngagementIdentifier", "*"))[:255]
    return {"catalog": catalog, "arn": engagement_arn(catalog, identifier.rpartition("/")[2])}
