"""The workflows, which cannot run here: what they call exists and runs here, and the linters that hold them do find."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
WORKFLOWS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}
NODE = ROOT / ".venv" / "node" / "node"
GOOD = """\
name: probe
on:
  push:
    branches: [main]
permissions: {}
jobs:
  probe:
    name: probe
    runs-on: ubuntu-24.04
    permissions:
      contents: read # to check the sources out
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
"""


JOBS: dict[str, dict[str, Any]] = {
    f"{name}: {job}": content
    for name, text in sorted(WORKFLOWS.items())
    for job, content in yaml.safe_load(text)["jobs"].items()
}


def made(command: str) -> list[str]:
    """The make targets that a command line calls."""
    words = shlex.split(command)
    return [word for word in words[1:] if re.fullmatch(r"[a-z][a-z-]*", word)][:1] if words[:1] == ["make"] else []


def lint(workflow: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "lint_workflows.mjs"
    return subprocess.run([NODE, script, workflow], cwd=ROOT, capture_output=True, text=True, check=False)


def audit(workflow: Path) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".venv" / "bin" / "zizmor"), "--offline", "--persona", "pedantic", "--quiet", str(workflow)]
    return subprocess.run(command, cwd=workflow.parent, capture_output=True, text=True, check=False)


def test_there_is_one_workflow_for_changes_and_one_for_releases() -> None:
    assert set(WORKFLOWS) == {"ci.yml", "release.yml"}


def called(job: str) -> set[str]:
    """The make targets that a job calls."""
    return {target for step in JOBS[job]["steps"] for target in made(step.get("run", ""))}


@pytest.mark.parametrize("job", JOBS)
def test_every_job_is_bounded_and_what_it_makes_exists(job: str) -> None:
    assert called(job) <= TARGETS
    assert 0 < JOBS[job]["timeout-minutes"] <= 60


def test_the_workflows_make_what_a_release_must_pass() -> None:
    assert called("release.yml: check") == {"audit", "release-check"}
    assert called("release.yml: test") == {"test"}
    assert called("release.yml: build") == called("release.yml: verify") == {"dist"}
    assert called("release.yml: publish") == {"publish"}
    assert called("release.yml: github") == {"release-notes"}
    in_ci = set().union(*(called(job) for job in JOBS if job.startswith("ci.yml")))
    gate = set(re.findall(r"^test: ([a-z -]+) ##", MAKEFILE, re.MULTILINE)[0].split())
    assert gate | {"lowest", "newest", "docs", "audit", "dist", "reproducible"} == in_ci


def test_only_the_jobs_that_sign_or_release_may_write() -> None:
    grants = {name: {each for each, may in job["permissions"].items() if may == "write"} for name, job in JOBS.items()}

    assert {name: granted for name, granted in grants.items() if granted} == {
        "release.yml: attest": {"id-token", "attestations"},
        "release.yml: publish": {"id-token"},
        "release.yml: github": {"contents"},
    }
    assert {name for name, job in JOBS.items() if "environment" in job} == {"release.yml: publish"}


def test_actions_are_pinned_by_commit_and_each_at_one_version() -> None:
    used = [line for text in WORKFLOWS.values() for line in re.findall(r"uses: (.*)", text)]
    pinned = [re.fullmatch(r"([a-z-]+/[a-z-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line) for line in used]

    assert all(pinned), used
    assert len({found.groups() for found in pinned if found}) == len({found[1] for found in pinned if found})


def test_every_python_that_the_package_names_is_tested() -> None:
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert JOBS["ci.yml: python"]["strategy"]["matrix"]["python"] == named


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("ubuntu-24.04", "ubuntu-24.4", 'label "ubuntu-24.4" is unknown'),
        ("contents: read", "content: read", 'unknown permission scope "content"'),
        ("    steps:", "    step:", 'unexpected key "step"'),
        ("persist-credentials: false", "name: ${{ github.nothing }}", 'property "nothing" is not defined'),
    ],
)
def test_actionlint_passes_over_nothing_but_what_it_is_too_old_for(
    tmp_path: Path, old: str, new: str, finding: str
) -> None:
    workflow = tmp_path / "probe.yml"
    workflow.write_text(GOOD, encoding="utf-8")
    good = lint(workflow)
    assert (good.returncode, good.stderr) == (0, "")

    workflow.write_text(GOOD.replace(old, new), encoding="utf-8")

    found = lint(workflow)
    assert found.returncode == 1
    assert finding in found.stderr


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@main", "unpinned-uses"),
        ("persist-credentials: false", "fetch-depth: 0", "artipacked"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("    steps:", "    steps:\n      - run: echo ${{ github.head_ref }}", "template-injection"),
    ],
)
def test_zizmor_finds_what_is_unsafe(tmp_path: Path, old: str, new: str, finding: str) -> None:
    workflow = tmp_path / ".github" / "workflows" / "probe.yml"
    workflow.parent.mkdir(parents=True)
    text = GOOD.replace(
        "permissions: {}\n", "permissions: {}\nconcurrency: { group: probe, cancel-in-progress: true }\n"
    )
    workflow.write_text(text, encoding="utf-8")
    good = audit(workflow)
    assert good.returncode == 0, good.stdout

    workflow.write_text(text.replace(old, new), encoding="utf-8")

    found = audit(workflow)
    assert found.returncode > 0
    assert finding in found.stdout


def test_dependabot_looks_where_the_pinned_lists_are() -> None:
    manifests = {"uv": "requirements.in", "npm": "package.json", "github-actions": ".github/workflows"}
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    looked_at = {
        f"{folder}/{manifests[each['package-ecosystem']]}".lstrip("/")
        for each in updates
        for folder in each.get("directories") or [each["directory"]]
    }

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    lists = {name for name in tracked if name.endswith(("requirements.in", "/package.json")) or name == "package.json"}
    assert {name.lstrip("/") for name in looked_at} == lists | {".github/workflows"}


@pytest.mark.parametrize("name", ["requirements.txt", "lambda_handler/requirements.txt"])
def test_the_lists_tell_dependabot_how_they_are_resolved(name: str) -> None:
    """It takes these two options from the header, and would else resolve for its own Python only."""
    header = (ROOT / name).read_text(encoding="utf-8").partition("\n\n")[0].splitlines()[:2]

    assert "--universal --python-version 3.10" in header[1]


def test_the_hooks_call_make_targets_and_pin_nothing() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]

    assert [each["repo"] for each in configured] == ["local"]
    for hook in configured[0]["hooks"]:
        assert hook["language"] == "system"
        assert made(hook["entry"])[0] in TARGETS
