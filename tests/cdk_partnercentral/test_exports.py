"""What the library exports, what `help()` says of it, and that the examples in its docstrings run."""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import pydoc
import re
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import Stack

import cdk_partnercentral
from cdk_partnercentral import CustomerProject, EngagementContext
from cdk_partnercentral._conflicts import MOST_CONTEXTS
from cdk_partnercentral._model import Rule, payload_rule

PUBLIC = {
    "Address",
    "Catalog",
    "Contact",
    "Customer",
    "CustomerProject",
    "Engagement",
    "EngagementContext",
    "PartnerCentralProvider",
    "EngagementContextType",
    "IEngagementContext",
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


def test_every_public_example_is_among_those_that_run() -> None:
    found = {
        test.name.removeprefix(f"cdk_partnercentral.{module}.")
        for module in MODULES
        for test in doctest.DocTestFinder().find(importlib.import_module(f"cdk_partnercentral.{module}"))
        if test.examples
    }

    assert found >= PUBLIC - {"__version__"}
    assert found >= {
        "EngagementContext.from_engagement_context_attributes",
        "Engagement.from_engagement_arn",
        "Engagement.from_engagement_id",
    }


def members() -> Iterator[tuple[str, Any]]:
    """What the public classes define themselves, by its dotted name."""
    for name in PUBLIC - {"__version__"}:
        for member, value in vars(getattr(cdk_partnercentral, name)).items():
            if not member.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
                yield f"{name}.{member}", value.__func__ if isinstance(value, staticmethod) else value


MEMBERS = dict(members())


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_every_public_member_is_documented_with_each_of_its_parameters(name: str) -> None:
    member = MEMBERS[name]
    function: Any = member.fget if isinstance(member, property) else member
    documented = inspect.getdoc(function) or ""
    parameters = [each for each in inspect.signature(function).parameters if each != "self"]

    assert documented, name
    for parameter in parameters:
        assert f"\n    {parameter}: " in documented, (name, parameter)


@pytest.mark.parametrize("name", ["EngagementContext", "PartnerCentralProvider"])
def test_every_parameter_of_a_construct_is_documented_at_the_class(name: str) -> None:
    construct = getattr(cdk_partnercentral, name)

    for parameter in inspect.signature(construct).parameters:
        assert f"\n    {parameter}: " in (inspect.getdoc(construct) or ""), parameter


CONTEXT_PARAMETERS = {
    "payload": inspect.Parameter.empty,
    "type": None,
    "client_token": None,
    "adopt_existing": True,
    "existing_context_id": None,
    "provider": None,
}


def keywords(function: Any) -> dict[str, Any]:
    """The keyword-only parameters with their defaults."""
    parameters = inspect.signature(function).parameters
    return {name: each.default for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}


def test_the_construct_takes_what_the_design_names_in_its_order() -> None:
    """Behind jsii's metaclass too, where Python by itself would find `(*args, **kwargs)`."""
    empty = inspect.Parameter.empty
    expected = {"catalog": empty, "engagement_identifier": empty, **CONTEXT_PARAMETERS}

    assert list(keywords(EngagementContext).items()) == list(expected.items())
    assert [*inspect.signature(EngagementContext).parameters][:2] == ["scope", "id"]


def test_an_engagement_takes_for_its_contexts_what_they_take() -> None:
    assert list(keywords(cdk_partnercentral.Engagement.add_context).items()) == list(CONTEXT_PARAMETERS.items())


def test_a_subclass_shows_its_own_signature(stack: Stack, payload: CustomerProject) -> None:
    class Migration(EngagementContext):
        def __init__(self, scope: Stack, *, engagement: str = "eng-0123456789abcd") -> None:
            super().__init__(scope, "Migration", catalog="Sandbox", engagement_identifier=engagement, payload=payload)

    assert str(inspect.signature(Migration)).startswith("(scope: ")
    assert [*inspect.signature(Migration).parameters] == ["scope", "engagement"]
    assert Migration(stack).node.path == "Deals/Migration"


def told_by_pydoc() -> str:
    """What pydoc says of the construct. Newer Pythons break the signature into lines, and leave the quotes out."""
    text = pydoc.plain(pydoc.render_doc("cdk_partnercentral.EngagementContext"))
    return " ".join(text.replace("|  ", " ").replace("'", "").split())


def test_pydoc_tells_signature_defaults_and_all_that_is_needed() -> None:
    said = told_by_pydoc()

    assert (
        "catalog: Catalog | str, engagement_identifier: str, payload: CustomerProject | Lead | Mapping[str, Any]"
        in said
    )
    assert "adopt_existing: bool = True, existing_context_id: str | None = None" in said
    assert "*args" not in said
    # Nothing of the constructs library's own text in place of ours.
    assert "Creates a new construct node" not in said
    assert "five contexts" in said
    assert MOST_CONTEXTS == 5
    assert "Two contexts of a stack that say the same of one engagement are an error at synthesis" in said
    assert "payload=Lead(" in said


PARTS: dict[type, tuple[str, ...]] = {
    cdk_partnercentral.ProjectCustomer: ("CustomerProject", "Customer"),
    cdk_partnercentral.ProjectDetails: ("CustomerProject", "Project"),
    cdk_partnercentral.Lead: ("Lead",),
    cdk_partnercentral.LeadCustomer: ("Lead", "Customer"),
    cdk_partnercentral.LeadAddress: ("Lead", "Customer", "Address"),
    cdk_partnercentral.LeadInteraction: ("Lead", "Interactions"),
    cdk_partnercentral.LeadContact: ("Lead", "Interactions", "Contact"),
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_pydoc_tells_every_member_of_a_payload_with_what_the_model_allows(part: type) -> None:
    rule = payload_rule()
    for name in PARTS[part]:
        rule = rule.members[name].item or rule.members[name]
    # From "A `Lead`:" to the next of these.
    told = told_by_pydoc().partition(f"- `{part.__name__}`: ")[2].partition(" - `")[0].partition(" See ")[0]

    required, _, optional = told.partition("Optional: ")
    for field in dataclasses.fields(part):
        member = rule.members["".join(word.capitalize() for word in field.name.split("_"))]
        is_required = field.default is dataclasses.MISSING
        _, name, after = (required if is_required else optional).partition(f"`{field.name}`")
        assert name, field.name
        # The next brackets hold what is said of it.
        assert allowed(member) in after.partition("(")[2].partition(")")[0], field.name


def allowed(rule: Rule) -> str:
    """What is to be said of a member."""
    if rule.kind == "timestamp":
        return "a `datetime` with a time zone, or `2027-01-05T09:30:00Z`"
    if rule.kind == "structure":
        return "`"
    if rule.name == "EngagementCustomerProjectDetailsTargetCompletionDateString":
        return "a `date`, or `YYYY-MM-DD`"
    if rule.enum:
        return "two letters" if {len(value) for value in rule.enum} == {2} else "an `Industry`"
    if rule.pattern:
        length = re.match(r"\(\?=\.\{(\d+),(\d+)\}", rule.pattern.pattern)
        assert length
        return f"{length[1]} to {length[2]}"
    return f"{rule.shortest} to {rule.longest}" if rule.shortest else f"up to {rule.longest}"
