"""Declare contexts in a YAML file, so that people who do not write Python can review the contexts."""

from pathlib import Path
from typing import Any

import yaml
from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import EngagementContext

app = App()
stack = Stack(app, "DealsFromYamlExample")

document: dict[str, Any] = yaml.safe_load(Path(app.node.get_context("deals")).read_text(encoding="utf-8"))
for name, deal in document["deals"].items():
    # The payload uses the API's member names, and is validated at synthesis like an instance of a payload class.
    context = EngagementContext(
        stack,
        name,
        catalog=document["catalog"],
        engagement_identifier=deal["engagement"],
        payload=deal["payload"],
    )
    CfnOutput(stack, f"{name}ContextId", value=context.context_id)

app.synth()
