"""The `Engagement` construct, which creates an engagement or refers to an existing one."""

from __future__ import annotations

from aws_cdk import CfnResource, RemovalPolicy, Stack
from constructs import Construct

from cdk_partnercentral._checks import DesiredEngagement, Registry, partition_problems
from cdk_partnercentral._engagement_base import EngagementBase, IEngagement
from cdk_partnercentral._identifiers import CreatedEngagement, EngagementIdentifier, parse_engagement
from cdk_partnercentral._payloads.enums import Catalog, plain
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

RESOURCE_TYPE = "Custom::Engagement"
CANNOT_REFER = "The engagement {path} cannot be referred to:"


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
            "The engagement {path} cannot be created:",
            [
                *([] if registry else partition_problems(stack)),
                *catalog_problems(catalog),
                *engagement_value_problems(title, description),
                *control_problems(client_token=client_token, adopt_existing=adopt_existing),
                *provider_problems(stack, provider),
            ],
            scope=scope,
            id=id,
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
        raise_problems(CANNOT_REFER, [*catalog_problems(catalog), *problems], scope=scope, id=id)
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
        problems = reference_problems("engagement_arn", engagement_arn, found, arn_only=True)
        raise_problems(CANNOT_REFER, problems, scope=scope, id=id)
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
