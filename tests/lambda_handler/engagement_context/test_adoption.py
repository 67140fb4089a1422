"""Which existing contexts are adopted: those that are equal apart from how a service may store them, and from what AWS adds."""

from typing import Any

import pytest

from lambda_handler.api import Context
from tests.lambda_handler.running import create, identity
from tests.lambda_handler.scripted import (
    ACCOUNT,
    PROJECT,
    account,
    creates,
    engagement,
    interaction,
    lead,
    lists,
    project,
    reads,
    written,
)

ANN, BEN = interaction("Ann"), interaction("Ben")


def replaced(payload: Any, part: str, **members: Any) -> dict[str, Any]:
    """Return a payload with other members of a part."""
    return {**payload, part: {**payload[part], **members}}


def adopts(current: Any, desired: Any, type_: str = "CustomerProject") -> None:
    """Run a Create that adopts the context and writes nothing."""
    context = Context(id="1", type=type_, payload=current)
    assert create(reads(engagement(context)), lists(), payload=desired, type_=type_).identity == identity("1")


def creates_another(current: Any, desired: Any, type_: str = "CustomerProject") -> None:
    """Run a Create that does not adopt the context."""
    context = Context(id="1", type=type_, payload=current)
    steps = creates(written("2", lock=1), payload=desired, type_=type_)
    assert create(reads(engagement(context)), steps, payload=desired, type_=type_).identity == identity("2")


@pytest.mark.parametrize(
    ("part", "name", "declared", "stored"),
    [
        ("Project", "BusinessProblem", "The data center closes soon.\n", "The data center closes soon."),
        ("Project", "Title", "Caf\u00e9", "Cafe\u0301"),
        ("Customer", "WebsiteUrl", "acme.example", "https://acme.example/"),
    ],
)
def test_what_a_service_stored_differently_is_adopted(part: str, name: str, declared: str, stored: str) -> None:
    adopts(replaced(PROJECT, part, **{name: stored}), replaced(PROJECT, part, **{name: declared}))


def test_a_problem_that_ends_in_a_line_break_uses_up_one_context_in_five_stacks() -> None:
    # A service that trims it: each new stack has another token.
    declared = replaced(PROJECT, "Project", BusinessProblem="The data center closes soon.\n")
    stored = replaced(PROJECT, "Project", BusinessProblem="The data center closes soon.")
    create(reads(engagement()), creates(written("1", lock=1), payload=declared), payload=declared)
    for _ in range(4):
        adopts(stored, declared)


@pytest.mark.parametrize("empty", [None, {}, [], {"Title": None}])
def test_null_and_empty_values_of_the_declaration_make_no_difference(empty: Any) -> None:
    adopts({"Customer": PROJECT["Customer"]}, {"Customer": PROJECT["Customer"], "Project": empty})


def test_a_context_with_members_that_the_model_does_not_know_is_adopted() -> None:
    adopts(replaced({**PROJECT, "New": {"Of": "AWS"}}, "Project", Score=5), PROJECT)


def test_a_declared_member_that_the_model_does_not_know_must_be_equal() -> None:
    adopts({**PROJECT, "New": {"Count": 5, "Flag": True}}, {**PROJECT, "New": {"Count": "5", "Flag": "true"}})
    creates_another({**PROJECT, "New": {"Count": 6}}, {**PROJECT, "New": {"Count": "5"}})
    creates_another(PROJECT, {**PROJECT, "New": {"Count": "5"}})


def test_a_context_with_more_or_fewer_members_that_the_model_knows_is_not_adopted() -> None:
    creates_another(PROJECT, {"Customer": PROJECT["Customer"]})
    creates_another({"Customer": PROJECT["Customer"]}, PROJECT)


def test_everything_of_an_unknown_type_is_unknown() -> None:
    adopts({"A": {"B": "1", "C": "2"}, "D": ["3"]}, {"A": {"B": "1"}}, "FromTheFuture")
    creates_another({"A": {"B": "1"}}, {"A": {"B": "1", "C": "2"}}, "FromTheFuture")


def test_a_lead_may_have_more_of_everything() -> None:
    grown = {
        **lead(
            BEN, {**ANN, "Id": "7", "InteractionDate": "2026-05-01T12:00:00Z"}, Insights={"LeadReadinessScore": "High"}
        ),
        "Customer": {"CompanyName": "Acme Tools ", "AwsMaturity": "Advanced"},
    }
    adopts(grown, lead(ANN), "Lead")


@pytest.mark.parametrize(
    "other",
    [
        {**lead(ANN, BEN), "Customer": {"CompanyName": "Other"}},
        lead(ANN),
        lead(ANN, {**BEN, "Usecase": "Storage"}),
    ],
)
def test_a_lead_without_everything_that_is_declared_is_not_adopted(other: Any) -> None:
    creates_another(other, lead(ANN, BEN), "Lead")


def test_an_account_is_recognized_by_its_id_or_arn() -> None:
    arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/customer-account/cust-acc-0123456789abc"
    adopts(ACCOUNT, {**ACCOUNT, "AccountIdentifier": arn}, "CustomerAccount")
    creates_another(ACCOUNT, {**ACCOUNT, "AccountIdentifier": arn[:-1] + "d"}, "CustomerAccount")
    creates_another({**ACCOUNT, "Customer": {**ACCOUNT["Customer"], "CountryCode": "US"}}, ACCOUNT, "CustomerAccount")


def test_only_a_context_of_the_same_type_is_adopted() -> None:
    contexts = engagement(project("1", ACCOUNT), account("2"))
    outcome = create(reads(contexts), lists(), payload=ACCOUNT, type_="CustomerAccount")
    assert outcome.identity == identity("2")
