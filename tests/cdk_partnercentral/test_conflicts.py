"""Contexts side by side: which would adopt one another, as the function itself sees it, and which are too many."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Fn, Stack
from aws_cdk.assertions import Annotations, Match

from cdk_partnercentral import EngagementContext
from cdk_partnercentral._conflicts import Declared, conflicts
from cdk_partnercentral._model import payload_rule
from lambda_handler import comparison
from tests.cdk_partnercentral.generated import places, valid

Json = dict[str, Any]
Declare = Callable[..., EngagementContext]

ENGAGEMENT = "eng-0123456789abcd"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{ENGAGEMENT}"


def project(title: str = "Move to AWS") -> Json:
    return {
        "CustomerProject": {
            "Project": {"Title": title, "BusinessProblem": "b" * 20, "TargetCompletionDate": "2999-06-30"},
        }
    }


def touch(name: str, **more: str) -> Json:
    person = {"BusinessTitle": "CTO", "Email": f"{name}@acme.example", "FirstName": name, "LastName": "Ex"}
    return {"Contact": person, **more}


def lead(*interactions: Json, **more: Any) -> Json:
    return {"Customer": {"CompanyName": "Acme"}, "Interactions": list(interactions), **more}


def test_two_contexts_that_would_adopt_one_another_are_an_error(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One")
    declare(stack, "Two", ARN)
    declare(stack, "Elsewhere", "eng-abcdefghij0123")
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two declare the same payload"):
        app.synth()


def test_not_if_neither_adopts(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One", adopt_existing=False)
    declare(stack, "Two", adopt_existing=False)
    app.synth()


def test_not_if_there_is_nothing_in_the_payload_to_be_found_by(app: App, stack: Stack, declare: Declare) -> None:
    for name in ("One", "Two"):
        declare(stack, name, payload={"ProspectingResult": {"Aws": {"Customer": {}}}})
    app.synth()


def test_a_lead_that_says_more_would_be_adopted_by_one_that_says_less(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "Less", payload={"Lead": lead(touch("ann"))})
    declare(stack, "More", payload={"Lead": lead(touch("bob"), touch("ann"), QualificationStatus="Open")})
    with pytest.raises(RuntimeError, match="Deals/Less and Deals/More"):
        app.synth()


@pytest.mark.parametrize("control", [{"existing_context_id": "2"}, {"client_token": "mine"}])
def test_two_contexts_that_are_one_by_name_are_an_error(
    app: App, stack: Stack, declare: Declare, control: Json
) -> None:
    declare(stack, "One", **control)
    declare(stack, "Two", payload=project("Another"), **control)
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two"):
        app.synth()


def test_a_token_of_one_that_is_never_created_is_no_matter(app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One", client_token="mine")
    declare(stack, "Two", payload=project("Another"), client_token="mine", existing_context_id="2")
    app.synth()


@pytest.mark.parametrize("type_", ["CustomerProject", "Lead"])
def test_a_reference_in_place_of_the_payloads_member_is_skipped(
    type_: str, app: App, stack: Stack, declare: Declare
) -> None:
    for number, late in enumerate(["{{resolve:ssm:/deals/acme}}", Fn.get_att("Elsewhere", "Payload")]):
        declare(stack, f"Context{number}", payload={type_: late})
    app.synth()


@pytest.mark.parametrize("interactions", ["{{resolve:ssm:/deals/acme}}", ["{{resolve:ssm:/deals/Acme}}"]])
def test_a_lead_whose_interactions_nobody_knows_yet_equals_no_other(
    interactions: Any, app: App, stack: Stack, declare: Declare
) -> None:
    declare(stack, "Late", payload={"Lead": {**lead(), "Interactions": interactions}})
    declare(stack, "Other", payload={"Lead": lead(touch("ann"))})
    app.synth()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{{resolve:ssm:/a/id}}", "{{resolve:ssm:/b/id}}"),
        (ARN.replace(ENGAGEMENT, "{{resolve:ssm:/a/id}}"), "{{resolve:ssm:/b/id}}"),
        (ARN.replace("catalog/Sandbox", "x/catalog/Sandbox") + "/{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}"),
    ],
)
def test_two_references_are_two_engagements(one: str, other: str, app: App, stack: Stack, declare: Declare) -> None:
    declare(stack, "One", one)
    declare(stack, "Two", other)
    app.synth()


def test_an_arn_with_a_token_for_its_id_is_that_ids_engagement(app: App, stack: Stack, declare: Declare) -> None:
    token = CfnParameter(stack, "Engagement").value_as_string
    declare(stack, "One", token)
    declare(stack, "Two", ARN.replace(ENGAGEMENT, token))
    with pytest.raises(RuntimeError, match="Deals/One and Deals/Two"):
        app.synth()


def test_more_contexts_than_an_engagement_holds_are_a_warning_with_the_reason(stack: Stack, declare: Declare) -> None:
    for number in range(7):
        declare(stack, f"Deal{number}", payload=project(f"Deal {number}"))
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("More than 5 contexts"))
    assert [each.id for each in found] == ["/Deals/Deal5"]


PAIRS: dict[str, tuple[str, Json, Json, bool]] = {
    "the same": ("CustomerProject", project()["CustomerProject"], project()["CustomerProject"], True),
    "case of a project": ("CustomerProject", project("A")["CustomerProject"], project("a")["CustomerProject"], False),
    "two empty ones": ("CustomerProject", {}, {}, False),
    "empty members": ("ProspectingResult", {"Aws": {"Customer": {}}}, {"Aws": {"Customer": {}}}, False),
    "an empty member": ("ProspectingResult", {"Aws": {"TaskName": "a"}}, {"Aws": {"TaskName": "a", "Customer": {}}}, False),
    "instants": (
        "ProspectingResult",
        {"Aws": {"StartTime": "2027-01-05T09:30:00Z"}},
        {"Aws": {"StartTime": "2027-01-05T10:30:00.000+01:00"}},
        True,
    ),
    "instants to the microsecond": (
        "ProspectingResult",
        {"Aws": {"StartTime": "2027-01-05T09:30:00.123456Z"}},
        {"Aws": {"StartTime": "2027-01-05T09:30:00.123456789Z"}},
        True,
    ),
    "an instant in a text": (
        "ProspectingResult",
        {"Aws": {"TaskName": "2027-01-05T09:30:00Z"}},
        {"Aws": {"TaskName": "2027-01-05T09:30:00+00:00"}},
        False,
    ),
    "interactions in another order": (
        "Lead",
        lead(touch("ann"), touch("bob")),
        lead(touch("bob"), touch("ann")),
        True,
    ),
    "case and white space": ("Lead", lead(touch("ann", Usecase="Backup")), lead(touch("Ann", Usecase=" backup ")), True),
    "a customer's case": ("Lead", lead(touch("ann")), {**lead(touch("ann")), "Customer": {"CompanyName": "ACME"}}, False),
    "an interaction's date": (
        "Lead",
        lead(touch("ann")),
        lead(touch("ann", InteractionDate="2027-01-05T09:30:00Z")),
        True,
    ),
    "two dates": (
        "Lead",
        lead(touch("ann", InteractionDate="2027-01-05T09:30:00Z")),
        lead(touch("ann", InteractionDate="2027-01-05T10:30:00+01:00")),
        True,
    ),
    "an interaction that says more": ("Lead", lead(touch("ann")), lead(touch("ann", Usecase="Backup")), False),
    "one for two": ("Lead", lead(touch("ann"), touch("ann")), lead(touch("ann"), touch("bob")), False),
    "a dated one chooses first": (
        "Lead",
        lead(touch("ann"), touch("ann", InteractionDate="2027-01-05T09:30:00Z")),
        lead(touch("ann", InteractionDate="2027-01-05T09:30:00Z"), touch("ann", InteractionDate="2027-01-06T09:30:00Z")),
        True,
    ),
    "what AWS fills in": ("Lead", lead(touch("ann")), lead(touch("ann"), Insights={"LeadReadinessScore": "Low"}), True),
    "what AWS would change": (
        "Lead",
        lead(touch("ann"), Insights={"LeadReadinessScore": "High"}),
        lead(touch("ann"), Insights={"LeadReadinessScore": "Low"}),
        False,
    ),
}  # fmt: skip


def told(type_: str, one: Json, other: Json) -> bool:
    """Whether the construct says that one of two contexts would adopt the other."""
    common: Json = {"catalog": "Sandbox", "engagement_id": ENGAGEMENT, "type": type_, "adopts": True}
    common |= {"existing_context_id": None, "client_token": None}
    return bool(conflicts([Declared(path=str, payload=each, **common) for each in (one, other)]))


def adopted(type_: str, one: Json, other: Json) -> bool:
    """Whether the function would adopt one of two contexts for the other."""
    return any(
        comparison.has_values(wanted) and comparison.says(held, wanted, type_, before={})
        for wanted, held in ((one, other), (other, one))
    )


@pytest.mark.parametrize(("type_", "one", "other", "equal"), PAIRS.values(), ids=PAIRS)
def test_the_construct_and_the_function_find_the_same_equal(type_: str, one: Json, other: Json, equal: bool) -> None:
    assert (told(type_, one, other), adopted(type_, one, other)) == (equal, equal)


SAID_OTHERWISE = {
    "2027-01-05T09:30:00Z": "2027-01-05T10:30:00+01:00",
    "1999-12-31T23:59:59-11:30": "2000-01-01T11:29:59.0000000Z",
}


def said_otherwise(type_: str, member: Json, draw: random.Random) -> Json:
    """The same payload, or maybe another, in what a reader may or may not take for the same."""
    changed = copy.deepcopy(member)
    rule = payload_rule().members[type_]
    for value, _, put in list(places(changed, rule, lambda _: None)):
        if isinstance(value, str) and draw.random() < 0.2:
            put(draw.choice([SAID_OTHERWISE.get(value, value), value.upper(), f" {value}\n", value, value]))
        elif isinstance(value, list) and draw.random() < 0.3:
            draw.shuffle(value)
        elif isinstance(value, dict) and value and draw.random() < 0.1:
            value.pop(draw.choice([name for name in value if name != "Customer"] or list(value)))
    return changed


def test_they_do_so_for_payloads_drawn_from_the_model() -> None:
    draw = random.Random(4)  # noqa: S311 - reproducible, no secret
    equal = 0
    for _ in range(3_000):
        ((type_, member),) = valid(payload_rule(), draw).items()
        other = said_otherwise(type_, member, draw)
        assert told(type_, member, other) == adopted(type_, member, other), json.dumps([member, other])
        equal += adopted(type_, member, other)
    assert 300 < equal < 2_700
