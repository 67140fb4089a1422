"""A provider with every option that compliance rules ask for: keys, a network, limits, retention and a failure queue."""

from datetime import date

from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from cdk_partnercentral import Catalog, CustomerProject, Engagement, PartnerCentralProvider, ProjectDetails

app = App()
stack = Stack(app, "HardenedProviderExample")

# Your own network, whose private subnets must have a route to the internet, and the permissions boundary of your organization.
network = ec2.Vpc.from_vpc_attributes(
    stack,
    "Network",
    vpc_id=app.node.get_context("vpc"),
    availability_zones=app.node.get_context("availability-zones"),
    private_subnet_ids=app.node.get_context("private-subnets"),
    private_subnet_route_table_ids=app.node.get_context("route-tables"),
)
boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", app.node.get_context("permissions-boundary"))

key = kms.Key(stack, "Key", description="Logs and failed events of Partner Central", enable_key_rotation=True)
# The events that Lambda gave up on. They contain payloads, so the queue is encrypted, and is kept if the stack is deleted.
failed_events = sqs.Queue(
    stack,
    "FailedEvents",
    encryption=sqs.QueueEncryption.KMS,
    encryption_master_key=key,
    enforce_ssl=True,
    removal_policy=RemovalPolicy.RETAIN,
    retention_period=Duration.days(14),
)

PartnerCentralProvider.configure(
    stack,
    environment_encryption=key,
    log_group_encryption_key=key,
    log_retention=logs.RetentionDays.ONE_YEAR,
    on_failure=destinations.SqsDestination(failed_events),
    permissions_boundary=boundary,
    reserved_concurrent_executions=10,
    tracing=lambda_.Tracing.ACTIVE,
    vpc=network,
)

# The role can access exactly this engagement, because its ID is known at synthesis.
bookshop = Engagement.from_engagement_id(stack, "Bookshop", app.node.get_context("engagement"), catalog=Catalog.SANDBOX)
migration = bookshop.add_context(
    "Migration",
    payload=CustomerProject(
        project=ProjectDetails(
            title="Move the web shop to AWS",
            business_problem="The shop's servers cannot handle the holiday traffic, and their lease ends next summer.",
            target_completion_date=date(2028, 6, 30),
        ),
    ),
)
CfnOutput(stack, "ContextId", value=migration.context_id)

app.synth()
