"""Fixtures of the library's tests: an app that writes to the test's own folder, payloads, and template readers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from constructs import Construct

from cdk_partnercentral import CustomerProject, EngagementContext, ProjectDetails

Json = dict[str, Any]


@pytest.fixture
def new_app(tmp_path: Path) -> Callable[[], App]:
    """Create apps, each with its own output folder."""
    names: Iterator[int] = iter(range(100))

    def make() -> App:
        return App(outdir=str(tmp_path / f"cdk.out.{next(names)}"))

    return make


@pytest.fixture
def app(new_app: Callable[[], App]) -> App:
    return new_app()


@pytest.fixture
def stack(app: App) -> Stack:
    return Stack(app, "Deals")


@pytest.fixture
def payload() -> CustomerProject:
    """A valid payload."""
    return CustomerProject(
        project=ProjectDetails(
            title="Move to AWS",
            business_problem="The data center closes at the end of next year.",
            target_completion_date="2027-06-30",
        ),
    )


@pytest.fixture
def contact() -> Json:
    """A valid contact with the API's member names."""
    return {
        "BusinessTitle": "Head of IT",
        "Email": "head.of.it@acme.example",
        "FirstName": "Example",
        "LastName": "Person",
    }


@pytest.fixture
def declare(payload: CustomerProject) -> Callable[..., EngagementContext]:
    """Declare a context in the Sandbox catalog."""

    def make(scope: Construct, name: str, engagement: str = "eng-0123456789abcd", **others: Any) -> EngagementContext:
        given = {"catalog": "Sandbox", "engagement_identifier": engagement, "payload": payload, **others}
        return EngagementContext(scope, name, **given)

    return make


@pytest.fixture
def allowing() -> Callable[..., Json]:
    """The policy statement that allows the function's actions on engagements of a catalog."""

    def statement(catalog: str, *engagements: str, creates: bool = True) -> Json:
        of_catalog = f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement"
        return {
            "Effect": "Allow",
            "Action": [
                *(["partnercentral:CreateEngagementContext"] if creates else []),
                "partnercentral:GetEngagement",
                "partnercentral:UpdateEngagementContext",
            ],
            "Resource": [f"{of_catalog}/{each}" for each in engagements],
            "Condition": {"StringEquals": {"partnercentral:Catalog": catalog}},
        }

    return statement


@pytest.fixture
def template_of() -> Callable[[Stack], Json]:
    def read(stack: Stack) -> Json:
        return dict(Template.from_stack(stack).to_json())

    return read


@pytest.fixture
def of_type() -> Callable[[Json, str], dict[str, Json]]:
    """The resources of one type in a template, by logical ID."""

    def find(template: Json, resource_type: str) -> dict[str, Json]:
        return {name: found for name, found in template["Resources"].items() if found["Type"] == resource_type}

    return find


@pytest.fixture
def only(of_type: Callable[[Json, str], dict[str, Json]]) -> Callable[[Json, str], Json]:
    """The only resource of a type in a template."""

    def find(template: Json, resource_type: str) -> Json:
        (resource,) = of_type(template, resource_type).values()
        return resource

    return find
