"""The rules of an engagement match its events in every documented form, and no others."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match

from cdk_partnercentral import Engagement, IEngagement

Json = dict[str, Any]
Template = Callable[[Stack], Json]
Only = Callable[[Json, str], Json]

ID = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ID}"
OTHER_ID = "eng-zzzzzzzzzzzzzz"
RULE = "AWS::Events::Rule"
VIRGINIA = Environment(account="111122223333", region="us-east-1")


@pytest.fixture
def virginia(app: App) -> Stack:
    return Stack(app, "Deals", env=VIRGINIA)


@pytest.fixture
def acme(virginia: Stack) -> IEngagement:
    return Engagement.from_engagement_id(virginia, "Acme", ID, catalog="Sandbox")


def event(detail_type: str, resources: list[str], catalog: str = "Sandbox", **detail: Any) -> Json:
    return {
        "version": "0",
        "id": "01234567-0123-0123-0123-0123456789ab",
        "detail-type": detail_type,
        "source": "aws.partnercentral-selling",
        "account": "111122223333",
        "time": "2027-04-18T18:20:15Z",
        "region": "us-east-1",
        "resources": resources,
        "detail": {"catalog": catalog, **detail},
    }


def documented(engagement: str, catalog: str = "Sandbox") -> list[Json]:
    """The documented events of an engagement, in the documented spellings."""
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement}"
    invitation = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement-invitation/engi-0123456789abc"
    both = {"engagementArn": arn, "engagementId": engagement}
    invited = {"arn": invitation, "id": "engi-0123456789abc", "engagementId": engagement}
    snapshot = {"arn": f"{arn}/resource/Opportunity/O1/template/t/snapshot/1", "engagementId": engagement}
    return [
        event("Engagement Created", [arn], catalog, engagement={**both, "ContextTypes": ["Lead"]}),
        event("Engagement Updated", [arn], catalog, engagement={**both, "ContextTypes": ["Lead"]}),
        event("Engagement Member Added", [arn], catalog, engagement={"id": engagement}, engagementMember={}),
        event("Engagement Resource Snapshot Created", [arn], catalog, resourceSnapshot=snapshot),
        *(
            event(f"Engagement Invitation {state}", [invitation], catalog, engagementInvitation=invited)
            for state in ("Created", "Accepted", "Rejected", "Expired")
        ),
    ]


def matches(pattern: Mapping[str, Any], sample: Mapping[str, Any]) -> bool:
    """Whether EventBridge would match an event: every member, any value of a list, any alternative of `$or`."""
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(matches(alternative, sample) for alternative in wanted):
                return False
        elif isinstance(wanted, Mapping):
            if not isinstance(sample.get(name), Mapping) or not matches(wanted, sample[name]):
                return False
        else:
            assert isinstance(wanted, list)
            given = sample.get(name)
            values = given if isinstance(given, list) else [given]
            if not any(value in wanted for value in values):
                return False
    return True


def pattern_of(stack: Stack, template_of: Template, only: Only) -> Json:
    pattern: Json = only(template_of(stack), RULE)["Properties"]["EventPattern"]
    return pattern


def test_every_documented_event_of_the_engagement_matches(
    virginia: Stack, acme: IEngagement, template_of: Template, only: Only
) -> None:
    acme.on_event("Any")

    pattern = pattern_of(virginia, template_of, only)

    for sample in documented(ID):
        assert matches(pattern, sample), sample["detail-type"]
    for sample in [*documented(OTHER_ID), *documented(ID, catalog="AWS")]:
        assert not matches(pattern, sample), sample
    # Other services and events without an engagement.
    assert not matches(pattern, {**documented(ID)[0], "source": "deals.example"})
    assert not matches(pattern, event("Opportunity Updated", [], opportunity={"identifier": "O1"}))


def test_one_place_of_the_engagement_is_enough(
    virginia: Stack, acme: IEngagement, template_of: Template, only: Only
) -> None:
    """AWS's pages disagree, so an event without `resources`, or with them only, matches too."""
    acme.on_event("Any")

    pattern = pattern_of(virginia, template_of, only)

    for sample in documented(ID):
        assert matches(pattern, {**sample, "resources": []}), sample["detail-type"]
    assert matches(pattern, event("Engagement Updated", [ARN]))
    assert matches(pattern, event("Engagement Updated", ["arn:aws:other", ARN]))
    assert matches(pattern, event("Engagement Updated", [], engagement={"arn": ARN}))
    assert not matches(pattern, event("Engagement Updated", []))


