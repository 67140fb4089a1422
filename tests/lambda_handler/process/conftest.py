"""The function as it is shipped: its zip, unpacked, and processes that run it."""

import compileall
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from cdk_partnercentral_local import Behavior

pytest.register_assert_rewrite("tests.lambda_handler.process.harness")

from tests.lambda_handler.process.endpoint import certificate as make_certificate  # noqa: E402
from tests.lambda_handler.process.harness import Cloud  # noqa: E402

# A story that takes its time, told in a cloud of its own.
Scenario: TypeAlias = Callable[[Callable[..., Cloud]], None]

ROOT = Path(__file__).parents[3]
ZIP = ROOT / "constructs" / "cdk_partnercentral" / "function.zip"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The function's zip, built anew if it is old, unpacked and read-only as Lambda has it."""
    subprocess.run([sys.executable, str(ROOT / "hatch_build.py")], check=True, cwd=ROOT, capture_output=True)
    folder = tmp_path_factory.mktemp("function")
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(folder)
    # Byte code saves half a second for each of many processes, and changes nothing else.
    compileall.compile_dir(folder, quiet=2, workers=1)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answer endpoint's certificate."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def start(unpacked: Path, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cloud]:
    """Make a cloud with a process of its own; use it in a `with` block.

    It takes environment variables, and members of `Function`. In a `path`, None stands for the unpacked zip.
    """

    def made(
        *,
        path: Sequence[Path | None] = (None,),
        module: str = "lambda_handler.index",
        scans: bool = True,
        **environment: str,
    ) -> Cloud:
        folders = [folder or unpacked for folder in path]
        folder = tmp_path_factory.mktemp("cloud")
        return Cloud(folders, certificate, folder, environment, module=module, scans=scans)

    return made


@pytest.fixture(scope="session")
def warm(start: Callable[..., Cloud]) -> Iterator[Cloud]:
    """A cloud whose process is up: for tests that neither kill nor stall it."""
    with start() as cloud:
        yield cloud


@pytest.fixture
def cloud(warm: Cloud) -> Cloud:
    """The warm cloud with nothing planned and nothing called."""
    warm.service.behavior = Behavior()
    warm.service.faults.clear()
    warm.service.calls.clear()
    return warm


@pytest.fixture
def fresh(start: Callable[..., Cloud]) -> Iterator[Callable[..., Cloud]]:
    """Start clouds that end with the test."""
    with ExitStack() as stack:
        yield lambda **environment: stack.enter_context(start(**environment))


@pytest.fixture
def engagement(cloud: Cloud) -> str:
    """An engagement of the warm cloud that nobody else uses."""
    return cloud.service.create_engagement()


@pytest.fixture(scope="session", autouse=True)
def background(request: pytest.FixtureRequest, start: Callable[..., Cloud]) -> Iterator[dict[Scenario, "Future[None]"]]:
    """Whatever the collected tests have as their parameter `scenario`, started with the first test, a few at a time.

    Most of a scenario is waiting, so the other tests run meanwhile, and a test waits for its own scenario only.
    """
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    wanted = dict.fromkeys(call.params["scenario"] for call in calls if call and "scenario" in call.params)
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield {scenario: pool.submit(scenario, start) for scenario in wanted}
        pool.shutdown(cancel_futures=True)
