"""The function as it ships: its zip, unpacked, and processes that run it."""

import compileall
import fcntl
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.lambda_handler.process.harness")

from tests.lambda_handler.process.endpoint import certificate as make_certificate  # noqa: E402
from tests.lambda_handler.process.harness import Cloud  # noqa: E402
from tests.lambda_handler.process.strict import strict  # noqa: E402

ROOT = Path(__file__).parents[3]
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The function's zip, rebuilt if it is old, unpacked and read-only as in Lambda. The workers of a test run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "function"
    with (shared / "function.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            subprocess.run([sys.executable, str(ROOT / "hatch_build.py")], check=True, cwd=ROOT, capture_output=True)
            unpack(folder)
    return folder


def unpack(folder: Path) -> None:
    """Unpack the zip into a folder, which becomes read-only."""
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(folder)
    if not os.environ.get("FUNCTION_PYTHON"):
        # The byte code in the zip is for Lambda's Python. Without byte code, each process starts half a second later.
        compileall.compile_dir(folder, quiet=2, workers=1)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the response endpoint."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def start(unpacked: Path, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cloud]:
    """Create a cloud with a process of its own, for a `with` block.

    It takes environment variables, and members of `Function`. In a `path`, None is the unpacked zip.
    """

    def made(
        *,
        path: Sequence[Path | None] = (None,),
        module: str = "lambda_handler.index",
        scans: bool = True,
        **environment: str | None,
    ) -> Cloud:
        folders = [folder or unpacked for folder in path]
        folder = tmp_path_factory.mktemp("cloud")
        return Cloud(folders, certificate, folder, environment, module=module, scans=scans)

    return made


@pytest.fixture(scope="session")
def warm(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    """A cloud whose process is running: for tests that neither kill nor block it."""
    with start() as cloud:
        yield cloud


def reset(cloud: Cloud) -> Cloud:
    """Remove a cloud's planned faults, recorded calls and stacks."""
    cloud.service.behavior = strict()
    cloud.service.faults.clear()
    cloud.service.calls.clear()
    cloud.cloudformation.reset()
    return cloud


@pytest.fixture
def cloud(warm: Cloud) -> Cloud:
    """The warm cloud, without planned faults or recorded calls."""
    return reset(warm)


@pytest.fixture
def fresh(start: Callable[..., Cloud]) -> Iterator[Callable[..., Cloud]]:
    """Start clouds that end with the test."""
    with ExitStack() as stack:
        yield lambda **environment: stack.enter_context(start(**environment))


@pytest.fixture
def engagement(cloud: Cloud) -> str:
    """An engagement of the warm cloud that no other test uses."""
    return cloud.service.create_engagement()


@pytest.fixture(scope="module", autouse=True)
def scenarios(request: pytest.FixtureRequest, start: Callable[..., Cloud]) -> Iterator[dict[Any, "Future[None]"]]:
    """Run the parameters `scenario` of a module's tests in the background, from its first test on.

    A scenario is a test that mostly waits. It gets `start` and runs in a cloud of its own, while other tests run.
    """
    calls = (getattr(item, "callspec", None) for item in request.session.items if item.path == request.path)
    wanted = dict.fromkeys(call.params["scenario"] for call in calls if call and "scenario" in call.params)
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield {scenario: pool.submit(scenario, start) for scenario in wanted}
        pool.shutdown(cancel_futures=True)
