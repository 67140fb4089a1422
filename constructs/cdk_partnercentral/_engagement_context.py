"""The construct: one context of an engagement, as a custom resource of a stack.

Knows nothing of how payloads are written down, nor of the function that carries the declaration out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnResource, IResolvable, RemovalPolicy
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral._customer_project import CustomerProject
from cdk_partnercentral._declaration import announce, declaration
from cdk_partnercentral._enums import Catalog, EngagementContextType
from cdk_partnercentral._grants import READ, UPDATE, grant
from cdk_partnercentral._imported import IEngagementContext, ImportedContext
from cdk_partnercentral._lead import Lead
from cdk_partnercentral._permissions import exact_arn
from cdk_partnercentral._provider import PartnerCentralProvider, provider_problems
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._stack_checks import stack_of

RESOURCE_TYPE = "Custom::EngagementContext"


class EngagementContext(Construct):
    """A context of an AWS Partner Central engagement, declared in a stack.

    A deployment creates the context, or updates it in place when its payload was changed. Another catalog, engagement
    or Type is another context: it is created, and the old one stays where it is, since Partner Central can delete
    neither contexts nor engagements. For the same reason the context stays when the construct or the stack is removed.

    An engagement holds five contexts at most, AWS's own included. Two contexts of a stack that say the same of one
    engagement are an error at synthesis, since one would adopt the other's; `adopt_existing=False` on both makes two.
    Payloads stand in the template in plain text, for everyone who can read the stack.

    A `CustomerProject` has a `customer`, a `project` or both; a `Lead` has a customer and interactions. Numbers are
    characters. What does not fit is refused where the context is declared, by an error that names every problem.

    - `ProjectCustomer`: `company_name` (1 to 120), `country_code` (two letters, `"US"`), `industry` (an `Industry`, or its
      value), `website_url` (4 to 255).
    - `ProjectDetails`: `title` (1 to 255), `business_problem` (20 to 2000), `target_completion_date` (a `date`, or
      `YYYY-MM-DD`).
    - `Lead`: `customer` (a `LeadCustomer`), `interactions` (1 to 10 of `LeadInteraction`). Optional: `insights` (a
      `LeadInsights`, whose `lead_readiness_score` is `Low`, `Medium` or `High`), `qualification_status` (1 to 255).
    - `LeadCustomer`: `company_name` (1 to 120). Optional: `address` (a `LeadAddress`), `aws_maturity`, `industry`,
      `market_segment`, `website_url` (up to 255 each).
    - `LeadAddress`: Optional: `city`, `state_or_region` (up to 255 each), `country_code` (up to 10), `postal_code` (up to 20).
    - `LeadInteraction`: `contact` (a `LeadContact`). Optional: `business_problem` (up to 2000), `customer_action`, `source_id`,
      `source_name`, `source_type`, `usecase` (up to 255 each), `interaction_date` (a `datetime` with a time zone, or
      `2027-01-05T09:30:00Z`).
    - `LeadContact`: `business_title`, `email` (1 to 255 each), `first_name`, `last_name` (up to 80 each). Optional: `phone` (up
      to 255).

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html and
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_UpdateEngagementContext.html

    Args:
        scope: The construct it belongs to.
        id: Its id within `scope`. A change of it is a change of the logical id: then give `existing_context_id` too.
        catalog: The engagement's catalog. A `Catalog`, or its value as a string.
        engagement_identifier: The engagement. Its id (`eng-` and 14 of `0-9` and `a-z`), its ARN
            (`arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`), or a token of either. With a token
            the function may work on every engagement of the catalog, as an annotation says.
        payload: What the context says. A `CustomerProject`, a `Lead`, a mapping with the one member of the API's tagged
            union, in the API's own names: `{"CustomerProject": {...}}`, or a token of one. Values are strings, tokens,
            dates, datetimes with a time zone and enums; what is None is left out. What holds a token or a `{{resolve:`
            reference is not checked.
        type: The context's Type. An `EngagementContextType`, or its value as a string. None takes it from the payload;
            it is needed only beside a token.
        client_token: The API's token against doubles, in place of the one that the function derives from stack, logical
            id, catalog, engagement and Type. String of 1 to 64 letters and digits.
        adopt_existing: Whether a context of the engagement that already says exactly this is taken over rather than
            created again. False creates one beside it.
        existing_context_id: The id of an existing context to manage, never creating one. String of 1 to 3 characters. It
            imports a context that was made elsewhere, and keeps one whose construct was renamed.
        provider: The function to use, an `PartnerCentralProvider` of the same stack. None shares the stack's own.
            CloudFormation refuses to move a context that is deployed to another provider.

    Raises:
        ValueError: Something is of another kind than is told here, or the service would refuse it: a member that is
            missing, unknown, too long or of another format, a Type that contradicts the payload, an engagement that is
            neither an id nor an ARN of the catalog, a date that does not exist, a datetime without a time zone. Or the
            provider is in another stack, or the stack in a partition without Partner Central. Every problem is named by
            its path; what is sensitive is not repeated.
        FileNotFoundError: The function's code was not built, which happens only in a checkout of the repository.

    Example:
        >>> from datetime import date
        >>> from aws_cdk import App, CfnOutput, Stack
        >>> from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, Industry
        >>> from cdk_partnercentral import ProjectCustomer, ProjectDetails
        >>> stack = Stack(App(), "Deals")
        >>> context = EngagementContext(
        ...     stack,
        ...     "AcmeMigration",
        ...     catalog=Catalog.SANDBOX,
        ...     engagement_identifier="eng-0123456789abcd",
        ...     payload=CustomerProject(
        ...         customer=ProjectCustomer(
        ...             company_name="Acme",
        ...             country_code="US",
        ...             industry=Industry.RETAIL,
        ...             website_url="https://acme.example",
        ...         ),
        ...         project=ProjectDetails(
        ...             title="Move to AWS",
        ...             business_problem="The data centre closes at the end of next year.",
        ...             target_completion_date=date(2027, 6, 30),
        ...         ),
        ...     ),
        ... )
        >>> output = CfnOutput(stack, "ContextId", value=context.context_id)

        A lead, and somebody who may read it:

        >>> from aws_cdk import aws_iam as iam
        >>> from cdk_partnercentral import LeadContact, LeadInteraction, Lead, LeadCustomer
        >>> person = LeadContact(business_title="CTO", email="it@acme.example", first_name="Robin", last_name="Example")
        >>> lead = EngagementContext(
        ...     stack,
        ...     "AcmeLead",
        ...     catalog="Sandbox",
        ...     engagement_identifier="arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd",
        ...     payload=Lead(
        ...         customer=LeadCustomer(company_name="Acme"),
        ...         interactions=[LeadInteraction(contact=person, source_type="Event")],
        ...     ),
        ... )
        >>> lead.grant_read(iam.User(stack, "Reader")).success
        True
    """

    __signature__ = ConstructorSignature()

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        engagement_identifier: str,
        payload: CustomerProject | Lead | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool = True,
        existing_context_id: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> None:
        """Declare the context; the arguments are told at the class."""
        stack = stack_of(scope)
        self._declaration = declaration(
            stack,
            catalog=catalog,
            engagement_identifier=engagement_identifier,
            payload=payload,
            type_=type,
            client_token=client_token,
            adopt_existing=adopt_existing,
            existing_context_id=existing_context_id,
            other_problems=provider_problems(stack, provider),
        )
        super().__init__(scope, id)
        self._resource = self._declare(provider or PartnerCentralProvider.get_or_create(stack))
        announce(stack, self, self._declaration)

    @staticmethod
    def from_engagement_context_attributes(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        engagement_identifier: str,
        context_id: str,
    ) -> IEngagementContext:
        """Refer to a context that was made elsewhere, without managing it.

        Nothing of it stands in the template, and nothing is looked up. To manage a context that exists, declare it with
        `existing_context_id` instead.

        Args:
            scope: The construct it belongs to.
            id: Its id within `scope`.
            catalog: The engagement's catalog. A `Catalog`, or its value as a string.
            engagement_identifier: The engagement's id or ARN, or a token of either.
            context_id: The context's id within the engagement. String of 1 to 3 characters, or a token.

        Returns:
            The context's attributes, all but `engagement_last_modified_at`, which nobody tells of it, and its grants.

        Raises:
            ValueError: One of them is not what the service takes. Every problem is named.

        Example:
            >>> from aws_cdk import App, Stack
            >>> from cdk_partnercentral import Catalog, EngagementContext
            >>> context = EngagementContext.from_engagement_context_attributes(
            ...     Stack(App(), "Reports"),
            ...     "Acme",
            ...     catalog=Catalog.SANDBOX,
            ...     engagement_identifier="arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd",
            ...     context_id="1",
            ... )
            >>> context.engagement_id, context.context_id
            ('eng-0123456789abcd', '1')
        """
        return ImportedContext(
            scope,
            id,
            catalog=catalog,
            engagement_identifier=engagement_identifier,
            context_id=context_id,
        )

    @property
    def catalog(self) -> str:
        """The engagement's catalog, `"AWS"` or `"Sandbox"`, or the token that it was given as."""
        return self._declaration.catalog

    @property
    def context_id(self) -> str:
        """The context's id within its engagement: string of 1 to 3 characters, `"1"` for example. A token."""
        return self._resource.get_att("ContextId").to_string()

    @property
    def engagement_id(self) -> str:
        """The engagement's id, `eng-` and 14 of `0-9` and `a-z`, also where an ARN was declared. A token."""
        return self._resource.get_att("EngagementId").to_string()

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, also where an id was declared. A token."""
        return self._resource.get_att("EngagementArn").to_string()

    @property
    def engagement_last_modified_at(self) -> str:
        """When the engagement was changed last, in ISO 8601, as of this context's own last deployment. A token.

        Others change the engagement too, AWS among them, so it is of no use as a lock.
        """
        return self._resource.get_att("EngagementLastModifiedAt").to_string()

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement with all its contexts.

        Args:
            grantee: Who may: a role, a user, a Lambda function, anything with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` on the engagement, in its catalog.
        """
        return grant(grantee, READ, catalog=self._declaration.catalog, engagement_arn=self._granted_arn())

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow somebody to read the engagement, and to update every context of it.

        IAM knows engagements, and no contexts, so nobody can be kept to this one.

        Args:
            grantee: Who may: a role, a user, a Lambda function, anything with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement, in
            its catalog.
        """
        return grant(grantee, UPDATE, catalog=self._declaration.catalog, engagement_arn=self._granted_arn())

    def _granted_arn(self) -> str:
        # The attribute would make whoever is granted something wait for the context; only a token needs it.
        exact = exact_arn(self._declaration.catalog, self._declaration.engagement_identifier)
        return exact or self.engagement_arn

    def _declare(self, provider: PartnerCentralProvider) -> CfnResource:
        served = provider._serve(  # pyright: ignore[reportPrivateUsage] - one package
            self,
            catalog=self._declaration.catalog,
            engagement_identifier=self._declaration.engagement_identifier,
        )
        # What the CDK's CustomResource would make, in fewer calls of the CDK's kernel. Its id makes it the default child, where
        # an escape hatch is looked for: `override_logical_id(...)`, for example.
        properties = {**served, **self._declaration.properties()}
        resource = CfnResource(self, "Resource", type=RESOURCE_TYPE, properties=properties)
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
        return resource
