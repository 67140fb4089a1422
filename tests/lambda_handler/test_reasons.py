"""The Reason: what failed, in the service's words, and what to do. It stands without the logs."""

import pytest

from lambda_handler.engagement_context.properties import DesiredContext
from lambda_handler.errors import ApiError, FieldError, Kind, ResourceError
from lambda_handler.reasons import reason
from tests.lambda_handler.scripted import arn, declaration, error

# What waiting for a late read gives up with never leaves it.
KINDS = [kind for kind in Kind if kind is not Kind.NOT_SHOWN]


@pytest.mark.parametrize("declared", [declaration(), None], ids=["declared", "not understood"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_its_name_its_words_and_what_to_do(kind: Kind, declared: DesiredContext | None) -> None:
    said = reason(error(kind, "SomeException", "Of their own {words} %s."), declared)
    assert said.startswith("SomeException from Operation")
    assert "Of their own {words} %s." in said
    assert len(said) > len("SomeException from Operation: Of their own {words} %s.") + 20
    assert said.isprintable()
    assert len(said) < 1000


def test_a_denial_names_the_action_the_arn_and_the_catalog() -> None:
    denied = ApiError(Kind.DENIED, operation="UpdateEngagementContext", code="AccessDeniedException", message="No.")
    said = reason(denied, declaration(catalog="AWS"))
    assert "partnercentral:UpdateEngagementContext" in said
    assert arn().replace("Sandbox", "AWS") in said
    assert "partnercentral:Catalog" in said


def test_a_denial_for_good_says_its_reason() -> None:
    denied = error(Kind.DENIED, "AccessDeniedException", reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE")
    assert "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE" in reason(denied, declaration())


def test_a_validation_error_names_every_field() -> None:
    fields = [
        FieldError(field=f"Payload.Field{number}", message=f"Message {number}", code=f"CODE_{number}")
        for number in range(5)
    ]
    invalid = error(Kind.INVALID, "ValidationException", "5 errors", reason="REQUEST_VALIDATION_FAILED", fields=fields)
    said = reason(invalid, declaration())
    assert "REQUEST_VALIDATION_FAILED" in said
    for number in range(5):
        assert f"Payload.Field{number}: Message {number} (CODE_{number})" in said


def test_not_found_names_the_engagement_and_a_full_one_the_way_on() -> None:
    assert arn() in reason(error(Kind.NOT_FOUND), declaration())
    assert "existing_context_id" in reason(error(Kind.QUOTA), declaration())


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.CONFLICT])
def test_what_may_go_well_next_time_says_that_deploying_again_is_safe(kind: Kind) -> None:
    said = reason(error(kind), declaration())
    assert "again" in said
    assert "nothing" in said.lower()


def test_a_failed_connection_says_what_the_function_must_reach() -> None:
    assert "partnercentral-selling.us-east-1.api.aws" in reason(error(Kind.CONNECTION), None)


def test_a_refusal_is_its_own_reason() -> None:
    assert reason(ResourceError("Set existing_context_id."), declaration()) == "Set existing_context_id."


def test_an_error_that_nobody_foresaw_says_where_it_was_and_repeats_nothing() -> None:
    def place_of_the_defect() -> None:
        raise KeyError("Acme Tools of Springfield")

    try:
        place_of_the_defect()
    except KeyError as unforeseen:
        said = reason(unforeseen, declaration())
    assert "KeyError" in said
    assert "place_of_the_defect" in said
    assert "Acme" not in said
    assert "KeyError" in reason(KeyError("Acme"), None)
