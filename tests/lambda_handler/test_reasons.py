"""The Reason: a code, what failed, what to do, and what Partner Central responded. It is understandable without the logs."""

import re
from pathlib import Path

import pytest

import lambda_handler
from lambda_handler.errors import ApiError, FieldError, Kind, ResourceError
from lambda_handler.reasons import CODE, CODES, reason, response
from tests.lambda_handler.scripted import arn, error

# Waiting for a read that lags ends in another error.
KINDS = [kind for kind in Kind if kind is not Kind.NOT_VISIBLE]
SOURCES = Path(lambda_handler.__file__).parent


def reason_of(failure: Exception) -> str:
    """Return the Reason for an error in an event of the usual engagement."""
    return reason(failure, catalog="Sandbox", arn=arn())


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_call_is_code_exception_advice_and_response_in_this_order(kind: Kind) -> None:
    text = reason_of(error(kind, "SomeException", "Its own {text} %s."))
    start = f"[{CODE[kind]}] SomeException from Operation. "
    assert text.startswith(start)
    assert text.endswith(" Response: Its own {text} %s.")
    advice = text.removeprefix(start).removesuffix(" Response: Its own {text} %s.")
    assert len(advice) > 20
    assert "{" not in advice
    assert text.isprintable()


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_300_characters_contain_the_code_the_exception_and_the_advice(kind: Kind) -> None:
    failure = ApiError(kind, operation="CreateEngagementContext", code="InternalServerException", message="No." * 500)
    assert reason_of(failure).index(" Response: ") <= 300


def test_a_denial_names_the_action_the_arn_and_the_catalog() -> None:
    denied = ApiError(Kind.DENIED, operation="UpdateEngagementContext", code="AccessDeniedException", message="No.")
    text = reason(denied, catalog="AWS", arn="arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1")
    assert "partnercentral:UpdateEngagementContext" in text
    assert "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1" in text
    assert "partnercentral:Catalog AWS" in text


def test_a_missing_engagement_is_named_by_its_arn() -> None:
    assert arn() in reason_of(error(Kind.NOT_FOUND))


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.CONFLICT])
def test_the_advice_after_a_failure_that_can_pass_is_to_deploy_again(kind: Kind) -> None:
    assert "It is safe to deploy again." in reason_of(error(kind))


def test_a_failed_connection_names_the_host_that_the_function_must_reach() -> None:
    assert "partnercentral-selling.us-east-1.api.aws" in reason_of(error(Kind.CONNECTION))


def test_a_certificate_error_names_the_setting_to_change() -> None:
    assert "AWS_CA_BUNDLE" in reason_of(error(Kind.CERTIFICATE))


def test_the_response_contains_the_services_reason_and_the_request_id() -> None:
    denied = error(Kind.DENIED, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE", request_id="5f1c2a90")
    assert response(denied) == (
        "Response (reason INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE, request id 5f1c2a90): It was refused."
    )


def test_the_response_contains_every_field_once() -> None:
    fields = [FieldError(field=f"Payload.{name}", message="is wrong", code="INVALID_VALUE") for name in "ABA"]
    nameless = FieldError(field="", message="is wrong too", code="INVALID_VALUE")
    invalid = error(Kind.INVALID, message="3 errors", fields=[*fields, nameless])
    assert response(invalid) == (
        "Response: 3 errors; Payload.A: is wrong (INVALID_VALUE); Payload.B: is wrong (INVALID_VALUE);"
        " (no field): is wrong too (INVALID_VALUE)."
    )


def test_a_resource_error_is_its_code_and_text() -> None:
    text = reason_of(ResourceError("AMBIGUOUS_CONTEXT", "Set existing_context_id."))
    assert text == "[AMBIGUOUS_CONTEXT] Set existing_context_id."


def test_an_unforeseen_error_names_its_place_and_not_its_text() -> None:
    def place_of_the_defect() -> None:
        raise KeyError("Acme Tools of Springfield")

    with pytest.raises(KeyError) as unforeseen:
        place_of_the_defect()
    text = reason_of(unforeseen.value)
    assert text.startswith("[INTERNAL_ERROR] KeyError in place_of_the_defect, line ")
    assert "Acme" not in text
    assert reason_of(KeyError("Acme")).startswith("[INTERNAL_ERROR] KeyError in an unknown place")


def test_every_code_of_the_function_is_listed_once() -> None:
    sources = "".join(path.read_text() for path in sorted(SOURCES.rglob("*.py")))
    raised = set(re.findall(r'ResourceError\(\s*"([A-Z_]+)"', sources))
    written = set(re.findall(r"\[([A-Z]+(?:_[A-Z]+)+)\]", sources))
    assert raised | written | set(CODE.values()) == set(CODES)
    assert len(set(CODES)) == len(CODES)
