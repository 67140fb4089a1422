"""The real CDK CLI deploys every example to the local cloud: what its template and then Partner Central contain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk_partnercentral_local import CdkRun, LocalCloud

pytestmark = pytest.mark.cloud

EXAMPLES = Path(__file__).parents[2] / "examples"
OTHER_REGION = "eu-west-1"

Json = dict[str, Any]
Deploy = Callable[..., CdkRun]


@pytest.fixture
def deploy(cloud: LocalCloud) -> Deploy:
    """Deploys an example, or some of its stacks."""

    def run(name: str, *stacks: str, **context: str) -> CdkRun:
        options = [option for key, value in context.items() for option in ("-c", f"{key.replace('_', '-')}={value}")]
        done = cloud.cdk("deploy", *(stacks or ["--all"]), *options, folder=EXAMPLES / name)
        assert done.status == 0, done.text
        return done

    return run


def templates(assembly: Path) -> dict[str, Json]:
    """Return the synthesized templates by file name."""
    return {path.name: json.loads(path.read_text()) for path in assembly.rglob("*.template.json")}


def declared(template: Json) -> dict[str, Json]:
    """Return the properties of the contexts in a template, by logical id."""
    resources = template["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == "Custom::EngagementContext"}


def of_type(template: Json, type_: str) -> Json:
    """Return the properties of the only resource of a type."""
    (properties,) = (each["Properties"] for each in template["Resources"].values() if each["Type"] == type_)
    return dict(properties)


def types(cloud: LocalCloud, engagement: str) -> dict[str, str]:
    """Return the Types of the contexts in Partner Central, by context ID."""
    return {each["Id"]: each["Type"] for each in cloud.partner_central.engagement(engagement)["Contexts"]}


def test_every_example_has_a_test_and_says_how_to_deploy_it() -> None:
    names = sorted(each.parent.name for each in EXAMPLES.glob("*/cdk.json"))

    assert [f"test_{name}" for name in names if f"test_{name}" not in globals()] == []
    assert [name for name in names if "cdk deploy" not in (EXAMPLES / name / "README.md").read_text()] == []
    assert len(names) == 9


def test_customer_project(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    run = deploy("customer_project", engagement=engagement)

    (template,) = templates(run.assembly).values()
    ((name, context),) = declared(template).items()
    assert name.startswith("BookshopMigration")
    assert (context["Type"], context["EngagementIdentifier"]) == ("CustomerProject", engagement)
    assert set(context["Payload"]["CustomerProject"]) == {"Customer", "Project"}
    assert types(cloud, engagement) == {"1": "CustomerProject"}


@pytest.mark.slow
def test_lead_with_interactions(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    run = deploy("lead_with_interactions", engagement=engagement)

    (template,) = templates(run.assembly).values()
    (desired,) = declared(template).values()
    dates = [each["InteractionDate"] for each in desired["Payload"]["Lead"]["Interactions"]]
    assert dates == ["2026-11-05T09:30:00Z", "2026-11-12T14:00:00Z"]
    (context,) = cloud.partner_central.engagement(engagement)["Contexts"]
    interactions = context["Payload"]["Lead"]["Interactions"]
    assert [each["CustomerAction"] for each in interactions] == ["Visited the booth", "Asked for a call"]


def test_lead_from_aws(cloud: LocalCloud, deploy: Deploy) -> None:
    # Given a lead that AWS created and scored, with a member that the service model does not have
    visit = {
        "Contact": {
            "BusinessTitle": "Planner",
            "Email": "planning@northwind-ferries.example",
            "FirstName": "Kim",
            "LastName": "Example",
        },
        "InteractionDate": "2026-11-05T09:30:00.123456789Z",
        "SourceType": "Event",
    }
    customer = {"CompanyName": "Northwind Ferries", "Address": {"City": "Portland"}, "Fleet": "12 ferries"}
    aws = cloud.partner_central.as_aws
    engagement = aws.create_lead({"Customer": customer, "Interactions": [visit]})
    aws.score(engagement, "1", "High", ChannelRecommendation={"RecommendedChannel": "CALL"}, Rank="7")
    (before,) = cloud.partner_central.engagement(engagement)["Contexts"]

    # When the app is deployed
    run = deploy("lead_from_aws", engagement=engagement)

    # Then its values are added, and everything else is unchanged
    (template,) = templates(run.assembly).values()
    (desired,) = declared(template).values()
    assert desired["ContextIdentifier"] == "1"
    assert set(desired["Payload"]["Lead"]) == {"QualificationStatus", "Interactions"}
    (context,) = cloud.partner_central.engagement(engagement)["Contexts"]
    assert context["Payload"]["Lead"] == {
        **before["Payload"]["Lead"],
        "QualificationStatus": "Qualified",
        "Interactions": [visit, *desired["Payload"]["Lead"]["Interactions"]],
    }


@pytest.mark.slow
def test_engagement_with_alarm(cloud: LocalCloud, deploy: Deploy) -> None:
    run = deploy("engagement_with_alarm")

    (template,) = templates(run.assembly).values()
    first = of_type(template, "Custom::Engagement")
    (engagement,) = [
        each
        for each in map(cloud.partner_central.engagement, cloud.partner_central.engagements())
        if each["Title"] == first["Title"]
    ]
    assert engagement["Description"] == first["Description"]
    assert types(cloud, engagement["Id"]) == {"1": "CustomerProject", "2": "CustomerProject"}
    topics = [{"Ref": name} for name, each in template["Resources"].items() if each["Type"] == "AWS::SNS::Topic"]
    # The policy of the rule's topic lets only EventBridge publish.
    (policy,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::SNS::TopicPolicy")
    failures, updates = topics
    assert policy["Properties"]["Topics"] == [updates]
    alarm, rule = of_type(template, "AWS::CloudWatch::Alarm"), of_type(template, "AWS::Events::Rule")
    assert (alarm["MetricName"], alarm["AlarmActions"]) == ("Failed", [failures])
    assert rule["EventPattern"]["detail-type"] == ["Engagement Updated"]
    assert [each["Arn"] for each in rule["Targets"]] == [updates]


@pytest.mark.slow
def test_hardened_provider(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    run = deploy("hardened_provider", engagement=engagement)

    assert types(cloud, engagement) == {"1": "CustomerProject"}
    (template,) = templates(run.assembly).values()
    function, invocation = (
        of_type(template, "AWS::Lambda::Function"),
        of_type(template, "AWS::Lambda::EventInvokeConfig"),
    )
    assert function.keys() >= {"KmsKeyArn", "ReservedConcurrentExecutions", "TracingConfig", "VpcConfig"}
    (queue,) = (name for name, each in template["Resources"].items() if each["Type"] == "AWS::SQS::Queue")
    assert invocation["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    logs = of_type(template, "AWS::Logs::LogGroup")
    assert (logs["RetentionInDays"], "KmsKeyId" in logs) == (365, True)
    assert of_type(template, "AWS::IAM::Role")["PermissionsBoundary"]["Fn::Join"][1][-1] == ":policy/developer-boundary"


@pytest.mark.slow
def test_customer_account(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    run = deploy("customer_account", engagement=engagement)

    (template,) = templates(run.assembly).values()
    (desired,) = declared(template).values()
    (context,) = cloud.partner_central.engagement(engagement)["Contexts"]
    assert (context["Id"], context["Type"], context["Payload"]) == ("1", "CustomerAccount", desired["Payload"])
    assert desired["Payload"]["CustomerAccount"]["AccountIdentifier"] == "cust-acc-0123456789abc"


@pytest.mark.slow
def test_deals_from_yaml(cloud: LocalCloud, deploy: Deploy, tmp_path: Path) -> None:
    document = yaml.safe_load((EXAMPLES / "deals_from_yaml" / "deals.yaml").read_text())
    for deal in document["deals"].values():
        deal["engagement"] = cloud.partner_central.create_engagement()
    deals = tmp_path / "deals.yaml"
    deals.write_text(yaml.safe_dump(document, sort_keys=False))

    run = deploy("deals_from_yaml", deals=str(deals))

    (template,) = templates(run.assembly).values()
    books, _, ferries = declared(template).values()
    # YAML converts these to dates.
    assert books["Payload"]["CustomerProject"]["Project"]["TargetCompletionDate"] == "2028-06-30"
    assert ferries["Payload"]["Lead"]["Interactions"][0]["InteractionDate"] == "2026-11-05T09:30:00Z"
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 1
    created = [types(cloud, deal["engagement"]) for deal in document["deals"].values()]
    assert created == [{"1": "CustomerProject"}, {"1": "CustomerProject"}, {"1": "Lead"}]


@pytest.mark.slow
def test_pipeline_stages(cloud: LocalCloud, deploy: Deploy) -> None:
    sandbox = cloud.partner_central.create_engagement()
    production = cloud.partner_central.create_engagement(catalog="AWS")

    run = deploy("pipeline_stages", "Sandbox/*", sandbox_engagement=sandbox, production_engagement=production)

    assert (types(cloud, sandbox), types(cloud, production)) == ({"1": "CustomerProject"}, {})
    stages = {name: declared(each) for name, each in templates(run.assembly).items()}
    (of_sandbox,) = (contexts for name, contexts in stages.items() if name.startswith("Sandbox"))
    (of_production,) = (contexts for name, contexts in stages.items() if name.startswith("Production"))
    assert [each["Catalog"] for each in of_sandbox.values()] == ["Sandbox"]
    assert [each["Catalog"] for each in of_production.values()] == ["AWS"]
    assert list(of_sandbox) == list(of_production)

    deploy("pipeline_stages", "Production/*", "--app", str(run.assembly))

    assert types(cloud, production) == {"1": "CustomerProject"}


@pytest.mark.slow
def test_other_region(cloud: LocalCloud, deploy: Deploy, tmp_path: Path) -> None:
    engagement = cloud.partner_central.create_engagement()
    # In a folder without an app, or the CLI would synthesize one first.
    done = cloud.cdk("bootstrap", f"aws://123456789012/{OTHER_REGION}", folder=tmp_path)
    assert done.status == 0, done.text

    run = deploy("other_region", engagement=engagement)

    assert f"arn:aws:cloudformation:{OTHER_REGION}:" in run.text
    (template,) = templates(run.assembly).values()
    manifest = json.loads((run.assembly / "manifest.json").read_text())
    assert manifest["artifacts"]["OtherRegionExample"]["environment"].endswith(f"/{OTHER_REGION}")
    (policy,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy")
    assert policy["Properties"]["PolicyDocument"]["Statement"][1]["Resource"] == [
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"
    ]
    assert types(cloud, engagement) == {"1": "CustomerProject"}
