"""Client tokens: replays, other parameters, lifetime."""

from typing import Any

import pytest

from cdk_partnercentral_local import PartnerCentral
from tests.cdk_partnercentral_local.service.requests import (
    MISSING,
    Json,
    Serve,
    creating,
    error_code,
    error_response,
    payloads,
    without_project,
)


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_the_same_token_and_parameters_get_the_first_response_again(serve: Serve, project: Json, mismatch: str) -> None:
    service, client = serve(token_mismatch=mismatch)
    engagement = service.create_engagement()
    first = client.create_engagement_context(**creating(engagement, project))
    service.as_aws.touch(engagement)

    again = client.create_engagement_context(**creating(engagement, project))

    assert again["ContextId"] == first["ContextId"] == "1"
    assert payloads(service, engagement) == [project]
    one, two = service.calls
    assert one.answer == two.answer
    assert (one.wrote, two.wrote) == (True, False)


def test_a_replay_succeeds_when_the_engagement_is_full(serve: Serve, project: Json) -> None:
    service, client = serve(quota=1)
    engagement = service.create_engagement()

    ids = [client.create_engagement_context(**creating(engagement, project))["ContextId"] for _ in range(2)]

    assert ids == ["1", "1"]


def test_create_engagement_has_its_own_tokens(serve: Serve, project: Json) -> None:
    service, client = serve()

    first = client.create_engagement(Catalog="Sandbox", Title="A", ClientToken="token")
    again = client.create_engagement(Catalog="Sandbox", Title="A", ClientToken="token")
    client.create_engagement_context(**creating(first["Id"], project))

    assert first["Id"] == again["Id"]
    other = {"Catalog": "Sandbox", "Title": "B", "ClientToken": "token"}
    assert error_code(client.create_engagement, **other) == "ConflictException"
    assert payloads(service, first["Id"]) == [project]


def with_other_parameters(service: PartnerCentral, engagement: str, project: Json) -> list[Json]:
    return [
        creating(engagement, without_project(project)),
        creating(service.create_engagement(), project),
        creating(engagement, project, EngagementIdentifier=service.engagement(engagement)["Arn"]),
        creating(service.create_engagement(catalog="AWS"), project, Catalog="AWS"),
    ]


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_a_used_token_with_other_parameters_writes_nothing(serve: Serve, project: Json, mismatch: str) -> None:
    service, client = serve(token_mismatch=mismatch)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    for request in with_other_parameters(service, engagement, project):
        if mismatch == "replay":
            assert client.create_engagement_context(**request)["EngagementId"] == engagement
            assert service.calls[-1].answer == service.calls[0].answer
            continue
        response = error_response(client.create_engagement_context, **request)
        if mismatch == "conflict":
            assert response["Error"] == {
                "Code": "ConflictException",
                "Message": "The client token was used before with different parameters",
            }
        else:
            message = "'token' was used before with different parameters"
            assert response["Reason"] == "REQUEST_VALIDATION_FAILED"
            assert response["ErrorList"] == [{"FieldName": "ClientToken", "Code": "INVALID_VALUE", "Message": message}]

    assert payloads(service, engagement) == [project]
    assert [call.wrote for call in service.calls] == [True, False, False, False, False]


def test_a_failed_create_does_not_use_its_token(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    error_response(client.create_engagement_context, **creating(MISSING, project))

    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"


def test_a_token_expires_after_its_lifetime_and_a_replay_does_not_extend_it(
    serve: Serve, clock: Any, project: Json
) -> None:
    service, client = serve(clock=clock, token_lifetime=60)
    engagement = service.create_engagement()

    ids = []
    for seconds in (0, 30, 29.999, 0.001):
        clock.advance(seconds)
        ids.append(client.create_engagement_context(**creating(engagement, project))["ContextId"])

    assert ids == ["1", "1", "1", "2"]


def test_a_token_does_not_expire_by_default(serve: Serve, clock: Any, project: Json) -> None:
    service, client = serve(clock=clock)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    clock.advance(10 * 365 * 86_400)

    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"
