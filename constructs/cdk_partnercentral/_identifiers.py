"""Parse engagement identifiers (IDs, ARNs or unresolved tokens), and build engagement ARNs."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeGuard

from aws_cdk import Fn

from cdk_partnercentral._tokens import is_lookup_dummy, is_unresolved

# Partner Central is available in only one partition and one Region. Every engagement ARN contains this partition and this
# Region, even if the stack is in another Region.
PARTITION, REGION = "aws", "us-east-1"

_ID = re.compile(r"eng-[0-9a-z]{14}")
_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):partnercentral:(?P<region>[a-z0-9-]*)::"
    r"catalog/(?P<catalog>[a-zA-Z]+)/engagement/(?P<id>eng-[0-9a-z]{14})"
)
# This pattern matches an ARN that contains a token, such as an ARN that `Stack.format_arn` returns. By default, `format_arn`
# inserts the Region and the account of the stack, although the ARN of an engagement contains us-east-1 and no account.
# Therefore, the pattern accepts any Region and any account.
_UNRESOLVED_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):partnercentral:[^:]*:[^:]*:catalog/(?P<catalog>[^/:]+)/engagement/(?P<id>.+)", re.DOTALL
)

# Maps the text of a token to the engagement that the token resolves to. The map is global, because the CDK's map of tokens is
# global too.
_ENGAGEMENTS_OF_TOKENS: dict[str, EngagementIdentifier] = {}


def engagement_arn(catalog: str, engagement_id: str) -> str:
    """Return the ARN of an engagement.

    Args:
        catalog: The catalog. Can be a token.
        engagement_id: The engagement ID, a token, or `*` for every engagement in the catalog.

    Returns:
        The ARN.
    """
    return f"arn:{PARTITION}:partnercentral:{REGION}::catalog/{catalog}/engagement/{engagement_id}"


@dataclass(frozen=True, kw_only=True)
class CreatedEngagement:
    """The attributes of an engagement that this app creates, as tokens."""

    id: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class EngagementIdentifier:
    """A parsed engagement identifier.

    Attributes:
        text: The identifier that the template contains. This is usually the identifier that the user passed. If the user passed
            an ARN with a literal ID and a token, the template contains the engagement's correct ARN instead.
        form: The form of the identifier: an ID, an ARN, an unresolved token, or an invalid value. If the ID in an ARN is a
            token, the form is `token`.
        key: A string that identifies the engagement: the engagement ID, or a token. The ID and the ARN of an engagement have
            the same key.
        engagement_id: The engagement ID, the dummy value of a CDK context lookup, or None if the ID is not known at synthesis.
        catalog: The catalog in the ARN, or None if the form is not `arn` or the catalog is a token.
        partition: The partition in the ARN, or None if the form is not `arn`.
        region: The Region in the ARN, or None if the form is not `arn`.
        created: The attributes of the engagement if this app creates it, otherwise None.
    """

    text: str
    form: Literal["id", "arn", "token", "invalid"]
    key: str
    engagement_id: str | None = None
    catalog: str | None = None
    partition: str | None = None
    region: str | None = None
    created: CreatedEngagement | None = None

    def exact_arn(self, catalog: str) -> str | None:
        """Return the engagement's ARN, or None if the engagement ID is not known at synthesis.

        Args:
            catalog: The catalog to use if the identifier does not contain a catalog. Can be a token.
        """
        return engagement_arn(self.catalog or catalog, self.engagement_id) if self.engagement_id else None

    def resolved_id(self) -> str:
        """Return the engagement ID, or a token that CloudFormation resolves to the ID.

        Raises:
            ValueError: The identifier contains a dynamic reference, and CloudFormation cannot extract an ID from a dynamic
                reference.
        """
        if self.engagement_id:
            return self.engagement_id
        if self.created:
            return self.created.id
        if "{{resolve:" in self.text:
            raise ValueError(
                f"engagement_id: cannot be derived from {self.text!r}, because CloudFormation cannot split a dynamic "
                "reference. Pass the engagement ID or ARN as a string, or as the value of a CfnParameter. A CfnParameter can "
                "also read the SSM Parameter Store."
            )
        # An ID and an ARN both contain `eng-` exactly once, so the same expression works for both.
        return self.remember(f"eng-{Fn.select(1, Fn.split('eng-', self.text))}")

    def remember(self, token: str) -> str:
        """Record that a token resolves to this engagement, and return the token.

        Args:
            token: A token that resolves to the engagement's ID or ARN. From then on, `parse_engagement` returns this engagement
                for the token.
        """
        _ENGAGEMENTS_OF_TOKENS[token] = replace(
            self, text=token, form="token", catalog=None, partition=None, region=None
        )
        return token


class HasEngagementId(Protocol):
    """The part of `IEngagement` that identifies the engagement."""

    @property
    def catalog(self) -> str:
        """The engagement's catalog."""
        ...

    @property
    def engagement_id(self) -> str:
        """The engagement ID."""
        ...


def is_engagement(value: object) -> TypeGuard[HasEngagementId]:
    """Return whether a value is an `IEngagement`. A context also has `engagement_id`, but not `add_context`."""
    # Do not read the properties. The property `engagement_id` raises an error if the ID cannot be extracted.
    names = ("catalog", "engagement_id", "add_context")
    return all(inspect.getattr_static(value, name, None) is not None for name in names)


def identifier_of(engagement: HasEngagementId) -> EngagementIdentifier:
    """Return the identifier of an `IEngagement`.

    If the engagement is not a construct of this library, parse its property `engagement_id`.
    """
    known = getattr(engagement, "_engagement", None)
    return known if isinstance(known, EngagementIdentifier) else parse_engagement(engagement.engagement_id)


def parse_engagement(identifier: object) -> EngagementIdentifier:
    """Parse an engagement identifier. If a value is not an engagement identifier, the result has the form `invalid`."""
    if not isinstance(identifier, str):
        return EngagementIdentifier(text="", form="invalid", key="")
    if _ID.fullmatch(identifier):
        return EngagementIdentifier(text=identifier, form="id", key=identifier, engagement_id=identifier)
    arn = _ARN.fullmatch(identifier)
    if arn:
        return EngagementIdentifier(
            text=identifier,
            form="arn",
            key=arn["id"],
            engagement_id=arn["id"],
            catalog=arn["catalog"],
            partition=arn["partition"],
            region=arn["region"],
        )
    return _parse_unresolved(identifier)


def _parse_unresolved(identifier: str) -> EngagementIdentifier:
    if not is_unresolved(identifier):
        return EngagementIdentifier(text=identifier, form="invalid", key=identifier)
    if identifier in _ENGAGEMENTS_OF_TOKENS:
        return _ENGAGEMENTS_OF_TOKENS[identifier]
    arn = _UNRESOLVED_ARN.fullmatch(identifier)
    if arn:
        return _parse_unresolved_arn(arn, parse_engagement(arn["id"]))
    known = identifier if is_lookup_dummy(identifier) else None
    return EngagementIdentifier(text=identifier, form="token", key=identifier, engagement_id=known)


def _parse_unresolved_arn(arn: re.Match[str], engagement: EngagementIdentifier) -> EngagementIdentifier:
    if engagement.form != "id":
        return replace(engagement, text=arn[0])
    return replace(
        engagement,
        text=engagement_arn(arn["catalog"], engagement.key),
        form="arn",
        catalog=None if is_unresolved(arn["catalog"]) else arn["catalog"],
        partition=PARTITION if is_unresolved(arn["partition"]) else arn["partition"],
        region=REGION,
    )
