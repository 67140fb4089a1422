"""The figures that do not depend on the machine stay where they are: sizes, API calls, imported modules. No times.

A limit that a change passes is raised in limits.json by whoever makes the change, with the reason in the commit; one that a
change leaves far below is lowered.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import calls, synthesis, trees
from benchmarks.competitors import Competitor, python_program
from benchmarks.processes import Process
from benchmarks.service_process import Service
from benchmarks.work import ROOT

LIMITS: dict[str, Any] = json.loads(Path(__file__).with_name("limits.json").read_text())
# What a limit may lie above its figure, so that it tells something.
SLACK = 1.25


@pytest.fixture(scope="module")
def function() -> Competitor:
    subprocess.run([sys.executable, "hatch_build.py"], check=True, cwd=ROOT, capture_output=True)
    return Competitor(title="ours", program=python_program(trees.ours(), "lambda_handler.index"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def within(name: str, figure: float) -> None:
    limit = LIMITS[name]
    assert figure <= limit, f"{name}: {figure:,.0f}, and the limit is {limit:,}"
    assert limit <= figure * SLACK, f"{name}: only {figure:,.0f}, so lower the limit of {limit:,}"


def test_the_zip_stays_small(function: Competitor) -> None:
    within("zip bytes, byte code included", trees.shipped())


def test_the_function_imports_no_more_at_start(function: Competitor, service: Service) -> None:
    service.prepare(1)
    with Process(function.program, service.environment) as process:
        within("modules imported at start", process.said()["modules"])


def test_each_event_makes_the_calls_that_it_needs(function: Competitor, service: Service) -> None:
    assert calls.calls(function, service) == LIMITS["calls"]


def test_one_more_context_asks_the_kernel_no_more() -> None:
    within("kernel calls for one more context", synthesis.kernel_calls("ours"))


def test_templates_stay_small() -> None:
    one_more = synthesis.marginal_bytes("ours")
    within("template bytes for one more context", one_more)
    within("template bytes of a stack with one context", synthesis.size("ours", 10) - 9 * one_more)
