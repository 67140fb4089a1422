"""One parser for an engagement's ID, its ARN, or an unresolved token of either."""

from typing import Any

import pytest
from aws_cdk import App, Arn, ArnFormat, Aws, CfnParameter, Environment, Fn, Stack

from cdk_partnercentral import Engagement, EngagementContext
from cdk_partnercentral._identifiers import parse_engagement

ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


@pytest.fixture
def token(stack: Stack) -> str:
    return CfnParameter(stack, "Engagement").value_as_string


@pytest.mark.parametrize(("identifier", "form"), [(ENGAGEMENT, "id"), (ARN, "arn")])
def test_an_id_and_its_arn_are_the_same_engagement(identifier: str, form: str) -> None:
    parsed = parse_engagement(identifier)

    assert (parsed.form, parsed.text) == (form, identifier)
    assert (parsed.key, parsed.engagement_id, parsed.resolved_id()) == (ENGAGEMENT,) * 3
    assert parsed.exact_arn("Sandbox") == ARN


def test_an_arn_contains_its_partition_region_and_catalog() -> None:
    parsed = parse_engagement(ARN.replace("arn:aws:", "arn:aws-cn:").replace("us-east-1", "cn-north-1"))

    assert (parsed.partition, parsed.region, parsed.catalog) == ("aws-cn", "cn-north-1", "Sandbox")


def test_an_unresolved_identifier_has_no_exact_arn(token: str) -> None:
    for identifier in (token, f"eng-{token}", "{{resolve:ssm:/deals/acme}}", ARN.replace(ENGAGEMENT, token)):
        parsed = parse_engagement(identifier)

        assert parsed.form == "token"
        assert parsed.exact_arn("Sandbox") is None


@pytest.mark.parametrize(
    "env", [None, Environment(account="111122223333", region="eu-west-1")], ids=["any environment", "eu-west-1"]
)
@pytest.mark.parametrize("others", [{}, {"region": "us-east-1", "account": ""}], ids=["defaults", "region and account"])
def test_an_arn_of_the_cdk_with_a_literal_id_is_exact(env: Environment | None, others: Any, app: App) -> None:
    stack = Stack(app, "Formatted", env=env)

    made = stack.format_arn(
        service="partnercentral", resource="catalog/Sandbox/engagement", resource_name=ENGAGEMENT, **others
    )

    assert "${Token[" in made
    parsed = parse_engagement(made)
    # The CDK's default Region and account are those of the stack, but an engagement's ARN contains neither.
    assert (parsed.form, parsed.text, parsed.exact_arn("Sandbox"), parsed.catalog) == ("arn", ARN, ARN, "Sandbox")
    assert (parsed.key, parsed.resolved_id()) == (ENGAGEMENT, ENGAGEMENT)


def test_an_arn_with_the_token_of_a_catalog_and_a_literal_id_is_exact(token: str) -> None:
    parsed = parse_engagement(f"arn:{Aws.PARTITION}:partnercentral:us-east-1::catalog/{token}/engagement/{ENGAGEMENT}")

    assert (parsed.form, parsed.catalog, parsed.exact_arn("Sandbox")) == ("arn", None, ARN)


def test_a_literal_arn_can_be_split(stack: Stack) -> None:
    parts = Arn.split(ARN, ArnFormat.SLASH_RESOURCE_NAME)

    assert parts.resource_name is not None
    for identifier in (Fn.select(3, Fn.split("/", ARN)), parts.resource_name.rsplit("/")[-1]):
        assert parse_engagement(identifier).exact_arn("Sandbox") == ARN


def test_the_attributes_of_a_context_are_its_engagement(stack: Stack, declare: Any, token: str) -> None:
    literal: EngagementContext = declare(stack, "Literal")
    unresolved: EngagementContext = declare(stack, "Unresolved", token)
    referred = Engagement.from_engagement_id(stack, "Referred", token, catalog="Sandbox")

    for attribute in (literal.engagement_id, literal.engagement_arn, ARN.replace(ENGAGEMENT, literal.engagement_id)):
        parsed = parse_engagement(attribute)
        assert (parsed.key, parsed.engagement_id, parsed.exact_arn("Sandbox")) == (ENGAGEMENT, ENGAGEMENT, ARN)
    for attribute in (unresolved.engagement_id, unresolved.engagement_arn, referred.engagement_id):
        parsed = parse_engagement(attribute)
        assert (parsed.key, parsed.text, parsed.exact_arn("Sandbox")) == (token, attribute, None)


@pytest.mark.parametrize(
    "identifier", ["dummy-value-for-/deals/acme", ARN.replace(ENGAGEMENT, "dummy-value-for-/deals/acme")]
)
def test_the_dummy_value_of_a_lookup_is_used_as_it_is(identifier: str) -> None:
    """No wildcard, which cdk-nag would report before the lookup runs."""
    parsed = parse_engagement(identifier)

    assert (parsed.form, parsed.resolved_id()) == ("token", "dummy-value-for-/deals/acme")
    assert parsed.exact_arn("Sandbox") == ARN.replace(ENGAGEMENT, "dummy-value-for-/deals/acme")


def test_the_token_of_an_id_has_the_same_key_inside_an_arn(token: str) -> None:
    assert parse_engagement(ARN.replace(ENGAGEMENT, token)).key == parse_engagement(token).key == token


def test_the_deployment_derives_the_id_from_a_token_of_an_id_or_an_arn(stack: Stack, token: str) -> None:
    parts = {"Fn::Split": ["eng-", {"Ref": "Engagement"}]}

    # `eng-` occurs once in an ID and once in an ARN, and the same text follows it.
    assert [ENGAGEMENT.split("eng-")[1], ARN.split("eng-")[1]] == ["0123456789abcd"] * 2
    assert stack.resolve(parse_engagement(token).resolved_id()) == {
        "Fn::Join": ["", ["eng-", {"Fn::Select": [1, parts]}]]
    }


def test_no_id_can_be_derived_from_a_dynamic_reference() -> None:
    with pytest.raises(ValueError, match=r"engagement_id: cannot be derived from '\{\{resolve:ssm:/deals/acme\}\}'"):
        parse_engagement("{{resolve:ssm:/deals/acme}}").resolved_id()


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "acme",
        "eng-0123456789abc",
        "eng-0123456789abcd ",
        "eng-*",
        "*",
        "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*",
        "arn:aws:iam::111122223333:role/admin",
        None,
        5,
        [ENGAGEMENT],
    ],
)
def test_anything_else_is_invalid(identifier: Any) -> None:
    parsed = parse_engagement(identifier)

    assert (parsed.form, parsed.engagement_id) == ("invalid", None)
