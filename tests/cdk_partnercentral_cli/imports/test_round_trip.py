"""Generated engagements: the file is synthesized, its events go through the function, and Partner Central is not written to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambda_handler.engagement_context.payloads import leaves
from tests.cdk_partnercentral_cli.imports.engagements import contexts
from tests.cdk_partnercentral_cli.imports.round_trip import as_cloudformation_sends, read, synthesized, written
from tests.lambda_handler.process.events import event
from tests.lambda_handler.process.harness import Cloud

PER_FILE = 30


def send(cloud: Cloud, request_type: str, properties: Any, **more: Any) -> tuple[Any, ...]:
    """Send an event. Return the response's Status, physical ID and Reason."""
    # `Cloud.send` would look for the payloads' values in the response, where `false` is no secret.
    sent = event(request_type, cloud.responses.url(), properties, **more)
    assert cloud.function.invoke(sent).error is None
    (put,) = cloud.responses.puts_to(sent["ResponseURL"])
    return tuple(put.response.get(name) for name in ("Status", "PhysicalResourceId", "Reason"))


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_deploying_generated_engagements_writes_nothing(
    start: Callable[..., Cloud], tmp_path: Path, count: int
) -> None:
    draw = random.Random(count)  # noqa: S311 - not a secret
    with start(scans=False) as cloud:
        service = cloud.service
        ids = [
            service.create_as_aws(
                title=f"Engagement {number}",
                description="",
                catalog="Sandbox",
                contexts=contexts(draw, damaged=number % 3 == 0),
            )
            for number in range(count)
        ]
        responses = [read(service, each) for each in ids]
        files = [written(responses[first : first + PER_FILE]) for first in range(0, count, PER_FILE)]
        declared = [as_cloudformation_sends(each) for each in synthesized([each.text for each in files], tmp_path)]
        service.calls.clear()

        for properties in declared:
            physical_id = f"Sandbox/{properties['EngagementIdentifier']}/{properties['ContextIdentifier']}"
            assert send(cloud, "Create", properties) == ("SUCCESS", physical_id, "")
            old = {"OldResourceProperties": properties, "PhysicalResourceId": physical_id}
            assert send(cloud, "Update", properties, **old) == ("SUCCESS", physical_id, "")

        assert Counter(cloud.operations) == {"GetEngagement": 2 * len(declared)}
        assert len(declared) == sum(each.contexts for each in files) > 2 * count
        assert {each["Type"] for each in declared} == {
            "AccountPlan", "CustomerAccount", "CustomerProject", "Lead", "ProspectingResult",
        }  # fmt: skip
        assert max(len(str(value)) for each in declared for _, value in leaves(each["Payload"])) > 20_000
        assert sum(each.left_out for each in files) > count / 10
