"""The provider behind the resources of a stack: the Lambda function, its role, its log group, and its options.

An option is a parameter of `PartnerCentralProvider.__init__`, documented at the class. `configure` accepts the same options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from aws_cdk import Annotations, Duration, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_partnercentral._iam import RolePolicyDocument, given_role_policy, own_role_policy
from cdk_partnercentral._identifiers import EngagementIdentifier
from cdk_partnercentral._signature import ConstructorSignature, signature_without
from cdk_partnercentral._tokens import is_unresolved
from cdk_partnercentral._validation.messages import kind, raise_problems

# Public API, like the IDs of all constructs below it: they determine the logical ID of the function, whose ARN is the service
# token, and CloudFormation rejects a change of a service token.
PROVIDER_ID = "cdk-partnercentral.Provider"
OPTIONS_ID = "cdk-partnercentral.Options"

FUNCTION_ZIP = Path(__file__).parent / "function.zip"

TIMEOUT_MINUTES = 15
# With less, the minute that the function retries while new permissions propagate does not fit in before the time it reserves
# for its response.
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 180, 900
# Lambda runs an event at most three times, and waits 1 minute before the second run and 2 minutes before the third.
RUNS, PAUSES_SECONDS, SLACK_SECONDS = 3, 180, 120

# A Create uses 37 MB (docs/benchmarks.md) plus Lambda's runtime, so 128 MB would be enough. Twice the memory is twice the CPU,
# so a cold start, which is CPU-bound, takes half the time for the same price.
MEMORY_MB = 256
SMALLEST_MEMORY, LARGEST_MEMORY = 128, 10_240

# Options that have no effect without another one, and options that have no effect with another one.
REQUIRES = {"security_groups": "vpc", "vpc_subnets": "vpc"}
EXCLUDED_BY = {"log_group_encryption_key": "log_group", "log_retention": "log_group", "permissions_boundary": "role"}

Init = TypeVar("Init", bound=Callable[..., None])
Options = ParamSpec("Options")


def _with_configured_options(init: Init) -> Init:
    """Let a constructor use the options of `configure` for those that it is not given, and check all of them."""

    @wraps(init)
    def configured(self: PartnerCentralProvider, scope: Construct, id: str, **given: Any) -> None:  # noqa: A002
        options = {**_configured_options(scope), **given}
        raise_problems("This provider cannot be created:", option_problems(options))
        init(self, scope, id, **options)

    return cast("Init", configured)


def _with_options_of(
    init: Callable[Concatenate[Any, Construct, str, Options], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Construct, Options], None]]:
    """Give a function the options of a constructor as its keyword parameters, for type checkers and for `help()`."""
    signature = signature_without(init, "self", "id")

    def decorate(function: Callable[..., None]) -> Callable[Concatenate[Construct, Options], None]:
        @wraps(function)
        def checked(*args: Any, **kwargs: Any) -> None:
            # Raises the usual TypeError for an unknown option.
            bound = signature.bind(*args, **kwargs)
            function(*bound.args, **bound.kwargs)

        vars(checked)["__signature__"] = signature
        return cast("Callable[Concatenate[Construct, Options], None]", checked)

    return decorate


class PartnerCentralProvider(Construct):
    """The Lambda function that manages the Partner Central resources of one stack, with its role and its log group.

    `EngagementContext` creates one provider for its stack, and all contexts of the stack share it. The role can create,
    update and read contexts in exactly the engagements that the stack's contexts declare, and write to its own log group.
    If an engagement is a token, or if there are too many engagements for IAM's limit on policies, the role can do so in
    every engagement of the catalog, and an annotation reports it.

    You can set options in two ways:

    - `PartnerCentralProvider.configure(scope, ...)` sets them for the providers of a stack, a stage or an app. The function
      is the same resource with and without options, so you can use it for a stack that is already deployed.
    - Create a second provider in a stack with an `id` of your own, and pass it to each context that should use it as
      `provider=`. It uses the options of `configure` that it is not given. CloudFormation refuses to move a deployed
      context to another provider ("Modifying service token is not allowed").

    Runtime, code, handler and architecture are fixed, because the bundled code is built for this configuration. The
    function has no environment variables.

    See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html

    Args:
        scope: The parent construct. It must be in the stack of the contexts that use the provider.
        id: The construct ID within `scope`. Changing it replaces the function, which CloudFormation rejects while contexts
            use it.
        environment_encryption: The KMS key for the function's environment variables, if your rules require one. By default
            Lambda uses its own key.
        log_group: The log group to write to. By default the provider creates one.
        log_group_encryption_key: The KMS key for the log group that the provider creates. If the key is in the app,
            CloudWatch Logs is allowed to use it; the policy of an imported key must already allow it. By default
            CloudWatch Logs uses its own encryption.
        log_retention: How long the log group that the provider creates keeps log events. An `aws_logs.RetentionDays`; three
            months by default. Neither payloads nor secrets are logged.
        memory_size: The function's memory in MB. Integer from 128 to 10240; 256 by default.
        permissions_boundary: The permissions boundary of the role that the provider creates.
        role: The function's role. By default the provider creates one. `lambda.amazonaws.com` must be able to assume it.
            The provider attaches its policy, which counts towards IAM's limit of 10,240 characters for the inline policies
            of a role. If the role is imported as not mutable, or from another account, nothing is attached, and an
            annotation lists the permissions that it needs.
        security_groups: The function's security groups. Requires `vpc`. By default CDK creates one. They must allow
            outbound HTTPS.
        timeout: The timeout of one run of the function. A `Duration` of 3 to 15 minutes; 15 minutes by default. Lambda runs
            an event up to three times, so CloudFormation waits three times as long plus five minutes.
        tracing: An `aws_lambda.Tracing`. No tracing by default. X-Ray's permissions apply to all resources, which cdk-nag
            reports as AwsSolutions-IAM5.
        vpc: The VPC to run in. No VPC by default. Its subnets need a route to the internet, for example through a NAT
            gateway: to `partnercentral-selling.us-east-1.api.aws`, and to CloudFormation's bucket in the stack's Region,
            which receives the responses. Without the latter, the stack hangs until it times out. Lambda's permissions for
            network interfaces apply to all resources, which cdk-nag reports as AwsSolutions-IAM5.
        vpc_subnets: The subnets of the VPC to run in. Requires `vpc`. Private subnets by default.

    Raises:
        ValueError: An option is out of range, requires another option, or has no effect with another option. The error
            lists every problem.
        FileNotFoundError: The function's code does not exist. Installed packages contain it; in a checkout of the
            repository, run `make setup`.

    Example:
        >>> from aws_cdk import App, Duration, Stack
        >>> from aws_cdk import aws_logs as logs
        >>> app = App()
        >>> PartnerCentralProvider.configure(app, log_retention=logs.RetentionDays.ONE_YEAR, timeout=Duration.minutes(10))
        >>> provider = PartnerCentralProvider.get_or_create(Stack(app, "Deals"))
        >>> provider.node.path
        'Deals/cdk-partnercentral.Provider'
    """

    __signature__ = ConstructorSignature()

    @_with_configured_options
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
        """See the class docstring."""
        super().__init__(scope, id)
        timeout = Duration.minutes(TIMEOUT_MINUTES) if timeout is None else timeout
        function_log_group = log_group or _log_group(self, log_retention, log_group_encryption_key)
        function_role = cast("iam.IRole", role or _role(self, permissions_boundary))
        self._function = lambda_.Function(
            self,
            "Function",
            description="Partner Central custom resources (cdk-partnercentral)",
            code=function_code(FUNCTION_ZIP),
            handler="lambda_handler.index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            environment_encryption=cast("kms.IKey | None", environment_encryption),
            log_group=function_log_group,
            memory_size=memory_size,
            role=function_role,
            security_groups=security_groups,
            timeout=timeout,
            tracing=tracing,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        self._policy_document = RolePolicyDocument(
            self, log_group_arn=function_log_group.log_group_arn, in_vpc=vpc is not None
        )
        attach = own_role_policy if role is None else given_role_policy
        policy = attach(self, function_role, self._policy_document)
        if vpc is not None:
            # Lambda rejects a function in a VPC if its role cannot create network interfaces, and needs them until its end.
            self._function.node.add_dependency(policy)
        # No run starts after CloudFormation has stopped waiting.
        service_timeout = RUNS * int(timeout.to_seconds()) + PAUSES_SECONDS + SLACK_SECONDS
        invocation = lambda_.EventInvokeConfig(
            self,
            "AsynchronousInvocation",
            function=cast("lambda_.IFunction", self._function),
            max_event_age=Duration.seconds(service_timeout),
            retry_attempts=RUNS - 1,
        )
        self._dependencies = (policy, invocation)
        self._properties = {"ServiceToken": self._function.function_arn, "ServiceTimeout": str(service_timeout)}

    @staticmethod
    @_with_options_of(__init__)
    def configure(scope: Construct, **options: Any) -> None:
        """Set the options of every provider that is created below a stack, a stage or an app from now on.

        This includes the providers of nested stacks. A provider uses the options of the nearest scope that has any: options
        of a stack replace those of its app as a whole, and are not merged with them. A provider that you create yourself
        overrides single options with its own arguments.

        Call it before the first context below `scope` is declared.

        Args:
            scope: The stack, the stage or the app.
            options: The options of `PartnerCentralProvider`.

        Raises:
            ValueError: An option is not valid; or `scope` is not a stack, stage or app, already has options, or already
                contains a provider, which new options could not change. The error lists every problem.

        Example:
            >>> from aws_cdk import App, Stack
            >>> from aws_cdk import aws_iam as iam
            >>> stack = Stack(App(), "Deals")
            >>> boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developer-boundary")
            >>> PartnerCentralProvider.configure(stack, permissions_boundary=boundary)
        """
        raise_problems("These provider options cannot be set:", [*_scope_problems(scope), *option_problems(options)])
        _ConfiguredOptions(scope, options)

    @staticmethod
    def get_or_create(scope: Construct) -> PartnerCentralProvider:
        """Return the provider of a construct's stack, and create it if the stack has none.

        A nested stack has its own provider.

        Args:
            scope: The stack, or any construct in it.

        Returns:
            The provider that the contexts of the stack share.

        Raises:
            ValueError: As for the class, with the options of `configure`.
            FileNotFoundError: As for the class.
        """
        stack = Stack.of(scope)
        existing = stack.node.try_find_child(PROVIDER_ID)
        return existing if isinstance(existing, PartnerCentralProvider) else PartnerCentralProvider(stack, PROVIDER_ID)

    @property
    def function(self) -> lambda_.Function:
        """The Lambda function, for example to create alarms. Its ARN is the service token of the resources that share it."""
        return self._function

    def _serve(self, construct: Construct, *, catalog: str, engagement: EngagementIdentifier) -> Mapping[str, str]:
        """Allow the function to manage contexts in an engagement before the construct's resources are deployed.

        Args:
            construct: The construct whose custom resource the function handles.
            catalog: The engagement's catalog. Can be a token.
            engagement: The engagement.

        Returns:
            The properties that connect the custom resource with the function.
        """
        arn = engagement.exact_arn(catalog)
        self._policy_document.allow(catalog, arn)
        if arn is None:
            Annotations.of(construct).add_info_v2(
                "cdk-partnercentral:engagementKnownAtDeployment",
                "The engagement ID or ARN is an unresolved token, so the function's role can create, update and read contexts "
                "in every engagement of the catalog. To restrict it to this engagement, pass a literal ID or ARN.",
            )
        construct.node.add_dependency(*self._dependencies)
        return self._properties


class _ConfiguredOptions(Construct):
    """The options that `configure` set: a hidden child of the scope, so that every Python object of the scope finds it."""

    def __init__(self, scope: Construct, options: Mapping[str, Any]) -> None:
        super().__init__(scope, OPTIONS_ID)
        self.options = options


def _configured_options(scope: Construct) -> Mapping[str, Any]:
    for each in reversed(scope.node.scopes):
        found = each.node.try_find_child(OPTIONS_ID)
        if isinstance(found, _ConfiguredOptions):
            return found.options
    return {}


def _scope_problems(scope: Construct) -> Iterator[str]:
    if not isinstance(scope, Stack | Stage):
        yield f"scope: must be a stack, a stage or an app; got {kind(scope)}"
        return
    name = scope.node.path or "the app"
    if scope.node.try_find_child(OPTIONS_ID) is not None:
        yield f"scope: {name} already has options; set all of them in one call of configure"
    existing = [each.node.path for each in scope.node.find_all() if isinstance(each, PartnerCentralProvider)]
    if existing:
        yield f"scope: {name} already contains {existing[0]}; call configure before the first context is declared"


def option_problems(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of a provider's options.

    Args:
        options: The options by name.
    """
    if options.get("timeout") is not None:
        yield from _timeout_problems(options["timeout"])
    if "memory_size" in options:
        yield from _memory_problems(options["memory_size"])
    given = {name for name, value in options.items() if value is not None}
    for name, other in REQUIRES.items():
        if name in given and other not in given:
            yield f"{name}: requires {other}"
    for name, other in EXCLUDED_BY.items():
        if name in given and other in given:
            yield f"{name}: cannot be combined with {other}"


