"""The options of a provider: what each does to the template, and the combinations and values that are errors."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match

from cdk_partnercentral import PartnerCentralProvider
from cdk_partnercentral._iam import NETWORK_ACTIONS
from cdk_partnercentral._validation.provider_options import DISCARDING_LEVELS, KINDS, RANGES
from tests.cdk_partnercentral.known_ids import FUNCTION

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ROLE_ARN = "arn:aws:iam::111122223333:role/deals"
STACK_ACTIONS = ["cloudformation:GetTemplate", "cloudformation:ListStackResources"]
OWN_STACK = {"Effect": "Allow", "Action": STACK_ACTIONS, "Resource": {"Ref": "AWS::StackId"}}
NETWORK = {"Effect": "Allow", "Action": list(NETWORK_ACTIONS), "Resource": "*"}


@pytest.fixture
def vpc(stack: Stack) -> ec2.Vpc:
    return ec2.Vpc(stack, "Network", max_azs=1, restrict_default_security_group=False)


@pytest.fixture
def given_role(stack: Stack) -> iam.Role:
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def statements_of(policy: Json) -> list[Json]:
    found: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def test_options_without_effect_and_numbers_out_of_range_are_in_one_error(
    stack: Stack, vpc: ec2.Vpc, given_role: iam.Role
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
            role=given_role,
            security_groups=[ec2.SecurityGroup(stack, "Group", vpc=vpc)],
            timeout=Duration.minutes(16),
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )

    assert str(raised.value).splitlines() == [
        "The provider Deals/Own cannot be created:",
        "- timeout: must be a Duration of 3 to 15 minutes, in whole seconds; got 960 seconds",
        "- memory_size: must be an integer from 128 to 10240, in MB; got 64",
        "- security_groups: has no effect without vpc; set vpc too, or remove security_groups",
        "- vpc_subnets: has no effect without vpc; set vpc too, or remove vpc_subnets",
        "- log_group_encryption_key: has no effect with log_group; remove one of the two options",
        "- log_retention: has no effect with log_group; remove one of the two options",
        "- permissions_boundary: has no effect with role; remove one of the two options",
    ]
    assert stack.node.try_find_child("Own") is None


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("environment_encryption", "arn", "must be a KMS key; for an ARN, use aws_kms.Key.from_key_arn; got str"),
        (
            "log_group",
            "/deals",
            (
                "must be a log group; for a name or an ARN, use from_log_group_name or from_log_group_arn of "
                "aws_logs.LogGroup; got str"
            ),
        ),
        ("log_group_encryption_key", "arn", "must be a KMS key; for an ARN, use aws_kms.Key.from_key_arn; got str"),
        ("log_level", "WARN", "must be an aws_lambda.ApplicationLogLevel, such as WARN; got str"),
        (
            "log_level",
            lambda_.ApplicationLogLevel.ERROR,
            "must be TRACE, DEBUG, INFO or WARN, because the provider's metrics count WARN and ERROR lines; got ERROR",
        ),
        (
            "log_level",
            lambda_.ApplicationLogLevel.FATAL,
            "must be TRACE, DEBUG, INFO or WARN, because the provider's metrics count WARN and ERROR lines; got FATAL",
        ),
        (
            "on_failure",
            "arn",
            "must be a Lambda destination, such as an aws_lambda_destinations.SqsDestination(queue); got str",
        ),
        ("description", 5, "must be a string of up to 256 characters; got int"),
        ("description", None, "must be a string of up to 256 characters; got None"),
        ("description", "x" * 257, "must have up to 256 characters; got 257"),
        ("reserved_concurrent_executions", 0, "must be an integer of at least 1; got 0"),
        ("reserved_concurrent_executions", 1.5, "must be an integer of at least 1; got 1.5"),
        ("reserved_concurrent_executions", True, "must be an integer of at least 1; got bool"),
        ("reserved_concurrent_executions", "1", "must be an integer of at least 1; got str"),
        ("log_retention", 30, "must be an aws_logs.RetentionDays, such as ONE_MONTH; got int"),
        (
            "permissions_boundary",
            "arn",
            (
                "must be a managed policy; for a name or an ARN, use from_managed_policy_name or from_managed_policy_arn of "
                "aws_iam.ManagedPolicy; got str"
            ),
        ),
        (
            "role",
            ROLE_ARN,
            "must be a role; for a name or an ARN, use from_role_name or from_role_arn of aws_iam.Role; got str",
        ),
        ("tracing", True, "must be an aws_lambda.Tracing, such as ACTIVE; got bool"),
        ("vpc", "vpc-1", "must be a VPC; for an ID, use aws_ec2.Vpc.from_lookup; got str"),
    ],
)
@pytest.mark.parametrize("configures", [True, False])
def test_an_option_of_the_wrong_kind_is_reported_with_how_to_get_the_right_one(
    option: str, value: Any, problem: str, configures: bool, stack: Stack
) -> None:
    scope = [stack] if configures else [stack, "Own"]
    use_options: Any = PartnerCentralProvider.configure if configures else PartnerCentralProvider

    with pytest.raises(ValueError) as raised:
        use_options(*scope, **{option: value})

    assert str(raised.value).splitlines()[1:] == [f"- {option}: {problem}"]


def test_every_option_is_checked() -> None:
    options = set(inspect.signature(PartnerCentralProvider).parameters) - {"scope", "id"}

    assert options == {*KINDS, *RANGES}


@pytest.mark.parametrize("groups", ["sg-1", ["sg-1"], "one"])
def test_security_groups_must_be_a_list_of_them(groups: Any, stack: Stack, vpc: ec2.Vpc) -> None:
    if groups == "one":
        groups = ec2.SecurityGroup(stack, "Group", vpc=vpc)

    with pytest.raises(ValueError, match="- security_groups: must be a list of security groups"):
        PartnerCentralProvider(stack, "Own", vpc=vpc, security_groups=groups)


def test_imported_objects_and_subnets_as_a_mapping_are_accepted(stack: Stack) -> None:
    PartnerCentralProvider(
        stack,
        "Own",
        environment_encryption=kms.Key.from_key_arn(stack, "K", "arn:aws:kms:us-east-1:111122223333:key/example"),
        log_group=logs.LogGroup.from_log_group_name(stack, "L", "deals"),
        role=iam.Role.from_role_arn(stack, "R", ROLE_ARN),
        vpc=ec2.Vpc.from_vpc_attributes(
            stack, "V", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["s-1"]
        ),
        vpc_subnets={"subnet_type": ec2.SubnetType.PRIVATE_WITH_EGRESS},  # type: ignore[arg-type]  # jsii accepts it
        security_groups=[ec2.SecurityGroup.from_security_group_id(stack, "G", "sg-1")],
    )


@pytest.mark.parametrize(
    ("timeout", "waits", "latest"),
    [(None, 50, 34), (Duration.minutes(15), 50, 34), (Duration.minutes(3), 14, 10)],
)
def test_lambda_can_run_three_times_and_not_after_cloudformation_times_out(
    timeout: Duration | None, waits: int, latest: int, stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    """Three runs, pauses of one and two minutes, and a reserve of two minutes. All numbers are minutes."""
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", timeout=timeout))

    template = template_of(stack)

    run = only(template, "AWS::Lambda::Function")["Properties"]["Timeout"]
    invocation = only(template, "AWS::Lambda::EventInvokeConfig")["Properties"]
    assert only(template, CONTEXT)["Properties"]["ServiceTimeout"] == str(waits * 60)
    assert waits * 60 == 3 * run + 180 + 120
    age = invocation["MaximumEventAgeInSeconds"]
    assert age == latest * 60
    # The third run can start, and a run that starts as late as possible ends before CloudFormation stops waiting.
    assert 2 * run + 180 < age
    assert age + run < waits * 60
    assert invocation["MaximumRetryAttempts"] == 2


@pytest.mark.parametrize("timeout", [Duration.seconds(179), Duration.seconds(901), "a token"])
def test_a_timeout_out_of_range_is_reported(stack: Stack, timeout: Any) -> None:
    if timeout == "a token":
        timeout = Duration.minutes(CfnParameter(stack, "Minutes", type="Number").value_as_number)

    with pytest.raises(ValueError, match="timeout: must be a Duration of 3 to 15 minutes"):
        PartnerCentralProvider(stack, "Own", timeout=timeout)


def test_the_function_writes_to_a_given_log_group(
    stack: Stack, declare: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    given = logs.LogGroup(stack, "Given", retention=logs.RetentionDays.ONE_YEAR)
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", log_group=given))

    template = template_of(stack)

    ((name, group),) = of_type(template, "AWS::Logs::LogGroup").items()
    assert group["Properties"] == {"RetentionInDays": 365}
    assert only(template, "AWS::Lambda::Function")["Properties"]["LoggingConfig"]["LogGroup"] == {"Ref": name}
    assert statements_of(only(template, "AWS::IAM::Policy"))[0]["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


@pytest.mark.parametrize(
    "level", [None, *(each for each in lambda_.ApplicationLogLevel if each not in DISCARDING_LEVELS)]
)
def test_lambda_filters_the_log_by_the_given_level_and_by_info_without_one(
    level: lambda_.ApplicationLogLevel | None, stack: Stack, template_of: Template, only: Only
) -> None:
    PartnerCentralProvider(stack, "Own", log_level=level)

    config = only(template_of(stack), "AWS::Lambda::Function")["Properties"]["LoggingConfig"]

    # CloudFormation accepts ApplicationLogLevel only with the format JSON.
    assert (config["ApplicationLogLevel"], config["LogFormat"]) == (level.value if level else "INFO", "JSON")


def test_keys_encrypt_the_log_group_and_the_environment(
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


def test_the_function_runs_in_a_vpc_with_subnets_and_security_groups(
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
    assert statements_of(policy)[1:] == [allowing("Sandbox", ENGAGEMENT), OWN_STACK, NETWORK]
    # Lambda rejects a function in a VPC if its role cannot create network interfaces.
    assert policy_id in function["DependsOn"]
    assert "ManagedPolicyArns" not in only(template, "AWS::IAM::Role")["Properties"]


def subnet_warnings(stack: Stack) -> list[str]:
    messages = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("isolatedSubnets"))
    assert {each.id for each in messages} <= {"/Deals/Own"}
    return [str(each.entry.data) for each in messages]


def three_tiers(stack: Stack) -> ec2.Vpc:
    types = [ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS, ec2.SubnetType.PRIVATE_ISOLATED]
    tiers = [ec2.SubnetConfiguration(name=each.name.title(), subnet_type=each) for each in types]
    return ec2.Vpc(stack, "Tiers", max_azs=2, subnet_configuration=tiers)


ISOLATED = ec2.SubnetType.PRIVATE_ISOLATED


PUBLIC_SUBNETS = (
    "- vpc_subnets: must not select public subnets, because a function in a public subnet cannot connect to the internet; "
    "select private subnets with a route to a NAT gateway (SubnetType.PRIVATE_WITH_EGRESS)"
)


@pytest.mark.parametrize(
    "selection",
    [
        ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        {"subnet_type": ec2.SubnetType.PUBLIC},
        {"subnet_group_name": "Public", "one_per_az": True},
        "listed",
    ],
)
@pytest.mark.parametrize("configures", [True, False])
def test_public_subnets_are_an_error_that_names_only_options_of_the_provider(
    selection: Any, configures: bool, stack: Stack
) -> None:
    vpc = three_tiers(stack)
    if selection == "listed":
        selection = ec2.SubnetSelection(subnets=vpc.public_subnets)
    given: Any = PartnerCentralProvider.configure if configures else PartnerCentralProvider

    with pytest.raises(ValueError) as raised:
        given(*([stack] if configures else [stack, "Own"]), vpc=vpc, vpc_subnets=selection)

    assert str(raised.value).splitlines()[1:] == [PUBLIC_SUBNETS]


def test_the_default_subnets_of_a_vpc_with_only_public_subnets_are_an_error(stack: Stack) -> None:
    tier = ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)
    vpc = ec2.Vpc(stack, "Public", subnet_configuration=[tier])

    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(stack, "Own", vpc=vpc)

    assert str(raised.value).splitlines()[1:] == [PUBLIC_SUBNETS]


@pytest.mark.parametrize(
    "selection",
    [ec2.SubnetSelection(subnet_type=ISOLATED), {"subnet_type": ISOLATED}, {"subnet_group_name": "Private_Isolated"}],
)
def test_isolated_subnets_are_a_warning_that_names_them_and_the_ways_out(selection: Any, stack: Stack) -> None:
    PartnerCentralProvider(stack, "Own", vpc=three_tiers(stack), vpc_subnets=selection)

    (text,) = subnet_warnings(stack)

    assert "Deals/Tiers/Private_IsolatedSubnet1, Deals/Tiers/Private_IsolatedSubnet2" in text
    for part in ("NAT gateway", "proxy", "hangs", "[ack: cdk-partnercentral:isolatedSubnets]"):
        assert part in text


def test_isolated_subnets_that_the_cdk_selects_by_default_are_a_warning(stack: Stack) -> None:
    isolated = ec2.SubnetConfiguration(name="Only", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(stack, "Closed", max_azs=1, subnet_configuration=[isolated])

    PartnerCentralProvider(stack, "Own", vpc=vpc)

    (text,) = subnet_warnings(stack)
    assert "Deals/Closed/OnlySubnet1" in text


def test_one_isolated_subnet_of_several_is_a_warning(stack: Stack) -> None:
    vpc = three_tiers(stack)
    subnets = [vpc.private_subnets[0], vpc.isolated_subnets[0]]

    PartnerCentralProvider(stack, "Own", vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnets=subnets))

    (text,) = subnet_warnings(stack)
    assert "Private_IsolatedSubnet1" in text
    assert "Private_With_EgressSubnet1" not in text


def test_isolated_subnets_of_an_imported_vpc_are_a_warning(stack: Stack) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Imported", vpc_id="vpc-1", availability_zones=["a"], isolated_subnet_ids=["subnet-0example"]
    )

    PartnerCentralProvider(stack, "Own", vpc=vpc)

    (text,) = subnet_warnings(stack)
    assert "Deals/Imported/IsolatedSubnet1" in text


def test_subnets_with_a_route_out_have_no_warning(stack: Stack) -> None:
    vpc = three_tiers(stack)
    routed = vpc.isolated_subnets[0]
    assert isinstance(routed, ec2.PrivateSubnet)
    routed.add_route("Transit", router_id="tgw-0example", router_type=ec2.RouterType.TRANSIT_GATEWAY)
    for number, selection in enumerate(
        [None, {"subnet_type": ec2.SubnetType.PRIVATE_WITH_EGRESS}, {"subnets": [routed]}]
    ):
        PartnerCentralProvider(stack, f"Own{number}", vpc=vpc, vpc_subnets=selection)  # type: ignore[arg-type]

    assert subnet_warnings(stack) == []


def test_the_dummy_vpc_of_a_lookup_has_no_warning(app: App) -> None:
    stack = Stack(app, "Deals", env={"account": "444455556666", "region": "us-east-1"})

    PartnerCentralProvider(stack, "Own", vpc=ec2.Vpc.from_lookup(stack, "Network", vpc_name="deals"))

    assert subnet_warnings(stack) == []


def test_providers_with_different_options_coexist_in_a_stack(
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
        if policy["Properties"]["PolicyName"] == "PartnerCentral"
    }
    roles = [each["Role"]["Fn::GetAtt"][0] for each in functions]
    engagements = ["eng-00000000000000", "eng-11111111111111", "eng-22222222222222"]
    assert [engagement_of[role] for role in roles] == [allowing("Sandbox", each) for each in engagements]


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ({"memory_size": None}, "memory_size: must be an integer from 128 to 10240, in MB; got None"),
        ({"memory_size": "256"}, "memory_size: must be an integer from 128 to 10240, in MB; got str"),
        ({"memory_size": True}, "memory_size: must be an integer from 128 to 10240, in MB; got bool"),
        ({"memory_size": 256.5}, "memory_size: must be an integer from 128 to 10240, in MB; got 256.5"),
        ({"memory_size": float("nan")}, "memory_size: must be an integer from 128 to 10240, in MB; got nan"),
        ({"timeout": 900}, "timeout: must be a Duration of 3 to 15 minutes; got int"),
        ({"timeout": 0}, "timeout: must be a Duration of 3 to 15 minutes; got int"),
        (
            {"timeout": Duration.seconds(180.5)},
            "timeout: must be a Duration of 3 to 15 minutes, in whole seconds; got 180.5 seconds",
        ),
        (
            {"timeout": Duration.millis(180_500)},
            "timeout: must be a Duration of 3 to 15 minutes, in whole seconds; got 180.5 seconds",
        ),
    ],
)
def test_an_option_of_another_kind_is_reported(option: Json, problem: str, stack: Stack) -> None:
    with pytest.raises(ValueError) as raised:
        PartnerCentralProvider(stack, "Own", **option)

    assert str(raised.value).splitlines() == ["The provider Deals/Own cannot be created:", f"- {problem}"]
    assert stack.node.children == []


def test_the_memory_can_be_a_token(stack: Stack, template_of: Template, only: Only) -> None:
    memory = CfnParameter(stack, "Memory", type="Number").value_as_number

    PartnerCentralProvider(stack, "Own", memory_size=memory)  # type: ignore[arg-type]

    assert only(template_of(stack), "AWS::Lambda::Function")["Properties"]["MemorySize"] == {"Ref": "Memory"}


def annotated(stack: Stack) -> list[str]:
    """The texts of the library's own annotations in a stack."""
    messages = Annotations.from_stack(stack).find_info("*", Match.any_value())
    return [str(each.entry.data) for each in messages if "cdk-partnercentral:" in str(each.entry.data)]


