"""How an engagement is named: by its id, by its ARN, or by a token of either.

Plain functions over strings. Knows nothing of constructs; of tokens it knows how to take one apart at deployment.
"""

from __future__ import annotations

import re

from aws_cdk import Fn

from cdk_partnercentral._tokens import is_unresolved

ENGAGEMENT_ID = re.compile(r"eng-[0-9a-z]{14}")
ENGAGEMENT_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):partnercentral:(?P<region>[a-z0-9-]*)::"
    r"catalog/(?P<catalog>[a-zA-Z]+)/engagement/(?P<id>eng-[0-9a-z]{14})"
)
_BEFORE_THE_ID = re.compile(r"\Aarn:aws:partnercentral:us-east-1::catalog/[^/]+/engagement/")


def arn_of(catalog: str, engagement_id: str) -> str:
    """The ARN of an engagement.

    Args:
        catalog: The engagement's catalog. May be a token.
        engagement_id: Its id. May be a token, or `*` for every engagement of the catalog.

    Returns:
        The ARN. The API has one partition and one region, so its ARNs do too.
    """
    return f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement_id}"


def without_arn(identifier: str) -> str:
    """An engagement's id, where it is named by its ARN: so the same engagement is the same text.

    Args:
        identifier: Id, ARN, or a token of either, or of the id in an ARN.

    Returns:
        The id, or its token. What is no ARN, as far as synthesis can tell, is left as it is.
    """
    return _BEFORE_THE_ID.sub("", identifier)


def id_of(identifier: str) -> str:
    """The id of an engagement that is named by its id or its ARN.

    Args:
        identifier: Id, ARN, or a token of either.

    Returns:
        The id; for a token another token, which the deployment resolves whichever of the two it is.

    Raises:
        ValueError: It is none of them, or holds a `{{resolve:` reference, which CloudFormation cannot take apart.
    """
    arn = ENGAGEMENT_ARN.fullmatch(identifier)
    if arn:
        return arn["id"]
    if ENGAGEMENT_ID.fullmatch(identifier):
        return identifier
    if "{{resolve:" not in identifier and is_unresolved(identifier):
        # `eng-` stands in an id once and in an ARN once.
        return f"eng-{Fn.select(1, Fn.split('eng-', identifier))}"
    raise ValueError(
        "engagement_identifier: `eng-` and 14 of 0-9 and a-z, or an engagement's ARN, or a token of either that is no "
        f"{{{{resolve: reference; got {identifier!r}"
    )
