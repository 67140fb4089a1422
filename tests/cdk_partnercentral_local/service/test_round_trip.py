"""Every payload that the model allows is read as it was written, through the SDK."""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.model import ListShape, Shape, StringShape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdk_partnercentral_local import Behavior, PartnerCentral
from cdk_partnercentral_local.service import service_model
from tests.cdk_partnercentral_local.service.requests import Json, creating, updating

LENGTHS = re.compile(r"\(\?s\)\.\{(\d+),(\d+)\}")


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that a shape allows."""
    if isinstance(shape, StructureShape):
        members = {name: values(member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member), min_size=shape.metadata.get("min", 0), max_size=3)
    if isinstance(shape, StringShape):
        return strings(shape)
    assert shape.type_name == "timestamp"
    # botocore formats earlier years with fewer than four digits, which is not ISO 8601.
    return st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(timezone.utc))  # noqa: DTZ001 - hypothesis requires it


def strings(shape: StringShape) -> st.SearchStrategy[str]:
    pattern = shape.metadata.get("pattern", "")
    lengths = LENGTHS.fullmatch(pattern)
    if shape.enum:
        return st.sampled_from(shape.enum)
    if pattern and not lengths:
        return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(lambda text: len(text) <= 255)
    low, high = map(int, lengths.groups()) if lengths else (shape.metadata.get("min", 0), shape.metadata.get("max", 99))
    return st.text(min_size=low, max_size=min(high, low + 10)) | st.just("é" * high)


def payloads(union: str) -> st.SearchStrategy[Json]:
    shape = service_model().shape_for(union)
    assert isinstance(shape, StructureShape)
    return st.one_of([st.fixed_dictionaries({name: values(member)}) for name, member in shape.members.items()])


@pytest.fixture(scope="module")
def in_process(sdk: Any) -> Callable[[PartnerCentral], Any]:
    """Returns a real SDK client that calls the service without a socket."""
    services: list[PartnerCentral] = []
    client = sdk.client("partnercentral-selling", endpoint_url="http://local.example")

    def send(request: Any, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        target = target.decode() if isinstance(target, bytes) else target
        reply = services[-1].handle(target, request.body)
        headers: Any = HeadersDict(reply.headers)
        raw: Any = type("Raw", (), {"stream": lambda _: iter([reply.body])})()
        return AWSResponse(request.url, reply.status, headers, raw)

    client.meta.events.register("before-send.partnercentral-selling", send)

    def connected(service: PartnerCentral) -> Any:
        services.append(service)
        return client

    return connected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(created=payloads("EngagementContextPayload"), changed=payloads("UpdateEngagementContextPayload"))
def test_a_payload_is_read_as_it_was_written(in_process: Any, created: Json, changed: Json) -> None:
    service = PartnerCentral(Behavior(lock="microsecond", fills_interaction_date=False))
    client = in_process(service)
    engagement = service.create_engagement()
    kind = next(iter(created))

    client.create_engagement_context(**creating(engagement, created))

    read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    assert read["Contexts"] == [{"Id": "1", "Type": kind, "Payload": created}]

    if kind in changed:
        client.update_engagement_context(**updating(service, engagement, changed))
        stored = client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Contexts"][0]["Payload"]
        if kind == "Lead":
            added = changed["Lead"].pop("Interaction", None)
            changed["Lead"]["Interactions"] = created["Lead"]["Interactions"] + ([added] if added else [])
        assert stored == changed
