"""The public names, their documentation in `help()`, and the examples in their docstrings."""

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
from cdk_partnercentral import CustomerProject, EngagementContext, PartnerCentralProvider
from cdk_partnercentral._checks import MOST_CONTEXTS
from cdk_partnercentral._validation.rules import Rule, description_rule, payload_rule, title_rule

PUBLIC = {
    "AccountCustomer",
    "BestOutreachWindow",
    "Catalog",
    "ChannelRecommendation",
    "CustomerAccount",
    "CustomerProject",
    "DayOfWeek",
    "Engagement",
    "EngagementContext",
    "EngagementContextType",
    "IEngagement",
    "IEngagementContext",
    "Industry",
    "Lead",
    "LeadAddress",
    "LeadContact",
    "LeadCustomer",
    "LeadInsights",
    "LeadInteraction",
    "LeadReadinessScore",
    "PartnerCentralProvider",
    "ProjectCustomer",
    "ProjectDetails",
    "ProspectingInsights",
    "ProspectingResult",
    "ProspectingResultAws",
    "ProspectingResultCustomer",
    "__version__",
}
MODULES = [
    each.name.removeprefix("cdk_partnercentral.")
    for each in pkgutil.walk_packages(cdk_partnercentral.__path__, "cdk_partnercentral.")
]


def test_all_is_the_public_api() -> None:
    assert set(cdk_partnercentral.__all__) == PUBLIC
    assert cdk_partnercentral.__all__ == sorted(cdk_partnercentral.__all__)


def test_every_name_without_an_underscore_is_exported() -> None:
    reachable = {
        name
        for name, value in vars(cdk_partnercentral).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert reachable == PUBLIC - {"__version__"}


def test_every_module_is_private() -> None:
    assert MODULES
    assert [name for name in MODULES if not name.startswith("_")] == []


def test_every_public_class_documents_its_aws_page_and_an_example() -> None:
    for name in PUBLIC - {"__version__"}:
        docstring = inspect.getdoc(getattr(cdk_partnercentral, name)) or ""
        assert "https://docs.aws.amazon.com/" in docstring, name
        assert "Example:\n    >>> " in docstring, name


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(f"cdk_partnercentral.{module}"))

    assert results.failed == 0


def test_the_examples_of_all_public_names_run() -> None:
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
        "PartnerCentralProvider.configure",
    }


def members() -> Iterator[tuple[str, Any]]:
    """The members that the public classes and their private bases define, by dotted name."""
    for name in PUBLIC - {"__version__"}:
        own = [
            each
            for each in getattr(cdk_partnercentral, name).__mro__
            if each.__module__.startswith("cdk_partnercentral")
        ]
        for member, value in {key: value for each in reversed(own) for key, value in vars(each).items()}.items():
            if not member.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
                yield f"{name}.{member}", value.__func__ if isinstance(value, staticmethod) else value


MEMBERS = dict(members())
OPTIONS = {*inspect.signature(PartnerCentralProvider).parameters} - {"scope", "id"}


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_every_public_member_is_documented_with_each_of_its_parameters(name: str) -> None:
    member = MEMBERS[name]
    function: Any = member.fget if isinstance(member, property) else member
    documented = inspect.getdoc(function) or ""
    parameters = {*inspect.signature(function).parameters} - {"self"}
    if name == "PartnerCentralProvider.configure":
        # The class documents the options.
        parameters = parameters - OPTIONS | {"options"}

    assert documented, name
    if parameters and name.startswith("IEngagement."):
        # The interface refers to the class for the details, so the parameters must be the same.
        of_class = MEMBERS[name.removeprefix("I")]
        assert documented.endswith(f"See `{name.removeprefix('I')}`.")
        assert inspect.signature(of_class) == inspect.signature(function)
        documented = inspect.getdoc(of_class) or ""
    for parameter in parameters:
        assert f"\n    {parameter}: " in documented, (name, parameter)


@pytest.mark.parametrize("name", ["Engagement", "EngagementContext", "PartnerCentralProvider"])
def test_every_parameter_of_a_construct_is_documented_in_the_class_docstring(name: str) -> None:
    construct = getattr(cdk_partnercentral, name)

    for parameter in inspect.signature(construct).parameters:
        assert f"\n    {parameter}: " in (inspect.getdoc(construct) or ""), parameter


CONTEXT_PARAMETERS = {
    "payload": inspect.Parameter.empty,
    "type": None,
    "client_token": None,
    "adopt_existing": None,
    "existing_context_id": None,
    "revision": None,
    "provider": None,
}


def keywords(function: Any) -> dict[str, Any]:
    """The keyword-only parameters with their defaults."""
    parameters = inspect.signature(function).parameters
    return {name: each.default for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}


def test_the_parameters_of_a_context_have_this_order() -> None:
    """Python alone would find `(*args, **kwargs)`, because of jsii's metaclass."""
    expected = {"engagement": None, "catalog": None, "engagement_identifier": None, **CONTEXT_PARAMETERS}

    assert list(keywords(EngagementContext).items()) == list(expected.items())
    assert [*inspect.signature(EngagementContext).parameters][:2] == ["scope", "id"]


def test_add_context_has_the_same_parameters() -> None:
    assert list(keywords(cdk_partnercentral.Engagement.add_context).items()) == list(CONTEXT_PARAMETERS.items())


