"""Deployed stacks for the tests of `cdk-partnercentral drift`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdk_partnercentral_local import PartnerCentralServer
from tests.cdk_partnercentral_cli.drift.deployed import Deployed
from tests.lambda_handler.process.cloudformation import CloudFormation


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    """A scripted CloudFormation without stacks, and a local Partner Central without engagements."""
    with CloudFormation() as cloudformation, PartnerCentralServer() as server:
        cloudformation.resources.clear()
        yield Deployed(cloudformation, server)
