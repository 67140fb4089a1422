"""The options of a provider: what each does to the template, that none is ignored, and that time stays consistent."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from cdk_partnercentral import PartnerCentralProvider
from cdk_partnercentral._permissions import NETWORK_ACTIONS

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

CONTEXT = "Custom::EngagementContext"
FUNCTION = "cdkpartnercentralPartnerCentralProviderFunctionE2561966"
ENGAGEMENT = "eng-0123456789abcd"
NETWORK = {"Effect": "Allow", "Action": list(NETWORK_ACTIONS), "Resource": "*"}


@pytest.fixture
def vpc(stack: Stack) -> ec2.Vpc:
    return ec2.Vpc(stack, "Network", max_azs=1, restrict_default_security_group=False)


@pytest.fixture
def deploying_role(stack: Stack) -> iam.Role:
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def statements_of(policy: Json) -> list[Json]:
    found: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def test_the_stacks_own_provider_takes_options_and_keeps_its_logical_ids(
    stack: Stack, declare: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    own = PartnerCentralProvider(
        stack,
        PartnerCentralProvider.DEFAULT_ID,
        log_retention=logs.RetentionDays.ONE_WEEK,
        memory_size=512,
        tracing=lambda_.Tracing.ACTIVE,
    )
    context = declare(stack, "Acme")

    template = template_of(stack)

    ((function_id, function),) = of_type(template, "AWS::Lambda::Function").items()
    assert PartnerCentralProvider.get_or_create(context) is own
    assert function_id == FUNCTION
    assert function["Properties"]["MemorySize"] == 512
    assert function["Properties"]["TracingConfig"] == {"Mode": "Active"}
    assert only(template, "AWS::Logs::LogGroup")["Properties"] == {"RetentionInDays": 7}
    assert only(template, CONTEXT)["Properties"]["ServiceToken"] == {"Fn::GetAtt": [FUNCTION, "Arn"]}


def test_options_for_a_provider_that_exists_already_are_refused(stack: Stack, declare: Any) -> None:
    declare(stack, "Acme")

    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(stack, PartnerCentralProvider.DEFAULT_ID, memory_size=512)

    assert str(raised.value).splitlines() == [
        "This provider cannot be made:",
        "- id: Deals has its provider already; give its options before the first context is declared",
    ]


def test_every_option_that_would_be_ignored_and_every_number_out_of_range_is_told_at_once(
    stack: Stack, vpc: ec2.Vpc, deploying_role: iam.Role
) -> None:
    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(
            stack,
            "Own",
            log_group=logs.LogGroup(stack, "Logs"),
            log_group_encryption_key=kms.Key(stack, "Key"),
            log_retention=logs.RetentionDays.ONE_DAY,
            memory_size=64,
            permissions_boundary=iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess"),
            role=deploying_role,
            security_groups=[ec2.SecurityGroup(stack, "Group", vpc=vpc)],
            timeout=Duration.minutes(16),
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )

    assert str(raised.value).splitlines() == [
        "This provider cannot be made:",
        "- timeout: a Duration of 3 to 15 minutes in whole seconds, got 960 seconds",
        "- memory_size: an integer of 128 to 10240 MB, got 64",
        "- security_groups: only together with vpc",
        "- vpc_subnets: only together with vpc",
        "- log_group_encryption_key: not together with log_group",
        "- log_retention: not together with log_group",
        "- permissions_boundary: not together with role",
    ]
    assert stack.node.try_find_child("Own") is None


@pytest.mark.parametrize(("timeout", "waits"), [(None, 3000), (Duration.minutes(15), 3000), (Duration.minutes(3), 840)])
def test_lambda_may_run_three_times_before_cloudformation_gives_up(
    timeout: Duration | None, waits: int, stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    """Three runs, with pauses of one and two minutes, and two minutes to spare."""
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", timeout=timeout))

    template = template_of(stack)

    runs = 3 * only(template, "AWS::Lambda::Function")["Properties"]["Timeout"]
    invocation = only(template, "AWS::Lambda::EventInvokeConfig")["Properties"]
    assert only(template, CONTEXT)["Properties"]["ServiceTimeout"] == str(waits)
    assert invocation["MaximumEventAgeInSeconds"] == waits == runs + 180 + 120
    assert invocation["MaximumRetryAttempts"] == 2


@pytest.mark.parametrize("timeout", [Duration.seconds(179), Duration.seconds(901), "a token"])
def test_a_timeout_in_which_the_function_could_not_finish_is_refused(stack: Stack, timeout: Any) -> None:
    if timeout == "a token":
        timeout = Duration.minutes(CfnParameter(stack, "Minutes", type="Number").value_as_number)

    with pytest.raises(ValueError, match="timeout: a Duration of 3 to 15 minutes"):
        PartnerCentralProvider(stack, "Own", timeout=timeout)


def test_a_log_group_of_ones_own(
    stack: Stack, declare: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    given = logs.LogGroup(stack, "Given", retention=logs.RetentionDays.ONE_YEAR)
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", log_group=given))

    template = template_of(stack)

    ((name, group),) = of_type(template, "AWS::Logs::LogGroup").items()
    assert group["Properties"] == {"RetentionInDays": 365}
    assert only(template, "AWS::Lambda::Function")["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": name}}
    assert statements_of(only(template, "AWS::IAM::Policy"))[0]["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


def test_keys_for_the_log_group_and_the_environment(
    stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    key = kms.Key(stack, "Key")
    own = PartnerCentralProvider(stack, "Own", environment_encryption=key, log_group_encryption_key=key)
    declare(stack, "Acme", provider=own)

    template = template_of(stack)

    arn = stack.resolve(key.key_arn)
    of_this_account = [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":logs:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
    ]
    assert only(template, "AWS::Lambda::Function")["Properties"]["KmsKeyArn"] == arn
    assert only(template, "AWS::Logs::LogGroup")["Properties"] == {"KmsKeyId": arn, "RetentionInDays": 90}
    assert only(template, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"][1] == {
        "Effect": "Allow",
        "Principal": {"Service": {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": {"Fn::Join": ["", [*of_this_account, ":*"]]}}},
    }


def test_a_vpc_with_subnets_and_security_groups(
    stack: Stack, vpc: ec2.Vpc, declare: Any, allowing: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
    own = PartnerCentralProvider(stack, "Own", vpc=vpc, vpc_subnets=subnets, security_groups=[group])
    declare(stack, "Acme", provider=own)

    template = template_of(stack)

    function = only(template, "AWS::Lambda::Function")
    ((policy_id, policy),) = of_type(template, "AWS::IAM::Policy").items()
    assert function["Properties"]["VpcConfig"] == {
        "SubnetIds": [stack.resolve(each.subnet_id) for each in vpc.private_subnets],
        "SecurityGroupIds": [stack.resolve(group.security_group_id)],
    }
    assert statements_of(policy)[1:] == [allowing("Sandbox", ENGAGEMENT), NETWORK]
    # Lambda refuses to make a function in a VPC whose role may not make network interfaces.
    assert policy_id in function["DependsOn"]
    assert "ManagedPolicyArns" not in only(template, "AWS::IAM::Role")["Properties"]


def test_two_providers_with_different_options_work_side_by_side(
    stack: Stack, declare: Any, allowing: Any, template_of: Template, of_type: OfType
) -> None:
    quick = PartnerCentralProvider(stack, "Quick", timeout=Duration.minutes(3), memory_size=512)
    traced = PartnerCentralProvider(stack, "Traced", tracing=lambda_.Tracing.ACTIVE)
    declare(stack, "One", "eng-00000000000000", provider=quick)
    declare(stack, "Two", "eng-11111111111111", provider=traced)
    declare(stack, "Three", "eng-22222222222222")

    template = template_of(stack)

    contexts = of_type(template, CONTEXT).values()
    tokens = [each["Properties"]["ServiceToken"]["Fn::GetAtt"][0] for each in contexts]
    functions = [template["Resources"][each]["Properties"] for each in tokens]
    assert tokens == [
        *(stack.resolve(each.function.function_arn)["Fn::GetAtt"][0] for each in (quick, traced)),
        FUNCTION,
    ]
    assert [each["Properties"]["ServiceTimeout"] for each in contexts] == ["840", "3000", "3000"]
    assert [each["MemorySize"] for each in functions] == [512, 256, 256]
    assert ["TracingConfig" in each for each in functions] == [False, True, False]
    engagement_of = {
        policy["Properties"]["Roles"][0]["Ref"]: statements_of(policy)[1]
        for policy in of_type(template, "AWS::IAM::Policy").values()
        if policy["Properties"]["PolicyName"] == "EngagementContexts"
    }
    roles = [each["Role"]["Fn::GetAtt"][0] for each in functions]
    engagements = ["eng-00000000000000", "eng-11111111111111", "eng-22222222222222"]
    assert [engagement_of[role] for role in roles] == [allowing("Sandbox", each) for each in engagements]
