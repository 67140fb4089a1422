"""The demo app: an AWS Partner Central engagement with a customer project and a lead.

    cdk deploy                    creates the engagement and its two contexts, in the Sandbox catalog
    cdk deploy -c stage=agreed    updates the customer project in place

`make local` runs both without AWS.
"""

from datetime import date, datetime, timezone

from aws_cdk import App, CfnOutput, Stack
from constructs import Construct

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    Engagement,
    Industry,
    Lead,
    LeadContact,
    LeadCustomer,
    LeadInteraction,
    ProjectCustomer,
    ProjectDetails,
)

# Each stage of the deal has its own title and target date.
STAGES = {
    "proposal": ("Move the web shop to AWS", date(2027, 6, 30)),
    "agreed": ("Move the web shop and the stock to AWS", date(2027, 9, 30)),
}

LEAD = Lead(
    customer=LeadCustomer(
        company_name="Harbour Lane Cafes",
        industry=Industry.HOSPITALITY,
        website_url="https://harbour-lane-cafes.example",
    ),
    interactions=[
        LeadInteraction(
            contact=LeadContact(
                business_title="Head of IT",
                email="it@harbour-lane-cafes.example",
                first_name="Robin",
                last_name="Example",
            ),
            customer_action="Asked for a call",
            interaction_date=datetime(2026, 11, 5, 9, 30, tzinfo=timezone.utc),
            source_type="Event",
        ),
    ],
)


def project(stage: str) -> CustomerProject:
    """Return the customer project, as proposed or as agreed."""
    title, completion = STAGES[stage]
    return CustomerProject(
        customer=ProjectCustomer(
            company_name="Harbour Lane Books",
            country_code="US",
            industry=Industry.RETAIL,
            website_url="https://harbour-lane-books.example",
        ),
        project=ProjectDetails(
            title=title,
            business_problem="The shop's servers cannot handle the holiday traffic.",
            target_completion_date=completion,
        ),
    )


class DemoStack(Stack):
    """A stack that creates an engagement with a customer project and a lead.

    Args:
        scope: The app.
        id: The name of the stack.
        stage: The stage of the customer project, `proposal` or `agreed`.
    """

    def __init__(self, scope: Construct, id: str, *, stage: str) -> None:  # noqa: A002 - the CDK's name for it
        super().__init__(scope, id, description="cdk-partnercentral: an engagement with two contexts")
        engagement = Engagement(self, "HarbourLane", catalog=Catalog.SANDBOX, title="Harbour Lane")
        books = engagement.add_context("Books", payload=project(stage))
        cafes = engagement.add_context("Cafes", payload=LEAD)
        CfnOutput(self, "EngagementId", value=engagement.engagement_id)
        CfnOutput(self, "BooksContextId", value=books.context_id)
        CfnOutput(self, "CafesContextId", value=cafes.context_id)


app = App()
DemoStack(app, "PartnerCentralDemo", stage=app.node.try_get_context("stage") or "proposal")
app.synth()
