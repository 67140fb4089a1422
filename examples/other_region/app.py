"""A stack outside us-east-1: the function runs in the stack's Region, and calls the API in us-east-1."""

import os
from datetime import date

from aws_cdk import App, CfnOutput, Environment, Stack

from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, ProjectDetails

app = App()
stack = Stack(
    app,
    "OtherRegionExample",
    env=Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region="eu-west-1"),
)
dairy = EngagementContext(
    stack,
    "MillCreekDairy",
    catalog=Catalog.SANDBOX,
    engagement_identifier=app.node.get_context("engagement"),
    payload=CustomerProject(
        project=ProjectDetails(
            title="Trace every bottle",
            business_problem="A recall takes a week, because batch numbers are recorded on paper.",
            target_completion_date=date(2028, 9, 30),
        ),
    ),
)
CfnOutput(stack, "ContextId", value=dairy.context_id)
# The ARN of an engagement always contains us-east-1, even if the stack is in another Region.
CfnOutput(stack, "EngagementArn", value=dairy.engagement_arn)

app.synth()
