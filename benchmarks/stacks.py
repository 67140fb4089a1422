"""The same contexts declared in four ways, and what each stack becomes.

Run as `python -m benchmarks.stacks`, it synthesises what it is told on standard input and says how long each took: in a process
of its own, so that no measurement inherits what another one left in the CDK's kernel.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from aws_cdk import App, CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr

from benchmarks import contexts
from cdk_partnercentral import Catalog, CustomerProject, EngagementContext, Industry, ProjectCustomer, ProjectDetails

# Declares one context in a stack, of the engagement and the number given.
Declare: TypeAlias = Callable[[str, int], object]
RESOURCE_TYPE = "Custom::EngagementContext"


def ours(stack: Stack) -> Declare:
    """Declare by this library, with its classes."""

    def declare(engagement: str, number: int) -> object:
        given = contexts.payload(number)["CustomerProject"]
        customer, project = given["Customer"], given["Project"]
        return EngagementContext(
            stack,
            f"Deal{number}",
            catalog=Catalog.SANDBOX,
            engagement_identifier=engagement,
            payload=CustomerProject(
                customer=ProjectCustomer(
                    company_name=customer["CompanyName"],
                    country_code=customer["CountryCode"],
                    industry=Industry(customer["Industry"]),
                    website_url=customer["WebsiteUrl"],
                ),
                project=ProjectDetails(
                    title=project["Title"],
                    business_problem=project["BusinessProblem"],
                    target_completion_date=project["TargetCompletionDate"],
                ),
            ),
        )

    return declare


def bare(stack: Stack) -> Declare:
    """Declare the same resources by `CustomResource`, checked by nobody, on a function with an inline handler."""
    function = _function(stack)
    return lambda engagement, number: CustomResource(
        stack,
        f"Deal{number}",
        resource_type=RESOURCE_TYPE,
        service_token=function.function_arn,
        service_timeout=Duration.seconds(3000),
        removal_policy=RemovalPolicy.RETAIN,
        properties=contexts.properties(engagement, number),
    )


def provider_framework(stack: Stack) -> Declare:
    """Declare by `CustomResource` on the Provider framework, around the same function."""
    provider = cr.Provider(stack, "Provider", on_event_handler=_function(stack))
    return lambda engagement, number: CustomResource(
        stack,
        f"Deal{number}",
        resource_type=RESOURCE_TYPE,
        service_token=provider.service_token,
        removal_policy=RemovalPolicy.RETAIN,
        properties=contexts.properties(engagement, number),
    )


def aws_custom_resource(stack: Stack) -> Declare:
    """Declare by `AwsCustomResource`: one call at Create, none at Update, since it cannot hand on the lock that one needs."""

    def declare(engagement: str, number: int) -> object:
        call = cr.AwsSdkCall(
            service="@aws-sdk/client-partnercentral-selling",
            action="createEngagementContext",
            region="us-east-1",
            parameters={**contexts.properties(engagement, number), "ClientToken": f"deal-{number}"},
            physical_resource_id=cr.PhysicalResourceId.from_response("ContextId"),
        )
        actions = ["partnercentral:CreateEngagementContext"]
        arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"
        policy = cr.AwsCustomResourcePolicy.from_statements([iam.PolicyStatement(actions=actions, resources=[arn])])
        return cr.AwsCustomResource(
            stack,
            f"Deal{number}",
            resource_type=RESOURCE_TYPE,
            on_create=call,
            policy=policy,
            install_latest_aws_sdk=False,
            removal_policy=RemovalPolicy.RETAIN,
        )

    return declare


WAYS: dict[str, Callable[[Stack], Declare]] = {
    "ours": ours,
    "bare": bare,
    "provider": provider_framework,
    "aws": aws_custom_resource,
}


def _function(stack: Stack) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(stack, "Function", code=code, runtime=runtime, handler="index.handler")


def synthesise(way: str, folder: Path, *, number: int, engagements: int | None = None) -> float:
    """Declare and synthesise contexts; return the seconds it took.

    Args:
        way: One of `WAYS`.
        folder: Where the cloud assembly is put.
        number: How many contexts.
        engagements: On how many engagements; five to each if it is left out.
    """
    count = engagements or -(-number // 5)
    started = time.perf_counter()
    app = App(outdir=str(folder), analytics_reporting=False)
    declare = WAYS[way](Stack(app, "Deals"))
    for each in range(number):
        declare(f"eng-{each % count:014d}", each)
    app.synth()
    return time.perf_counter() - started


def template(way: str, *, number: int, engagements: int | None = None) -> tuple[dict[str, Any], int]:
    """Return a stack's template and its size in bytes, as the CDK writes it."""
    with tempfile.TemporaryDirectory() as folder:
        synthesise(way, Path(folder), number=number, engagements=engagements)
        content = (Path(folder) / "Deals.template.json").read_bytes()
    return json.loads(content), len(content)


def main() -> None:
    """Time each of the tasks on standard input: a list of pairs, the way and the number of contexts."""
    seconds = []
    for way, number in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            seconds.append(synthesise(way, Path(folder), number=number))
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
