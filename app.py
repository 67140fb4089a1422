"""The demo app: two contexts of one AWS Partner Central engagement, declared in a stack.

    cdk deploy -c engagement=eng-0123456789abcd

The engagement must exist in the Sandbox catalog. `make local` runs this app without AWS.
"""

from datetime import date, datetime, timezone

from aws_cdk import App, CfnOutput, Stack
from constructs import Construct

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    EngagementContext,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInteraction,
    ProjectCustomer,
    ProjectDetails,
)

MIGRATION = CustomerProject(
    customer=ProjectCustomer(
        company_name="Harbour Lane Books",
        country_code="US",
        industry=Industry.RETAIL,
        website_url="https://harbour-lane-books.example",
    ),
    project=ProjectDetails(
        title="Move the web shop to AWS",
        business_problem="The shop's servers cannot handle the holiday traffic, and the servers' lease ends next summer.",
        target_completion_date=date(2027, 6, 30),
    ),
)

LEAD = Lead(
    customer=LeadCustomer(
        company_name="Northwind Ferries",
        address=LeadAddress(city="Portland", country_code="US", postal_code="97201", state_or_region="Oregon"),
        industry=Industry.TRANSPORTATION_AND_LOGISTICS,
        website_url="https://northwind-ferries.example",
    ),
    interactions=[
        LeadInteraction(
            contact=LeadContact(
                business_title="Head of IT",
                email="it@northwind-ferries.example",
                first_name="Robin",
                last_name="Example",
                phone="+15035550123",
            ),
            customer_action="Asked for a call",
            interaction_date=datetime(2026, 11, 5, 9, 30, tzinfo=timezone.utc),
            source_name="Harbour technology fair",
            source_type="Event",
            usecase="Forecasting of passengers",
        ),
    ],
)


class DemoStack(Stack):
    """A stack that declares a customer project and a lead in one engagement.

    Args:
        scope (Construct): The app.
        id (str): The name of the stack.
        engagement (str): The engagement's ID or ARN.
    """

    def __init__(self, scope: Construct, id: str, *, engagement: str) -> None:  # noqa: A002 - the CDK's name for it
        super().__init__(scope, id, description="cdk-partnercentral: two contexts of one engagement")
        migration = EngagementContext(
            self, "Migration", catalog=Catalog.SANDBOX, engagement_identifier=engagement, payload=MIGRATION
        )
        lead = EngagementContext(self, "Lead", catalog=Catalog.SANDBOX, engagement_identifier=engagement, payload=LEAD)
        CfnOutput(self, "MigrationContextId", value=migration.context_id)
        CfnOutput(self, "LeadContextId", value=lead.context_id)


app = App()
engagement = app.node.try_get_context("engagement")
if not engagement:
    raise SystemExit("Pass the ID of an engagement in the Sandbox catalog: cdk deploy -c engagement=eng-0123456789abcd")
DemoStack(app, "PartnerCentralDemo", engagement=engagement)
app.synth()
