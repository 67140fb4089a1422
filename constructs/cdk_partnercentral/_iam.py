"""Create the IAM policy for the function's role, attach the policy, and grant permissions to other principals.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import jsii
from aws_cdk import Annotations, CfnResource, IAnyProducer, IResolvable, IResolveContext, Lazy, Names, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._identifiers import PARTITION, REGION, EngagementIdentifier, engagement_arn
from cdk_partnercentral._tokens import is_list, is_unresolved

# Grants to other principals.
READ = ("partnercentral:GetEngagement",)
# UpdateEngagementContext requires the engagement's ModifiedAt, which only GetEngagement returns.
UPDATE = ("partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext")

# Maps each kind of resource to the actions that StartOpportunityFromEngagementTask needs. One version of the Service
# Authorization Reference lists CreateEngagementContext. Another version lists GetOpportunity and TagResource instead. This map
# contains the actions of both versions.
CONVERT = {
    "engagement": ("partnercentral:CreateEngagementContext", "partnercentral:GetEngagement"),
    "task": ("partnercentral:StartOpportunityFromEngagementTask",),
    "opportunity": ("partnercentral:CreateOpportunity", "partnercentral:GetOpportunity", "partnercentral:TagResource"),
    "snapshot": ("partnercentral:CreateResourceSnapshot",),
    "snapshot job": (
        "partnercentral:CreateResourceSnapshotJob",
        "partnercentral:StartResourceSnapshotJob",
        "partnercentral:TagResource",
    ),
}

# The function has this permission only in engagements in which it must create contexts. The function never creates a context
# for a resource that has `existing_context_id`, not even in an update or a rollback.
CREATE_CONTEXTS = ("partnercentral:CreateEngagementContext",)
# The permissions to create or adopt an engagement apply to all engagements of a catalog, because the engagement's ARN is not
# known before the deployment.
CREATE_ACTIONS = ("partnercentral:CreateEngagement", "partnercentral:GetEngagement")
LIST_ACTIONS = ("partnercentral:ListEngagements",)
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
CREATED_POLICY_NAME = "PartnerCentralCreated"
LONGEST_POLICY_NAME = 128
# IAM limits the inline policies of a role to 10,240 characters in total, not counting white space. Both policies count:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LARGEST_POLICY = 9_000

# The maximum length that is assumed for the value of a token. The longest value is the ARN of a log group, because a log group
# name can have 512 characters.
_TOKEN_LENGTH = 600
_LONGEST_ID = "eng-" + 14 * "0"
_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")

# A catalog, and whether the function must create contexts in its engagements.
_Key = tuple[str, bool]


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


def grant_conversion(
    grantee: iam.IGrantable, *, catalog: str, account: str, engagement_id: str, engagement_arn: str
) -> iam.Grant:
    """Grant the permissions that StartOpportunityFromEngagementTask needs to convert a context of one engagement.

    Args:
        grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.
        catalog: The engagement's catalog. Can be a token.
        account: The partner's account, which owns opportunities and snapshots. Can be a token.
        engagement_id: The engagement ID. Can be a token.
        engagement_arn: The engagement's ARN. Can be a token.

    Returns:
        The combined grant.
    """
    of_partner = f"arn:{PARTITION}:partnercentral:{REGION}:{account}:catalog/{catalog}"
    arns = {
        "engagement": engagement_arn,
        # The ARN of a task contains no account. The same is true for the ARN of an engagement.
        "task": f"arn:{PARTITION}:partnercentral:{REGION}::catalog/{catalog}/opportunity-from-engagement-task/*",
        "opportunity": f"{of_partner}/opportunity/*",
        "snapshot": f"{of_partner}/engagement/{engagement_id}/resource/*",
        "snapshot job": f"{of_partner}/resource-snapshot-job/*",
    }
    grants = [grant(grantee, CONVERT[name], catalog=catalog, arn=arn) for name, arn in arns.items()]
    return reduce(lambda combined, each: combined.combine(each), grants)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The engagements and catalogs that the function manages for the resources of a stack. Catalogs can be tokens.

    Attributes:
        engagements: Maps each catalog to the ARNs of the engagements for which contexts are declared. An ARN with the ID `*`
            includes every engagement of the catalog. The inner dictionaries map each ARN to True if the function must create
            contexts in the engagement. The value is False if every declared context exists already.
        created: Maps each catalog to tokens. A token resolves to the ARN of an engagement that the app creates and for which
            contexts are declared. The inner dictionaries have the same values.
        creating: Maps each catalog in which the stack creates engagements to a Boolean. The value is True if an existing
            engagement can be adopted. In this case, the function must list the engagements.
    """

    engagements: dict[str, dict[str, bool]] = field(default_factory=dict[str, dict[str, bool]])
    created: dict[str, dict[str, bool]] = field(default_factory=dict[str, dict[str, bool]])
    creating: dict[str, bool] = field(default_factory=dict[str, bool])


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The two policy documents of a function's role, and the catalogs in which the role can access all engagements.

    The second document is separate, because it contains attributes of engagements that are created with the permissions of the
    first document.

    Attributes:
        document: The policy document for everything that is known before the deployment, in IAM's JSON format.
        created_document: The policy document for the contexts of engagements that the app creates, in the same format.
        widened: The catalogs in which a policy allows every engagement, because a list of the declared engagements would exceed
            IAM's size limit.
    """

    document: dict[str, Any]
    created_document: dict[str, Any]
    widened: tuple[str, ...]


def policies(needs: Needs, *, log_group_arn: str, stack_arn: str, in_vpc: bool = False) -> Policies:
    """Return policies that allow the declared engagements and together do not exceed IAM's size limit.

    Each policy contains, for each catalog, a list of the engagements in which the function creates contexts, and a list of the
    engagements in which the function only updates contexts. While the policies are too long, the longest remaining list is
    replaced by an ARN that includes every engagement of the catalog.

    Args:
        needs: The engagements and catalogs that the function manages.
        log_group_arn: The ARN of the function's log group, ending in `:*` as CloudFormation returns it. Can be a token.
        stack_arn: The ARN of the function's stack. Can be a token.
        in_vpc: Whether the function runs in a VPC.

    Returns:
        The policies. The order of the engagements does not change the result.
    """
    known, created = _lists(needs.engagements), _lists(needs.created)

    def render() -> tuple[dict[str, Any], dict[str, Any]]:
        fixed = [_statement(LOG_ACTIONS, log_group_arn)]
        last = [
            _statement(STACK_ACTIONS, stack_arn),
            *([_statement(NETWORK_ACTIONS, "*")] if in_vpc else []),
            *_creation_statements(needs.creating),
        ]
        return _document([*fixed, *_context_statements(known), *last]), _document(_context_statements(created))

    lists = [(resources, key) for resources in (known, created) for key in resources]
    widened: list[str] = []
    for resources, key in sorted(lists, key=lambda each: len(each[0][each[1]]), reverse=True):
        if sum(_size(each, needs.created) for each in render() if each["Statement"]) <= LARGEST_POLICY:
            break
        catalog, _ = key
        resources[key] = [engagement_arn(catalog, "*")]
        widened.append(catalog)
    document, created_document = render()
    return Policies(document=document, created_document=created_document, widened=tuple(dict.fromkeys(widened)))


def _size(document: Mapping[str, Any], created: Mapping[str, Collection[str]]) -> int:
    """Return the size of a policy document. For a token that resolves to an engagement's ARN, count the ARN's length."""
    lengths = {token: engagement_arn(catalog, _LONGEST_ID) for catalog, tokens in created.items() for token in tokens}
    return policy_size(
        {
            **document,
            "Statement": [
                {**each, "Resource": [lengths.get(arn, arn) for arn in each["Resource"]]}
                if is_list(each["Resource"])
                else each
                for each in document["Statement"]
            ],
        }
    )


def policy_size(document: Mapping[str, Any]) -> int:
    """Return the number of characters that IAM counts in a policy document if every token has the maximum length."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len(_TOKEN.sub("x" * _TOKEN_LENGTH, text))


