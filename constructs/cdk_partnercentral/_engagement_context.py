"""A context of an engagement.

`EngagementContext` declares a context. `IEngagementContext` is the interface of every context, declared or imported.

`_provider.py` contains the function that creates and updates contexts, `_payloads/` the payloads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from aws_cdk import Annotations, CfnResource, IResolvable, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_partnercentral._checks import DesiredContext, Registry, partition_problems
from cdk_partnercentral._iam import READ, UPDATE, grant
from cdk_partnercentral._identifiers import engagement_arn, parse_engagement
from cdk_partnercentral._payloads.context_types import BY_TYPE
from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import Catalog, EngagementContextType, plain
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._payloads.rendering import Rendered, render
from cdk_partnercentral._provider import PartnerCentralProvider, provider_problems
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._tokens import is_mapping
from cdk_partnercentral._validation.arguments import (
    catalog_problems,
    context_id_problems,
    control_problems,
    engagement_problems,
    type_problems,
)
from cdk_partnercentral._validation.messages import raise_problems
from cdk_partnercentral._validation.payload import past_target_date, payload_problems

RESOURCE_TYPE = "Custom::EngagementContext"


class IEngagementContext(Protocol):
    """A context that is declared in this app, or that was created elsewhere.

    `EngagementContext` implements it, and `EngagementContext.from_engagement_context_attributes` returns it. Use it as the
    type of a parameter that accepts either. The attribute `engagement_last_modified_at` is not part of it, because it is
    known for declared contexts only.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementContextDetails.html

    Example:
        >>> from aws_cdk import App, CfnOutput, Stack
        >>> from cdk_partnercentral import EngagementContext, IEngagementContext
        >>> def export(stack: Stack, context: IEngagementContext) -> CfnOutput:
        ...     return CfnOutput(stack, f"{context.node.id}Engagement", value=context.engagement_arn)
        >>> stack = Stack(App(), "Reports")
        >>> acme = EngagementContext.from_engagement_context_attributes(
        ...     stack, "Acme", catalog="Sandbox", engagement_identifier="eng-0123456789abcd", context_id="1"
        ... )
        >>> export(stack, acme).value
        'arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd'
    """

    @property
    def node(self) -> Node:
        """The construct's node."""
        ...

    @property
    def catalog(self) -> str:
        """The engagement's catalog, `"AWS"` or `"Sandbox"`, or a token if a token was passed."""
        ...

    @property
    def context_id(self) -> str:
        """The context's ID within its engagement: string of 1 to 3 characters, such as `"1"`."""
        ...

    @property
    def engagement_id(self) -> str:
        """The engagement ID: `eng-` followed by 14 lowercase letters or digits."""
        ...

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN: `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`."""
        ...

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement with all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another construct with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` on the engagement, in its catalog.
        """
        ...

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts.

        IAM has no resource for a single context, so the grant applies to all contexts of the engagement.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another construct with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement, in
            its catalog.
        """
        ...


class EngagementContext(Construct):
    """A context of an AWS Partner Central engagement, declared in a stack.

    A deployment creates the context, or updates it in place if its payload changed. If you change the catalog, the
    engagement or the Type, a new context is created, and the old one remains, because Partner Central cannot delete
    contexts. For the same reason the context remains if you remove the construct or delete the stack.

    An engagement can contain five contexts, including those that AWS creates. Two contexts of a stack that declare the same
    payload for one engagement are an error at synthesis, because one would adopt the other's context; to create two, set
    `adopt_existing=False` on both. The template contains payloads in plain text, and anyone who can read the stack can
    read them.

    The payload is a `CustomerProject`, with a `customer`, a `project` or both, or a `Lead`, with a customer and
    interactions. Ranges in parentheses are lengths in characters. A payload that does not conform is an error where the
    context is declared, and the error lists every problem.

    - `ProjectCustomer`: `company_name` (1 to 120), `country_code` (two letters, such as `"US"`), `industry` (an
      `Industry`, or its value), `website_url` (4 to 255).
    - `ProjectDetails`: `title` (1 to 255), `business_problem` (20 to 2000), `target_completion_date` (a `date`, or
      `YYYY-MM-DD`).
    - `Lead`: `customer` (a `LeadCustomer`), `interactions` (1 to 10 of `LeadInteraction`). Optional: `insights` (a
      `LeadInsights` with a `LeadReadinessScore`), `qualification_status` (1 to 255).
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
        scope: The parent construct.
        id: The construct ID within `scope`. Changing it changes the logical ID; set `existing_context_id` to keep the
            existing context.
        catalog: The engagement's catalog. A `Catalog`, or its value as a string.
        engagement_identifier: The engagement: its ID (`eng-` followed by 14 lowercase letters or digits), its ARN
            (`arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`), or a token of either. With a token, the
            function's role applies to every engagement of the catalog, and an annotation reports it.
        payload: The payload. A `CustomerProject`, a `Lead`, a mapping with one member of the API's tagged union and the
            API's member names (`{"CustomerProject": {...}}`), or a token of one. Values are strings, tokens, dates,
            datetimes with a time zone, and enums; None omits a member. Tokens and `{{resolve:` references are not
            validated.
        type: The Type. An `EngagementContextType`, or its value as a string. By default the Type of the payload; required
            if the payload is a token.
        client_token: The API's idempotency token. String of 1 to 64 letters and digits. By default the function derives it
            from the stack, the logical ID, the catalog, the engagement and the Type.
        adopt_existing: Whether to adopt a context of the engagement with an identical payload, instead of creating a new
            one. With False a new one is created.
        existing_context_id: The ID of an existing context to manage; no context is created. String of 1 to 3 characters.
            Use it to import a context that was created elsewhere, or to keep a context after you rename its construct.
        provider: The provider to use, a `PartnerCentralProvider` in the same stack. By default the one that the stack's
            contexts share. CloudFormation refuses to move a deployed context to another provider.

    Raises:
        ValueError: An argument has another type than documented here, or the API would reject it: a missing or unknown
            member, a value that is too long or has another format, a Type that contradicts the payload, an identifier that
            is not an ID or ARN of the catalog, a date that does not exist, a datetime without a time zone. Or the provider
            is in another stack, or the stack is in a partition without Partner Central. The error lists every problem by
            its path, and does not repeat sensitive values.
        FileNotFoundError: The function's code does not exist, which can happen only in a checkout of the repository.

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
        ...             business_problem="The data center closes at the end of next year.",
        ...             target_completion_date=date(2027, 6, 30),
        ...         ),
        ...     ),
        ... )
        >>> output = CfnOutput(stack, "ContextId", value=context.context_id)

        A lead, and a user who can read it:

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
        """See the class docstring."""
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        registry = Registry.find(stack)
        catalog = plain(catalog)
        rendered = render(payload, type)
        raise_problems(
            "This engagement context cannot be declared:",
            [
                *([] if registry else partition_problems(stack)),
                *catalog_problems(catalog),
                *engagement_problems("engagement_identifier", engagement_identifier, catalog),
                *rendered.problems,
                *payload_problems(rendered.payload),
                *type_problems(rendered.type, rendered.payload),
                *control_problems(
                    client_token=client_token, adopt_existing=adopt_existing, existing_context_id=existing_context_id
                ),
                *provider_problems(stack, provider),
            ],
        )
        super().__init__(scope, id)
        registry = registry or Registry(stack)
        if provider is None:
            provider = registry.provider = registry.provider or PartnerCentralProvider.get_or_create(stack)
        self._catalog: str = catalog
        self._engagement = parse_engagement(engagement_identifier)
        optional = {
            "ClientToken": client_token,
            # CloudFormation passes strings to the function, so the template contains a string too.
            "AdoptExisting": None if adopt_existing else "false",
            "ContextIdentifier": existing_context_id,
        }
        # CDK's CustomResource would do the same with more calls to its kernel. "Resource" makes it the default child, where
        # users look for it to override a property or the logical ID.
        self._resource = CfnResource(
            self,
            "Resource",
            type=RESOURCE_TYPE,
            properties={
                **provider._serve(  # pyright: ignore[reportPrivateUsage] - internal to this package
                    self, catalog=self._catalog, engagement=self._engagement
                ),
                "Catalog": self._catalog,
                "EngagementIdentifier": engagement_identifier,
                "Type": rendered.type,
                "Payload": rendered.payload,
                **{name: value for name, value in optional.items() if value is not None},
            },
        )
        self._resource.apply_removal_policy(RemovalPolicy.RETAIN)
        registry.add(
            self,
            DesiredContext(
                path=lambda: self.node.path,
                catalog=self._catalog,
                engagement=self._engagement.key,
                type=rendered.type,
                payload=_member(rendered),
                adopt_existing=adopt_existing,
                existing_context_id=existing_context_id,
                client_token=client_token,
            ),
        )
        self._warn_about_past_date(rendered.payload)

    @staticmethod
    def from_engagement_context_attributes(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        engagement_identifier: str,
        context_id: str,
    ) -> IEngagementContext:
        """Refer to a context that was created elsewhere, without managing it.

        It adds nothing to the template and makes no API calls. To manage an existing context, declare it with
        `existing_context_id` instead.

        Args:
            scope: The parent construct.
            id: The construct ID within `scope`.
            catalog: The engagement's catalog. A `Catalog`, or its value as a string.
            engagement_identifier: The engagement's ID or ARN, or a token of either.
            context_id: The context's ID within the engagement. String of 1 to 3 characters, or a token.

        Returns:
            The context, with all attributes except `engagement_last_modified_at`, and with its grants.

        Raises:
            ValueError: The API would reject an argument. The error lists every problem.

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
        return _ImportedContext(
            scope,
            id,
            catalog=catalog,
            engagement_identifier=engagement_identifier,
            context_id=context_id,
        )

    @property
    def catalog(self) -> str:
        """The engagement's catalog, `"AWS"` or `"Sandbox"`, or a token if a token was passed."""
        return self._catalog

    @property
    def context_id(self) -> str:
        """The context's ID within its engagement: string of 1 to 3 characters, such as `"1"`. A token."""
        return self._resource.get_att("ContextId").to_string()

    @property
    def engagement_id(self) -> str:
        """The engagement ID, `eng-` followed by 14 lowercase letters or digits, even if an ARN was passed. A token."""
        return self._resource.get_att("EngagementId").to_string()

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, even if an ID was passed. A token."""
        return self._resource.get_att("EngagementArn").to_string()

    @property
    def engagement_last_modified_at(self) -> str:
        """When the engagement was last modified, in ISO 8601 format, as of the last operation on this resource. A token.

        It does not reflect later changes, which AWS and others can make, so do not use it as a lock.
        """
        return self._resource.get_att("EngagementLastModifiedAt").to_string()

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement with all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another construct with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` on the engagement, in its catalog.
        """
        return grant(grantee, READ, catalog=self._catalog, arn=self._granted_arn())

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts.

        IAM has no resource for a single context, so the grant applies to all contexts of the engagement.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another construct with a principal.

        Returns:
            The grant of `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement, in
            its catalog.
        """
        return grant(grantee, UPDATE, catalog=self._catalog, arn=self._granted_arn())

    def _granted_arn(self) -> str:
        # With the attribute the grant would depend on the context's deployment, which only a token needs.
        return self._engagement.exact_arn(self._catalog) or self.engagement_arn

    def _warn_about_past_date(self, payload: object) -> None:
        target = past_target_date(payload, datetime.now(timezone.utc).date())
        if target is not None:
            Annotations.of(self).add_warning_v2(
                "cdk-partnercentral:targetDatePast",
                f"payload.CustomerProject.Project.TargetCompletionDate: {target} is in the past.",
            )


def _member(rendered: Rendered) -> Any:
    row = BY_TYPE.get(rendered.type)
    return rendered.payload.get(row.member) if row and is_mapping(rendered.payload) else None


class _ImportedContext(Construct):
    """An `IEngagementContext` that is defined by its attributes."""

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
        raise_problems(
            "This context cannot be referred to:",
            [
                *catalog_problems(catalog),
                *engagement_problems("engagement_identifier", engagement_identifier, catalog),
                *context_id_problems("context_id", context_id),
            ],
        )
        super().__init__(scope, id)
        self._catalog: str = catalog
        self._engagement = parse_engagement(engagement_identifier)
        self._context_id = context_id

    @property
    def catalog(self) -> str:
        """The engagement's catalog."""
        return self._catalog

    @property
    def context_id(self) -> str:
        """The context's ID within its engagement."""
        return self._context_id

    @property
    def engagement_id(self) -> str:
        """The engagement ID."""
        return self._engagement.resolved_id()

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN."""
        return engagement_arn(self._catalog, self.engagement_id)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement with all its contexts."""
        return grant(grantee, READ, catalog=self._catalog, arn=self.engagement_arn)

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts."""
        return grant(grantee, UPDATE, catalog=self._catalog, arn=self.engagement_arn)
