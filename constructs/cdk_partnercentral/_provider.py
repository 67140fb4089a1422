"""The provider of a stack's custom resources: the Lambda function, its role, its log group, and its options.

The docstring of `PartnerCentralProvider` documents the options. `configure` accepts the same options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import jsii
from aws_cdk import Annotations, CfnResource, Duration, IResolvable, RemovalPolicy, Stack, Stage
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IValidation

from cdk_partnercentral._iam import (
    CREATED_POLICY_NAME,
    POLICY_NAME,
    RolePolicies,
    annotate_creation,
    annotate_unchanged_role,
    given_role_policy,
    is_attached,
    own_role_policy,
)
from cdk_partnercentral._identifiers import EngagementIdentifier
from cdk_partnercentral._metrics import FAILED, THROTTLED, line_metric, with_options_of
from cdk_partnercentral._signature import ConstructorSignature, signature_without
from cdk_partnercentral._tokens import can_be_absent
from cdk_partnercentral._validation.messages import kind, raise_problems
from cdk_partnercentral._validation.provider_options import (
    destination_problems,
    option_problems,
    reject_unknown_options,
)

# Never change this ID or the IDs of the constructs below the provider. These IDs determine the logical ID of the function. A
# new logical ID would change the service token of deployed contexts, and CloudFormation rejects a changed service token.
PROVIDER_ID = "cdk-partnercentral.Provider"
OPTIONS_ID = "cdk-partnercentral.Options"

FUNCTION_ZIP = Path(__file__).parent / "function.zip"

TIMEOUT_MINUTES = 15
# Lambda runs the function at most three times for one event. Lambda waits 1 minute before the second run and 2 minutes before
# the third run.
RUNS, PAUSES_SECONDS, SLACK_SECONDS = 3, 180, 120

# A Create uses 53 MB (docs/operations/benchmarks.md) plus the memory of Lambda's runtime, so 128 MB is enough. But Lambda
# allocates CPU in proportion to memory, and a cold start is CPU-bound. With 256 MB, a cold start takes half the time and costs
# the same.
MEMORY_MB = 256

CANNOT_CREATE = "The provider {path} cannot be created:"
DESCRIPTION = "Partner Central custom resources (cdk-partnercentral)"


class FailureDestination(Protocol):
    """A Lambda destination. Type checkers do not accept the CDK's destinations as `IDestination`.

    The cause is a difference in parameter names.
    """

    def bind(self, *args: Any, **kwargs: Any) -> lambda_.DestinationConfig:
        """Return the configuration of the destination."""
        ...


Init = TypeVar("Init", bound=Callable[..., None])
Options = ParamSpec("Options")


def _with_configured_options(init: Init) -> Init:
    """Decorate a constructor so that it uses the options of `configure` as defaults and validates all options."""
    names = [*signature_without(init, "self", "scope", "id").parameters]

    @wraps(init)
    def init_with_options(self: PartnerCentralProvider, scope: Construct, id: str, **given: Any) -> None:  # noqa: A002
        reject_unknown_options(given, names)
        configured = _configured_options(scope)
        options = {**configured, **given}
        problems = option_problems(options, configured.keys() - given.keys())
        raise_problems(CANNOT_CREATE, problems, scope=scope, id=id)
        init(self, scope, id, **options)

    return cast("Init", init_with_options)


def _with_options_of(
    init: Callable[Concatenate[Any, Construct, str, Options], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Construct, Options], None]]:
    """Decorate a function with the keyword parameters of a constructor, for type checkers and `help()`."""
    signature = signature_without(init, "self", "id")
    names = [*signature_without(init, "self", "scope", "id").parameters]

    def decorate(function: Callable[..., None]) -> Callable[Concatenate[Construct, Options], None]:
        @wraps(function)
        def checked(*args: Any, **kwargs: Any) -> None:
            reject_unknown_options([name for name in kwargs if name != "scope"], names)
            bound = signature.bind(*args, **kwargs)
            function(*bound.args, **bound.kwargs)

        vars(checked)["__signature__"] = signature
        return cast("Callable[Concatenate[Construct, Options], None]", checked)

    return decorate


class PartnerCentralProvider(Construct):
    """The Lambda function that manages the engagements and contexts of one stack, with the function's role and log group.

    By default, all `Engagement` and `EngagementContext` constructs of a stack share one provider. The first of these constructs
    creates the provider. The role can write to the function's log group and can read the stack in CloudFormation. The role can
    also create, update and read contexts, but only in the engagements for which the stack declares contexts. If every declared
    context of an engagement has `existing_context_id`, the role cannot create contexts in this engagement. If an engagement ID
    is not known at synthesis, or if the list of engagements exceeds IAM's size limit for policies, the role can access every
    engagement of the catalog. An annotation then reports the wider access. If the stack creates engagements, the role can also
    create and read all engagements of the catalog. Unless `adopt_existing` is False, the role can then also list the
    engagements. A second policy allows changes to contexts of engagements that the app creates.

    You can set options in two ways:

    - Call `PartnerCentralProvider.configure(scope, ...)` to set options for the providers of a stack, a stage or an app. The
      options do not change the function's logical ID, so you can also set options for a deployed stack.
    - Create a second provider in a stack with your own `id`, and pass the provider as `provider=` to each engagement and
      context that should use it. If you omit an option, the provider uses the value that you passed to `configure`. You cannot
      change the provider of a deployed context, because CloudFormation rejects the change ("Modifying service token is not
      allowed").

    You cannot set the runtime, code, handler or architecture, because the bundled code is built for one configuration. The
    function has no environment variables.

    See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html

    Args:
        scope: The parent construct, in the same stack as the contexts that use the provider.
        id: The construct ID within `scope`. A new ID replaces the function. CloudFormation rejects the replacement if deployed
            contexts use the function.
        description: The function's description. String of up to 256 characters.
        environment_encryption: The KMS key that encrypts the function's environment variables. Set this option only if your
            compliance rules require a key. By default, Lambda uses its own key.
        log_group: The log group for the function's logs. By default, the provider creates a log group.
        log_group_encryption_key: The KMS key for the log group that the provider creates. If the app creates the key, the
            provider allows CloudWatch Logs to use the key. If the key is imported, the key policy must already allow CloudWatch
            Logs to use the key. By default, CloudWatch Logs uses its own encryption.
        log_level: Lambda discards the function's log lines below this level. An `aws_lambda.ApplicationLogLevel`; INFO by
            default. Failures have the level ERROR, retries WARN, and all other lines INFO. ERROR and FATAL are not allowed,
            because Lambda would discard lines that `metric_throttled` and `metric_failed` count. The log format is always JSON.
            See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
        log_retention: The retention period of the log group that the provider creates. An `aws_logs.RetentionDays`; three
            months by default. The logs contain no payloads and no secrets.
        memory_size: The function's memory in MB. Integer from 128 to 10240; 256 by default.
        on_failure: The destination to which Lambda sends an event if every run of the function for the event ends in an error,
            or if Lambda cannot start the function in time. A destination of `aws_lambda_destinations`, such as
            `SqsDestination`; none by default. If Lambda sends an event to the destination, CloudFormation receives no response
            and reports a timeout. An event contains the payload in plain text, and the URL for the response to CloudFormation.
            So encrypt the destination, and restrict access to the destination. If the function sends a FAILED response, Lambda
            does not send the event to the destination. A FIFO queue or a FIFO topic is an error, because Lambda sends events
            only to standard queues and topics. Do not call `function.configure_async_invoke`. This method would create
            a second configuration, and CloudFormation would reject the template.
        permissions_boundary: The permissions boundary of the role that the provider creates.
        reserved_concurrent_executions: The maximum number of runs of the function at the same time. AWS also reserves this
            number of runs for the function. Integer of at least 1, or a token; no limit by default. CloudFormation creates and
            updates many resources of a stack at the same time. If the limit is reached, Lambda delays further events. Lambda
            discards an event after a delay of 34 minutes, or earlier if `timeout` is shorter. In this case, the stack operation
            fails after 50 minutes.
        role: The function's role. By default, the provider creates a role. `lambda.amazonaws.com` must be able to assume the
            role. The provider attaches an inline policy, which counts toward IAM's limit of 10,240 characters for the inline
            policies of a role. If the role is imported with `mutable=False` or from another account, the provider attaches no
            policy. An annotation then lists the permissions that the role needs.
        security_groups: The function's security groups, which must allow outbound HTTPS. Requires `vpc`. By default, the CDK
            creates a security group.
        timeout: The timeout of one run of the function. A `Duration` of 3 to 15 minutes; 15 minutes by default. Lambda runs the
            function up to three times for one event, so CloudFormation waits for three timeouts plus five minutes.
        tracing: The mode of X-Ray tracing. An `aws_lambda.Tracing`; no tracing by default. The permissions for X-Ray apply to
            all resources, so cdk-nag reports AwsSolutions-IAM5.
        vpc: The VPC of the function. By default, the function is not attached to a VPC. The subnets need a route to the
            internet, for example through a NAT gateway. The function calls `partnercentral-selling.us-east-1.api.aws` and
            CloudFormation's API, and sends its responses to CloudFormation's S3 bucket in the stack's Region. If the function
            cannot connect to the bucket, the stack operation hangs until CloudFormation reports a timeout. A warning lists
            subnets without a route to the internet. The permissions for network interfaces apply to all resources, so cdk-nag
            reports AwsSolutions-IAM5.
        vpc_subnets: The function's subnets in the VPC. Requires `vpc`. Private subnets by default.

    Raises:
        ValueError: An option is not valid, requires another option that is missing, or has no effect because of another option.
            The error lists every problem.
        TypeError: An option does not exist.
        FileNotFoundError: The zip file with the function's code does not exist. An installed package contains this file. In a
            checkout of the repository, run `make setup`.

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
        description: str = DESCRIPTION,
        environment_encryption: kms.IKey | kms.Key | None = None,
        log_group: logs.ILogGroup | None = None,
        log_group_encryption_key: kms.IKey | kms.Key | None = None,
        log_level: lambda_.ApplicationLogLevel | None = None,
        log_retention: logs.RetentionDays | None = None,
        memory_size: int = MEMORY_MB,
        on_failure: lambda_.IDestination | FailureDestination | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        reserved_concurrent_executions: int | None = None,
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
            description=description,
            code=function_code(FUNCTION_ZIP),
            handler="lambda_handler.index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            environment_encryption=cast("kms.IKey | None", environment_encryption),
            # Lambda filters by level only in this format.
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=log_level or lambda_.ApplicationLogLevel.INFO,
            log_group=function_log_group,
            memory_size=memory_size,
            reserved_concurrent_executions=reserved_concurrent_executions,
            role=function_role,
            security_groups=security_groups,
            timeout=timeout,
            tracing=tracing,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        self._log_group = function_log_group
        self._policies = RolePolicies(self, log_group_arn=function_log_group.log_group_arn, in_vpc=vpc is not None)
        self._role, self._is_own_role = function_role, role is None
        policy = self._attach("Policy", POLICY_NAME, self._policies.token())
        self._can_change_role = is_attached(policy)
        if not self._can_change_role:
            annotate_unchanged_role(self, in_vpc=vpc is not None)
        self._created_policy: CfnResource | None = None
        if vpc is not None:
            _warn_about_isolated_subnets(self, vpc, self._function)
            # Lambda rejects a function in a VPC if the role cannot create network interfaces. Lambda also needs the role's
            # permissions when it deletes the function.
            self._function.node.add_dependency(policy)
        run_seconds = int(timeout.to_seconds())
        # The service timeout is long enough for the last run to end. The maximum event age prevents a run that would end after
        # the service timeout.
        service_timeout = RUNS * run_seconds + PAUSES_SECONDS + SLACK_SECONDS
        last_start = (RUNS - 1) * run_seconds + PAUSES_SECONDS + SLACK_SECONDS // 2
        invocation = lambda_.EventInvokeConfig(
            self,
            "AsynchronousInvocation",
            function=cast("lambda_.IFunction", self._function),
            max_event_age=Duration.seconds(last_start),
            on_failure=cast("lambda_.IDestination | None", on_failure),
            retry_attempts=RUNS - 1,
        )
        if on_failure is not None:
            raise_problems(CANNOT_CREATE, destination_problems(invocation.node.default_child), scope=self)
        self._dependencies = (policy, invocation)
        self.node.add_validation(_UnusedProvider(self, self._policies))
        self._properties = {"ServiceToken": self._function.function_arn, "ServiceTimeout": str(service_timeout)}

    @staticmethod
    @_with_options_of(__init__)
    def configure(scope: Construct, **options: Any) -> None:
        """Set the default options for providers in a stack, a stage or an app.

        The options also apply to the providers of nested stacks. If you call `configure` for several scopes, a provider uses
        only the options of the nearest scope. The options of a stack are not merged with the options of its app. If you create
        a provider yourself, each argument that you pass overrides the configured option of the same name.

        Call `configure` before you declare the first context in `scope`.

        Args:
            scope: The stack, the stage or the app.
            options: The options of `PartnerCentralProvider`.

        Raises:
            ValueError: An option is not valid, `scope` is not a stack, stage or app, or `scope` already has options. The method
                also raises this error if `scope` already contains a provider, because the provider's options cannot be changed.
                The error lists every problem.

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
        """Return the shared provider of a construct's stack. Create the provider if it does not exist yet.

        A nested stack has its own provider.

        Args:
            scope: The stack, or any construct in it.

        Returns:
            The provider that the contexts of the stack share.

        Raises:
            ValueError: The options of `configure` are not valid. See the class docstring.
            FileNotFoundError: See the class docstring.
        """
        stack = Stack.of(scope)
        existing = stack.node.try_find_child(PROVIDER_ID)
        return existing if isinstance(existing, PartnerCentralProvider) else PartnerCentralProvider(stack, PROVIDER_ID)

    @property
    def function(self) -> lambda_.Function:
        """The Lambda function. The function's ARN is the service token of the custom resources.

        You can use the function to create alarms, for example.
        """
        return self._function

    @with_options_of(lambda_.Function.metric_errors)
    def metric_failed(self, **props: Any) -> cloudwatch.Metric:
        """Return the metric that counts the FAILED responses of the function.

        The function sends a FAILED response if a resource could not be created or updated.

        Lambda's own metric of errors does not count these failures, because the function runs without an error. The first call
        creates a metric filter on the function's log group, so the metric has data only from the next deployment on. If
        CloudFormation sends another event for the resource, such as the rollback of an update, the metric counts the response
        to this event separately.

        See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html

        Args:
            props: The properties of `aws_cloudwatch.MetricOptions` as keyword arguments, such as `period` and `label`. By
                default, the metric is the sum over five minutes.

        Returns:
            The metric `Failed` in the namespace `cdk-partnercentral/<function name>`.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> failed = PartnerCentralProvider.get_or_create(stack).metric_failed()
            >>> alarm = failed.create_alarm(stack, "Failed", evaluation_periods=1, threshold=1)
        """
        return self._line_metric("Failed", FAILED, props)

    @with_options_of(lambda_.Function.metric_errors)
    def metric_throttled(self, **props: Any) -> cloudwatch.Metric:
        """Return the metric of throttled calls to Partner Central or CloudFormation, including calls that the function retried.

        The function retries throttled calls until its time runs out. If the number is high, throttling probably causes slow
        deployments of large stacks. The first call of this method creates a metric filter on the function's log group.

        See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html

        Args:
            props: The properties of `aws_cloudwatch.MetricOptions` as keyword arguments. By default, the metric is the sum over
                five minutes.

        Returns:
            The metric `Throttled` in the namespace `cdk-partnercentral/<function name>`.
        """
        return self._line_metric("Throttled", THROTTLED, props)

    @with_options_of(lambda_.Function.metric_duration)
    def metric_duration(self, **props: Any) -> cloudwatch.Metric:
        """Return Lambda's metric of how long the function runs, in milliseconds.

        See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html

        Args:
            props: The properties of `aws_cloudwatch.MetricOptions` as keyword arguments. By default, the metric is the average
                over five minutes.

        Returns:
            The metric `Duration` of the function.
        """
        return self._function.metric_duration(**props)

    def _line_metric(self, name: str, pattern: str, props: dict[str, Any]) -> cloudwatch.Metric:
        return line_metric(
            self,
            name,
            pattern,
            log_group=self._log_group,
            function_name=self._function.function_name,
            options=props,
        )

    def _serve_contexts(
        self, construct: Construct, *, catalog: str, engagement: EngagementIdentifier, existing_context_id: str | None
    ) -> Mapping[str, str]:
        """Allow the function to manage a context in an engagement, and return properties for a construct's custom resource.

        The construct depends on the function's policies, so that the permissions exist before the custom resource is deployed.

        Args:
            construct: The construct that contains the custom resource.
            catalog: The engagement's catalog. Can be a token.
            engagement: The engagement.
            existing_context_id: The ID of the existing context, or None if the function must create a context.

        Returns:
            The service token and the service timeout of the custom resource.
        """
        creates = existing_context_id is None or can_be_absent(construct, existing_context_id)
        self._policies.allow_contexts(catalog, engagement, creates=creates)
        construct.node.add_dependency(*self._dependencies)
        if engagement.created is not None:
            if self._created_policy is None:
                self._created_policy = self._attach(
                    "CreatedEngagementsPolicy", CREATED_POLICY_NAME, self._policies.created_token()
                )
            construct.node.add_dependency(self._created_policy)
        elif engagement.engagement_id is None:
            Annotations.of(construct).add_info_v2(
                "cdk-partnercentral:engagementKnownAtDeployment",
                "The engagement ID or ARN is an unresolved token. So the function's role can "
                f"{'create, update and read' if creates else 'update and read'} contexts in every engagement of the catalog. "
                "To restrict the role to this engagement, pass a literal ID or ARN, or the value of a context lookup "
                "(StringParameter.value_from_lookup).",
            )
        return self._properties

    def _serve_engagement(self, construct: Construct, *, catalog: str, adopt_existing: bool) -> Mapping[str, str]:
        """Allow the function to create engagements in a catalog, and connect a construct's custom resource to the function.

        Args:
            construct: The construct that contains the custom resource.
            catalog: The catalog. Can be a token.
            adopt_existing: Whether the function adopts an existing engagement.

        Returns:
            The properties that connect the custom resource to the function.
        """
        self._policies.allow_creation(catalog, adopt_existing=adopt_existing)
        if not self._can_change_role:
            annotate_creation(construct, catalog, adopt_existing=adopt_existing)
        construct.node.add_dependency(*self._dependencies)
        return self._properties

    def _attach(self, id: str, name: str, document: IResolvable) -> CfnResource:  # noqa: A002 - the CDK's name for it
        if self._is_own_role:
            return own_role_policy(self, id, self._role, document, name=name)
        return given_role_policy(self, f"GivenRole{id}", self._role, document, suffix=name.removeprefix(POLICY_NAME))


@jsii.implements(IValidation)
class _UnusedProvider:
    """The check for a provider that nothing uses. The CDK runs the check at synthesis, after all resources are declared.

    The check is a separate class, because older releases of the CDK reject a construct that has a method named `validate`.
    """

    def __init__(self, provider: PartnerCentralProvider, policies: RolePolicies) -> None:
        self._provider = provider
        self._policies = policies

    def validate(self) -> list[str]:
        """Add a warning if no resource uses the provider. The warning is not an error, so the list is empty."""
        if self._policies.are_unused:
            # In older releases of the CDK, a warning that is added after its acknowledgement is suppressed only below the
            # construct that was acknowledged. So the warning belongs to the function, and users acknowledge the provider.
            Annotations.of(self._provider.function).add_warning_v2(
                "cdk-partnercentral:unusedProvider",
                "No engagement or context uses this provider, so its function never runs, and an alarm on its metrics never "
                "fires. Pass this provider as the argument provider of the engagements and contexts that should use it. Or "
                "remove it, and use the provider that they already use. By default, this is the result of "
                "PartnerCentralProvider.get_or_create(stack).",
            )
        return []


class _ConfiguredOptions(Construct):
    """A hidden construct that stores the options of `configure`.

    The docstring of `Registry` explains why the options are not an attribute of the scope.
    """

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
        yield f"scope: {name} already has options; set all options in one call of configure"
    existing = [each.node.path for each in scope.node.find_all() if isinstance(each, PartnerCentralProvider)]
    if existing:
        yield f"scope: {name} already contains {existing[0]}; call configure before the first context is declared"


def provider_problems(stack: Stack, provider: object) -> Iterator[str]:
    """Yield a problem if the contexts of a stack cannot use a provider. The value None means the shared provider."""
    if provider is None:
        return
    if not isinstance(provider, PartnerCentralProvider):
        yield f"provider: must be a PartnerCentralProvider; got {kind(provider)}"
    elif Stack.of(provider).node.path != stack.node.path:
        yield (
            f"provider: must be in the same stack as the context, {stack.node.path}; got a provider in "
            f"{Stack.of(provider).node.path}"
        )


def function_code(path: Path) -> lambda_.Code:
    """Return the function's code from a prebuilt zip file.

    Args:
        path: The path of the zip file.

    Returns:
        The code as a CDK asset.

    Raises:
        FileNotFoundError: The zip file does not exist.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist. This file contains the code of the Lambda function. Installed packages of "
            "cdk-partnercentral include the file. In a checkout of the repository, run `make setup` to build it."
        )
    return lambda_.Code.from_asset(str(path))


