"""The test app: stacks of contexts.

Call `synthesize`, or run `python app.py <list of declared stacks, as JSON> <folder>`, with one output folder for each element.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, ProjectDetails

# Stacks by name, each with its contexts by construct id: engagement, title, and further arguments of the construct.
Declared: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]


def synthesize(declared: Declared, folder: Path) -> None:
    """Synthesize the stacks into a folder. The contexts of a stack are created one after another."""
    app = App(outdir=str(folder))
    for stack_name, contexts in declared.items():
        stack = Stack(app, stack_name)
        previous = None
        for name, arguments in contexts.items():
            context = _context(stack, name, **arguments)
            CfnOutput(stack, f"{name}ContextId", value=context.context_id)
            if previous:
                context.node.add_dependency(previous)
            previous = context
    app.synth()


def _context(stack: Stack, name: str, *, engagement: str, title: str, **arguments: Any) -> EngagementContext:
    project = ProjectDetails(
        title=title,
        business_problem="The warehouse system is slow on Mondays.",
        target_completion_date=date(2027, 6, 30),
    )
    return EngagementContext(
        stack,
        name,
        catalog=Catalog.SANDBOX,
        engagement_identifier=engagement,
        payload=CustomerProject(project=project),
        **arguments,
    )


if __name__ == "__main__":
    for number, declared in enumerate(json.loads(sys.argv[1])):
        synthesize(declared, Path(sys.argv[2]) / str(number))
