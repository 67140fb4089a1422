"""Deploy the same contexts twice: first to the Sandbox catalog for testing, then to production."""

from datetime import date

from aws_cdk import App, CfnOutput, Stack, Stage
from constructs import Construct

from cdk_partnercentral import Catalog, CustomerProject, Engagement, ProjectDetails

MIGRATION = CustomerProject(
    project=ProjectDetails(
        title="Move the web shop to AWS",
        business_problem="The shop's servers cannot handle the holiday traffic, and the servers' lease ends next summer.",
        target_completion_date=date(2028, 6, 30),
    ),
)


class DealsStage(Stage):
    """A stage of the pipeline, with its stack.

    Args:
        scope: The parent construct, for example the app.
        id: The name of the stage.
        catalog: The catalog of the engagement.
        engagement: The engagement ID. Each catalog has its own engagements.
    """

    def __init__(self, scope: Construct, id: str, *, catalog: Catalog, engagement: str) -> None:  # noqa: A002
        super().__init__(scope, id)
        stack = Stack(self, "Deals")
        bookshop = Engagement.from_engagement_id(stack, "Bookshop", engagement, catalog=catalog)
        migration = bookshop.add_context("Migration", payload=MIGRATION)
        CfnOutput(stack, "ContextId", value=migration.context_id)


app = App()
DealsStage(app, "Sandbox", catalog=Catalog.SANDBOX, engagement=app.node.get_context("sandbox-engagement"))
DealsStage(app, "Production", catalog=Catalog.AWS, engagement=app.node.get_context("production-engagement"))
app.synth()
