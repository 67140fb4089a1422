"""The figures that do not depend on the machine stay within limits: sizes, API calls, imported modules. No times.

Whoever raises a limit states the reason in the commit.
"""

from collections.abc import Iterator

import pytest

from benchmarks import functions, stacks
from benchmarks.functions import Function, Process
from benchmarks.measure import EVENTS, count_calls
from benchmarks.report import CALLS
from benchmarks.service import Service


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Function:
    return functions.ours(tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def test_the_zip_stays_small(function: Function) -> None:
    assert function.zip_size() <= 2_800_000


def test_the_function_imports_a_limited_number_of_modules(function: Function, service: Service) -> None:
    with Process(function, service.environment) as process:
        assert process.report()["modules"] <= 450


def test_each_event_makes_only_the_calls_that_it_needs(function: Function, service: Service) -> None:
    assert count_calls(function, service, EVENTS) == CALLS


def test_one_more_context_makes_few_calls_to_the_kernel() -> None:
    # Each context makes 7 calls. Each engagement is full, and its warning about contexts of AWS adds 2 calls for five contexts.
    assert stacks.kernel_calls_per_context("ours") <= 7.4


def test_one_more_context_adds_few_bytes_to_the_template() -> None:
    assert stacks.bytes_per_context("ours") <= 1460
