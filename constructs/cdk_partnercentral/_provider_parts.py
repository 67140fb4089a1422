"""What a provider is made of beside its function: the code, the log group, the role, and a check of the options.

Knows nothing of contexts and engagements.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_partnercentral._refusal import kind
from cdk_partnercentral._tokens import is_unresolved

# With less, the minute that the function waits for new permissions does not fit beside the time it keeps for its answer.
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 180, 900
SMALLEST_MEMORY, LARGEST_MEMORY = 128, 10_240


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


def own_log_group(
    scope: Construct, retention: logs.RetentionDays | None, key: kms.IKey | kms.Key | None
) -> logs.LogGroup:
    """The function's log group, removed with its stack.

    Args:
        scope: The provider.
        retention: How long it keeps what is written. None for three months.
        key: What it is encrypted with. None for CloudWatch Logs' own encryption.

    Returns:
        The log group. A key that the CDK can still change lets CloudWatch Logs use it.
    """
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
        removal_policy=RemovalPolicy.DESTROY,
    )


def own_role(scope: Construct, permissions_boundary: iam.IManagedPolicy | None) -> iam.IRole:
    """The function's role, without a permission yet.

    Args:
        scope: The provider.
        permissions_boundary: The most that it may ever do. None for no such limit.

    Returns:
        The role.
    """
    trusted = cast("iam.IPrincipal", iam.ServicePrincipal("lambda.amazonaws.com"))
    role = iam.Role(scope, "Role", assumed_by=trusted, permissions_boundary=permissions_boundary)
    return cast("iam.IRole", role)


def out_of_range(*, timeout: object, memory_size: object) -> Iterator[str]:
    """What is wrong with the numbers among a provider's options.

    Args:
        timeout: The function's timeout.
        memory_size: The function's memory, in MB. May be a token.

    Yields:
        One line for each problem.
    """
    allowed = "timeout: a Duration of 3 to 15 minutes"
    if not isinstance(timeout, Duration):
        yield f"{allowed}, got {kind(timeout)}"
    elif timeout.is_unresolved():
        yield f"{allowed}, known at synthesis, got a token"
    else:
        seconds = timeout.to_seconds(integral=False)
        if not SHORTEST_TIMEOUT <= seconds <= LONGEST_TIMEOUT or seconds % 1:
            yield f"{allowed} in whole seconds, got {seconds:g} seconds"
    is_number = isinstance(memory_size, int | float) and not isinstance(memory_size, bool)
    if not is_number or not (is_unresolved(memory_size) or memory_size in range(SMALLEST_MEMORY, LARGEST_MEMORY + 1)):
        got = memory_size if is_number else kind(memory_size)
        yield f"memory_size: an integer of {SMALLEST_MEMORY} to {LARGEST_MEMORY} MB, got {got}"


def useless_without(name: str, given: object, **others: object) -> list[str]:
    """Options that would be ignored in silence, as one that they belong to was not given.

    Args:
        name: The option they belong to.
        given: Its value.
        others: The options.

    Returns:
        One line for each that was given.
    """
    return [f"{each}: only together with {name}" for each in others if given is None and others[each] is not None]


def useless_beside(name: str, given: object, **others: object) -> list[str]:
    """Options that would be ignored in silence, as a construct was given that has its own.

    Args:
        name: The option for the construct.
        given: The construct.
        others: The options.

    Returns:
        One line for each that was given.
    """
    return [f"{each}: not together with {name}" for each in others if given is not None and others[each] is not None]
