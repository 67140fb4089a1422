"""Two declared payloads are equal if the handler would adopt one context for the other."""

from typing import Any

import pytest

from cdk_partnercentral._payloads.comparison import would_adopt

Json = dict[str, Any]

NINE, HALF_PAST_NINE = "2027-01-05T09:00:00Z", "2027-01-05T09:30:00Z"


def project(**details: str) -> Json:
    return {"Project": {"Title": "Move", "BusinessProblem": "b" * 20, "TargetCompletionDate": "2999-06-30", **details}}


def customer(**more: str) -> Json:
    return {"Customer": {"CompanyName": "Acme", "Industry": "Retail", **more}}


def visit(name: str, *, phone: str | None = None, **more: str) -> Json:
    person = {"BusinessTitle": "CTO", "Email": f"{name}@acme.example", "FirstName": name, "LastName": "Ex"}
    return {"Contact": person | ({"Phone": phone} if phone else {}), **more}


def lead(*interactions: Json, **more: Any) -> Json:
    return {"Customer": {"CompanyName": "Acme"}, "Interactions": list(interactions), **more}


def result(**of_aws: Any) -> Json:
    return {"Aws": of_aws}


# The name, then the Type, the payload that is declared, the payload of the other context, and whether it would be adopted.
PAIRS: dict[str, tuple[str, Any, Any, bool]] = {
    "identical": ("CustomerProject", project(), project(), True),
    "another text": ("CustomerProject", project(), project(Title="Stay"), False),
    "case": ("CustomerProject", project(Title="A"), project(Title="a"), True),
    "outer white space": ("CustomerProject", project(Title="A"), project(Title=" A\n"), True),
    "inner white space": ("CustomerProject", project(Title="to AWS"), project(Title="to  AWS"), False),
    "Unicode composition": ("CustomerProject", project(Title="Caf\u00e9"), project(Title="Cafe\u0301"), True),
    "the scheme of a website": (
        "CustomerProject",
        customer(WebsiteUrl="acme.example"),
        customer(WebsiteUrl="HTTPS://Acme.example/"),
        True,
    ),
    "the path of a website": (
        "CustomerProject",
        customer(WebsiteUrl="acme.example"),
        customer(WebsiteUrl="acme.example/shop"),
        False,
    ),
    "a scheme in another text": ("CustomerProject", project(Title="https://a"), project(Title="a"), False),
    "a member that only the other has": ("CustomerProject", project(), project() | customer(), False),
    "a member that only the desired has": ("CustomerProject", project() | customer(), project(), False),
    "a member that the model does not know": ("CustomerProject", project(), project(Novelty="x"), True),
    "an unknown member that only the desired has": ("CustomerProject", project(Novelty="x"), project(), False),
    "an unknown number and its text": ("CustomerProject", project() | {"New": 5}, project() | {"New": "5"}, True),
    "an unknown Boolean and its text": ("CustomerProject", project() | {"New": True}, project() | {"New": "true"}, True),
    "two empty payloads": ("CustomerProject", {}, {}, False),
    "empty members": ("ProspectingResult", result(Customer={}), result(Customer={}), False),
    "an empty member is ignored": ("ProspectingResult", result(Name="a"), result(Name="a", Customer={}), True),
    "lists in another order": (
        "ProspectingResult",
        result(Customer={"EligiblePrograms": ["a", "b"]}),
        result(Customer={"EligiblePrograms": ["b", "a"]}),
        False,
    ),
    "instants": (
        "ProspectingResult",
        result(StartTime="2027-01-05T09:30:00.000Z"),
        result(StartTime="2027-01-05T10:30:00+01:00"),
        True,
    ),
    "instants at the coarser precision": (
        "ProspectingResult",
        result(StartTime="2027-01-05T09:30:00.12Z"),
        result(StartTime="2027-01-05T09:30:00.123456789Z"),
        True,
    ),
    "different instants": ("ProspectingResult", result(StartTime=NINE), result(StartTime=HALF_PAST_NINE), False),
    "the ARN of an account": (
        "CustomerAccount",
        {"AccountIdentifier": "cust-acc-0123456789abc"},
        {"AccountIdentifier": "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/x/cust-acc-0123456789abc"},
        True,
    ),
    "an unknown Type with more members": ("Novelty", {"Name": "a"}, {"Name": "A", "More": "b"}, True),
    "an unknown Type with another value": ("Novelty", {"Name": "a"}, {"Name": "b"}, False),
    "the same token": ("CustomerProject", "{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}", True),
    "two tokens": ("CustomerProject", "{{resolve:ssm:/a}}", "{{resolve:ssm:/A}}", False),
    "two tokens in a member": ("CustomerProject", project(Title="{{resolve:a}}"), project(Title="{{resolve:A}}"), False),
    "more interactions": ("Lead", lead(visit("ann")), lead(visit("bob"), visit("ann"), QualificationStatus="Open"), True),
    "fewer interactions": ("Lead", lead(visit("ann"), visit("bob")), lead(visit("ann")), False),
    "interactions in another order": ("Lead", lead(visit("ann"), visit("bob")), lead(visit("bob"), visit("ann")), True),
    "a phone number": ("Lead", lead(visit("ann", phone="+1-555-0147")), lead(visit("ann", phone="+15550147")), True),
    "another customer": ("Lead", lead(visit("ann")), {**lead(visit("ann")), "Customer": {"CompanyName": "Other"}}, False),
    "more of a customer": (
        "Lead",
        lead(visit("ann")),
        {**lead(visit("ann")), "Customer": {"CompanyName": "ACME", "Industry": "Retail"}},
        True,
    ),
    "another score": (
        "Lead",
        lead(visit("ann"), Insights={"LeadReadinessScore": "High"}),
        lead(visit("ann"), Insights={"LeadReadinessScore": "Low"}),
        False,
    ),
    "an interaction's date": ("Lead", lead(visit("ann")), lead(visit("ann", InteractionDate=NINE)), True),
    "two interactions' dates": (
        "Lead",
        lead(visit("ann", InteractionDate=NINE)),
        lead(visit("ann", InteractionDate=HALF_PAST_NINE)),
        False,
    ),
    "an interaction's date to the second": (
        "Lead",
        lead(visit("ann", InteractionDate="2027-01-05T09:00:00.1Z")),
        lead(visit("ann", InteractionDate="2027-01-05T10:00:00.2+01:00")),
        True,
    ),
    "an interaction with another known member": ("Lead", lead(visit("ann")), lead(visit("ann", Usecase="Backup")), False),
    "an interaction with another unknown member": ("Lead", lead(visit("ann")), lead(visit("ann", Novelty="x")), True),
    "one match for two interactions": ("Lead", lead(visit("ann"), visit("ann")), lead(visit("ann"), visit("bob")), False),
    "an interaction with a date is matched first": (
        "Lead",
        lead(visit("ann"), visit("ann", InteractionDate=NINE)),
        lead(visit("ann", InteractionDate=NINE), visit("ann", InteractionDate=HALF_PAST_NINE)),
        True,
    ),
    "an identical interaction is matched first": (
        "Lead",
        lead(visit("ann", InteractionDate=NINE), visit("ann")),
        lead(visit("ann"), visit("ann", InteractionDate=HALF_PAST_NINE)),
        False,
    ),
    "interactions that are a token": (
        "Lead",
        {**lead(), "Interactions": "{{resolve:ssm:/a}}"},
        {**lead(), "Interactions": "{{resolve:ssm:/A}}"},
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("type_", "desired", "other", "adopted"), PAIRS.values(), ids=PAIRS)
def test_which_context_would_be_adopted(type_: str, desired: Any, other: Any, adopted: bool) -> None:
    assert would_adopt(type_, desired, other) is adopted