def _timeout_problems(timeout: object) -> Iterator[str]:
    allowed = "timeout: must be a Duration of 3 to 15 minutes"
    if not isinstance(timeout, Duration):
        yield f"{allowed}; got {kind(timeout)}"
    elif timeout.is_unresolved():
        yield f"{allowed}, known at synthesis; got a token"
    else:
        seconds = timeout.to_seconds(integral=False)
        if not SHORTEST_TIMEOUT <= seconds <= LONGEST_TIMEOUT or seconds % 1:
            yield f"{allowed}, in whole seconds; got {seconds:g} seconds"


def _memory_problems(memory_size: object) -> Iterator[str]:
    is_number = isinstance(memory_size, int | float) and not isinstance(memory_size, bool)
    if not is_number or not (is_unresolved(memory_size) or memory_size in range(SMALLEST_MEMORY, LARGEST_MEMORY + 1)):
        given = memory_size if is_number else kind(memory_size)
        yield f"memory_size: must be an integer from {SMALLEST_MEMORY} to {LARGEST_MEMORY}, in MB; got {given}"


def provider_problems(stack: Stack, provider: object) -> Iterator[str]:
    """Yield why the contexts of a stack cannot use a provider. None is the stack's own provider."""
    if provider is None:
        return
    if not isinstance(provider, PartnerCentralProvider):
        yield f"provider: must be a PartnerCentralProvider; got {kind(provider)}"
    elif Stack.of(provider).node.path != stack.node.path:
        yield "provider: must be in the same stack as the context; got one in another stack"