def test_on_updated_matches_updates_only(virginia: Stack, acme: IEngagement, template_of: Template, only: Only) -> None:
    acme.on_updated("Updated")

    pattern = pattern_of(virginia, template_of, only)

    assert [each["detail-type"] for each in documented(ID) if matches(pattern, each)] == ["Engagement Updated"]
    assert not [each for each in documented(OTHER_ID) if matches(pattern, each)]


def test_the_pattern_is_within_the_limit_of_eventbridge(
    virginia: Stack, acme: IEngagement, template_of: Template, only: Only
) -> None:
    acme.on_updated("Updated")

    pattern = pattern_of(virginia, template_of, only)

    assert len(json.dumps(pattern)) < 2_048
    # EventBridge rejects a pattern with more combinations than this.
    assert len(pattern["$or"]) < 1_000


def test_a_topic_is_not_a_target(virginia: Stack, acme: IEngagement) -> None:
    topic: Any = sns.Topic(virginia, "Changes")

    with pytest.raises(ValueError, match=r"target: must be a target from aws_events_targets, .*; got Topic"):
        acme.on_updated("Updated", target=topic)


def test_the_rule_has_the_options_and_the_target(
    virginia: Stack, acme: IEngagement, template_of: Template, only: Only
) -> None:
    queue = sqs.Queue(virginia, "Changes")
    rule = acme.on_event(
        "Any",
        target=targets.SqsQueue(queue),
        description="Changes of Acme",
        rule_name="acme",
        event_pattern=events.EventPattern(account=["111122223333"], detail_type=["Engagement Updated"]),
    )

    properties = only(template_of(virginia), RULE)["Properties"]

    assert (properties["Description"], properties["Name"]) == ("Changes of Acme", "acme")
    assert properties["Targets"][0]["Arn"] == virginia.resolve(queue.queue_arn)
    assert properties["EventPattern"]["account"] == ["111122223333"]
    assert properties["EventPattern"]["detail-type"] == ["Engagement Updated"]
    assert properties["EventPattern"]["detail"] == {"catalog": ["Sandbox"]}
    assert rule.node.path == "Deals/Acme/Any"
    assert Annotations.from_stack(virginia).find_warning("*", Match.any_value()) == []


@pytest.mark.parametrize(
    "given",
    [
        {"detail": {"engagement": {"ContextTypes": ["Lead"]}}},
        events.EventPattern(detail={"engagement": {"ContextTypes": ["Lead"]}}),
    ],
)
def test_further_conditions_restrict_the_rule(
    given: Any, virginia: Stack, acme: IEngagement, template_of: Template, only: Only
) -> None:
    acme.on_updated("Leads", event_pattern=given)

    pattern = pattern_of(virginia, template_of, only)

    _, updated, *_ = documented(ID)
    assert matches(pattern, updated)
    updated["detail"]["engagement"]["ContextTypes"] = ["CustomerProject"]
    assert not matches(pattern, updated)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"source": ["deals.example"]}, "source"),
        ({"resources": [ARN]}, "resources"),
        ({"detail": {"catalog": ["AWS"]}}, "detail.catalog"),
        (events.EventPattern(resources=[ARN]), "resources"),
        ({"detail_type": ["Engagement Created"]}, "detail_type"),
    ],
)
def test_conditions_that_would_widen_the_rule_are_an_error(given: Any, name: str, acme: IEngagement) -> None:
    with pytest.raises(ValueError) as raised:
        acme.on_updated("Updated", event_pattern=given)

    assert str(raised.value).splitlines() == [
        "The event rule Deals/Acme/Updated cannot be created:",
        f"- event_pattern: must not contain {name}, because the rule itself sets this member; remove the member",
    ]
    assert acme.node.children == []


def test_a_pattern_of_another_kind_is_an_error(acme: IEngagement) -> None:
    wrong: Any = "Engagement Updated"
    with pytest.raises(ValueError, match=r"- event_pattern: must be an aws_events.EventPattern; got str"):
        acme.on_event("Any", event_pattern=wrong)


