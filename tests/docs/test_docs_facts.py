"""Compare the numbers on the pages with the library."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from cdk_partnercentral import EngagementContext
from cdk_partnercentral._events import alternatives
from cdk_partnercentral_local import Behavior
from lambda_handler import response, retries, sdk
from lambda_handler.engagement_context.reconcile import SECOND_LOOK_SECONDS
from lambda_handler.errors import Kind
from tests.docs.site import Page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def declare(stack: Stack, number: int) -> None:
    EngagementContext(
        stack,
        f"Context{number}",
        catalog="Sandbox",
        engagement_identifier=f"eng-{number:014d}",
        payload={"ProspectingResult": {"Aws": {"TaskName": "autumn-campaign"}}},
    )


def section(pages: dict[str, Page], page: str, anchor: str) -> list[list[str]]:
    rows = [row.cells for row in pages[f"{page}/index.html"].rows if row.section == anchor and row.cells]
    assert rows, f"{page} has no table under #{anchor}"
    return rows


def said(page: str, sentence: str) -> int:
    """The number in a sentence of a page."""
    found = re.search(sentence, re.sub(r"\s+", " ", (DOCS / page).read_text()))
    assert found, f"{page} does not say: {sentence}"
    return int(found[1])


def test_the_role_is_exact_for_about_as_many_engagements_as_the_pages_say(pages: dict[str, Page]) -> None:
    several = said("operations/iam-policies.md", r"too many for IAM's limit on inline policies \(about (\d+)\)")
    assert several == said("reference/limits.md", r"about (\d+) literal engagements in one stack")

    assert len(engagements_allowed(several)) == several
    assert len(engagements_allowed(several + 10)) == 1


def engagements_allowed(count: int) -> list[str]:
    stack = Stack(App(), "Deals")
    for number in range(count):
        declare(stack, number)
    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    allowed = policy["Properties"]["PolicyDocument"]["Statement"][1]["Resource"]
    assert isinstance(allowed, list)
    return allowed


def test_a_stack_has_room_for_as_many_contexts_as_the_page_says() -> None:
    stack = Stack(App(), "Deals")
    declare(stack, 1)

    others = len(Template.from_stack(stack).to_json()["Resources"]) - 1

    # The CDK's own metadata is a resource too.
    assert said("reference/limits.md", r"about (\d+) contexts in one stack") <= 500 - others - 1


def test_every_switch_of_the_local_service_is_told_of(pages: dict[str, Page]) -> None:
    rows = section(pages, "guides/test-without-aws", "everything-that-can-go-wrong")

    told = {word for cells in rows for word in re.findall(r"[a-z_]+", cells[0]) if word in Behavior.__annotations__}

    assert told == set(Behavior.__annotations__)


def test_the_waits_are_those_of_the_function(pages: dict[str, Page]) -> None:
    rows = {cells[0]: cells[1] for cells in section(pages, "concepts/lifecycle", "how-long-it-tries")}
    backoffs = retries.BACKOFFS

    assert f"up to {backoffs[Kind.THROTTLED].longest} seconds" in rows["throttling"]
    failing = rows["an internal error (500), no connection, no response"]
    for kind in (Kind.INTERNAL, Kind.CONNECTION):
        assert f"up to {backoffs[kind].longest} seconds" in failing
    minute = {Kind.CONFLICT, Kind.DENIED, Kind.CREDENTIALS, Kind.UNREADABLE}
    assert {kind for kind, backoff in backoffs.items() if backoff.total == 60} == minute
    assert said("concepts/lifecycle.md", r"is honored up to (\d+) seconds") == retries.LONGEST_RETRY_AFTER
    assert "up to a minute" in rows["a conflict"]
    assert "up to a minute" in rows["access denied"]
    assert "up to a minute" in rows["refused credentials"]
    assert "up to a minute" in rows["a response that cannot be read"]
    shown = rows["a context that a read does not show yet"]
    assert f"up to {backoffs[Kind.NOT_VISIBLE].total} seconds" in shown
    assert (backoffs[Kind.NOT_VISIBLE].at_least, "three times at least" in shown) == (3, True)
    assert (
        sum(SECOND_LOOK_SECONDS) / 2,
        "reads once more two seconds later" in re.sub(r"\s+", " ", (DOCS / "concepts/lifecycle.md").read_text()),
    ) == (
        2,
        True,
    )
    assert said("concepts/lifecycle.md", r"can take (\d+) seconds to connect") == sdk.CONNECT_SECONDS
    assert said("concepts/lifecycle.md", r"to connect and (\d+) to be answered") == sdk.READ_SECONDS
    assert said("concepts/lifecycle.md", r"The last (\d+) seconds belong to the response") == response.RESPONSE_SECONDS


def test_the_function_and_cloudformation_have_as_long_as_the_page_says() -> None:
    stack = Stack(App(), "Deals")
    declare(stack, 1)
    template = Template.from_stack(stack)

    [function] = template.find_resources("AWS::Lambda::Function").values()
    [resource] = template.find_resources("Custom::EngagementContext").values()

    assert function["Properties"]["Timeout"] == 60 * said("concepts/lifecycle.md", r"The function has (\d+) minutes")
    assert int(resource["Properties"]["ServiceTimeout"]) == 60 * said(
        "concepts/lifecycle.md", r"CloudFormation waits (\d+)"
    )


def test_the_places_of_an_engagement_in_events_are_those_of_the_rule(pages: dict[str, Page]) -> None:
    rows = section(pages, "guides/alarms-and-events", "what-the-rule-matches")

    listed = {(path, cells[1]) for cells in rows for path in cells[0].split(", ")}

    assert listed == set(leaves({"": alternatives("the ID", "the ARN")}))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the value of each leaf in an event pattern."""
    for key, inner in value.items():
        for each in inner if isinstance(inner, list) else [inner]:
            here = f"{path}.{key}".strip(".")
            if isinstance(each, str):
                yield here, each
            else:
                yield from leaves(each, here)


def test_every_example_is_listed(pages: dict[str, Page]) -> None:
    folders = {path.parent.name for path in ROOT.glob("examples/*/cdk.json")}

    assert {cells[0] for cells in section(pages, "get-started/examples", "examples")} == folders


def test_every_mark_of_certainty_is_in_the_legend(pages: dict[str, Page]) -> None:
    used = {mark for path in DOCS.rglob("*.md") for mark in re.findall(r"\*(\w+)\*\{\.mark\}", path.read_text())}

    legend = {cells[0] for cells in section(pages, "about/certainty", "certainty-of-statements")}

    assert used == legend


def test_every_row_of_the_comparison_has_a_source() -> None:
    text = (DOCS / "about/comparison.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]

    assert len(rows) > 10
    assert [row for row in rows if "](" not in row and "][" not in row] == []


def test_the_comparison_has_the_numbers_of_the_benchmarks() -> None:
    measured = said("operations/benchmarks.md", r"\d+ by resources, (\d+) by inline policies")

    assert said(
        "about/comparison.md", r"\[about (\d+)\]\(\.\./operations/benchmarks\.md#the-stack\) \*local\*\{\.mark\}:"
    ) == (measured // 10 * 10)
