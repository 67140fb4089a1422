"""A typed app: mypy --strict and pyright in strict mode find no error in it, and it synthesizes.

It uses every public name, with the CDK's classes and with its interfaces where the library accepts both.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone

from aws_cdk import App, CfnOutput, Duration, Environment, Fn, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk_partnercentral import (
    AccountCustomer,
    BestOutreachWindow,
    Catalog,
    ChannelRecommendation,
    CustomerAccount,
    CustomerProject,
    DayOfWeek,
    Engagement,
    EngagementContext,
    EngagementContextType,
    IEngagement,
    IEngagementContext,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
    LeadReadinessScore,
    PartnerCentralProvider,
    ProjectCustomer,
    ProjectDetails,
    ProspectingInsights,
    ProspectingResult,
    ProspectingResultAws,
    ProspectingResultCustomer,
)

ENGAGEMENT = "eng-0123456789abcd"

MIGRATION = CustomerProject(
    customer=ProjectCustomer(
        company_name="Harbour Lane Books",
        country_code="US",
        industry=Industry.RETAIL,
        website_url="https://harbour-lane-books.example",
    ),
    project=ProjectDetails(
        title="Move the web shop to AWS",
        business_problem="The shop's servers cannot handle the holiday traffic.",
        target_completion_date=date(2999, 6, 30),
    ),
)


PROSPECT = ProspectingResult(
    aws=ProspectingResultAws(
        customer=ProspectingResultCustomer(account_name="Northwind", eligible_programs=["one"]),
        insights=ProspectingInsights(marketplace_engagement_score="High"),
        start_time=datetime(2027, 1, 5, 9, 30, tzinfo=timezone.utc),
    )
)

ACCOUNT = CustomerAccount(
    account_identifier="cust-acc-0123456789abc",
    customer=AccountCustomer(company_name="Northwind", industry=Industry.RETAIL),
)


@dataclass(frozen=True)
class Visitor:
    """A visitor of a trade fair booth, as a partner's own software represents them."""

    email: str
    first_name: str
    last_name: str
    title: str
    seen: datetime


def lead_of(company: str, visitors: Sequence[Visitor]) -> Lead:
    """Return a lead with one interaction for each visitor."""
    return Lead(
        customer=LeadCustomer(
            company_name=company, address=LeadAddress(country_code="US"), industry="Other", market_segment="SMB"
        ),
        interactions=[
            LeadInteraction(
                contact=LeadContact(
                    business_title=visitor.title,
                    email=visitor.email,
                    first_name=visitor.first_name,
                    last_name=visitor.last_name,
                ),
                interaction_date=visitor.seen,
                source_type="Event",
            )
            for visitor in visitors
        ],
        insights=LeadInsights(
            channel_recommendation=ChannelRecommendation(
                recommended_channel="CALL",
                best_outreach_windows=[
                    BestOutreachWindow(day=DayOfWeek.MONDAY, start_time_utc="09:00", end_time_utc="11:30")
                ],
            ),
            lead_readiness_score=LeadReadinessScore.HIGH,
        ),
        qualification_status="Qualified",
    )


def export(scope: Construct, context: IEngagementContext, reader: iam.IGrantable) -> list[CfnOutput]:
    """Export the attributes of a context that is declared in this app or was created elsewhere."""
    name: str = context.node.id
    given: tuple[iam.Grant, iam.Grant] = (context.grant_read(reader), context.grant_update(reader))
    values: dict[str, str] = {
        "Catalog": context.catalog,
        "Context": context.context_id,
        "Engagement": context.engagement_id,
        "Arn": context.engagement_arn,
        "Granted": str(all(grant.success for grant in given)),
    }
    return [CfnOutput(scope, f"{name}{key}", value=value) for key, value in values.items()]


def react(engagement: IEngagement, queue: sqs.IQueue, reader: iam.IGrantable) -> list[events.Rule]:
    """Notify a queue of the events of an engagement that this app creates or refers to."""
    grants: list[iam.Grant] = [
        engagement.grant_read(reader),
        engagement.grant_update(reader),
        engagement.grant_convert(reader),
    ]
    place: tuple[Stack, str | None, str] = (engagement.stack, engagement.env.region, engagement.catalog)
    CfnOutput(engagement.stack, f"{engagement.node.id}Arn", value=engagement.engagement_arn, description=str(place[2]))
    members = events.EventPattern(detail_type=["Engagement Member Added"])
    return [
        engagement.on_updated("Updated", target=targets.SqsQueue(queue)),
        engagement.on_event(
            "MemberAdded",
            target=targets.SqsQueue(queue),
            description=f"Members; {len(grants)} grants",
            event_pattern=members,
            rule_name=None,
            cross_stack_scope=None,
        ),
    ]