def test_configure_has_the_parameters_of_the_provider_without_its_id() -> None:
    own, configure = (inspect.signature(each) for each in (PartnerCentralProvider, PartnerCentralProvider.configure))

    assert list(configure.parameters) == [name for name in own.parameters if name != "id"]
    assert configure.parameters["memory_size"] == own.parameters["memory_size"]


def test_a_subclass_shows_its_own_signature(stack: Stack, payload: CustomerProject) -> None:
    class Migration(EngagementContext):
        def __init__(self, scope: Stack, *, engagement: str = "eng-0123456789abcd") -> None:
            super().__init__(scope, "Migration", catalog="Sandbox", engagement_identifier=engagement, payload=payload)

    assert str(inspect.signature(Migration)).startswith("(scope: ")
    assert [*inspect.signature(Migration).parameters] == ["scope", "engagement"]
    assert Migration(stack).node.path == "Deals/Migration"


def help_text(name: str = "EngagementContext") -> str:
    """Pydoc's text about a construct, on one line, because newer Pythons wrap the signature and omit its quotes."""
    text = pydoc.plain(pydoc.render_doc(f"cdk_partnercentral.{name}"))
    return " ".join(text.replace("|  ", " ").replace("'", "").split())


def test_help_contains_the_signature_the_limits_and_an_example() -> None:
    text = help_text()

    assert (
        "engagement: IEngagement | None = None, catalog: Catalog | str | None = None, "
        "engagement_identifier: str | None = None, "
        "payload: CustomerProject | Lead | ProspectingResult | CustomerAccount | Mapping[str, Any]" in text
    )
    assert "adopt_existing: bool | None = None, existing_context_id: str | None = None" in text
    assert "*args" not in text
    # The docstring of the constructs library's own initializer.
    assert "Creates a new construct node" not in text
    assert "An engagement can probably contain five contexts" in text
    assert MOST_CONTEXTS == 5
    assert "if two constructs in a stage declare the same payload for one engagement" in text
    assert "payload=Lead(" in text


def test_help_of_an_engagement_is_enough_to_use_it() -> None:
    text = help_text("Engagement")

    assert (
        "*, catalog: Catalog | str, title: str, description: str | None = None, client_token: str | None = None, "
        "adopt_existing: bool | None = None, provider: PartnerCentralProvider | None = None" in text
    )
    assert "*args" not in text
    title, description = title_rule(), description_rule()
    assert f"title: The title of the engagement. String of {title.shortest} to {title.longest} characters" in text
    assert f"description: The description of the engagement. String of up to {description.longest} characters" in text
    assert "Partner Central can neither change nor delete an engagement" in text
    methods = ["add_context", "grant_read", "grant_update", "grant_convert", "on_event", "on_updated"]
    for method in [*methods, "from_engagement_id", "from_engagement_arn"]:
        assert f" {method}(" in text, method
    for attribute in ["catalog", "engagement_id", "engagement_arn", "env", "stack"]:
        assert f" {attribute} The " in text, attribute
    assert ">>> acme = Engagement(stack," in text


PARTS: dict[type, tuple[str, ...]] = {
    cdk_partnercentral.ProjectCustomer: ("CustomerProject", "Customer"),
    cdk_partnercentral.ProjectDetails: ("CustomerProject", "Project"),
    cdk_partnercentral.Lead: ("Lead",),
    cdk_partnercentral.LeadCustomer: ("Lead", "Customer"),
    cdk_partnercentral.LeadAddress: ("Lead", "Customer", "Address"),
    cdk_partnercentral.LeadInteraction: ("Lead", "Interactions"),
    cdk_partnercentral.LeadContact: ("Lead", "Interactions", "Contact"),
    cdk_partnercentral.CustomerAccount: ("CustomerAccount",),
    cdk_partnercentral.AccountCustomer: ("CustomerAccount", "Customer"),
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_help_contains_every_member_of_a_payload_with_the_limits_of_the_model(part: type) -> None:
    rule = payload_rule()
    for name in PARTS[part]:
        rule = rule.members[name].item or rule.members[name]
    # The list item of this class.
    item = help_text().partition(f"- `{part.__name__}`: ")[2].partition(" - `")[0].partition(" See ")[0]

    required, _, optional = item.partition("Optional: ")
    for field in dataclasses.fields(part):
        member_name = "".join(word.capitalize() for word in field.name.split("_"))
        member = rule.members[member_name]
        is_required = member_name in rule.required
        _, name, after = (required if is_required else optional).partition(f"`{field.name}`")
        assert name, field.name
        # The next parentheses contain the limits.
        assert allowed(member) in after.partition("(")[2].partition(")")[0], field.name


def allowed(rule: Rule) -> str:
    """The text that documents the limits of a member."""
    if rule.kind == "timestamp":
        return "a `datetime` with a time zone, or `2027-01-05T09:30:00Z`"
    if rule.kind == "structure":
        return "`"
    if rule.name == "EngagementCustomerProjectDetailsTargetCompletionDateString":
        return "a `date`, or `YYYY-MM-DD`"
    if rule.enum:
        return "two letters" if {len(value) for value in rule.enum} == {2} else "an `Industry`"
    if rule.name == "CustomerAccountArnOrIdentifier":
        return "`cust-acc-` followed by 13 lowercase letters or digits, or an ARN"
    if rule.pattern:
        length = re.match(r"\(\?=\.\{(\d+),(\d+)\}", rule.pattern.pattern)
        assert length
        return f"{length[1]} to {length[2]}"
    return f"{rule.shortest} to {rule.longest}" if rule.shortest else f"up to {rule.longest}"
