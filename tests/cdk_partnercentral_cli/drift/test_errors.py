"""Errors of `cdk-partnercentral drift`: one sentence on standard error, nothing on standard output, and exit code 2."""

from __future__ import annotations

import pytest

from cdk_partnercentral_local import ServiceError
from tests.cdk_partnercentral_cli.drift.deployed import (
    PROJECT,
    Deployed,
)


def fails(deployed: Deployed, *arguments: str, **environment: str) -> str:
    run = deployed.run(*arguments, environment=environment)
    assert (run.status, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1
    return run.err.strip()


@pytest.fixture(autouse=True)
def stack(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)


def test_no_credentials(deployed: Deployed) -> None:
    error = fails(deployed, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert error.startswith("No AWS credentials were found")


def test_no_region(deployed: Deployed) -> None:
    assert fails(deployed, AWS_DEFAULT_REGION="").startswith("No AWS Region is configured: set AWS_DEFAULT_REGION")


def test_expired_credentials_at_cloudformation(deployed: Deployed) -> None:
    deployed.cloudformation.fail("ExpiredToken", status=403)

    assert fails(deployed).startswith("The AWS credentials expired")
    assert len(deployed.cloudformation.requests) == 1


def test_expired_credentials_at_partner_central(deployed: Deployed) -> None:
    deployed.service.faults.error("GetEngagement", ServiceError("ExpiredTokenException", "Expired"))

    assert fails(deployed).startswith("The AWS credentials expired")
    assert len(deployed.service.calls) == 1


@pytest.mark.parametrize("action", ["DescribeStacks", "ListStackResources", "GetTemplate"])
def test_a_denied_action_of_cloudformation(deployed: Deployed, action: str) -> None:
    deployed.cloudformation.deny_action(action)

    assert fails(deployed) == (f"AWS denied cloudformation:{action}: allow this action, or use other credentials.")


def test_a_denied_action_of_partner_central(deployed: Deployed) -> None:
    deployed.service.faults.access_denied("GetEngagement")

    assert fails(deployed) == ("AWS denied partnercentral:GetEngagement: allow this action, or use other credentials.")
    assert len(deployed.service.calls) == 1


def test_a_stack_that_does_not_exist(deployed: Deployed) -> None:
    assert fails(deployed, "Missing") == (
        "The stack Missing does not exist in the Region eu-west-1: check its name, AWS_DEFAULT_REGION and the"
        " credentials."
    )


def test_a_stack_without_resources_of_the_library(deployed: Deployed) -> None:
    deployed.declare("Bucket", {}, "bucket", stack="Other", type_="AWS::S3::Bucket")

    assert fails(deployed, "Deals", "Other") == (
        "The stack Other contains no engagement or context of cdk-partnercentral."
    )
    assert deployed.drift().status == 0


def test_a_region_without_resources_of_the_library(deployed: Deployed) -> None:
    deployed.cloudformation.resources.clear()

    assert fails(deployed).startswith("No stack in the Region eu-west-1 contains an engagement or a context")


def test_a_profile_that_does_not_exist(deployed: Deployed) -> None:
    assert "nobody" in fails(deployed, "--profile", "nobody")
