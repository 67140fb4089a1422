"""The `Engagement` construct, which refers to an existing engagement and declares contexts in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import IResolvable
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._iam import READ, grant
from cdk_partnercentral._identifiers import EngagementIdentifier, engagement_arn, parse_engagement
from cdk_partnercentral._payloads.customer_account import CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import Catalog, EngagementContextType, plain
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._payloads.prospecting_result import ProspectingResult
from cdk_partnercentral._provider import PartnerCentralProvider
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._tokens import is_lookup_dummy
from cdk_partnercentral._validation.arguments import AN_ID, catalog_problems, engagement_problems
from cdk_partnercentral._validation.messages import raise_problems

CANNOT_REFER = "This engagement cannot be referred to:"


class Engagement(Construct):
    """A reference to an existing AWS Partner Central engagement. Use `add_context` to declare contexts in it.

    Create the construct with `Engagement.from_engagement_id` or `Engagement.from_engagement_arn`. The construct itself adds
    nothing to the template and does not create an engagement.

    The logical ID of a context contains the construct IDs of the engagement and of the context. If you change one of these
    construct IDs, CloudFormation treats the context as a new resource. The same happens if you move an existing
    `EngagementContext` into an `Engagement`. To keep the existing context, set `existing_context_id`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_GetEngagement.html

    Raises:
        TypeError: You called the constructor. Use one of the two static methods instead.

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
        ...             business_problem="The data center closes at the end of next year.",
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
    _engagement: EngagementIdentifier

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's name for it
        """See the class docstring."""
        if type(self) is Engagement:
            raise TypeError("Engagement: use Engagement.from_engagement_id or Engagement.from_engagement_arn instead")
        super().__init__(scope, id)

    @staticmethod
    def from_engagement_id(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_id: str,
        *,
        catalog: Catalog | str,
    ) -> Engagement:
        """Refer to an engagement by its ID.

        Args:
            scope: The parent construct, usually the stack.
            id: The construct ID within `scope`. The logical ID of each context in the engagement contains this ID.
            engagement_id: The engagement ID: `eng-` followed by 14 lowercase letters or digits, or a token. To keep the ID out
                of the code, pass the value of a CDK context lookup (`aws_ssm.StringParameter.value_from_lookup`). For an ARN,
                use `from_engagement_arn`.
            catalog: The engagement's catalog. A `Catalog`, or its value as a string.

        Returns:
            The engagement.

        Raises:
            ValueError: `catalog` does not exist, or `engagement_id` is not an engagement ID.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog="Sandbox").catalog
            'Sandbox'
        """
        catalog = plain(catalog)
        engagement = parse_engagement(engagement_id)
        problems = list(engagement_problems("engagement_id", engagement_id, catalog))
        if engagement.form == "arn":
            problems = [f"engagement_id: must be {AN_ID}; got an ARN; use Engagement.from_engagement_arn instead"]
        raise_problems(CANNOT_REFER, [*catalog_problems(catalog), *problems])
        return _ExistingEngagement(scope, id, catalog=catalog, engagement=engagement)

    @staticmethod
    def from_engagement_arn(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_arn: str,
        *,
        catalog: Catalog | str | None = None,
    ) -> Engagement:
        """Refer to an engagement by its ARN.

        Args:
            scope: The parent construct, usually the stack.
            id: The construct ID within `scope`. The logical ID of each context in the engagement contains this ID.
            engagement_arn: The engagement's ARN, `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`, or
                a token. You can pass the value of a CDK context lookup, or an ARN that `Stack.format_arn` returns.
            catalog: The engagement's catalog. A `Catalog`, or its value as a string. Defaults to the catalog in the ARN.
                Required if the ARN is a token that does not contain a literal catalog.

        Returns:
            The engagement.

        Raises:
            ValueError: `engagement_arn` is not an engagement ARN, its catalog is not `catalog`, or `catalog` is required but
                missing.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd"
            >>> Engagement.from_engagement_arn(stack, "Acme", arn).catalog
            'Sandbox'
        """
        engagement = parse_engagement(engagement_arn)
        known_catalog = plain(engagement.catalog if catalog is None else catalog)
        if known_catalog is None and is_lookup_dummy(engagement_arn):
            # The catalog is unknown until the lookup has run, and an error would prevent the lookup.
            known_catalog = engagement_arn
        problems = list(engagement_problems("engagement_arn", engagement_arn, known_catalog, arn_only=True))
        if known_catalog is not None:
            problems = [*catalog_problems(known_catalog), *problems]
        elif not problems:
            problems = [
                "catalog: is required if the ARN is a token, because the ARN's catalog is unknown until deployment"
            ]
        raise_problems(CANNOT_REFER, problems)
        return _ExistingEngagement(scope, id, catalog=str(known_catalog), engagement=engagement)

    @property
    def catalog(self) -> str:
        """The engagement's catalog: `"AWS"`, `"Sandbox"`, or the token that was passed as the catalog."""
        return self._catalog

    @property
    def engagement_id(self) -> str:
        """The engagement ID: `eng-` followed by 14 lowercase letters or digits, or a token if you passed a token.

        Raises:
            ValueError: The ID or ARN is a dynamic reference (`{{resolve:...}}`), and CloudFormation cannot extract the ID from
                it. Pass the value of a `CfnParameter` instead. A `CfnParameter` can also read the SSM Parameter Store.
        """
        return self._engagement.resolved_id()

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `engagement_id`.
        """
        return engagement_arn(self._catalog, self.engagement_id)

    def add_context(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        payload: CustomerProject | Lead | ProspectingResult | CustomerAccount | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool | None = None,
        existing_context_id: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> EngagementContext:
        """Declare a context of the engagement. `EngagementContext` documents the parameters in detail.

        Args:
            id: The construct ID within the engagement. The context's logical ID contains this ID.
            payload: The context's payload.
            type: The context's Type. Required if the payload is a token.
            client_token: The API's idempotency token.
            adopt_existing: Whether to adopt an existing context with an equal payload. None means True.
            existing_context_id: The ID of an existing context that the construct manages.
            provider: The provider that manages the context.

        Returns:
            The context, a child of the engagement.

        Raises:
            ValueError: See `EngagementContext`.
            FileNotFoundError: See `EngagementContext`.
        """
        return EngagementContext(
            self,
            id,
            catalog=self._catalog,
            engagement_identifier=self._engagement.text,
            payload=payload,
            type=type,
            client_token=client_token,
            adopt_existing=adopt_existing,
            existing_context_id=existing_context_id,
            provider=provider,
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            The grant. It allows `partnercentral:GetEngagement` on the engagement in its catalog.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `engagement_id`.
        """
        return grant(grantee, READ, catalog=self._catalog, arn=self.engagement_arn)


class _ExistingEngagement(Engagement):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: str,
        engagement: EngagementIdentifier,
    ) -> None:
        super().__init__(scope, id)
        self._catalog = catalog
        self._engagement = engagement
