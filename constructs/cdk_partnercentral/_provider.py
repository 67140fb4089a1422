"""The function behind the contexts of a stack: its code, its log group, and a role that may do what was declared.

Knows nothing of payloads and of custom resources; of a context it is told the catalog and the engagement.
"""

from pathlib import Path
from typing import Any

import jsii
from aws_cdk import Annotations, Duration, IAnyProducer, IResolveContext, Lazy, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_partnercentral._permissions import any_arn, exact_arn, policy

# Public API, as every id below is: the function's logical id comes from them, its ARN is the service token, and
# CloudFormation refuses to change a service token.
PROVIDER_ID = "cdk-partnercentral.EngagementContextProvider"

FUNCTION_ZIP = Path(__file__).parent / "function.zip"

# Lambda runs an event at most three times, 15 minutes each, with pauses of 1 and 2 minutes between them.
TIMEOUT_MINUTES = 15
MAX_EVENT_AGE_MINUTES = 50
RETRY_ATTEMPTS = 2

# To be measured.
MEMORY_MB = 256


class EngagementContextProvider(Construct):
    """The Lambda function that creates and updates the contexts of one stack, with its role and its log group.

    `EngagementContext` makes one for its stack by itself, and every other context of the stack shares it: there is no
    need to make one by hand. Its role may create, update and read contexts in exactly the engagements that the stack's
    contexts declare, in their catalogs, and write to its own log group. Where the engagement is a token, or the
    engagements are too many for IAM's limit on a policy, it may do so in every engagement of the catalog, and an
    annotation says so.

    CloudFormation refuses to move a context that is deployed to another provider.

    See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html

    Args:
        scope: The construct it belongs to. It has to be in the stack of the contexts that use it.
        id: Its id within `scope`.

    Raises:
        FileNotFoundError: The function's code was not built. An installed package has it; in a checkout of the
            repository `make setup` builds it.

    Example:
        >>> from aws_cdk import App, Stack
        >>> stack = Stack(App(), "Deals")
        >>> provider = EngagementContextProvider.get_or_create(stack)
        >>> provider is EngagementContextProvider.get_or_create(stack)
        True
    """

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's name for it
        super().__init__(scope, id)
        self._declared: dict[str, dict[str, None]] = {}
        log_group = logs.LogGroup(
            self, "LogGroup", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._function = lambda_.Function(
            self,
            "Function",
            description="Creates and updates contexts of AWS Partner Central engagements (cdk-partnercentral).",
            code=function_code(FUNCTION_ZIP),
            handler="lambda_handler.index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=MEMORY_MB,
            timeout=Duration.minutes(TIMEOUT_MINUTES),
            role=role,
            log_group=log_group,
        )
        self._function_arn = self._function.function_arn
        self._ready = (self._policy(role, log_group.log_group_arn), self._asynchronous_invocation())

    @staticmethod
    def get_or_create(scope: Construct) -> "EngagementContextProvider":
        """The provider of the stack that a construct is in, made when it is asked for the first time.

        A nested stack is a stack of its own.

        Args:
            scope: Any construct of the stack, or the stack.

        Returns:
            The stack's one provider.

        Raises:
            FileNotFoundError: As for the class.
        """
        stack = Stack.of(scope)
        existing = stack.node.try_find_child(PROVIDER_ID)
        if isinstance(existing, EngagementContextProvider):
            return existing
        return EngagementContextProvider(stack, PROVIDER_ID)

    @property
    def function(self) -> lambda_.IFunction:
        """The Lambda function. Its ARN is the service token of the contexts that share the provider."""
        return self._function

    def _serve(self, context: Construct, *, catalog: str, engagement_identifier: str) -> str:
        """Let the function work on a context's engagement, before the context's resource is created or updated.

        Args:
            context: The construct whose resources the function serves.
            catalog: The engagement's catalog. May be a token.
            engagement_identifier: The engagement's id or ARN. May be a token.

        Returns:
            The service token.

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
        return self._function_arn

    def _policy(self, role: iam.Role, log_group_arn: str) -> Construct:
        # Not the role's own default policy: CDK turns a long one into a managed policy, whatever IAM's limit on those.
        return iam.CfnPolicy(
            self,
            "Policy",
            policy_name="EngagementContexts",
            roles=[role.role_name],
            policy_document=Lazy.uncached_any(_PolicyDocument(self, self._declared, log_group_arn)),
        )

    def _asynchronous_invocation(self) -> Construct:
        return lambda_.EventInvokeConfig(
            self,
            "AsynchronousInvocation",
            function=self._function,
            max_event_age=Duration.minutes(MAX_EVENT_AGE_MINUTES),
            retry_attempts=RETRY_ATTEMPTS,
        )


@jsii.implements(IAnyProducer)
class _PolicyDocument:
    """The policy's document, made when the template is written and every context has been declared."""

    def __init__(self, scope: Construct, declared: dict[str, dict[str, None]], log_group_arn: str) -> None:
        self._scope = scope
        self._declared = declared
        self._log_group_arn = log_group_arn
        self._told: set[str] = set()

    def produce(self, context: IResolveContext) -> Any:  # noqa: ARG002 - as IAnyProducer has it
        made = policy(self._declared, log_group_arn=self._log_group_arn)
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


def function_code(path: Path) -> lambda_.Code:
    """The function's code: one zip, taken as it is.

    Args:
        path: Where the zip is.

    Returns:
        The code, for a Lambda function.

    Raises:
        FileNotFoundError: There is none.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: it is the code of the function behind EngagementContext. "
            "Every installed cdk-partnercentral has it; in a checkout of the repository run `make setup`."
        )
    return lambda_.Code.from_asset(str(path))
