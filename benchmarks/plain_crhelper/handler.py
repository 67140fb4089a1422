"""The handler that most people would write: crhelper with its defaults, boto3 as it comes.

Only `sleep_on_delete` is changed, or every Delete would take two minutes. Knows nothing of the library.
"""

from typing import Any

import boto3
from crhelper import CfnResource

helper = CfnResource(sleep_on_delete=0)
try:
    client = boto3.client("partnercentral-selling", region_name="us-east-1")
except Exception as error:  # noqa: BLE001 - as crhelper's own documentation has it
    helper.init_failure(error)


def handler(event: Any, context: Any) -> None:
    """Handle one event."""
    helper(event, context)


@helper.create
def create(event: Any, context: Any) -> str:
    """Create the context: one write."""
    properties = event["ResourceProperties"]
    answer = client.create_engagement_context(
        Catalog=properties["Catalog"],
        EngagementIdentifier=properties["EngagementIdentifier"],
        ClientToken=event["RequestId"],
        Type=properties["Type"],
        Payload=properties["Payload"],
    )
    return _answered(answer)


@helper.update
def update(event: Any, context: Any) -> str:
    """Update the context: a read for its lock, and one write, whatever has changed."""
    properties = event["ResourceProperties"]
    engagement = client.get_engagement(Catalog=properties["Catalog"], Identifier=properties["EngagementIdentifier"])
    answer = client.update_engagement_context(
        Catalog=properties["Catalog"],
        EngagementIdentifier=properties["EngagementIdentifier"],
        ContextIdentifier=event["PhysicalResourceId"],
        EngagementLastModifiedAt=engagement["ModifiedAt"],
        Type=properties["Type"],
        Payload=properties["Payload"],
    )
    return _answered(answer)


@helper.delete
def delete(event: Any, context: Any) -> None:
    """Do nothing: the API deletes no context."""


def _answered(answer: Any) -> str:
    helper.Data.update(
        {
            "ContextId": answer["ContextId"],
            "EngagementId": answer["EngagementId"],
            "EngagementArn": answer["EngagementArn"],
            "EngagementLastModifiedAt": answer["EngagementLastModifiedAt"].isoformat(),
        }
    )
    return str(answer["ContextId"])
