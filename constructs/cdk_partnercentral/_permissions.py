"""What the function may do: the policy document, made from the engagements that were declared.

Plain functions over strings. Knows nothing of constructs.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral._identifiers import ENGAGEMENT_ARN, ENGAGEMENT_ID, arn_of
from cdk_partnercentral._tokens import is_unresolved

ACTIONS = (
    "partnercentral:CreateEngagementContext",
    "partnercentral:GetEngagement",
    "partnercentral:UpdateEngagementContext",
)
OWN_LOGS_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
# What Lambda does in the function's name to put it into a VPC; it refuses a role that may do less, or only on some resources:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)

# IAM allows 10,240 characters, without white space, for all inline policies of a role together:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LARGEST_POLICY = 9_000

# The longest thing a token stands for here is a log group's ARN: a name of up to 512 characters, and what is around it.
_TOKEN_LENGTH = 600
_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy document, and where it allows more than was declared.

    Args:
        document: The document, in IAM's JSON.
        widened: The catalogs whose exact ARNs did not fit, so that every engagement of theirs is allowed.
    """

    document: dict[str, Any]
    widened: tuple[str, ...]


def exact_arn(catalog: str, engagement_identifier: str) -> str | None:
    """The ARN of a declared engagement.

    Args:
        catalog: The engagement's catalog. May be a token.
        engagement_identifier: Its id, its ARN, or a string that only the deployment knows.

    Returns:
        The ARN, or None when only the deployment knows whether the identifier is an id or an ARN.

    Raises:
        ValueError: The identifier is neither an id, nor an engagement's ARN, nor a reference. No policy could name it.
    """
    if ENGAGEMENT_ID.fullmatch(engagement_identifier):
        return arn_of(catalog, engagement_identifier)
    arn = ENGAGEMENT_ARN.fullmatch(engagement_identifier)
    if arn:
        return arn_of(arn["catalog"], arn["id"])
    if is_unresolved(engagement_identifier):
        return None
    raise ValueError(
        "engagement_identifier: `eng-` and 14 of 0-9 and a-z, or an engagement's ARN, or a token; "
        f"got {engagement_identifier!r}"
    )


def any_arn(catalog: str) -> str:
    """The resource that stands for every engagement of a catalog.

    Args:
        catalog: The catalog. May be a token.

    Returns:
        An ARN with a wildcard.
    """
    return arn_of(catalog, "*")


def policy(declared: Mapping[str, Collection[str]], *, log_group_arn: str, in_vpc: bool = False) -> Policy:
    """The smallest policy that allows what was declared and still fits into IAM's limit.

    Where it does not fit, the catalog with the most engagements is opened as a whole, then the next.

    Args:
        declared: For each catalog the ARNs of its declared engagements, or `any_arn` among them.
        log_group_arn: The ARN of the function's log group, ending in `:*` as CloudFormation gives it. May be a token.
        in_vpc: Whether the function is put into a VPC.

    Returns:
        The policy, the same for the same declarations in whatever order they came.
    """
    resources = {catalog: _without_covered(catalog, arns) for catalog, arns in declared.items()}
    widened: list[str] = []
    for catalog in sorted(_in_order(resources), key=lambda each: len(resources[each]), reverse=True):
        if size(_document(resources, log_group_arn, in_vpc=in_vpc)) <= LARGEST_POLICY:
            break
        resources[catalog] = [any_arn(catalog)]
        widened.append(catalog)
    return Policy(document=_document(resources, log_group_arn, in_vpc=in_vpc), widened=tuple(widened))


def size(document: Mapping[str, Any]) -> int:
    """How many characters IAM will count, with every token taken to be as long as it can get.

    Args:
        document: A policy document.

    Returns:
        The number of characters without white space.
    """
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len(_TOKEN.sub("x" * _TOKEN_LENGTH, text))


def _without_covered(catalog: str, arns: Collection[str]) -> list[str]:
    return [any_arn(catalog)] if any_arn(catalog) in arns else _in_order(arns)


def _in_order(texts: Collection[str]) -> list[str]:
    # A token's number says how many were made before it, not what it stands for: those keep the order they came in.
    return sorted(texts, key=lambda text: _TOKEN.sub("~", text))


def _document(resources: Mapping[str, list[str]], log_group_arn: str, *, in_vpc: bool) -> dict[str, Any]:
    own_logs = {"Effect": "Allow", "Action": list(OWN_LOGS_ACTIONS), "Resource": log_group_arn}
    network = {"Effect": "Allow", "Action": list(NETWORK_ACTIONS), "Resource": "*"}
    engagements = [
        {
            "Effect": "Allow",
            "Action": list(ACTIONS),
            "Resource": resources[catalog],
            "Condition": {"StringEquals": {"partnercentral:Catalog": catalog}},
        }
        for catalog in _in_order(resources)
    ]
    return {"Version": "2012-10-17", "Statement": [own_logs, *engagements, *([network] if in_vpc else [])]}
