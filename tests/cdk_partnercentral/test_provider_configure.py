"""`PartnerCentralProvider.configure` sets the options of the providers below a stack, a stage or an app."""

import inspect
from collections.abc import Callable
from typing import Any, cast

import pytest
from aws_cdk import App, Duration, Environment, NestedStack, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_cloudfront.experimental import EdgeFunction
from constructs import Construct

from cdk_partnercentral import PartnerCentralProvider
from tests.cdk_partnercentral.known_ids import FUNCTION

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]


@pytest.fixture
def memory_of(template_of: Template, only: Only) -> Callable[[Stack], int]:
    """The memory of the function in a stack."""

    def read(stack: Stack) -> int:
        return int(only(template_of(stack), "AWS::Lambda::Function")["Properties"]["MemorySize"])

    return read


def problems(scope: Any, **options: Any) -> list[str]:
    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider.configure(scope, **options)
    first, *lines = str(raised.value).split("\n- ")
    assert first == "These provider options cannot be set:"
    return lines


def test_options_change_the_resources_and_keep_their_logical_ids(
    stack: Stack, declare: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    PartnerCentralProvider.configure(
        stack, log_retention=logs.RetentionDays.ONE_WEEK, memory_size=512, tracing=lambda_.Tracing.ACTIVE
    )
    declare(stack, "Acme")

    template = template_of(stack)

    ((function_id, function),) = of_type(template, "AWS::Lambda::Function").items()
    assert function_id == FUNCTION
    assert function["Properties"]["MemorySize"] == 512
    assert function["Properties"]["TracingConfig"] == {"Mode": "Active"}
    assert only(template, "AWS::Logs::LogGroup")["Properties"] == {"RetentionInDays": 7}


def test_every_option_reaches_the_provider(stack: Stack, declare: Any, template_of: Template, only: Only) -> None:
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary")
    PartnerCentralProvider.configure(stack, permissions_boundary=boundary, timeout=Duration.minutes(3))
    declare(stack, "Acme")

    template = template_of(stack)

    assert only(template, "AWS::IAM::Role")["Properties"]["PermissionsBoundary"] == stack.resolve(
        boundary.managed_policy_arn
    )
    assert only(template, "Custom::EngagementContext")["Properties"]["ServiceTimeout"] == "840"


def test_the_options_of_an_app_apply_to_all_stacks_below_it(
    app: App, declare: Any, memory_of: Callable[[Stack], int]
) -> None:
    PartnerCentralProvider.configure(app, memory_size=512)
    parent = Stack(app, "Parent")
    stacks = [parent, NestedStack(parent, "Nested"), Stack(Stage(app, "Production"), "Deals")]
    for number, stack in enumerate(stacks):
        declare(Construct(stack, "Inner"), "Acme", f"eng-{number:014}")

    assert [memory_of(each) for each in stacks] == [512, 512, 512]


def test_the_options_of_a_stage_apply_to_its_stacks_only(
    app: App, declare: Any, memory_of: Callable[[Stack], int]
) -> None:
    stage = Stage(app, "Production")
    PartnerCentralProvider.configure(stage, memory_size=512)
    inside, outside = Stack(stage, "Deals"), Stack(app, "Deals")
    for stack in (inside, outside):
        declare(stack, "Acme")

    assert [memory_of(each) for each in (inside, outside)] == [512, 256]


@pytest.mark.parametrize("nearer_first", [True, False])
def test_the_options_of_the_nearest_scope_replace_the_others_as_a_whole(
    nearer_first: bool, app: App, declare: Any, template_of: Template, only: Only
) -> None:
    stack = Stack(app, "Deals")
    calls: list[Callable[[], None]] = [
        lambda: PartnerCentralProvider.configure(stack, timeout=Duration.minutes(3)),
        lambda: PartnerCentralProvider.configure(app, memory_size=512, timeout=Duration.minutes(5)),
    ]
    for call in calls if nearer_first else reversed(calls):
        call()
    declare(stack, "Acme")

    function = only(template_of(stack), "AWS::Lambda::Function")["Properties"]

    assert (function["MemorySize"], function["Timeout"]) == (256, 180)


def test_a_nested_stack_can_have_its_own_options(app: App, declare: Any, memory_of: Callable[[Stack], int]) -> None:
    parent = Stack(app, "Parent")
    nested = NestedStack(parent, "Nested")
    PartnerCentralProvider.configure(parent, memory_size=512)
    PartnerCentralProvider.configure(nested, memory_size=1024)
    for number, stack in enumerate((parent, nested)):
        declare(stack, "Acme", f"eng-{number:014}")

    assert [memory_of(each) for each in (parent, nested)] == [512, 1024]


def test_arguments_of_a_provider_override_single_options(stack: Stack, template_of: Template, only: Only) -> None:
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary")
    PartnerCentralProvider.configure(stack, permissions_boundary=boundary, memory_size=512)
    PartnerCentralProvider(stack, "Own", memory_size=1024)

    template = template_of(stack)

    assert only(template, "AWS::Lambda::Function")["Properties"]["MemorySize"] == 1024
    assert "PermissionsBoundary" in only(template, "AWS::IAM::Role")["Properties"]


def test_an_argument_that_contradicts_a_configured_option_is_an_error_that_none_resolves(stack: Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/deals")
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary")
    PartnerCentralProvider.configure(stack, permissions_boundary=boundary)

    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(stack, "Own", role=role)

    assert str(raised.value).splitlines()[1:] == [
        (
            "- permissions_boundary: was set by PartnerCentralProvider.configure, and has no effect with role; pass "
            "permissions_boundary=None to this provider"
        )
    ]
    PartnerCentralProvider(stack, "Own", role=role, permissions_boundary=None)


def test_options_after_the_first_provider_are_an_error(app: App, stack: Stack, declare: Any) -> None:
    declare(stack, "Acme")

    existing = "already contains Deals/cdk-partnercentral.Provider; call configure before the first context is declared"
    assert problems(stack, memory_size=512) == [f"scope: Deals {existing}"]
    assert problems(app, memory_size=512) == [f"scope: the app {existing}"]


def test_a_provider_in_a_nested_stack_or_with_another_id_is_found_too(app: App) -> None:
    parent, other = Stack(app, "Parent"), Stack(app, "Other")
    PartnerCentralProvider.get_or_create(NestedStack(parent, "Nested"))
    PartnerCentralProvider(Construct(other, "Inner"), "Own")

    assert "already contains Parent/Nested/cdk-partnercentral.Provider" in problems(parent)[0]
    assert "already contains Other/Inner/Own" in problems(other)[0]


def test_a_provider_elsewhere_is_no_problem(app: App, declare: Any, memory_of: Callable[[Stack], int]) -> None:
    declare(Stack(app, "First"), "Acme")
    second = Stack(app, "Second")

    PartnerCentralProvider.configure(second, memory_size=512)

    declare(second, "Acme", "eng-11111111111111")
    assert memory_of(second) == 512


def test_a_second_call_for_the_same_scope_is_an_error(app: App, stack: Stack) -> None:
    for scope, name in ((app, "the app"), (stack, "Deals")):
        PartnerCentralProvider.configure(scope, memory_size=512)
        assert problems(scope, timeout=Duration.minutes(3)) == [
            f"scope: {name} already has options; set all options in one call of configure"
        ]


def test_the_scope_must_be_a_stack_a_stage_or_an_app(stack: Stack) -> None:
    construct = Construct(stack, "Inner")

    assert problems(construct) == ["scope: must be a stack, a stage or an app; got Construct"]
    assert problems(None) == ["scope: must be a stack, a stage or an app; got None"]
    assert construct.node.children == []


def test_invalid_options_are_reported_where_they_are_set(stack: Stack) -> None:
    lines = problems(stack, memory_size=64, timeout=Duration.minutes(16), log_retention=None)

    assert [line.split(":")[0] for line in lines] == ["timeout", "memory_size"]
    assert stack.node.children == []


@pytest.mark.parametrize("configures", [True, False])
def test_an_unknown_option_is_an_error_that_lists_the_options(configures: bool, stack: Stack) -> None:
    use_options: Any = PartnerCentralProvider.configure if configures else PartnerCentralProvider
    arguments = [stack] if configures else [stack, "Own"]

    cases: list[tuple[dict[str, Any], str]] = [
        ({"dead_letter_queue": None}, "'dead_letter_queue'"),
        ({"timeout": 5, "vpc_subnet": None}, r"'vpc_subnet' \(did you mean 'vpc_subnets'\?\)"),
    ]
    for given, quoted in cases:
        with pytest.raises(TypeError, match=f"^PartnerCentralProvider has no option {quoted}. ") as raised:
            use_options(*arguments, **given)
        _, _, listed = str(raised.value).partition("The options are ")
        names = listed.partition(".")[0].split(", ")
        assert names == list(inspect.signature(PartnerCentralProvider).parameters)[2:]
    assert stack.node.children == []


def test_options_are_found_in_a_stack_that_jsii_wraps_in_a_new_object_each_time(
    app: App,
) -> None:
    elsewhere = Stack(app, "Elsewhere", env=Environment(account="111122223333", region="eu-west-1"))
    EdgeFunction(
        elsewhere,
        "Edge",
        code=lambda_.Code.from_inline("x"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    (support,) = (each.node.id for each in app.node.children if each.node.id.startswith("edge-lambda-stack-"))
    first, second = (cast("Stack", app.node.find_child(support)) for _ in range(2))
    assert first is not second

    PartnerCentralProvider.configure(first, memory_size=512)

    assert "already has options" in problems(second)[0]
    provider = PartnerCentralProvider.get_or_create(second)
    assert PartnerCentralProvider.get_or_create(first) is provider
    assert "already contains" in problems(second)[-1]
