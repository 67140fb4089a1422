"""The commands on the pages, run as a user runs them: in a folder outside the repository, with only the wheel installed.

`installed` runs the commands of the page Install. The other commands run in that environment, in a terminal, against a local
cloud. A command that cannot run here is listed in `NOT_RUN` with the reason.
"""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cdk_partnercentral_local import LocalCloud
from cdk_partnercentral_local.cloud._environment import node_folder
from tests.docs.blocks import blocks, files
from tests.docs.test_docs_code import CONTACT, LEAD_PAYLOAD, PAGES, ROOT

GUIDES = ROOT / "docs" / "guides"
STARTED = ROOT / "docs" / "get-started"
OPERATIONS = ROOT / "docs" / "operations"
ENGAGEMENT = "eng-0123456789abcd"
PROMPT = "(y/n)"
AWSCLI = "awscli==1.45.11"
# The beginning of a command, and why no test here runs it. test_docs_code.py checks its options.
NOT_RUN = {
    "aws partnercentral-selling accept-engagement-invitation": "the local Partner Central has no invitations",
    "aws partnercentral-selling list-engagement-invitations": "the local Partner Central has no invitations",
    "aws partnercentral-selling start-opportunity-from-engagement-task": "the local Partner Central has no opportunities",
    "npx cdk rollback": "MiniStack has no stack in the state UPDATE_ROLLBACK_FAILED",
    "make local": "tests/cdk_partnercentral_local/cloud/test_command.py runs what it runs",
    "make test": "it would run this test",
    "npx cdk bootstrap aws://": "it needs two accounts",
    "pip install --force-reinstall": "it needs a broken environment",
    "pip install --upgrade cdk-partnercentral": "there is no older version",
    'pip install "cdk-partnercentral[cli]"': "the page Install installs the same wheel with another extra",
    "pip install cdk-partnercentral": "the page Install installs the same package with an extra",
    "pip install dist/": "the page Install installs the same wheel",
    "python -m cdk_partnercentral_local --serve": "it runs until Ctrl-C; test_command.py of the local cloud runs it",
}
# The tests of the command line run the examples of their own pages.
ELSEWHERE = "cdk-partnercentral "
# The pages whose commands the tests below run.
RUN = {
    "docs/get-started/install.md",
    "docs/get-started/with-aws.md",
    "docs/get-started/without-aws.md",
    "docs/guides/drift.md",
    "docs/guides/many-deals.md",
    "docs/guides/qualify-a-lead.md",
    "docs/guides/test-without-aws.md",
    "docs/operations/troubleshooting.md",
    "docs/operations/upgrading.md",
}


def commands(page: Path) -> list[str]:
    """Return the commands of a page, each on one line, except those that are not run."""
    lines = [
        line.strip()
        for block in blocks(page)
        if block.language == "sh"
        for line in block.text.replace("\\\n", "").splitlines()
        if line.strip()
    ]
    return [line for line in lines if not line.startswith((ELSEWHERE, *NOT_RUN))]


def test_every_command_is_run_or_has_a_reason() -> None:
    missing = {
        str(page.relative_to(ROOT)): commands(page)
        for page in PAGES
        if str(page.relative_to(ROOT)) not in RUN and commands(page)
    }

    assert missing == {}


def test_no_reason_is_left_over() -> None:
    text = "\n".join(
        block.text.replace("\\\n", "") for page in PAGES for block in blocks(page) if block.language == "sh"
    )

    assert [start for start in NOT_RUN if start not in text] == []


