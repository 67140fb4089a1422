"""An engagement, named once, to hang contexts on.

Knows nothing of payloads and of the function behind contexts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import IResolvable
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._arguments import arn_problems, catalog_in, catalog_problems, engagement_problems
from cdk_partnercentral._customer_project import CustomerProject
from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._enums import Catalog, EngagementContextType, plain
from cdk_partnercentral._grants import READ, grant
from cdk_partnercentral._identifiers import arn_of, id_of
from cdk_partnercentral._lead import Lead
from cdk_partnercentral._provider import PartnerCentralProvider
from cdk_partnercentral._refusal import refuse
from cdk_partnercentral._signature import ConstructorSignature

NOT_NAMED = "This engagement cannot be named:"
NO_CATALOG = "catalog: it is needed beside a token, which does not tell it before the deployment"


class Engagement(Construct):
    """An engagement of AWS Partner Central that exists, named once for all its contexts in a stack.

    `Engagement.from_engagement_id` and `Engagement.from_engagement_arn` name one; nothing of it stands in the template,
    and none is ever created. `add_context` declares a context of it.

    A context's logical id comes from the path of its construct: of the engagement's id in its scope, and of the context's
    in the engagement. A change of either is a new resource, and so is putting an `EngagementContext` that was declared
    without an `Engagement` below one: then give `existing_context_id` too, to keep the context.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_GetEngagement.html

    Raises:
        TypeError: It is called itself.

    Example:
        >>> from aws_cdk import App, Stack
        >>> from cdk_partnercentral import Catalog, CustomerProject, Engagement, ProjectDetails
        >>> stack = Stack(App(), "Deals")
        >>> acme = Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog=Catalog.SANDBOX)
        >>> migration = acme.add_context(
        ...     "Migration",
        ...     payload=CustomerProject(
        ...         project=ProjectDetails(
        ...             title="Move to AWS",
        ...             business_problem="The data centre closes at the end of next year.",
        ...             target_completion_date="2027-06-30",
        ...         ),
        ...     ),
        ... )
        >>> migration.node.path
        'Deals/Acme/Migration'
        >>> acme.engagement_arn
        'arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd'
    """

    __signature__ = ConstructorSignature()

    _catalog: str
    _identifier: str

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's name for it
        """Refuse: engagements are named, not created."""
        if type(self) is Engagement:
            raise TypeError("Engagement: name one that exists, by Engagement.from_engagement_id or from_engagement_arn")
        super().__init__(scope, id)

    @staticmethod
    def from_engagement_id(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_id: str,
        *,
        catalog: Catalog | str,
    ) -> Engagement:
        """Name an engagement by its id.

        Args:
            scope: The construct it belongs to: the stack, usually.
            id: Its id within `scope`. Contexts that are added to it have it in their logical ids.
            engagement_id: The engagement's id: `eng-` and 14 of `0-9` and `a-z`, or a token of it.
            catalog: Its catalog. A `Catalog`, or its value as a string.

        Returns:
            The engagement.

        Raises:
            ValueError: There is no such catalog, or no engagement can have that id.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog="Sandbox").catalog
            'Sandbox'
        """
        catalog = plain(catalog)
        refuse(NOT_NAMED, [*catalog_problems(catalog), *engagement_problems("engagement_id", engagement_id, catalog)])
        return _Named(scope, id, catalog=catalog, identifier=engagement_id)

    @staticmethod
    def from_engagement_arn(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_arn: str,
        *,
        catalog: Catalog | str | None = None,
    ) -> Engagement:
        """Name an engagement by its ARN.

        Args:
            scope: The construct it belongs to: the stack, usually.
            id: Its id within `scope`. Contexts that are added to it have it in their logical ids.
            engagement_arn: The engagement's ARN, `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`,
                or a token of it.
            catalog: Its catalog. A `Catalog`, or its value as a string. None takes it from the ARN; it is needed only
                beside a token.

        Returns:
            The engagement.

        Raises:
            ValueError: It is no ARN of an engagement, or of another catalog; or it is a token and no catalog was given.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd"
            >>> Engagement.from_engagement_arn(stack, "Acme", arn).catalog
            'Sandbox'
        """
        told = plain(catalog_in(engagement_arn) if catalog is None else catalog)
        refuse(NOT_NAMED, _problems_of_an_arn(engagement_arn, told))
        return _Named(scope, id, catalog=told, identifier=engagement_arn)

    @property
    def catalog(self) -> str:
        """The engagement's catalog, `"AWS"` or `"Sandbox"`, or the token that it was given as."""
        return self._catalog

    @property
    def engagement_id(self) -> str:
        """The engagement's id, `eng-` and 14 of `0-9` and `a-z`; a token where a token was given.

        Raises:
            ValueError: It was given as a `{{resolve:` reference, which CloudFormation cannot take apart. The parameter of
                a stack can be a value of Systems Manager's Parameter Store too, and works.
        """
        return id_of(self._identifier)

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`.

        Raises:
            ValueError: As for `engagement_id`.
        """
        return arn_of(self._catalog, self.engagement_id)

    def add_context(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        payload: CustomerProject | Lead | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool = True,
        existing_context_id: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> EngagementContext:
        """Declare a context of the engagement.

        Args:
            id: Its id within the engagement. It is part of the logical id.
            payload: What the context says. As for `EngagementContext`, and so is all that follows.
            type: The context's Type, needed only beside a token.
            client_token: The API's token against doubles.
            adopt_existing: Whether a context that already says exactly this is taken over.
            existing_context_id: The id of an existing context to manage.
            provider: The function to use.

        Returns:
            The context, a child of the engagement.

        Raises:
            ValueError: As for `EngagementContext`.
            FileNotFoundError: As for `EngagementContext`.
        """
        return EngagementContext(
            self,
            id,
            catalog=self._catalog,
            engagement_identifier=self._identifier,
            payload=payload,
            type=type,
            client_token=client_token,
            adopt_existing=adopt_existing,
            existing_context_id=existing_context_id,
            provider=provider,
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement with all its contexts.

        Args:
            grantee: Who may: a role, a user, a Lambda function, anything with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` on the engagement, in its catalog.

        Raises:
            ValueError: As for `engagement_id`.
        """
        return grant(grantee, READ, catalog=self._catalog, engagement_arn=self.engagement_arn)


class _Named(Engagement):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: str,
        identifier: str,
    ) -> None:
        super().__init__(scope, id)
        self._catalog = catalog
        self._identifier = identifier


def _problems_of_an_arn(arn: object, catalog: object) -> list[str]:
    found = list(arn_problems("engagement_arn", arn, catalog))
    if catalog is None:
        return found or [NO_CATALOG]
    return [*catalog_problems(catalog), *found]
