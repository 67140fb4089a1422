"""Parse engagement identifiers (IDs, ARNs or unresolved tokens), and build engagement ARNs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from aws_cdk import Fn

from cdk_partnercentral._tokens import is_unresolved

# Partner Central exists in only one partition and one Region. Its ARNs always contain both, whatever the stack's Region.
PARTITION, REGION = "aws", "us-east-1"

_ID = re.compile(r"eng-[0-9a-z]{14}")
_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):partnercentral:(?P<region>[a-z0-9-]*)::"
    r"catalog/(?P<catalog>[a-zA-Z]+)/engagement/(?P<id>eng-[0-9a-z]{14})"
)
_ARN_PREFIX = re.compile(rf"\Aarn:{PARTITION}:partnercentral:{REGION}::catalog/[^/]+/engagement/")


def engagement_arn(catalog: str, engagement_id: str) -> str:
    """Return the ARN of an engagement.

    Args:
        catalog: The catalog. Can be a token.
        engagement_id: The engagement ID. Can be a token, or `*` for every engagement in the catalog.

    Returns:
        The ARN.
    """
    return f"arn:{PARTITION}:partnercentral:{REGION}::catalog/{catalog}/engagement/{engagement_id}"


@dataclass(frozen=True, kw_only=True)
class EngagementIdentifier:
    """A parsed engagement identifier.

    Attributes:
        text: The identifier that the user passed.
        form: The form of the identifier: an ID, an ARN, an unresolved token, or not valid. An ARN that contains a token has
            the form `token`.
        engagement_id: The engagement ID, or None if the ID is not known at synthesis.
        catalog: The catalog in the ARN, or None if the form is not `arn`.
        partition: The partition in the ARN, or None if the form is not `arn`.
        region: The Region in the ARN, or None if the form is not `arn`.
    """

    text: str
    form: Literal["id", "arn", "token", "invalid"]
    engagement_id: str | None = None
    catalog: str | None = None
    partition: str | None = None
    region: str | None = None

    @property
    def key(self) -> str:
        """A key that is equal for an ID and an ARN of the same engagement: the engagement ID, or the ID's token."""
        return self.engagement_id or _ARN_PREFIX.sub("", self.text)

    def exact_arn(self, catalog: str) -> str | None:
        """Return the engagement's ARN, or None if the engagement ID is not known at synthesis.

        Args:
            catalog: The engagement's catalog, used if the identifier is not an ARN. Can be a token.
        """
        return engagement_arn(self.catalog or catalog, self.engagement_id) if self.engagement_id else None

    def resolved_id(self) -> str:
        """Return the engagement ID, or a token that CloudFormation resolves to the ID.

        Raises:
            ValueError: The identifier contains a dynamic reference, from which CloudFormation cannot extract the ID.
        """
        if self.engagement_id:
            return self.engagement_id
        if "{{resolve:" in self.text:
            raise ValueError(
                f"engagement_id: cannot be derived from {self.text!r}, because CloudFormation cannot split a dynamic "
                "reference. Pass the engagement ID or ARN as a string or as the value of a CfnParameter, which can also "
                "read the SSM Parameter Store."
            )
        # An ID and an ARN both contain `eng-` exactly once, so the same expression works for both.
        return f"eng-{Fn.select(1, Fn.split('eng-', self.text))}"


def parse_engagement(identifier: object) -> EngagementIdentifier:
    """Parse an engagement identifier. For any other value, the result has the form `invalid`."""
    if not isinstance(identifier, str):
        return EngagementIdentifier(text="", form="invalid")
    if _ID.fullmatch(identifier):
        return EngagementIdentifier(text=identifier, form="id", engagement_id=identifier)
    arn = _ARN.fullmatch(identifier)
    if arn:
        return EngagementIdentifier(
            text=identifier,
            form="arn",
            engagement_id=arn["id"],
            catalog=arn["catalog"],
            partition=arn["partition"],
            region=arn["region"],
        )
    return EngagementIdentifier(text=identifier, form="token" if is_unresolved(identifier) else "invalid")
