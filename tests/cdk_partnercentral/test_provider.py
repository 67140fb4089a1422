"""A stack's provider: one function with fixed logical IDs and least privilege, deployed before any context."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, NestedStack, Stack, Stage
from constructs import Construct

import cdk_partnercentral
from cdk_partnercentral import PartnerCentralProvider
from cdk_partnercentral._provider import function_code
from tests.cdk_partnercentral.known_ids import FUNCTION, INVOCATION, LOG_GROUP, POLICY, ROLE

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"


def engagement_statements(policy: Json) -> list[Json]:
    statements: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return statements[1:-1]


def test_one_context_adds_these_resources_to_the_template(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, of_type: OfType
) -> None:
    declare(stack, "Acme")

    template = template_of(stack)

    resources = {name: each for name, each in template["Resources"].items() if each["Type"] != CONTEXT}
    function = resources[FUNCTION]["Properties"]
    assert set(resources) == {FUNCTION, ROLE, LOG_GROUP, POLICY, INVOCATION}
    assert {name: value for name, value in function.items() if name != "Code"} == {
        "Architectures": ["arm64"],
        "Description": "Partner Central custom resources (cdk-partnercentral)",
        "Handler": "lambda_handler.index.handler",
        "LoggingConfig": {"ApplicationLogLevel": "INFO", "LogFormat": "JSON", "LogGroup": {"Ref": LOG_GROUP}},
        "MemorySize": 256,
        "Role": {"Fn::GetAtt": [ROLE, "Arn"]},
        "Runtime": "python3.14",
        "Timeout": 900,
    }
    assert resources[LOG_GROUP] == {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"RetentionInDays": 90},
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }
    assert resources[INVOCATION]["Properties"] == {
        "FunctionName": {"Ref": FUNCTION},
        "MaximumEventAgeInSeconds": 34 * 60,
        "MaximumRetryAttempts": 2,
        "Qualifier": "$LATEST",
    }
    assert set(resources[ROLE]["Properties"]) == {"AssumeRolePolicyDocument"}
    assert resources[POLICY]["Properties"] == {
        "PolicyName": "PartnerCentral",
        "Roles": [{"Ref": ROLE}],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    # The attribute ends in `:*`, for the streams of this log group.
                    "Resource": {"Fn::GetAtt": [LOG_GROUP, "Arn"]},
                },
                allowing("Sandbox", ENGAGEMENT),
                {
                    "Effect": "Allow",
                    "Action": ["cloudformation:GetTemplate", "cloudformation:ListStackResources"],
                    "Resource": {"Ref": "AWS::StackId"},
                },
            ],
        },
    }


def test_every_stack_has_its_own_function_with_the_same_logical_ids(
    app: App, declare: Any, allowing: Any, template_of: Template, of_type: OfType
) -> None:
    production = Stage(app, "Production")
    europe = Environment(account="111122223333", region="eu-west-1")
    nested = NestedStack(Stack(app, "Parent"), "Nested")
    stacks = [Stack(app, "Deals"), Stack(production, "Deals", env=europe), nested]
    for number, stack in enumerate(stacks):
        declare(stack, "Acme", f"eng-{number:014}")

    for number, stack in enumerate(stacks):
        template = template_of(stack)
        (policy,) = of_type(template, "AWS::IAM::Policy").values()
        assert set(of_type(template, "AWS::Lambda::Function")) == {FUNCTION}
        assert set(template["Resources"]) > {ROLE, LOG_GROUP, POLICY, INVOCATION}
        assert engagement_statements(policy) == [allowing("Sandbox", f"eng-{number:014}")]


def test_contexts_depend_on_the_policy_and_the_invocation_settings(
    stack: Stack, declare: Any, template_of: Template, of_type: OfType
) -> None:
    first = declare(stack, "First", adopt_existing=False)
    declare(stack, "Second", first.engagement_id, adopt_existing=False)

    resources = template_of(stack)["Resources"]

    contexts = [name for name, each in resources.items() if each["Type"] == CONTEXT]
    assert len(contexts) == 2
    for name in contexts:
        # Direct dependencies, so that a context waits for a changed policy even if nothing in between changed.
        assert {POLICY, INVOCATION} <= set(resources[name]["DependsOn"])
        assert {POLICY, INVOCATION, FUNCTION, ROLE, LOG_GROUP} <= _dependencies(name, resources)
    assert not _dependencies(POLICY, resources) & {FUNCTION, *contexts}


def _dependencies(name: str, resources: Json) -> set[str]:
    """The logical IDs that a resource depends on, directly or through others."""
    found: set[str] = set()
    open_ends = [name]
    while open_ends:
        resource = resources[open_ends.pop()]
        depends_on = resource.get("DependsOn", [])
        targets = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        targets |= _references(resource.get("Properties", {}))
        open_ends += [each for each in targets - found if each in resources]
        found |= {each for each in targets if each in resources}
    return found


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {value["Ref"]}
    if "Fn::GetAtt" in value:
        return {value["Fn::GetAtt"][0]}
    return set().union(*map(_references, value.values()))


def test_the_same_app_has_the_same_template_byte_for_byte(new_app: Callable[[], App], declare: Any) -> None:
    def template() -> bytes:
        app = new_app()
        stack = Stack(app, "Deals")
        catalog = CfnParameter(stack, "Catalog").value_as_string
        for name in ["b", "a", "c"]:
            declare(stack, name, f"eng-{name * 14}")
        declare(stack, "Elsewhere", catalog=catalog)
        declare(stack, "Token", CfnParameter(stack, "Engagement").value_as_string, catalog="AWS")
        return Path(app.synth().get_stack_by_name("Deals").template_full_path).read_bytes()

    assert template() == template()


def test_synthesis_builds_and_looks_up_nothing(app: App, declare: Any) -> None:
    """The function's code is the prebuilt zip, so synthesis needs no pip, no Docker and no network."""
    declare(Stack(app, "Deals"), "Acme")

    assembly = app.synth()

    folder = Path(assembly.directory)
    assets = json.loads((folder / "Deals.assets.json").read_text())
    (code,) = (each["source"] for each in assets["files"].values() if not each["source"]["path"].endswith(".json"))
    prebuilt = Path(cdk_partnercentral.__file__).parent / "function.zip"
    assert not assets["dockerImages"]
    assert code["packaging"] == "file"
    assert (folder / code["path"]).read_bytes() == prebuilt.read_bytes()
    assert "missing" not in json.loads((folder / "manifest.json").read_text())


