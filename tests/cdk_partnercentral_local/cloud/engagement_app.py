"""The test app of engagements: stacks that create one engagement each, with two contexts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import Catalog, CustomerProject, Engagement, ProjectDetails

PROJECTS = ("Migration", "Search")


def synthesize(declared: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Synthesize the stacks into a folder.

    Args:
        declared: By stack name, the arguments of the engagement, and its construct ID as `id`.
        folder: The output folder.
    """
    app = App(outdir=str(folder))
    for stack_name, arguments in declared.items():
        stack = Stack(app, stack_name)
        engagement = Engagement(stack, **{"id": "Acme", "catalog": Catalog.SANDBOX, **arguments})
        CfnOutput(stack, "EngagementId", value=engagement.engagement_id)
        CfnOutput(stack, "EngagementArn", value=engagement.engagement_arn)
        previous = None
        for title in PROJECTS:
            context = engagement.add_context(title, payload=_project(title))
            CfnOutput(stack, f"{title}Id", value=context.context_id)
            if previous:
                context.node.add_dependency(previous)
            previous = context
    app.synth()


def _project(title: str) -> CustomerProject:
    return CustomerProject(
        project=ProjectDetails(
            title=title,
            business_problem="The warehouse system is slow on Mondays.",
            target_completion_date="2027-06-30",
        ),
    )
