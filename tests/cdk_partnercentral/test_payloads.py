"""Payloads become exactly the API's own names and formats, and what cannot be written down is refused by its path."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pytest
from aws_cdk import CfnParameter, Fn, Stack

from cdk_partnercentral import (
    CustomerProject,
    EngagementContextType,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
    ProjectCustomer,
    ProjectDetails,
)
from cdk_partnercentral._rendering import render

NAIVE = "a datetime with a time zone, got one without (is it UTC, or local time?)"


def test_a_customer_project_with_everything() -> None:
    payload = CustomerProject(
        customer=ProjectCustomer(
            company_name="Acme",
            country_code="US",
            industry=Industry.NON_PROFIT_ORGANIZATION,
            website_url="acme.example",
        ),
        project=ProjectDetails(
            title="Move to AWS",
            business_problem="The data centre closes at the end of next year.",
            target_completion_date=date(2027, 6, 30),
        ),
    )

    rendered = render(payload, None)

    assert rendered.type == "CustomerProject"
    assert rendered.payload == {
        "CustomerProject": {
            "Customer": {
                "CompanyName": "Acme",
                "CountryCode": "US",
                "Industry": "Non-Profit Organization",
                "WebsiteUrl": "acme.example",
            },
            "Project": {
                "Title": "Move to AWS",
                "BusinessProblem": "The data centre closes at the end of next year.",
                "TargetCompletionDate": "2027-06-30",
            },
        },
    }


def test_a_lead_with_everything() -> None:
    payload = Lead(
        customer=LeadCustomer(
            company_name="Acme",
            address=LeadAddress(city="Springfield", country_code="US", postal_code="00000", state_or_region="Anywhere"),
            aws_maturity="Beginner",
            industry=Industry.ENERGY_OIL_AND_GAS,
            market_segment="SMB",
            website_url="https://acme.example",
        ),
        interactions=[
            LeadInteraction(
                contact=LeadContact(
                    business_title="Head of IT",
                    email="head.of.it@acme.example",
                    first_name="Example",
                    last_name="Person",
                    phone="+1-555-0100",
                ),
                business_problem="Backups take all night.",
                customer_action="Asked for a call",
                interaction_date=datetime(2027, 1, 5, 10, 30, tzinfo=timezone(timedelta(hours=1))),
                source_id="fair-7",
                source_name="Spring fair",
                source_type="Event",
                usecase="Backup",
            ),
        ],
        insights=LeadInsights(lead_readiness_score="High"),
        qualification_status="Qualified",
    )

    rendered = render(payload, None)

    assert rendered.type == "Lead"
    assert rendered.payload == {
        "Lead": {
            "Customer": {
                "CompanyName": "Acme",
                "Address": {
                    "City": "Springfield",
                    "CountryCode": "US",
                    "PostalCode": "00000",
                    "StateOrRegion": "Anywhere",
                },
                "AwsMaturity": "Beginner",
                "Industry": "Energy - Oil and Gas",
                "MarketSegment": "SMB",
                "WebsiteUrl": "https://acme.example",
            },
            "Interactions": [
                {
                    "Contact": {
                        "BusinessTitle": "Head of IT",
                        "Email": "head.of.it@acme.example",
                        "FirstName": "Example",
                        "LastName": "Person",
                        "Phone": "+1-555-0100",
                    },
                    "BusinessProblem": "Backups take all night.",
                    "CustomerAction": "Asked for a call",
                    "InteractionDate": "2027-01-05T09:30:00Z",
                    "SourceId": "fair-7",
                    "SourceName": "Spring fair",
                    "SourceType": "Event",
                    "Usecase": "Backup",
                },
            ],
            "Insights": {"LeadReadinessScore": "High"},
            "QualificationStatus": "Qualified",
        },
    }


def test_what_is_none_is_left_out_and_what_is_empty_is_not() -> None:
    payload = Lead(customer=LeadCustomer(company_name="", website_url=None), interactions=[])

    assert render(payload, None).payload == {"Lead": {"Customer": {"CompanyName": ""}, "Interactions": []}}


def test_a_customer_project_may_be_empty() -> None:
    assert render(CustomerProject(), None).payload == {"CustomerProject": {}}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2027, 1, 5, 9, 30, tzinfo=timezone.utc), "2027-01-05T09:30:00Z"),
        (datetime(2027, 1, 5, 9, 30, 1, 250_000, tzinfo=timezone.utc), "2027-01-05T09:30:01.250000Z"),
        (datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2026-12-31T19:00:00Z"),
        (datetime(987, 1, 5, tzinfo=timezone.utc), "0987-01-05T00:00:00Z"),
    ],
)
def test_a_datetime_becomes_iso_8601_in_utc(moment: datetime, text: str) -> None:
    raw = {"ProspectingResult": {"Aws": {"StartTime": moment}}}

    assert render(raw, None).payload == {"ProspectingResult": {"Aws": {"StartTime": text}}}


def test_a_raw_mapping_stays_as_it_is() -> None:
    raw = {"ProspectingResult": {"TaskName": " Übung ", "Aws": {"Customer": {"EligiblePrograms": ("a", "b")}}}}

    rendered = render(raw, None)

    assert rendered.type == "ProspectingResult"
    assert rendered.payload == {
        "ProspectingResult": {"TaskName": " Übung ", "Aws": {"Customer": {"EligiblePrograms": ["a", "b"]}}},
    }


def test_a_raw_mapping_may_hold_payload_objects_enums_and_none() -> None:
    raw = {"Lead": {"Customer": LeadCustomer(company_name="Acme", industry=Industry.OTHER), "Insights": None}}

    assert render(raw, None).payload == {"Lead": {"Customer": {"CompanyName": "Acme", "Industry": "Other"}}}


def test_tokens_go_through_wherever_they_stand(stack: Stack) -> None:
    text = CfnParameter(stack, "Text").value_as_string
    number = CfnParameter(stack, "Number", type="Number").value_as_number
    names = CfnParameter(stack, "Names", type="CommaDelimitedList").value_as_list
    resolvable = Fn.get_att("Elsewhere", "Thing")
    raw = {"ProspectingResult": {"A": text, "B": number, "C": names, "D": [f"-{text}-", resolvable]}}

    rendered = stack.resolve(render(raw, None).payload)

    assert rendered == {
        "ProspectingResult": {
            "A": {"Ref": "Text"},
            "B": {"Ref": "Number"},
            "C": {"Ref": "Names"},
            "D": [{"Fn::Join": ["", ["-", {"Ref": "Text"}, "-"]]}, {"Fn::GetAtt": ["Elsewhere", "Thing"]}],
        },
    }


@pytest.mark.parametrize("given", ["Lead", EngagementContextType.LEAD])
def test_a_type_can_be_given_as_string_or_enum(given: str | EngagementContextType) -> None:
    rendered = render({"Somehow": {}}, given)

    assert rendered.type == "Lead"
    assert type(rendered.type) is str


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("Acme", "payload: a CustomerProject, a Lead or a mapping in the API's own names, got str"),
        (None, "payload: a CustomerProject, a Lead or a mapping in the API's own names, got None"),
        (
            LeadInsights(lead_readiness_score="High"),
            "payload: a CustomerProject, a Lead or a mapping in the API's own names, got LeadInsights",
        ),
    ],
)
def test_what_is_no_payload(payload: object, problem: str) -> None:
    assert render(payload, None).problems == (problem,)


# A stack and a parameter have a method `resolve`, which is all that the CDK looks at; and to what is no number in JSON
# jsii's process would not survive.
@pytest.mark.parametrize(
    "value",
    [
        True,
        7,
        7.5,
        10**400,
        float("nan"),
        float("inf"),
        Decimal(7),
        b"text",
        {"a", "b"},
        object(),
        ProjectCustomer,
        CfnParameter,
    ],
)
def test_a_value_that_is_no_value_of_the_api(value: object) -> None:
    rendered = render({"Lead": {"Customer": {"CompanyName": value}}}, None)

    assert rendered.problems == (
        f"payload.Lead.Customer.CompanyName: a string, date, datetime, mapping or list, got {type(value).__name__}",
    )


@pytest.mark.parametrize("in_a_list", [True, False])
def test_a_construct_is_no_value(in_a_list: bool, stack: Stack) -> None:
    named = {"Stack": stack, "a CfnParameter (its value_as_string is a token)": CfnParameter(stack, "Text")}
    for name, value in named.items():
        rendered = render({"Lead": {"Customer": [value] if in_a_list else value}}, None)

        path = "payload.Lead.Customer" + "[0]" * in_a_list
        assert rendered.problems == (f"{path}: a string, date, datetime, mapping or list, got {name}",)


def test_every_problem_at_once_by_its_path_and_without_the_values() -> None:
    secret = LeadContact(business_title="Title", email="e", first_name="f", last_name="l")
    payload = Lead(
        customer=LeadCustomer(company_name="Secretive"),
        interactions=[
            LeadInteraction(contact=secret, interaction_date=datetime(2027, 1, 5)),  # noqa: DTZ001 - what is refused
            {"Contact": secret, "SourceId": 7},  # type: ignore[list-item]
        ],
    )

    assert render(payload, None).problems == (
        f"payload.Lead.Interactions[0].InteractionDate: {NAIVE}",
        "payload.Lead.Interactions[1].SourceId: a string, date, datetime, mapping or list, got int",
    )


def test_none_inside_a_list_is_no_value() -> None:
    assert render({"Lead": {"Interactions": [None]}}, None).problems == (
        "payload.Lead.Interactions[0]: a string, date, datetime, mapping or list, got None",
    )


def test_enums_are_written_as_their_value_on_every_python() -> None:
    class Own(Enum):
        LOW = "Low"

    assert f"{Industry.RETAIL}" == str(Industry.RETAIL) == Industry.RETAIL.value == "Retail"
    assert render({"Lead": {"Insights": {"LeadReadinessScore": Own.LOW}}}, None).payload == {
        "Lead": {"Insights": {"LeadReadinessScore": "Low"}},
    }
