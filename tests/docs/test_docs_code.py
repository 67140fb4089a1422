"""The code on the pages is run as it is given: apps are synthesised, tests are tested, commands exist."""

import ast
import contextlib
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from aws_cdk import App
from typer.testing import CliRunner

import cdk_partnercentral
from cdk_partnercentral_cli.__main__ import app as command
from cdk_partnercentral_local.__main__ import main as local_cloud
from tests.docs.blocks import Block, Program, blocks, files, programs, programs_of_readme

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = {"python", "sh", "json", "csv", "text", "console", "yaml"}


PROGRAMS = [*programs_of_readme(README), *(program for page in PAGES[1:] for program in programs(page))]
TESTS = [program for program in PROGRAMS if program.name.startswith("test_")]
# test_docs_commands.py runs these.
SCRIPTS = [program for program in PROGRAMS if program.name == "try_locally.py"]
APPS = [program for program in PROGRAMS if program not in [*TESTS, *SCRIPTS]]
BLOCKS = [block for page in PAGES for block in blocks(page)]
LINES = [
    pytest.param(line, id=f"{block.page.name}:{line[:40]}")
    for block in BLOCKS
    if block.language == "sh"
    for line in block.text.replace("\\\n", "").splitlines()
    if line.strip()
]


CONTACT = {
    "BusinessTitle": "Head of IT",
    "Email": "it@northwind-ferries.example",
    "FirstName": "Robin",
    "LastName": "Example",
}
LEAD_PAYLOAD = {"Customer": {"CompanyName": "Northwind Ferries"}, "Interactions": [{"Contact": CONTACT}]}
LEAD = {"Id": "1", "Type": "Lead", "Payload": {"Lead": LEAD_PAYLOAD}}
# Files that a page's commands create before its programs run.
GIVEN = {"docs/guides/qualify-a-lead.md": {"lead.json": json.dumps({"Contexts": [LEAD]})}}


def lay_out(page: Path, folder: Path) -> None:
    for name, text in (files(page) | GIVEN.get(str(page.relative_to(ROOT)), {})).items():
        (folder / name).write_text(text, encoding="utf-8")


def test_the_programs_are_typed_strictly(tmp_path: Path) -> None:
    """Each page is a package, so that all of them are checked in one run, with what the gate's own run has cached."""
    for number, page in enumerate(PAGES):
        folder = tmp_path / f"page{number}"
        folder.mkdir()
        own = "|".join(Path(name).stem for name in files(page) if name.endswith(".py"))
        for program in [each for each in PROGRAMS if each.page == page]:
            text = re.sub(rf"^from ({own}) import", rf"from page{number}.\1 import", program.text, flags=re.MULTILINE)
            (folder / program.name).write_text(text, encoding="utf-8")

    done = run(ROOT, "mypy", str(tmp_path), MYPYPATH=str(tmp_path))

    assert done.returncode == 0, done.stdout


def test_every_block_says_what_it_is() -> None:
    assert [f"{block.page.name}:{block.line}" for block in BLOCKS if block.language not in LANGUAGES] == []
    assert len(APPS) > 10


@pytest.mark.parametrize("program", APPS, ids=str)
def test_a_program_runs_as_given_and_its_app_is_synthesised(program: Program, folder: Path) -> None:
    lay_out(program.page, folder)
    names: dict[str, Any] = {"__name__": "__main__"}

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program.text, program.name, "exec"), names)  # noqa: S102 - our own pages
        for app in [each for each in names.values() if isinstance(each, App)]:
            app.synth()

    assert printed.getvalue() == (program.prints or "")


def _quick_and_slow() -> list[Any]:
    """The tests of each page, those that need the local cloud apart."""
    slow = [
        pytest.param(each.page, [each.name], marks=[pytest.mark.cloud, pytest.mark.slow], id=str(each))
        for each in TESTS
        if clouded(each)
    ]
    quick: dict[Path, list[str]] = {}
    for each in TESTS:
        if not clouded(each):
            quick.setdefault(each.page, []).append(each.name)
    return [*(pytest.param(page, names, id=page.name) for page, names in quick.items()), *slow]


def clouded(program: Program) -> bool:
    return "LocalCloud" in program.text


