"""The test app: stacks of contexts, as the CDK context `declared` says in JSON.

`{"Name of a stack": {"First": {"engagement": "eng-...", "title": "..."}}}`, and further arguments of the construct beside
these two. The contexts of a stack are made one after another.
"""

import json
from datetime import date

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, ProjectDetails

app = App()
for stack_name, contexts in json.loads(app.node.get_context("declared")).items():
    stack = Stack(app, stack_name)
    previous = None
    for name, wanted in contexts.items():
        context = EngagementContext(
            stack,
            name,
            catalog=Catalog.SANDBOX,
            engagement_identifier=wanted.pop("engagement"),
            payload=CustomerProject(
                project=ProjectDetails(
                    title=wanted.pop("title"),
                    business_problem="The warehouse system is slow on Mondays.",
                    target_completion_date=date(2027, 6, 30),
                )
            ),
            **wanted,
        )
        CfnOutput(stack, f"{name}ContextId", value=context.context_id)
        if previous:
            context.node.add_dependency(previous)
        previous = context
app.synth()
