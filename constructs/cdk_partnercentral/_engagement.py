"""The `Engagement` construct, which creates an engagement or refers to an existing one, and the interface `IEngagement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from aws_cdk import CfnResource, IResolvable, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_partnercentral._checks import DesiredEngagement, Registry, partition_problems
from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._environment import StackMember
from cdk_partnercentral._events import UPDATED, RuleTarget, engagement_rule
from cdk_partnercentral._iam import READ, UPDATE, grant, grant_conversion
from cdk_partnercentral._identifiers import CreatedEngagement, EngagementIdentifier, engagement_arn, parse_engagement
from cdk_partnercentral._payloads.customer_account import CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import Catalog, EngagementContextType, plain
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._payloads.prospecting_result import ProspectingResult
from cdk_partnercentral._provider import PartnerCentralProvider, provider_problems
from cdk_partnercentral._signature import ConstructorSignature
from cdk_partnercentral._validation.arguments import (
    AN_ID,
    catalog_problems,
    control_problems,
    engagement_problems,
    engagement_value_problems,
    known_catalog,
    reference_problems,
)
from cdk_partnercentral._validation.messages import quoted, raise_problems

if TYPE_CHECKING:
    from aws_cdk.interfaces import ResourceEnvironment

RESOURCE_TYPE = "Custom::Engagement"
CANNOT_REFER = "This engagement cannot be referred to:"


class IEngagement(Protocol):
    """The common interface of engagements that this app creates and engagements that the app only refers to.

    `Engagement` implements this interface, and `Engagement.from_engagement_id` and `Engagement.from_engagement_arn` return
    objects that implement it. Use the interface as the type of a parameter that accepts both kinds of engagements.

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
            provider: The provider that manages the context.

        Returns:
            The context, a child of the engagement.

        Raises:
            ValueError: See `EngagementContext`.
            FileNotFoundError: See `EngagementContext`.
        """
        ...

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow a principal to read the engagement and all its contexts.

        Args:
            grantee: The principal: a role, a user, a Lambda function or another `IGrantable`.

        Returns:
            A grant that allows `partnercentral:GetEngagement` on the engagement in the engagement's catalog.

        Raises:
            ValueError: CloudFormation cannot extract the engagement ID. See `Engagement.engagement_id`.
        """
        ...

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
        ...

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


