"""The policy of the function's role in the template, made when every context of the stack has been declared.

What stands in it is told in `_permissions`.
"""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import Annotations, CfnResource, IAnyProducer, IResolvable, IResolveContext, Lazy, Names, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._permissions import ACTIONS, NETWORK_ACTIONS, OWN_LOGS_ACTIONS, policy

POLICY_NAME = "EngagementContexts"
# IAM's limit on a policy's name.
LONGEST_NAME = 128


def own_role_policy(scope: Construct, role: iam.IRole, document: IResolvable) -> CfnResource:
    """The one policy of the role that the provider made.

    Args:
        scope: The provider.
        role: Its role.
        document: The policy document.

    Returns:
        The policy.
    """
    # Not the role's own default policy: CDK turns a long one into a managed policy, whatever IAM's limit on those.
    return iam.CfnPolicy(scope, "Policy", policy_name=POLICY_NAME, roles=[role.role_name], policy_document=document)


def given_role_policy(scope: Construct, role: iam.IRole, document: IResolvable, *, in_vpc: bool) -> CfnResource:
    """A policy for a role of the user's, attached unless it is one that must not be changed: then an annotation.

    Args:
        scope: The provider.
        role: The user's role.
        document: The policy document.
        in_vpc: Whether the function is put into a VPC.

    Returns:
        The policy. It is in the template only if it is attached.
    """
    # Whether a role may be changed is known to the CDK alone, and it tells nobody: its own policy is put to the test.
    attached = iam.Policy(
        scope,
        "GivenRolePolicy",
        # A role may serve several providers, and two policies of one name would be one.
        policy_name=Names.unique_resource_name(scope, max_length=LONGEST_NAME),
        statements=[iam.PolicyStatement(actions=list(OWN_LOGS_ACTIONS), resources=["*"])],
    )
    role.attach_inline_policy(attached)
    resource = attached.node.default_child
    if not isinstance(resource, iam.CfnPolicy):
        raise TypeError("an iam.Policy of this aws-cdk-lib has no CfnPolicy")
    resource.policy_document = document
    if not Stack.of(scope).resolve(resource.roles):
        _tell_what_is_needed(scope, in_vpc=in_vpc)
    return resource


def _tell_what_is_needed(scope: Construct, *, in_vpc: bool) -> None:
    needed = [
        f"{', '.join(ACTIONS)} on the declared engagements",
        f"{', '.join(OWN_LOGS_ACTIONS)} on the function's log group",
        *([f"{', '.join(NETWORK_ACTIONS)} on *"] if in_vpc else []),
    ]
    Annotations.of(scope).add_info_v2(
        "cdk-partnercentral:roleNotChanged",
        f"The given role is imported and cannot be changed from here, so see to it that it may do {'; '.join(needed)}; "
        "and that lambda.amazonaws.com may assume it.",
    )


def lazy_document(
    scope: Construct, declared: dict[str, dict[str, None]], *, log_group_arn: str, in_vpc: bool
) -> IResolvable:
    """The policy document, made when the template is written.

    Args:
        scope: The provider.
        declared: For each catalog the ARNs of its engagements. May grow until the template is written.
        log_group_arn: The ARN of the function's log group.
        in_vpc: Whether the function is put into a VPC.

    Returns:
        A token of the document.
    """
    return Lazy.uncached_any(_PolicyDocument(scope, declared, log_group_arn, in_vpc=in_vpc))


@jsii.implements(IAnyProducer)
class _PolicyDocument:
    def __init__(
        self, scope: Construct, declared: dict[str, dict[str, None]], log_group_arn: str, *, in_vpc: bool
    ) -> None:
        self._scope = scope
        self._declared = declared
        self._log_group_arn = log_group_arn
        self._in_vpc = in_vpc
        self._told: set[str] = set()

    def produce(self, context: IResolveContext) -> Any:  # noqa: ARG002 - as IAnyProducer has it
        made = policy(self._declared, log_group_arn=self._log_group_arn, in_vpc=self._in_vpc)
        for catalog in made.widened:
            self._tell(catalog)
        return made.document

    def _tell(self, catalog: str) -> None:
        # The template is resolved more than once.
        if catalog not in self._told:
            self._told.add(catalog)
            Annotations.of(self._scope).add_info_v2(
                f"cdk-partnercentral:policyWidened:{catalog}",
                f"{len(self._declared[catalog])} engagements of catalog {catalog} are more than a role's inline policies "
                "have room for, so the function's role may create, update and read contexts in every engagement of the "
                "catalog. Spread them over several stacks to keep it to the declared ones.",
            )
