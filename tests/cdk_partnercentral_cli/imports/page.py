"""The real output of the command on its page. `python -m tests.cdk_partnercentral_cli.imports.page` writes it there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer

PAGE = Path(__file__).parents[3] / "docs" / "cli" / "import.md"
COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))
NOW = 1_767_225_600_000_000_789

CONTACT = {
    "BusinessTitle": "Head of IT",
    "Email": "riley@acme.example",
    "FirstName": "Riley",
    "LastName": "Example",
    "Phone": "+1 555 0100",
}
LEAD = {
    "Customer": {
        "CompanyName": "Acme",
        "Industry": "Retail",
        "Address": {"City": "Springfield", "CountryCode": "US"},
    },
    "Interactions": [
        {
            "Contact": CONTACT,
            "SourceType": "Event",
            "CustomerAction": "Asked for a call",
            "BusinessProblem": (
                "Reports take all night, because the data center has no spare capacity.\n"
                "Acme plans to close the data center at the end of 2027."
            ),
        }
    ],
    "Insights": {"LeadReadinessScore": "High"},
}
PROJECT = {
    "Customer": {
        "CompanyName": "Northwind",
        "Industry": "Manufacturing",
        "WebsiteUrl": "https://northwind.example",
        "CountryCode": "us",
    },
    "Project": {
        "Title": "Move the warehouse",
        "BusinessProblem": "The warehouse system is slow on Mondays.",
        "TargetCompletionDate": "2027-06-30",
    },
}


def service() -> PartnerCentral:
    """Return a Partner Central that has always the same engagements."""
    made = PartnerCentral(clock=lambda: NOW)
    made.as_aws.create_lead(LEAD, title="Acme migration")
    northwind = made.create_engagement(title="Northwind warehouse")
    made.as_aws.add_context(northwind, {"CustomerProject": PROJECT})
    return made


def made() -> str:
    """Return the page with the output of the commands on it.

    After a `sh` block with one command, a block titled "output" has the command's output, and a Python block the file
    that the command writes.
    """
    text = PAGE.read_text(encoding="utf-8")
    with PartnerCentralServer(service()) as server, tempfile.TemporaryDirectory() as folder:

        def with_output(found: re.Match[str]) -> str:
            output = _run(found["command"], server.url, Path(folder))
            if found["file"]:
                output = (Path(folder) / found["file"]).read_text(encoding="utf-8")
            return f"{found['start']}{output.rstrip()}\n```\n"

        return re.sub(
            r'(?P<start>```sh\n(?P<command>cdk-partnercentral [^\n]*)\n```\n\n[^`]*```(?:text title="output"|'
            r'python title="(?P<file>\w+\.py)")\n).*?\n```\n',
            with_output,
            text,
            flags=re.DOTALL,
        )


def _run(command: str, url: str, folder: Path) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "COLUMNS": "80",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path(sys.prefix) / ".jsii-cache"),
    }
    done = subprocess.run(
        [COMMAND, *command.split()[1:], "--endpoint-url", url],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    PAGE.write_text(made(), encoding="utf-8")
