"""The function behind the contexts of a stack, with its log group and a role that may do what was declared.

Knows nothing of payloads and of custom resources; of a context it is told the catalog and the engagement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, cast
from weakref import WeakKeyDictionary

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_partnercentral._permissions import any_arn, exact_arn
from cdk_partnercentral._policy_resource import given_role_policy, lazy_document, own_role_policy
from cdk_partnercentral._provider_parts import (
    function_code,
    out_of_range,
    own_log_group,
    own_role,
    useless_beside,
    useless_without,
)
from cdk_partnercentral._refusal import kind, refuse
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._stack_checks import stack_of

# Public API, as every id below is: the function's logical id comes from them, its ARN is the service token, and
# CloudFormation refuses to change a service token.
PROVIDER_ID = "cdk-partnercentral.PartnerCentralProvider"

FUNCTION_ZIP = Path(__file__).parent / "function.zip"

TIMEOUT_MINUTES = 15
# Lambda runs an event at most three times, and pauses 1 minute before the second run and 2 before the third.
RUNS, PAUSES_SECONDS, SLACK_SECONDS = 3, 180, 120

# A Create takes 37 MB (docs/benchmarks.md), and Lambda's runtime its own: 128 would do. Twice that is twice the processor, and
# a start is all computing, so it takes half the time for the same price.
MEMORY_MB = 256


# What `get_or_create` found or made: looking for it takes calls of the CDK's kernel, which is another process.
_shared: WeakKeyDictionary[Stack, PartnerCentralProvider] = WeakKeyDictionary()


class PartnerCentralProvider(Construct):
    """The Lambda function that creates and updates the contexts of one stack, with its role and its log group.

    `EngagementContext` makes one for its stack by itself, and every other context of the stack shares it: make one by
    hand only to give it options. Its role may create, update and read contexts in exactly the engagements that the
    stack's contexts declare, in their catalogs, and write to its own log group. Where the engagement is a token, or the
    engagements are too many for IAM's limit on a policy, it may do so in every engagement of the catalog, and an
    annotation says so.

    There are two ways to give options:

    - For the stack's own provider: make it, with the stack as `scope` and `PartnerCentralProvider.DEFAULT_ID` as
      `id`, before the stack's first context. Its function is the same resource with and without options, so this is the
      way for a stack that is deployed already.
    - For a provider beside it: any other `id`, and `provider=` at each context that is to use it. Several of them work
      side by side in a stack. CloudFormation refuses to move a context that is deployed to another provider
      ("Modifying service token is not allowed").

    Runtime, code, handler and architecture are not for choice: what was tested is what runs. The function has no
    environment variables.

    See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html

    Args:
        scope: The construct it belongs to. It has to be in the stack of the contexts that use it.
        id: Its id within `scope`. A change of it is another function, and so is refused by CloudFormation.
        environment_encryption: The KMS key for the function's environment variables, where a rule of yours asks for one.
            Lambda has its own key by default.
        log_group: The log group to write to, instead of one of its own.
        log_group_encryption_key: The KMS key for its own log group; a key of the app is allowed to CloudWatch Logs, the
            policy of an imported one has to do so already. CloudWatch Logs encrypts by itself by default.
        log_retention: How long its own log group keeps what is written. An `aws_logs.RetentionDays`; three months by
            default. Neither payloads nor secrets are logged.
        memory_size: Memory of the function in MB. Integer from 128 to 10240; 256 by default.
        permissions_boundary: The permissions boundary of its own role.
        role: The function's role, instead of one of its own. `lambda.amazonaws.com` must be allowed to assume it. The
            policy is attached to it, so its other inline policies and this one share IAM's limit of 10,240 characters.
            To a role that is imported as not mutable, or from another account, nothing is attached, and an annotation
            tells what it needs.
        security_groups: The function's security groups; only with `vpc`, and one of its own by default. HTTPS to outside
            must be open.
        timeout: Time for one run of the function. A `Duration` of 3 to 15 minutes; 15 by default. Lambda runs a request
            three times at most, so CloudFormation waits for an answer three times as long, and five minutes.
        tracing: An `aws_lambda.Tracing`. X-Ray's permissions are on all resources, which AwsSolutions-IAM5 of cdk-nag
            finds. No tracing by default.
        vpc: The VPC to run in. Its subnets need a route to the internet, through a NAT gateway for example: to
            `partnercentral-selling.us-east-1.api.aws`, and to CloudFormation's bucket of the stack's region, where
            answers go; without the second, the stack hangs until the time is up. Lambda's permissions for network
            interfaces are on all resources, which AwsSolutions-IAM5 of cdk-nag finds. No VPC by default.
        vpc_subnets: The subnets of the VPC to run in; only with `vpc`. Private ones by default.

    Raises:
        ValueError: An option is out of its range, or means nothing beside, or without, another; or the scope has such a
            provider already, so that its options cannot be given any more. Every problem is named.
        FileNotFoundError: The function's code was not built. An installed package has it; in a checkout of the
            repository `make setup` builds it.

    Example:
        >>> from aws_cdk import App, Duration, Stack
        >>> from aws_cdk import aws_logs as logs
        >>> stack = Stack(App(), "Deals")
        >>> provider = PartnerCentralProvider(
        ...     stack,
        ...     PartnerCentralProvider.DEFAULT_ID,
        ...     log_retention=logs.RetentionDays.ONE_YEAR,
        ...     timeout=Duration.minutes(10),
        ... )
        >>> provider is PartnerCentralProvider.get_or_create(stack)
        True
    """

    __signature__ = ConstructorSignature()

    DEFAULT_ID: ClassVar[str] = PROVIDER_ID
    """The id, within the stack, of the provider that the stack's contexts share."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        environment_encryption: kms.IKey | kms.Key | None = None,
        log_group: logs.ILogGroup | None = None,
        log_group_encryption_key: kms.IKey | kms.Key | None = None,
        log_retention: logs.RetentionDays | None = None,
        memory_size: int = MEMORY_MB,
        permissions_boundary: iam.IManagedPolicy | None = None,
        role: iam.IRole | iam.Role | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        timeout: Duration | None = None,
        tracing: lambda_.Tracing | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        """Make the function and what it needs; the arguments are told at the class."""
        timeout = Duration.minutes(TIMEOUT_MINUTES) if timeout is None else timeout
        refuse(
            "This provider cannot be made:",
            [
                *_too_late(scope, id),
                *out_of_range(timeout=timeout, memory_size=memory_size),
                *useless_without("vpc", vpc, security_groups=security_groups, vpc_subnets=vpc_subnets),
                *useless_beside("log_group", log_group, log_group_encryption_key=log_group_encryption_key),
                *useless_beside("log_group", log_group, log_retention=log_retention),
                *useless_beside("role", role, permissions_boundary=permissions_boundary),
            ],
        )
        super().__init__(scope, id)
        self._declared: dict[str, dict[str, None]] = {}
        own_logs = log_group or own_log_group(self, log_retention, log_group_encryption_key)
        function_role = cast("iam.IRole", role or own_role(self, permissions_boundary))
        self._function = lambda_.Function(
            self,
            "Function",
            description="Creates and updates contexts of AWS Partner Central engagements (cdk-partnercentral).",
            code=function_code(FUNCTION_ZIP),
            handler="lambda_handler.index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            environment_encryption=cast("kms.IKey | None", environment_encryption),
            log_group=own_logs,
            memory_size=memory_size,
            role=function_role,
            security_groups=security_groups,
            timeout=timeout,
            tracing=tracing,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        self._seconds_for_an_answer = RUNS * int(timeout.to_seconds()) + PAUSES_SECONDS + SLACK_SECONDS
        policy = self._policy(role, function_role, own_logs.log_group_arn, in_vpc=vpc is not None)
        if vpc is not None:
            # Lambda looks whether the role may make network interfaces when it makes the function, and needs it to the end.
            self._function.node.add_dependency(policy)
        self._ready = (policy, self._asynchronous_invocation())
        self._service = {
            "ServiceToken": self._function.function_arn,
            "ServiceTimeout": str(self._seconds_for_an_answer),
        }

    @staticmethod
    def get_or_create(scope: Construct) -> PartnerCentralProvider:
        """The provider of the stack that a construct is in, made when it is asked for the first time.

        A nested stack is a stack of its own.

        Args:
            scope: Any construct of the stack, or the stack.

        Returns:
            The stack's one provider.

        Raises:
            FileNotFoundError: As for the class.
        """
        stack = stack_of(scope)
        known = _shared.get(stack)
        if known is None:
            existing = stack.node.try_find_child(PROVIDER_ID)
            known = _shared[stack] = (
                existing if isinstance(existing, PartnerCentralProvider) else PartnerCentralProvider(stack, PROVIDER_ID)
            )
        return known

    @property
    def function(self) -> lambda_.Function:
        """The Lambda function, for alarms and the like. Its ARN is the service token of the contexts that share it."""
        return self._function

    def _serve(self, context: Construct, *, catalog: str, engagement_identifier: str) -> Mapping[str, str]:
        """Let the function work on a context's engagement, before the context's resource is created or updated.

        Args:
            context: The construct whose resources the function serves.
            catalog: The engagement's catalog. May be a token.
            engagement_identifier: The engagement's id or ARN. May be a token.

        Returns:
            The properties by which the context's resource finds the function, and says how long CloudFormation waits for an
            answer: until Lambda has given up on the request.

        Raises:
            ValueError: The engagement is neither an id, nor an ARN, nor a token.
        """
        arn = exact_arn(catalog, engagement_identifier)
        self._declared.setdefault(catalog, {})[arn or any_arn(catalog)] = None
        if arn is None:
            Annotations.of(context).add_info_v2(
                "cdk-partnercentral:engagementKnownAtDeployment",
                "Only the deployment knows this engagement's id or ARN, so the function's role may create, update and "
                "read contexts in every engagement of the catalog. Give a literal id or ARN to keep it to the one.",
            )
        context.node.add_dependency(*self._ready)
        return self._service

    def _policy(
        self, given_role: iam.IRole | iam.Role | None, role: iam.IRole, log_group_arn: str, *, in_vpc: bool
    ) -> Construct:
        document = lazy_document(self, self._declared, log_group_arn=log_group_arn, in_vpc=in_vpc)
        if given_role is None:
            return own_role_policy(self, role, document)
        return given_role_policy(self, role, document, in_vpc=in_vpc)

    def _asynchronous_invocation(self) -> Construct:
        return lambda_.EventInvokeConfig(
            self,
            "AsynchronousInvocation",
            function=cast("lambda_.IFunction", self._function),
            max_event_age=Duration.seconds(self._seconds_for_an_answer),
            retry_attempts=RUNS - 1,
        )


def provider_problems(stack: Stack, provider: object) -> list[str]:
    """Return why the contexts of a stack cannot use a provider; None is its own."""
    if provider is None:
        return []
    if not isinstance(provider, PartnerCentralProvider):
        return [f"provider: an PartnerCentralProvider, got {kind(provider)}"]
    if Stack.of(provider).node.path != stack.node.path:
        return ["provider: it has to be in the context's own stack"]
    return []


def _too_late(scope: Construct, id: str) -> list[str]:  # noqa: A002 - the CDK's name for it
    if id != PROVIDER_ID or scope.node.try_find_child(id) is None:
        return []
    return [f"id: {scope.node.path} has its provider already; give its options before the first context is declared"]
