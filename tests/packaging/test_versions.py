"""The table of `make versions`, and the search for a version of Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.versions import main
from tests.packaging.conftest import ROOT, interpreter

HERE = ".".join(map(str, sys.version_info[:2]))
FIND = ROOT / "scripts" / "find_python.sh"
HEAD = "Python    passed  failed  skipped  seconds\n"


def write(folder: Path, version: str, **counts: int) -> None:
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0, **counts}
    attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
    (folder / f"results-{version}.xml").write_text(f'<testsuites><testsuite {attributes} time="41.62"/></testsuites>')


def test_the_table_counts_the_tests_of_each_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "3.10", tests=200, skipped=3)
    write(tmp_path, "3.14", tests=190)

    assert main(["3.10", "3.14"], tmp_path) == 0

    assert capsys.readouterr().out == (
        HEAD + "3.10         197       0        3       42\n3.14         190       0        0       42\n"
    )


@pytest.mark.parametrize("counts", [{"failures": 2}, {"errors": 2}, {"failures": 1, "errors": 1}])
def test_a_failed_test_fails_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], counts: dict[str, int]
) -> None:
    write(tmp_path, "3.10", tests=200, **counts)
    write(tmp_path, "3.14", tests=200)

    assert main(["3.10", "3.14"], tmp_path) == 1

    assert "3.10         198       2        0       42\n" in capsys.readouterr().out


def test_a_version_that_is_not_at_hand_is_named_with_how_to_install_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "3.10", tests=200)

    assert main(["3.10", "3.99"], tmp_path) == 0

    assert capsys.readouterr().out.splitlines()[-1] == (
        "3.99     Python 3.99 is not at hand. Install it with .venv/bin/uv python install 3.99"
    )


@pytest.mark.parametrize("collected", [False, True])
def test_a_version_that_is_at_hand_must_run_its_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], collected: bool
) -> None:
    if collected:
        write(tmp_path, HERE)

    assert main([HERE], tmp_path) == 1

    assert collected or capsys.readouterr().out == HEAD + f"{HERE:8} the tests did not run\n"


def test_a_name_on_the_path_that_does_not_run_that_version_is_passed_over(tmp_path: Path) -> None:
    # Given a shim that only reports an error, one of another version, and one that works
    (tmp_path / "python3.98").write_text("#!/bin/sh\necho 'python3.98: command not found' >&2\nexit 127\n")
    (tmp_path / "python3.99").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / f"python{HERE}").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for shim in tmp_path.iterdir():
        shim.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"

    def find(version: str) -> tuple[int, str]:
        done = subprocess.run(
            [FIND, version], env={"PATH": path, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert find("3.98") == find("3.99") == (1, "")
    assert find(HERE) == (0, f"{sys.executable}\n")


def test_the_python_of_this_environment_is_at_hand() -> None:
    found = interpreter(HERE)

    assert found
    assert (
        subprocess.check_output([found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True)
        == f"{HERE}\n"
    )
