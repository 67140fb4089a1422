"""Two declared payloads are equal if the handler would adopt one context for the other."""

import copy
import json
import random
from types import SimpleNamespace
from typing import Any

import pytest

from cdk_partnercentral._payloads.comparison import would_adopt
from cdk_partnercentral._validation.rules import payload_rule
from lambda_handler.api import Context
from lambda_handler.engagement_context.adoption import is_match
from lambda_handler.engagement_context.job import Job
from tests.cdk_partnercentral.generated import places, valid
from tests.lambda_handler.scripted import SHAPES, declaration

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


class Model:
    """The members of Types in the shipped service model, as the handler's API client returns them."""

    def shape(self, type_: str, *, update: bool) -> Any:
        """Return the members; empty for a Type that the model does not contain."""
        return SHAPES[update].get(type_, {"members": {}})["members"]


def handler_would_adopt(type_: str, desired: Json, other: Json) -> bool:
    """Return whether the handler would adopt the other context for a declaration that it receives from CloudFormation."""
    nothing: Any = SimpleNamespace()
    api: Any = Model()
    job = Job(
        desired=declaration(as_strings(desired), type_),
        client_token="t0ken",
        stack_id="",
        logical_id="",
        api=api,
        stack=nothing,
        budget=nothing,
    )
    return is_match(job, Context(id="1", type=type_, payload=other))


def as_strings(value: Any) -> Any:
    """Return a value as CloudFormation passes it to the function."""
    if isinstance(value, dict):
        return {name: as_strings(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_strings(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


RESOLVED = {name: pair for name, pair in PAIRS.items() if "token" not in name}


@pytest.mark.parametrize(("type_", "desired", "other", "adopted"), RESOLVED.values(), ids=RESOLVED)
def test_the_handler_would_adopt_the_same_contexts(type_: str, desired: Json, other: Json, adopted: bool) -> None:
    assert handler_would_adopt(type_, desired, other) is adopted


EQUAL_INSTANTS = {
    "2027-01-05T09:30:00Z": "2027-01-05T10:30:00+01:00",
    "2027-01-05T09:30:00.123456789Z": "2027-01-05T09:30:00.1234Z",
    "1999-12-31T23:59:59-11:30": "2000-01-01T11:29:59.0000000Z",
}


def reworded(type_: str, member: Json, draw: random.Random) -> Json:
    """Return the payload with changes that a service might make, and with others."""
    changed = copy.deepcopy(member)
    rule = payload_rule().members[type_]
    for value, _, put in list(places(changed, rule, lambda _: None)):
        if isinstance(value, str) and draw.random() < 0.2:
            equal = EQUAL_INSTANTS.get(value, value)
            put(draw.choice([equal, value.upper(), f" {value}\n", f"https://{value}/", value.replace("-", " "), value]))
        elif isinstance(value, list) and draw.random() < 0.3:
            draw.shuffle(value)
        elif isinstance(value, dict) and draw.random() < 0.1:
            value["Novelty"] = draw.choice(["x", 7, True, {"Deep": "x"}])
        elif isinstance(value, dict) and value and draw.random() < 0.1:
            value.pop(draw.choice(list(value)))
    return changed


def test_the_handler_would_adopt_the_same_random_contexts() -> None:
    draw = random.Random(4)  # noqa: S311 - reproducible, no secret
    adopted = 0
    for _ in range(3_000):
        ((type_, member),) = valid(payload_rule(), draw).items()
        pair = [member, reworded(type_, member, draw)]
        draw.shuffle(pair)
        adopts = handler_would_adopt(type_, *pair)
        assert would_adopt(type_, *pair) == adopts, (type_, json.dumps(pair))
        adopted += adopts
    # Both results must occur often enough to compare them.
    assert 300 < adopted < 2_700
