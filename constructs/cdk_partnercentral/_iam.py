"""Create the IAM policy for the function's role, attach the policy, and grant permissions to other principals.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jsii
from aws_cdk import Annotations, CfnResource, IAnyProducer, IResolvable, IResolveContext, Lazy, Names, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._identifiers import engagement_arn
from cdk_partnercentral._tokens import is_unresolved

# Grants to other principals.
READ = ("partnercentral:GetEngagement",)
# UpdateEngagementContext requires the engagement's ModifiedAt, which only GetEngagement returns.
UPDATE = ("partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext")

# The function's own permissions.
FUNCTION_ACTIONS = (
    "partnercentral:CreateEngagementContext",
    "partnercentral:GetEngagement",
    "partnercentral:UpdateEngagementContext",
)
# Before the function adopts a context, it checks that no other resource in the same stack manages the context.
STACK_ACTIONS = ("cloudformation:GetTemplate", "cloudformation:ListStackResources")
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
# Lambda uses these permissions to attach the function to a VPC. Lambda rejects a role that does not allow all these actions on
# all resources:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)

POLICY_NAME = "PartnerCentral"
LONGEST_POLICY_NAME = 128
# IAM limits the inline policies of a role to 10,240 characters in total, not counting white space:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LARGEST_POLICY = 9_000

# The maximum length that is assumed for the value of a token. The longest value is the ARN of a log group, because a log group
# name can have 512 characters.
_TOKEN_LENGTH = 600
_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")


def grant(grantee: iam.IGrantable, actions: tuple[str, ...], *, catalog: str, arn: str) -> iam.Grant:
    """Grant actions on one engagement.

    Args:
        grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.
        actions: `READ` or `UPDATE`.
        catalog: The engagement's catalog. Can be a token.
        arn: The engagement's ARN. Can be a token.

    Returns:
        The grant.
    """
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=list(actions),
        resource_arns=[arn],
        conditions={"StringEquals": {"partnercentral:Catalog": catalog}},
    )


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy document, and the catalogs in which the policy allows every engagement.

    Attributes:
        document: The policy document, in IAM's JSON format.
        widened: The catalogs in which the policy allows every engagement, because a list of the declared engagements would
            exceed IAM's size limit.
    """

    document: dict[str, Any]
    widened: tuple[str, ...]


def policy(
    engagements: Mapping[str, Collection[str]], *, log_group_arn: str, stack_arn: str, in_vpc: bool = False
) -> Policy:
    """Return a policy that allows the declared engagements and does not exceed IAM's size limit.

    If the policy would be too long, the policy allows every engagement in the catalog that has the most declared engagements.
    If the policy is still too long, it also allows every engagement in the next largest catalog, and so on.

    Args:
        engagements: Maps each catalog to the ARNs of its declared engagements. An ARN with the ID `*` allows every engagement
            in the catalog.
        log_group_arn: The ARN of the function's log group, ending in `:*` as CloudFormation returns it. Can be a token.
        stack_arn: The ARN of the function's stack. Can be a token.
        in_vpc: Whether the function runs in a VPC.

    Returns:
        The policy. The order of the engagements does not change the result.
    """
    resources = {catalog: _minimal(catalog, arns) for catalog, arns in engagements.items()}
    widened: list[str] = []
    for catalog in sorted(_sorted(resources), key=lambda each: len(resources[each]), reverse=True):
        if policy_size(_document(resources, log_group_arn, stack_arn, in_vpc=in_vpc)) <= LARGEST_POLICY:
            break
        resources[catalog] = [engagement_arn(catalog, "*")]
        widened.append(catalog)
    return Policy(document=_document(resources, log_group_arn, stack_arn, in_vpc=in_vpc), widened=tuple(widened))