def test_a_permissions_boundary_applies_to_the_role(
    stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary")
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", permissions_boundary=boundary))

    role = only(template_of(stack), "AWS::IAM::Role")

    assert role["Properties"]["PermissionsBoundary"] == stack.resolve(boundary.managed_policy_arn)


def test_the_policy_is_attached_to_a_given_role(
    stack: Stack, given_role: iam.Role, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    own = PartnerCentralProvider(stack, "Own", role=given_role)
    context = declare(stack, "Acme", provider=own)
    declare(stack, "Later", "eng-11111111111111", provider=own)

    template = template_of(stack)

    policy = only(template, "AWS::IAM::Policy")
    given = stack.resolve(given_role.role_name)
    assert only(template, "AWS::Lambda::Function")["Properties"]["Role"] == stack.resolve(given_role.role_arn)
    assert (policy["Properties"]["PolicyName"], policy["Properties"]["Roles"]) == ("DealsOwnC1E99B7D", [given])
    assert statements_of(policy)[1:] == [allowing("Sandbox", ENGAGEMENT, "eng-11111111111111"), OWN_STACK]
    assert statements_of(policy)[0]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statements_of(policy)[0]["Resource"] == stack.resolve(
        own.node.find_child("LogGroup").log_group_arn  # type: ignore[attr-defined]
    )
    resource = template["Resources"][stack.resolve(context.node.default_child.logical_id)]
    (policy_id,) = (name for name, each in template["Resources"].items() if each is policy)
    assert policy_id in resource["DependsOn"]
    assert annotated(stack) == []


def test_two_providers_attach_two_policies_to_one_role(
    app: App, stack: Stack, declare: Any, template_of: Template, of_type: OfType
) -> None:
    """A second inline policy with the same name would overwrite the first one."""
    elsewhere = Stack(app, "Elsewhere")
    for number, each in enumerate([stack, elsewhere]):
        role = iam.Role.from_role_arn(each, "Role", ROLE_ARN)
        for name in ["One", "Two"]:
            provider = PartnerCentralProvider(each, name, role=role)
            declare(each, f"Deal{name}", f"eng-{number:014}", provider=provider, adopt_existing=False)

    policies = [of_type(template_of(each), "AWS::IAM::Policy") for each in (stack, elsewhere)]

    properties = [each["Properties"] for found in policies for each in found.values()]
    assert len({each["PolicyName"] for each in properties}) == 4
    assert [each["Roles"] for each in properties] == [["deals"]] * 4


@pytest.mark.parametrize("in_vpc", [False, True])
def test_an_immutable_role_is_not_changed_and_an_annotation_lists_its_permissions(
    stack: Stack, vpc: ec2.Vpc, in_vpc: bool, declare: Any, template_of: Template, of_type: OfType
) -> None:
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN, mutable=False)
    own = PartnerCentralProvider(stack, "Own", role=role, vpc=vpc if in_vpc else None)
    declare(stack, "Acme", provider=own)

    template = template_of(stack)

    (text,) = annotated(stack)
    assert not of_type(template, "AWS::IAM::Policy")
    assert ("ec2:CreateNetworkInterface" in text) is in_vpc
    for needed in [
        "partnercentral:GetEngagement, partnercentral:UpdateEngagementContext on the declared engagements",
        "partnercentral:CreateEngagementContext on the engagements with a context that has no existing_context_id",
        "logs:CreateLogStream, logs:PutLogEvents",
        "cloudformation:GetTemplate, cloudformation:ListStackResources on the function's stack",
        "lambda.amazonaws.com",
    ]:
        assert needed in text


def test_a_role_of_another_account_is_not_changed(app: App, declare: Any) -> None:
    stack = Stack(app, "Deals", env={"account": "444455556666", "region": "us-east-1"})
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)

    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", role=role))

    (text,) = annotated(stack)
    assert "the given role is imported" in text.lower()


