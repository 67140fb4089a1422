"""The `EngagementContext` construct, and the interface `IEngagementContext`.

`EngagementContext` declares a context. `IEngagementContext` is the type of both declared contexts and references to contexts
that were created elsewhere.

`_provider.py` defines the function that creates and updates contexts, and `_payloads/` contains the payload classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from aws_cdk import Annotations, CfnResource, IResolvable, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_partnercentral._checks import DesiredContext, Registry, partition_problems
from cdk_partnercentral._environment import StackMember
from cdk_partnercentral._iam import READ, UPDATE, grant
from cdk_partnercentral._identifiers import (
    EngagementIdentifier,
    engagement_arn,
    identifier_of,
    is_engagement,
    parse_engagement,
)
from cdk_partnercentral._payloads.context_types import TYPES
from cdk_partnercentral._payloads.customer_account import CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import Catalog, EngagementContextType
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._payloads.prospecting_result import ProspectingResult
from cdk_partnercentral._payloads.rendering import Rendered, render
from cdk_partnercentral._provider import PartnerCentralProvider, provider_problems
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._tokens import is_mapping, is_unresolved
from cdk_partnercentral._validation.arguments import (
    context_id_problems,
    control_problems,
    known_catalog,
    reference_problems,
    revision_problems,
    type_problems,
)
from cdk_partnercentral._validation.messages import kind, raise_problems
from cdk_partnercentral._validation.payload import past_target_date, payload_problems, unknown_members

if TYPE_CHECKING:
    from aws_cdk.interfaces import ResourceEnvironment

    from cdk_partnercentral._engagement_base import IEngagement

RESOURCE_TYPE = "Custom::EngagementContext"
_SENT_AS_DECLARED = (
    "the function sends it to Partner Central without validation. Check its name in the API reference, or update "
    "cdk-partnercentral."
)


class IEngagementContext(Protocol):
    """An interface for contexts that this app declares and for contexts that were created elsewhere.

    `EngagementContext` and the result of `EngagementContext.from_engagement_context_attributes` implement this interface. Use
    the interface as the type of a parameter that accepts both kinds of contexts. The interface does not include
    `engagement_last_modified_at`, because only declared contexts have this attribute.

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
    def stack(self) -> Stack:
        """The stack that contains the construct."""
        ...

    @property
    def env(self) -> ResourceEnvironment:
        """The account and the Region of the stack that contains the construct. Both values can be tokens."""
        ...

    @property
    def catalog(self) -> str:
        """The engagement's catalog: `"AWS"`, `"Sandbox"`, or the token that was passed as the catalog."""
        ...

    @property
    def context_id(self) -> str:
        """The context's ID within its engagement: a string of 1 to 3 characters, such as `"1"`."""
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
        """Allow a principal to read the engagement and all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` on the engagement in the engagement's catalog.
        """
        ...

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts.

        IAM has no resource type for contexts, so the grant applies to all contexts of the engagement.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement in
            the engagement's catalog.
        """
        ...


class EngagementContext(StackMember):
    """A context of an AWS Partner Central engagement.

    The first deployment creates the context. If you change the payload, the next deployment updates the context in place. If
    you change the catalog, the engagement or the Type, the next deployment creates a new context. The old context remains,
    because Partner Central cannot delete contexts. A context also remains if you remove the construct or delete the stack.

    An engagement can probably contain five contexts, including those that AWS creates. Synthesis fails if a stage declares more
    than five contexts for one engagement. Synthesis also fails if two constructs in a stage declare the same payload for one
    engagement. One construct would adopt the context of the other. To create two contexts with the same payload, set
    `adopt_existing=False` on both constructs. If the constructs are in different stages of an app, each of these two problems
    is only a warning. Another warning reports that the declared contexts leave no room for the contexts that AWS adds.
    `Engagement` describes this warning. The template contains payloads in plain text, so anyone who can read the stack can read
    the payloads.

    The payload is a `CustomerProject` (a `customer`, a `project` or both), a `Lead` (a customer and interactions), a
    `ProspectingResult`, or a `CustomerAccount`. Ranges in parentheses are lengths in characters. If the payload is not valid,
    the constructor raises an error that lists every problem. If this release of the library does not contain a member or a
    Type, synthesis reports a warning. The function then sends the value without validation. If an unknown name is similar to a
    known name, the constructor raises an error.

    - `ProjectCustomer`: `company_name` (1 to 120), `country_code` (two letters, such as `"US"`), `industry` (an
      `Industry`, or its value), `website_url` (4 to 255).
    - `ProjectDetails`: `title` (1 to 255), `business_problem` (20 to 2000), `target_completion_date` (a `date`, or
      `YYYY-MM-DD`).
    - `Lead`: `customer` (a `LeadCustomer`) and `interactions` (a list of 1 to 10 `LeadInteraction`), which can be omitted only
      with `existing_context_id`. Optional: `insights` (a `LeadInsights` with a `LeadReadinessScore`), `qualification_status`
      (1 to 255).
    - `LeadCustomer`: `company_name` (1 to 120). Optional: `address` (a `LeadAddress`), `aws_maturity`, `industry`,
      `market_segment`, `website_url` (up to 255 each).
    - `LeadAddress`: Optional: `city`, `state_or_region` (up to 255 each), `country_code` (up to 10), `postal_code` (up to
      20).
    - `LeadInteraction`: `contact` (a `LeadContact`). Optional: `business_problem` (up to 2000), `customer_action`, `source_id`,
      `source_name`, `source_type`, `usecase` (up to 255 each), `interaction_date` (a `datetime` with a time zone, or
      `2027-01-05T09:30:00Z`).
    - `LeadContact`: `business_title`, `email` (1 to 255 each), `first_name`, `last_name` (up to 80 each). Optional: `phone` (up
      to 255).
    - `CustomerAccount`: Optional: `account_identifier` (`cust-acc-` followed by 13 lowercase letters or digits, or an ARN),
      `customer` (an `AccountCustomer`). Partner Central cannot update this Type.
    - `AccountCustomer`: `company_name` (1 to 120). Optional: `country_code` (two letters), `industry`, `website_url` (up to
      255 each).

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html and
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_UpdateEngagementContext.html

    Args:
        scope: The parent construct.
        id: The construct ID within `scope`. If you change the construct ID but not the payload, the construct continues to
            manage the same context.
        engagement: The engagement: an `Engagement`, or the result of `Engagement.from_engagement_id` or
            `Engagement.from_engagement_arn`. Instead of the engagement, you can pass the parameters of the API, `catalog` and
            `engagement_identifier`.
        catalog: The engagement's catalog. A `Catalog`, or its value as a string. Can be omitted if `engagement_identifier` is
            an ARN that contains the catalog. Cannot be combined with `engagement`.
        engagement_identifier: The engagement, if you do not pass `engagement`: its ID (`eng-` followed by 14 lowercase letters
            or digits), its ARN (`arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`), or a token that
            resolves to an ID or an ARN. If the ID is not known at synthesis, the function's role can access every engagement in
            the catalog, and an annotation reports this. To keep the ID out of the code, pass the value of a CDK context lookup
            (`aws_ssm.StringParameter.value_from_lookup`). This value is known at synthesis. The ID is also known if you pass an
            ARN that `Stack.format_arn` returned for a literal ID, or an attribute of a context or an engagement with a known
            ID.
        payload: The context's payload. An instance of a payload class, a mapping such as `{"CustomerProject": {...}}` with the
            API's member names, or a token for such a mapping. The payload must contain at least one value. Values can be
            strings, tokens, dates, datetimes with a time zone, and enum members. In members that are unknown to the library, a
            value can also be a Boolean or a number between -2^53 and 2^53. The value None omits a member. Tokens and
            `{{resolve:` references are not validated.
        type: The context's Type. An `EngagementContextType`, or a string. Defaults to the Type of the payload. Required if the
            payload is a token.
        client_token: The API's idempotency token. String of 1 to 64 letters and digits. By default, the function derives the
            token from the stack, the logical ID, the catalog, the engagement and the Type.
        adopt_existing: Whether to adopt an existing context with an equal payload in the engagement. The comparison ignores
            differences such as letter case and leading or trailing white space. If False, the function creates a new context
            even if an equal context exists. None means True.
        existing_context_id: The ID of an existing context. The construct manages this context instead of a new context. String
            of 1 to 3 characters. Use this parameter to import a context that was created elsewhere, such as a lead that AWS
            created. The payload can be partial: members that you do not declare keep their values. You cannot combine this
            parameter with `client_token` or `adopt_existing`, because those two parameters affect only the creation of a
            context.
        revision: A text of your choice, such as `"2"`. String, or a token. If you set, change or remove the text, the next
            deployment compares the context with the declaration again, and restores the declared values that differ in Partner
            Central. Without a change of the declaration, CloudFormation does not call the function. The text itself has no
            effect, and a new text never replaces the context. The template contains the text.
        provider: The provider that manages the context. A `PartnerCentralProvider` in the same stack. By default, all contexts
            in a stack share one provider. You cannot change the provider of a deployed context, because CloudFormation rejects
            the change.

    Raises:
        ValueError: An argument has the wrong Python type, or the API would reject the argument. For example, a member is
            missing or misspelled, a value is too long, a payload has no value, or a datetime has no time zone. Other causes are
            a Type that is not the Type of the payload, and an engagement in another catalog. A provider in another stack, or a
            stack in a partition without Partner Central, also causes this error. The error lists every problem with its path,
            and omits sensitive values.
        FileNotFoundError: The zip file with the function's code does not exist. This error can occur only in a checkout of the
            repository.

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

        Declare a lead, and allow an IAM user to read it:

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

        Declare a context in an engagement that the stack creates:

        >>> from cdk_partnercentral import Engagement
        >>> retail = Engagement(stack, "Retail", catalog="Sandbox", title="Retail campaign")
        >>> task = {"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}}
        >>> campaign = EngagementContext(stack, "Campaign", engagement=retail, payload=task)

        Qualify a lead that AWS created. Everything else of the lead remains unchanged:

        >>> qualified = EngagementContext(
        ...     stack,
        ...     "Northwind",
        ...     catalog="Sandbox",
        ...     engagement_identifier="eng-zyxwvutsrqponm",
        ...     existing_context_id="1",
        ...     payload=Lead(qualification_status="Qualified"),
        ... )
    """

    __signature__ = ConstructorSignature()

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        engagement: IEngagement | None = None,
        catalog: Catalog | str | None = None,
        engagement_identifier: str | None = None,
        payload: CustomerProject | Lead | ProspectingResult | CustomerAccount | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool | None = None,
        existing_context_id: str | None = None,
        revision: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> None:
        """See the class docstring."""
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        registry = Registry.find(stack)
        given = _resolve_reference(engagement, catalog, engagement_identifier)
        rendered = render(payload, type)
        raise_problems(
            "The engagement context {path} cannot be declared:",
            [
                *([] if registry else partition_problems(stack)),
                *given.problems,
                *rendered.problems,
                *payload_problems(rendered.payload, rendered.python_names, partial=existing_context_id is not None),
                *type_problems(rendered.type, rendered.payload),
                *control_problems(
                    client_token=client_token, adopt_existing=adopt_existing, existing_context_id=existing_context_id
                ),
                *revision_problems(revision),
                *provider_problems(stack, provider),
            ],
            scope=scope,
            id=id,
        )
        super().__init__(scope, id)
        registry = registry or Registry(stack)
        provider = registry.provider_for(stack, provider)
        self._catalog: str = given.catalog
        self._engagement = given.engagement
        optional = {
            "ClientToken": client_token,
            # CloudFormation converts Booleans to strings before it calls the function, so use a string.
            "AdoptExisting": "false" if adopt_existing is False else None,
            "ContextIdentifier": existing_context_id,
            # The function ignores this property. CloudFormation calls the function if the value changes.
            "Revision": revision,
        }
        # The CDK's CustomResource would create the same resource, but with more calls to the jsii kernel. The ID "Resource"
        # makes the resource the default child. Users need the default child to override a property or the logical ID.
        self._resource = CfnResource(
            self,
            "Resource",
            type=RESOURCE_TYPE,
            properties={
                **provider._serve_contexts(  # pyright: ignore[reportPrivateUsage] - internal to this package
                    self,
                    catalog=self._catalog,
                    engagement=self._engagement,
                    existing_context_id=existing_context_id,
                ),
                "Catalog": self._catalog,
                "EngagementIdentifier": self._engagement.text,
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
                payload=rendered.payload.get(rendered.type) if is_mapping(rendered.payload) else None,
                adopt_existing=adopt_existing is not False,
                existing_context_id=existing_context_id,
                client_token=client_token,
            ),
        )
        self._add_warnings(rendered)

    @staticmethod
    def from_engagement_context_attributes(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        engagement: IEngagement | None = None,
        catalog: Catalog | str | None = None,
        engagement_identifier: str | None = None,
        context_id: str,
    ) -> IEngagementContext:
        """Refer to a context that was created elsewhere, without managing it.

        The reference adds nothing to the template and makes no API calls. To manage an existing context, declare the context
        with `existing_context_id` instead.

        Args:
            scope: The parent construct.
            id: The construct ID within `scope`.
            engagement: The engagement, instead of `catalog` and `engagement_identifier`.
            catalog: The engagement's catalog. A `Catalog`, or its value as a string. Can be omitted if `engagement_identifier`
                is an ARN that contains the catalog.
            engagement_identifier: The engagement's ID or ARN, or a token that resolves to an ID or an ARN.
            context_id: The context's ID within the engagement. String of 1 to 3 characters, or a token.

        Returns:
            A reference to the context. The reference has the attributes and grant methods of `EngagementContext`, except
            `engagement_last_modified_at`.

        Raises:
            ValueError: An argument is not valid. The error lists every problem.

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
            reference=_resolve_reference(engagement, catalog, engagement_identifier),
            context_id=context_id,
        )

    @property
    def catalog(self) -> str:
        """The engagement's catalog: `"AWS"`, `"Sandbox"`, or the token that was passed as the catalog."""
        return self._catalog

    @property
    def context_id(self) -> str:
        """The context's ID within its engagement: a string of 1 to 3 characters, such as `"1"`. The value is a token."""
        return self._resource.get_att("ContextId").to_string()

    @property
    def engagement_id(self) -> str:
        """The engagement ID: `eng-` followed by 14 lowercase letters or digits. The value is a token."""
        return self._engagement.remember(self._resource.get_att("EngagementId").to_string())

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, even if you passed an ID. The value is a token."""
        return self._engagement.remember(self._resource.get_att("EngagementArn").to_string())

    @property
    def engagement_last_modified_at(self) -> str:
        """The time when the engagement was last modified, in ISO 8601 format. The value is a token.

        The function reads this time when CloudFormation creates or updates the resource. Do not use the value as a lock,
        because AWS and other clients can change the engagement later.
        """
        return self._resource.get_att("EngagementLastModifiedAt").to_string()

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` on the engagement in the engagement's catalog.
        """
        return grant(grantee, READ, catalog=self._catalog, arn=self._granted_arn())

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts.

        IAM has no resource type for contexts, so the grant applies to all contexts of the engagement.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement in
            the engagement's catalog.
        """
        return grant(grantee, UPDATE, catalog=self._catalog, arn=self._granted_arn())

    def _granted_arn(self) -> str:
        # Use the resource's ARN attribute only if the engagement identifier is unresolved. The attribute makes the grant depend
        # on the deployment of the context.
        created = self._engagement.created
        return created.arn if created else self._engagement.exact_arn(self._catalog) or self.engagement_arn

    def _add_warnings(self, rendered: Rendered) -> None:
        target = past_target_date(rendered.payload, datetime.now(timezone.utc).date())
        if target is not None:
            Annotations.of(self).add_warning_v2(
                "cdk-partnercentral:targetDatePast",
                f"payload.CustomerProject.Project.TargetCompletionDate: {target} is in the past.",
            )
        if rendered.type not in TYPES and not is_unresolved(rendered.type):
            Annotations.of(self).add_warning_v2(
                "cdk-partnercentral:unknownType", f"type: {rendered.type!r} is not a known Type, so {_SENT_AS_DECLARED}"
            )
        for path in unknown_members(rendered.payload):
            Annotations.of(self).add_warning_v2(
                f"cdk-partnercentral:unknownMember:{path}", f"{path}: is not a known member, so {_SENT_AS_DECLARED}"
            )


@dataclass(frozen=True, kw_only=True)
class _Reference:
    """The engagement of a context, and the problems of the arguments that specify the engagement."""

    catalog: Any
    engagement: EngagementIdentifier
    problems: list[str]


def _resolve_reference(engagement: object, catalog: Any, identifier: object) -> _Reference:
    if engagement is None and identifier is not None:
        found = known_catalog(catalog, identifier)
        problems = list(reference_problems("engagement_identifier", identifier, found))
        return _Reference(catalog=found, engagement=parse_engagement(identifier), problems=problems)
    if not is_engagement(engagement):
        problem = (
            f"engagement: must be an Engagement; got {kind(engagement)}; pass an ID or an ARN as engagement_identifier"
        )
        if engagement is None:
            problem = "engagement: is required; pass an Engagement, or pass catalog and engagement_identifier"
        return _Reference(catalog=None, engagement=parse_engagement(None), problems=[problem])
    extra = {"catalog": catalog, "engagement_identifier": identifier}
    return _Reference(
        catalog=engagement.catalog,
        engagement=identifier_of(engagement),
        problems=[
            f"{name}: has no effect with engagement; remove one of the two arguments"
            for name, value in extra.items()
            if value is not None
        ],
    )


class _ImportedContext(StackMember):
    """A reference to a context that was created elsewhere."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        reference: _Reference,
        context_id: str,
    ) -> None:
        raise_problems(
            "The engagement context {path} cannot be referred to:",
            [*reference.problems, *context_id_problems("context_id", context_id)],
            scope=scope,
            id=id,
        )
        super().__init__(scope, id)
        self._catalog: str = reference.catalog
        self._engagement = reference.engagement
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
        """Allow a principal to read the engagement and all its contexts."""
        return grant(grantee, READ, catalog=self._catalog, arn=self.engagement_arn)

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts."""
        return grant(grantee, UPDATE, catalog=self._catalog, arn=self.engagement_arn)
