"""Say whether a commit can be released, and everything that stands against it at once.

`make release-check` before tagging; `make release-check TAG=v1.2.3` on the tag, as the release workflow does. Building
twice comes last, since it takes longest, and runs whatever was found before.
"""

import re
import subprocess
import sys
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scripts import changelog

ROOT = Path(__file__).parents[1]
VERSION_FILE = "constructs/cdk_partnercentral/__init__.py"


def problems(root: Path, tag: str | None = None) -> list[str]:
    """Return what stands against releasing the commit that is checked out, in sentences."""
    version = version_of(root)
    return [
        *tree_problems(root),
        *branch_problems(root, tag),
        *version_problems(version, tag),
        *tag_problems(root, version, tag),
        *changelog_problems(root, version),
        *build_problems(root),
    ]


def version_of(root: Path) -> str:
    """Return the version as the library's source states it, or an empty string."""
    found = re.search(r'^__version__ = "(.*)"$', (root / VERSION_FILE).read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


def tree_problems(root: Path) -> list[str]:
    """What is released must be what is committed."""
    changed = git(root, "status", "--porcelain").splitlines()
    return [f"The tree is dirty: {', '.join(line[3:] for line in changed)}."] if changed else []


def branch_problems(root: Path, tag: str | None) -> list[str]:
    """Before tagging, the commit is main's newest; a tag may be older than main, but lies on it."""
    main = git(root, "rev-parse", "--verify", "--quiet", "origin/main") or git(
        root, "rev-parse", "--verify", "--quiet", "main"
    )
    if not main:
        return ["There is no main to compare with."]
    if tag:
        on_main = git(root, "merge-base", "HEAD", main) == git(root, "rev-parse", "HEAD")
        return [] if on_main else ["HEAD is not on main."]
    return [] if git(root, "rev-parse", "HEAD") == main else ["HEAD is not main's newest commit."]


def version_problems(version: str, tag: str | None) -> list[str]:
    """The version is one that PyPI takes as it stands, and the tag's own."""
    found = []
    try:
        if version != Version(version).public:
            found.append(f"The version {version!r} in {VERSION_FILE} would be {Version(version).public!r} on PyPI.")
    except InvalidVersion:
        found.append(f"The version {version!r} in {VERSION_FILE} does not follow PEP 440.")
    if tag and tag != f"v{version}":
        found.append(f"The tag {tag} is not v{version}, the version in {VERSION_FILE}.")
    return found


def tag_problems(root: Path, version: str, tag: str | None) -> list[str]:
    """A version is released once: before tagging there is no such tag, and a tag that is released is checked out."""
    commit = git(root, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag or f'v{version}'}^{{commit}}")
    if not tag:
        return [f"The tag v{version} exists already."] if commit else []
    return [] if commit == git(root, "rev-parse", "HEAD") else [f"The tag {tag} is not at HEAD."]


def changelog_problems(root: Path, version: str) -> list[str]:
    """What changed stands under the version, with a real date, and nothing is left over."""
    read = changelog.sections((root / changelog.CHANGELOG.name).read_text(encoding="utf-8"))
    found = []
    if not changelog.notes(read, version):
        found.append(f"CHANGELOG.md has no section `## [{version}] - <date>` with entries.")
    if read.get(changelog.UNRELEASED):
        found.append(f"CHANGELOG.md has entries left under {changelog.UNRELEASED}.")
    return found


def build_problems(root: Path) -> list[str]:
    """Two builds give the same bytes."""
    done = subprocess.run(["make", "reproducible"], cwd=root, check=False)  # noqa: S607
    return ["The build is not reproducible, see above."] if done.returncode else []


def git(root: Path, *arguments: str) -> str:
    """Return what git prints; an empty string where it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.rstrip("\n") if done.returncode == 0 else ""


def main(tag: str | None) -> int:
    """Print every problem; succeed when there is none."""
    found = problems(ROOT, tag)
    for line in found:
        sys.stderr.write(f"- {line}\n")
    sys.stdout.write(f"{'Not ready' if found else 'Ready'} to release {version_of(ROOT)}.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
