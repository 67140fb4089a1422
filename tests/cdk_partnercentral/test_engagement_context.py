"""What an EngagementContext adds to the template, and the attributes of declared and imported contexts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, CfnParameter, CfnResource, Stack, Stage
from constructs import Construct

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    Engagement,
    EngagementContext,
    EngagementContextType,
    IEngagementContext,
    Industry,
    ProjectCustomer,
    ProjectDetails,
)

Json = dict[str, Any]
TYPE = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


def properties_of(resource: Json) -> Json:
    """The properties without the service token, which the provider's tests check."""
    return {name: value for name, value in resource["Properties"].items() if name != "ServiceToken"}


def test_the_resource_has_the_declared_properties_and_is_retained(
    stack: Stack, template_of: Callable[..., Json], only: Callable[..., Json]
) -> None:
    EngagementContext(
        stack,
        "AcmeMigration",
        catalog=Catalog.SANDBOX,
        engagement_identifier=ENGAGEMENT,
        payload=CustomerProject(
            customer=ProjectCustomer(
                company_name="Acme", industry=Industry.RETAIL, website_url="https://acme.example", country_code="US"
            ),
            project=ProjectDetails(
                title="Move to AWS",
                business_problem="The data center closes at the end of next year.",
                target_completion_date=date(2027, 6, 30),
            ),
        ),
    )

    resource = only(template_of(stack), TYPE)

    assert properties_of(resource) == {
        "ServiceTimeout": "3000",
        "Catalog": "Sandbox",
        "EngagementIdentifier": ENGAGEMENT,
        "Type": "CustomerProject",
        "Payload": {
            "CustomerProject": {
                "Customer": {
                    "CompanyName": "Acme",
                    "Industry": "Retail",
                    "WebsiteUrl": "https://acme.example",
                    "CountryCode": "US",
                },
                "Project": {
                    "Title": "Move to AWS",
                    "BusinessProblem": "The data center closes at the end of next year.",
                    "TargetCompletionDate": "2027-06-30",
                },
            },
        },
    }
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_controls_are_there_only_where_they_were_given(
    stack: Stack, payload: CustomerProject, template_of: Callable[..., Json], of_type: Callable[..., dict[str, Json]]
) -> None:
    common: Json = {"catalog": "AWS", "payload": payload}
    defaults: Json = {"adopt_existing": True, "client_token": None, "existing_context_id": None, "revision": None}
    given: Json = {"adopt_existing": False, "client_token": "t0ken"}
    EngagementContext(stack, "Plain", engagement_identifier="eng-00000000000000", **common)
    EngagementContext(stack, "Defaults", engagement_identifier="eng-11111111111111", **common, **defaults)
    EngagementContext(stack, "Created", engagement_identifier="eng-22222222222222", **common, **given)
    EngagementContext(stack, "Existing", engagement_identifier="eng-33333333333333", **common, existing_context_id="3")

    plain, default, created, existing = (properties_of(each) for each in of_type(template_of(stack), TYPE).values())

    declared = {"ServiceTimeout", "Catalog", "EngagementIdentifier", "Type", "Payload"}
    assert set(plain) == set(default) == declared
    assert {name: created[name] for name in set(created) - declared} == {
        "AdoptExisting": "false",
        "ClientToken": "t0ken",
    }
    assert {name: existing[name] for name in set(existing) - declared} == {"ContextIdentifier": "3"}


@pytest.mark.parametrize("existing", [None, "3"])
def test_a_revision_adds_one_property_and_changes_nothing_else(
    existing: str | None, new_app: Callable[[], App], payload: CustomerProject, template_of: Callable[..., Json]
) -> None:
    templates: list[Json] = []
    for revision in (None, "2"):
        acme = Engagement.from_engagement_id(Stack(new_app(), "Deals"), "Acme", ENGAGEMENT, catalog="Sandbox")
        acme.add_context("Deal", payload=payload, existing_context_id=existing, revision=revision)
        templates.append(template_of(acme.stack))

    without, with_revision = templates
    [properties] = (each["Properties"] for each in with_revision["Resources"].values() if each["Type"] == TYPE)
    assert properties.pop("Revision") == "2"
    assert with_revision == without


