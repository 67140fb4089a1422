"""A typical handler: crhelper and boto3, both with default settings. It implements only Create."""

from typing import Any

import boto3
from crhelper import CfnResource

helper = CfnResource()
try:
    client = boto3.client("partnercentral-selling", region_name="us-east-1")
except Exception as error:  # noqa: BLE001 - as crhelper's documentation shows it
    helper.init_failure(error)


def handler(event: Any, context: Any) -> None:
    """Handle one event."""
    helper(event, context)


@helper.create
def create(event: Any, context: Any) -> str:
    """Create the context with a single API call."""
    declared = {
        name: event["ResourceProperties"][name] for name in ("Catalog", "EngagementIdentifier", "Type", "Payload")
    }
    response = client.create_engagement_context(**declared, ClientToken=event["RequestId"])
    helper.Data.update({name: response[name] for name in ("ContextId", "EngagementId", "EngagementArn")})
    helper.Data["EngagementLastModifiedAt"] = response["EngagementLastModifiedAt"].isoformat()
    return str(response["ContextId"])
