"""The page of rule packs contains what cdk-nag and cfn-lint find, and nothing is hidden from them."""

from collections.abc import Callable
from typing import Any

import cdk_nag
import pytest

from tests.docs.rules import (
    COLUMNS,
    NOTES,
    PACKS,
    PAGE,
    STACKS,
    Rows,
    lint_results,
    nag_results,
    page_with,
    rows,
    table,
    templates,
)

PLUGINS: dict[str, Callable[[], Any]] = {
    "AwsSolutions": cdk_nag.AwsSolutionsChecks,
    "Serverless": cdk_nag.ServerlessChecks,
    "HIPAA.Security": cdk_nag.HIPAASecurityChecks,
    "NIST.800.53.R5": cdk_nag.NIST80053R5Checks,
    "PCI.DSS.321": cdk_nag.PCIDSS321Checks,
}


@pytest.fixture(scope="module")
def synthesized() -> dict[str, Any]:
    return templates()


@pytest.fixture(scope="module")
def found(synthesized: dict[str, Any]) -> Rows:
    return rows(synthesized)


def test_the_page_has_the_current_table(found: Rows) -> None:
    """If this fails, write the page with `python -m tests.docs.rules`."""
    assert PAGE.read_text(encoding="utf-8") == page_with(table(found))


def test_every_rule_is_explained(found: Rows) -> None:
    assert NOTES.keys() == found.keys()


def test_cdk_nag_itself_has_the_same_findings(synthesized: dict[str, Any]) -> None:
    """The script that finds the rules which are met evaluates a template, and not the app."""
    reported = {
        (name, violation.rule_name)
        for name, stack in STACKS.items()
        for checked in [stack()]
        for plugin in PLUGINS.values()
        for violation in plugin().validate_scope(checked).violations
    }

    recorded = {
        (name, f"{result['pack']}-{result['rule']}" + (f"[{kind}]" if kind else ""))
        for name, results in nag_results({name: synthesized[name] for name in STACKS}).items()
        for result in results
        for _, kind in result["findings"]
    }
    assert recorded == reported
    assert {name for name, _ in reported} == STACKS.keys()


def test_the_default_stack_meets_aws_solutions(found: Rows) -> None:
    counts = {rule: counts for rule, (packs, counts) in found.items() if "AwsSolutions" in packs}

    assert {rule for rule, each in counts.items() if each["Default"]} == set()
    assert {rule for rule, each in counts.items() if each["Creates an engagement"]} == {
        "IAM5[Resource::*]",
        "IAM5[Resource::arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*]",
    }


def test_every_option_that_can_satisfy_a_rule_is_in_the_hardened_stack(found: Rows) -> None:
    """What remains are rules that no option satisfies."""
    remaining = {rule for rule, (_, counts) in found.items() if counts["Default"] and counts["Hardened"]}

    assert remaining == {"IAMNoInlinePolicy", "LambdaDLQ", "W3005"}


def test_cfn_lint_finds_only_what_the_cdk_writes(synthesized: dict[str, Any]) -> None:
    assert lint_results(synthesized) == {name: ["W3005"] for name in COLUMNS}


def test_nothing_is_suppressed(synthesized: dict[str, Any]) -> None:
    assert not [
        (name, resource["Metadata"])
        for template in synthesized.values()
        for name, resource in template["Resources"].items()
        if {"cdk_nag", "cfn-lint"} & resource.get("Metadata", {}).keys()
    ]


def test_every_pack_has_a_rule_that_applies(found: Rows) -> None:
    assert {pack for packs, _ in found.values() for pack in packs} == PACKS.keys()
