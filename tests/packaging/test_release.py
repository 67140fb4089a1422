"""`make release-check` reports everything that is wrong with a release, in a small repository with the project's own files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION_FILE = "constructs/cdk_partnercentral/__init__.py"
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2027-01-31

- A change.

## [1.1.0] - 2026-12-31

- An older change.

[1.1.0]: https://example.com/1.1.0
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def check(folder: Path, tag: str = "") -> tuple[int, list[str]]:
    """Return the exit status and the problems."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["scripts/release_check.sh", tag],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [line.removeprefix("- ") for line in done.stderr.splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with version 1.2.0 ready for its release, on main."""
    for name in ("Makefile", "pyproject.toml", "scripts/release_check.sh", "README.md", "LICENSE", "hatch_build.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / VERSION_FILE).parent.mkdir(parents=True)
    (tmp_path / VERSION_FILE).write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Prepare 1.2.0")
    return tmp_path


def test_a_commit_that_is_ready_passes_before_and_after_it_is_tagged(project: Path) -> None:
    assert check(project) == (0, [])

    git(project, "tag", "v1.2.0")

    assert check(project, "v1.2.0") == (0, [])


def test_every_problem_is_reported_at_once(project: Path) -> None:
    git(project, "tag", "v1.3.0")
    git(project, "checkout", "-qb", "topic")
    (project / VERSION_FILE).write_text('__version__ = "1.3.0"\n')
    git(project, "commit", "-qam", "Raise the version")
    (project / "CHANGELOG.md").write_text(CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- Left over.\n"))

    status, problems = check(project)

    assert status == 1
    assert problems == [
        "There are uncommitted changes:  M CHANGELOG.md ",
        "The tag v1.3.0 already exists.",
        "HEAD is not the newest commit of main.",
        "CHANGELOG.md needs entries under '## [1.3.0] - <date>'.",
        "CHANGELOG.md has entries under [Unreleased].",
    ]


def test_a_tag_must_name_the_version_and_be_on_main(project: Path) -> None:
    git(project, "checkout", "-qb", "topic")
    git(project, "commit", "-qm", "More", "--allow-empty")
    git(project, "tag", "v1.2.1")

    assert check(project, "v1.2.1") == (1, ["The tag is v1.2.1, but the version is 1.2.0.", "HEAD is not on main."])


def test_release_notes_are_the_section_of_the_version(project: Path) -> None:
    def notes(tag: str) -> subprocess.CompletedProcess[str]:
        # If make runs the tests, a make inside them would print the folders that it enters.
        command = ["make", "--no-print-directory", "release-notes", f"TAG={tag}"]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    assert notes("v1.2.0").stdout.strip() == "- A change."
    assert notes("v1.1.0").stdout.strip() == "- An older change."
    assert notes("v1.2").returncode != 0
