"""The site, built once; the function, as tests/lambda_handler/process has it; and a folder for the programs of a page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.site import Page, read
from tests.lambda_handler.process.conftest import certificate, start, unpacked

__all__ = ["certificate", "start", "unpacked"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder. `--strict`: a warning, about a link for example, ends the build."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return folder


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
