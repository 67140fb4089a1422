"""Many contexts, declared in a YAML file that people can review who do not write Python."""

from pathlib import Path
from typing import Any

import yaml
from aws_cdk import App, CfnOutput, Stack

from cdk_partnercentral import EngagementContext

app = App()
stack = Stack(app, "DealsFromYamlExample")

document: dict[str, Any] = yaml.safe_load(Path(app.node.get_context("deals")).read_text(encoding="utf-8"))
for name, deal in document["deals"].items():
    # The payload has the API's member names, and is validated at synthesis like the payload classes.
    context = EngagementContext(
        stack,
        name,
        catalog=document["catalog"],
        engagement_identifier=deal["engagement"],
        payload=deal["payload"],
    )
    CfnOutput(stack, f"{name}ContextId", value=context.context_id)

app.synth()
