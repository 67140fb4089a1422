"""Check the options of a provider, and report one line for each problem.

To add an option, add an entry to `KINDS`. For an option with a range, write a function instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from aws_cdk import Duration, Reference, Tokenization
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import kind, quoted

# The function retries for up to a minute while new permissions propagate, and reserves time for its response. A timeout below
# the minimum is too short for these retries and the response.
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 180, 900
# At these levels, Lambda would discard the lines that metric_throttled or metric_failed counts.
DISCARDING_LEVELS = (lambda_.ApplicationLogLevel.ERROR, lambda_.ApplicationLogLevel.FATAL)
LONGEST_DESCRIPTION = 256
SMALLEST_MEMORY, LARGEST_MEMORY = 128, 10_240

# REQUIRES maps an option to another option. If the other option is missing, the first option has no effect. EXCLUDED_BY also
# maps an option to another option. If the other option is set, the first option has no effect.
REQUIRES = {"security_groups": "vpc", "vpc_subnets": "vpc"}
EXCLUDED_BY = {"log_group_encryption_key": "log_group", "log_retention": "log_group", "permissions_boundary": "role"}


def _is_object(value: object) -> bool:
    """Return whether a value can be a CDK object. Any Python class can implement a CDK interface."""
    return not isinstance(value, str | int | float | Mapping | Sequence)


def _is_list_of_objects(value: object) -> bool:
    return is_list(value) and all(map(_is_object, value))


# Maps each option without a range to a function that checks the option's value, and to a description of the allowed values. The
# CDK would also report a wrong kind of value, but later and without the name of the option.
KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "environment_encryption": (_is_object, "a KMS key; for an ARN, use aws_kms.Key.from_key_arn"),
    "log_group": (
        _is_object,
        "a log group; for a name or an ARN, use from_log_group_name or from_log_group_arn of aws_logs.LogGroup",
    ),
    "log_group_encryption_key": (_is_object, "a KMS key; for an ARN, use aws_kms.Key.from_key_arn"),
    "log_level": (
        lambda value: isinstance(value, lambda_.ApplicationLogLevel),
        "an aws_lambda.ApplicationLogLevel, such as WARN",
    ),
    "log_retention": (
        lambda value: isinstance(value, logs.RetentionDays),
        "an aws_logs.RetentionDays, such as ONE_MONTH",
    ),
    "on_failure": (
        lambda value: hasattr(value, "bind"),
        "a Lambda destination, such as an aws_lambda_destinations.SqsDestination(queue)",
    ),
    "permissions_boundary": (
        _is_object,
        (
            "a managed policy; for a name or an ARN, use from_managed_policy_name or from_managed_policy_arn of "
            "aws_iam.ManagedPolicy"
        ),
    ),
    "role": (_is_object, "a role; for a name or an ARN, use from_role_name or from_role_arn of aws_iam.Role"),
    "security_groups": (
        _is_list_of_objects,
        "a list of security groups; for an ID, use aws_ec2.SecurityGroup.from_security_group_id",
    ),
    "tracing": (lambda value: isinstance(value, lambda_.Tracing), "an aws_lambda.Tracing, such as ACTIVE"),
    "vpc": (_is_object, "a VPC; for an ID, use aws_ec2.Vpc.from_lookup"),
    "vpc_subnets": (lambda value: is_mapping(value) or _is_object(value), "an aws_ec2.SubnetSelection"),
}


def reject_unknown_options(given: Collection[str], options: Collection[str]) -> None:
    """Raise an error for the first unknown option.

    Args:
        given: The names of the options that the user passed.
        options: The names of all options.

    Raises:
        TypeError: An option does not exist.
    """
    unknown = [name for name in given if name not in options]
    if unknown:
        raise TypeError(
            f"PartnerCentralProvider has no option {quoted(unknown[0], options)}. The options are {', '.join(options)}. "
            "help(PartnerCentralProvider) describes the options."
        )


def option_problems(options: Mapping[str, Any], configured: Collection[str] = ()) -> Iterator[str]:
    """Yield the problems of a provider's options.

    Args:
        options: The options by name.
        configured: The names of the options that `configure` set.
    """
    for name, problems in RANGES.items():
        # If the default of an option is not None, the option does not accept None.
        if name in options and (options[name] is not None or name in NOT_NONE):
            yield from problems(options[name])
    for name, (accepts, allowed) in KINDS.items():
        value = options.get(name)
        if value is not None and not accepts(value):
            yield f"{name}: must be {allowed}; got {kind(value)}"
    given = {name for name, value in options.items() if value is not None}
    for name, other in REQUIRES.items():
        if name in given and other not in given:
            yield f"{name}: has no effect without {other}; set {other} too, or remove {name}"
    for name, other in EXCLUDED_BY.items():
        if name in given and other in given:
            if name in configured:
                origin, fix = "was set by PartnerCentralProvider.configure, and ", f"pass {name}=None to this provider"
            else:
                origin, fix = "", "remove one of the two options"
            yield f"{name}: {origin}has no effect with {other}; {fix}"
    yield from _subnet_problems(options)


def destination_problems(configuration: object) -> Iterator[str]:
    """Yield a problem if the destination of `on_failure` is a FIFO queue or a FIFO topic.

    Lambda does not support these destinations:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

    Args:
        configuration: The `CfnEventInvokeConfig`, because a destination itself has no property with its queue or topic.
    """
    destinations = getattr(configuration, "destination_config", None)
    arn = getattr(getattr(destinations, "on_failure", None), "destination", None)
    if not arn:
        return
    reference = Tokenization.reverse_string(arn).first_token
    target = reference.target if isinstance(reference, Reference) else None
    # The names of FIFO queues and topics end with this suffix.
    if arn.endswith(".fifo") or True in (getattr(target, "fifo_queue", None), getattr(target, "fifo_topic", None)):
        yield (
            "on_failure: must be a standard queue or a standard topic, because Lambda cannot send events to a FIFO queue or "
            "a FIFO topic; got a FIFO destination"
        )


def _subnet_problems(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problem of public subnets. The CDK would also report them, but with the name of an option of its own."""
    vpc: Any = options.get("vpc")
    selection: object = options.get("vpc_subnets")
    # `KINDS` contains the checks of other values.
    if not hasattr(vpc, "select_subnets") or isinstance(selection, str | int | float):
        return
    names = ("availability_zones", "one_per_az", "subnet_filters", "subnet_group_name", "subnets", "subnet_type")
    given: dict[str, Any] = {
        name: selection.get(name) if is_mapping(selection) else getattr(selection, name, None) for name in names
    }
    selected: list[str] = vpc.select_subnets(**given).subnet_ids
    if {each.subnet_id for each in vpc.public_subnets}.intersection(selected):
        yield (
            "vpc_subnets: must not select public subnets, because a function in a public subnet cannot connect to the "
            "internet; select private subnets with a route to a NAT gateway (SubnetType.PRIVATE_WITH_EGRESS)"
        )


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


