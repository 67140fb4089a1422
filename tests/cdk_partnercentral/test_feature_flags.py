"""Neither the CDK's recommended feature flags nor its deprecation warnings concern the library."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from cdk_partnercentral import Engagement, EngagementContext, PartnerCentralProvider

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
# The flags that `cdk init` sets in a new app.
FLAGS: Json = json.loads(
    (ROOT / "node_modules/aws-cdk/lib/init-templates/.recommended-feature-flags.json").read_text(encoding="utf-8")
)


def declare(stack: Stack) -> None:
    """Use the library in every way that adds resources to the template."""
    given = iam.Role.from_role_arn(stack, "Given", "arn:aws:iam::111122223333:role/deals")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a"],
        private_subnet_ids=["subnet-0123456789abcdef0"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef0"],
    )
    groups = [ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")]
    other = PartnerCentralProvider(
        stack,
        "Other",
        role=given,
        reserved_concurrent_executions=5,
        security_groups=groups,
        timeout=Duration.minutes(5),
        vpc=vpc,
    )
    traced = PartnerCentralProvider(stack, "Traced", tracing=lambda_.Tracing.ACTIVE)
    acme = Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration", description="All of Acme")
    northwind = Engagement.from_engagement_id(stack, "Northwind", "eng-0123456789abcd", catalog="Sandbox")
    result = {"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}}
    acme.add_context("Campaign", payload=result)
    northwind.add_context("Campaign", payload=result, provider=other)
    retail = Engagement(stack, "Retail", catalog="AWS", title="Retail", provider=traced)
    EngagementContext(stack, "Retailers", engagement=retail, payload=result, provider=traced)
    reader = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    acme.grant_convert(reader)
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:us-east-1:111122223333:changes")
    acme.on_updated("Updated", target=targets.SqsQueue(queue))
    provider = PartnerCentralProvider.get_or_create(stack)
    provider.metric_throttled()
    provider.metric_failed().create_alarm(stack, "Failed", evaluation_periods=1, threshold=1)


def template(folder: Path, flags: Json) -> Json:
    app = App(outdir=str(folder), context=flags)
    stack = Stack(app, "Deals", env={"account": "111122223333", "region": "us-east-1"})
    declare(stack)
    found: Json = app.synth().get_stack_by_name("Deals").template
    return found


def in_order(value: Any) -> Any:
    """The value with its lists of strings sorted. One flag sorts the actions of the CDK's own statement for X-Ray."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(each, str) for each in value) else [in_order(each) for each in value]
    return value


def test_the_recommended_feature_flags_change_nothing_in_the_template(tmp_path: Path) -> None:
    assert len(FLAGS) > 80

    without, with_flags = template(tmp_path / "without", {}), template(tmp_path / "with", FLAGS)

    assert in_order(with_flags) == in_order(without)


def test_no_deprecated_member_of_the_cdk_is_used(tmp_path: Path) -> None:
    """With this setting, jsii raises an error for each use of a deprecated member."""
    script = (
        "import pathlib, sys\n"
        "from tests.cdk_partnercentral.test_feature_flags import FLAGS, template\n"
        "template(pathlib.Path(sys.argv[1]), FLAGS)\n"
    )
    environment = {**os.environ, "JSII_DEPRECATED": "fail", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr


def test_the_setting_finds_deprecated_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test above would prove nothing."""
    script = (
        "from aws_cdk import App, Stack\n"
        "from aws_cdk import aws_lambda as l\n"
        "l.Function(Stack(App(), 'S'), 'F', code=l.Code.from_inline('x'), handler='h.h', runtime=l.Runtime.PYTHON_3_14,\n"
        "  application_log_level='INFO', log_format='JSON')\n"
    )
    monkeypatch.setenv("JSII_DEPRECATED", "fail")

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode != 0
    assert "deprecated" in done.stderr
