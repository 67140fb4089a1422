"""The interface `IEngagement`, and its implementation.

The methods of `IEngagement` have short docstrings, which refer to the docstrings that `Engagement` inherits from
`EngagementBase`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from aws_cdk import IResolvable, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._environment import StackMember
from cdk_partnercentral._events import UPDATED, RuleTarget, engagement_rule
from cdk_partnercentral._iam import READ, UPDATE, grant, grant_conversion
from cdk_partnercentral._identifiers import EngagementIdentifier, engagement_arn
from cdk_partnercentral._payloads.customer_account import CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import EngagementContextType
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._payloads.prospecting_result import ProspectingResult
from cdk_partnercentral._provider import PartnerCentralProvider

if TYPE_CHECKING:
    from aws_cdk.interfaces import ResourceEnvironment


class IEngagement(Protocol):
    """The common interface of engagements that this app creates and engagements that the app only refers to.

    `Engagement` implements this interface, and `Engagement.from_engagement_id` and `Engagement.from_engagement_arn` return
    objects that implement it. Use the interface as the type of a parameter that accepts both kinds of engagements. `Engagement`
    documents the methods in detail.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_GetEngagement.html

    Example:
        >>> from aws_cdk import App, Stack
        >>> from cdk_partnercentral import Engagement, EngagementContext, IEngagement
        >>> def add_campaign(engagement: IEngagement) -> EngagementContext:
        ...     campaign = {"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}}
        ...     return engagement.add_context("Campaign", payload=campaign)
        >>> stack = Stack(App(), "Deals")
        >>> new = add_campaign(Engagement(stack, "Acme", catalog="Sandbox", title="Acme migration"))
        >>> existing = Engagement.from_engagement_id(stack, "Northwind", "eng-0123456789abcd", catalog="Sandbox")
        >>> add_campaign(existing).node.path
        'Deals/Northwind/Campaign'
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
    def engagement_id(self) -> str:
        """The engagement ID: `eng-` followed by 14 lowercase letters or digits, or a token."""
        ...

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN: `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`, or a token."""
        ...

    def add_context(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        payload: CustomerProject | Lead | ProspectingResult | CustomerAccount | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool | None = None,
        existing_context_id: str | None = None,
        revision: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> EngagementContext:
        """Declare a context of the engagement. See `Engagement.add_context`."""
        ...

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and all its contexts. See `Engagement.grant_read`."""
        ...

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts, but not to create contexts.

        See `Engagement.grant_update`.
        """
        ...

    def grant_convert(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to convert a context of the engagement, such as a lead, into an opportunity.

        See `Engagement.grant_convert`.
        """
        ...

    def on_event(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        target: events.IRuleTarget | RuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Create an EventBridge rule that matches the events of the engagement. See `Engagement.on_event`."""
        ...

    def on_updated(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        target: events.IRuleTarget | RuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Create an EventBridge rule that matches the event `Engagement Updated`. See `Engagement.on_updated`."""
        ...


class EngagementBase(StackMember):
    """The implementation of `IEngagement`."""

    _catalog: str
    _engagement: EngagementIdentifier

    @property
    def catalog(self) -> str:
        """The engagement's catalog: `"AWS"`, `"Sandbox"`, or the token that was passed as the catalog."""
        return self._catalog

    @property
    def engagement_id(self) -> str:
        """The engagement ID: `eng-` followed by 14 lowercase letters or digits.

        The value is a token if the app creates the engagement, or if a token was passed as its ID or ARN.

        Raises:
            ValueError: The ID or ARN is a dynamic reference (`{{resolve:...}}`). CloudFormation cannot extract the ID from a
                dynamic reference. Pass the value of a `CfnParameter` instead. A `CfnParameter` can also read the SSM Parameter
                Store.
        """
        return self._engagement.resolved_id()

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, `arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`.

        The value is or contains a token if `engagement_id` is a token.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `engagement_id`.
        """
        created = self._engagement.created
        return created.arn if created else engagement_arn(self._catalog, self.engagement_id)

    def add_context(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        payload: CustomerProject | Lead | ProspectingResult | CustomerAccount | Mapping[str, Any] | IResolvable,
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool | None = None,
        existing_context_id: str | None = None,
        revision: str | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> EngagementContext:
        """Declare a context of the engagement. `EngagementContext` documents the parameters in detail.

        Args:
            id: The construct ID within the engagement. The context's logical ID contains this ID.
            payload: The context's payload: a `CustomerProject`, a `Lead`, a `ProspectingResult`, a `CustomerAccount`, a mapping
                with the API's member names (`{"CustomerProject": {...}}`), or a token.
            type: The context's Type. Required if the payload is a token.
            client_token: The API's idempotency token.
            adopt_existing: Whether to adopt an existing context with an equal payload. None means True.
            existing_context_id: The ID of an existing context that the construct manages.
            revision: A text of your choice. If you change it, the next deployment restores the declared values.
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
            engagement=self,
            payload=payload,
            type=type,
            client_token=client_token,
            adopt_existing=adopt_existing,
            existing_context_id=existing_context_id,
            revision=revision,
            provider=provider,
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` on the engagement in the engagement's catalog.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `Engagement.engagement_id`.
        """
        return grant(grantee, READ, catalog=self._catalog, arn=self.engagement_arn)

    def grant_update(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and to update all its contexts, but not to create contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` and `partnercentral:UpdateEngagementContext` on the engagement in
            the engagement's catalog.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `Engagement.engagement_id`.
        """
        return grant(grantee, UPDATE, catalog=self._catalog, arn=self.engagement_arn)

    def grant_convert(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to convert a context of the engagement, such as a lead, into an opportunity.

        The grant contains the permissions that StartOpportunityFromEngagementTask needs according to the Service Authorization
        Reference. The task acts with the permissions of its caller. In the engagement's catalog, the grant allows:

        - on the engagement: `GetEngagement`, `CreateEngagementContext`
        - on every task (`opportunity-from-engagement-task/*`): `StartOpportunityFromEngagementTask`
        - on every opportunity of the account: `CreateOpportunity`, `GetOpportunity`, `TagResource`
        - on the resource snapshots of the engagement: `CreateResourceSnapshot`
        - on every resource snapshot job of the account: `CreateResourceSnapshotJob`, `StartResourceSnapshotJob`, `TagResource`

        It is not certain which permissions are necessary. An earlier version of this reference listed
        `CreateEngagementContext`. A later version lists `GetOpportunity` and `TagResource` instead. So the grant contains all
        three actions. `TagResource` is probably necessary only for a task with tags. The ARNs contain the account of this
        construct's stack. If AWS denies a task, compare the action and the ARN in the error message with the reference.

        See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html and
        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_StartOpportunityFromEngagementTask.html

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            The combined grant.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `Engagement.engagement_id`.
        """
        return grant_conversion(
            grantee,
            catalog=self._catalog,
            account=self.stack.account,
            engagement_id=self.engagement_id,
            engagement_arn=self.engagement_arn,
        )

    def on_event(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        target: events.IRuleTarget | RuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Create an EventBridge rule that matches the events of the engagement.

        Partner Central sends these detail types with a reference to an engagement: `Engagement Created`, `Engagement Updated`,
        `Engagement Member Added`, `Engagement Resource Snapshot Created`, `Engagement Invitation Created`,
        `Engagement Invitation Accepted`, `Engagement Invitation Rejected` and `Engagement Invitation Expired`. The delivery is
        best effort. The rule does not match events about opportunities, because these events do not contain the engagement. An
        engagement that the stack creates is usually created before the rule exists.

        The rule matches an event if the event both contains the engagement's catalog and identifies the engagement. An event
        can contain the engagement's ARN in `resources`, or the engagement's ID or ARN in `detail`. The examples in the
        documentation use different members of `detail`, so the rule accepts every documented member.

        Partner Central sends its events to the default event bus in us-east-1. If the Region of the stack is not known at
        synthesis, a warning (`cdk-partnercentral:eventsOnlyInUsEast1`) reports this. If the engagement is in a stack in another
        Region, pass a `cross_stack_scope` in a stack in us-east-1, and set `cross_region_references=True` on both stacks if the
        app creates the engagement.

        See https://docs.aws.amazon.com/partner-central/latest/APIReference/selling-api-events.html

        Args:
            id: The construct ID of the rule within the engagement, or within `cross_stack_scope`.
            target: The target of the events, such as an `aws_events_targets.SqsQueue`. By default, the rule has no target. Add
                targets with `rule.add_target`.
            cross_stack_scope: The parent construct of the rule, if the rule and the engagement must be in different stacks. By
                default, the rule is a child of the engagement.
            description: The description of the rule. String of up to 512 characters.
            event_pattern: Additional conditions for the events, such as
                `EventPattern(detail_type=["Engagement Member Added"])`. Must not contain `source`, `resources` or
                `detail["catalog"]`, because the rule itself sets these members.
            rule_name: The name of the rule. By default, CloudFormation generates a name.

        Returns:
            The rule.

        Raises:
            ValueError: The rule's stack is in a known Region other than us-east-1, `event_pattern` contains a member that the
                rule itself sets, or the engagement ID cannot be extracted (see `Engagement.engagement_id`).
        """
        return engagement_rule(
            self,
            id,
            catalog=self._catalog,
            engagement_id=self.engagement_id,
            engagement_arn=self.engagement_arn,
            target=target,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
            cross_stack_scope=cross_stack_scope,
        )

    def on_updated(
        self,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        target: events.IRuleTarget | RuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | Mapping[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Create an EventBridge rule that matches the event `Engagement Updated`.

        Partner Central sends this event after a change to the engagement.

        `on_event` describes how the rule identifies the engagement, and in which Region the rule must be. The event does not
        contain the contexts, only their Types. Read them with GetEngagement. Whether the event is also sent for changes by your
        own account is not documented in detail, so expect an event for each deployment that changes a context.

        See https://docs.aws.amazon.com/partner-central/latest/APIReference/selling-api-events.html

        Args:
            id: The construct ID of the rule within the engagement, or within `cross_stack_scope`.
            target: The target of the events, such as an `aws_events_targets.SqsQueue`. By default, the rule has no target. Add
                targets with `rule.add_target`.
            cross_stack_scope: The parent construct of the rule, if the rule and the engagement must be in different stacks. By
                default, the rule is a child of the engagement.
            description: The description of the rule. String of up to 512 characters.
            event_pattern: Additional conditions for the events. Must not contain `source`, `resources`, `detail_type` or
                `detail["catalog"]`, because the rule itself sets these members.
            rule_name: The name of the rule. By default, CloudFormation generates a name.

        Returns:
            The rule.

        Raises:
            ValueError: The rule's stack is in a known Region other than us-east-1, `event_pattern` contains a member that the
                rule itself sets, or the engagement ID cannot be extracted (see `Engagement.engagement_id`).
        """
        return engagement_rule(
            self,
            id,
            catalog=self._catalog,
            engagement_id=self.engagement_id,
            engagement_arn=self.engagement_arn,
            target=target,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
            cross_stack_scope=cross_stack_scope,
            detail_type=UPDATED,
        )
