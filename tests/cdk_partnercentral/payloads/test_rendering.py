"""Payloads are rendered with the API's names and formats; a value that cannot be represented is reported by its path."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from aws_cdk import CfnParameter, Fn, Stack

from cdk_partnercentral import (
    AccountCustomer,
    BestOutreachWindow,
    ChannelRecommendation,
    CustomerAccount,
    CustomerProject,
    DayOfWeek,
    EngagementContextType,
    Industry,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
    LeadReadinessScore,
    ProjectCustomer,
    ProjectDetails,
    ProspectingInsights,
    ProspectingResult,
    ProspectingResultAws,
    ProspectingResultCustomer,
)
from cdk_partnercentral._payloads.rendering import render
from cdk_partnercentral._validation.payload import payload_problems

CLASSES = "a CustomerProject, a Lead, a ProspectingResult, a CustomerAccount"
NO_PAYLOAD = f"payload: must be {CLASSES}, or a mapping with the API's member names"
NO_VALUE = "must be a string, number, Boolean, date, datetime, mapping or list"
NAME = "must be a string of 1 to 120 characters"

PERSON = LeadContact(business_title="Title", email="e", first_name="f", last_name="l")


def problems_of(payload: object) -> list[str]:
    """Return what rendering and validation report together."""
    rendered = render(payload, None)
    return [*rendered.problems, *payload_problems(rendered.payload, rendered.python_names)]


def test_a_customer_project_with_all_members() -> None:
    payload = CustomerProject(
        customer=ProjectCustomer(
            company_name="Acme",
            country_code="US",
            industry=Industry.NON_PROFIT_ORGANIZATION,
            website_url="acme.example",
        ),
        project=ProjectDetails(
            title="Move to AWS",
            business_problem="The data center closes at the end of next year.",
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
                "BusinessProblem": "The data center closes at the end of next year.",
                "TargetCompletionDate": "2027-06-30",
            },
        },
    }


def test_a_lead_with_all_members() -> None:
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
        insights=LeadInsights(lead_readiness_score=LeadReadinessScore.HIGH),
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


def test_a_prospecting_result_with_all_members() -> None:
    moment = datetime(2027, 1, 5, 9, 30, tzinfo=timezone.utc)
    payload = ProspectingResult(
        aws=ProspectingResultAws(
            customer=ProspectingResultCustomer(
                account_name="Acme",
                company_size="Small",
                country="US",
                eligible_programs=["one", "two"],
                geo="AMER",
                industry=Industry.RETAIL,
                public_profile_summary="Sells anvils.",
                region="NAMER",
                segment="SMB",
                sub_industry="Tools",
                sub_region="West",
            ),
            end_time="2027-01-05T10:30:00Z",
            insights=ProspectingInsights(
                marketplace_engagement_score="High",
                solution_category="Storage",
                solution_score="7",
                solution_sub_category="Backup",
            ),
            start_time=moment,
            task_arn="arn:aws:partnercentral:us-east-1::task",
            task_id="task-0123456789abcd",
            task_name="autumn-campaign",
        )
    )

    rendered = render(payload, None)

    assert (rendered.type, problems_of(payload)) == ("ProspectingResult", [])
    assert rendered.payload == {
        "ProspectingResult": {
            "Aws": {
                "Customer": {
                    "AccountName": "Acme",
                    "CompanySize": "Small",
                    "Country": "US",
                    "EligiblePrograms": ["one", "two"],
                    "Geo": "AMER",
                    "Industry": "Retail",
                    "PublicProfileSummary": "Sells anvils.",
                    "Region": "NAMER",
                    "Segment": "SMB",
                    "SubIndustry": "Tools",
                    "SubRegion": "West",
                },
                "EndTime": "2027-01-05T10:30:00Z",
                "Insights": {
                    "MarketplaceEngagementScore": "High",
                    "SolutionCategory": "Storage",
                    "SolutionScore": "7",
                    "SolutionSubCategory": "Backup",
                },
                "StartTime": "2027-01-05T09:30:00Z",
                "TaskArn": "arn:aws:partnercentral:us-east-1::task",
                "TaskId": "task-0123456789abcd",
                "TaskName": "autumn-campaign",
            }
        }
    }


def test_a_customer_account_with_all_members() -> None:
    payload = CustomerAccount(
        account_identifier="cust-acc-0123456789abc",
        customer=AccountCustomer(
            company_name="Acme", country_code="US", industry=Industry.RETAIL, website_url="acme.example"
        ),
    )

    rendered = render(payload, None)

    assert (rendered.type, problems_of(payload)) == ("CustomerAccount", [])
    assert rendered.payload == {
        "CustomerAccount": {
            "AccountIdentifier": "cust-acc-0123456789abc",
            "Customer": {
                "CompanyName": "Acme",
                "CountryCode": "US",
                "Industry": "Retail",
                "WebsiteUrl": "acme.example",
            },
        }
    }


def test_insights_with_a_channel_recommendation() -> None:
    payload = Lead(
        insights=LeadInsights(
            channel_recommendation=ChannelRecommendation(
                recommended_channel="EMAIL",
                best_outreach_windows=[
                    BestOutreachWindow(day=DayOfWeek.MONDAY, start_time_utc="09:00", end_time_utc="11:30")
                ],
            )
        )
    )

    assert render(payload, None).payload == {
        "Lead": {
            "Insights": {
                "ChannelRecommendation": {
                    "RecommendedChannel": "EMAIL",
                    "BestOutreachWindows": [{"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "11:30"}],
                }
            }
        }
    }


NOVEL = {"Count": 7, "Share": 0.5, "Done": False, "Parts": [1, {"Deep": True}], "Day": date(2027, 6, 30)}


@pytest.mark.parametrize("type_", ["Lead", "Novelty"])
def test_unknown_members_and_types_are_rendered_as_declared(type_: str) -> None:
    rendered = render({type_: {"Novelty": NOVEL}}, None)

    assert (rendered.type, rendered.problems) == (type_, [])
    assert rendered.payload == {type_: {"Novelty": {**NOVEL, "Day": "2027-06-30"}}}


@pytest.mark.parametrize("value", [2**53 - 1, 1 - 2**53, 9.007199254740991e15])
def test_an_unknown_member_can_be_a_number_that_json_represents_exactly(value: float) -> None:
    assert render({"Lead": {"Novelty": value}}, None).problems == []


@pytest.mark.parametrize("value", [2**53, -(2**53), 1e300, 10**400, float("nan"), float("-inf")])
def test_a_number_whose_digits_would_be_lost_is_reported(value: float) -> None:
    (problem,) = render({"Lead": {"Novelty": [value]}}, None).problems

    allowed = "must be a number between -2^53 and 2^53, because JSON loses digits of larger numbers"
    assert problem == f"payload.Lead.Novelty[0]: {allowed}; got {type(value).__name__}; pass a string"


@pytest.mark.parametrize("value", [Decimal(7), b"text", None])
def test_a_value_of_an_unknown_list_that_json_cannot_represent_is_reported(value: object) -> None:
    (problem,) = render({"Lead": {"Novelty": [value]}}, None).problems

    assert problem == f"payload.Lead.Novelty[0]: {NO_VALUE}; got {'None' if value is None else type(value).__name__}"


@pytest.mark.parametrize("payload", [{8: {}}, {"Lead": {"Novelty": {8: "x"}}}])
def test_a_member_name_that_is_not_a_string_is_reported(payload: dict[Any, Any]) -> None:
    path = "payload" if 8 in payload else "payload.Lead.Novelty"

    assert render(payload, None).problems == [f"{path}: must have strings as member names; got int"]


def test_none_is_omitted_and_empty_values_are_kept() -> None:
    payload = Lead(customer=LeadCustomer(company_name="", website_url=None), interactions=[])

    assert render(payload, None).payload == {"Lead": {"Customer": {"CompanyName": ""}, "Interactions": []}}


def test_a_customer_project_can_be_empty() -> None:
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


def test_a_mapping_is_rendered_unchanged() -> None:
    raw = {"ProspectingResult": {"TaskName": " Übung ", "Aws": {"Customer": {"EligiblePrograms": ("a", "b")}}}}

    rendered = render(raw, None)

    assert rendered.type == "ProspectingResult"
    assert rendered.payload == {
        "ProspectingResult": {"TaskName": " Übung ", "Aws": {"Customer": {"EligiblePrograms": ["a", "b"]}}},
    }


def test_a_mapping_can_contain_payload_objects_enums_and_none() -> None:
    raw = {"Lead": {"Customer": LeadCustomer(company_name="Acme", industry=Industry.OTHER), "Insights": None}}

    assert render(raw, None).payload == {"Lead": {"Customer": {"CompanyName": "Acme", "Industry": "Other"}}}


def test_tokens_are_kept_everywhere(stack: Stack) -> None:
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
def test_the_type_can_be_a_string_or_an_enum(given: str | EngagementContextType) -> None:
    rendered = render({"Somehow": {}}, given)

    assert rendered.type == "Lead"
    assert type(rendered.type) is str


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("Acme", f"{NO_PAYLOAD}; got str"),
        (None, f"{NO_PAYLOAD}; got None"),
        (LeadInsights(lead_readiness_score="High"), f"{NO_PAYLOAD}; got LeadInsights"),
    ],
)
def test_a_payload_of_another_type_is_reported(payload: object, problem: str) -> None:
    assert render(payload, None).problems == [problem]


# Constructs have a method `resolve`, which the CDK takes as the sign of a token, and jsii's process exits when it receives a
# number that JSON cannot represent.
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
def test_a_value_that_the_api_cannot_receive_is_reported(value: object) -> None:
    payload = {"Lead": {"Customer": {"CompanyName": value}, "Interactions": [{"Contact": PERSON}]}}

    path = "payload.Lead.Customer.CompanyName"
    assert problems_of(payload) == [f"{path}: {NAME}; got {kind_of(value)}"]


def kind_of(value: object) -> str:
    return "a mapping" if isinstance(value, dict) else type(value).__name__


@pytest.mark.parametrize("in_a_list", [True, False])
def test_a_construct_is_reported(in_a_list: bool, stack: Stack) -> None:
    named = {"Stack": stack, "a CfnParameter (pass its value_as_string)": CfnParameter(stack, "Text")}
    for name, value in named.items():
        payload = {"ProspectingResult": {"Unknown": [value] if in_a_list else value}}

        path = "payload.ProspectingResult.Unknown" + "[0]" * in_a_list
        assert render(payload, None).problems == [f"{path}: {NO_VALUE}; got {name}"]


def test_every_problem_is_reported_by_its_path_and_argument_without_the_value() -> None:
    payload = Lead(
        customer=LeadCustomer(company_name="Secretive" * 20),
        interactions=[
            LeadInteraction(contact=PERSON, interaction_date=datetime(2027, 1, 5)),  # noqa: DTZ001 - the problem
            {"Contact": PERSON, "SourceId": 7},  # type: ignore[list-item]
        ],
    )

    assert problems_of(payload) == [
        "payload.Lead.Customer.CompanyName (company_name): must have 1 to 120 characters; got 180",
        (
            "payload.Lead.Interactions[0].InteractionDate (interaction_date): must be a datetime with a time zone, or an "
            "ISO 8601 "
            "timestamp such as 2027-01-05T09:30:00Z; got a datetime without a time zone; pass tzinfo=timezone.utc for UTC"
        ),
        "payload.Lead.Interactions[1].SourceId: must be a string of 0 to 255 characters; got int",
    ]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (
            CustomerProject(customer=LeadCustomer(company_name="Acme")),  # type: ignore[arg-type]
            (
                "payload.CustomerProject.Customer (customer): must be a ProjectCustomer, or a mapping with the members "
                "Industry, CompanyName, WebsiteUrl, CountryCode; got LeadCustomer"
            ),
        ),
        (
            Lead(customer=LeadCustomer(company_name="Acme"), interactions=LeadInteraction(contact=PERSON)),  # type: ignore[arg-type]
            (
                "payload.Lead.Interactions (interactions): must be a list of LeadInteraction objects; got one "
                "LeadInteraction; put "
                "it in a list"
            ),
        ),
        (
            Lead(customer=LeadCustomer(company_name="Acme"), interactions=[PERSON]),  # type: ignore[list-item]
            (
                "payload.Lead.Interactions[0]: must be a LeadInteraction, or a mapping with the members SourceType, SourceId, "
                "SourceName, Usecase, InteractionDate, CustomerAction, BusinessProblem, Contact; got LeadContact"
            ),
        ),
        (
            {"CustomerProject": Lead(customer=LeadCustomer(company_name="Acme"), interactions=[])},
            "payload.CustomerProject: must be a CustomerProject, or a mapping with the members Customer, Project; got Lead",
        ),
        (
            {"Lead": {"Customer": {"CompanyName": date(2027, 6, 30)}, "Interactions": [{"Contact": PERSON}]}},
            f"payload.Lead.Customer.CompanyName: {NAME}; got date",
        ),
        (
            CustomerProject(
                project=ProjectDetails(
                    title="Move to AWS",
                    business_problem="The data center closes at the end of next year.",
                    target_completion_date=datetime(2027, 6, 30, tzinfo=timezone.utc),  # type: ignore[arg-type]
                )
            ),
            (
                "payload.CustomerProject.Project.TargetCompletionDate (target_completion_date): must be a datetime.date, or a "
                "string in the format YYYY-MM-DD; got a datetime; pass its .date()"
            ),
        ),
        (
            {
                "Lead": {
                    "Customer": {"CompanyName": "Acme"},
                    "Interactions": [{"Contact": PERSON, "InteractionDate": date.min}],
                }
            },
            (
                "payload.Lead.Interactions[0].InteractionDate: must be a datetime with a time zone, or an ISO 8601 "
                "timestamp such "
                "as 2027-01-05T09:30:00Z; got date"
            ),
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_one_problem_that_names_the_right_kind(payload: object, problem: str) -> None:
    assert problems_of(payload) == [problem]


def test_none_in_a_list_is_reported() -> None:
    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interactions": [None]}}

    (problem,) = problems_of(payload)
    assert problem.startswith("payload.Lead.Interactions[0]: must be a LeadInteraction, or")
    assert problem.endswith("; got None")


def test_enums_are_rendered_as_their_values() -> None:
    class Own(Enum):
        LOW = "Low"

    assert f"{Industry.RETAIL}" == str(Industry.RETAIL) == Industry.RETAIL.value == "Retail"
    assert render({"Lead": {"Insights": {"LeadReadinessScore": Own.LOW}}}, None).payload == {
        "Lead": {"Insights": {"LeadReadinessScore": "Low"}},
    }