@pytest.mark.parametrize(("page", "names"), _quick_and_slow())
def test_the_tests_on_a_page_pass(page: Path, names: list[str], folder: Path) -> None:
    lay_out(page, folder)

    done = run(folder, "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *names)

    assert done.returncode == 0, done.stdout
    assert f"{len(names)} passed" in done.stdout


def run(folder: Path, module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        # The CDK CLI is found as a user's own would be.
        env={**os.environ, "PATH": f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "interactions",
    [None, [], [{}], [{"Contact": CONTACT | {"BusinessTitle": None}}], [{"Contact": {"Email": CONTACT["Email"]}}]],
)
def test_a_lead_without_a_complete_contact_is_reported(interactions: object, folder: Path) -> None:
    page = ROOT / "docs/guides/qualify-a-lead.md"
    lay_out(page, folder)
    payload = {"Lead": LEAD_PAYLOAD | {"Interactions": interactions}}
    (folder / "lead.json").write_text(json.dumps({"Contexts": [LEAD | {"Payload": payload}]}))

    with pytest.raises(SystemExit, match=r"No contact .* BusinessTitle, .* Write contact\.json yourself"):
        runpy.run_path("contact.py")

    assert not (folder / "contact.json").exists()


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language == "json"], ids=lambda each: each.page.name)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_code_fits_its_page_and_the_oldest_python(program: Program) -> None:
    ast.parse(program.text, feature_version=(3, 10))

    # As wide as the site's pages are; the formatter, which knows Markdown, allows more.
    assert [line for line in program.text.splitlines() if len(line) > (120 if program.page == README else 100)] == []


def test_the_readme_has_at_most_600_words() -> None:
    assert len(README.read_text().split()) <= 600


@pytest.mark.parametrize("line", LINES)
def test_a_command_exists_with_its_options(line: str) -> None:
    words = shlex.split(line, comments=True)

    checks = {"aws": aws, "cdk": cdk, "cdk-partnercentral": ours, "make": make, "npx": npx, "pip": pip, "npm": npm}
    check = checks.get(words[0])

    if check:
        check(words[1:])
    else:
        other(words)


def aws(words: list[str]) -> None:
    service, operation, *rest = words[: words.index(">")] if ">" in words else words
    model = botocore.session.Session().get_service_model(service)
    [name] = [name for name in model.operation_names if dashed(name) == operation]
    options = {word for word in rest if word.startswith("--")} - {"--region", "--query"}
    shape = model.operation_model(name).input_shape
    assert shape is not None
    assert options <= {f"--{dashed(member)}" for member in shape.members}
    # Partner Central has only this Region. The other commands are about the stack, in the Region that is configured.
    assert service != "partnercentral-selling" or rest[rest.index("--region") + 1] == "us-east-1"


def dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def cdk(words: list[str]) -> None:
    command = str(ROOT / "node_modules" / ".bin" / "cdk")
    told = subprocess.run([command, words[0], "--help"], capture_output=True, text=True, check=False).stdout
    assert f"cdk {words[0]} " in told or f"cdk {words[0]}\n" in told
    options = {word for word in words[1:] if word.startswith("-")}
    assert {option for option in options if not re.search(rf"(^|[ ,]){option}\b", told, re.MULTILINE)} == set()


def ours(words: list[str]) -> None:
    done = CliRunner().invoke(command, [words[0], "--help"])
    assert done.exit_code == 0, done.output
    options = {word for word in words[1:] if word.startswith("-")}
    assert {option for option in options if not re.search(rf"[ │]{option}\b", done.output)} == set()


def npx(words: list[str]) -> None:
    assert words[0] == "cdk"
    if words[1:] != ["--version"]:
        cdk(words[1:])


def make(words: list[str]) -> None:
    assert set(words) <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def pip(words: list[str]) -> None:
    assert words[0] == "install"
    if words[1:] == ["--upgrade", "cdk-partnercentral"]:
        return
    if words[1:-1] == ["--force-reinstall", "--no-deps"]:
        assert re.fullmatch(r"aws-cdk-lib==\d+\.\d+\.\d+", words[-1])
        return
    if words[1].startswith("dist/"):
        assert words[1:] == [f"dist/cdk_partnercentral-{cdk_partnercentral.__version__}-py3-none-any.whl"]
        return
    project = (ROOT / "pyproject.toml").read_text()
    packages = [word for word in words[1:] if word != "pytest"]
    for name, extra in [re.fullmatch(r"([a-z-]+)(?:\[(\w+)\])?", word).groups() for word in packages]:  # type: ignore[union-attr]
        assert f'\nname = "{name}"\n' in project
        assert extra is None or re.search(rf"^{extra} = \[", project, re.MULTILINE)


def npm(words: list[str]) -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    assert words == ["install", f"aws-cdk@{pinned}"]


def other(words: list[str]) -> None:
    if words[:3] == ["python", "-m", "cdk_partnercentral_local"]:
        with pytest.raises(SystemExit), contextlib.redirect_stdout(io.StringIO()) as told:
            local_cloud(["--help"])
        assert [word for word in words[3:] if "=" not in word and word not in told.getvalue()] == []
    else:
        assert words in (
            ["python3", "-m", "venv", ".venv"],
            [".", ".venv/bin/activate"],
            ["python", "-m", "pytest"],
            ["python", "contact.py"],
            ["python", "try_locally.py"],
        )