def policy_size(document: Mapping[str, Any]) -> int:
    """Return the number of characters that IAM counts in a policy document if every token has the maximum length."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len(_TOKEN.sub("x" * _TOKEN_LENGTH, text))


def _minimal(catalog: str, arns: Collection[str]) -> list[str]:
    every = engagement_arn(catalog, "*")
    return [every] if every in arns else _sorted(arns)


def _sorted(texts: Collection[str]) -> list[str]:
    # The number in a token depends on how many tokens the app created earlier. Ignore the number, so that tokens remain in the
    # order in which they were declared.
    return sorted(texts, key=lambda text: _TOKEN.sub("~", text))


def _document(
    resources: Mapping[str, list[str]], log_group_arn: str, stack_arn: str, *, in_vpc: bool
) -> dict[str, Any]:
    logs = {"Effect": "Allow", "Action": list(LOG_ACTIONS), "Resource": log_group_arn}
    stack = {"Effect": "Allow", "Action": list(STACK_ACTIONS), "Resource": stack_arn}
    network = {"Effect": "Allow", "Action": list(NETWORK_ACTIONS), "Resource": "*"}
    engagements = [
        {
            "Effect": "Allow",
            "Action": list(FUNCTION_ACTIONS),
            "Resource": resources[catalog],
            "Condition": {"StringEquals": {"partnercentral:Catalog": catalog}},
        }
        for catalog in _sorted(resources)
    ]
    return {"Version": "2012-10-17", "Statement": [logs, *engagements, stack, *([network] if in_vpc else [])]}


@jsii.implements(IAnyProducer)
class RolePolicyDocument:
    """The policy document of a provider's role. The CDK renders the document at synthesis, after all contexts are declared.

    Args:
        scope: The provider.
        log_group_arn: The ARN of the function's log group.
        in_vpc: Whether the function runs in a VPC.
    """

    def __init__(self, scope: Construct, *, log_group_arn: str, in_vpc: bool) -> None:
        self._scope = scope
        self._log_group_arn = log_group_arn
        self._stack_arn = Stack.of(scope).stack_id
        self.in_vpc = in_vpc
        # The keys of an inner dictionary are an ordered set of ARNs.
        self._engagements: dict[str, dict[str, None]] = {}
        self._annotated: set[str] = set()

    def allow(self, catalog: str, arn: str | None) -> None:
        """Allow the function's actions on an engagement, or on every engagement in the catalog if the ARN is None."""
        self._engagements.setdefault(catalog, {})[arn or engagement_arn(catalog, "*")] = None

    def token(self) -> IResolvable:
        """Return the document as a token."""
        return Lazy.uncached_any(self)

    def produce(self, context: IResolveContext) -> Any:  # noqa: ARG002 - required by IAnyProducer
        """Render the document. For each catalog in which it allows every engagement, add an annotation to the provider."""
        rendered = policy(
            self._engagements, log_group_arn=self._log_group_arn, stack_arn=self._stack_arn, in_vpc=self.in_vpc
        )
        for catalog in rendered.widened:
            self._annotate(catalog)
        return rendered.document

    def _annotate(self, catalog: str) -> None:
        # The CDK resolves the template several times, so skip a catalog that already has an annotation.
        if catalog in self._annotated:
            return
        self._annotated.add(catalog)
        name = "a catalog that is a token" if is_unresolved(catalog) else f"catalog {catalog}"
        Annotations.of(self._scope).add_info_v2(
            "cdk-partnercentral:policyWidened",
            f"A list of the {len(self._engagements[catalog])} engagements in {name} would exceed the size limit of a role's "
            "inline policies. So the function's role can create, update and read contexts in every engagement of the catalog. "
            "To restrict the role to the declared engagements, split the engagements across several stacks.",
        )


def own_role_policy(scope: Construct, role: iam.IRole, document: RolePolicyDocument) -> CfnResource:
    """Return the inline policy for the provider's own role.

    Args:
        scope: The provider.
        role: The role.
        document: The policy document.

    Returns:
        The policy resource.
    """
    # Do not use the role's default policy. If the default policy is large, the CDK moves its statements into managed policies,
    # which have a lower size limit.
    return iam.CfnPolicy(
        scope, "Policy", policy_name=POLICY_NAME, roles=[role.role_name], policy_document=document.token()
    )


def given_role_policy(scope: Construct, role: iam.IRole, document: RolePolicyDocument) -> CfnResource:
    """Attach an inline policy to a role that the user passed.

    If the app cannot change the role, an annotation lists the permissions that the role needs.

    Args:
        scope: The provider.
        role: The role.
        document: The policy document.

    Returns:
        The policy resource. The template contains the resource only if the policy could be attached.
    """
    # The CDK has no property that shows whether an app can change a role, so attach a policy and check the result.
    attached = iam.Policy(
        scope,
        "GivenRolePolicy",
        # Several providers can share a role, and a second policy with the same name would overwrite the first policy.
        policy_name=Names.unique_resource_name(scope, max_length=LONGEST_POLICY_NAME),
        statements=[iam.PolicyStatement(actions=list(LOG_ACTIONS), resources=["*"])],
    )
    role.attach_inline_policy(attached)
    resource = attached.node.default_child
    if not isinstance(resource, iam.CfnPolicy):
        raise TypeError("iam.Policy does not create a CfnPolicy in this version of aws-cdk-lib")
    resource.policy_document = document.token()
    if not Stack.of(scope).resolve(resource.roles):
        _annotate_unchanged_role(scope, in_vpc=document.in_vpc)
    return resource


def _annotate_unchanged_role(scope: Construct, *, in_vpc: bool) -> None:
    needed = [
        f"{', '.join(FUNCTION_ACTIONS)} on the declared engagements",
        f"{', '.join(LOG_ACTIONS)} on the function's log group",
        f"{', '.join(STACK_ACTIONS)} on the function's stack",
        *([f"{', '.join(NETWORK_ACTIONS)} on *"] if in_vpc else []),
    ]
    Annotations.of(scope).add_info_v2(
        "cdk-partnercentral:roleNotChanged",
        f"The given role is imported, so this app cannot change it. Make sure that the role allows {'; '.join(needed)}. "
        "Also make sure that lambda.amazonaws.com can assume the role.",
    )
