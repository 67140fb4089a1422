"""A context that was made elsewhere, known by its attributes: nothing of it stands in the template.

Knows nothing of the function behind contexts.
"""

from __future__ import annotations

from typing import Protocol

from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_partnercentral._arguments import catalog_problems, context_problems, engagement_problems
from cdk_partnercentral._enums import Catalog, plain
from cdk_partnercentral._grants import READ, UPDATE, grant
from cdk_partnercentral._identifiers import arn_of, id_of
from cdk_partnercentral._refusal import refuse


class IEngagementContext(Protocol):
    """What can be read of a context, and allowed on it, whether it is declared in this app or was made elsewhere.

    `EngagementContext` is one, and `EngagementContext.from_engagement_context_attributes` returns one: it is the type for a
    parameter that takes either. Nobody tells of a context that was made elsewhere when its engagement was last modified,
    so `engagement_last_modified_at` is an attribute of `EngagementContext` alone.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementContextDetails.html

    Example:
        >>> from aws_cdk import App, CfnOutput, Stack
        >>> from cdk_partnercentral import EngagementContext, IEngagementContext
        >>> def tell(stack: Stack, context: IEngagementContext) -> CfnOutput:
        ...     return CfnOutput(stack, f"{context.node.id}Engagement", value=context.engagement_arn)
        >>> stack = Stack(App(), "Reports")
        >>> acme = EngagementContext.from_engagement_context_attributes(
        ...     stack, "Acme", catalog="Sandbox", engagement_identifier="eng-0123456789abcd", context_id="1"
        ... )
        >>> tell(stack, acme).value
        'arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd'
    """

    @property
    def node(self) -> Node:
        """The construct's node."""
        ...

    @property
    def catalog(self) -> str:
        """The engagement's catalog, `"AWS"` or `"Sandbox"`, or the token that it was given as."""
        ...

    @property
    def context_id(self) -> str:
        """The context's id within its engagement: string of 1 to 3 characters, `"1"` for example."""
        ...

    @property
    def engagement_id(self) -> str:
        """The engagement's id: `eng-` and 14 of `0-9` and `a-z`."""
        ...

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN: `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`."""
        ...

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement with all its contexts.

        Args:
            grantee: Who may: a role, a user, a Lambda function, anything with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` on the engagement, in its catalog.
        """
        ...

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement, and to update every context of it.

        IAM knows engagements, and no contexts, so nobody can be kept to one of them.

        Args:
            grantee: Who may: a role, a user, a Lambda function, anything with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement, in
            its catalog.
        """
        ...


class ImportedContext(Construct):
    """An `IEngagementContext` by its attributes.

    Args:
        scope: The construct it belongs to.
        id: Its id within `scope`.
        catalog: The engagement's catalog.
        engagement_identifier: Its id or ARN, or a token of either.
        context_id: The context's id.

    Raises:
        ValueError: One of them is not what the service takes.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        engagement_identifier: str,
        context_id: str,
    ) -> None:
        catalog = plain(catalog)
        refuse(
            "This context cannot be named:",
            [
                *catalog_problems(catalog),
                *engagement_problems("engagement_identifier", engagement_identifier, catalog),
                *context_problems("context_id", context_id),
            ],
        )
        super().__init__(scope, id)
        self._catalog: str = catalog
        self._identifier = engagement_identifier
        self._context_id = context_id

    @property
    def catalog(self) -> str:
        """The engagement's catalog."""
        return self._catalog

    @property
    def context_id(self) -> str:
        """The context's id within its engagement."""
        return self._context_id

    @property
    def engagement_id(self) -> str:
        """The engagement's id."""
        return id_of(self._identifier)

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN."""
        return arn_of(self._catalog, self.engagement_id)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement with all its contexts."""
        return grant(grantee, READ, catalog=self._catalog, engagement_arn=self.engagement_arn)

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement, and to update every context of it."""
        return grant(grantee, UPDATE, catalog=self._catalog, engagement_arn=self.engagement_arn)
