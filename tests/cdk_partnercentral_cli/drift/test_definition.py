"""Drift means that the function writes, or fails, if CloudFormation calls it with the deployed declaration again.

The function itself runs against a local Partner Central with random payloads. No other client writes meanwhile.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cdk_partnercentral_cli._drift.comparison import ContextComparison
from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from lambda_handler import engagement_context, partner_central
from lambda_handler.errors import ApiError, ResourceError
from lambda_handler.resource import Request
from lambda_handler.retries import RetryBudget
from tests.cdk_partnercentral_cli.drift.deployed import PROJECT, interaction

OTHER_FORMS = (str.upper, lambda text: f" {text} ", lambda text: f"{text} and more", lambda _: None)


def forms(text: str) -> st.SearchStrategy[Any]:
    """A text: mostly unchanged, otherwise in another form, changed or missing."""
    others = st.sampled_from([form(text) for form in OTHER_FORMS])
    return st.one_of(st.just(text), st.just(text), others)


def structures(values: dict[str, str]) -> st.SearchStrategy[Any]:
    members = st.fixed_dictionaries({name: forms(value) for name, value in values.items()})
    return members.map(lambda found: {name: value for name, value in found.items() if value is not None})


PROJECTS = st.builds(
    lambda customer, project: {
        "Customer": {**PROJECT["Customer"], **customer},
        "Project": {**PROJECT["Project"], **project},
    },
    structures({"CompanyName": "Acme", "WebsiteUrl": "https://acme.example"}),
    structures({"Title": "Move to AWS", "NewInNextModel": "New"}),
)
DATES = st.sampled_from([{}, *({"InteractionDate": f"2027-01-0{day}T09:30:00Z"} for day in (5, 6))])
INTERACTIONS = st.builds(
    lambda number, date, members: interaction(number, **date, **members),
    st.integers(1, 3),
    DATES,
    structures({"Usecase": "Storage", "SourceName": "Fair"}),
)
LEADS = st.fixed_dictionaries(
    {
        "Customer": structures({"CompanyName": "Acme", "AwsMaturity": "Low"}),
        "Interactions": st.lists(INTERACTIONS, max_size=4),
    }
)
PAIRS = st.one_of(st.tuples(st.just("CustomerProject"), PROJECTS, PROJECTS), st.tuples(st.just("Lead"), LEADS, LEADS))


@pytest.fixture(scope="module")
def server() -> Iterator[PartnerCentralServer]:
    with PartnerCentralServer() as server:
        yield server


@pytest.fixture(scope="module")
def api(server: PartnerCentralServer) -> Iterator[partner_central.PartnerCentral]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "invented")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
        client = partner_central.connect()
        yield partner_central.PartnerCentral(client)
        client.close()


def store(service: PartnerCentral, type_: str, payload: Any) -> str:
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, {type_: copy.deepcopy(payload)})
    return engagement


def deploy(api: partner_central.PartnerCentral, engagement: str, type_: str, payload: Any) -> None:
    """Run an update in which only another property than the payload changed."""
    properties = {"Catalog": "Sandbox", "EngagementIdentifier": engagement, "Type": type_, "Payload": {type_: payload}}
    engagement_context.update(
        Request(
            stack_id="arn:aws:cloudformation:us-east-1:123456789012:stack/Deals/id",
            logical_resource_id="Acme",
            physical_resource_id=f"Sandbox/{engagement}/1",
            properties={**properties, "AdoptExisting": "false"},
            old_properties=properties,
            api=api,
            stack=None,  # type: ignore[arg-type] # an update does not use it
            budget=RetryBudget(lambda: 100.0, sleep=lambda _: None),
        )
    )


def members(api: partner_central.PartnerCentral, engagement: str, type_: str, payload: Any) -> list[str]:
    """Return the members that `drift` shows."""
    context = api.read(catalog="Sandbox", engagement_id=engagement).context("1")
    properties = {"Type": type_, "Payload": {type_: payload}}
    return [member.path for member in ContextComparison(api).compare(properties, context)]


@given(pair=PAIRS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_drift_is_what_the_function_would_write(
    pair: tuple[str, Any, Any], server: PartnerCentralServer, api: partner_central.PartnerCentral
) -> None:
    type_, declared, current = pair
    engagement = store(server.service, type_, current)

    for deployment in ("first", "second"):
        found = members(api, engagement, type_, declared)
        server.service.calls.clear()
        failure = ""
        try:
            deploy(api, engagement, type_, declared)
        except (ApiError, ResourceError) as error:
            failure = error.code
        attempts = [call for call in server.service.calls if call.operation == "UpdateEngagementContext"]

        event(f"{type_}, {deployment} deployment: {'drift' if found else 'in sync'} {failure}")
        assert bool(found) == bool(attempts or failure)

    # AWS fills in dates, so the interactions of a Lead can still differ.
    assert failure or type_ == "Lead" or found == []