def test_a_revision_can_be_a_token(
    stack: Stack, payload: CustomerProject, template_of: Callable[..., Json], only: Callable[..., Json]
) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox")
    acme.add_context("Deal", payload=payload, revision=CfnParameter(stack, "Revision").value_as_string)

    assert properties_of(only(template_of(stack), TYPE))["Revision"] == {"Ref": "Revision"}


def test_a_prospecting_result_goes_in_as_a_raw_mapping(
    stack: Stack, template_of: Callable[..., Json], only: Callable[..., Json]
) -> None:
    raw = {"ProspectingResult": {"Aws": {"Customer": {"EligiblePrograms": ["one", "two"]}}}}
    EngagementContext(stack, "Found", catalog="Sandbox", engagement_identifier=ENGAGEMENT, payload=raw)

    properties = properties_of(only(template_of(stack), TYPE))

    assert (properties["Type"], properties["Payload"]) == ("ProspectingResult", raw)


@pytest.mark.parametrize("given", ["Lead", EngagementContextType.LEAD])
def test_an_empty_part_of_a_payload_stays_in_the_template(
    given: str, contact: Json, stack: Stack, template_of: Callable[..., Json], only: Callable[..., Json]
) -> None:
    raw = {"Lead": {"Customer": {"CompanyName": "Acme", "Address": {}}, "Interactions": [{"Contact": contact}]}}
    EngagementContext(stack, "Lead", catalog="Sandbox", engagement_identifier=ENGAGEMENT, payload=raw, type=given)

    properties = properties_of(only(template_of(stack), TYPE))

    assert (properties["Type"], properties["Payload"]) == ("Lead", raw)


def test_contexts_of_an_id_and_of_an_arn_share_one_function(
    stack: Stack, payload: CustomerProject, template_of: Callable[..., Json], of_type: Callable[..., dict[str, Json]]
) -> None:
    for name, identifier in [("One", ENGAGEMENT), ("Two", ARN), ("Three", "eng-zyxwvutsrqponm")]:
        EngagementContext(
            stack,
            name,
            catalog=Catalog.SANDBOX,
            engagement_identifier=identifier,
            payload=payload,
            adopt_existing=False,
        )

    resources = of_type(template_of(stack), TYPE)

    assert [each["Properties"]["EngagementIdentifier"] for each in resources.values()] == [
        ENGAGEMENT,
        ARN,
        "eng-zyxwvutsrqponm",
    ]
    assert len({str(each["Properties"]["ServiceToken"]) for each in resources.values()}) == 1


def test_the_identifier_and_the_payload_can_contain_tokens(
    stack: Stack, template_of: Callable[..., Json], only: Callable[..., Json]
) -> None:
    engagement = CfnParameter(stack, "Engagement").value_as_string
    title = CfnParameter(stack, "Title").value_as_string
    raw = {
        "CustomerProject": {
            "Project": {"Title": f"For {title}", "BusinessProblem": title, "TargetCompletionDate": "2027-06-30"}
        }
    }
    EngagementContext(stack, "Context", catalog="Sandbox", engagement_identifier=engagement, payload=raw)

    properties = properties_of(only(template_of(stack), TYPE))

    assert properties["EngagementIdentifier"] == {"Ref": "Engagement"}
    assert properties["Payload"]["CustomerProject"]["Project"] == {
        "Title": {"Fn::Join": ["", ["For ", {"Ref": "Title"}]]},
        "BusinessProblem": {"Ref": "Title"},
        "TargetCompletionDate": "2027-06-30",
    }


def test_attributes_can_be_used_in_the_same_stack(
    stack: Stack, payload: CustomerProject, template_of: Callable[..., Json]
) -> None:
    # Both are contexts of one engagement.
    common: Json = {"catalog": Catalog.SANDBOX, "payload": payload, "adopt_existing": False}
    first = EngagementContext(stack, "First", engagement_identifier=ENGAGEMENT, **common)
    EngagementContext(stack, "Second", engagement_identifier=first.engagement_id, **common)
    CfnOutput(stack, "Id", value=first.context_id)
    CfnOutput(stack, "Arn", value=first.engagement_arn)
    CfnOutput(stack, "Modified", value=first.engagement_last_modified_at)

    template = template_of(stack)

    resources = {name[:5]: name for name, each in template["Resources"].items() if each["Type"] == TYPE}
    one = resources["First"]
    second = template["Resources"][resources["Secon"]]
    assert second["Properties"]["EngagementIdentifier"] == {"Fn::GetAtt": [one, "EngagementId"]}
    assert {name: output["Value"] for name, output in template["Outputs"].items()} == {
        "Id": {"Fn::GetAtt": [one, "ContextId"]},
        "Arn": {"Fn::GetAtt": [one, "EngagementArn"]},
        "Modified": {"Fn::GetAtt": [one, "EngagementLastModifiedAt"]},
    }


