"""What the library exports, and that the examples in its docstrings run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import cdk_partnercentral

PUBLIC = {
    "Address",
    "Catalog",
    "Contact",
    "Customer",
    "CustomerProject",
    "EngagementContext",
    "EngagementContextProvider",
    "EngagementContextType",
    "Industry",
    "Insights",
    "Interaction",
    "Lead",
    "LeadCustomer",
    "Project",
    "__version__",
}
MODULES = [each.name for each in pkgutil.iter_modules(cdk_partnercentral.__path__)]


def test_all_is_the_public_api() -> None:
    assert set(cdk_partnercentral.__all__) == PUBLIC
    assert cdk_partnercentral.__all__ == sorted(cdk_partnercentral.__all__)


def test_everything_that_is_reachable_without_an_underscore_is_exported() -> None:
    reachable = {
        name
        for name, value in vars(cdk_partnercentral).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert reachable == PUBLIC - {"__version__"}


def test_every_module_is_private() -> None:
    assert MODULES
    assert [name for name in MODULES if not name.startswith("_")] == []


def test_every_public_class_tells_its_purpose_its_aws_page_and_an_example() -> None:
    for name in PUBLIC - {"__version__"}:
        docstring = inspect.getdoc(getattr(cdk_partnercentral, name)) or ""
        assert "https://docs.aws.amazon.com/" in docstring, name
        assert "Example:\n    >>> " in docstring, name


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(f"cdk_partnercentral.{module}"))

    assert results.failed == 0


def test_the_construct_takes_what_the_design_names_in_its_order() -> None:
    parameters = inspect.signature(cdk_partnercentral.EngagementContext.__init__).parameters

    assert {name: each.default for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY} == {
        "catalog": inspect.Parameter.empty,
        "engagement_identifier": inspect.Parameter.empty,
        "payload": inspect.Parameter.empty,
        "type": None,
        "client_token": None,
        "adopt_existing": True,
        "context_identifier": None,
        "provider": None,
    }
    assert [name for name, each in parameters.items() if each.kind is each.POSITIONAL_OR_KEYWORD] == [
        "self",
        "scope",
        "id",
    ]
