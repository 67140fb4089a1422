"""Services that the settings of the local Partner Central do not describe, but that a real service might resemble."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdk_partnercentral_cli._probe._session import error_shape
from cdk_partnercentral_local import Behavior
from cdk_partnercentral_local.service import Reply, ServiceError
from lambda_handler.errors import ApiError, FieldError, Kind
from tests.cdk_partnercentral_cli.probe.probing import Bench

Refuse = Callable[[dict[str, Any]], ServiceError | None]


def refuse(bench: Bench, choose: Refuse) -> None:
    """Refuse the write requests for which a function returns an error, before the service processes them."""
    service = bench.service
    handle = service.handle

    def refusing(target: str, body: bytes) -> Reply:
        operation, request = target.rpartition(".")[2], json.loads(body)
        error = choose(request) if "Payload" in request else None
        if error is not None:
            service.faults.error(operation, error)
        return handle(target, body)

    service.handle = refusing  # type: ignore[method-assign]


def test_a_serialization_error_is_a_refusal_of_the_request(bench: Bench) -> None:
    """Services of this protocol refuse unknown members so, without a list of fields."""
    behavior = Behavior(unknown_members="refuse")
    bench.new(behavior=behavior)

    def unknown(request: dict[str, Any]) -> ServiceError | None:
        return ServiceError("SerializationException", "sample") if "ProbeUnknown" in json.dumps(request) else None

    refuse(bench, unknown)
    found = bench.run()

    assert found["unknown_members"].value == "refuse"
    assert found["unknown_members"].certainty == "medium"
    assert found["accepts_unknown_types"].value is False
    assert found["accepts_unknown_types"].certainty == "medium"
    steps = bench.journal.steps
    assert steps["sixth unknown type"]["error"]["code"] == "SerializationException"
    assert steps["sixth unknown type"]["outcome"] == "refused"
    assert len(bench.contexts) == 5


def limited(bench: Bench, count: int, error: ServiceError) -> Refuse:
    """Refuse the create requests for an engagement that has a number of contexts."""

    def choose(request: dict[str, Any]) -> ServiceError | None:
        is_create = "ContextIdentifier" not in request
        return error if is_create and len(bench.contexts) >= count else None

    return choose


@pytest.mark.parametrize("limit", [2, 5])
@pytest.mark.parametrize("code", ["ConflictException", "ValidationException"])
def test_a_limit_that_has_no_error_code_of_its_own_is_found_with_less_certainty(
    bench: Bench, code: str, limit: int
) -> None:
    bench.new(behavior=Behavior(quota=7, accepts_prospecting_result=False))

    refuse(bench, limited(bench, limit, ServiceError(code, "sample")))
    found = bench.run()

    assert (found["quota"].value, found["quota"].certainty) == (limit, "medium")
    assert code in found["quota"].note
    assert len(bench.contexts) == limit


def test_an_equal_refusal_of_the_sixth_request_is_no_limit(bench: Bench) -> None:
    bench.new(behavior=Behavior(quota=7, accepts_prospecting_result=False))

    found = bench.run()

    assert "sixth prospecting result" in bench.journal.steps
    assert not found["quota"].is_observed
    assert found["quota"].bounds == {"at_least": 5}


def test_a_service_that_takes_only_one_project_has_no_limit_of_contexts(bench: Bench) -> None:
    bench.new(behavior=Behavior(accepts_prospecting_result=False))

    def second_project(request: dict[str, Any]) -> ServiceError | None:
        is_project = "ContextIdentifier" not in request and "filler" in json.dumps(request)
        return ServiceError("ConflictException", "sample") if is_project else None

    refuse(bench, second_project)

    assert not bench.run()["quota"].is_observed


def strict(*values: str) -> Refuse:
    """Refuse the requests that contain a value in an unusual format."""

    def choose(request: dict[str, Any]) -> ServiceError | None:
        text = json.dumps(request)
        return ServiceError("ValidationException", "sample") if any(each in text for each in values) else None

    return choose


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        (['"us"'], set[str]()),
        (['"+1-555-0147"'], {"rewrites_phone"}),
        (['"us"', '"+1-555-0147"'], {"rewrites_phone"}),
    ],
)
@pytest.mark.parametrize("is_set", [True, False])
def test_a_refused_value_of_the_lead_hides_only_what_depends_on_it(
    bench: Bench, values: list[str], hidden: set[str], is_set: bool
) -> None:
    behavior = Behavior(
        rewrites_phone=is_set, fills_interaction_date=is_set, normalizes="always" if is_set else "never"
    )
    bench.new(behavior=behavior)

    refuse(bench, strict(*values))
    found = bench.run()

    assert (found["token_mismatch"].value, found["token_mismatch"].certainty) == ("conflict", "high")
    for name in ("rewrites_phone", "fills_interaction_date", "normalizes", "lead_interactions", "explicit_nulls"):
        if name in hidden:
            assert not found[name].is_observed
        else:
            assert (found[name].value, found[name].certainty) == (getattr(behavior, name), "high")
    assert "country" not in found["normalizes"].note


@pytest.mark.parametrize(
    ("field", "reported"),
    [
        ("Payload.Lead.Interactions[0].Contact.Email", "Payload.Lead.Interactions[0].Contact.Email"),
        ("Payload.Lead.Interactions.12.Contact", "Payload.Lead.Interactions.12.Contact"),
        ("Interactions[0][1]", "Interactions[0][1]"),
        ("123456789012", "?"),
        ("Engagement.123456789012", "?"),
        ("Engagement[123456789012]", "?"),
        ("eng-0123456789abcd", "?"),
        ("Payload[abc]", "?"),
        ("Größe", "?"),
        ("sample@example.com", "?"),
        ("", "?"),
    ],
)
def test_the_field_of_an_error_is_only_reported_if_it_is_a_path(field: str, reported: str) -> None:
    error = ApiError(
        Kind.INVALID,
        operation="CreateEngagementContext",
        code="ValidationException",
        message="sample",
        fields=[FieldError(field=field, message="sample", code="INVALID_VALUE")],
    )

    assert error_shape(error)["fields"] == [{"field": reported, "code": "INVALID_VALUE"}]


def test_reads_that_lose_an_older_context_do_not_lead_to_a_sixth(bench: Bench) -> None:
    bench.new(behavior=Behavior(quota=7, accepts_unknown_types=True))
    handle = bench.service.handle

    def forgetting(target: str, body: bytes) -> Reply:
        reply = handle(target, body)
        response = json.loads(reply.body)
        if target.endswith(".GetEngagement") and len(response.get("Contexts", ())) > 1:
            del response["Contexts"][0]
        return replace(reply, body=json.dumps(response).encode())

    bench.service.handle = forgetting  # type: ignore[method-assign]
    bench.run()

    assert len(bench.contexts) == 5


@pytest.mark.parametrize("read_lag", [0, 35])
def test_responses_without_context_ids_do_not_lead_to_a_sixth_context(bench: Bench, read_lag: int) -> None:
    bench.new(behavior=Behavior(quota=7, accepts_unknown_types=True, read_lag=read_lag))
    handle = bench.service.handle

    def anonymous(target: str, body: bytes) -> Reply:
        reply = handle(target, body)
        response = json.loads(reply.body)
        response.pop("ContextId", None)
        return replace(reply, body=json.dumps(response).encode())

    bench.service.handle = anonymous  # type: ignore[method-assign]
    bench.run()

    assert 1 <= len(bench.contexts) <= 5
