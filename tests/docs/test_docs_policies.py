"""The policies on the page of IAM policies are those that the library writes, and those that a deployment needs."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from aws_cdk import App, DefaultStackSynthesizer, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from cdk_partnercentral import Engagement, PartnerCentralProvider
from cdk_partnercentral._iam import NETWORK_ACTIONS
from tests.docs.blocks import blocks, files

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "operations/iam-policies.md"
FILES = files(PAGE)
PAYLOAD = {"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}}
# The actions that a resource of each type needs to be created, changed and deleted: the API operations of its properties.
NEEDED = {
    "AWS::IAM::Policy": {"iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"},
    "AWS::IAM::Role": {"iam:CreateRole", "iam:GetRole", "iam:DeleteRole", "iam:PutRolePermissionsBoundary"},
    "AWS::Lambda::EventInvokeConfig": {
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:DeleteFunctionEventInvokeConfig",
    },
    "AWS::Lambda::Function": {
        "iam:PassRole",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:GetFunction",
        "lambda:PutFunctionConcurrency",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "s3:GetObject",
    },
    "AWS::Logs::LogGroup": {"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"},
    "AWS::Logs::MetricFilter": {"logs:PutMetricFilter", "logs:DeleteMetricFilter", "logs:DescribeMetricFilters"},
    "Custom::Engagement": {"lambda:InvokeFunction"},
    "Custom::EngagementContext": {"lambda:InvokeFunction"},
}


def policy(name: str) -> Any:
    return json.loads(FILES[name])


def actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action for each in statements for action in listed(each["Action"])}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def synthesized(stack: Stack, name: str) -> list[dict[str, Any]]:
    """Return the statements of the policy of a stack's function with this name."""
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    [properties] = [each["Properties"] for each in policies if each["Properties"]["PolicyName"] == name]
    statements: list[dict[str, Any]] = properties["PolicyDocument"]["Statement"]
    return statements


def existing(stack: Stack) -> Engagement | Any:
    return Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog="Sandbox")


def test_the_function_has_the_policy_of_the_page() -> None:
    stack = Stack(App(), "Deals")
    existing(stack).add_context("Prospecting", payload=PAYLOAD)

    made, shown = synthesized(stack, "PartnerCentral"), policy("function.json")["Statement"]

    # The log group and the stack have other names in each account.
    assert [without_names(each) for each in made] == [without_names(each) for each in shown]
    assert made[1] == shown[1]
    assert re.fullmatch(r"arn:aws:logs:[\w-]+:\d{12}:log-group:Deals-\*:\*", shown[0]["Resource"])
    assert re.fullmatch(r"arn:aws:cloudformation:[\w-]+:\d{12}:stack/Deals/\*", shown[2]["Resource"])


def without_names(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != "Resource"}


def test_a_function_that_creates_engagements_has_the_statements_of_the_page_too() -> None:
    stack = Stack(App(), "Deals")
    engagement = Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration")
    engagement.add_context("Prospecting", payload=PAYLOAD)

    assert synthesized(stack, "PartnerCentral")[2:] == policy("creation.json")
    assert actions(synthesized(stack, "PartnerCentralCreated")) == set(
        policy("function.json")["Statement"][1]["Action"]
    )


def test_without_adoption_the_second_statement_is_omitted() -> None:
    stack = Stack(App(), "Deals")
    Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration", adopt_existing=False)

    assert synthesized(stack, "PartnerCentral")[-1] == policy("creation.json")[0]


def test_a_reader_has_the_policy_of_the_page() -> None:
    stack = Stack(App(), "Deals")
    existing(stack).grant_read(iam.User(stack, "Reader"))

    [made] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()

    assert made["Properties"]["PolicyDocument"] == policy("reader.json")


def test_the_execution_role_can_do_what_the_resources_of_a_stack_need() -> None:
    stack = Stack(App(), "Deals")
    PartnerCentralProvider.configure(stack, reserved_concurrent_executions=5)
    existing(stack).add_context("Prospecting", payload=PAYLOAD)
    Engagement(stack, "New", catalog="Sandbox", title="Acme migration")
    PartnerCentralProvider.get_or_create(stack).metric_failed()
    types = {each["Type"] for each in Template.from_stack(stack).to_json()["Resources"].values()}

    needed = {action for type_ in types for action in NEEDED[type_]}

    assert needed - actions(policy("execution-role.json")["Statement"]) == set()