def test_attributes_can_be_used_in_another_stack(app: App, payload: CustomerProject) -> None:
    deals, reports = Stack(app, "Deals"), Stack(app, "Reports")
    common: Json = {"catalog": "Sandbox", "payload": payload, "adopt_existing": False}
    context = EngagementContext(deals, "Acme", engagement_identifier=ENGAGEMENT, **common)
    CfnOutput(reports, "Context", value=context.context_id)
    EngagementContext(reports, "Follow", engagement_identifier=context.engagement_arn, **common)

    assembly = app.synth()

    exported = assembly.get_stack_by_name("Deals").template["Outputs"]
    names = {output["Value"]["Fn::GetAtt"][1]: output["Export"]["Name"] for output in exported.values()}
    imported = assembly.get_stack_by_name("Reports").template
    assert set(names) == {"ContextId", "EngagementArn"}
    assert imported["Outputs"]["Context"]["Value"] == {"Fn::ImportValue": names["ContextId"]}
    (follow,) = (each for each in imported["Resources"].values() if each["Type"] == TYPE)
    assert follow["Properties"]["EngagementIdentifier"] == {"Fn::ImportValue": names["EngagementArn"]}


def test_the_logical_id_depends_on_the_construct_id_and_the_resource_is_the_default_child(
    app: App, payload: CustomerProject
) -> None:
    def declare(scope: Construct) -> EngagementContext:
        return EngagementContext(
            scope, "AcmeMigration", catalog="Sandbox", engagement_identifier=ENGAGEMENT, payload=payload
        )

    contexts = [declare(Stack(app, "Deals")), declare(Stack(Stage(app, "Production"), "Deals"))]

    for context in contexts:
        resource = context.node.default_child
        assert isinstance(resource, CfnResource)
        assert resource.cfn_resource_type == TYPE
        assert Stack.of(context).resolve(resource.logical_id) == "AcmeMigration40FEC91E"


def imported(scope: Construct, engagement: str = ENGAGEMENT, **others: Any) -> IEngagementContext:
    given = {"catalog": Catalog.SANDBOX, "engagement_identifier": engagement, "context_id": "2", **others}
    return EngagementContext.from_engagement_context_attributes(scope, "Imported", **given)


@pytest.mark.parametrize("identifier", [ENGAGEMENT, ARN])
def test_an_imported_context_has_attributes_and_adds_nothing_to_the_template(
    identifier: str, stack: Stack, template_of: Callable[..., Json]
) -> None:
    context = imported(stack, identifier)

    attributes = (context.catalog, context.context_id, context.engagement_id, context.engagement_arn)
    assert attributes == ("Sandbox", "2", ENGAGEMENT, ARN)
    assert template_of(stack).get("Resources", {}) == {}
    assert not hasattr(context, "engagement_last_modified_at")


def test_the_arn_of_an_imported_token_is_resolved_by_the_deployment(stack: Stack) -> None:
    context = imported(stack, CfnParameter(stack, "Engagement").value_as_string)

    id_part = {"Fn::Select": [1, {"Fn::Split": ["eng-", {"Ref": "Engagement"}]}]}
    assert stack.resolve(context.engagement_arn) == {"Fn::Join": ["", [ARN.removesuffix("0123456789abcd"), id_part]]}


def test_an_imported_dynamic_reference_has_no_engagement_id(stack: Stack) -> None:
    context = imported(stack, "{{resolve:ssm:/deals/acme}}")

    assert context.context_id == "2"
    with pytest.raises(ValueError, match="engagement_id: cannot be derived"):
        _ = context.engagement_id


def test_an_invalid_import_lists_every_problem(stack: Stack) -> None:
    with pytest.raises(ValueError) as raised:
        imported(stack, "acme", catalog="Sandbx", context_id="1234")

    first, *problems = str(raised.value).splitlines()
    assert first == "The engagement context Deals/Imported cannot be referred to:"
    assert [problem.split(":")[0] for problem in problems] == [
        "- catalog",
        "- engagement_identifier",
        "- context_id",
    ]


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
