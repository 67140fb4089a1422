"""Type errors that an editor underlines. If a type checker accepted one, its unused ignore comment would be an error."""

from datetime import datetime, timezone

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    Engagement,
    EngagementContext,
    IEngagementContext,
    Lead,
    PartnerCentralProvider,
    ProjectCustomer,
    ProjectDetails,
)


def mistakes(stack: Stack, payload: CustomerProject, imported: IEngagementContext) -> None:
    """Never called."""
    EngagementContext(
        stack,
        "NoEngagement",
        engagement="eng-0123456789abcd",  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        payload=payload,
    )
    EngagementContext(  # type: ignore[call-arg]
        stack,
        "NoPayload",
        catalog=Catalog.SANDBOX,
        engagement_identifier="eng-0123456789abcd",
    )  # pyright: ignore[reportCallIssue]
    ProjectCustomer(  # type: ignore[call-arg]
        company_name="Acme",
        country_code="US",
    )  # pyright: ignore[reportCallIssue]
    Lead(
        customer=payload.customer,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        interactions=[],
    )
    ProjectDetails(
        title="Move to AWS",
        business_problem="The data center closes at the end of next year.",
        # A datetime is a date for Python, but its time would be lost.
        target_completion_date=datetime.now(timezone.utc),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )
    Lead(qualification_status="Qualified")
    Engagement(  # type: ignore[call-arg]
        stack,
        "NoTitle",
        catalog=Catalog.SANDBOX,
    )  # pyright: ignore[reportCallIssue]
    acme = Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog=Catalog.SANDBOX)
    acme.add_context("Migration", payload="Acme")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    acme.on_updated("Updated", target=stack)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    provider = PartnerCentralProvider.get_or_create(stack)
    provider.metric_failed(interval=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    provider.metric_duration(period=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    PartnerCentralProvider(
        stack,
        "Provider",
        runtime="python3.14",  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        timeout=Duration.minutes(10),
    )
    PartnerCentralProvider.configure(
        stack,
        runtime="python3.14",  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        timeout=Duration.minutes(10),
    )
    PartnerCentralProvider.configure(stack, timeout=10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    # It is unknown for a context that was created elsewhere.
    imported.engagement_last_modified_at  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    imported.grant_read(stack)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    imported.grant_read(iam.ServicePrincipal("lambda.amazonaws.com"))
