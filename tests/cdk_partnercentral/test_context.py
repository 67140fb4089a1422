"""What an EngagementContext puts into the template, and what others can read from it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, CfnParameter, CfnResource, Stack, Stage
from constructs import Construct

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    EngagementContext,
    EngagementContextType,
    Industry,
    ProjectCustomer,
    ProjectDetails,
)

Json = dict[str, Any]
TYPE = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


def properties_of(resource: Json) -> Json:
    """What was declared: without the service token, whose target the provider's tests know."""
    return {name: value for name, value in resource["Properties"].items() if name != "ServiceToken"}


def test_the_whole_resource(stack: Stack, template_of: Callable[..., Json], only: Callable[..., Json]) -> None:
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
                business_problem="The data centre closes at the end of next year.",
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
                    "BusinessProblem": "The data centre closes at the end of next year.",
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
    defaults: Json = {"adopt_existing": True, "client_token": None, "existing_context_id": None}
    given: Json = {"adopt_existing": False, "client_token": "t0ken", "existing_context_id": "3"}
    EngagementContext(stack, "Plain", engagement_identifier="eng-00000000000000", **common)
    EngagementContext(stack, "Defaults", engagement_identifier="eng-11111111111111", **common, **defaults)
    EngagementContext(stack, "All", engagement_identifier="eng-22222222222222", **common, **given)

    plain, default, everything = (properties_of(each) for each in of_type(template_of(stack), TYPE).values())

    declared = {"ServiceTimeout", "Catalog", "EngagementIdentifier", "Type", "Payload"}
    assert set(plain) == set(default) == declared
    assert {name: everything[name] for name in set(everything) - declared} == {
        "AdoptExisting": "false",
        "ClientToken": "t0ken",
        "ContextIdentifier": "3",
    }


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


def test_three_contexts_by_id_and_arn(
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


def test_tokens_as_identifier_and_in_the_payload(
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
    common: Json = {"catalog": Catalog.SANDBOX, "payload": payload}
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
    context = EngagementContext(deals, "Acme", catalog="Sandbox", engagement_identifier=ENGAGEMENT, payload=payload)
    CfnOutput(reports, "Context", value=context.context_id)
    EngagementContext(
        reports, "Follow", catalog="Sandbox", engagement_identifier=context.engagement_arn, payload=payload
    )

    assembly = app.synth()

    exported = assembly.get_stack_by_name("Deals").template["Outputs"]
    names = {output["Value"]["Fn::GetAtt"][1]: output["Export"]["Name"] for output in exported.values()}
    imported = assembly.get_stack_by_name("Reports").template
    assert set(names) == {"ContextId", "EngagementArn"}
    assert imported["Outputs"]["Context"]["Value"] == {"Fn::ImportValue": names["ContextId"]}
    (follow,) = (each for each in imported["Resources"].values() if each["Type"] == TYPE)
    assert follow["Properties"]["EngagementIdentifier"] == {"Fn::ImportValue": names["EngagementArn"]}


def test_the_logical_id_is_the_constructs_id_and_the_escape_hatch_leads_to_the_resource(
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


def test_a_wrong_payload_is_refused_where_it_is_declared(stack: Stack) -> None:
    with pytest.raises(ValueError, match="payload: a CustomerProject, a Lead or a mapping"):
        EngagementContext(
            stack,
            "Acme",
            catalog="Sandbox",
            engagement_identifier=ENGAGEMENT,
            payload="Acme",  # type: ignore[arg-type]
        )


def test_a_wrong_engagement_is_refused_where_it_is_declared(stack: Stack, payload: CustomerProject) -> None:
    with pytest.raises(ValueError, match=r"engagement_identifier: .* got 'acme'"):
        EngagementContext(stack, "Acme", catalog="Sandbox", engagement_identifier="acme", payload=payload)
