"""The release checklist: each thing that can be off is refused, and everything that is off is told at once."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import changelog, release_check

VERSION = "constructs/cdk_partnercentral/__init__.py"
CHANGES = """\
# Changelog

## [Unreleased]

## [1.2.3] - 2027-01-31

### Added

- A thing.

## [1.2.2] - 2027-01-30

- An older thing.

[1.2.3]: https://example.com/1.2.3
"""
READY = {VERSION: '__version__ = "1.2.3"\n', "CHANGELOG.md": CHANGES, "Makefile": "reproducible:\n\t@true\n"}


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def commit(root: Path, **changed: str) -> None:
    for name, text in changed.items():
        write(root, name, text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Change")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is ready to release 1.2.3, whatever hook or make these tests are run by."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "MAKEFLAGS", "MAKELEVEL"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path, **READY)
    return tmp_path


def test_what_is_ready_is_let_through_before_and_after_tagging(root: Path) -> None:
    assert release_check.problems(root) == []

    git(root, "tag", "v1.2.3")

    assert release_check.problems(root, "v1.2.3") == []


def untracked(root: Path) -> None:
    write(root, "new.py", "")


def edited(root: Path) -> None:
    write(root, "CHANGELOG.md", f"{CHANGES}\n")


def on_a_branch(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "work")
    commit(root)


def behind_the_remote(root: Path) -> None:
    commit(root)
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "reset", "--quiet", "--hard", "HEAD~1")


def without_main(root: Path) -> None:
    git(root, "branch", "--move", "trunk")


def tagged(root: Path) -> None:
    git(root, "tag", "--annotate", "--message", "1.2.3", "v1.2.3")


def put(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        commit(root, **{name: text})

    return change


NO_SECTION = "CHANGELOG.md has no section `## [1.2.3] - <date>` with entries."
CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a new file": (untracked, "The tree is dirty: new.py."),
    "an edited file": (edited, "The tree is dirty: CHANGELOG.md."),
    "a branch": (on_a_branch, "HEAD is not main's newest commit."),
    "an old commit": (behind_the_remote, "HEAD is not main's newest commit."),
    "no main": (without_main, "There is no main to compare with."),
    "released already": (tagged, "The tag v1.2.3 exists already."),
    "no date": (put("CHANGELOG.md", CHANGES.replace("[1.2.3] - 2027-01-31", "[1.2.3]")), NO_SECTION),
    "no such day": (put("CHANGELOG.md", CHANGES.replace("01-31", "02-31")), NO_SECTION),
    "another version's": (put("CHANGELOG.md", CHANGES.replace("[1.2.3] -", "[1.2.30] -")), NO_SECTION),
    "no entries": (put("CHANGELOG.md", CHANGES.replace("### Added\n\n- A thing.", "")), NO_SECTION),
    "left over": (
        put("CHANGELOG.md", CHANGES.replace("[Unreleased]\n", "[Unreleased]\n\n- Forgotten.\n")),
        "CHANGELOG.md has entries left under [Unreleased].",
    ),
    "not reproducible": (
        put("Makefile", "reproducible:\n\t@false\n"),
        "The build is not reproducible, see above.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_thing_that_is_off_is_refused(root: Path, case: str) -> None:
    change, expected = CASES[case]

    change(root)

    assert release_check.problems(root) == [expected]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.3-final", f"The version '1.2.3-final' in {VERSION} does not follow PEP 440."),
        ("", f"The version '' in {VERSION} does not follow PEP 440."),
        ("1.2.3-rc1", f"The version '1.2.3-rc1' in {VERSION} would be '1.2.3rc1' on PyPI."),
        ("1.2.3+mine", f"The version '1.2.3+mine' in {VERSION} would be '1.2.3' on PyPI."),
    ],
)
def test_a_version_is_as_pypi_takes_it(version: str, expected: str) -> None:
    assert release_check.version_problems(version, None) == [expected]


def test_a_tag_is_the_version_and_is_at_head_and_on_main(root: Path) -> None:
    git(root, "tag", "v1.2.3")
    git(root, "tag", "v1.2.4")
    on_a_branch(root)

    assert release_check.problems(root, "v1.2.4") == [
        "HEAD is not on main.",
        f"The tag v1.2.4 is not v1.2.3, the version in {VERSION}.",
        "The tag v1.2.4 is not at HEAD.",
    ]


def test_a_tag_may_be_older_than_main(root: Path) -> None:
    git(root, "tag", "v1.2.3")
    commit(root)
    git(root, "checkout", "--quiet", "--detach", "v1.2.3")

    assert release_check.problems(root, "v1.2.3") == []


def test_everything_that_is_off_is_told_at_once(root: Path) -> None:
    tagged(root)
    commit(root, **{VERSION: "", "CHANGELOG.md": "## [Unreleased]\n- A thing.\n", "Makefile": ""})
    on_a_branch(root)
    untracked(root)

    assert len(release_check.problems(root)) == 6


def test_the_checklist_runs_from_the_command_line_and_fails_with_what_it_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(release_check, "ROOT", root)
    assert release_check.main(None) == 0
    assert capsys.readouterr() == ("Ready to release 1.2.3.\n", "")

    untracked(root)

    assert release_check.main(None) == 1
    assert capsys.readouterr() == ("Not ready to release 1.2.3.\n", "- The tree is dirty: new.py.\n")


def test_a_releases_notes_are_its_section_of_the_changelog(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(changelog, "CHANGELOG", root / "CHANGELOG.md")

    assert changelog.main("v1.2.3") == 0
    assert capsys.readouterr().out == "### Added\n\n- A thing.\n"
    assert changelog.main("v1.2.2") == 0
    assert capsys.readouterr().out == "- An older thing.\n"

    assert changelog.main("v1.2") == 1
    assert "no dated section for v1.2." in capsys.readouterr().err


def test_the_projects_own_changelog_and_version_can_be_read() -> None:
    read = changelog.sections(changelog.CHANGELOG.read_text(encoding="utf-8"))

    assert changelog.UNRELEASED in read
    assert release_check.version_problems(release_check.version_of(release_check.ROOT), None) == []