def _lists(engagements: Mapping[str, Mapping[str, bool]]) -> dict[_Key, list[str]]:
    """Return the list of ARNs for each catalog, first of the engagements in which contexts are created."""
    lists: dict[_Key, list[str]] = {}
    for catalog in _sorted(engagements):
        for creates in (True, False):
            arns = [arn for arn, value in engagements[catalog].items() if value is creates]
            every = engagement_arn(catalog, "*")
            if arns:
                lists[catalog, creates] = [every] if every in arns else _sorted(arns)
    return lists


def _sorted(texts: Collection[str]) -> list[str]:
    # The number in a token depends on how many tokens the app created earlier. Ignore the number, so that tokens remain in the
    # order in which they were declared.
    return sorted(texts, key=lambda text: _TOKEN.sub("~", text))


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(actions: Sequence[str], resource: str | Sequence[str], *, catalog: str | None = None) -> dict[str, Any]:
    condition = {} if catalog is None else {"Condition": {"StringEquals": {"partnercentral:Catalog": catalog}}}
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **condition}


def _context_statements(lists: Mapping[_Key, list[str]]) -> list[dict[str, Any]]:
    return [
        _statement((*CREATE_CONTEXTS, *UPDATE) if creates else UPDATE, arns, catalog=catalog)
        for (catalog, creates), arns in lists.items()
        # If the function can create contexts in every engagement of the catalog, the second list is redundant.
        if creates or lists.get((catalog, True)) != [engagement_arn(catalog, "*")]
    ]


