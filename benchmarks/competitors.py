"""Who is measured: a function each, how it is started and how a context is declared to it.

Knows how each is built and nothing of what is measured.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import contexts, trees
from benchmarks.processes import Program
from benchmarks.work import HERE, WORK

# What Lambda sets, with invented credentials.
LAMBDA = {
    "AWS_ACCESS_KEY_ID": "invented",
    "AWS_SECRET_ACCESS_KEY": "invented",
    "AWS_SESSION_TOKEN": "invented",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HOME": str(WORK),
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
}


def aws_properties(engagement: str, number: int) -> dict[str, Any]:
    """Return the properties that AwsCustomResource gives its resource."""
    call = {
        "action": "createEngagementContext",
        "service": "@aws-sdk/client-partnercentral-selling",
        "parameters": {**contexts.properties(engagement, number), "ClientToken": f"deal-{number}"},
        "physicalResourceId": {"responsePath": "ContextId"},
        "region": "us-east-1",
    }
    return {"Create": json.dumps(call), "InstallLatestAwsSdk": "false"}


@dataclass(frozen=True, kw_only=True)
class Competitor:
    """A function.

    Attributes:
        title: What the tables call it.
        program: How it is started.
        properties: A resource's properties, from the engagement and the number of the context.
        calls: What one Create asks of Partner Central.
    """

    title: str
    program: Program
    properties: Callable[[str, int], Mapping[str, Any]] = contexts.properties
    calls: tuple[str, ...] = ("CreateEngagementContext",)


def python_program(folder: Path, module: str) -> Program:
    """Return how the runtime for Python starts a function from a folder."""
    # Isolated and without site-packages: what the code folder does not hold is not there. -B: it is read-only in Lambda.
    return Program(
        command=[sys.executable, "-I", "-S", "-B", str(HERE / "runner.py")],
        environment={**LAMBDA, "FUNCTION_PATH": str(folder), "FUNCTION": module},
    )


def _node(folder: Path) -> Program:
    return Program(
        command=[str(trees.NODE / "bin" / "node"), str(HERE / "aws_custom_resource" / "runner.cjs")],
        environment={**LAMBDA, "NODE_PATH": str(folder / "node_modules"), "FUNCTION": str(folder / "handler")},
    )


def competitors() -> dict[str, Competitor]:
    """Return them all, by the names that the results have, with their code laid out."""
    both = ("GetEngagement", "CreateEngagementContext")
    return {
        "ours": Competitor(
            title="cdk-partnercentral", program=python_program(trees.ours(), "lambda_handler.index"), calls=both
        ),
        "plain": Competitor(title="plain crhelper", program=python_program(trees.plain(), "handler")),
        "compiled": Competitor(
            title="plain crhelper with byte code", program=python_program(trees.plain_with_byte_code(), "handler")
        ),
        "aws": Competitor(
            title="AwsCustomResource", program=_node(trees.aws_custom_resource()), properties=aws_properties
        ),
        "floor": Competitor(title="the floor", program=python_program(trees.floor(), "handler"), calls=both),
    }
