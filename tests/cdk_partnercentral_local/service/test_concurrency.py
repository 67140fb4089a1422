"""Many requests at the same time."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cdk_partnercentral_local import PartnerCentral
from tests.cdk_partnercentral_local.service.requests import Json, Serve, creating, payloads, updating


def send(service: PartnerCentral, operation: str, request: Json) -> Json:
    body = json.dumps({"Catalog": "Sandbox", **request}).encode()
    return dict(json.loads(service.handle(f"AWSPartnerCentralSelling.{operation}", body).body))


def test_simultaneous_creates_with_the_same_token_create_one_context(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    together = threading.Barrier(24)

    def create(_: int) -> str:
        together.wait(10)
        return str(client.create_engagement_context(**creating(engagement, project))["ContextId"])

    with ThreadPoolExecutor(24) as pool:
        ids = list(pool.map(create, range(24)))

    assert ids == ["1"] * 24
    assert len(payloads(service, engagement)) == 1
    assert len({call.answer for call in service.calls}) == 1
    assert sum(call.wrote for call in service.calls) == 1


def test_simultaneous_creates_with_different_tokens_do_not_exceed_the_quota(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    together = threading.Barrier(12)

    def create(number: int) -> str:
        together.wait(10)
        try:
            request = creating(engagement, project, ClientToken=str(number))
            return str(client.create_engagement_context(**request)["ContextId"])
        except client.exceptions.ServiceQuotaExceededException:
            return "full"

    with ThreadPoolExecutor(12) as pool:
        ids = sorted(pool.map(create, range(12)))

    assert ids == ["1", "2", "3", "4", "5"] + ["full"] * 7


def test_no_update_is_lost_if_all_writers_use_the_lock(project: Json) -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()
    project["CustomerProject"]["Project"]["Title"] = "0"
    service.as_aws.add_context(engagement, project)

    def increment(_: int) -> None:
        while True:
            read = send(service, "GetEngagement", {"Identifier": engagement})
            payload: Any = read["Contexts"][0]["Payload"]
            title = payload["CustomerProject"]["Project"]["Title"]
            payload["CustomerProject"]["Project"]["Title"] = str(int(title) + 1)
            request = updating(service, engagement, payload, EngagementLastModifiedAt=read["ModifiedAt"])
            if "ContextId" in send(service, "UpdateEngagementContext", request):
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(80)))

    (payload,) = payloads(service, engagement)
    assert payload["CustomerProject"]["Project"]["Title"] == "80"
    assert sum(call.wrote for call in service.calls) == 80


@pytest.fixture
def _frequent_thread_switches() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("_frequent_thread_switches")
def test_requests_of_several_threads_are_performed_one_at_a_time(project: Json) -> None:
    service = PartnerCentral()
    engagements = [service.create_engagement() for _ in range(200)]
    together = threading.Barrier(4)

    def create_all(_: int) -> list[Json]:
        together.wait(10)
        requests = [creating(each, project, ClientToken=each) for each in engagements]
        return [send(service, "CreateEngagementContext", request) for request in requests]

    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(create_all, range(4)))

    assert responses[0] == responses[1] == responses[2] == responses[3]
    assert {len(payloads(service, each)) for each in engagements} == {1}
    assert sum(call.wrote for call in service.calls) == 200
