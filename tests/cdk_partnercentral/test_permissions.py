"""The policy allows exactly what was declared, and never outgrows IAM's limit."""

import json
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack

from cdk_partnercentral._permissions import LARGEST_POLICY, any_arn, exact_arn, policy, size

LOGS = "arn:aws:logs:us-east-1:111122223333:log-group:deals:*"
LIMIT_OF_IAM = 10_240


def arns(catalog: str, count: int) -> list[str]:
    return [f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/eng-{n:014}" for n in range(count)]


def engagements(catalog: str, resources: list[str]) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [
            "partnercentral:CreateEngagementContext",
            "partnercentral:GetEngagement",
            "partnercentral:UpdateEngagementContext",
        ],
        "Resource": resources,
        "Condition": {"StringEquals": {"partnercentral:Catalog": catalog}},
    }


OWN_LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": LOGS}


def test_an_id_and_its_arn_are_one_resource() -> None:
    arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd"

    assert exact_arn("Sandbox", "eng-0123456789abcd") == arn
    assert exact_arn("Sandbox", arn) == arn


def test_what_only_the_deployment_knows_has_no_exact_arn(stack: Stack) -> None:
    token = CfnParameter(stack, "Engagement").value_as_string

    assert exact_arn("Sandbox", token) is None
    assert exact_arn("Sandbox", f"eng-{token}") is None
    assert exact_arn("Sandbox", "{{resolve:ssm:/deals/acme}}") is None


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "acme",
        "eng-0123456789abc",
        "eng-0123456789abcd ",
        "eng-*",
        "*",
        "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*",
        "arn:aws:iam::111122223333:role/admin",
    ],
)
def test_what_no_policy_could_name_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError) as raised:
        exact_arn("Sandbox", identifier)

    assert str(raised.value) == (
        f"engagement_identifier: `eng-` and 14 of 0-9 and a-z, or an engagement's ARN, or a token; got {identifier!r}"
    )


def test_one_statement_for_each_catalog_sorted_whatever_the_order() -> None:
    one, two, three = arns("Sandbox", 3)
    (real,) = arns("AWS", 1)

    made = policy({"Sandbox": [three, one, two], "AWS": [real]}, log_group_arn=LOGS)

    assert made.document == {
        "Version": "2012-10-17",
        "Statement": [OWN_LOGS, engagements("AWS", [real]), engagements("Sandbox", [one, two, three])],
    }
    assert made.widened == ()
    assert made == policy({"AWS": [real], "Sandbox": [two, three, one]}, log_group_arn=LOGS)


def test_catalogs_that_are_tokens_keep_their_order(stack: Stack) -> None:
    """A token's number depends on all that was made before it, so sorting by it would change templates for no reason."""
    first, second = (CfnParameter(stack, name).value_as_string for name in ["First", "Second"])

    for order in ([first, second], [second, first]):
        statements = policy({each: [any_arn(each)] for each in order}, log_group_arn=LOGS).document["Statement"]
        assert statements[1:] == [engagements(each, [any_arn(each)]) for each in order]


def test_without_contexts_only_the_own_logs_are_allowed() -> None:
    assert policy({}, log_group_arn=LOGS).document == {"Version": "2012-10-17", "Statement": [OWN_LOGS]}


def test_a_catalog_that_is_open_as_a_whole_names_no_engagement_beside() -> None:
    made = policy({"Sandbox": [*arns("Sandbox", 2), any_arn("Sandbox")]}, log_group_arn=LOGS)

    assert made.document["Statement"][1:] == [engagements("Sandbox", [any_arn("Sandbox")])]
    assert made.widened == ()


def test_exact_up_to_the_limit_and_open_beyond() -> None:
    beyond = (each for each in range(200) if policy({"Sandbox": arns("Sandbox", each)}, log_group_arn=LOGS).widened)
    count = next(beyond) - 1
    last_exact = policy({"Sandbox": arns("Sandbox", count)}, log_group_arn=LOGS)
    first_open = policy({"Sandbox": arns("Sandbox", count + 1)}, log_group_arn=LOGS)

    assert count > 90
    assert last_exact.document["Statement"][1]["Resource"] == arns("Sandbox", count)
    assert LARGEST_POLICY - 100 < len(json.dumps(last_exact.document, separators=(",", ":"))) <= LARGEST_POLICY
    assert first_open.document["Statement"][1:] == [engagements("Sandbox", [any_arn("Sandbox")])]
    assert first_open.widened == ("Sandbox",)


def test_the_catalog_with_the_most_engagements_is_opened_first() -> None:
    made = policy({"AWS": arns("AWS", 60), "Sandbox": arns("Sandbox", 70)}, log_group_arn=LOGS)

    assert made.widened == ("Sandbox",)
    assert made.document["Statement"][1:] == [
        engagements("AWS", arns("AWS", 60)),
        engagements("Sandbox", [any_arn("Sandbox")]),
    ]


@pytest.mark.parametrize("order", [["AWS", "Sandbox"], ["Sandbox", "AWS"]])
def test_of_two_equal_catalogs_the_same_is_opened_whatever_the_order(order: list[str]) -> None:
    made = policy({catalog: arns(catalog, 80) for catalog in order}, log_group_arn=LOGS)

    assert made.widened == ("AWS",)


def test_both_catalogs_are_opened_where_one_is_not_enough() -> None:
    made = policy({"AWS": arns("AWS", 490), "Sandbox": arns("Sandbox", 490)}, log_group_arn=LOGS)

    assert set(made.widened) == {"AWS", "Sandbox"}
    assert size(made.document) < LARGEST_POLICY


def test_a_token_counts_as_the_longest_log_group_arn(stack: Stack) -> None:
    token = CfnParameter(stack, "LogGroup").value_as_string
    longest = f"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:{'x' * 512}:*"

    assert size({"Resource": token}) >= size({"Resource": longest})
    assert size({"Resource": [token, token]}) > 2 * len(longest)


def test_even_where_all_tokens_are_long_the_policy_fits(stack: Stack) -> None:
    token = CfnParameter(stack, "Catalog").value_as_string

    made = policy({token: arns(token, 20)}, log_group_arn=LOGS)

    assert made.widened == (token,)
    assert size(made.document) < LARGEST_POLICY < LIMIT_OF_IAM
