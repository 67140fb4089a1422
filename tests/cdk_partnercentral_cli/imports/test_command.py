"""The installed command in a process of its own: files, lists, errors and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_cli._import._find import Filters, find
from cdk_partnercentral_local import Behavior, PartnerCentral, PartnerCentralServer, ServiceError
from lambda_handler.errors import ApiError, Kind

COMMAND = str(Path(sys.executable).with_name("cdk-partnercentral"))
MISSING = "eng-00000000000000"
ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{MISSING}"
ACCOUNT = "123456789012"
LEAD = {
    "Customer": {"CompanyName": "Acme Tools"},
    "Interactions": [
        {"Contact": {"BusinessTitle": "Head of IT", "Email": "mo@acme.example", "FirstName": "Mo", "LastName": "Doe"}}
    ],
}
PROJECT = {
    "Customer": {"CompanyName": "Northwind", "Industry": "Retail", "WebsiteUrl": "n.example", "CountryCode": "US"}
}


class Command:
    """The command with a local Partner Central that has three engagements in the catalog Sandbox, and one in AWS.

    Attributes:
        lead: An engagement that AWS created, with a Lead and a CustomerProject.
        project: An engagement of the account, with a CustomerProject.
        other: An engagement of another account, without contexts.
        production: An engagement in the catalog AWS.
    """

    def __init__(self, service: PartnerCentral, url: str, folder: Path) -> None:
        self.service = service
        self.folder = folder
        self._url = url
        self.lead = service.as_aws.create_lead(LEAD, title="Initiative One")
        service.as_aws.add_context(self.lead, {"CustomerProject": PROJECT})
        self.project = service.create_engagement(title="Northwind move")
        service.as_aws.add_context(self.project, {"CustomerProject": PROJECT})
        self.other = service.create_engagement(title="Shared initiative", created_by="210987654321")
        self.production = service.create_engagement(title="Real", catalog="AWS")

    def run(self, *arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
        """Run the command. Its environment has no settings of AWS but credentials; None removes a variable."""
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Otherwise jsii unpacks aws-cdk-lib each time.
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path(sys.prefix) / ".jsii-cache"),
            "COLUMNS": "80",
            **environment,
        }
        return subprocess.run(
            [COMMAND, "import", *arguments, "--endpoint-url", self._url],
            cwd=self.folder,
            env={name: value for name, value in settings.items() if value is not None},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def fails(self, *arguments: str, **environment: str | None) -> str:
        """Run the command, which fails with exit code 2, one sentence on standard error, and no other output."""
        done = self.run(*arguments, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        return done.stderr.strip()

    def found(self, *filters: str) -> list[str]:
        """Return the IDs that --list prints as JSON."""
        done = self.run("--list", "--json", "--catalog", "Sandbox", *filters)
        assert done.returncode == 0, done.stderr
        return [each["Id"] for each in json.loads(done.stdout)]

    @property
    def operations(self) -> list[str]:
        """The operations that Partner Central received."""
        return [call.operation for call in self.service.calls]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    service = PartnerCentral(Behavior())
    with PartnerCentralServer(service) as server:
        yield Command(service, server.url, tmp_path)


def test_an_engagement_is_written_to_a_file_that_is_overwritten_only_with_force(command: Command) -> None:
    sandbox = (command.lead, "--catalog", "Sandbox")
    file = command.folder / "deals.py"
    file.write_text("kept", encoding="utf-8")

    message = command.fails(*sandbox, "-o", "deals.py")
    assert message == "deals.py exists: choose another file, or pass --force to overwrite it."
    assert (file.read_text(encoding="utf-8"), command.operations) == ("kept", [])

    done = command.run(*sandbox, "-o", "deals.py", "--force")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-1] == "Engagements: 1. Imported contexts: 2."
    written = file.read_text(encoding="utf-8")
    assert f"#     cdk-partnercentral import {command.lead} --catalog Sandbox\n" in written
    assert 'company_name="Acme Tools"' in written
    assert "industry=Industry.RETAIL" in written
    assert command.operations == ["GetEngagement"]
    # The file that was overwritten could be read by everybody.
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in command.folder.iterdir() if "deals" in path.name] == ["deals.py"]


def test_a_file_is_replaced_only_if_it_is_a_file(command: Command) -> None:
    sandbox = (command.lead, "--catalog", "Sandbox", "--force")
    (command.folder / "folder").mkdir()
    (command.folder / "deals.py").write_text("old", encoding="utf-8")
    (command.folder / "link.py").symlink_to("deals.py")

    folder = command.run(*sandbox, "-o", "folder")
    device = command.run(*sandbox, "-o", "/dev/stdout")
    link = command.run(*sandbox, "-o", "link.py")

    assert (folder.returncode, folder.stderr.splitlines()[-1]) == (2, "folder cannot be written: Is a directory.")
    assert device.stdout.startswith("# Written by this command:")
    assert (link.returncode, (command.folder / "link.py").is_symlink()) == (0, True)
    assert (command.folder / "deals.py").read_text(encoding="utf-8") == device.stdout.replace("/dev/stdout", "link.py")


def test_several_engagements_by_id_and_arn_are_written_to_standard_output(command: Command) -> None:
    arn = command.service.engagement(command.lead)["Arn"]

    done = command.run(arn, command.production, arn)

    assert done.returncode == 0
    assert done.stdout.count("Engagement.from_engagement_id(") == 2
    # The catalog is that of the ARN, or AWS for an ID.
    assert done.stdout.index("catalog=Catalog.SANDBOX") < done.stdout.index("catalog=Catalog.AWS")
    # The engagement that was given twice is read once.
    assert command.operations == ["GetEngagement"] * 2


def test_one_context_without_contacts(command: Command) -> None:
    done = command.run(command.lead, "--catalog", "Sandbox", "--context", "1", "--redact")

    assert done.returncode == 0
    assert ('existing_context_id="1"' in done.stdout, 'existing_context_id="2"' in done.stdout) == (True, False)
    assert f"#     cdk-partnercentral import {command.lead} --catalog Sandbox --context 1 --redact\n" in done.stdout
    assert ("Acme Tools" in done.stdout, "mo@acme.example" in done.stdout) == (True, False)
    assert done.stderr.splitlines()[-1].endswith("Values left out: 1; comments in the file name them.")


def test_unknown_engagements_and_contexts(command: Command) -> None:
    assert command.fails(MISSING, "--catalog", "Sandbox") == (
        f"Engagement {MISSING} was not found in the catalog Sandbox: check the ID, --catalog and the account."
    )
    assert command.fails(command.lead, "--catalog", "Sandbox", "--context", "1", "--context", "7") == (
        f"Engagement {command.lead} has no context 7: it has 1 (Lead), 2 (CustomerProject)."
    )
    assert command.fails(command.other, "--catalog", "Sandbox", "--context", "1").endswith("it has no context.")


def test_credentials_and_permissions(command: Command) -> None:
    sandbox = (command.lead, "--catalog", "Sandbox")
    without: dict[str, Any] = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    assert command.fails(*sandbox, **without).startswith("No AWS credentials were found: run `aws configure`")
    assert command.fails(*sandbox, "--profile", "nobody").startswith("The config profile (nobody) could not be found")
    command.service.faults.error(None, ServiceError("ExpiredTokenException", "The token expired"))
    assert command.fails(*sandbox).startswith("The AWS credentials expired: sign in again")
    command.service.faults.access_denied("GetEngagement")
    assert command.fails(*sandbox).startswith("AWS denied partnercentral:GetEngagement")
    # None of the errors is retried.
    assert command.operations == ["GetEngagement"] * 2


def test_node_is_not_there(command: Command) -> None:
    message = command.fails(command.lead, "--catalog", "Sandbox", PATH=str(command.folder))

    assert message == "Node.js was not found: install it, as for the CDK, or set JSII_NODE to its path."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No engagement was given: pass its ID"),
        (["acme"], "'acme' is not an engagement: pass an ID"),
        (["arn:aws:partnercentral:us-east-1::catalog/Other/engagement/" + MISSING], "'arn:aws:partnercentral"),
        (["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/" + MISSING, "--catalog", "Sandbox"], "arn:aws:"),
        ([MISSING, "eng-0123456789abcd", "--context", "1"], "--context has an effect only with one engagement"),
        ([MISSING, "--title", "x"], "--title, --customer, --type, --created-by and --json have an effect only"),
        ([MISSING, "--json"], "--title, --customer, --type, --created-by and --json have an effect only"),
        (["--list", MISSING], "--list finds engagements: remove the engagements"),
        (["--list", "-o", "x.py"], "--list finds engagements: remove the engagements"),
        ([MISSING, "-o", "no/deals.py"], "no/deals.py cannot be written: there is no folder no."),
    ],
)
def test_wrong_arguments(command: Command, arguments: list[str], message: str) -> None:
    assert command.fails(*arguments).startswith(message)
    assert command.operations == []


def test_help_teaches(command: Command) -> None:
    done = command.run("--help")

    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in ("cdk-partnercentral import --list --customer acme", "Exit codes: 0", "partnercentral:GetEngagement"):
        assert words in done.stdout


FILTERS: list[tuple[list[str], list[str]]] = [
    ([], ["other", "project", "lead"]),
    (["--title", "initiative"], ["other", "lead"]),
    (["--customer", "NORTH"], ["project", "lead"]),
    (["--type", "Lead"], ["lead"]),
    (["--created-by", "aws"], ["lead"]),
    (["--created-by", ACCOUNT], ["project"]),
    (["--customer", "north", "--type", "Lead", "--title", "one", "--created-by", "aws"], ["lead"]),
    (["--title", "nothing"], []),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_search_and_list_find_the_same(command: Command, filters: list[str], expected: list[str]) -> None:
    ids = [getattr(command, each) for each in expected]

    assert command.found(*filters) == ids
    assert command.operations == ["SearchEngagements"]

    command.service.calls.clear()
    command.service.faults.access_denied("SearchEngagements")
    assert command.found(*filters) == ids
    reads = command.operations[2:]
    assert command.operations[:2] == ["SearchEngagements", "ListEngagements"]
    assert set(reads) <= {"GetEngagement"}
    assert bool(reads) == ("--customer" in filters)


@pytest.mark.parametrize("code", ["UnknownOperationException", "ValidationException"])
def test_a_service_without_searches(command: Command, code: str) -> None:
    command.service.faults.error("SearchEngagements", ServiceError(code, "No such operation"))

    done = command.run("--list", "--customer", "acme", "--catalog", "Sandbox")

    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"SearchEngagements is not available ({code}), so ListEngagements is used.",
        "Reading 3 engagements, because ListEngagements does not return customers.",
        "Engagements found in the catalog Sandbox: 1.",
    ]
    assert command.lead in done.stdout


def test_engagements_that_cannot_be_read_are_counted_and_skipped(command: Command) -> None:
    faults = command.service.faults
    faults.access_denied("SearchEngagements")
    faults.access_denied("GetEngagement")
    faults.error("GetEngagement", ServiceError("ResourceNotFoundException", "Not a member"))

    done = command.run("--list", "--customer", "acme", "--catalog", "Sandbox", "--json")

    # The two newest engagements could not be read.
    assert (done.returncode, [each["Id"] for each in json.loads(done.stdout)]) == (0, [command.lead])
    assert "Engagements that could not be read, so their customers are unknown: 2." in done.stderr.splitlines()


def test_an_engagement_in_a_list_can_have_only_an_arn() -> None:
    class Api:
        """Partner Central, with one engagement that has no Id."""

        def call(self, operation: str, **parameters: Any) -> Any:
            if operation == "SearchEngagements":
                raise ApiError(Kind.DENIED, operation=operation, code="AccessDeniedException", message="")
            if operation == "ListEngagements":
                return {"EngagementSummaryList": [{"Arn": ARN, "Title": "Acme"}]}
            assert parameters["Identifier"] == MISSING
            return {"Contexts": [{"Id": "1", "Type": "Lead", "Payload": {"Lead": LEAD}}]}

    found = find(Api(), "Sandbox", Filters(customer="acme"), lambda _: None)  # type: ignore[arg-type]

    assert [(each.id, each.customers) for each in found] == [(MISSING, ["Acme Tools"])]


def test_no_operation_finds_engagements(command: Command) -> None:
    command.service.faults.access_denied("SearchEngagements")
    command.service.faults.access_denied("ListEngagements")

    done = command.run("--list")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("AWS denied partnercentral:ListEngagements")


def test_all_pages_are_read(command: Command) -> None:
    for number in range(120):
        command.service.create_engagement(title=f"Deal {number}")

    assert len(command.found("--title", "deal")) == 120
    assert command.operations == ["SearchEngagements"] * 2


def test_the_table_fits_and_shows_customers_only_if_they_were_asked_for(command: Command) -> None:
    plain = command.run("--list", "--catalog", "Sandbox")
    with_customer = command.run("--list", "--catalog", "Sandbox", "--customer", "a")

    assert "Acme Tools" not in plain.stdout
    assert "Acme Tools" in with_customer.stdout
    for done in (plain, with_customer):
        assert done.returncode == 0
        assert max(map(len, done.stdout.splitlines())) <= 80
        assert command.lead in done.stdout


def test_titles_cannot_write_to_the_terminal(command: Command) -> None:
    command.service.create_engagement(title="[red]x[/red]\x1b[2J\n[/]")

    done = command.run("--list", "--catalog", "Sandbox")

    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "[red]x[/red]\\x1b" in done.stdout
