"""The maximum number of contexts, rate limits, and latency."""

from typing import Any

import pytest

from tests.cdk_partnercentral_local.service.requests import (
    Json,
    Serve,
    creating,
    error_code,
    error_response,
    payloads,
)


@pytest.mark.parametrize("quota", [0, 2])
def test_a_create_that_exceeds_the_quota_fails(serve: Serve, project: Json, quota: int) -> None:
    service, client = serve(quota=quota)
    engagement = service.create_engagement()
    for number in range(quota):
        client.create_engagement_context(**creating(engagement, project, ClientToken=str(number)))
    contexts = [{"Type": "CustomerProject", "Payload": project}] * (quota + 1)

    one_more = creating(engagement, project, ClientToken="last")
    new_engagement = {"Catalog": "Sandbox", "Contexts": contexts}

    assert error_code(client.create_engagement_context, **one_more) == "ServiceQuotaExceededException"
    assert error_code(client.create_engagement, **new_engagement) == "ServiceQuotaExceededException"
    assert len(payloads(service, engagement)) == quota
    full = client.create_engagement(Catalog="Sandbox", Contexts=contexts[1:])["Id"]
    assert len(payloads(service, full)) == quota


def test_the_default_quota_is_five_contexts(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    for number in range(5):
        client.create_engagement_context(**creating(engagement, project, ClientToken=str(number)))

    response = error_response(client.create_engagement_context, **creating(engagement, project))

    assert response["Error"]["Code"] == "ServiceQuotaExceededException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert [each["Id"] for each in service.engagement(engagement)["Contexts"]] == ["1", "2", "3", "4", "5"]


def test_contexts_that_aws_adds_count_toward_the_quota(serve: Serve, project: Json) -> None:
    service, client = serve(quota=1)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)

    request = creating(engagement, project)

    assert error_code(client.create_engagement_context, **request) == "ServiceQuotaExceededException"


@pytest.mark.parametrize(("rate", "burst"), [(2, 2), (0.5, 1)])
def test_writes_that_exceed_the_rate_are_throttled(
    serve: Serve, clock: Any, project: Json, rate: float, burst: int
) -> None:
    service, client = serve(clock=clock, writes_per_second=rate)
    engagement = service.create_engagement()

    def write() -> str:
        try:
            client.create_engagement_context(**creating(engagement, project))
        except client.exceptions.ThrottlingException:
            return "throttled"
        return "done"

    assert [write() for _ in range(burst + 2)] == ["done"] * burst + ["throttled"] * 2
    clock.advance(1 / rate - 0.01)
    assert write() == "throttled"
    clock.advance(0.01)
    assert [write(), write()] == ["done", "throttled"]
    clock.advance(1_000)
    assert [write() for _ in range(burst + 1)] == ["done"] * burst + ["throttled"]
    assert client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Id"] == engagement


def test_reads_that_exceed_the_rate_are_throttled_and_writes_are_not(serve: Serve, clock: Any, project: Json) -> None:
    service, client = serve(clock=clock, reads_per_second=1)
    engagement = service.create_engagement()
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    response = error_response(client.list_engagements, Catalog="Sandbox")

    assert response["Error"] == {"Code": "ThrottlingException", "Message": "Too many requests. Retry later."}
    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"


def test_each_request_waits_for_the_latency(serve: Serve, clock: Any) -> None:
    service, client = serve(clock=clock, latency=1.5)
    engagement = service.create_engagement()
    start = clock.now

    for _ in range(2):
        client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    assert clock.now - start == 3_000_000_000
