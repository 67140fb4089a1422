"""One engagement with one context, which describes a customer and a project."""

from datetime import date

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import Catalog, CustomerProject, Engagement, Industry, ProjectCustomer, ProjectDetails

app = App()
stack = Stack(app, "CustomerProjectExample")

bookshop = Engagement.from_engagement_id(stack, "Bookshop", app.node.get_context("engagement"), catalog=Catalog.SANDBOX)
migration = bookshop.add_context(
    "Migration",
    payload=CustomerProject(
        customer=ProjectCustomer(
            company_name="Harbour Lane Books",
            country_code="US",
            industry=Industry.RETAIL,
            website_url="https://harbour-lane-books.example",
        ),
        project=ProjectDetails(
            title="Move the web shop to AWS",
            business_problem="The shop's servers cannot handle the holiday traffic, and the servers' lease ends next summer.",
            target_completion_date=date(2028, 6, 30),
        ),
    ),
)
CfnOutput(stack, "ContextId", value=migration.context_id)
CfnOutput(stack, "EngagementArn", value=migration.engagement_arn)

app.synth()