def test_description_and_concurrency_are_those_of_the_function(
    stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    PartnerCentralProvider.configure(stack, description="Deals", reserved_concurrent_executions=5)
    declare(stack, "Acme")

    function = only(template_of(stack), "AWS::Lambda::Function")["Properties"]

    assert (function["Description"], function["ReservedConcurrentExecutions"]) == ("Deals", 5)


def test_the_concurrency_can_be_a_token(stack: Stack, template_of: Template, only: Only) -> None:
    token: Any = CfnParameter(stack, "Runs", type="Number").value_as_number

    PartnerCentralProvider(stack, "Own", reserved_concurrent_executions=token)

    function = only(template_of(stack), "AWS::Lambda::Function")["Properties"]
    assert function["ReservedConcurrentExecutions"] == {"Ref": "Runs"}


def test_a_queue_is_not_a_destination(stack: Stack) -> None:
    queue: Any = sqs.Queue(stack, "Failures")

    with pytest.raises(ValueError, match=r"on_failure: must be .*SqsDestination\(queue\); got Queue"):
        PartnerCentralProvider.configure(stack, on_failure=queue)


FIFO_ARN = "arn:aws:sqs:us-east-1:111122223333:deals.fifo"
STANDARD = "on_failure: must be a standard queue or a standard topic"


def fifo_destinations(app: App, stack: Stack) -> dict[str, Any]:
    elsewhere = Stack(app, "Elsewhere")
    queues = {
        "queue": sqs.Queue(stack, "Queue", fifo=True),
        "named queue": sqs.Queue(stack, "Named", queue_name="named.fifo"),
        "queue of another stack": sqs.Queue(elsewhere, "Queue", fifo=True),
        "imported queue": sqs.Queue.from_queue_arn(stack, "ImportedQueue", FIFO_ARN),
    }
    topics = {
        "topic": sns.Topic(stack, "Topic", fifo=True),
        "imported topic": sns.Topic.from_topic_arn(stack, "ImportedTopic", FIFO_ARN.replace("sqs", "sns")),
    }
    return {
        **{name: destinations.SqsDestination(queue) for name, queue in queues.items()},
        **{name: destinations.SnsDestination(topic) for name, topic in topics.items()},
    }


@pytest.mark.parametrize(
    "name",
    ["queue", "named queue", "queue of another stack", "imported queue", "topic", "imported topic"],
)
def test_a_fifo_destination_is_an_error(name: str, app: App, stack: Stack) -> None:
    """Lambda cannot send events to it: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html."""
    with pytest.raises(ValueError, match=STANDARD):
        PartnerCentralProvider(stack, "Own", on_failure=fifo_destinations(app, stack)[name])


def test_other_destinations_are_no_error(stack: Stack) -> None:
    others: list[Any] = [
        destinations.SqsDestination(sqs.Queue(stack, "Queue")),
        destinations.SnsDestination(sns.Topic(stack, "Topic")),
        destinations.S3Destination(s3.Bucket(stack, "Bucket")),
        destinations.EventBridgeDestination(),
        destinations.SqsDestination(sqs.Queue.from_queue_arn(stack, "Imported", FIFO_ARN.removesuffix(".fifo"))),
    ]
    for number, each in enumerate(others):
        PartnerCentralProvider(stack, f"Provider{number}", on_failure=each)


@pytest.mark.parametrize("own_role", [True, False])
def test_a_destination_of_failures_is_in_the_only_configuration(
    own_role: bool, stack: Stack, given_role: iam.Role, declare: Any, template_of: Template, only: Only, of_type: OfType
) -> None:
    queue = sqs.Queue(stack, "Failures")
    role = None if own_role else given_role
    own = PartnerCentralProvider(stack, "Own", on_failure=destinations.SqsDestination(queue), role=role)
    declare(stack, "Acme", provider=own)

    template = template_of(stack)

    ((configuration_id, configuration),) = of_type(template, "AWS::Lambda::EventInvokeConfig").items()
    arn = stack.resolve(queue.queue_arn)
    assert configuration["Properties"]["DestinationConfig"] == {"OnFailure": {"Destination": arn}}
    assert configuration["Properties"]["MaximumRetryAttempts"] == 2
    sends = [
        (name, statement)
        for name, policy in of_type(template, "AWS::IAM::Policy").items()
        for statement in statements_of(policy)
        if "sqs:SendMessage" in statement["Action"]
    ]
    ((policy_id, statement),) = sends
    assert statement["Resource"] == arn
    # Lambda rejects the configuration if the role cannot send to the queue yet. It waits for the function.
    function_id = configuration["Properties"]["FunctionName"]["Ref"]
    assert policy_id in template["Resources"][function_id]["DependsOn"]
    assert configuration_id in only(template, CONTEXT)["DependsOn"]


def test_every_configured_option_of_this_kind_reaches_the_provider(
    stack: Stack, declare: Any, template_of: Template, only: Only
) -> None:
    queue = sqs.Queue(stack, "Failures")
    PartnerCentralProvider.configure(stack, on_failure=destinations.SqsDestination(queue))
    declare(stack, "Acme")

    configuration = only(template_of(stack), "AWS::Lambda::EventInvokeConfig")["Properties"]

    assert configuration["DestinationConfig"]["OnFailure"]["Destination"] == stack.resolve(queue.queue_arn)
