"""The validation lists every problem of a payload by its path, and never repeats a sensitive value."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import jsii
import pytest
from aws_cdk import Annotations as CdkAnnotations
from aws_cdk import App, CfnParameter, IStableAnyProducer, Lazy, Stack, Tags
from aws_cdk.assertions import Annotations, Match, Template
from aws_cdk.cx_api import SynthesisMessageLevel

from cdk_partnercentral import (
    AccountCustomer,
    Catalog,
    CustomerAccount,
    CustomerProject,
    EngagementContext,
    Industry,
    Lead,
    LeadContact,
    LeadCustomer,
    LeadInteraction,
    ProjectCustomer,
    ProjectDetails,
)

ENGAGEMENT = "eng-0123456789abcd"
SECRET = "Quixotic Zebra Tools"

ONLY_FOR_IMPORTS = (
    "you can omit this member only with existing_context_id, to change other members of an existing context"
)

Declare = Callable[..., EngagementContext]
Json = dict[str, Any]


def project(target: date | str = date(2999, 6, 30)) -> CustomerProject:
    return CustomerProject(
        project=ProjectDetails(title="Move to AWS", business_problem="b" * 20, target_completion_date=target)
    )


def problems(declare: Declare, stack: Stack, **given: Any) -> list[str]:
    with pytest.raises(ValueError) as raised:
        declare(stack, "Deal", **given)
    return str(raised.value).split("\n- ")[1:]


def test_all_problems_are_in_one_error_without_sensitive_values(stack: Stack) -> None:
    # Given a declaration with different problems
    payload = {
        "CustomerProject": {
            "Customer": {
                "Industry": "retail",
                "CompanyName": SECRET * 7,
                "WebsiteUrl": "zebra",
                "CountryCode": "Quixotia",
                "CompnyName": "Zeb",
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
        )
    # Then the error contains the path of each
    lines = str(raised.value).split("\n- ")[1:]
    paths = {line.split(": ")[0] for line in lines}
    customer, details = "payload.CustomerProject.Customer", "payload.CustomerProject.Project"
    assert paths == {
        "catalog",
        "engagement_identifier",
        "client_token",
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
        ({}, "payload: must have exactly one of CustomerProject, Lead, ProspectingResult, CustomerAccount; got none"),
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
        (
            {"Lead": {"Customer": {"CompanyName": "A"}}},
            f"payload.Lead.Interactions: is required, but missing; {ONLY_FOR_IMPORTS}",
        ),
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
    assert line.startswith(f"{path}: must be a datetime.date, or a string in the format YYYY-MM-DD; got '{day}'")


@pytest.mark.parametrize("moment", [datetime(2999, 6, 30), datetime(2999, 6, 30, tzinfo=timezone.utc)])  # noqa: DTZ001
def test_a_datetime_is_not_a_target_date(moment: datetime, stack: Stack, declare: Declare) -> None:
    given: Any = moment

    assert problems(declare, stack, payload=project(given)) == [
        (
            "payload.CustomerProject.Project.TargetCompletionDate (target_completion_date): must be a datetime.date, or a "
            "string in the format YYYY-MM-DD; got a datetime; pass its .date()"
        ),
    ]


ACCOUNT = "cust-acc-0123456789abc"
PERSON_MEMBERS = {"BusinessTitle": "CTO", "Email": "ann@acme.example", "FirstName": "Ann", "LastName": "Ex"}
PERSON = LeadContact(business_title="CTO", email="ann@acme.example", first_name="Ann", last_name="Ex")
VISIT = LeadInteraction(contact=PERSON)

# Payloads that are valid only if the handler merges them into an existing context, and the members that a new one requires.
PARTIAL: dict[str, tuple[Any, list[str]]] = {
    "a qualification": (Lead(qualification_status="Qualified"), ["Customer (customer)", "Interactions (interactions)"]),
    "a new interaction": (Lead(interactions=[VISIT]), ["Customer (customer)"]),
    "a mapping": ({"Lead": {"Customer": {"Industry": "Retail"}}}, ["Interactions", "Customer.CompanyName"]),
    "a part of a project": (
        {"CustomerProject": {"Project": {"Title": "Move to AWS"}}},
        ["Project.BusinessProblem", "Project.TargetCompletionDate"],
    ),
}


@pytest.mark.parametrize(("payload", "missing"), PARTIAL.values(), ids=PARTIAL)
def test_required_members_can_be_missing_only_with_existing_context_id(
    payload: Any, missing: list[str], stack: Stack, declare: Declare
) -> None:
    declare(stack, "Imported", payload=payload, existing_context_id="1")

    lines = problems(declare, stack, payload=payload)

    path = "payload.Lead" if "Lead" in str(payload) else "payload.CustomerProject"
    assert sorted(lines) == sorted(f"{path}.{name}: is required, but missing; {ONLY_FOR_IMPORTS}" for name in missing)


def test_each_interaction_must_be_complete_even_with_existing_context_id(stack: Stack, declare: Declare) -> None:
    payload = {"Lead": {"Interactions": [{"SourceType": "Event"}, {"Contact": {"Email": "ann@acme.example"}}]}}

    assert problems(declare, stack, payload=payload, existing_context_id="1") == [
        "payload.Lead.Interactions[0].Contact: is required, but missing",
        *(
            f"payload.Lead.Interactions[1].Contact.{name}: is required, but missing"
            for name in ("BusinessTitle", "FirstName", "LastName")
        ),
    ]


@pytest.mark.parametrize(
    "payload",
    [
        CustomerProject(),
        CustomerAccount(),
        {"ProspectingResult": {"Aws": {"Customer": {"EligiblePrograms": []}}}},
        {"Novelty": {"Part": {}}},
    ],
)
def test_a_payload_without_values_is_refused(payload: Any, stack: Stack, declare: Declare) -> None:
    assert problems(declare, stack, payload=payload) == [
        "payload: has no value, so the function could not find the context in a later deployment; set at least one member"
    ]


@pytest.mark.parametrize("payload", [Lead(), {"CustomerProject": {"Customer": {}}}])
def test_an_import_without_values_is_refused(payload: Any, stack: Stack, declare: Declare) -> None:
    assert problems(declare, stack, payload=payload, existing_context_id="1") == [
        (
            "payload: has no value, so the construct would not manage any member of the existing context; set at least one "
            "member, or use EngagementContext.from_engagement_context_attributes to refer to the context without managing it"
        )
    ]


def warnings(app: App) -> dict[str, str]:
    """The IDs of the warnings with their texts."""
    texts = [
        str(message.entry.data)
        for artifact in app.synth().stacks
        for message in artifact.messages
        if message.level is SynthesisMessageLevel.WARNING
    ]
    return {ack.removesuffix("]"): text for text, _, ack in (each.partition(" [ack: ") for each in texts)}


def properties_of(stack: Stack) -> Json:
    """The properties of the stack's only context."""
    (context,) = Template.from_stack(stack).find_resources("Custom::EngagementContext").values()
    return dict(context["Properties"])


