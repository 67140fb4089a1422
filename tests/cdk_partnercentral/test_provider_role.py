"""The role of a provider: with a boundary, or one of the user's own, which gets the policy unless it cannot be changed."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match

from cdk_partnercentral import PartnerCentralProvider

Json = dict[str, Any]
Template = Callable[[Stack], Json]
OfType = Callable[[Json, str], dict[str, Json]]
Only = Callable[[Json, str], Json]

ENGAGEMENT = "eng-0123456789abcd"
ROLE_ARN = "arn:aws:iam::111122223333:role/deals"


@pytest.fixture
def vpc(stack: Stack) -> ec2.Vpc:
    return ec2.Vpc(stack, "Network", max_azs=1, restrict_default_security_group=False)


@pytest.fixture
def deploying_role(stack: Stack) -> iam.Role:
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def statements_of(policy: Json) -> list[Json]:
    found: list[Json] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def told(stack: Stack) -> list[str]:
    """The texts of the library's own annotations in a stack."""
    messages = Annotations.from_stack(stack).find_info("*", Match.any_value())
    return [str(each.entry.data) for each in messages if "cdk-partnercentral:" in str(each.entry.data)]


def test_a_permissions_boundary_is_on_the_role(stack: Stack, declare: Any, template_of: Template, only: Only) -> None:
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "most-that-may-be")
    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", permissions_boundary=boundary))

    role = only(template_of(stack), "AWS::IAM::Role")

    assert role["Properties"]["PermissionsBoundary"] == stack.resolve(boundary.managed_policy_arn)


def test_a_role_of_ones_own_gets_the_policy(
    stack: Stack, deploying_role: iam.Role, declare: Any, allowing: Any, template_of: Template, only: Only
) -> None:
    own = PartnerCentralProvider(stack, "Own", role=deploying_role)
    context = declare(stack, "Acme", provider=own)
    declare(stack, "Later", "eng-11111111111111", provider=own)

    template = template_of(stack)

    policy = only(template, "AWS::IAM::Policy")
    given = stack.resolve(deploying_role.role_name)
    assert only(template, "AWS::Lambda::Function")["Properties"]["Role"] == stack.resolve(deploying_role.role_arn)
    assert (policy["Properties"]["PolicyName"], policy["Properties"]["Roles"]) == ("DealsOwnC1E99B7D", [given])
    assert statements_of(policy)[1:] == [allowing("Sandbox", ENGAGEMENT, "eng-11111111111111")]
    assert statements_of(policy)[0]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statements_of(policy)[0]["Resource"] == stack.resolve(
        own.node.find_child("LogGroup").log_group_arn  # type: ignore[attr-defined]
    )
    resource = template["Resources"][stack.resolve(context.node.default_child.logical_id)]
    (policy_id,) = (name for name, each in template["Resources"].items() if each is policy)
    assert policy_id in resource["DependsOn"]
    assert told(stack) == []


def test_one_role_for_two_providers_has_two_policies(
    app: App, stack: Stack, declare: Any, template_of: Template, of_type: OfType
) -> None:
    """Inline policies of one name on one role would be one, and the second stack would overwrite the first's."""
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
def test_a_role_that_cannot_be_changed_is_left_alone_with_an_annotation(
    stack: Stack, vpc: ec2.Vpc, in_vpc: bool, declare: Any, template_of: Template, of_type: OfType
) -> None:
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN, mutable=False)
    own = PartnerCentralProvider(stack, "Own", role=role, vpc=vpc if in_vpc else None)
    declare(stack, "Acme", provider=own)

    template = template_of(stack)

    (text,) = told(stack)
    assert not of_type(template, "AWS::IAM::Policy")
    assert ("ec2:CreateNetworkInterface" in text) is in_vpc
    for needed in [
        "partnercentral:CreateEngagementContext, partnercentral:GetEngagement, partnercentral:UpdateEngagementContext",
        "logs:CreateLogStream, logs:PutLogEvents",
        "lambda.amazonaws.com",
    ]:
        assert needed in text


def test_a_role_of_another_account_cannot_be_changed(app: App, declare: Any) -> None:
    stack = Stack(app, "Deals", env={"account": "444455556666", "region": "us-east-1"})
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN)

    declare(stack, "Acme", provider=PartnerCentralProvider(stack, "Own", role=role))

    (text,) = told(stack)
    assert "the given role is imported" in text.lower()
