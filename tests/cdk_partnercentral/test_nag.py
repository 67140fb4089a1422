"""cdk-nag finds nothing of AwsSolutions if every engagement is literal, and of Serverless only what the docs explain."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from cdk_partnercentral import CustomerProject, Engagement, EngagementContext, PartnerCentralProvider

PROVIDER = "Deals/cdk-partnercentral.Provider"


@pytest.fixture
def checked(app: App) -> App:
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return app


@pytest.fixture
def findings(new_app: Callable[[], App], declare: Any) -> Callable[..., set[tuple[str, str]]]:
    """The findings of a pack for the provider of a stack with one context: rules, and resources below the provider."""

    def find(pack: Any, options: Callable[[Stack], dict[str, Any]] | None = None) -> set[tuple[str, str]]:
        app = new_app()
        Validations.of(app).add_plugins(pack)
        stack = Stack(app, "Deals")
        PartnerCentralProvider.configure(stack, **(options(stack) if options else {}))
        declare(stack, "Acme")
        with pytest.raises(RuntimeError, match="ValidationFailed"):
            app.synth()
        report = json.loads((Path(app.outdir) / "validation-report.json").read_text())
        return {
            (violation["ruleName"], construct["constructPath"].removeprefix(f"{PROVIDER}/"))
            for plugin in report["pluginReports"]
            for violation in plugin["violations"]
            for construct in violation["violatingConstructs"]
            if construct["constructPath"].startswith(PROVIDER)
        }

    return find


def test_literal_engagements_have_no_finding_and_no_suppression(checked: App, payload: CustomerProject) -> None:
    stack = Stack(checked, "Deals")
    common: dict[str, Any] = {"engagement_identifier": "eng-0123456789abcd", "payload": payload}
    EngagementContext(stack, "Sandbox", catalog="Sandbox", **common)
    EngagementContext(stack, "Real", catalog="AWS", **common)

    template = checked.synth().get_stack_by_name("Deals").template

    assert not [each for each in template["Resources"].values() if "cdk_nag" in each.get("Metadata", {})]


def test_an_engagement_that_is_looked_up_has_no_finding_before_the_lookup(
    checked: App, payload: CustomerProject
) -> None:
    """A finding would prevent the lookup."""
    stack = Stack(checked, "Deals", env=Environment(account="111122223333", region="eu-west-1"))
    engagement = ssm.StringParameter.value_from_lookup(stack, "/deals/acme")
    EngagementContext(stack, "Acme", catalog="Sandbox", engagement_identifier=engagement, payload=payload)

    checked.synth()


def test_a_token_as_engagement_has_a_finding(checked: App, payload: CustomerProject) -> None:
    """The policy is then a wildcard for the catalog, which the user has to accept."""
    stack = Stack(checked, "Deals")
    token = CfnParameter(stack, "Engagement").value_as_string
    EngagementContext(stack, "Acme", catalog="Sandbox", engagement_identifier=token, payload=payload)

    with pytest.raises(RuntimeError, match="AwsSolutions-IAM5"):
        checked.synth()


def test_the_serverless_pack_has_exactly_the_findings_that_the_docs_explain(findings: Any) -> None:
    """A queue, for example, would store events, and so payloads and response URLs, that nobody reads."""
    assert findings(ServerlessChecks()) == {
        ("Serverless-LambdaDLQ", "Function/Resource"),
        ("Serverless-LambdaAsyncFailureDestination", "AsynchronousInvocation/Resource"),
        ("Serverless-LambdaTracing", "Function/Resource"),
    }


def test_tracing_replaces_one_finding_with_another(findings: Any) -> None:
    """X-Ray's permissions have no resources, so tracing needs a wildcard. Therefore it is off by default."""

    def traced(stack: Stack) -> dict[str, Any]:
        return {"tracing": lambda_.Tracing.ACTIVE}

    serverless = {rule for rule, _ in findings(ServerlessChecks(), traced)}

    assert serverless == {"Serverless-LambdaDLQ", "Serverless-LambdaAsyncFailureDestination"}
    assert findings(AwsSolutionsChecks(), traced) == {("AwsSolutions-IAM5[Resource::*]", "Role/DefaultPolicy/Resource")}


def test_a_vpc_has_the_finding_of_lambdas_wildcard_only(findings: Any) -> None:
    def in_vpc(stack: Stack) -> dict[str, Any]:
        return {"vpc": ec2.Vpc(stack, "Network", max_azs=1)}

    assert findings(AwsSolutionsChecks(), in_vpc) == {("AwsSolutions-IAM5[Resource::*]", "Policy")}


def test_creating_an_engagement_has_the_findings_of_its_wildcards_only(checked: App, payload: CustomerProject) -> None:
    """No ARN is known before the creation, and ListEngagements has no resource type. The contexts add no finding."""
    stack = Stack(checked, "Deals")
    Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration").add_context("Migration", payload=payload)

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        checked.synth()

    report = json.loads((Path(checked.outdir) / "validation-report.json").read_text())
    found = {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
        if violation["ruleName"].startswith("AwsSolutions")
    }
    every = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*"
    assert found == {
        (f"AwsSolutions-IAM5[Resource::{every}]", f"{PROVIDER}/Policy"),
        ("AwsSolutions-IAM5[Resource::*]", f"{PROVIDER}/Policy"),
    }


def test_an_engagement_that_adopts_nothing_has_one_finding(checked: App) -> None:
    stack = Stack(checked, "Deals")
    Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration", adopt_existing=False)

    with pytest.raises(RuntimeError) as raised:
        checked.synth()

    assert "AwsSolutions-IAM5[Resource::arn:aws:partnercentral" in str(raised.value)
    assert "AwsSolutions-IAM5[Resource::*]" not in str(raised.value)
