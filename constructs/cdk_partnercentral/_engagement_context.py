"""The construct: one context of an engagement, as a custom resource of a stack.

Knows nothing of how payloads are written down, nor of the function that carries the declaration out.
"""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from constructs import Construct

from cdk_partnercentral._customer_project import CustomerProject
from cdk_partnercentral._enums import Catalog, EngagementContextType
from cdk_partnercentral._lead import Lead
from cdk_partnercentral._provider import MAX_EVENT_AGE_MINUTES, EngagementContextProvider
from cdk_partnercentral._rendering import render

RESOURCE_TYPE = "Custom::EngagementContext"


class EngagementContext(Construct):
    """A context of an AWS Partner Central engagement, declared in a stack.

    A deployment creates the context, or updates it in place when its payload was changed. Another catalog, engagement
    or Type is another context: it is created, and the old one stays where it is, since Partner Central can delete
    neither contexts nor engagements. For the same reason the context stays when the construct or the stack is removed.

    Payloads stand in the template in plain text, for everyone who can read the stack.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html and
    https://docs.aws.amazon.com/partner-central/latest/APIReference/API_UpdateEngagementContext.html

    Args:
        scope: The construct it belongs to.
        id: Its id within `scope`. A change of it is a change of the logical id: then give `context_identifier` too.
        catalog: The engagement's catalog. A `Catalog`, or its value as a string.
        engagement_identifier: The engagement. Its id (`eng-` and 14 of `0-9` and `a-z`), its ARN
            (`arn:aws:partnercentral:us-east-1::catalog/<Catalog>/engagement/<id>`), or a token of either. With a token
            the function may work on every engagement of the catalog, as an annotation says.
        payload: What the context says. A `CustomerProject`, a `Lead`, or a mapping with the one member of the API's
            tagged union, in the API's own names: `{"CustomerProject": {...}}`. Values are strings, tokens, dates,
            datetimes with a time zone and enums; what is None is left out.
        type: The context's Type. An `EngagementContextType`, or its value as a string. None takes it from the payload;
            it is needed only beside a mapping whose single key is not one of the known Types.
        client_token: The API's token against doubles, in place of the one that the function derives from stack, logical
            id, catalog, engagement and Type. String of 1 to 64 letters and digits.
        adopt_existing: Whether a context of the engagement that already says exactly this is taken over rather than
            created again. False creates one beside it.
        context_identifier: The id of an existing context to manage, never creating one. String of 1 to 3 characters. It
            imports a context that was made elsewhere, and keeps one whose construct was renamed.
        provider: The function to use. None shares the stack's own.

    Raises:
        ValueError: The payload is neither a payload nor a mapping, holds a value that cannot be written down (a
            datetime without a time zone, a number), or is a mapping whose Type cannot be told; the engagement is
            neither an id, nor an ARN, nor a token; or the provider is in another stack.
        FileNotFoundError: The function's code was not built, which happens only in a checkout of the repository.

    Example:
        >>> from datetime import date
        >>> from aws_cdk import App, CfnOutput, Stack
        >>> from cdk_partnercentral import Catalog, Customer, CustomerProject, EngagementContext, Industry, Project
        >>> stack = Stack(App(), "Deals")
        >>> context = EngagementContext(
        ...     stack,
        ...     "AcmeMigration",
        ...     catalog=Catalog.SANDBOX,
        ...     engagement_identifier="eng-0123456789abcd",
        ...     payload=CustomerProject(
        ...         customer=Customer(
        ...             company_name="Acme",
        ...             country_code="US",
        ...             industry=Industry.RETAIL,
        ...             website_url="https://acme.example",
        ...         ),
        ...         project=Project(
        ...             title="Move to AWS",
        ...             business_problem="The data centre closes at the end of next year.",
        ...             target_completion_date=date(2027, 6, 30),
        ...         ),
        ...     ),
        ... )
        >>> output = CfnOutput(stack, "ContextId", value=context.context_id)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        catalog: Catalog | str,
        engagement_identifier: str,
        payload: CustomerProject | Lead | Mapping[str, Any],
        type: EngagementContextType | str | None = None,  # noqa: A002 - the API's name for it
        client_token: str | None = None,
        adopt_existing: bool = True,
        context_identifier: str | None = None,
        provider: EngagementContextProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        rendered = render(payload, type)
        catalog_name = catalog.value if isinstance(catalog, Catalog) else catalog
        service_token = self._provider(provider)._serve(
            self, catalog=catalog_name, engagement_identifier=engagement_identifier
        )
        self._resource = CustomResource(
            self,
            "Resource",
            resource_type=RESOURCE_TYPE,
            service_token=service_token,
            service_timeout=Duration.minutes(MAX_EVENT_AGE_MINUTES),
            removal_policy=RemovalPolicy.RETAIN,
            properties={
                "Catalog": catalog_name,
                "EngagementIdentifier": engagement_identifier,
                "Type": rendered.type,
                "Payload": rendered.payload,
                **_controls(client_token, context_identifier, adopt_existing=adopt_existing),
            },
        )
        # Where the CDK's escape hatch is looked for: `context.node.default_child.override_logical_id(...)`, for example.
        self.node.default_child = self._resource.node.default_child

    @property
    def context_id(self) -> str:
        """The context's id within its engagement: string of 1 to 3 characters, `"1"` for example. A token."""
        return self._resource.get_att_string("ContextId")

    @property
    def engagement_id(self) -> str:
        """The engagement's id, `eng-` and 14 of `0-9` and `a-z`, also where an ARN was declared. A token."""
        return self._resource.get_att_string("EngagementId")

    @property
    def engagement_arn(self) -> str:
        """The engagement's ARN, also where an id was declared. A token."""
        return self._resource.get_att_string("EngagementArn")

    @property
    def engagement_last_modified_at(self) -> str:
        """When the engagement was changed last, in ISO 8601, as of this context's own last deployment. A token.

        Others change the engagement too, AWS among them, so it is of no use as a lock.
        """
        return self._resource.get_att_string("EngagementLastModifiedAt")

    def _provider(self, given: EngagementContextProvider | None) -> EngagementContextProvider:
        if given is None:
            return EngagementContextProvider.get_or_create(self)
        if Stack.of(given).node.path != Stack.of(self).node.path:
            raise ValueError("provider: it has to be in the context's own stack")
        return given


def _controls(client_token: str | None, context_identifier: str | None, *, adopt_existing: bool) -> dict[str, str]:
    controls = {
        "ClientToken": client_token,
        # CloudFormation hands the function strings, so the template says "false" too.
        "AdoptExisting": None if adopt_existing else "false",
        "ContextIdentifier": context_identifier,
    }
    return {name: value for name, value in controls.items() if value is not None}