@pytest.mark.parametrize("name", ["commands.json", "execution-role.json", "function.json", "reader.json"])
def test_every_action_is_an_operation_of_its_service(name: str) -> None:
    session = botocore.session.Session()
    # IAM has another name for these services, and actions that are not operations.
    services = {"partnercentral": "partnercentral-selling"}
    not_operations = {"iam:PassRole", "lambda:InvokeFunction"}

    for action in actions(policy(name)["Statement"]) - not_operations:
        service, operation = action.split(":")
        assert operation in session.get_service_model(services.get(service, service)).operation_names, action


def test_the_function_cannot_create_contexts_in_an_engagement_with_imports_only() -> None:
    stack = Stack(App(), "Deals")
    existing(stack).add_context("Prospecting", payload=PAYLOAD, existing_context_id="1")

    made, shown = synthesized(stack, "PartnerCentral")[1], policy("function.json")["Statement"][1]

    assert set(shown["Action"]) - set(made["Action"]) == {"partnercentral:CreateEngagementContext"}
    assert {**made, "Action": []} == {**shown, "Action": []}
    assert "has no `partnercentral:CreateEngagementContext`" in PAGE.read_text()


def test_a_person_can_run_the_commands_that_call_partner_central_or_create_secrets() -> None:
    lines = [
        shlex.split(line)
        for page in DOCS.rglob("*.md")
        for block in blocks(page)
        if block.language == "sh"
        for line in block.text.replace("\\\n", "").splitlines()
    ]
    services = {"partnercentral-selling": "partnercentral", "secretsmanager": "secretsmanager"}
    commands = [line[1:3] for line in lines if line[:1] == ["aws"] and line[1] in services]
    needed = {f"{services[service]}:{operation.title().replace('-', '')}" for service, operation in commands}

    assert "partnercentral:AcceptEngagementInvitation" in needed
    assert needed - actions(policy("commands.json")["Statement"]) == set()


def test_a_person_can_convert_leads_like_a_grant() -> None:
    stack = Stack(App(), "Deals")
    existing(stack).grant_convert(iam.User(stack, "Converter"))

    [made] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    [shown] = [each for each in policy("commands.json")["Statement"] if each["Sid"] == "ConvertLeads"]

    assert actions(made["Properties"]["PolicyDocument"]["Statement"]) == set(shown["Action"])


def test_the_execution_role_can_read_the_secrets_of_the_pages() -> None:
    [pattern] = [
        each["Resource"]
        for each in policy("execution-role.json")["Statement"]
        if each["Action"] == "secretsmanager:GetSecretValue"
    ]
    named = {
        name
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"(?:resolve:secretsmanager:|secrets_manager\(\"|--name )([\w/-]+)", page.read_text())
    }

    assert "leads/northwind" in named
    assert [name for name in named if not name.startswith(pattern.removesuffix("*").rpartition("secret:")[2])] == []


def test_the_deployer_can_assume_the_roles_of_the_bootstrap_stack() -> None:
    """The CDK CLI assumes one role of each kind; the last part of a name is the account and the Region."""
    source = DefaultStackSynthesizer
    names = (
        source.DEFAULT_DEPLOY_ROLE_ARN,
        source.DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN,
        source.DEFAULT_LOOKUP_ROLE_ARN,
    )
    ends = {"${Qualifier}": source.DEFAULT_QUALIFIER, "${AWS::Partition}": "aws", "${AWS::AccountId}": "123456789012"}

    [statement] = policy("deployer.json")["Statement"]

    for name in names:
        for placeholder, value in ends.items():
            name = name.replace(placeholder, value)
        [pattern] = [each for each in statement["Resource"] if name.startswith(each.removesuffix("*"))]
        assert pattern.endswith("-role-*")
    assert statement["Action"] == "sts:AssumeRole"
    assert len(statement["Resource"]) == len(names)


def test_the_boundary_denies_the_production_catalog_only() -> None:
    statement = policy("boundary-statement.json")

    assert (statement["Effect"], statement["Action"]) == ("Deny", "partnercentral:*")
    assert statement["Condition"] == {"StringEquals": {"partnercentral:Catalog": "AWS"}}


def test_the_six_network_actions_are_six() -> None:
    assert len(NETWORK_ACTIONS) == 6
    assert "six `ec2` actions" in PAGE.read_text()
