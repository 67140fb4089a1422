"""Conflicts between contexts are found at synthesis as the handler would find them, and so are too many contexts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Fn, NestedStack, Stack, Stage
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_cloudfront.experimental import EdgeFunction
from aws_cdk.cloudformation_include import CfnInclude, CfnIncludeProps
from aws_cdk.cx_api import SynthesisMessageLevel
from aws_cdk.region_info import RegionInfo

from cdk_partnercentral import EngagementContext
from cdk_partnercentral._checks import MOST_CONTEXTS, partition_problems
from cdk_partnercentral._validation.rules import MODEL

Json = dict[str, Any]
Declare = Callable[..., EngagementContext]

ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


def project(title: str = "Move to AWS") -> Json:
    return {
        "CustomerProject": {
            "Project": {"Title": title, "BusinessProblem": "b" * 20, "TargetCompletionDate": "2999-06-30"},
        }
    }


def visit(name: str, **more: str) -> Json:
    person = {"BusinessTitle": "CTO", "Email": f"{name}@acme.example", "FirstName": name, "LastName": "Ex"}
    return {"Contact": person, **more}


def lead(*interactions: Json, **more: Any) -> Json:
    return {"Customer": {"CompanyName": "Acme"}, "Interactions": list(interactions), **more}


def test_two_contexts_that_would_adopt_one_another_are_an_error(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One")
    declare(stack, "Two", ARN)
    declare(stack, "Elsewhere", "eng-abcdefghij0123")
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two declare the same payload"):
        app.synth()


def test_equal_contexts_are_no_conflict_if_neither_adopts(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One", adopt_existing=False)
    declare(stack, "Two", adopt_existing=False)
    app.synth()


def test_a_lead_would_adopt_one_with_more_interactions(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "Less", payload={"Lead": lead(visit("ann"))})
    declare(stack, "More", payload={"Lead": lead(visit("bob"), visit("ann"), QualificationStatus="Open")})
    with pytest.raises(RuntimeError, match="Deals/Less and Deals/More"):
        app.synth()


@pytest.mark.parametrize("control", [{"existing_context_id": "2"}, {"client_token": "mine"}])
def test_the_same_context_id_or_client_token_twice_is_an_error(
    app: App, stack: Stack, declare: Declare, control: Json
) -> None:
    declare(stack, "One", **control)
    declare(stack, "Two", payload=project("Another"), **control)
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two"):
        app.synth()


@pytest.mark.parametrize("type_", ["CustomerProject", "Lead"])
def test_an_unresolved_member_of_the_union_is_skipped(type_: str, app: App, stack: Stack, declare: Declare) -> None:
    for number, unresolved in enumerate(["{{resolve:ssm:/deals/acme}}", Fn.get_att("Elsewhere", "Payload")]):
        declare(stack, f"Context{number}", payload={type_: unresolved})
    app.synth()


@pytest.mark.parametrize("interactions", ["{{resolve:ssm:/deals/acme}}", ["{{resolve:ssm:/deals/Acme}}"]])
def test_a_lead_with_unresolved_interactions_is_no_conflict(
    interactions: Any, app: App, stack: Stack, declare: Declare
) -> None:
    declare(stack, "Unresolved", payload={"Lead": {**lead(), "Interactions": interactions}})
    declare(stack, "Other", payload={"Lead": lead(visit("ann"))})
    app.synth()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{{resolve:ssm:/a/id}}", "{{resolve:ssm:/b/id}}"),
        (ARN.replace(ENGAGEMENT, "{{resolve:ssm:/a/id}}"), "{{resolve:ssm:/b/id}}"),
        (ARN.replace("catalog/Sandbox", "x/catalog/Sandbox") + "/{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}"),
    ],
)
def test_different_references_are_different_engagements(
    one: str, other: str, app: App, stack: Stack, declare: Declare
) -> None:
    declare(stack, "One", one)
    declare(stack, "Two", other)
    app.synth()


def test_a_token_and_an_arn_that_contains_it_are_the_same_engagement(app: App, stack: Stack, declare: Declare) -> None:
    token = CfnParameter(stack, "Engagement").value_as_string
    declare(stack, "One", token)
    declare(stack, "Two", ARN.replace(ENGAGEMENT, token))
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two"):
        app.synth()


def test_more_contexts_than_an_engagement_can_contain_are_an_error(app: App, stack: Stack, declare: Declare) -> None:
    for number in range(6):
        declare(stack, f"Deal{number}", payload=project(f"Deal {number}"))

    with pytest.raises(RuntimeError, match=r"6 contexts are declared for eng-0123456789abcd, but .* only 5") as raised:
        app.synth()

    assert "another engagement: " + ", ".join(f"Deals/Deal{number}" for number in range(6)) in str(raised.value)


def test_five_contexts_and_a_second_import_of_one_are_not_too_many(app: App, stack: Stack, declare: Declare) -> None:
    for number in range(5):
        declare(stack, f"Deal{number}", payload=project(f"Deal {number}"), existing_context_id=str(number))
    declare(stack, "Again", existing_context_id="1")

    with pytest.raises(RuntimeError, match="Deals/Deal1 and Deals/Again manage the same context, '1'") as raised:
        app.synth()

    assert "contexts are declared for" not in str(raised.value)


def test_the_limit_is_that_of_the_service_model() -> None:
    assert json.loads(MODEL.read_text())["shapes"]["EngagementContexts"]["max"] == MOST_CONTEXTS


def test_conflicts_are_found_in_a_stack_that_jsii_wraps_in_a_new_object_each_time(app: App, declare: Declare) -> None:
    elsewhere = Stack(app, "Elsewhere", env=Environment(account="111122223333", region="eu-west-1"))
    EdgeFunction(
        elsewhere,
        "Edge",
        code=lambda_.Code.from_inline("x"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    (support,) = (each.node.id for each in app.node.children if each.node.id.startswith("edge-lambda-stack-"))
    first, second = (app.node.find_child(support) for _ in range(2))
    assert isinstance(first, Stack)
    assert first is not second
    declare(first, "One")
    declare(app.node.find_child(support), "Two")

    with pytest.raises(RuntimeError, match=r"/One and .*/Two declare the same payload"):
        app.synth()


@pytest.fixture
def included(tmp_path: Path) -> Callable[[Stack], Callable[[], Stack]]:
    """Include a template with a nested stack. The function that is returned finds the nested stack."""

    def include(stack: Stack) -> Callable[[], Stack]:
        parent: Json = {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "replaced"}}}
        nested: Json = {"Topic": {"Type": "AWS::SNS::Topic"}}
        files = {tmp_path / f"{name}.json": {"Resources": each} for name, each in {"p": parent, "n": nested}.items()}
        for file, template in files.items():
            file.write_text(json.dumps(template))
        parent_file, nested_file = map(str, files)
        made = CfnInclude(
            stack,
            "Included",
            template_file=parent_file,
            load_nested_stacks={"Nested": CfnIncludeProps(template_file=nested_file)},
        )
        return lambda: made.get_nested_stack("Nested").stack

    return include


SAME = "would adopt the context of the other"


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        ({}, {}, SAME),
        ({}, {"engagement": ARN}, SAME),
        (
            {"existing_context_id": "2"},
            {"existing_context_id": "2", "payload": project("Another")},
            "manage the same context",
        ),
        (
            {"client_token": "mine"},
            {"client_token": "mine", "payload": project("Another")},
            "have the same client_token",
        ),
    ],
)
@pytest.mark.parametrize("place", ["two stacks", "parent and nested stack", "stack of CfnInclude", "stacks of a stage"])
def test_conflicts_are_found_in_all_stacks_of_a_stage(
    place: str, one: Json, other: Json, problem: str, app: App, declare: Declare, included: Any
) -> None:
    stage = Stage(app, "Production") if place == "stacks of a stage" else app
    first = Stack(stage, "First", env=Environment(account="111122223333", region="eu-west-1"))
    second: Stack
    if place == "parent and nested stack":
        second = NestedStack(first, "Nested")
    elif place == "stack of CfnInclude":
        nested = included(first)
        first, second = nested(), nested()
        assert first is not second
    else:
        second = Stack(stage, "Second", env=Environment(account="444455556666", region="us-east-1"))
    declare(first, "One", **one)
    declare(second, "Two", **other)

    with pytest.raises(RuntimeError, match=rf"First/.*One and .*/Two .*{problem}"):
        app.synth()


def test_too_many_contexts_are_found_in_all_stacks_of_a_stage(app: App, stack: Stack, declare: Declare) -> None:
    stacks = [stack, NestedStack(stack, "Nested"), Stack(app, "Other")]
    for number in range(6):
        declare(stacks[number % 3], f"Deal{number}", payload=project(f"Deal {number}"))

    with pytest.raises(
        RuntimeError, match=r"6 contexts are declared .* Deals/Deal0, Deals/Nested/Deal1, Other/Deal2, "
    ):
        app.synth()


def warnings(app: App) -> dict[str, list[str]]:
    """The texts of the warnings in all stages of an app, by construct path."""
    found: dict[str, list[str]] = {}
    assembly = app.synth()
    for each in (assembly, *(nested.nested_assembly for nested in assembly.nested_assemblies)):
        for artifact in each.stacks:
            for message in artifact.messages:
                if message.level is SynthesisMessageLevel.WARNING:
                    found.setdefault(message.id, []).append(str(message.entry.data))
    return found


def test_conflicts_between_stages_are_warnings(app: App, declare: Declare) -> None:
    sandbox, production, stack = Stage(app, "Sandbox"), Stage(app, "Production"), Stack(app, "Deals")
    declare(Stack(sandbox, "Deals"), "One")
    declare(Stack(production, "Deals"), "Two")
    declare(stack, "Three", adopt_existing=False)
    declare(stack, "Imported", payload=project("Another"), existing_context_id="2")
    declare(Stack(Stage(app, "Last"), "Deals"), "Four", payload=project("Last"), existing_context_id="2")
    declare(Stack(Stage(app, "Other"), "Deals"), "Five", payload=project(), catalog="AWS")

    found = warnings(app)

    assert {path: len(texts) for path, texts in found.items()} == {
        "/Production/Deals/Two": 1,
        "/Deals/Three": 2,
        "/Last/Deals/Four": 1,
    }
    (text,) = found["/Production/Deals/Two"]
    assert text.startswith("Sandbox/Deals/One and Production/Deals/Two declare the same payload")
    assert "The constructs are in different stages." in text
    assert "[ack: cdk-partnercentral:sameContext]" in text
    assert found["/Last/Deals/Four"][0].startswith("Deals/Imported and Last/Deals/Four manage the same context, '2'")


def test_too_many_contexts_in_different_stages_are_one_warning(app: App, declare: Declare) -> None:
    for number in range(7):
        stack = Stack(Stage(app, f"Stage{number}"), "Deals")
        declare(stack, "Deal", payload=project(f"Deal {number}"))

    found = warnings(app)
    assert [text for text in found.pop("/Stage4/Deals/Deal") if "noRoomForAws" in text]
    ((path, (text,)),) = found.items()

    assert path == "/Stage5/Deals/Deal"
    assert text.startswith("6 contexts are declared for eng-0123456789abcd, ")
    assert "[ack: cdk-partnercentral:engagementFull]" in text


REFERENCE = "{{resolve:ssm:/deals/acme}}"


def test_the_same_reference_is_another_engagement_in_another_environment(app: App, declare: Declare) -> None:
    for number, account in enumerate(["111122223333", "444455556666"]):
        declare(Stack(app, f"Deals{number}", env=Environment(account=account, region="eu-west-1")), "Acme", REFERENCE)
    for name in ("Sandbox", "Production"):
        declare(Stack(Stage(app, name), "Deals"), "Acme", REFERENCE)

    assert warnings(app) == {}


def test_the_same_reference_is_the_same_engagement_in_one_environment(app: App, declare: Declare) -> None:
    for number in range(2):
        stack = Stack(app, f"Deals{number}", env=Environment(account="111122223333", region="eu-west-1"))
        declare(stack, "Acme", REFERENCE)

    with pytest.raises(RuntimeError, match="Deals0/Acme and Deals1/Acme declare the same payload"):
        app.synth()


UNKNOWN_TO_THE_CDK = [
    "cn-south-9",
    "us-gov-north-1",
    "us-iso-north-9",
    "us-isob-west-9",
    "eu-isoe-west-9",
    "eusc-fr-east-1",
]


def known_regions(*, of_aws: bool) -> list[str]:
    return [each.name for each in RegionInfo.regions if (each.partition == "aws") == of_aws]


@pytest.mark.parametrize("region", [*known_regions(of_aws=False), *UNKNOWN_TO_THE_CDK])
def test_a_stack_in_a_partition_without_partner_central_is_reported(region: str) -> None:
    (problem,) = partition_problems(Stack(App(), "Deals", env=Environment(region=region)))

    assert (
        problem
        == f"stack: must be in a Region of partition aws, the only partition where Partner Central is available; got {region}"
    )


def test_a_context_in_another_partition_is_an_error(app: App, declare: Declare) -> None:
    stack = Stack(app, "Deals", env=Environment(account="123456789012", region="cn-north-1"))

    with pytest.raises(ValueError, match=r"- stack: must be in a Region.*\n- catalog: "):
        declare(stack, "Deal", catalog="sandbox")


def test_a_stack_in_any_region_of_partition_aws_is_valid() -> None:
    assert len(known_regions(of_aws=True)) > 20
    for region in [*known_regions(of_aws=True), "eu-new-1", "us-new-9"]:
        assert partition_problems(Stack(App(), "Deals", env=Environment(region=region))) == []