class Engagement(EngagementBase):
    """An engagement of AWS Partner Central that the stack creates.

    To refer to an engagement that already exists, such as one that AWS created and invited you to, use
    `Engagement.from_engagement_id` or `Engagement.from_engagement_arn` instead. Declare the contexts of the engagement with
    `add_context`, or with `EngagementContext(..., engagement=...)`.

    A deployment creates the engagement. Partner Central can neither change nor delete an engagement:

    - If you change the title or the description, the deployment fails, and the error lists the ways to proceed. The function
      ignores differences in letter case, in Unicode composition, and in leading or trailing white space.
    - If you remove the construct or delete the stack, the engagement remains, with its contexts.
    - If you change the catalog, the deployment creates another engagement.
    - If you rename the construct, or delete the stack and deploy it again, the deployment adopts the existing engagement. This
      is an engagement in the same catalog, with the same title and description, that the same AWS account created. The
      deployment fails if two existing engagements match. To create a second engagement with the same title and description, set
      `adopt_existing=False`.

    Synthesis fails if a stage contains two constructs with the same catalog, title and description, because one construct would
    adopt the engagement of the other. Two such constructs are allowed if both set `adopt_existing=False`, or if their stacks
    are known to be in different accounts. If the constructs are in different stages of an app, the problem is a warning.

    An engagement can probably contain five contexts, including those that AWS adds: a CustomerProject for each Lead that is
    converted into an opportunity, and a ProspectingResult when a prospecting task includes the engagement. If the declared
    contexts leave no room for these contexts, a warning (`cdk-partnercentral:noRoomForAws`) reports this. A declared
    CustomerProject or ProspectingResult counts as one of the contexts that AWS adds. For example, if you declare a Lead, you
    can declare two more contexts. If you declare a Lead and a CustomerProject, you can also declare two more. Whether AWS
    reuses a declared context is not documented. To acknowledge the warning, call `acknowledge_warning` of the context's or the
    engagement's `Annotations`.

    The provider's role can create and read all engagements of the catalog, because the ID of a new engagement is not known in
    advance. Unless `adopt_existing` is False, the role can also list these engagements. A second policy of the role allows
    changes to contexts, but only in the engagements that the stack creates.

    The logical ID of a context that `add_context` declares depends on the construct IDs of both the engagement and the context.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagement.html

    Args:
        scope: The parent construct, usually the stack.
        id: The construct ID within `scope`.
        catalog: The catalog in which to create the engagement. A `Catalog`, or its value as a string.
        title: The title of the engagement. String of 1 to 40 characters, or a token.
        description: The description of the engagement. String of up to 255 characters, or a token. By default, the engagement
            has no description, which is the same as an empty description.
        client_token: The API's idempotency token. String of 1 to 64 letters and digits. By default, the function derives the
            token from the stack, the logical ID, the catalog, the title and the description.
        adopt_existing: Whether to adopt an existing engagement with the same title and description, as described above. If
            False, the function creates a new engagement. None means True.
        provider: The provider that manages the engagement: a `PartnerCentralProvider` in the same stack. By default, all
            engagements and contexts of the stack share one provider. You cannot change the provider of a deployed engagement,
            because CloudFormation rejects the change.

    Raises:
        ValueError: An argument has the wrong Python type, or the API would reject the argument. A provider in another stack, or
            a stack in a partition without Partner Central, also causes this error. The error lists every problem.
        FileNotFoundError: The zip with the function's code does not exist. This error can occur only in a checkout of the
            repository.

    Example:
        >>> from aws_cdk import App, CfnOutput, Stack
        >>> from cdk_partnercentral import Catalog, CustomerProject, Engagement, ProjectDetails
        >>> stack = Stack(App(), "Deals")
        >>> acme = Engagement(stack, "Acme", catalog=Catalog.SANDBOX, title="Acme migration")
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
        >>> output = CfnOutput(stack, "EngagementId", value=acme.engagement_id)

        Refer to an existing engagement, and let a role read it:

        >>> from aws_cdk import aws_iam as iam
        >>> northwind = Engagement.from_engagement_id(stack, "Northwind", "eng-0123456789abcd", catalog="Sandbox")
        >>> role = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        >>> northwind.grant_read(role).success
        True

        Send an event to a queue whenever somebody changes the engagement. The stack must be in us-east-1:

        >>> from aws_cdk import aws_events_targets as targets, aws_sqs as sqs
        >>> deals = Stack(stack.node.root, "UsDeals", env={"account": "111122223333", "region": "us-east-1"})
        >>> retail = Engagement(deals, "Retail", catalog="Sandbox", title="Retail campaign")
        >>> rule = retail.on_updated("Changed", target=targets.SqsQueue(sqs.Queue(deals, "Changes")))
    """

    __signature__ = ConstructorSignature()

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        title: str,
        description: str | None = None,
        client_token: str | None = None,
        adopt_existing: bool | None = None,
        provider: PartnerCentralProvider | None = None,
    ) -> None:
        """See the class docstring."""
        stack = Stack.of(scope)
        registry = Registry.find(stack)
        catalog = plain(catalog)
        raise_problems(
            "This engagement cannot be created:",
            [
                *([] if registry else partition_problems(stack)),
                *catalog_problems(catalog),
                *engagement_value_problems(title, description),
                *control_problems(client_token=client_token, adopt_existing=adopt_existing),
                *provider_problems(stack, provider),
            ],
        )
        super().__init__(scope, id)
        registry = registry or Registry(stack)
        provider = registry.provider_for(stack, provider)
        adopts = adopt_existing is not False
        optional = {
            "Description": description,
            "ClientToken": client_token,
            # A string, because CloudFormation converts a Boolean to a string before it calls the function.
            "AdoptExisting": None if adopts else "false",
        }
        resource = CfnResource(
            self,
            "Resource",
            type=RESOURCE_TYPE,
            properties={
                **provider._serve_engagement(  # pyright: ignore[reportPrivateUsage] - internal to this package
                    self, catalog=catalog, adopt_existing=adopts
                ),
                "Catalog": catalog,
                "Title": title,
                **{name: value for name, value in optional.items() if value is not None},
            },
        )
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
        self._catalog = catalog
        created = CreatedEngagement(
            id=resource.get_att("EngagementId").to_string(), arn=resource.get_att("EngagementArn").to_string()
        )
        self._engagement = EngagementIdentifier(text=created.id, form="token", key=self.node.path, created=created)
        for token in (created.arn, created.id):
            self._engagement.remember(token)
        registry.add_engagement(
            self,
            DesiredEngagement(
                path=self.node.path,
                catalog=catalog,
                title=title,
                description=description or "",
                adopt_existing=adopts,
                client_token=client_token,
                account=stack.account,
            ),
        )

    @staticmethod
    def from_engagement_id(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_id: str,
        *,
        catalog: Catalog | str,
    ) -> IEngagement:
        """Refer to an existing engagement by its ID, without managing it.

        The reference adds nothing to the template. Declare contexts of the engagement with `add_context`.

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
        elif problems:
            problems = [f"engagement_id: must be {AN_ID}; got {quoted(engagement_id)}"]
        raise_problems(CANNOT_REFER, [*catalog_problems(catalog), *problems])
        return _ReferencedEngagement(scope, id, catalog=catalog, engagement=engagement)

    @staticmethod
    def from_engagement_arn(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        engagement_arn: str,
        *,
        catalog: Catalog | str | None = None,
    ) -> IEngagement:
        """Refer to an existing engagement by its ARN, without managing it.

        The reference adds nothing to the template. Declare contexts of the engagement with `add_context`.

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
            ValueError: `engagement_arn` is not an engagement ARN, the ARN contains a catalog other than `catalog`, or `catalog`
                is required but missing.

        Example:
            >>> from aws_cdk import App, Stack
            >>> stack = Stack(App(), "Deals")
            >>> arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd"
            >>> Engagement.from_engagement_arn(stack, "Acme", arn).catalog
            'Sandbox'
        """
        found = known_catalog(catalog, engagement_arn)
        raise_problems(CANNOT_REFER, reference_problems("engagement_arn", engagement_arn, found, arn_only=True))
        return _ReferencedEngagement(scope, id, catalog=found, engagement=parse_engagement(engagement_arn))


class _ReferencedEngagement(EngagementBase):
    """An existing engagement."""

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
