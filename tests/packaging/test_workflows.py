"""The workflows cannot run here, so these tests check what they refer to: make targets, Pythons and pinned lists."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYTHONS = re.findall(r"^PYTHONS := (.*)", MAKEFILE, re.MULTILINE)[0].split()
TARGETS = {*re.findall(r"^([a-z-]+)(?: [a-z ]+)?:", MAKEFILE, re.MULTILINE), *(f"tests-{each}" for each in PYTHONS)}
JOBS: dict[str, dict[str, Any]] = {
    f"{path.name}: {job}": content
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    for job, content in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
}


def targets(command: str) -> set[str]:
    """Return the make targets that a command line calls."""
    words = shlex.split(command)
    return {word for word in words[1:] if re.fullmatch(r"[a-z][a-z0-9.-]*", word)} if words[:1] == ["make"] else set()


def called(job: str) -> set[str]:
    """Return the make targets that a job calls."""
    lines = set()
    for step in JOBS[job]["steps"]:
        text = step.get("run", "")
        for name, value in step.get("env", {}).items():
            text = text.replace(f"${name}", value)
        lines |= {*text.splitlines()}
    for name, values in JOBS[job].get("strategy", {}).get("matrix", {}).items():
        lines = {line.replace(f"${{{{ matrix.{name} }}}}", value) for line in lines for value in values}
    return set().union(*map(targets, lines))


@pytest.mark.parametrize("job", JOBS)
def test_every_job_has_a_time_limit_and_calls_targets_that_exist(job: str) -> None:
    assert called(job) <= TARGETS
    assert 0 < JOBS[job]["timeout-minutes"] <= 120


def test_changes_releases_and_the_schedule_run_what_they_must() -> None:
    in_ci = set().union(*(called(job) for job in JOBS if job.startswith("ci.yml")))

    assert {"lint", "types", "workflows", "secrets", "licenses", "tests", "audit", "docs", "dist"} <= in_ci
    assert called("scheduled.yml: everything") == {"test-all"}
    assert called("scheduled.yml: api") == {"api-changes", "model"}
    assert called("release.yml: check") == {"audit", "release-check"}
    assert called("release.yml: test") == {"test-all"}
    assert called("release.yml: build") == called("release.yml: verify") == {"dist"}


def test_every_python_that_the_package_names_is_tested() -> None:
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert JOBS["ci.yml: python"]["strategy"]["matrix"]["python"] == named == PYTHONS
    assert called("ci.yml: python") == {f"tests-{version}" for version in named}


def test_dependabot_watches_every_pinned_list() -> None:
    manifests = {"uv": "requirements.in", "npm": "package.json", "github-actions": ".github/workflows"}
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    watched = {
        f"{folder}/{manifests[each['package-ecosystem']]}".lstrip("/")
        for each in updates
        for folder in each.get("directories") or [each["directory"]]
    }

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    lists = {name for name in tracked if name.endswith(("requirements.in", "/package.json")) or name == "package.json"}
    assert {name.lstrip("/") for name in watched} == lists | {".github/workflows"}


def test_the_hooks_of_pre_commit_call_targets_that_exist() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]

    assert set().union(*(targets(hook["entry"]) for each in configured for hook in each["hooks"])) <= TARGETS
