"""An engagement that the stack creates, with an alarm for failed deployments and a rule for changes of the engagement."""

import os
from datetime import date

from aws_cdk import App, CfnOutput, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns

from cdk_partnercentral import Catalog, CustomerProject, Engagement, PartnerCentralProvider, ProjectDetails

app = App()
stack = Stack(
    app,
    "EngagementWithAlarmExample",
    # Partner Central sends its events to us-east-1 only, so the rule must be there.
    env=Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region="us-east-1"),
)

bookshop = Engagement(
    stack,
    "Bookshop",
    catalog=Catalog.SANDBOX,
    title="Harbour Lane Books",
    description="All projects of Harbour Lane Books with AWS.",
)
bookshop.add_context(
    "Migration",
    payload=CustomerProject(
        project=ProjectDetails(
            title="Move the web shop to AWS",
            business_problem="The shop's servers cannot handle the holiday traffic, and their lease ends next summer.",
            target_completion_date=date(2028, 6, 30),
        ),
    ),
)
bookshop.add_context(
    "Search",
    payload=CustomerProject(
        project=ProjectDetails(
            title="Find books by a description",
            business_problem="Customers who do not know the title of a book leave without buying it.",
            target_completion_date=date(2028, 12, 31),
        ),
    ),
)

# Subscribe to these topics, for example with sns_subscriptions.EmailSubscription. The rule adds a policy to its topic that lets
# only EventBridge publish, so the alarm needs another topic.
failures = sns.Topic(stack, "Failures")
updates = sns.Topic(stack, "Updates", enforce_ssl=True)

# A FAILED response is not an error of the Lambda function, so the provider has its own metric.
failed = PartnerCentralProvider.get_or_create(stack).metric_failed()
alarm = failed.create_alarm(
    stack,
    "Failed",
    alarm_description="Partner Central resources could not be created or updated. The stack's events contain the reason.",
    evaluation_periods=1,
    threshold=1,
    treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
)
alarm.add_alarm_action(actions.SnsAction(failures))

# AWS and the other members of the engagement can change it too.
bookshop.on_updated("Updated", target=targets.SnsTopic(updates))

CfnOutput(stack, "EngagementId", value=bookshop.engagement_id)

app.synth()
