"""One engagement with a lead: a customer who showed interest, and the interactions with that customer."""

from datetime import datetime, timezone

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import (
    Catalog,
    EngagementContext,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInteraction,
)

HEAD_OF_IT = LeadContact(
    business_title="Head of IT",
    email="it@northwind-ferries.example",
    first_name="Robin",
    last_name="Example",
    phone="+1-555-0100",
)
PLANNER = LeadContact(
    business_title="Planner",
    email="planning@northwind-ferries.example",
    first_name="Kim",
    last_name="Example",
)

app = App()
stack = Stack(app, "LeadExample")
lead = EngagementContext(
    stack,
    "NorthwindFerries",
    catalog=Catalog.SANDBOX,
    engagement_identifier=app.node.get_context("engagement"),
    payload=Lead(
        customer=LeadCustomer(
            company_name="Northwind Ferries",
            address=LeadAddress(city="Portland", country_code="US", postal_code="97201", state_or_region="Oregon"),
            aws_maturity="Runs a few workloads",
            industry=Industry.TRANSPORTATION_AND_LOGISTICS,
            market_segment="SMB",
            website_url="https://northwind-ferries.example",
        ),
        # To add an interaction, append the interaction to the list. An interaction that you remove here remains in Partner
        # Central.
        interactions=[
            LeadInteraction(
                contact=HEAD_OF_IT,
                customer_action="Visited the booth",
                interaction_date=datetime(2026, 11, 5, 9, 30, tzinfo=timezone.utc),
                source_name="Harbour technology fair",
                source_type="Event",
            ),
            LeadInteraction(
                contact=PLANNER,
                business_problem="The number of passengers is unknown until the day of travel.",
                customer_action="Asked for a call",
                interaction_date=datetime(2026, 11, 12, 14, 0, tzinfo=timezone.utc),
                source_name="Website",
                source_type="Web form",
                usecase="Forecasting of passengers",
            ),
        ],
        qualification_status="Qualified",
    ),
)
CfnOutput(stack, "ContextId", value=lead.context_id)

app.synth()
