"""A reference to an existing engagement passes its catalog and identifier to its contexts."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack

from cdk_partnercentral import Catalog, CustomerProject, Engagement, EngagementContext, PartnerCentralProvider

Json = dict[str, Any]
Template = Callable[[Stack], Json]
Only = Callable[[Json, str], Json]

CONTEXT = "Custom::EngagementContext"
ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


@pytest.fixture
def token(stack: Stack) -> str:
    return CfnParameter(stack, "Engagement").value_as_string


def test_an_engagement_passes_its_catalog_and_id_to_its_contexts(
    stack: Stack, payload: CustomerProject, template_of: Template, only: Only
) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog=Catalog.SANDBOX)
    context = acme.add_context("Migration", payload=payload)

    properties = only(template_of(stack), CONTEXT)["Properties"]

    assert (acme.catalog, acme.engagement_id, acme.engagement_arn) == ("Sandbox", ENGAGEMENT, ARN)
    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("Sandbox", ENGAGEMENT)
    assert isinstance(context, EngagementContext)


def test_add_context_accepts_all_parameters_of_a_context(
    stack: Stack, contact: Json, template_of: Template, only: Only
) -> None:
    own = PartnerCentralProvider(stack, "Own")
    raw = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interactions": [{"Contact": contact}]}}
    Engagement.from_engagement_arn(stack, "Acme", ARN).add_context(
        "Lead",
        payload=raw,
        type="Lead",
        client_token="t0ken",
        adopt_existing=False,
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
    }


def test_the_logical_id_of_a_context_contains_both_construct_ids(
    stack: Stack, payload: CustomerProject, template_of: Template
) -> None:
    """A known answer: if it changes, CloudFormation replaces every deployed context below an Engagement."""
    Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox").add_context(
        "Migration", payload=payload
    )

    resources = template_of(stack)["Resources"]

    assert [name for name, each in resources.items() if each["Type"] == CONTEXT] == ["AcmeMigrationEBC9C565"]


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
def test_an_arn_determines_the_catalog(catalog: str, stack: Stack) -> None:
    arn = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{ENGAGEMENT}"

    acme = Engagement.from_engagement_arn(stack, "Acme", arn)

    assert (acme.catalog, acme.engagement_id, acme.engagement_arn) == (catalog, ENGAGEMENT, arn)


def test_the_token_of_an_arn_requires_a_catalog(
    stack: Stack, token: str, payload: CustomerProject, template_of: Template, only: Only
) -> None:
    with pytest.raises(ValueError, match="catalog: is required if the ARN is a token"):
        Engagement.from_engagement_arn(stack, "Acme", token)

    Engagement.from_engagement_arn(stack, "Acme", token, catalog="AWS").add_context("Migration", payload=payload)

    properties = only(template_of(stack), CONTEXT)["Properties"]
    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("AWS", {"Ref": "Engagement"})


def test_an_invalid_reference_is_an_error(stack: Stack) -> None:
    with pytest.raises(
        ValueError, match=r"The engagement Deals/Acme cannot be referred to:\n- catalog: .*\n- engagement_id: "
    ):
        Engagement.from_engagement_id(stack, "Acme", "acme", catalog="Sandbx")
    with pytest.raises(ValueError, match="engagement_arn: must be an ARN in catalog 'AWS'"):
        Engagement.from_engagement_arn(stack, "Acme", ARN, catalog="AWS")
    # An ID does not contain a catalog, and a guess could write to production.
    with pytest.raises(ValueError, match=f"engagement_arn: must be arn:aws:.* got '{ENGAGEMENT}'"):
        Engagement.from_engagement_arn(stack, "Acme", ENGAGEMENT)


def test_the_error_about_an_id_does_not_suggest_an_arn(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"engagement_id: must be eng- followed by 14 .*; got 'acme'") as raised:
        Engagement.from_engagement_id(stack, "Acme", "acme", catalog="Sandbox")
    assert "arn:" not in str(raised.value)


def test_an_arn_is_not_an_id(stack: Stack) -> None:
    formatted = stack.format_arn(
        service="partnercentral", resource="catalog/Sandbox/engagement", resource_name=ENGAGEMENT
    )
    for arn in (ARN, formatted):
        with pytest.raises(
            ValueError, match=r"- engagement_id: must be eng-.*; got an ARN; use Engagement.from_engagement_arn"
        ):
            Engagement.from_engagement_id(stack, "Acme", arn, catalog="Sandbox")


def test_an_arn_of_the_cdk_determines_the_catalog(
    stack: Stack, payload: CustomerProject, template_of: Template, only: Only
) -> None:
    formatted = stack.format_arn(
        service="partnercentral", resource="catalog/Sandbox/engagement", resource_name=ENGAGEMENT
    )
    acme = Engagement.from_engagement_arn(stack, "Acme", formatted)
    acme.add_context("Migration", payload=payload)

    properties = only(template_of(stack), CONTEXT)["Properties"]

    assert (acme.catalog, acme.engagement_id, acme.engagement_arn) == ("Sandbox", ENGAGEMENT, ARN)
    assert (properties["Catalog"], properties["EngagementIdentifier"]) == ("Sandbox", ARN)


def test_a_reference_is_an_engagement_without_being_created(stack: Stack, template_of: Template) -> None:
    acme = Engagement.from_engagement_id(stack, "Acme", ENGAGEMENT, catalog="Sandbox")

    assert not isinstance(acme, Engagement)
    assert (acme.stack, acme.env.account, acme.env.region) == (stack, stack.account, stack.region)
    assert template_of(stack).get("Resources", {}) == {}