def _description_problems(description: object) -> Iterator[str]:
    if not isinstance(description, str):
        yield f"description: must be a string of up to {LONGEST_DESCRIPTION} characters; got {kind(description)}"
    elif not is_unresolved(description) and len(description) > LONGEST_DESCRIPTION:
        yield f"description: must have up to {LONGEST_DESCRIPTION} characters; got {len(description)}"


def _concurrency_problems(executions: object) -> Iterator[str]:
    """Yield the problem of a reserved concurrency. With a reserved concurrency of 0, the function would never run."""
    is_number = isinstance(executions, int | float) and not isinstance(executions, bool)
    if not is_number or not (is_unresolved(executions) or (isinstance(executions, int) and executions >= 1)):
        given = executions if is_number else kind(executions)
        yield f"reserved_concurrent_executions: must be an integer of at least 1; got {given}"


def _level_problems(level: object) -> Iterator[str]:
    if isinstance(level, lambda_.ApplicationLogLevel) and level in DISCARDING_LEVELS:
        yield (
            "log_level: must be TRACE, DEBUG, INFO or WARN, because the provider's metrics count WARN and ERROR lines; "
            f"got {level.value}"
        )


# Maps each option with a range to a function that yields the problems of the option's value. NOT_NONE lists the options of this
# map that do not accept None.
RANGES: Mapping[str, Callable[[object], Iterator[str]]] = {
    "timeout": _timeout_problems,
    "memory_size": _memory_problems,
    "description": _description_problems,
    "reserved_concurrent_executions": _concurrency_problems,
    "log_level": _level_problems,
}
NOT_NONE = ("description", "memory_size")
