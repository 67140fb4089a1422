"""The page of `cdk-partnercentral drift`: deploy its app to the local cloud, and compare it with what the command prints.

To write the output and the policy into the page, run:

    python -m tests.cdk_partnercentral_cli.drift.page
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdk_partnercentral_local import CdkRun, LocalCloud
from tests.cdk_partnercentral_cli.drift.deployed import Run, lead, run_command
from tests.docs.blocks import blocks, programs

PAGE = Path(__file__).parents[3] / "docs" / "cli" / "drift.md"
STACK = "AcmeDeals"
OUTPUT, POLICY = "what the command prints", "the policy for all stacks"
CONTACT = {"BusinessTitle": "CTO", "Email": "robin@acme.example", "FirstName": "Robin", "LastName": "Example"}


class DeployedPage:
    """The app of the page in a local cloud.

    Args:
        cloud: The local cloud.
        folder: A folder for the app.
    """

    def __init__(self, cloud: LocalCloud, folder: Path) -> None:
        self.cloud = cloud
        self._folder = folder
        [self._program] = [each for each in programs(PAGE) if each.name == "app.py"]
        (folder / "cdk.json").write_text('{"app": "python app.py"}')

    def deploy(self, changes: Mapping[str, str] | None = None) -> CdkRun:
        """Deploy the app, with other texts in its source."""
        text = self._program.text
        for old, new in (changes or {}).items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        (self._folder / "app.py").write_text(text)
        run = self.cloud.cdk("deploy", "--all", folder=self._folder)
        assert run.status == 0, run.text
        return run

    @property
    def engagement(self) -> str:
        """The ID of the engagement."""
        found = self.cloud.client("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
        [physical_id] = [each["PhysicalResourceId"] for each in found if each["ResourceType"] == "Custom::Engagement"]
        return str(physical_id).partition("/")[2]

    def change(self) -> None:
        """Change the contexts in Partner Central, as the page says."""

        def change(contexts: list[dict[str, Any]]) -> None:
            payloads = {each["Payload"]["CustomerProject"]["Project"]["Title"]: each["Payload"] for each in contexts}
            migration, analytics = (payloads[name]["CustomerProject"] for name in ("Move to AWS", "Sales analytics"))
            migration["Project"]["Title"] = "Data center exit"
            migration["Customer"]["CompanyName"] = "Acme Holding"
            analytics["Project"]["Title"] = "Sales dashboards"

        service = self.cloud.partner_central
        service.write_as_aws(self.engagement, change)
        service.as_aws.add_context(self.engagement, {"Lead": lead({"Contact": CONTACT})})

    def drift(self, *options: str) -> Run:
        """Run the command."""
        return run_command(["drift", STACK, *options], self.cloud.environment | {"COLUMNS": "80"})


def without_ids(text: str) -> str:
    """Return an output with the ID that the page shows, and without spaces at the ends of lines."""
    text = re.sub(r"eng-[0-9a-z]{14}", "eng-0123456789abcd", text)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def shown(title: str) -> str:
    """Return the block of the page with this title."""
    [text] = [block.text for block in blocks(PAGE) if block.title == title]
    return text


def _write(title: str, text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    page, count = re.subn(
        rf'(^```[a-z]+ title="{title}"\n).*?(^```$)',
        lambda found: f"{found[1]}{text}{found[2]}",
        page,
        flags=re.MULTILINE | re.DOTALL,
    )
    assert count == 1
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    """Write the output and the policy into the page."""
    with LocalCloud() as cloud, tempfile.TemporaryDirectory() as folder:
        cloud.bootstrap()
        page = DeployedPage(cloud, Path(folder))
        page.deploy()
        page.change()
        _write(OUTPUT, without_ids(page.drift().out))
        _write(POLICY, run_command(["drift", "--policy"], cloud.environment).out)


if __name__ == "__main__":
    main()
