"""The function from its zip, under Lambda's runtime interface client, between the local Partner Central and its other peers."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.lambda_handler.process.harness", "tests.runtime.lambda_function")

import hatch_build  # noqa: E402
from tests.lambda_handler.process.conftest import unpack  # noqa: E402
from tests.lambda_handler.process.endpoint import certificate  # noqa: E402
from tests.lambda_handler.process.harness import PYTHON, Cloud  # noqa: E402
from tests.runtime.lambda_function import LambdaFunction  # noqa: E402

HOW = "Python 3.14, the function's runtime, is missing. Run scripts/python_3_14.sh to install it, then run `make runtime`."


@pytest.fixture(scope="session", autouse=True)
def runtime() -> None:
    """Skip the tests if there is no interpreter like Lambda's. With REQUIRE_RUNTIME, fail instead."""
    if not os.environ.get("FUNCTION_PYTHON"):
        (pytest.fail if os.environ.get("REQUIRE_RUNTIME") else pytest.skip)(HOW)


@pytest.fixture(scope="session")
def public(runtime: None) -> Iterator[Path]:
    """A folder that every user can read, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    # Only root can remove files from a folder that is read-only.
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def code(public: Path) -> Path:
    """The zip, unpacked and read-only."""
    if not hatch_build.is_current():
        hatch_build.build()
    unpack(public / "function")
    return public / "function"


@pytest.fixture(scope="session")
def without_privileges(code: Path) -> Sequence[str]:
    """The command that starts another command without privileges."""
    if os.geteuid():
        return ()
    prefixes = (
        ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
        # If the interpreter is in a folder that only root can enter.
        ("setpriv", "--bounding-set=-all", "--inh-caps=-all"),
    )
    for prefix in prefixes:
        command = [*prefix, PYTHON, "-S", "-c", "import lambda_handler"]
        if subprocess.run(command, cwd=code, capture_output=True, check=False).returncode == 0:
            return prefix
    pytest.fail("the tests run as root, and must be able to start the function without privileges; install setpriv")


@pytest.fixture
def start(
    code: Path, without_privileges: Sequence[str], public: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Cloud]]:
    """Create a cloud whose function runs under awslambdaric, until the end of the test. It takes environment variables."""
    trusted = certificate(Path(tempfile.mkdtemp(dir=public)))
    trusted.parent.chmod(0o755)
    with ExitStack() as stack:

        def made(*, path: Sequence[Path] | None = None, **environment: str | None) -> Cloud:
            folder = tmp_path_factory.mktemp("cloud")
            environment = {"HOME": None, **environment}
            return stack.enter_context(
                Cloud(path or [code], trusted, folder, environment, kind=LambdaFunction, prefix=without_privileges)
            )

        yield made
