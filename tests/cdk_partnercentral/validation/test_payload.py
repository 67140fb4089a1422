"""The validation lists every problem of a payload by its path, and never repeats a sensitive value."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import jsii
import pytest
from aws_cdk import App, CfnParameter, IStableAnyProducer, Lazy, Stack, Tags
from aws_cdk.assertions import Annotations, Match

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    EngagementContext,
    Industry,
    Lead,
    LeadCustomer,
    ProjectCustomer,
    ProjectDetails,
)

ENGAGEMENT = "eng-0123456789abcd"
SECRET = "Quixotic Zebra Tools"

Declare = Callable[..., EngagementContext]


def project(target: date | str = date(2999, 6, 30)) -> CustomerProject:
    return CustomerProject(
        project=ProjectDetails(title="Move to AWS", business_problem="b" * 20, target_completion_date=target)
    )


def problems(declare: Declare, stack: Stack, **given: Any) -> list[str]:
    with pytest.raises(ValueError) as raised:
        declare(stack, "Deal", **given)
    return str(raised.value).split("\n- ")[1:]


def test_ten_problems_are_in_one_error_without_sensitive_values(stack: Stack) -> None:
    # Given a declaration with ten different problems
    payload = {
        "CustomerProject": {
            "Customer": {
                "Industry": "retail",
                "CompanyName": SECRET * 7,
                "WebsiteUrl": "zebra",
                "CountryCode": "Quixotia",
                "Nickname": "Zeb",
            },
            "Project": {"BusinessProblem": "Zebras", "TargetCompletionDate": "2027-02-30"},
        }
    }
    # When it is declared
    with pytest.raises(ValueError) as raised:
        EngagementContext(
            stack,
            "Deal",
            catalog="sandbox",
            engagement_identifier="eng-short",
            payload=payload,
            client_token="no spaces",
            existing_context_id="12345",
        )
    # Then the error contains the path of each
    lines = str(raised.value).split("\n- ")[1:]
    paths = {line.split(": ")[0] for line in lines}
    customer, details = "payload.CustomerProject.Customer", "payload.CustomerProject.Project"
    assert paths == {
        "catalog",
        "engagement_identifier",
        "client_token",
        "existing_context_id",
        customer,
        *(f"{customer}.{name}" for name in ("Industry", "CompanyName", "WebsiteUrl", "CountryCode")),
        *(f"{details}.{name}" for name in ("Title", "BusinessProblem", "TargetCompletionDate")),
    }
    text = "\n".join(lines)
    assert "must have 20 to 2000 characters; got 6" in text
    assert "did you mean 'Retail'?" in text
    assert "did you mean 'Sandbox'?" in text
    # And no sensitive value
    for secret in (SECRET, "zebra", "Quixotia", "Zebras"):
        assert secret not in text


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        ({}, "payload: must have exactly one of CustomerProject, Lead, ProspectingResult; got none"),
        (
            {"CustomerProject": "text"},
            (
                "payload.CustomerProject: must be a CustomerProject, or a mapping with the members Customer, Project; got a "
                "4-character string"
            ),
        ),
        (
            {"Lead": {"Customer": {"CompanyName": "A"}, "Interactions": []}},
            "payload.Lead.Interactions: must have 1 to 10 items; got 0",
        ),
        (
            {"Lead": {"Customer": {"CompanyName": "A"}, "Interaction": {}}},
            (
                "payload.Lead: has no member 'Interaction' (did you mean 'Interactions'?); the members are Insights, "
                "QualificationStatus, Customer, Interactions"
            ),
        ),
        ({"Lead": {"Customer": {"CompanyName": "A"}}}, "payload.Lead.Interactions: is required, but missing"),
        (
            {"ProspectingResult": {"Aws": {"StartTime": "2027-01-05"}}},
            (
                "payload.ProspectingResult.Aws.StartTime: must be a datetime with a time zone, or an ISO 8601 timestamp "
                "such as "
                "2027-01-05T09:30:00Z; got a 10-character string"
            ),
        ),
    ],
)
def test_problems_of_a_mapping_are_reported(payload: Any, line: str, stack: Stack, declare: Declare) -> None:
    assert line in problems(declare, stack, payload=payload, type=next(iter(payload), "Lead"))


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "27-01-01", "tomorrow"])
def test_a_day_that_does_not_exist_is_reported(day: str, stack: Stack, declare: Declare) -> None:
    (line,) = problems(declare, stack, payload=project(day))

    path = "payload.CustomerProject.Project.TargetCompletionDate (target_completion_date)"
    assert line.startswith(f"{path}: must be a date in the format YYYY-MM-DD; got '{day}'")


def test_a_target_date_in_the_past_is_a_warning(stack: Stack, declare: Declare) -> None:
    today = datetime.now(timezone.utc).date()
    declare(stack, "Past", payload=project(today - timedelta(days=1)))
    declare(stack, "Future", payload=project(today + timedelta(days=1)))

    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("is in the past"))

    assert [each.id for each in found] == ["/Deals/Past"]


def test_unresolved_values_are_skipped_wherever_they_appear(stack: Stack, declare: Declare) -> None:
    token = CfnParameter(stack, "Given").value_as_string
    payload = {
        "Lead": {
            "Customer": {
                "CompanyName": f"{token} and sons",
                "WebsiteUrl": "{{resolve:secretsmanager:deal:SecretString:url}}",
            },
            "Interactions": [{"Contact": Lazy.any(_Contact()), "InteractionDate": token}],
        }
    }

    declare(stack, "Unresolved", token, payload=payload, catalog=token, client_token=token)


def test_the_name_of_a_stack_or_tag_does_not_cause_a_warning(app: App) -> None:
    stack = Stack(app, "TestStack")
    Tags.of(stack).add("stage", "test")
    EngagementContext(stack, "Deal", catalog=Catalog.AWS, engagement_identifier=ENGAGEMENT, payload=project())
    app.synth()
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_payload_classes_do_not_validate() -> None:
    ProjectCustomer(company_name="", country_code="??", industry=Industry.RETAIL, website_url="")
    Lead(customer=LeadCustomer(company_name=""), interactions=[])


@jsii.implements(IStableAnyProducer)
class _Contact:
    def produce(self) -> Any:
        return {"FirstName": "Ann", "LastName": "Ex", "Email": "ann@acme.example", "BusinessTitle": "CTO"}
