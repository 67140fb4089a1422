"""What the function of a stack may do, as the template says it: the declared engagements, or a catalog with an annotation."""

import json
from collections.abc import Callable
from typing import Any

from aws_cdk import App, CfnParameter, Stack
from aws_cdk.cx_api import CloudFormationStackArtifact
from constructs import Construct

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
PREFIX = "cdkpartnercentralPartnerCentralProvider"
FUNCTION, LOG_GROUP, POLICY = f"{PREFIX}FunctionE2561966", f"{PREFIX}LogGroup1B08A733", f"{PREFIX}Policy3EC8F4B3"


def engagement_statements(policy: Json) -> list[Json]:
    statements: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return statements[1:]


def annotations(artifact: CloudFormationStackArtifact) -> dict[str, str]:
    """The library's own annotations in a stack: their ids, by construct path."""
    return {
        message.id: str(message.entry.data).split("[ack: ")[1].rstrip("]")
        for message in artifact.messages
        if "cdk-partnercentral:" in str(message.entry.data)
    }


def test_three_contexts_share_one_function_and_one_policy(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, of_type: OfType, only: Only
) -> None:
    declare(stack, "One", "eng-zzzzzzzzzzzzzz")
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
    declare(stack, "Two", arn, adopt_existing=False)
    declare(Construct(stack, "Inner"), "Three", ENGAGEMENT, adopt_existing=False)
    declare(stack, "Real", ENGAGEMENT, catalog="AWS")

    template = template_of(stack)

    only(template, "AWS::Lambda::Function")
    contexts = of_type(template, CONTEXT).values()
    assert [each["Properties"]["ServiceToken"] for each in contexts] == [{"Fn::GetAtt": [FUNCTION, "Arn"]}] * 4
    assert engagement_statements(only(template, "AWS::IAM::Policy")) == [
        allowing("AWS", ENGAGEMENT),
        allowing("Sandbox", ENGAGEMENT, "eng-zzzzzzzzzzzzzz"),
    ]


def test_a_token_opens_the_catalog_with_an_annotation_on_the_context(
    app: App, declare: Any, allowing: Any, only: Only
) -> None:
    stack = Stack(app, "Deals")
    token = CfnParameter(stack, "Engagement").value_as_string
    declare(stack, "Exact")
    declare(stack, "Real", catalog="AWS")
    first = declare(stack, "FromParameter", token)
    declare(stack, "FromAttribute", first.engagement_id)
    declare(stack, "FromReference", "{{resolve:ssm:/deals/acme}}")

    artifact = app.synth().get_stack_by_name("Deals")

    assert engagement_statements(only(artifact.template, "AWS::IAM::Policy")) == [
        allowing("AWS", ENGAGEMENT),
        allowing("Sandbox", "*"),
    ]
    known_later = "cdk-partnercentral:engagementKnownAtDeployment"
    assert annotations(artifact) == {
        "/Deals/FromParameter": known_later,
        "/Deals/FromAttribute": known_later,
        "/Deals/FromReference": known_later,
    }
    # A warning would fail a deployment with --strict.
    assert {message.entry.type for message in artifact.messages} == {"aws:cdk:info"}


def test_490_engagements_are_one_inline_policy_within_iams_limit(
    app: App, declare: Any, allowing: Any, of_type: OfType
) -> None:
    stack = Stack(app, "Deals")
    for number in range(490):
        declare(stack, f"Deal{number}", f"eng-{number:014}")

    artifact = app.synth().get_stack_by_name("Deals")

    ((name, policy),) = of_type(artifact.template, "AWS::IAM::Policy").items()
    longest_arn = f"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:{'x' * 512}:*"
    text = json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))
    text = text.replace(json.dumps({"Fn::GetAtt": [LOG_GROUP, "Arn"]}, separators=(",", ":")), longest_arn)
    assert name == POLICY
    assert longest_arn in text
    assert len(text) < 10_240
    assert engagement_statements(policy) == [allowing("Sandbox", "*")]
    assert not of_type(artifact.template, "AWS::IAM::ManagedPolicy")
    assert annotations(artifact) == {
        "/Deals/cdk-partnercentral.PartnerCentralProvider": "cdk-partnercentral:policyWidened:Sandbox",
    }
    assert len(artifact.template["Resources"]) == 495


def test_90_engagements_are_named_one_by_one(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    names = [f"eng-{number:014}" for number in range(90)]
    for number, name in enumerate(reversed(names)):
        declare(stack, f"Deal{number}", name)

    policy = only(template_of(stack), "AWS::IAM::Policy")

    assert engagement_statements(policy) == [allowing("Sandbox", *names)]


def test_a_context_declared_after_the_policy_was_looked_at_is_in_it(
    stack: Stack, declare: Any, allowing: Any, template_of: Template
) -> None:
    declare(stack, "Early", "eng-00000000000000")
    policy = stack.node.find_child("cdk-partnercentral.PartnerCentralProvider").node.find_child("Policy")
    stack.resolve(policy.policy_document)  # type: ignore[attr-defined]
    declare(stack, "Late", "eng-11111111111111")

    statements = engagement_statements(template_of(stack)["Resources"][POLICY])

    assert statements == [allowing("Sandbox", "eng-00000000000000", "eng-11111111111111")]
