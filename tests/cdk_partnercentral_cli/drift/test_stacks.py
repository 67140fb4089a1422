"""Which stacks `cdk-partnercentral drift` reads: nested stacks, and pages of stacks and resources."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.cdk_partnercentral_cli.drift.deployed import PROJECT, Deployed, changed, stack_arn

NESTED, DEEPER = "Deals-Nested-1ABC", "Deals-Nested-1ABC-Deeper-2DEF"


@pytest.fixture
def engagement(deployed: Deployed) -> str:
    """Deploy contexts in a nested stack, in one that it contains, and in the stack Others. The deepest context drifted."""
    engagement = deployed.engagement(
        {"CustomerProject": PROJECT}, {"CustomerProject": changed(Title="Moved")}, {"CustomerProject": PROJECT}
    )
    nested: dict[str, Any] = {"type_": "AWS::CloudFormation::Stack"}
    deployed.declare("Nested", {}, stack_arn(NESTED), **nested)
    deployed.declare("Deeper", {}, stack_arn(DEEPER), stack=NESTED, **nested)
    deployed.declare("Failed", {}, None, stack=NESTED, status="CREATE_FAILED", **nested)
    deployed.declare("Gone", {}, stack_arn("Deals-Gone-3ABC"), stack=NESTED, status="DELETE_COMPLETE", **nested)
    deployed.context("Upper", engagement, PROJECT, stack=NESTED)
    deployed.context("Lower", engagement, PROJECT, context="2", stack=DEEPER)
    deployed.context("Other", engagement, PROJECT, context="3", stack="Others")
    return engagement


def test_the_nested_stacks_of_a_stack_are_compared(deployed: Deployed, engagement: str) -> None:
    run = deployed.drift("Deals", "--json")

    assert (run.status, run.statuses) == (1, {"Upper": "IN_SYNC", "Lower": "DRIFTED"})
    assert run.json["stacks"] == [NESTED, DEEPER]
    assert [each["contextId"] for each in run.json["unmanagedContexts"]] == ["3"]


@pytest.mark.parametrize("names", [[], ["Deals", "Others"], ["Deals", NESTED, stack_arn(DEEPER), "Others"]])
def test_each_stack_is_read_once(deployed: Deployed, engagement: str, names: list[str]) -> None:
    run = deployed.drift("--json", *names)

    assert run.statuses == {"Upper": "IN_SYNC", "Lower": "DRIFTED", "Other": "IN_SYNC"}
    assert run.json["unmanagedContexts"] == []
    read = Counter(each["StackName"] for each in deployed.cloudformation.requests if each["Action"] == "GetTemplate")
    assert read == {stack_arn(NESTED): 1, stack_arn(DEEPER): 1, stack_arn("Others"): 1}


def test_only_a_throttled_page_is_read_again(deployed: Deployed) -> None:
    for number in range(4):
        engagement = deployed.engagement({"CustomerProject": PROJECT})
        deployed.context(f"Acme{number}", engagement, PROJECT, stack=f"Deals{number // 2}")
    cloudformation = deployed.cloudformation
    cloudformation.page_size = 1
    respond = cloudformation.respond
    seen: Counter[tuple[str, ...]] = Counter()

    def throttle_each_page_once(parameters: dict[str, str]) -> tuple[int, str]:
        page = tuple(parameters.get(name, "") for name in ("Action", "StackName", "NextToken"))
        seen[page] += 1
        if seen[page] == 1:
            cloudformation.fail("Throttling")
        return respond(parameters)

    cloudformation.respond = throttle_each_page_once  # type: ignore[method-assign]

    run = deployed.drift("--json")

    assert (run.status, len(run.statuses)) == (0, 4)
    assert set(seen.values()) == {2}
    assert Counter(action for action, *_ in seen) == {"DescribeStacks": 2, "ListStackResources": 4, "GetTemplate": 2}
