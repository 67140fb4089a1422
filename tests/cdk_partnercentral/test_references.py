"""Contexts that were made elsewhere, engagements that are named once, and what others may be allowed on both."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, CfnParameter, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    Engagement,
    EngagementContext,
    IEngagementContext,
    PartnerCentralProvider,
)

Json = dict[str, Any]
Template = Callable[[Stack], Json]
Only = Callable[[Json, str], Json]
OfType = Callable[[Json, str], dict[str, Json]]

Granted = Callable[[], list[Json]]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"
READ, UPDATE = "partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext"
GRANTS = [("grant_read", READ), ("grant_update", [READ, UPDATE])]
ID_OF_THE_PARAMETER = {"Fn::Join": ["", ["eng-", {"Fn::Select": [1, {"Fn::Split": ["eng-", {"Ref": "Engagement"}]}]}]]}


@pytest.fixture
def role(stack: Stack) -> iam.Role:
    return iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


@pytest.fixture
def token(stack: Stack) -> str:
    return CfnParameter(stack, "Engagement").value_as_string


@pytest.fixture
def granted(stack: Stack, role: iam.Role, template_of: Template) -> Granted:
    """What the role may do, once everything was declared."""

    def read() -> list[Json]:
        of_role = stack.resolve(role.role_name)
        policies = [each["Properties"] for each in template_of(stack)["Resources"].values() if "Policy" in each["Type"]]
        (policy,) = (each for each in policies if each["Roles"] == [of_role])
        statements: list[Json] = policy["PolicyDocument"]["Statement"]
        return statements

    return read


def allowed(actions: str | list[str], resource: Any, catalog: Any = "Sandbox") -> Json:
    condition = {"StringEquals": {"partnercentral:Catalog": catalog}}
    return {"Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition}


def imported(scope: Construct, engagement: str = ENGAGEMENT, **others: Any) -> IEngagementContext:
    given = {"catalog": Catalog.SANDBOX, "engagement_identifier": engagement, "context_id": "2", **others}
    return EngagementContext.from_engagement_context_attributes(scope, "Imported", **given)


@pytest.mark.parametrize("identifier", [ENGAGEMENT, ARN])
def test_an_imported_context_has_the_attributes_and_nothing_in_the_template(
    identifier: str, stack: Stack, template_of: Template
) -> None:
    context = imported(stack, identifier)

    attributes = (context.catalog, context.context_id, context.engagement_id, context.engagement_arn)
    assert attributes == ("Sandbox", "2", ENGAGEMENT, ARN)
    assert template_of(stack).get("Resources", {}) == {}
    assert not hasattr(context, "engagement_last_modified_at")


def test_of_a_token_the_deployment_finds_the_id_whether_it_is_an_id_or_an_arn(stack: Stack, token: str) -> None:
    context = imported(stack, token)

    # `eng-` stands once in an id and once in an ARN, so what follows it is the same of both.
    assert stack.resolve(context.engagement_id) == ID_OF_THE_PARAMETER
    assert stack.resolve(context.engagement_arn) == {
        "Fn::Join": ["", [ARN.removesuffix("0123456789abcd"), ID_OF_THE_PARAMETER["Fn::Join"][1][1]]]
    }
    assert [ENGAGEMENT.split("eng-")[1], ARN.split("eng-")[1]] == ["0123456789abcd"] * 2


def test_what_the_service_does_not_take_is_refused_all_at_once(stack: Stack) -> None:
    with pytest.raises(ValueError) as raised:
        imported(stack, "acme", catalog="Sandbx", context_id="1234")

    first, *problems = str(raised.value).splitlines()
    assert first == "This context cannot be named:"
    assert [problem.split(":")[0] for problem in problems] == [
        "- catalog",
        "- engagement_identifier",
        "- context_id",
    ]


def test_a_dynamic_reference_tells_no_id(stack: Stack) -> None:
    context = imported(stack, "{{resolve:ssm:/deals/acme}}")

    assert context.context_id == "2"
    with pytest.raises(ValueError, match=r"engagement_identifier: .* no \{\{resolve: reference"):
        _ = context.engagement_id


def test_attributes_of_an_imported_context_can_be_used_in_another_stack(app: App) -> None:
    deals, reports = Stack(app, "Deals"), Stack(app, "Reports")
    context = imported(deals, CfnParameter(deals, "Engagement").value_as_string)
    CfnOutput(reports, "Id", value=context.context_id)
    CfnOutput(reports, "Arn", value=context.engagement_arn)

    assembly = app.synth()

    (exported,) = assembly.get_stack_by_name("Deals").template["Outputs"].values()
    outputs = assembly.get_stack_by_name("Reports").template["Outputs"]
    assert exported["Value"] == {"Ref": "Engagement"}
    assert outputs["Id"]["Value"] == "2"
    parameter = {"Fn::ImportValue": exported["Export"]["Name"]}
    assert outputs["Arn"]["Value"]["Fn::Join"][1][1] == {"Fn::Select": [1, {"Fn::Split": ["eng-", parameter]}]}


@pytest.mark.parametrize("identifier", [ENGAGEMENT, ARN])
@pytest.mark.parametrize(("grant", "actions"), GRANTS)
def test_reading_and_updating_are_granted_on_the_one_engagement_in_its_catalog(
    identifier: str, grant: str, actions: Any, stack: Stack, role: iam.Role, declare: Any, granted: Granted
) -> None:
    context = declare(stack, "Acme", identifier)

    made = getattr(context, grant)(role)

    assert made.success
    assert granted() == [allowed(actions, ARN)]


def test_of_a_declared_token_the_attribute_is_granted(
    stack: Stack, token: str, role: iam.Role, declare: Any, granted: Granted
) -> None:
    context = declare(stack, "Acme", token)

    context.grant_update(role)

    assert granted() == [allowed([READ, UPDATE], stack.resolve(context.engagement_arn))]
    assert stack.resolve(context.engagement_arn)["Fn::GetAtt"][1] == "EngagementArn"


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
@pytest.mark.parametrize(("grant", "actions"), GRANTS)
def test_an_imported_context_is_granted_like_a_declared_one(
    catalog: str, grant: str, actions: Any, stack: Stack, role: iam.Role, granted: Granted
) -> None:
    context = imported(stack, catalog=catalog)

    getattr(context, grant)(role)

    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{ENGAGEMENT}"
    assert granted() == [allowed(actions, arn, catalog)]


def test_an_imported_token_is_granted_exactly_and_not_as_a_wildcard(
    stack: Stack, token: str, role: iam.Role, granted: Granted
) -> None:
    context = imported(stack, token)

    context.grant_read(role)

    assert granted() == [allowed(READ, stack.resolve(context.engagement_arn))]


def test_an_engagement_by_its_id_hands_catalog_and_id_to_its_contexts(
    stack: Stack, payload: CustomerProject, template_of: Template, only: Only
) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog=Catalog.SANDBOX)
    context = acme.add_context("Migration", payload=payload)

    properties = only(template_of(stack), CONTEXT)["Properties"]

    assert (acme.catalog, acme.engagement_id, acme.engagement_arn) == ("Sandbox", ENGAGEMENT, ARN)
    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("Sandbox", ENGAGEMENT)
    assert isinstance(context, EngagementContext)


def test_everything_a_context_takes_can_be_given(
    stack: Stack, contact: Json, template_of: Template, only: Only, of_type: OfType
) -> None:
    own = PartnerCentralProvider(stack, "Own")
    raw = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interactions": [{"Contact": contact}]}}
    Engagement.from_engagement_arn(stack, "Acme", ARN).add_context(
        "Lead",
        payload=raw,
        type="Lead",
        client_token="t0ken",
        adopt_existing=False,
        existing_context_id="3",
        provider=own,
    )

    properties = only(template_of(stack), CONTEXT)["Properties"]

    assert properties == {
        "ServiceToken": stack.resolve(own.function.function_arn),
        "ServiceTimeout": "3000",
        "Catalog": "Sandbox",
        "EngagementIdentifier": ARN,
        "Type": "Lead",
        "Payload": raw,
        "ClientToken": "t0ken",
        "AdoptExisting": "false",
        "ContextIdentifier": "3",
    }


def test_logical_ids_come_from_both_ids(stack: Stack, payload: CustomerProject, template_of: Template) -> None:
    """A known answer: were it to change, every deployed context below an Engagement would be another resource."""
    Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").add_context(
        "Migration", payload=payload
    )

    resources = template_of(stack)["Resources"]

    assert [name for name, each in resources.items() if each["Type"] == CONTEXT] == ["AcmeMigrationEBC9C565"]


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
def test_an_arn_tells_its_catalog(catalog: str, stack: Stack) -> None:
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{ENGAGEMENT}"

    acme = Engagement.from_engagement_arn(stack, "Acme", arn)

    assert (acme.catalog, acme.engagement_id, acme.engagement_arn) == (catalog, ENGAGEMENT, arn)


def test_a_token_of_an_arn_needs_its_catalog(
    stack: Stack, token: str, payload: CustomerProject, template_of: Template, only: Only
) -> None:
    with pytest.raises(ValueError, match="catalog: it is needed beside a token"):
        Engagement.from_engagement_arn(stack, "Acme", token)

    acme = Engagement.from_engagement_arn(stack, "Acme", token, catalog="AWS")
    acme.add_context("Migration", payload=payload)

    properties = only(template_of(stack), CONTEXT)["Properties"]
    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("AWS", {"Ref": "Engagement"})
    assert stack.resolve(acme.engagement_id) == ID_OF_THE_PARAMETER


def test_an_engagement_that_cannot_be_is_refused_where_it_is_named(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"This engagement cannot be named:\n- catalog: .*\n- engagement_id: "):
        Engagement.from_engagement_id(stack, "Acme", "acme", catalog="Sandbx")
    with pytest.raises(ValueError, match="engagement_arn: an ARN of the catalog 'AWS'"):
        Engagement.from_engagement_arn(stack, "Acme", ARN, catalog="AWS")
    # An id tells no catalog, and to guess one could write to production.
    with pytest.raises(ValueError, match=f"engagement_arn: arn:aws:.* got '{ENGAGEMENT}'"):
        Engagement.from_engagement_arn(stack, "Acme", ENGAGEMENT)


def test_an_engagement_is_not_created(stack: Stack) -> None:
    with pytest.raises(TypeError, match="name one that exists, by Engagement"):
        Engagement(stack, "Acme")


def test_reading_an_engagement_is_granted(stack: Stack, role: iam.Role, granted: Granted) -> None:
    Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").grant_read(role)

    assert granted() == [allowed(READ, ARN)]
