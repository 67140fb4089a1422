"""The site, built once; the function, as tests/lambda_handler/process has it; and a folder for the programs of a page."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.site import Page, read
from tests.lambda_handler.process.conftest import certificate, start, unpacked

__all__ = ["certificate", "start", "unpacked"]

ROOT = Path(__file__).parents[2]
# What the pages include, besides docs/.
SITE_SOURCES = ("constructs", "examples", "CHANGELOG.md", "CONTRIBUTING.md")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, which is built as `make docs` builds it."""
    return build(tmp_path_factory.mktemp("site"), (ROOT / "zensical.toml").read_text(encoding="utf-8"))


def build(folder: Path, configuration: str) -> Path:
    """Build the site in a folder with a copy of the pages, because the generator writes only next to its configuration."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name in SITE_SOURCES:
        (folder / name).symlink_to(ROOT / name)
    (folder / "zensical.toml").write_text(configuration, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return folder / "site"


@pytest.fixture(scope="session")
def pages(built: Path) -> dict[str, Page]:
    """The pages by their paths within the site."""
    return {str(path.relative_to(built)): read(path) for path in sorted(built.rglob("*.html"))}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to work in and to import from, as a program's own is."""
    before, known = Path.cwd(), set(sys.modules)
    os.chdir(tmp_path)
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))
    os.chdir(before)
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