def in_terminal(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a script in a pseudo-terminal, and answer each prompt with yes; return what is shown.

    Without a terminal, the CDK CLI would refuse to ask, and fail.
    """
    shown, answered = "", 0
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - the new process
        os.chdir(folder)
        os.execve("/bin/bash", ["bash", "-euo", "pipefail", "-c", script], dict(environment))  # noqa: S606
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:
            break
        if not read:
            break
        shown += read.decode(errors="replace")
        if PROMPT in shown[answered:]:
            answered = len(shown)
            os.write(terminal, b"y\n")
    # Closing the terminal would end a process that still runs.
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, f"{script}\n{shown}"
    return shown.replace("\r\n", "\n")


class Installed:
    """The folder in which the page Install was followed."""

    def __init__(self, folder: Path, distributions: Path) -> None:
        self.folder = folder
        outer = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        for name in ("PYTHONPATH", "VIRTUAL_ENV"):
            outer.pop(name, None)
        path = [str(folder / "bin"), *os.defpath.split(os.pathsep)]
        self.environment = outer | {
            "PATH": os.pathsep.join(path),
            "PIP_FIND_LINKS": str(distributions),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "TERM": "dumb",
            "COLUMNS": "80",
        }

    def run(self, script: str, folder: Path, extra: Mapping[str, str] | None = None) -> str:
        """Run a script in the activated environment; return what is shown."""
        activate = f". {shlex.quote(str(self.folder / '.venv/bin/activate'))}\n"
        return in_terminal(activate + script, folder, self.environment | dict(extra or {}))

    def copy(self, page: Path, name: str, **replaced: str) -> Path:
        """Make a folder with the files of a page below this one, so that npx finds the CDK CLI; return it."""
        folder = self.folder / name
        folder.mkdir()
        for file, text in files(page).items():
            (folder / file).write_text(text.replace(ENGAGEMENT, replaced.get("engagement", ENGAGEMENT)))
        return folder


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    distributions = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(distributions)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("empty")
    (folder / "bin").mkdir()
    node = node_folder()
    assert node
    npm = node.parent / "lib/node_modules/npm/bin"
    # The interpreters of the repository's environment, and nothing else of it.
    programs = {
        "python3": Path(sys.executable).resolve(),
        "node": node / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }
    for name, program in programs.items():
        (folder / "bin" / name).symlink_to(program)
    made = Installed(folder, distributions)

    shown = in_terminal("\n".join(commands(STARTED / "install.md")), folder, made.environment)

    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    assert re.search(rf"^{re.escape(pinned)} \(build", shown, re.MULTILINE), shown
    return made


@pytest.fixture(scope="session")
def aws(installed: Installed) -> None:
    """Put the AWS CLI on the path, in an environment of its own, since it needs another botocore."""
    own = installed.folder / "awscli"
    script = f"python3 -m venv {own}\n{own}/bin/pip install -q {AWSCLI}\nln -s {own}/bin/aws {installed.folder}/bin/aws"
    in_terminal(script, installed.folder, installed.environment)


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as cloud:
        yield cloud


def without_what_varies(text: str) -> str:
    text = re.sub(r"eng-[0-9a-z]{14}", ENGAGEMENT, text)
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    return re.sub(r"Done in \d+ s", "Done in 20 s", text)


@pytest.mark.cloud
@pytest.mark.slow
def test_getting_started_ends_as_the_page_shows(installed: Installed) -> None:
    page = STARTED / "without-aws.md"
    folder = installed.copy(page, "first")
    [expected] = [block.text for block in blocks(page) if block.title == "what it prints at its end"]
    deploy, again, synth = commands(page)

    shown = installed.run(deploy, folder)
    changed = installed.run(again, folder)
    installed.run("python app.py", folder)
    before = (folder / "cdk.out").exists()
    installed.run(synth, folder)

    assert without_what_varies(expected) in without_what_varies(shown)
    assert "updated in place" in changed
    assert re.search(r"Title +Move to AWS +\* Data center exit", changed)
    assert "EngagementId" not in changed
    assert (before, (folder / "cdk.out/Deals.template.json").is_file()) == (False, True)


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.usefixtures("aws")
def test_deploy_to_aws_with_the_local_cloud_in_its_place(installed: Installed, cloud: LocalCloud) -> None:
    page = STARTED / "with-aws.md"
    folder = installed.copy(STARTED / "without-aws.md", "second")
    lines = commands(page)
    deployed = lines.index("npx cdk destroy")
    service = cloud.partner_central

    shown = installed.run("\n".join(lines[:deployed]), folder, cloud.settings)
    [engagement] = service.engagements()
    installed.run(lines[deployed], folder, cloud.settings)
    listed = installed.run("\n".join(lines[deployed + 1 :]), folder, cloud.settings)

    assert f"Deals.EngagementId = {engagement}" in shown
    assert "Deals.ContextId = 1" in shown
    assert [each["Type"] for each in service.engagement(engagement)["Contexts"]] == ["CustomerProject"]
    assert engagement in listed


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.usefixtures("aws")
def test_a_lead_is_qualified_as_the_page_says(installed: Installed, cloud: LocalCloud) -> None:
    service = cloud.partner_central
    engagement = service.as_aws.create_lead(LEAD_PAYLOAD)
    folder = installed.copy(GUIDES / "qualify-a-lead.md", "lead", engagement=engagement)
    lines = [line.replace(ENGAGEMENT, engagement) for line in commands(GUIDES / "qualify-a-lead.md")]
    cloud.bootstrap()

    shown = installed.run("\n".join(lines), folder, cloud.settings)

    [expected] = [b.text for b in blocks(GUIDES / "qualify-a-lead.md") if b.title == "what the script prints"]
    assert shown.endswith(expected)
    [context] = service.engagement(engagement)["Contexts"]
    lead = context["Payload"]["Lead"]
    assert lead["QualificationStatus"] == "Qualified"
    assert [each["Contact"] for each in lead["Interactions"]] == [CONTACT, CONTACT]
    assert lead["Interactions"][1]["SourceId"] == "CALL-1126"
    template = (folder / "cdk.out/Leads.template.json").read_text()
    assert [value for value in CONTACT.values() if value in template] == []


@pytest.mark.cloud
@pytest.mark.slow
def test_a_changed_file_of_deals_is_tried_as_the_page_says(installed: Installed) -> None:
    page = GUIDES / "many-deals.md"
    folder = installed.copy(page, "deals")
    header, acme, _ = (folder / "deals.csv").read_text().splitlines()
    (folder / "next.csv").write_text("\n".join([header, acme.replace("Move to AWS", "Data center exit")]))

    shown = installed.run("\n".join(commands(page)), folder)

    assert re.search(r"CustomerProject +created +updated in place", shown), shown
    assert re.search(r"CustomerProject +created +unchanged", shown), "a row that was removed"


@pytest.mark.cloud
@pytest.mark.slow
def test_the_tests_of_the_page_pass_with_the_wheel(installed: Installed) -> None:
    folder = installed.copy(GUIDES / "test-without-aws.md", "tests")

    shown = installed.run("\n".join(commands(GUIDES / "test-without-aws.md")), folder)

    assert f"{len(list(folder.glob('test_*.py')))} passed" in shown


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.usefixtures("aws")
def test_an_engagement_is_shown_as_the_page_says(installed: Installed, cloud: LocalCloud, tmp_path: Path) -> None:
    engagement = cloud.partner_central.create_engagement(title="Acme migration")
    lines = [line.replace(ENGAGEMENT, engagement) for line in commands(GUIDES / "drift.md")]

    assert "Acme migration" in installed.run("\n".join(lines), tmp_path, cloud.settings)


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.usefixtures("aws")
def test_the_commands_of_troubleshooting_show_what_the_page_says(installed: Installed, cloud: LocalCloud) -> None:
    folder = installed.copy(STARTED / "without-aws.md", "trouble")
    cloud.bootstrap()
    installed.run("npx cdk deploy", folder, cloud.settings)
    [engagement] = cloud.partner_central.engagements()
    resources = cloud.client("cloudformation").describe_stack_resources(StackName="Deals")["StackResources"]
    names = {each["ResourceType"]: each["PhysicalResourceId"] for each in resources}
    words = {"LOG_GROUP": names["AWS::Logs::LogGroup"], "ROLE": names["AWS::IAM::Role"], ENGAGEMENT: engagement}
    app = folder / "app.py"
    app.write_text(app.read_text().replace("Move to AWS", "Move everything"))
    lines = commands(OPERATIONS / "troubleshooting.md")
    for word, name in words.items():
        lines = [line.replace(f" {word}", f" {name}") for line in lines]

    shown = {line: installed.run(line, folder, cloud.settings) for line in lines}

    def of(command: str) -> str:
        [text] = [text for line, text in shown.items() if line.startswith(command)]
        return text

    assert json.loads(of("aws cloudformation describe-stack-events")) == []
    assert [each["PhysicalResourceId"] for each in json.loads(of("aws cloudformation describe-stack-resources"))] == [
        words["LOG_GROUP"]
    ]
    assert "PartnerCentral" in of("aws iam list-role-policies")
    assert "partnercentral:GetEngagement" in of("aws iam get-role-policy")
    assert "CustomerProject" in of("aws partnercentral-selling get-engagement")
    assert "response sent" in of("aws logs filter-log-events")
    assert "may be replaced" not in of("npx cdk diff --method=template")
    assert "may be replaced" in installed.run("npx cdk diff", folder, cloud.settings)


@pytest.mark.cloud
@pytest.mark.slow
def test_an_upgrade_without_a_change_calls_partner_central_for_nothing(installed: Installed, cloud: LocalCloud) -> None:
    folder = installed.copy(STARTED / "without-aws.md", "upgrade")
    cloud.bootstrap()
    installed.run("npx cdk deploy", folder, cloud.settings)
    before = len(cloud.partner_central.calls)

    installed.run("\n".join(commands(OPERATIONS / "upgrading.md")), folder, cloud.settings)

    assert len(cloud.partner_central.calls) == before
