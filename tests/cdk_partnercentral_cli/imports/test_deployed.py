"""The installed command writes a file, and the real CDK CLI deploys it to the local cloud."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cdk_partnercentral_cli.imports.page import LEAD, PROJECT

if TYPE_CHECKING:
    from cdk_partnercentral_local import LocalCloud

# `test_round_trip.py` proves the same without the CDK CLI in every run of the gate.
pytestmark = [pytest.mark.cloud, pytest.mark.slow]

COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))
# What the CDK, CloudFormation and the function must not change.
TEXT = "\"Quotes\", 'quotes', \\n, naïve 漢字 🎉\nand ${AWS::AccountId}\t{{x}} \u2028 " + "long " * 4000
NOVEL = {
    "Customer": {
        "CompanyName": "Acme",
        "Segment2027": {"Tags": ["a", None, True, 7, 0.1, 2**60, TEXT, {"Deep": [{}]}]},
    },
    "Interactions": [],
}
APP = """\
from aws_cdk import App, Stack
from deals import add_engagements

app = App()
add_engagements(Stack(app, "ImportedDeals"))
app.synth()
"""


def test_the_first_deployment_of_a_generated_file_writes_nothing(cloud: LocalCloud, tmp_path: Path) -> None:
    service = cloud.partner_central
    lead = service.as_aws.create_lead(LEAD, title="Imported lead")
    project = service.as_aws.create_lead(LEAD, title="Imported project")
    service.as_aws.add_context(project, {"CustomerProject": PROJECT})
    novel = service.create_engagement(title="Imported novelties")
    service.as_aws.add_context(novel, {"Lead": NOVEL})
    service.as_aws.add_context(novel, {"AccountPlan": {"Goals": [TEXT, 1.0]}})
    ids = (lead, project, novel)
    before = [service.engagement(each) for each in ids]
    options = ["--catalog", "Sandbox", "-o", "deals.py"]
    subprocess.run([COMMAND, "import", *ids, *options], cwd=tmp_path, env=cloud.environment, check=True)
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    (tmp_path / "cdk.json").write_text(json.dumps({"app": f"{sys.executable} app.py"}), encoding="utf-8")

    run = cloud.cdk("deploy", "--all", folder=tmp_path)

    assert run.status == 0, run.text
    described = cloud.client("cloudformation").describe_stack_resources(StackName="ImportedDeals")["StackResources"]
    contexts = [each for each in described if each["ResourceType"] == "Custom::EngagementContext"]
    assert sorted(each["PhysicalResourceId"] for each in contexts) == sorted(
        f"Sandbox/{engagement}/{context}"
        for engagement, context in [(lead, "1"), (project, "1"), (project, "2"), (novel, "1"), (novel, "2")]
    )
    assert [service.engagement(each) for each in ids] == before
    calls = [
        call.operation
        for call in service.calls
        if {call.input.get("Identifier"), call.input.get("EngagementIdentifier")} & set(ids)
    ]
    # The command reads each engagement, and the function reads it for each context.
    assert calls == ["GetEngagement"] * (3 + 5)
