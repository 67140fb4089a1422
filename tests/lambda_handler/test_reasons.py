"""The Reason: a code, what failed, what to do, and what Partner Central responded. It is understandable without the logs."""

import re
from pathlib import Path

import pytest

import lambda_handler
from lambda_handler.errors import ApiError, FieldError, Kind, ResourceError
from lambda_handler.reasons import CODE, CODES, advice, reason, response
from tests.lambda_handler.process.events import STACK
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


def test_a_denial_with_a_reason_says_first_that_the_cause_is_the_account_and_not_iam() -> None:
    denied = ApiError(
        Kind.DENIED,
        operation="UpdateEngagementContext",
        code="AccessDeniedException",
        message="No.",
        reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE",
    )
    text = reason_of(denied)
    assert text == (
        "[ACCESS_DENIED] AccessDeniedException from UpdateEngagementContext. The cause is the account or its state in Partner"
        f" Central, not IAM. Fix the account there. Denied: partnercentral:UpdateEngagementContext on {arn()}. Response"
        " (reason INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE): No."
    )
    assert text.index(" Response ") <= 300


def test_a_reason_of_another_error_or_service_does_not_change_the_advice() -> None:
    invalid = error(Kind.INVALID, reason="BUSINESS_VALIDATION_FAILED")
    assert advice(invalid) == "Correct the fields named below, and deploy again."
    denied = error(Kind.DENIED, reason="SOME_REASON", stack_id=STACK)
    assert advice(denied) == f"The function's role needs cloudformation:Operation on {STACK}."


@pytest.mark.parametrize("operation", ["ListStackResources", "GetTemplate"])
def test_a_denial_of_cloudformation_names_the_action_and_the_stack(operation: str) -> None:
    denied = ApiError(Kind.DENIED, operation=operation, code="AccessDenied", message="No", stack_id=STACK)
    assert reason_of(denied) == (
        f"[ACCESS_DENIED] AccessDenied from {operation}. The function's role needs cloudformation:{operation} on {STACK}."
        " Response: No."
    )


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.UNREADABLE, Kind.CERTIFICATE])
def test_the_advice_about_a_call_to_cloudformation_names_cloudformation(kind: Kind) -> None:
    text = advice(ApiError(kind, operation="GetTemplate", code="C", message="", stack_id=STACK))
    assert "CloudFormation" in text or "cloudformation.eu-west-1.amazonaws.com" in text
    assert "Partner Central" not in text
    assert "partnercentral" not in text


def test_a_missing_engagement_is_named_by_its_arn() -> None:
    assert arn() in reason_of(error(Kind.NOT_FOUND))


@pytest.mark.parametrize(
    "kind", [Kind.THROTTLED, Kind.INTERNAL, Kind.CONNECTION, Kind.UNREADABLE, Kind.CREDENTIALS, Kind.CONFLICT]
)
def test_the_advice_after_a_failure_that_can_pass_is_to_deploy_again(kind: Kind) -> None:
    assert "It is safe to deploy again." in reason_of(error(kind))


def test_a_failed_connection_names_the_host_that_the_function_must_reach() -> None:
    assert "partnercentral-selling.us-east-1.api.aws" in reason_of(error(Kind.CONNECTION))


def test_a_response_that_cannot_be_read_comes_without_the_advice_about_routes() -> None:
    text = reason_of(error(Kind.UNREADABLE))
    assert text.startswith("[UNREADABLE_RESPONSE] ")
    assert "route" not in text
    assert "HTTPS_PROXY" in text


def test_a_certificate_error_names_the_setting_to_change() -> None:
    assert "AWS_CA_BUNDLE" in reason_of(error(Kind.CERTIFICATE))


def test_the_response_contains_the_services_reason_and_the_request_id() -> None:
    denied = error(Kind.DENIED, reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE", request_id="5f1c2a90")
    assert response(denied) == (
        "Response (reason INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE, request id 5f1c2a90): It was refused."
    )


def test_the_response_contains_every_field_once() -> None:
    entries = [("A", "is short"), ("B", "is short"), ("A", "is short"), ("A", "is odd"), ("", "is wrong")]
    fields = [FieldError(field=name and f"Payload.{name}", message=text, code="CODE") for name, text in entries]
    invalid = error(Kind.INVALID, message="5 errors", fields=[*fields, FieldError(field="C", message="", code="")])
    assert response(invalid) == (
        "Response: 5 errors; Payload.A: is short (CODE), is odd (CODE); Payload.B: is short (CODE);"
        " (no field): is wrong (CODE); C."
    )


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("2 validation errors detected: Payload.B: is short; Payload.A: is odd", "2 validation errors detected; "),
        (
            "1 validation error detected: Value at 'Payload.A' failed to satisfy a constraint",
            "1 validation error detected; ",
        ),
        ("Payload.A is odd.", ""),
        ("The request is invalid.", "The request is invalid; "),
    ],
)
def test_a_message_that_repeats_the_fields_is_cut_before_them(message: str, shown: str) -> None:
    fields = [
        FieldError(field=f"Payload.{name}", message=text, code="") for name, text in (("A", "odd"), ("B", "short"))
    ]
    invalid = error(Kind.INVALID, message=message, fields=fields)
    assert response(invalid) == f"Response: {shown}Payload.A: odd; Payload.B: short."


def test_the_response_contains_when_the_service_wants_the_next_attempt() -> None:
    failure = error(Kind.THROTTLED, request_id="5f1c2a90", retry_after=3600)
    assert response(failure) == "Response (request id 5f1c2a90, retry after 3600 seconds): It was refused."


def test_the_request_id_comes_before_a_long_text() -> None:
    failure = error(Kind.INTERNAL, message="x" * 2000, request_id="5f1c2a90")
    assert response(failure).startswith("Response (request id 5f1c2a90): xxx")


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
