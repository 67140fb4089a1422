"""EventBridge rules for the events of one engagement.

See https://docs.aws.amazon.com/partner-central/latest/APIReference/selling-api-events.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from aws_cdk import Annotations, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from cdk_partnercentral._identifiers import REGION
from cdk_partnercentral._tokens import is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import kind, raise_problems

SOURCE = "aws.partnercentral-selling"
UPDATED = "Engagement Updated"


class RuleTarget(Protocol):
    """A target of a rule. Type checkers do not accept the CDK's targets as `IRuleTarget`, because parameter names differ."""

    def bind(self, *args: Any, **kwargs: Any) -> events.RuleTargetConfig:
        """Return the configuration of the target."""
        ...


def engagement_rule(
    scope: Construct,
    id: str,  # noqa: A002 - the CDK's name for it
    *,
    catalog: str,
    engagement_id: str,
    engagement_arn: str,
    target: events.IRuleTarget | RuleTarget | None,
    description: str | None,
    event_pattern: events.EventPattern | Mapping[str, Any] | None,
    rule_name: str | None,
    cross_stack_scope: Construct | None,
    detail_type: str | None = None,
) -> events.Rule:
    """Return a rule that matches the events of an engagement.

    Args:
        scope: The engagement's construct.
        id: The construct ID of the rule.
        catalog: The engagement's catalog. Can be a token.
        engagement_id: The engagement ID. Can be a token.
        engagement_arn: The engagement's ARN. Can be a token.
        target: See `Engagement.on_event`.
        description: See `Engagement.on_event`.
        event_pattern: See `Engagement.on_event`.
        rule_name: See `Engagement.on_event`.
        cross_stack_scope: See `Engagement.on_event`.
        detail_type: The only detail type that the rule matches. None means any.

    Returns:
        The rule.

    Raises:
        ValueError: The stack is in a Region other than us-east-1, the target is not a rule target, or the event pattern
            contains a member that the rule itself sets.
    """
    # The CDK itself would ignore a cross_stack_scope in another Region, and deliver events across Regions.
    scope = scope if cross_stack_scope is None else cross_stack_scope
    region = Stack.of(scope).region
    raise_problems(
        "The event rule {path} cannot be created:",
        [*_region_problems(region), *_target_problems(target), *_pattern_problems(event_pattern, detail_type)],
        scope=scope,
        id=id,
    )
    given = events.EventPattern(**event_pattern) if isinstance(event_pattern, Mapping) else event_pattern
    rule = events.Rule(
        scope,
        id,
        description=description,
        event_pattern=given,
        rule_name=rule_name,
    )
    rule.add_event_pattern(
        source=[SOURCE],
        detail={"catalog": [catalog]},
        detail_type=None if detail_type is None else [detail_type],
    )
    resource = rule.node.default_child
    if not isinstance(resource, events.CfnRule):
        raise TypeError("aws_events.Rule does not create a CfnRule in this version of aws-cdk-lib")
    # The CDK's EventPattern has no alternatives across several members.
    resource.add_property_override("EventPattern.$or", alternatives(engagement_id, engagement_arn))
    rule.add_target(cast("events.IRuleTarget | None", target))
    if is_unresolved(region):
        Annotations.of(rule).add_warning_v2(
            "cdk-partnercentral:eventsOnlyInUsEast1",
            f"Partner Central sends its events to {REGION} only, and the Region of this stack is unknown at synthesis, so the "
            "rule might never match an event. Specify the Region of the stack (env), pass a cross_stack_scope in a stack in "
            f"{REGION}, or acknowledge this warning.",
        )
    return rule


def _target_problems(target: object) -> Iterator[str]:
    # jsii would report a missing method, without the name of the argument.
    if target is not None and not hasattr(target, "bind"):
        yield f"target: must be a target from aws_events_targets, such as SnsTopic(topic); got {kind(target)}"


def alternatives(engagement_id: str, engagement_arn: str) -> list[dict[str, Any]]:
    """Return the alternatives of an event pattern that matches the events of an engagement.

    Each alternative is one documented place for the engagement's ID or ARN. All documented examples except invitations contain
    the ARN in `resources`. The ID is in a different member for each group of detail types.
    """
    of_engagement = {
        "engagementArn": engagement_arn,
        "engagementId": engagement_id,
        "arn": engagement_arn,
        "id": engagement_id,
    }
    return [
        {"resources": [engagement_arn]},
        *({"detail": {"engagement": {name: [value]}}} for name, value in of_engagement.items()),
        {"detail": {"engagementInvitation": {"engagementId": [engagement_id]}}},
        {"detail": {"resourceSnapshot": {"engagementId": [engagement_id]}}},
    ]


def _region_problems(region: str) -> Iterator[str]:
    if not is_unresolved(region) and region != REGION:
        yield (
            f"stack: must be in {REGION}, the only Region to which Partner Central sends its events; got {region}; pass a "
            f"cross_stack_scope in a stack in {REGION}"
        )


def _pattern_problems(pattern: object, detail_type: str | None) -> Iterator[str]:
    if pattern is None:
        return
    if not is_mapping(pattern) and not isinstance(pattern, events.EventPattern):
        yield f"event_pattern: must be an aws_events.EventPattern; got {kind(pattern)}"
        return
    members = ["source", "resources", *([] if detail_type is None else ["detail_type"])]
    detail = _member(pattern, "detail")
    for name, value in [
        *((name, _member(pattern, name)) for name in members),
        ("detail.catalog", detail.get("catalog") if is_mapping(detail) else None),
    ]:
        # EventBridge matches any value in the list of a member, so a value from the user would match the events of other
        # engagements.
        if value is not None:
            yield f"event_pattern: must not contain {name}, because the rule itself sets this member; remove the member"


def _member(pattern: object, name: str) -> object:
    return pattern.get(name) if is_mapping(pattern) else getattr(pattern, name)