def _warn_about_isolated_subnets(scope: Construct, vpc: ec2.IVpc, function: lambda_.Function) -> None:
    stack = Stack.of(scope)
    resource = function.node.default_child
    # Read the subnets from the function's resource, because the CDK chooses the default subnets of a VPC.
    chosen: Sequence[Any] = (
        stack.resolve(resource.vpc_config)["subnetIds"] if isinstance(resource, lambda_.CfnFunction) else []
    )
    # The CDK uses a dummy VPC until the lookup of the VPC is complete. In the dummy VPC, a private subnet can have the same ID
    # as an isolated subnet.
    private = [stack.resolve(each.subnet_id) for each in vpc.private_subnets]
    isolated = [
        subnet.node.path
        for subnet in vpc.isolated_subnets
        if (id_ := stack.resolve(subnet.subnet_id)) in chosen and id_ not in private and not _has_default_route(subnet)
    ]
    if isolated:
        Annotations.of(scope).add_warning_v2(
            "cdk-partnercentral:isolatedSubnets",
            f"The function runs in isolated subnets, which have no route to the internet: {', '.join(isolated)}. Without a "
            "route to Partner Central and to CloudFormation's S3 bucket, the function cannot send a response, so the stack "
            "operation hangs until CloudFormation reports a timeout. Use subnets with a route to a NAT gateway "
            "(SubnetType.PRIVATE_WITH_EGRESS). Or acknowledge this warning if the function can connect to Partner Central and "
            "to the S3 bucket through a proxy or another route.",
        )


def _has_default_route(subnet: ec2.ISubnet) -> bool:
    routes = (each for each in subnet.node.find_all() if isinstance(each, ec2.CfnRoute))
    return any(each.destination_cidr_block == "0.0.0.0/0" for each in routes)


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
        # The log events are not needed after the stack is deleted.
        removal_policy=RemovalPolicy.DESTROY,
    )
