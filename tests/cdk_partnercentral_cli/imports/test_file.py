"""The generated file: its header, its construct IDs, and texts of others in comments."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from cdk_partnercentral_cli._import._file import Existing, context_construct_id, engagement_construct_id, python_file

ID, OTHER = "eng-0123456789abcd", "eng-zyxwvutsrqponm"
PROJECT = {
    "Project": {"Title": "Move", "BusinessProblem": "The data center closes.", "TargetCompletionDate": "2027-06-30"}
}


def engagement(*contexts: Any, title: str = "Acme migration", id_: str = ID) -> Existing:
    return Existing(catalog="Sandbox", id=id_, title=title, contexts=contexts)


def context(id_: str = "1", type_: str = "CustomerProject", content: Any = PROJECT) -> dict[str, Any]:
    return {"Id": id_, "Type": type_, "Payload": {type_: content}}


def text(*engagements: Existing, redact: bool = False) -> str:
    return python_file(engagements, ["cdk-partnercentral", "import", ID], redact=redact).text


def test_a_file() -> None:
    assert (
        text(engagement(context("1")))
        == '''\
# Written by this command:
#
#     cdk-partnercentral import eng-0123456789abcd
#
# Call add_engagements(self) in the constructor of a stack. The first deployment then
# imports the contexts, and changes nothing in Partner Central, unless somebody changed
# a context since this file was written.
#
# This file contains personal or confidential data: business problems, titles of
# engagements. So does the template.

from cdk_partnercentral import (
    Catalog,
    CustomerProject,
    Engagement,
    ProjectDetails,
)
from constructs import Construct


def add_engagements(scope: Construct) -> None:
    """Refer to engagements that exist in AWS Partner Central, and import their contexts."""
    # Title: Acme migration
    engagement = Engagement.from_engagement_id(
        scope,
        "AcmeMigration-0123456789abcd",
        "eng-0123456789abcd",
        catalog=Catalog.SANDBOX,
    )
    engagement.add_context(
        "CustomerProject-1",
        existing_context_id="1",
        payload=CustomerProject(
            project=ProjectDetails(
                title="Move",
                business_problem="The data center closes.",
                target_completion_date="2027-06-30",
            ),
        ),
    )
'''
    )


def test_the_same_engagement_and_context_always_have_the_same_construct_ids() -> None:
    alone = text(engagement(context("2")))
    among_others = text(engagement(title="Acme migration", id_=OTHER), engagement(context("1"), context("2")))

    for id_ in ('"AcmeMigration-0123456789abcd"', '"CustomerProject-2"'):
        assert id_ in alone
        assert id_ in among_others


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Acme migration", "AcmeMigration-0123456789abcd"),
        ("Ünïted Größe, 2nd", "UnitedGroe2nd-0123456789abcd"),
        ("漢字", "Engagement-0123456789abcd"),
        ("", "Engagement-0123456789abcd"),
        ("a" * 99, f"A{'a' * 39}-0123456789abcd"),
    ],
)
def test_the_construct_id_of_an_engagement(title: str, expected: str) -> None:
    assert engagement_construct_id(engagement(title=title)) == expected


def test_a_redacted_file_does_not_contain_the_title_of_the_engagement() -> None:
    written = text(engagement(context(), title="Acme migration"), redact=True)

    assert '"Engagement-0123456789abcd"' in written
    assert "acme" not in written.lower()


def test_construct_ids_of_contexts_are_ascii_and_unique_in_an_engagement() -> None:
    ids = ["1", "11", "a", "a1", "/", "-1", "é", "x00", "x", "漢"]

    made = {context_construct_id(type_, id_) for id_ in ids for type_ in ("Lead", "Leada", "漢")}

    assert {context_construct_id("Lead", "1"), context_construct_id("漢", "1")} == {"Lead-1", "Context-1"}
    assert len(made) == 3 * len(ids)
    assert all(each.isascii() and "/" not in each for each in made)


DIRECTIVES = [
    "# noqa",
    "ruff: noqa",
    "# type: ignore",
    "x\nimport os  # noqa",
    "fmt: off",
    "\\",
    "a\r\x0bb\u2028c",
    "'''",
    '"""',
]


@pytest.mark.parametrize("hostile", DIRECTIVES)
def test_texts_of_others_stay_inside_their_comment_and_direct_no_tool(hostile: str) -> None:
    damaged = {"Ref": "x", f"Project{hostile}": "{{resolve:ssm:x}}"}
    contexts = [context("1", content={**PROJECT, **damaged}), context("2", f"Lead{hostile}", {"a": "b"})]

    written = text(engagement(*contexts, title=hostile))

    body = ast.parse(written).body
    assert [type(each).__name__ for each in body] == ["ImportFrom", "ImportFrom", "FunctionDef"]
    comments = [line.strip() for line in written.splitlines() if line.strip().startswith("#")]
    assert all(each.count("#") == 1 for each in comments)
    starts = ("# Title: ", "# Context ", "# - ", "# These ")
    own = written.partition("def add_engagements")[2]
    assert all(line.strip().startswith(starts) for line in own.splitlines() if "#" in line.partition('"')[0])


def test_an_engagement_without_a_context_is_declared_without_a_variable() -> None:
    written = python_file([engagement(context(content={}))], ["import"], redact=False)

    assert "\n    Engagement.from_engagement_id(" in written.text
    assert "# Context 1 (CustomerProject) is left out, because none of its values can be declared." in written.text
    assert (written.contexts, written.left_out) == (0, 0)


def test_contexts_that_the_library_would_refuse_are_left_out() -> None:
    contexts = [context(id_) for id_ in ("1", "1234", "\n", "2", "3", "6", "7")]

    written = python_file([engagement(*contexts)], ["import"], redact=False)

    assert written.text.count("existing_context_id=") == written.contexts == 3
    assert (
        "# Context 1234 (CustomerProject) is left out: the context ID: must have 1 to 3 characters; got 4."
        in written.text
    )
    assert "# Context 7 (CustomerProject) is left out: an engagement can declare only 5 contexts." in written.text


def test_the_header_names_the_kinds_of_personal_data_and_what_redact_left_out() -> None:
    contact = {
        "BusinessTitle": "Head",
        "Email": "mo@acme.example",
        "FirstName": "Mo",
        "LastName": "Doe",
        "Phone": "+15550100",
    }
    lead = {"Customer": {"CompanyName": "Acme"}, "Interactions": [{"Contact": contact}]}
    kinds = "company names, email addresses, job titles, names of people, phone numbers"

    complete, redacted = (
        " ".join(
            text(engagement(context("1", "Lead", lead)), redact=redact).split("\nfrom ")[0].replace("#", "").split()
        )
        for redact in (False, True)
    )

    assert f"personal or confidential data: {kinds}, titles of engagements." in complete
    assert "--redact" not in complete
    assert "personal or confidential data: company names. So does" in redacted
    assert "Because of --redact, titles of engagements, interactions and unknown members were left out." in redacted
