"""A context lookup: the first synthesis accepts the CDK's dummy value and reports the lookup, the second one has the value."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm

from cdk_partnercentral import (
    Engagement,
    EngagementContext,
    Lead,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
)

Json = dict[str, Any]
Declare = Callable[[Stack], object]

HOME = Environment(account="111122223333", region="eu-west-1")
ABROAD = Environment(account="444455556666", region="eu-west-1")
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
PROJECT = {"Title": "Move to AWS", "BusinessProblem": "b" * 20, "TargetCompletionDate": "2999-06-30"}


def look_up(stack: Stack, name: str) -> str:
    return str(ssm.StringParameter.value_from_lookup(stack, name))


@pytest.fixture
def synthesize(tmp_path: Path) -> Callable[..., dict[str, Json]]:
    """Synthesize an app twice, as the CDK CLI does, and return the templates of the second synthesis by stack name."""

    def run(declare: Callable[[App], object], parameters: Mapping[str, str]) -> dict[str, Json]:
        first = App(outdir=str(tmp_path / "first"))
        declare(first)
        manifest = json.loads((Path(first.synth().directory) / "manifest.json").read_text())
        assert {each["props"]["parameterName"] for each in manifest["missing"]} == set(parameters)
        found = {each["key"]: parameters[each["props"]["parameterName"]] for each in manifest["missing"]}
        second = App(outdir=str(tmp_path / "second"), context=found)
        declare(second)
        assembly = second.synth()
        assert "missing" not in json.loads((Path(assembly.directory) / "manifest.json").read_text())
        return {each.stack_name: each.template for each in assembly.stacks}

    return run


def project(**others: Any) -> Json:
    return {"CustomerProject": {"Project": {**PROJECT, **others}}}


def by_identifier(stack: Stack) -> None:
    EngagementContext(
        stack, "Acme", catalog="Sandbox", engagement_identifier=look_up(stack, "/deals/acme"), payload=project()
    )


def by_part_of_an_arn(stack: Stack) -> None:
    arn = ARN.replace(ENGAGEMENT, look_up(stack, "/deals/acme"))
    EngagementContext(stack, "Acme", catalog="Sandbox", engagement_identifier=arn, payload=project())


def by_id(stack: Stack) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", look_up(stack, "/deals/acme"), catalog="Sandbox")
    acme.add_context("Migration", payload=project())
    assert acme.engagement_id


def by_arn(stack: Stack) -> None:
    Engagement.from_engagement_arn(stack, "Acme", look_up(stack, "/deals/acme")).add_context(
        "Migration", payload=project()
    )


@pytest.mark.parametrize(
    ("declare", "value"),
    [
        (by_identifier, ENGAGEMENT),
        (by_identifier, ARN),
        (by_part_of_an_arn, ENGAGEMENT),
        (by_id, ENGAGEMENT),
        (by_arn, ARN),
    ],
)
def test_an_engagement_that_is_looked_up_has_exact_permissions(
    declare: Declare, value: str, synthesize: Any, only: Any, allowing: Any
) -> None:
    templates = synthesize(lambda app: declare(Stack(app, "Deals", env=HOME)), {"/deals/acme": value})

    policy = only(templates["Deals"], "AWS::IAM::Policy")["Properties"]["PolicyDocument"]
    assert allowing("Sandbox", ENGAGEMENT) in policy["Statement"]
    assert "engagement/*" not in json.dumps(policy)


def test_every_argument_and_every_value_of_a_payload_can_be_looked_up(synthesize: Any, only: Any) -> None:
    values = {
        "/catalog": "Sandbox",
        "/engagement": ENGAGEMENT,
        "/type": "CustomerProject",
        "/token": "mine",
        "/date": "2999-12-31",
        "/country": "US",
    }

    def declare(app: App) -> None:
        stack = Stack(app, "Deals", env=HOME)
        looked_up = {name: look_up(stack, name) for name in values}
        payload = project(TargetCompletionDate=looked_up["/date"])
        payload["CustomerProject"]["Customer"] = {
            "CompanyName": "Acme",
            "CountryCode": looked_up["/country"],
            "Industry": "Retail",
            "WebsiteUrl": "https://acme.example",
        }
        EngagementContext(
            stack,
            "Acme",
            catalog=looked_up["/catalog"],
            engagement_identifier=looked_up["/engagement"],
            type=looked_up["/type"],
            client_token=looked_up["/token"],
            payload=payload,
        )

    properties = only(synthesize(declare, values)["Deals"], "Custom::EngagementContext")["Properties"]

    assert {name: properties[name] for name in ("Catalog", "EngagementIdentifier", "Type", "ClientToken")} == {
        "Catalog": "Sandbox",
        "EngagementIdentifier": ENGAGEMENT,
        "Type": "CustomerProject",
        "ClientToken": "mine",
    }
    assert properties["Payload"]["CustomerProject"]["Project"]["TargetCompletionDate"] == "2999-12-31"


def test_the_existing_context_and_every_value_of_a_lead_can_be_looked_up(synthesize: Any, only: Any) -> None:
    values = {
        "/context": "1",
        "/status": "Qualified",
        "/score": "High",
        "/company": "Acme",
        "/mail": "it@acme.example",
        "/date": "2026-11-26T09:30:00Z",
        "/unknown": "7",
    }

    def declare(app: App) -> None:
        stack = Stack(app, "Leads", env=HOME)
        looked_up = {name: look_up(stack, name) for name in values}
        contact = LeadContact(business_title="CTO", email=looked_up["/mail"], first_name="Robin", last_name="Example")
        EngagementContext(
            stack,
            "Typed",
            catalog="Sandbox",
            engagement_identifier=ENGAGEMENT,
            existing_context_id=looked_up["/context"],
            payload=Lead(
                customer=LeadCustomer(company_name=looked_up["/company"]),
                insights=LeadInsights(lead_readiness_score=looked_up["/score"]),
                interactions=[LeadInteraction(contact=contact, interaction_date=looked_up["/date"])],
                qualification_status=looked_up["/status"],
            ),
        )
        # A payload with only looked up values is not empty, and a member that the library does not know can be looked up.
        EngagementContext(
            stack,
            "Mapping",
            catalog="Sandbox",
            engagement_identifier=ENGAGEMENT,
            existing_context_id="2",
            payload={"Lead": {"Rank": looked_up["/unknown"]}},
        )

    template = synthesize(declare, values)["Leads"]

    resources = template["Resources"].values()
    typed, mapping = (each["Properties"] for each in resources if each["Type"] == "Custom::EngagementContext")
    assert typed["ContextIdentifier"] == "1"
    assert typed["Payload"]["Lead"] == {
        "Customer": {"CompanyName": "Acme"},
        "Insights": {"LeadReadinessScore": "High"},
        "Interactions": [
            {
                "Contact": {
                    "BusinessTitle": "CTO",
                    "Email": "it@acme.example",
                    "FirstName": "Robin",
                    "LastName": "Example",
                },
                "InteractionDate": "2026-11-26T09:30:00Z",
            }
        ],
        "QualificationStatus": "Qualified",
    }
    assert mapping["Payload"] == {"Lead": {"Rank": "7"}}


def test_a_reference_to_a_context_that_is_looked_up_grants_exact_permissions(synthesize: Any, only: Any) -> None:
    def declare(app: App) -> None:
        stack = Stack(app, "Reports", env=HOME)
        context = EngagementContext.from_engagement_context_attributes(
            stack,
            "Acme",
            catalog="Sandbox",
            engagement_identifier=look_up(stack, "/deals/acme"),
            context_id=look_up(stack, "/context"),
        )
        context.grant_read(iam.User(stack, "Reader"))
        CfnOutput(stack, "ContextId", value=context.context_id)

    (template,) = synthesize(declare, {"/deals/acme": ENGAGEMENT, "/context": "12"}).values()

    assert template["Outputs"]["ContextId"]["Value"] == "12"
    (statement,) = only(template, "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == ARN


def test_an_existing_context_that_is_looked_up_is_validated(synthesize: Any) -> None:
    def declare(app: App) -> None:
        stack = Stack(app, "Leads", env=HOME)
        EngagementContext(
            stack,
            "Acme",
            catalog="Sandbox",
            engagement_identifier=ENGAGEMENT,
            existing_context_id=look_up(stack, "/context"),
            payload=Lead(qualification_status="Qualified"),
        )

    with pytest.raises(ValueError, match="- existing_context_id: must have 1 to 3 characters; got 9"):
        synthesize(declare, {"/context": "context 1"})


def test_existing_contexts_of_two_parameters_conflict_only_if_their_values_are_equal(synthesize: Any) -> None:
    def declare(app: App) -> None:
        stack = Stack(app, "Leads", env=HOME)
        for name in ("/one", "/two"):
            EngagementContext(
                stack,
                name[1:],
                catalog="Sandbox",
                engagement_identifier=ENGAGEMENT,
                existing_context_id=look_up(stack, name),
                payload=Lead(qualification_status="Qualified"),
            )

    assert synthesize(declare, {"/one": "1", "/two": "2"})
    with pytest.raises(RuntimeError, match="Leads/one and Leads/two"):
        synthesize(declare, {"/one": "1", "/two": "1"})


def test_a_value_that_is_looked_up_is_validated(synthesize: Any) -> None:
    with pytest.raises(ValueError, match=r"- engagement_identifier: must be eng-.*; got 'acme'"):
        synthesize(lambda app: by_identifier(Stack(app, "Deals", env=HOME)), {"/deals/acme": "acme"})


def test_equal_dummy_values_of_two_accounts_are_no_conflict(tmp_path: Path) -> None:
    """The parameter can have another value in each account, and an error would prevent the lookup."""
    app = App(outdir=str(tmp_path))
    for name, env in {"Deals": HOME, "Elsewhere": ABROAD}.items():
        by_identifier(Stack(app, name, env=env))

    assert len(json.loads((Path(app.synth().directory) / "manifest.json").read_text())["missing"]) == 2


def test_equal_values_that_are_looked_up_are_a_conflict(synthesize: Any) -> None:
    def declare(app: App) -> None:
        stack = Stack(app, "Deals", env=HOME)
        for name in ("/one", "/two"):
            common: Json = {"catalog": "Sandbox", "payload": project()}
            EngagementContext(stack, name[1:], engagement_identifier=look_up(stack, name), **common)

    with pytest.raises(RuntimeError, match="Deals/one and Deals/two declare the same payload"):
        synthesize(declare, {"/one": ENGAGEMENT, "/two": ARN})
