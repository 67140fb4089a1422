"""What the construct refuses at synthesis: everything at once, by path, with what is allowed and never a sensitive value."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Lazy, Stack, Tags
from aws_cdk.assertions import Annotations, Match
from aws_cdk.region_info import RegionInfo

from cdk_partnercentral import (
    Catalog,
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
from cdk_partnercentral._model import MODEL, payload_rule
from cdk_partnercentral._stack_checks import stack_problems
from scripts.trim_model import text as trimmed_model

ENGAGEMENT = "eng-0123456789abcd"
OTHER = "eng-abcdefghij0123"
SECRET = "Quixotic Zebra Tools"


def project(
    title: str = "Move to AWS", target: date | str = date(2999, 6, 30), problem: str = "b" * 20
) -> CustomerProject:
    return CustomerProject(project=ProjectDetails(title=title, business_problem=problem, target_completion_date=target))


def lead(*names: str, **more: Any) -> Lead:
    people = [
        LeadContact(business_title="CTO", email=f"{name}@acme.example", first_name=name, last_name="Ex")
        for name in names
    ]
    return Lead(
        customer=LeadCustomer(company_name="Acme"),
        interactions=[LeadInteraction(contact=person) for person in people],
        **more,
    )


@pytest.fixture
def declare() -> Callable[..., EngagementContext]:
    """Declare a context in one stack of one app."""
    stack = Stack(App(), "Deals")

    def add(name: str = "Deal", **given: Any) -> EngagementContext:
        defaults = {"catalog": Catalog.SANDBOX, "engagement_identifier": ENGAGEMENT, "payload": project()}
        return EngagementContext(stack, name, **{**defaults, **given})

    return add


def app_of(context: EngagementContext) -> App:
    app = context.node.root
    assert isinstance(app, App)
    return app


def refusal(declare: Callable[..., EngagementContext], **given: Any) -> list[str]:
    with pytest.raises(ValueError) as refused:
        declare(**given)
    return str(refused.value).split("\n- ")[1:]


def test_the_shipped_model_is_what_botocore_has() -> None:
    assert MODEL.read_text() == trimmed_model()


def test_ten_mistakes_are_told_in_one_error_and_without_what_was_given() -> None:
    # Given a declaration with ten different mistakes
    stack = Stack(App(), "Deals")
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
    with pytest.raises(ValueError) as refused:
        EngagementContext(
            stack,
            "Deal",
            catalog="sandbox",
            engagement_identifier="eng-short",
            payload=payload,
            client_token="no spaces",
            existing_context_id="12345",
        )
    # Then each is named by its path
    found = str(refused.value).split("\n- ")[1:]
    paths = {line.split(": ")[0] for line in found}
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
    said = "\n".join(found)
    assert "20 to 2000 characters, got 6" in said
    assert "did you mean 'Retail'?" in said
    assert "did you mean 'Sandbox'?" in said
    # And nothing that is sensitive is repeated
    for secret in (SECRET, "zebra", "Quixotia", "Zebras"):
        assert secret not in said


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        ({}, "payload: exactly one of CustomerProject, Lead, ProspectingResult, got none"),
        (
            {"CustomerProject": "text"},
            "payload.CustomerProject: a mapping with one of Customer, Project, got 4 characters that are not",
        ),
        ({"Lead": {"Customer": {"CompanyName": "A"}, "Interactions": []}}, "payload.Lead.Interactions: 1 to 10 items, got 0"),
        (
            {"Lead": {"Customer": {"CompanyName": "A"}, "Interaction": {}}},
            (
                "payload.Lead: no member 'Interaction' (did you mean 'Interactions'?); its members are"
                " Insights, QualificationStatus, Customer, Interactions"
            ),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_raw_mapping(declare: Callable[..., EngagementContext], payload: Any, line: str) -> None:
    assert line in refusal(declare, payload=payload, type=next(iter(payload), "Lead"))


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "27-01-01", "tomorrow"])
def test_a_day_that_does_not_exist_is_refused(declare: Callable[..., EngagementContext], day: str) -> None:
    (line,) = refusal(declare, payload=project(target=day))
    assert line.startswith("payload.CustomerProject.Project.TargetCompletionDate: a date as YYYY-MM-DD")


def test_a_target_date_in_the_past_is_a_warning(declare: Callable[..., EngagementContext]) -> None:
    yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
    context = declare(payload=project(target=yesterday))
    found = Annotations.from_stack(Stack.of(context)).find_warning("*", Match.string_like_regexp("lies in the past"))
    assert len(found) == 1


def test_a_type_that_contradicts_the_payload_is_refused(declare: Callable[..., EngagementContext]) -> None:
    assert refusal(declare, type="Lead") == ["type: 'CustomerProject', as the payload has it, got 'Lead'"]


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (f"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/{ENGAGEMENT}", "an ARN of the catalog 'Sandbox'"),
        (
            f"arn:aws-cn:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}",
            "an ARN of the partition aws",
        ),
        ("arn:aws:s3:::bucket", "eng- and 14 of 0-9 and a-z"),
        ("eng-../../etc", "eng- and 14 of 0-9 and a-z"),
    ],
)
def test_an_identifier_of_something_else_is_refused(
    declare: Callable[..., EngagementContext], arn: str, said: str
) -> None:
    (line,) = refusal(declare, engagement_identifier=arn)
    assert line.startswith("engagement_identifier: ")
    assert said in line


def test_what_only_the_deployment_knows_is_skipped_wherever_it_stands(
    declare: Callable[..., EngagementContext],
) -> None:
    scope = Stack.of(declare())
    token = CfnParameter(scope, "Given").value_as_string
    payload = {
        "Lead": {
            "Customer": {
                "CompanyName": f"{token} and sons",
                "WebsiteUrl": "{{resolve:secretsmanager:deal:SecretString:url}}",
            },
            "Interactions": [{"Contact": Lazy.any(_Contact()), "InteractionDate": token}],
        }
    }
    declare("Late", payload=payload, catalog=token, engagement_identifier=token, client_token=token)


UNKNOWN_TO_THE_CDK = [
    "cn-south-9",
    "us-gov-north-1",
    "us-iso-north-9",
    "us-isob-west-9",
    "eu-isoe-west-9",
    "eusc-fr-east-1",
]


def known_regions(*, of_aws: bool) -> list[str]:
    return [each.name for each in RegionInfo.regions if (each.partition == "aws") == of_aws]


@pytest.mark.parametrize("region", [*known_regions(of_aws=False), *UNKNOWN_TO_THE_CDK])
def test_a_stack_in_a_partition_without_partner_central_is_refused(region: str) -> None:
    stack = Stack(App(), "Deals", env=Environment(account="123456789012", region=region))
    with pytest.raises(ValueError, match="stack: a region of the partition aws") as refused:
        EngagementContext(
            stack, "Deal", catalog=Catalog.SANDBOX, engagement_identifier=ENGAGEMENT, payload=project(title="")
        )
    assert region in str(refused.value)


def test_a_stack_in_any_other_region_is_not() -> None:
    assert len(known_regions(of_aws=True)) > 20
    for region in [*known_regions(of_aws=True), "eu-new-1", "us-new-9"]:
        assert stack_problems(Stack(App(), "Deals", env=Environment(region=region))) == []


@pytest.mark.parametrize(
    "hostile",
    ["." * 255, "." * 24 + "\n", "a." * 127 + "~", "www." * 63 + "~", "-" * 255, "https://" + "a" * 246 + "~", "a" + "." * 253],
)  # fmt: skip
def test_websites_are_matched_in_linear_time(hostile: str) -> None:
    pattern = payload_rule().members["CustomerProject"].members["Customer"].members["WebsiteUrl"].pattern
    assert pattern
    started = time.perf_counter()
    for _ in range(100):
        pattern.fullmatch(hostile)
    assert time.perf_counter() - started < 0.5


def test_nothing_is_guessed_about_a_stack_that_is_called_a_test() -> None:
    app = App()
    stack = Stack(app, "TestStack")
    Tags.of(stack).add("stage", "test")
    EngagementContext(stack, "Deal", catalog=Catalog.AWS, engagement_identifier=ENGAGEMENT, payload=project())
    app.synth()
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_the_payload_classes_never_validate() -> None:
    ProjectCustomer(company_name="", country_code="??", industry=Industry.RETAIL, website_url="")
    lead()


def _contact() -> dict[str, str]:
    return {"FirstName": "Ann", "LastName": "Ex", "Email": "ann@acme.example", "BusinessTitle": "CTO"}


def _Contact() -> Any:  # noqa: N802 - a producer, as jsii wants one
    import jsii
    from aws_cdk import IStableAnyProducer

    @jsii.implements(IStableAnyProducer)
    class Producer:
        def produce(self) -> Any:
            return _contact()

    return Producer()