def test_an_unknown_member_is_one_warning_and_passes_through(app: App, stack: Stack, declare: Declare) -> None:
    interaction = {"Contact": {**PERSON_MEMBERS, "Pronouns": "x"}}
    payload = {"Lead": {"Customer": {"CompanyName": "Acme", "Stars": 5}, "Interactions": [interaction, interaction]}}
    declare(stack, "Deal", payload=payload)

    found = warnings(app)

    ids = ["Customer.Stars", "Interactions.Contact.Pronouns"]
    assert list(found) == [f"cdk-partnercentral:unknownMember:payload.Lead.{each}" for each in ids]
    assert found["cdk-partnercentral:unknownMember:payload.Lead.Customer.Stars"] == (
        "payload.Lead.Customer.Stars: is not a known member, so the function sends it to Partner Central "
        "without validation. Check its name in the API reference, or update cdk-partnercentral."
    )
    assert properties_of(stack)["Payload"] == payload


def test_the_warning_about_an_unknown_member_can_be_acknowledged(app: App, stack: Stack, declare: Declare) -> None:
    context = declare(stack, "Deal", payload={"CustomerAccount": {"AccountIdentifier": ACCOUNT, "Stars": True}})

    CdkAnnotations.of(context).acknowledge_warning("cdk-partnercentral:unknownMember:payload.CustomerAccount.Stars")

    assert warnings(app) == {}


@pytest.mark.parametrize("given", [{}, {"type": "Novelty"}])
def test_an_unknown_type_is_one_warning_and_passes_through(
    given: Json, app: App, stack: Stack, declare: Declare
) -> None:
    payload = {"Novelty": {"Name": "x", "Parts": [{"Number": 1.5}]}}
    declare(stack, "Deal", payload=payload, **given)

    assert warnings(app) == {
        "cdk-partnercentral:unknownType": "type: 'Novelty' is not a known Type, so the function sends it to Partner "
        "Central without validation. Check its name in the API reference, or update cdk-partnercentral."
    }
    properties = properties_of(stack)
    assert (properties["Type"], properties["Payload"]) == ("Novelty", payload)


def test_the_payload_of_an_unknown_type_must_be_a_mapping(stack: Stack, declare: Declare) -> None:
    assert problems(declare, stack, payload={"Novelty": SECRET}) == [
        "payload.Novelty: must be a mapping with the API's member names; got a 20-character string"
    ]


def test_two_equal_contexts_of_an_unknown_type_are_a_conflict(app: App, stack: Stack, declare: Declare) -> None:
    for name in ("One", "Two"):
        declare(stack, name, payload={"Novelty": {"Name": "x"}})

    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two declare the same payload"):
        app.synth()


def test_a_misspelled_member_is_one_problem_with_a_suggestion(stack: Stack, declare: Declare) -> None:
    payload = {"Lead": {"Customer": {"CompnyName": "Acme"}, "Interactions": [VISIT]}}

    assert problems(declare, stack, payload=payload) == [
        (
            "payload.Lead.Customer: has no member 'CompnyName' (did you mean 'CompanyName'?); the members are Industry, "
            "CompanyName, WebsiteUrl, Address, AwsMaturity, MarketSegment"
        )
    ]


def test_a_misspelled_member_of_an_import_is_a_problem_too(stack: Stack, declare: Declare) -> None:
    payload = {"Lead": {"QualificationStatuss": "Qualified"}}

    (line,) = problems(declare, stack, payload=payload, existing_context_id="1")

    assert "(did you mean 'QualificationStatus'?)" in line


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (
            CustomerAccount(account_identifier="111122223333"),
            (
                "AccountIdentifier (account_identifier): must be cust-acc- followed by 13 lowercase letters or digits, or an "
                "ARN; got '111122223333'"
            ),
        ),
        (
            CustomerAccount(customer=AccountCustomer(company_name="Acme", country_code="Springfield")),
            (
                'Customer.CountryCode (country_code): must be a two-letter country code in capitals, such as "US" (ISO 3166: '
                'the United Kingdom is "GB"); got a 11-character string'
            ),
        ),
    ],
)
def test_the_problems_of_a_customer_account(payload: Any, problem: str, stack: Stack, declare: Declare) -> None:
    assert problems(declare, stack, payload=payload) == [f"payload.CustomerAccount.{problem}"]


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
