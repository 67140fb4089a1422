"""Measures the four ways to declare contexts at synthesis: time and bytes for one more, and how many a stack holds."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any
from unittest import mock

from jsii._kernel.providers.process import _NodeProcess as NodeProcess

from benchmarks import stacks
from benchmarks.work import ROOT

# CloudFormation's and IAM's limits, in resources, bytes and characters.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
RESOURCES, TEMPLATE_BYTES = 500, 1_000_000
ROLE_INLINE_CHARACTERS, MANAGED_CHARACTERS = 10_240, 6_144
TIMES = 3


def marginal_seconds(ways: Sequence[str], few: int, many: int) -> dict[str, float]:
    """Return the seconds for one more context, each way, from two stacks in one fresh process: the median of three times.

    Args:
        ways: In this order, after a large stack of each to warm up.
        few: How many contexts the smaller stack has.
        many: How many the larger one has.
    """
    tasks = [(way, number) for number in (many, *(few, many) * TIMES) for way in ways]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.stacks"],
        cwd=ROOT,
        input=json.dumps(tasks),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    seconds = json.loads(done.stdout)
    return {way: _marginal(seconds[place :: len(ways)]) / (many - few) for place, way in enumerate(ways)}


def _marginal(seconds: Sequence[float]) -> float:
    """Return how much longer the larger stack takes, from a way's own times: the warm-up, then smaller and larger in turn."""
    smaller, larger = seconds[1::2], seconds[2::2]
    return statistics.median(each - other for each, other in zip(larger, smaller, strict=True))


def marginal_bytes(way: str, few: int = 10, many: int = 20) -> float:
    """Return the bytes of template for one more context; every name in it is as long as every other's."""
    return (size(way, many) - size(way, few)) / (many - few)


def size(way: str, number: int) -> int:
    """Return the bytes of the template of a stack with so many contexts."""
    return stacks.template(way, number=number)[1]


def fits(way: str, number: int, engagements: int) -> dict[str, Any]:
    """Synthesise one stack; return its size, and which limits of AWS it does not keep."""
    template, size = stacks.template(way, number=number, engagements=engagements)
    resources = template["Resources"]
    broken = []
    if len(resources) > RESOURCES:
        broken.append(f"{len(resources)} resources")
    if size > TEMPLATE_BYTES:
        broken.append(f"{size:,} bytes of template")
    return {"resources": len(resources), "bytes": size, "broken": [*broken, *_broken_policies(resources)]}


def most(way: str) -> int:
    """Return how many contexts of this kind CloudFormation's limit on resources leaves room for."""
    one, two = (len(stacks.template(way, number=number)[0]["Resources"]) for number in (1, 2))
    return 1 + (RESOURCES - one) // (two - one)


def most_inline(way: str) -> int:
    """Return how many leave the role's inline policies within IAM's limit, where each context adds one."""
    one, two = (max(_inline(stacks.template(way, number=number)[0]["Resources"]).values()) for number in (1, 2))
    return 1 + (ROLE_INLINE_CHARACTERS - one) // (two - one)


def _inline(resources: dict[str, Any]) -> dict[str, int]:
    """Return the characters of each role's inline policies."""
    found: dict[str, int] = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Policy":
            for role in resource["Properties"]["Roles"]:
                found[role["Ref"]] = found.get(role["Ref"], 0) + _characters(resource["Properties"])
    return found


def _broken_policies(resources: dict[str, Any]) -> list[str]:
    broken = []
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and _characters(properties) > MANAGED_CHARACTERS:
            broken.append(f"managed policy {name} of {_characters(properties):,} characters")
    inline = _inline(resources).values()
    return [*broken, *(f"{size:,} characters of inline policies" for size in inline if size > ROLE_INLINE_CHARACTERS)]


def _characters(properties: Any) -> int:
    """Count a policy's characters as IAM does, without white space; what the template leaves open counts as written there."""
    return len(json.dumps(properties["PolicyDocument"], separators=(",", ":")))


def kernel_calls(way: str, few: int = 10, many: int = 20) -> float:
    """Return how often one more context asks the kernel of the CDK, which is another process: that is what takes the time."""
    return (_asked(way, many) - _asked(way, few)) / (many - few)


def _asked(way: str, number: int) -> int:
    asked = 0
    send = NodeProcess.send

    def counted(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return send(*arguments)

    with mock.patch.object(NodeProcess, "send", counted):
        stacks.template(way, number=number)
    return asked