def test_a_missing_zip_is_an_error_with_its_path_and_the_command_that_builds_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        function_code(tmp_path / "function.zip")

    assert str(tmp_path / "function.zip") in str(raised.value)
    assert "make setup" in str(raised.value)


def test_a_second_provider_serves_the_contexts_that_it_is_passed_to(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, of_type: OfType
) -> None:
    own = PartnerCentralProvider(stack, "Own")
    declare(stack, "Shared", "eng-00000000000000")
    declare(stack, "Separate", "eng-11111111111111", provider=own)

    template = template_of(stack)

    shared, separate = of_type(template, CONTEXT).values()
    own_function = stack.resolve(own.function.function_arn)
    policies = of_type(template, "AWS::IAM::Policy")
    own_policy = next(policies[name] for name in policies if name != POLICY)
    assert shared["Properties"]["ServiceToken"] == {"Fn::GetAtt": [FUNCTION, "Arn"]}
    assert separate["Properties"]["ServiceToken"] == own_function != {"Fn::GetAtt": [FUNCTION, "Arn"]}
    assert engagement_statements(policies[POLICY]) == [allowing("Sandbox", "eng-00000000000000")]
    assert engagement_statements(own_policy) == [allowing("Sandbox", "eng-11111111111111")]


def test_a_provider_in_another_stack_is_reported(app: App, declare: Any) -> None:
    own = PartnerCentralProvider(Stack(app, "Functions"), "Own")

    with pytest.raises(ValueError, match="provider: must be in the same stack as the context"):
        declare(Stack(app, "Deals"), "Acme", provider=own)


def test_every_construct_of_a_stack_gets_the_same_provider(stack: Stack) -> None:
    first = PartnerCentralProvider.get_or_create(Construct(stack, "Inner"))

    assert PartnerCentralProvider.get_or_create(stack) is first
    assert first.node.path == "Deals/cdk-partnercentral.Provider"
