"""The CDK CLI deploys every example to the local cloud, and Partner Central then contains the declared contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk_partnercentral_local import LocalCloud

pytestmark = pytest.mark.cloud

EXAMPLES = Path(__file__).parents[2] / "examples"
ELSEWHERE = "eu-west-1"

Json = dict[str, Any]
Deploy = Callable[..., str]


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as cloud:
        cloud.bootstrap()
        yield cloud


@pytest.fixture
def deploy(cloud: LocalCloud) -> Deploy:
    """Deploy an example, or some of its stacks, and return the output of the CLI."""

    def run(name: str, *stacks: str, **context: str) -> str:
        options = [option for key, value in context.items() for option in ("-c", f"{key.replace('_', '-')}={value}")]
        done = cloud.cdk("deploy", *(stacks or ["--all"]), *options, folder=EXAMPLES / name)
        assert done.status == 0, done.text
        return done.text

    return run


def types_of(cloud: LocalCloud, engagement: str) -> dict[str, str]:
    """The Types of an engagement's contexts, by ID."""
    return {each["Id"]: each["Type"] for each in cloud.partner_central.engagement(engagement)["Contexts"]}


def test_customer_project(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    deploy("customer_project", engagement=engagement)

    assert types_of(cloud, engagement) == {"1": "CustomerProject"}


def test_lead_with_interactions(cloud: LocalCloud, deploy: Deploy) -> None:
    engagement = cloud.partner_central.create_engagement()

    deploy("lead_with_interactions", engagement=engagement)

    (context,) = cloud.partner_central.engagement(engagement)["Contexts"]
    interactions = context["Payload"]["Lead"]["Interactions"]
    assert [each["CustomerAction"] for each in interactions] == ["Visited the booth", "Asked for a call"]


def test_deals_from_yaml(cloud: LocalCloud, deploy: Deploy, tmp_path: Path) -> None:
    document = yaml.safe_load((EXAMPLES / "deals_from_yaml" / "deals.yaml").read_text())
    for deal in document["deals"].values():
        deal["engagement"] = cloud.partner_central.create_engagement()
    deals = tmp_path / "deals.yaml"
    deals.write_text(yaml.safe_dump(document, sort_keys=False))

    deploy("deals_from_yaml", deals=str(deals))

    types = [types_of(cloud, deal["engagement"]) for deal in document["deals"].values()]
    assert types == [{"1": "CustomerProject"}, {"1": "CustomerProject"}, {"1": "Lead"}]


def test_pipeline_stages(cloud: LocalCloud, deploy: Deploy) -> None:
    sandbox = cloud.partner_central.create_engagement()
    production = cloud.partner_central.create_engagement(catalog="AWS")
    engagements = {"sandbox_engagement": sandbox, "production_engagement": production}

    deploy("pipeline_stages", "Sandbox/*", **engagements)
    assert (types_of(cloud, sandbox), types_of(cloud, production)) == ({"1": "CustomerProject"}, {})

    deploy("pipeline_stages", "Production/*", **engagements)
    assert types_of(cloud, production) == {"1": "CustomerProject"}


def test_other_region(cloud: LocalCloud, deploy: Deploy, tmp_path: Path) -> None:
    engagement = cloud.partner_central.create_engagement()
    # In a folder without an app, because the CLI would synthesize the app first.
    done = cloud.cdk("bootstrap", f"aws://000000000000/{ELSEWHERE}", folder=tmp_path)
    assert done.status == 0, done.text

    text = deploy("other_region", engagement=engagement)

    assert f"arn:aws:cloudformation:{ELSEWHERE}:" in text
    assert types_of(cloud, engagement) == {"1": "CustomerProject"}