def test_a_stack_in_another_region_is_an_error_with_the_way_out(app: App) -> None:
    elsewhere = Stack(app, "Elsewhere", env=Environment(account="111122223333", region="eu-west-1"))
    acme = Engagement.from_engagement_id(elsewhere, "Acme", ID, catalog="Sandbox")

    for method in (acme.on_event, acme.on_updated):
        with pytest.raises(
            ValueError, match=r"- stack: must be in us-east-1, .* got eu-west-1; pass a cross_stack_scope"
        ):
            method("Any")
    assert acme.node.children == []


def test_a_rule_in_a_second_stack_matches_an_engagement_that_is_created_elsewhere(
    app: App, virginia: Stack, only: Only
) -> None:
    more = Stack(
        app,
        "More",
        env=Environment(account="111122223333", region="eu-west-1"),
        cross_region_references=True,
    )
    target = Stack(app, "Events", env=VIRGINIA, cross_region_references=True)
    acme = Engagement(more, "Acme", catalog="Sandbox", title="Acme migration")

    rule = acme.on_updated("Updated", cross_stack_scope=target)

    template = app.synth().get_stack_by_name("Events").template
    pattern = only(template, RULE)["Properties"]["EventPattern"]
    assert Stack.of(rule) is target
    # The CDK passes the attributes across Regions with a custom resource of its own.
    assert "Fn::GetAtt" in pattern["$or"][0]["resources"][0]


@pytest.mark.parametrize("method", ["on_event", "on_updated"])
def test_an_unknown_region_is_a_warning(method: str, stack: Stack, template_of: Template, only: Only) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", ID, catalog="Sandbox")
    getattr(acme, method)("Any")

    (message,) = Annotations.from_stack(stack).find_warning("*", Match.any_value())

    assert message.id == "/Deals/Acme/Any"
    assert "[ack: cdk-partnercentral:eventsOnlyInUsEast1]" in str(message.entry.data)
    assert only(template_of(stack), RULE)


def test_the_rule_of_a_created_engagement_uses_its_attributes(
    virginia: Stack, template_of: Template, only: Only
) -> None:
    Engagement(virginia, "Acme", catalog="Sandbox", title="Acme migration").on_event("Any")

    pattern = pattern_of(virginia, template_of, only)

    id_, arn = ({"Fn::GetAtt": ["Acme42E163B4", name]} for name in ("EngagementId", "EngagementArn"))
    assert pattern["$or"] == [
        {"resources": [arn]},
        {"detail": {"engagement": {"engagementArn": [arn]}}},
        {"detail": {"engagement": {"engagementId": [id_]}}},
        {"detail": {"engagement": {"arn": [arn]}}},
        {"detail": {"engagement": {"id": [id_]}}},
        {"detail": {"engagementInvitation": {"engagementId": [id_]}}},
        {"detail": {"resourceSnapshot": {"engagementId": [id_]}}},
    ]


def test_the_rule_of_a_token_splits_it(virginia: Stack, template_of: Template, only: Only) -> None:
    token = CfnParameter(virginia, "Engagement").value_as_string
    Engagement.from_engagement_id(virginia, "Acme", token, catalog="Sandbox").on_event("Any")

    text = json.dumps(pattern_of(virginia, template_of, only))

    assert '{"Fn::Split": ["eng-", {"Ref": "Engagement"}]}' in text


def test_a_dynamic_reference_is_an_error(virginia: Stack) -> None:
    acme = Engagement.from_engagement_id(virginia, "Acme", "{{resolve:ssm:/deals/acme}}", catalog="Sandbox")

    with pytest.raises(ValueError, match="engagement_id: cannot be derived"):
        acme.on_event("Any")


def test_an_independent_matcher_agrees(virginia: Stack, acme: IEngagement, template_of: Template, only: Only) -> None:
    """The local cloud's EventBridge expands `$or` as EventBridge does, and validates the pattern."""
    service = pytest.importorskip("ministack.services.eventbridge")
    acme.on_updated("Updated")
    pattern = pattern_of(virginia, template_of, only)

    for sample in [*documented(ID), *documented(OTHER_ID), {**documented(ID)[1], "resources": []}]:
        answer = service._test_event_pattern({"EventPattern": json.dumps(pattern), "Event": json.dumps(sample)})
        status, _, body = answer
        assert (status, json.loads(body)) == (200, {"Result": matches(pattern, sample)}), sample
