"""cdk-nag's AwsSolutions rules find nothing, without a suppression, wherever every engagement is named."""

from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Stack, Validations
from cdk_nag import AwsSolutionsChecks

from cdk_partnercentral import CustomerProject, EngagementContext


@pytest.fixture
def checked(app: App) -> App:
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return app


def test_no_finding_and_no_suppression(checked: App, payload: CustomerProject) -> None:
    stack = Stack(checked, "Deals")
    common: dict[str, Any] = {"engagement_identifier": "eng-0123456789abcd", "payload": payload}
    EngagementContext(stack, "Sandbox", catalog="Sandbox", **common)
    EngagementContext(stack, "Real", catalog="AWS", **common)

    template = checked.synth().get_stack_by_name("Deals").template

    assert not [each for each in template["Resources"].values() if "cdk_nag" in each.get("Metadata", {})]


def test_the_checks_would_see_a_wildcard(checked: App, payload: CustomerProject) -> None:
    """Where the engagement is a token the catalog is open, and that is for the user to accept."""
    stack = Stack(checked, "Deals")
    token = CfnParameter(stack, "Engagement").value_as_string
    EngagementContext(stack, "Acme", catalog="Sandbox", engagement_identifier=token, payload=payload)

    with pytest.raises(RuntimeError, match="AwsSolutions-IAM5"):
        checked.synth()
