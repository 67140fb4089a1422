"""A context as it is declared: rendered, checked against all that is known at synthesis, and written as properties.

Knows nothing of the function that carries it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from aws_cdk import Annotations, Stack
from constructs import Construct

from cdk_partnercentral._arguments import catalog_problems, control_problems, engagement_problems, type_problems
from cdk_partnercentral._conflicts import Declared
from cdk_partnercentral._enums import Catalog, EngagementContextType, plain
from cdk_partnercentral._identifiers import without_arn
from cdk_partnercentral._narrowing import is_mapping
from cdk_partnercentral._refusal import refuse
from cdk_partnercentral._rendering import render
from cdk_partnercentral._stack_checks import join, stack_problems
from cdk_partnercentral._validation import is_past, payload_problems


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What the construct was given, in the API's own names and formats.

    Args:
        catalog: The engagement's catalog. May be a token.
        engagement_identifier: The engagement's id or ARN. May be a token.
        type: The context's Type.
        payload: The tagged union, or a token of it.
        client_token: The API's token against doubles, or None for the function's own.
        adopt_existing: Whether an equal context is taken over.
        existing_context_id: The existing context to manage, or None.
    """

    catalog: str
    engagement_identifier: str
    type: str
    payload: Any
    client_token: str | None
    adopt_existing: bool
    existing_context_id: str | None

    def properties(self) -> dict[str, Any]:
        """The properties of the custom resource.

        Returns:
            What the function reads. What was not given is not in it.
        """
        controls = {
            "ClientToken": self.client_token,
            # CloudFormation hands the function strings, so the template says "false" too.
            "AdoptExisting": None if self.adopt_existing else "false",
            "ContextIdentifier": self.existing_context_id,
        }
        return {
            "Catalog": self.catalog,
            "EngagementIdentifier": self.engagement_identifier,
            "Type": self.type,
            "Payload": self.payload,
            **{name: value for name, value in controls.items() if value is not None},
        }


def declaration(
    stack: Stack,
    *,
    catalog: Catalog | str,
    engagement_identifier: str,
    payload: object,
    type_: EngagementContextType | str | None,
    client_token: str | None,
    adopt_existing: bool,
    existing_context_id: str | None,
    other_problems: Sequence[str],
) -> Declaration:
    """Render and check what the construct was given, before anything of it is created.

    Args:
        stack: The stack that it is declared in.
        catalog: As the construct was given it, and so is all that follows.
        engagement_identifier: The engagement.
        payload: The payload.
        type_: The Type.
        client_token: The client token.
        adopt_existing: Whether to adopt.
        existing_context_id: The existing context.
        other_problems: What else is wrong, one line each.

    Returns:
        The declaration.

    Raises:
        ValueError: With every problem.
    """
    rendered = render(payload, type_)
    catalog = plain(catalog)
    refuse(
        "This engagement context cannot be declared:",
        [
            *stack_problems(stack),
            *catalog_problems(catalog),
            *engagement_problems("engagement_identifier", engagement_identifier, catalog),
            *rendered.problems,
            *payload_problems(rendered.payload),
            *type_problems(rendered.type, rendered.payload),
            *control_problems(
                client_token=client_token, adopt_existing=adopt_existing, existing_context_id=existing_context_id
            ),
            *other_problems,
        ],
    )
    return Declaration(
        catalog=catalog,
        engagement_identifier=engagement_identifier,
        type=rendered.type,
        payload=rendered.payload,
        client_token=client_token,
        adopt_existing=adopt_existing,
        existing_context_id=existing_context_id,
    )


def announce(stack: Stack, context: Construct, made: Declaration) -> None:
    """Enter a declared context into its stack's register, and warn of what may be meant but is unlikely to be.

    Args:
        stack: The stack.
        context: The context's construct.
        made: Its declaration.
    """
    declared = Declared(
        path=lambda: context.node.path,
        catalog=made.catalog,
        engagement_id=without_arn(made.engagement_identifier),
        type=made.type,
        payload=made.payload.get(made.type) if is_mapping(made.payload) else None,
        adopts=made.adopt_existing,
        existing_context_id=made.existing_context_id,
        client_token=made.client_token,
    )
    join(stack, context, declared)
    _warn_of_the_past(context, declared.payload)


def _warn_of_the_past(context: Construct, member: object) -> None:
    project = member.get("Project") if is_mapping(member) else None
    target = project.get("TargetCompletionDate") if is_mapping(project) else None
    if is_past(target, datetime.now(timezone.utc).date()):
        Annotations.of(context).add_warning_v2(
            "cdk-partnercentral:targetDatePast",
            f"payload.CustomerProject.Project.TargetCompletionDate: {target} lies in the past.",
        )
