"""The tables of arguments are those of the code, and the limits in their texts are those of the checks."""

import re

from cdk_partnercentral._validation import arguments as checks
from cdk_partnercentral._validation import provider_options
from cdk_partnercentral._validation.rules import context_id_rule, description_rule, title_rule
from tests.docs.arguments import CONSTRUCTORS, PAGE, TABLE, names, payload_classes, written


def test_the_tables_are_as_the_code_says() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == written(page), "run `python -m tests.docs.arguments`"


def test_every_constructor_and_payload_class_has_a_table() -> None:
    assert names(PAGE.read_text(encoding="utf-8")) == [*CONSTRUCTORS, *payload_classes()]


def texts(class_: str) -> dict[str, str]:
    [table] = [found[2] for found in TABLE.finditer(PAGE.read_text(encoding="utf-8")) if found[1] == class_]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0].strip("`"): row[-1] for row in rows}


def test_every_argument_of_a_constructor_has_a_text() -> None:
    assert [(name, argument) for name in CONSTRUCTORS for argument, text in texts(name).items() if len(text) < 8] == []


def test_the_limits_are_those_of_the_checks() -> None:
    title, description, context_id = title_rule(), description_rule(), context_id_rule()
    engagement, context, provider = (
        texts(name) for name in ("Engagement", "EngagementContext", "PartnerCentralProvider")
    )

    assert engagement["title"] == f"{title.shortest} to {title.longest} characters"
    assert engagement["description"] == f"up to {description.longest} characters"
    assert context["existing_context_id"].startswith(f"{context_id.shortest} to {context_id.longest} characters")
    [longest] = re.findall(r"\{1,(\d+)\}", checks.CLIENT_TOKEN.pattern)
    for each in (engagement, context):
        assert each["client_token"].startswith(f"1 to {longest} letters and digits")
    assert f"(`{checks.AN_ID.replace(' followed', '` followed')})" in context["engagement_identifier"]
    assert provider["description"] == f"up to {provider_options.LONGEST_DESCRIPTION} characters"
    assert provider["memory_size"] == f"{provider_options.SMALLEST_MEMORY} to {provider_options.LARGEST_MEMORY:,} MB"
    shortest, most = provider_options.SHORTEST_TIMEOUT // 60, provider_options.LONGEST_TIMEOUT // 60
    assert provider["timeout"].startswith(f"{shortest} to {most} minutes, in whole seconds; {most} minutes by default")


def test_the_options_that_exclude_and_require_each_other_are_named() -> None:
    provider = texts("PartnerCentralProvider")

    for name, other in provider_options.REQUIRES.items():
        assert f"requires `{other}`" in provider[name]
    for name, other in provider_options.EXCLUDED_BY.items():
        assert f"`{other}`" in provider[name] or f"`{name}`" in provider[other], name