def watch(scope: Construct, provider: PartnerCentralProvider) -> list[cloudwatch.Metric]:
    """Alarm on failures, and return the metrics of a dashboard."""
    failed: cloudwatch.Metric = provider.metric_failed(period=Duration.minutes(1), label="Failed")
    failed.create_alarm(scope, "Failed", evaluation_periods=1, threshold=1)
    return [failed, provider.metric_throttled(), provider.metric_duration(statistic="p99")]


def provider_of(scope: Construct, role: iam.Role, key: kms.Key, vpc: ec2.Vpc) -> PartnerCentralProvider:
    """Return a provider whose options are instances of the CDK's classes."""
    return PartnerCentralProvider(
        scope,
        "Provider",
        description="Deals of the sample",
        environment_encryption=key,
        log_group=logs.LogGroup(scope, "Logs"),
        log_level=lambda_.ApplicationLogLevel.WARN,
        memory_size=512,
        on_failure=destinations.SqsDestination(sqs.Queue(scope, "Failures")),
        reserved_concurrent_executions=5,
        role=role,
        security_groups=[ec2.SecurityGroup(scope, "Group", vpc=vpc)],
        timeout=Duration.minutes(10),
        tracing=lambda_.Tracing.ACTIVE,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
    )


def configured_provider(stack: Stack, key_arn: str) -> PartnerCentralProvider:
    """Return the stack's own provider, whose options are instances of the CDK's interfaces."""
    PartnerCentralProvider.configure(
        stack,
        log_group_encryption_key=kms.Key.from_key_arn(stack, "Key", key_arn),
        log_retention=logs.RetentionDays.ONE_YEAR,
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary"),
    )
    return PartnerCentralProvider.get_or_create(stack)


class Deals(Stack):
    """Contexts that are declared in every supported way."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        provider = configured_provider(
            self, "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000"
        )
        migration = EngagementContext(
            self,
            "Migration",
            catalog=Catalog.SANDBOX,
            engagement_identifier=ENGAGEMENT,
            payload=MIGRATION,
            type=EngagementContextType.CUSTOMER_PROJECT,
            client_token="7h1515a70k3n",
            adopt_existing=False,
            existing_context_id=None,
            revision=None,
            provider=provider,
        )
        seen = datetime(2027, 1, 5, 9, 30, tzinfo=timezone.utc)
        visitor = Visitor("it@acme.example", "Robin", "Example", "Head of IT", seen)
        northwind = Engagement.from_engagement_arn(
            self, "Northwind", "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-zyxwvutsrqponm"
        )
        lead: EngagementContext = northwind.add_context("Lead", payload=lead_of("Northwind", [visitor]))
        raw = {"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}}
        northwind.add_context("Prospecting", payload=raw)
        northwind.add_context("Prospected", payload=PROSPECT, existing_context_id="4", revision="2")
        northwind.add_context("Account", payload=ACCOUNT)
        northwind.add_context("FromElsewhere", payload=Fn.get_att("Elsewhere", "Payload"), type="Lead")
        elsewhere = EngagementContext.from_engagement_context_attributes(
            self, "Elsewhere", catalog="AWS", engagement_identifier=ENGAGEMENT, context_id="1"
        )
        reader = iam.User(self, "Reader")
        for context in (migration, lead, elsewhere):
            export(self, context, reader)
        northwind.grant_read(provider.function)
        modified: str = migration.engagement_last_modified_at
        CfnOutput(self, "Modified", value=modified)


class NewDeals(Stack):
    """Engagements that the stack creates."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, env=Environment(account="111122223333", region="us-east-1"))
        reader = iam.User(self, "Reader")
        queue = sqs.Queue(self, "Changes")
        acme = Engagement(
            self,
            "Acme",
            catalog=Catalog.SANDBOX,
            title="Acme migration",
            description="Everything that Acme moves",
            client_token="4cm3",
            adopt_existing=True,
            provider=None,
        )
        existing: IEngagement = Engagement.from_engagement_id(self, "Existing", ENGAGEMENT, catalog="Sandbox")
        for engagement in (acme, existing):
            react(engagement, queue, reader)
        context = EngagementContext(self, "Migration", engagement=acme, payload=MIGRATION)
        same_stack: Stack = context.stack
        imported = EngagementContext.from_engagement_context_attributes(
            self, "Imported", engagement=existing, context_id="1"
        )
        CfnOutput(same_stack, "Region", value=imported.env.region)
        EngagementContext(
            self,
            "ByArn",
            engagement_identifier="arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-abcdefghij0123",
            payload=PROSPECT,
        )
        watch(self, PartnerCentralProvider.get_or_create(self))


def main(folder: str) -> None:
    """Synthesize the app to a folder."""
    app = App(outdir=folder)
    Deals(app, "Deals")
    NewDeals(app, "NewDeals")
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
