"""Client tokens, physical resource ids and ARNs."""

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_handler.identity import (
    ENGAGEMENT_ARN,
    ContextIdentity,
    EngagementIdentity,
    account_of,
    client_token,
    engagement_arn,
    engagement_client_token,
    not_created_id,
    parse_context_physical_id,
    parse_engagement_physical_id,
)

# Each token was computed with hashlib from the text, not with the function under test:
# SHA-256 of the JSON list [StackId, LogicalResourceId, Catalog, engagement id, Type] in ASCII, without spaces.
VECTORS = [
    (
        {
            "stack_id": "arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd",
            "logical_resource_id": "AcmeMigration1A2B3C4D",
            "catalog": "Sandbox",
            "engagement_id": "eng-0123456789abcd",
            "type_": "CustomerProject",
        },
        (
            '["arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd",'
            '"AcmeMigration1A2B3C4D","Sandbox","eng-0123456789abcd","CustomerProject"]'
        ),
        "c04bd3761cea1d64d690bce0edf1ef318005c0a858cacb2c7174a9275e37f0e5",
    ),
    (
        {
            "stack_id": "arn:aws:cloudformation:us-east-1:210987654321:stack/Leads/11111111-2222-4333-8444-555555555555",
            "logical_resource_id": "Lead0",
            "catalog": "AWS",
            "engagement_id": "eng-zyxwvutsrqponm",
            "type_": "Lead",
        },
        (
            '["arn:aws:cloudformation:us-east-1:210987654321:stack/Leads/11111111-2222-4333-8444-555555555555",'
            '"Lead0","AWS","eng-zyxwvutsrqponm","Lead"]'
        ),
        "7550c82dfaeaa46c2e868a6a11c47d9b1fcb56d1866446c0a6b40edcfc7bf500",
    ),
    (
        {
            "stack_id": 'S\u00fcd "1"',
            "logical_resource_id": "L",
            "catalog": "Sandbox",
            "engagement_id": "eng-00000000000000",
            "type_": "ProspectingResult",
        },
        '["S\\u00fcd \\"1\\"","L","Sandbox","eng-00000000000000","ProspectingResult"]',
        "bf9b98a3d47e7d1e97d6f8b7c0958b6fd7c60781ba9169a198aa3482a8a47e42",
    ),
]
NAMES = ("stack_id", "logical_resource_id", "catalog", "engagement_id", "type_")


@pytest.mark.parametrize(("inputs", "text", "token"), VECTORS)
def test_the_client_token_of_a_declaration_never_changes_between_releases(
    inputs: dict[str, str], text: str, token: str
) -> None:
    assert hashlib.sha256(text.encode()).hexdigest() == token
    assert client_token(**inputs) == token


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in NAMES}))
def test_a_client_token_is_64_hexadecimal_digits(inputs: dict[str, str]) -> None:
    assert re.fullmatch("[0-9a-f]{64}", client_token(**inputs))


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_any_input_changes_the_token(name: str) -> None:
    inputs = VECTORS[0][0]
    assert isinstance(inputs, dict)
    assert client_token(**{**inputs, name: inputs[name] + "x"}) != client_token(**inputs)


@given(st.lists(st.text(alphabet='",[]\\ab', max_size=4), min_size=10, max_size=10))
def test_different_declarations_never_have_the_same_token(values: list[str]) -> None:
    one, other = values[:5], values[5:]
    same = client_token(**dict(zip(NAMES, one, strict=True))) == client_token(**dict(zip(NAMES, other, strict=True)))
    assert same == (one == other)


@pytest.mark.parametrize("context", ["1", "12", "123", "a-b", "1234", "ctx-0123456789abcdef", "a\nb", "x" * 900])
def test_a_physical_id_consists_of_catalog_engagement_and_context(context: str) -> None:
    text = f"Sandbox/eng-0123456789abcd/{context}"
    identity = ContextIdentity(catalog="Sandbox", engagement_id="eng-0123456789abcd", context_id=context)
    assert str(identity) == text
    assert parse_context_physical_id(text) == identity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not-created/AcmeMigration",
        "Sandbox/eng-0123456789abcd",
        "Sandbox/eng-0123456789abcd/",
        "Sandbox/eng-0123456789abcd/1/2",
        "Sandbox/eng-0123456789ABCD/1",
        "Sandbox/eng-0123456789abc/1",
        "Sandbox/eng-0123456789abcde/1",
        "/eng-0123456789abcd/1",
        "San dbox/eng-0123456789abcd/1",
        "Sandbox/eng-0123456789abcd/1/eng-0123456789abcd/1",
        "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd",
        "demo_AcmeMigration_X7Y8Z9A0",
        "Sandbox\n/eng-0123456789abcd/1",
    ],
)
def test_another_physical_id_names_no_context(text: str) -> None:
    assert parse_context_physical_id(text) is None


