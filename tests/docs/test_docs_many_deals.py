"""The guide for many deals: each row of its table is true of its own app, deployed to the local cloud."""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from cdk_partnercentral import Engagement
from cdk_partnercentral_local import CdkRun, LocalCloud
from tests.docs.blocks import files
from tests.docs.site import Page
from tests.docs.test_docs_code import lay_out
from tests.docs.test_docs_facts import section

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "many-deals.md"
HEADER = ["key", "engagement", "project", "problem", "date"]
CREATE, ADD, UPDATE = "CreateEngagement", "CreateEngagementContext", "UpdateEngagementContext"
# The first file: a deal for each row of the table.
FIRST = {
    "same": ("Same", "Move"),
    "project": ("Project", "Move"),
    "key": ("Key", "Move"),
    "removed": ("Removed", "Move"),
    "keyAndTitle": ("Key and title", "Move"),
    "keyAndProject": ("Key and project", "Move"),
}
SECOND = {
    "same": ("Same", "Move"),
    "project": ("Project", "Move on"),
    "otherKey": ("Key", "Move"),
    "otherKeyAndTitle": ("Other title", "Move"),
    "otherKeyAndProject": ("Key and project", "Move on"),
}
THIRD = {**SECOND, "removed": ("Removed", "Move")}
FOURTH = {**THIRD, "same": ("Not the same", "Move")}

Rows = dict[str, tuple[str, str]]


def test_the_table_has_a_row_for_each_change_that_is_tested(pages: dict[str, Page]) -> None:
    assert [cells[0] for cells in section(pages, "guides/many-deals", "changes")] == [
        "change nothing",
        "change the project's title, or another value of the context",
        "change only the key",
        "change the engagement's title",
        "change the key and the engagement's title",
        "change the key and a value of the context",
        "remove the row",
        "put the same row back",
    ]


def test_a_logical_id_lacks_the_characters_that_a_key_should_not_have() -> None:
    stack = Stack(App(), "Deals")
    Engagement(stack, "Bäckerei Müller", catalog="Sandbox", title="Ovens")
    Engagement(stack, "Delta/Echo", catalog="Sandbox", title="Boats")

    names = Template.from_stack(stack).find_resources("Custom::Engagement")

    assert [re.sub(r"[0-9A-F]{8}$", "", name) for name in names] == ["BckereiMller", "DeltaEcho"]
    assert "`BckereiMller`" in GUIDE.read_text()


def test_a_file_of_a_spreadsheet_with_a_byte_order_mark_is_read(folder: Path) -> None:
    lay_out(GUIDE, folder)
    (folder / "deals.csv").write_text((folder / "deals.csv").read_text(), encoding="utf-8-sig")
    names: dict[str, object] = {"__name__": "__main__"}

    exec(compile((folder / "app.py").read_text(), "app.py", "exec"), names)  # noqa: S102 - our own page

    stack = names["stack"]
    assert isinstance(stack, Stack)
    titles = [
        each["Properties"]["Title"] for each in Template.from_stack(stack).find_resources("Custom::Engagement").values()
    ]
    assert titles == ["Acme migration", "Mill Creek Dairy"]


class Deals:
    """The app of the page in a local cloud."""

    def __init__(self, cloud: LocalCloud, folder: Path) -> None:
        self.service = cloud.partner_central
        self._cloud = cloud
        self._folder = folder
        for name, text in files(GUIDE).items():
            (folder / name).write_text(text, encoding="utf-8")

    def deploy(self, rows: Rows) -> tuple[CdkRun, Counter[str], set[str]]:
        """Deploy a file with these rows.

        Returns:
            The run, the number of writes by operation, and the titles of the engagements that were read or written.
        """
        with (self._folder / "next.csv").open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(
                [key, engagement, project, "The data center closes at the end of 2027.", "2099-06-30"]
                for key, (engagement, project) in rows.items()
            )
        before = len(self.service.calls)
        run = self._cloud.cdk("deploy", "-c", "deals=next.csv", folder=self._folder)
        calls = self.service.calls[before:]
        used = {call.input.get("Identifier", call.input.get("EngagementIdentifier")) for call in calls}
        writes = Counter(call.operation for call in calls if call.operation in {CREATE, ADD, UPDATE})
        return run, writes, {self._title(each) for each in used if each}

    def _title(self, engagement: str) -> str:
        return str(self.service.engagement(engagement)["Title"])

    def contexts(self) -> dict[str, list[str]]:
        """Return the titles of the projects by the title of the engagement."""
        found = [self.service.engagement(each) for each in self.service.engagements()]
        return {
            each["Title"]: [context["Payload"]["CustomerProject"]["Project"]["Title"] for context in each["Contexts"]]
            for each in found
        }


@pytest.mark.cloud
@pytest.mark.slow
def test_each_change_of_the_file_has_the_result_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(ROOT / "node_modules" / ".bin"), prepend=os.pathsep)
    with LocalCloud() as cloud:
        cloud.bootstrap()
        deals = Deals(cloud, tmp_path)

        run, writes, _ = deals.deploy(FIRST)
        assert run.status == 0, run.text
        assert writes == {CREATE: 6, ADD: 6}

        run, writes, used = deals.deploy(SECOND)
        assert run.status == 0, run.text
        assert writes == {CREATE: 1, ADD: 2, UPDATE: 1}
        assert used == {"Project", "Key", "Other title", "Key and project"}
        assert deals.contexts() == {
            "Same": ["Move"],
            "Project": ["Move on"],
            "Key": ["Move"],
            "Removed": ["Move"],
            "Key and title": ["Move"],
            "Other title": ["Move"],
            "Key and project": ["Move", "Move on"],
        }

        before = deals.contexts()
        run, writes, used = deals.deploy(THIRD)
        assert run.status == 0, run.text
        assert (writes, used, deals.contexts()) == ({}, {"Removed"}, before)

        run, writes, used = deals.deploy(FOURTH)
        assert run.status == 1
        assert "[CANNOT_UPDATE]" in run.text
        assert (writes, used, deals.contexts()) == ({}, {"Same"}, before)

        run, writes, used = deals.deploy(THIRD)
        assert run.status == 0, run.text
        assert (writes, used) == ({}, set())
