"""Declares the same contexts in three ways, and measures the template and the synthesis time for each way."""

import cProfile
import json
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

from aws_cdk import App, CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr
from jsii._kernel.providers.process import _NodeProcess

import cdk_partnercentral
from cdk_partnercentral import EngagementContext

ROOT = Path(__file__).resolve().parents[1]
RESOURCE_TYPE = "Custom::EngagementContext"
# A description of typical length: about 480 characters. The API allows 2,000.
PROBLEM = ("The data center closes at the end of next year. " * 10).strip()
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
RESOURCES, ROLE_INLINE_CHARACTERS = 500, 10_240

# A function that declares one context in a stack. The arguments of the function are an engagement ID and the number of the
# context.
Declare = Callable[[str, int], object]


def payload(number: int) -> dict[str, Any]:
    """Return a typical payload: a CustomerProject with all members."""
    customer = {
        "CompanyName": f"Company {number}",
        "CountryCode": "US",
        "Industry": "Retail",
        "WebsiteUrl": f"https://company-{number}.example",
    }
    project = {"Title": f"Project {number}", "BusinessProblem": PROBLEM, "TargetCompletionDate": "2999-06-30"}
    return {"CustomerProject": {"Customer": customer, "Project": project}}


def properties(engagement: str, number: int) -> dict[str, Any]:
    """Return the properties of a custom resource that declares a context."""
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "Type": "CustomerProject",
        "Payload": payload(number),
    }


def ours(stack: Stack) -> Declare:
    """Declare contexts with this library."""
    return lambda engagement, number: EngagementContext(
        stack, f"Deal{number}", catalog="Sandbox", engagement_identifier=engagement, payload=payload(number)
    )


def bare(stack: Stack) -> Declare:
    """Declare contexts with `CustomResource`, which does not validate them."""
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    runtime = lambda_.Runtime.PYTHON_3_14
    function = lambda_.Function(stack, "Function", code=code, runtime=runtime, handler="index.handler")
    return lambda engagement, number: CustomResource(
        stack,
        f"Deal{number}",
        resource_type=RESOURCE_TYPE,
        service_token=function.function_arn,
        service_timeout=Duration.seconds(3000),
        removal_policy=RemovalPolicy.RETAIN,
        properties=properties(engagement, number),
    )


def aws_custom_resource(stack: Stack) -> Declare:
    """Declare contexts with `AwsCustomResource`.

    `AwsCustomResource` can create contexts, but it cannot update them. An update requires the engagement's time of last
    modification, and `AwsCustomResource` cannot pass this time from a read to the update.
    """

    def declare(engagement: str, number: int) -> object:
        call = cr.AwsSdkCall(
            service="@aws-sdk/client-partnercentral-selling",
            action="createEngagementContext",
            region="us-east-1",
            parameters={**properties(engagement, number), "ClientToken": f"deal-{number}"},
            physical_resource_id=cr.PhysicalResourceId.from_response("ContextId"),
        )
        arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"
        statement = iam.PolicyStatement(actions=["partnercentral:CreateEngagementContext"], resources=[arn])
        return cr.AwsCustomResource(
            stack,
            f"Deal{number}",
            resource_type=RESOURCE_TYPE,
            on_create=call,
            policy=cr.AwsCustomResourcePolicy.from_statements([statement]),
            install_latest_aws_sdk=False,
            removal_policy=RemovalPolicy.RETAIN,
        )

    return declare


WAYS: dict[str, Callable[[Stack], Declare]] = {"ours": ours, "bare": bare, "aws": aws_custom_resource}


def synthesize(way: str, number: int, *, engagements: int | None = None, folder: str | None = None) -> float:
    """Synthesize a stack of contexts, and return the duration in seconds.

    `engagements` is the number of engagements. By default, this number gives each engagement five contexts.
    """
    count = engagements or -(-number // 5)
    with tempfile.TemporaryDirectory() as temporary:
        started = time.perf_counter()
        app = App(outdir=folder or temporary, analytics_reporting=False)
        declare = WAYS[way](Stack(app, "Deals"))
        for each in range(number):
            declare(f"eng-{each % count:014d}", each)
        app.synth()
        return time.perf_counter() - started


def template(way: str, number: int, engagements: int | None = None) -> tuple[dict[str, Any], int]:
    """Return a stack's template, and the size of the template's file in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        synthesize(way, number, engagements=engagements, folder=folder)
        content = Path(folder, "Deals.template.json").read_bytes()
    return json.loads(content), len(content)


def bytes_per_context(way: str) -> float:
    """Return the number of bytes that each additional context adds to the template."""
    return (template(way, 20)[1] - template(way, 10)[1]) / 10


def kernel_calls_per_context(way: str) -> float:
    """Return the number of calls to the jsii kernel for each additional context. The kernel is a separate process."""
    counts = []
    for number in (10, 20):
        with mock.patch.object(_NodeProcess, "send", autospec=True, side_effect=_NodeProcess.send) as send:
            template(way, number)
        counts.append(send.call_count)
    return (counts[1] - counts[0]) / 10


def seconds_per_context(ways: Sequence[str], few: int, many: int) -> dict[str, float]:
    """Return the seconds that the synthesis takes for each additional context, keyed by the way to declare contexts.

    For each way, the function measures three pairs of a smaller and a larger stack. The result is the median difference in
    time, divided by the difference in the number of contexts. One new process synthesizes all stacks. Consecutive stacks
    declare their contexts in different ways. As a warm-up, the process first synthesizes a large stack for each way.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        numbers = [number for number in (many, *(few, many) * 3) for _ in ways]
        seconds = list(pool.map(synthesize, [*ways] * 7, numbers))
    own = {way: seconds[place :: len(ways)] for place, way in enumerate(ways)}
    return {
        way: statistics.median(large - small for large, small in zip(each[2::2], each[1::2], strict=True))
        / (many - few)
        for way, each in own.items()
    }


def library_share(number: int) -> float:
    """Return this library's share of Python's processor time in a synthesis. The share includes validation."""
    profile = cProfile.Profile(time.process_time)  # does not measure Node.js or any other process
    profile.runcall(synthesize, "ours", number)
    home = str(Path(cdk_partnercentral.__file__).parent)
    stats: Any = pstats.Stats(profile)
    own = 0.0
    for (file, _, _), (_, _, itself, _, callers) in stats.stats.items():
        if file.startswith(home):
            own += itself
        elif not any(name in file for name in ("/aws_cdk/", "/jsii/", "/constructs/")):
            own += sum(timing[3] for caller, timing in callers.items() if caller[0].startswith(home))
    return own / float(stats.total_tt)


def most_contexts(way: str) -> dict[str, int]:
    """Return the maximum number of contexts in a stack, for each limit.

    The number of resources is always limited. If each context adds an inline policy to a role, the total size of these policies
    is limited, too.
    """
    one, two = (template(way, number)[0]["Resources"] for number in (1, 2))
    found = {"by resources": 1 + (RESOURCES - len(one)) // (len(two) - len(one))}
    first, second = _inline_characters(one), _inline_characters(two)
    if second > first:
        found["by inline policies"] = 1 + (ROLE_INLINE_CHARACTERS - first) // (second - first)
    return found


def _inline_characters(resources: dict[str, Any]) -> int:
    """Return the number of characters in the inline policies. White space does not count, because IAM ignores it."""
    policies = [
        each["Properties"]["PolicyDocument"] for each in resources.values() if each["Type"] == "AWS::IAM::Policy"
    ]
    return sum(len(json.dumps(policy, separators=(",", ":"))) for policy in policies)