def _creation_statements(creating: Mapping[str, bool]) -> list[dict[str, Any]]:
    return [
        statement
        for catalog in _sorted(creating)
        for statement in (
            _statement(CREATE_ACTIONS, engagement_arn(catalog, "*"), catalog=catalog),
            # This action has no resource type, so IAM ignores the action in a statement with a resource other than `*`.
            *([_statement(LIST_ACTIONS, "*", catalog=catalog)] if creating[catalog] else []),
        )
    ]


class RolePolicies:
    """The policy documents of a provider's role. The CDK renders the documents at synthesis, after all resources are declared.

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
        self._needs = Needs()
        self._annotated: set[str] = set()

    @property
    def are_unused(self) -> bool:
        """Whether neither `allow_contexts` nor `allow_creation` was called."""
        return self._needs == Needs()

    def allow_contexts(self, catalog: str, engagement: EngagementIdentifier, *, creates: bool) -> None:
        """Allow the function's actions on an engagement, or on every engagement in the catalog if the engagement is unknown.

        Args:
            catalog: The engagement's catalog. Can be a token.
            engagement: The engagement.
            creates: Whether the function must create contexts. If the method is called several times for an engagement, True
                takes precedence.
        """
        if engagement.created is not None:
            needs, arn = self._needs.created, engagement.created.arn
        else:
            needs, arn = self._needs.engagements, engagement.exact_arn(catalog) or engagement_arn(catalog, "*")
        arns = needs.setdefault(catalog, {})
        arns[arn] = arns.get(arn, False) or creates

    def allow_creation(self, catalog: str, *, adopt_existing: bool) -> None:
        """Allow the function to create engagements in a catalog, and to list engagements if they can be adopted."""
        self._needs.creating[catalog] = self._needs.creating.get(catalog, False) or adopt_existing

    def token(self) -> IResolvable:
        """Return a token that resolves to the first document."""
        return Lazy.uncached_any(_Document(lambda: self._render().document))

    def created_token(self) -> IResolvable:
        """Return a token that resolves to the second document, which is for the engagements that the app creates."""
        return Lazy.uncached_any(_Document(lambda: self._render().created_document))

    def _render(self) -> Policies:
        rendered = policies(
            self._needs, log_group_arn=self._log_group_arn, stack_arn=self._stack_arn, in_vpc=self.in_vpc
        )
        for catalog in rendered.widened:
            self._annotate(catalog)
        return rendered

    def _annotate(self, catalog: str) -> None:
        # The CDK resolves the template several times, so skip a catalog that already has an annotation.
        if catalog in self._annotated:
            return
        self._annotated.add(catalog)
        name = "a catalog that is a token" if is_unresolved(catalog) else f"catalog {catalog}"
        count = sum(len(each.get(catalog, ())) for each in (self._needs.engagements, self._needs.created))
        Annotations.of(self._scope).add_info_v2(
            "cdk-partnercentral:policyWidened",
            f"A list of the {count} engagements in {name} would exceed the size limit of a role's inline policies. So the "
            "function's role can manage contexts in every engagement of the catalog. To restrict the role to the declared "
            "engagements, split the engagements across several stacks.",
        )


@jsii.implements(IAnyProducer)
class _Document:
    """A policy document that is rendered when the CDK resolves it."""

    def __init__(self, render: Callable[[], dict[str, Any]]) -> None:
        self._render = render

    def produce(self, context: IResolveContext) -> Any:  # noqa: ARG002 - required by IAnyProducer
        """Render the document."""
        return self._render()


def own_role_policy(scope: Construct, id: str, role: iam.IRole, document: IResolvable, *, name: str) -> CfnResource:  # noqa: A002
    """Return an inline policy for the provider's own role.

    Args:
        scope: The provider.
        id: The construct ID of the policy.
        role: The role.
        document: The policy document.
        name: The name of the policy, which is unique in the role.

    Returns:
        The policy resource.
    """
    # Do not use the role's default policy. If the default policy is large, the CDK moves its statements into managed policies,
    # which have a lower size limit.
    return iam.CfnPolicy(scope, id, policy_name=name, roles=[role.role_name], policy_document=document)


def given_role_policy(
    scope: Construct,
    id: str,  # noqa: A002 - the CDK's name for it
    role: iam.IRole,
    document: IResolvable,
    *,
    suffix: str = "",
) -> CfnResource:
    """Attach an inline policy to a role that the user passed.

    Args:
        scope: The provider.
        id: The construct ID of the policy.
        role: The role.
        document: The policy document.
        suffix: The end of the policy's name. Each policy of a provider must have a different suffix.

    Returns:
        The policy resource. The template contains the resource only if the policy could be attached (see `is_attached`).
    """
    attached = iam.Policy(
        scope,
        id,
        # Several providers can share a role, and a second policy with the same name would overwrite the first policy.
        policy_name=Names.unique_resource_name(scope, max_length=LONGEST_POLICY_NAME - len(suffix)) + suffix,
        statements=[iam.PolicyStatement(actions=list(LOG_ACTIONS), resources=["*"])],
    )
    role.attach_inline_policy(attached)
    resource = attached.node.default_child
    if not isinstance(resource, iam.CfnPolicy):
        raise TypeError("iam.Policy does not create a CfnPolicy in this version of aws-cdk-lib")
    resource.policy_document = document
    return resource


def is_attached(policy: CfnResource) -> bool:
    """Return whether a policy could be attached to its role. The app cannot change some imported roles."""
    # The CDK has no property that shows whether a role can be changed, so check the result.
    return not isinstance(policy, iam.CfnPolicy) or bool(Stack.of(policy).resolve(policy.roles))


def annotate_unchanged_role(scope: Construct, *, in_vpc: bool) -> None:
    """List the permissions that the role of a provider needs for contexts, because the app cannot change the role."""
    _annotate_role(
        scope,
        [
            f"{', '.join(UPDATE)} on the declared engagements",
            f"{', '.join(CREATE_CONTEXTS)} on the engagements with a context that has no existing_context_id",
            f"{', '.join(LOG_ACTIONS)} on the function's log group",
            f"{', '.join(STACK_ACTIONS)} on the function's stack",
            *([f"{', '.join(NETWORK_ACTIONS)} on *"] if in_vpc else []),
        ],
    )


def annotate_creation(scope: Construct, catalog: str, *, adopt_existing: bool) -> None:
    """List the permissions that the role of a provider needs to create an engagement."""
    every = "every engagement of the catalog" if is_unresolved(catalog) else engagement_arn(catalog, "*")
    _annotate_role(
        scope,
        [f"{', '.join(CREATE_ACTIONS)} on {every}", *([f"{', '.join(LIST_ACTIONS)} on *"] if adopt_existing else [])],
    )


def _annotate_role(scope: Construct, needed: list[str]) -> None:
    Annotations.of(scope).add_info_v2(
        "cdk-partnercentral:roleNotChanged",
        f"The given role is imported, so this app cannot change it. Make sure that the role allows {'; '.join(needed)}. "
        "Also make sure that lambda.amazonaws.com can assume the role.",
    )
