"""Services that the settings of the local Partner Central do not describe, but that a real service might resemble."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior
from cdk_partnercentral_local.service import Reply, ServiceError
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
