"""Read CHANGELOG.md: the sections, and one of them as a release's notes.

`make release-notes TAG=v1.2.3` prints a version's section. Standard library only, so that it runs without a set-up.
"""

import datetime as dt
import re
import sys
from collections.abc import Mapping
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"
UNRELEASED = "[Unreleased]"
# Keep a Changelog: `## [1.2.3] - 2027-01-31`.
_HEADING = re.compile(r"^## (?P<title>.+?)\s*$", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Return what stands under each heading of the second level, by the heading's text."""
    found = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in found[1:]] + [len(text)]
    return {
        heading["title"]: _without_links(text[heading.end() : end]) for heading, end in zip(found, ends, strict=True)
    }


def notes(read: Mapping[str, str], version: str) -> str | None:
    """Return the section of a released version, or None when it has none with a date."""
    return next((body for title, body in read.items() if _names(title, version)), None)


def _names(title: str, version: str) -> bool:
    name, _, day = title.partition(" - ")
    try:
        return name == f"[{version}]" and dt.date.fromisoformat(day) is not None
    except ValueError:
        return False


def _without_links(body: str) -> str:
    # The link definitions at the file's end belong to its headings.
    return re.sub(r"^\[[^\]]+\]: \S+$", "", body, flags=re.MULTILINE).strip()


def main(tag: str) -> int:
    """Print a tag's section."""
    found = notes(sections(CHANGELOG.read_text(encoding="utf-8")), tag.removeprefix("v"))
    if not found:
        sys.stderr.write(f"CHANGELOG.md has no dated section for {tag or 'no TAG'}.\n")
        return 1
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