def function_code(path: Path) -> lambda_.Code:
    """Return the function's code: one prebuilt zip.

    Args:
        path: The path of the zip.

    Returns:
        The code.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist. It is the code of the Lambda function. Installed packages of cdk-partnercentral contain "
            "it; in a checkout of the repository, run `make setup`."
        )
    return lambda_.Code.from_asset(str(path))


def _role(scope: Construct, permissions_boundary: iam.IManagedPolicy | None) -> iam.IRole:
    service = cast("iam.IPrincipal", iam.ServicePrincipal("lambda.amazonaws.com"))
    role = iam.Role(scope, "Role", assumed_by=service, permissions_boundary=permissions_boundary)
    return cast("iam.IRole", role)


def _log_group(scope: Construct, retention: logs.RetentionDays | None, key: kms.IKey | kms.Key | None) -> logs.LogGroup:
    if key is not None:
        stack = Stack.of(scope)
        key.add_to_resource_policy(
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
            iam.PolicyStatement(
                principals=[cast("iam.IPrincipal", iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com"))],
                actions=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:*"
                    }
                },
            )
        )
    return logs.LogGroup(
        scope,
        "LogGroup",
        encryption_key=cast("kms.IKey | None", key),
        retention=retention or logs.RetentionDays.THREE_MONTHS,
        # Nobody needs the log events of a stack that is deleted.
        removal_policy=RemovalPolicy.DESTROY,
    )