@given(st.text(max_size=60))
def test_no_physical_id_causes_an_exception(text: str) -> None:
    identity = parse_context_physical_id(text)
    assert identity is None or str(identity) == text


@pytest.mark.parametrize("logical_id", ["AcmeMigration1A2B3C4D", "L" * 255, "eng-0123456789abcd", "Süd"])
def test_the_id_of_a_failed_create_is_readable_and_names_no_context(logical_id: str) -> None:
    made: Any = not_created_id(logical_id)
    assert made == not_created_id(logical_id)
    assert logical_id[:200] in made
    assert 0 < len(made) <= 1024
    assert parse_context_physical_id(made) is None


def test_failed_creates_of_two_resources_have_different_ids() -> None:
    assert not_created_id("One") != not_created_id("Other")


def test_an_engagement_arn_has_the_documented_form() -> None:
    arn = engagement_arn("AWS", "eng-0123456789abcd")
    assert arn == "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-0123456789abcd"
    found = ENGAGEMENT_ARN.fullmatch(arn)
    assert found
    assert (found["catalog"], found["id"]) == ("AWS", "eng-0123456789abcd")


# Engagements. Each token was computed with hashlib from the text, not with the function under test:
# SHA-256 of the JSON list [StackId, LogicalResourceId, Catalog, Title, Description] in ASCII, without spaces.
ENGAGEMENT_VECTORS: list[tuple[dict[str, Any], str, str]] = [
    (
        {
            "stack_id": "arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd",
            "logical_resource_id": "Acme1A2B3C4D",
            "catalog": "Sandbox",
            "title": "Acme migration",
            "description": "Move the data center to AWS",
        },
        (
            '["arn:aws:cloudformation:eu-west-1:123456789012:stack/Demo/5f1c2a90-0000-4000-8000-00000000abcd",'
            '"Acme1A2B3C4D","Sandbox","Acme migration","Move the data center to AWS"]'
        ),
        "a3967f0a0aa67b0a51958f374d2d9da5f0be900dad196772feef2ab791d5b539",
    ),
    (
        {"stack_id": "S", "logical_resource_id": "L", "catalog": "AWS", "title": 'S\u00fcd "1"', "description": None},
        '["S","L","AWS","S\\u00fcd \\"1\\"",null]',
        "bda27038d9eab384292e449973eb9e92b6bc6449eb8a09afe8c7ad4939ea58c3",
    ),
    (
        {"stack_id": "S", "logical_resource_id": "L", "catalog": "AWS", "title": 'S\u00fcd "1"', "description": ""},
        '["S","L","AWS","S\\u00fcd \\"1\\"",""]',
        "7b6bd9c873672c46c84ed2d670c3709af843e852a0a8db61ae73ff8dd812901c",
    ),
]


@pytest.mark.parametrize(("inputs", "text", "token"), ENGAGEMENT_VECTORS)
def test_the_client_token_of_an_engagement_never_changes_between_releases(
    inputs: dict[str, Any], text: str, token: str
) -> None:
    assert hashlib.sha256(text.encode()).hexdigest() == token
    assert engagement_client_token(**inputs) == token


@pytest.mark.parametrize("name", ["stack_id", "logical_resource_id", "catalog", "title", "description"])
def test_a_change_of_any_input_changes_the_token_of_an_engagement(name: str) -> None:
    inputs = ENGAGEMENT_VECTORS[0][0]
    assert engagement_client_token(**{**inputs, name: inputs[name] + "x"}) != engagement_client_token(**inputs)


def test_the_physical_id_of_an_engagement_consists_of_catalog_and_engagement() -> None:
    identity = EngagementIdentity(catalog="Sandbox", engagement_id="eng-0123456789abcd")
    assert str(identity) == "Sandbox/eng-0123456789abcd"
    assert parse_engagement_physical_id("Sandbox/eng-0123456789abcd") == identity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not-created/Acme1A2B3C4D",
        "eng-0123456789abcd",
        "Sandbox/eng-0123456789abcd/1",
        "Sandbox/eng-0123456789abcd/",
        "Sandbox/eng-0123456789abcd\n",
        "Sandbox/eng-0123456789ABCD",
        "/eng-0123456789abcd",
        "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd",
    ],
)
def test_another_physical_id_names_no_engagement(text: str) -> None:
    assert parse_engagement_physical_id(text) is None


def test_the_account_of_a_stack_is_the_one_in_its_arn() -> None:
    assert account_of(ENGAGEMENT_VECTORS[0][0]["stack_id"]) == "123456789012"
    assert account_of("Demo") == ""
