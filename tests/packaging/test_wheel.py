"""The wheel as a user gets it: what is in it, and that an app elsewhere synthesises with nothing but it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = """\
from aws_cdk import App, Stack
from cdk_partnercentral import EngagementContext
app = App(outdir="out")
payload = {"CustomerProject": {"Project": {"Title": "T", "BusinessProblem": "B" * 20, "TargetCompletionDate": "2027-06-30"}}}
EngagementContext(Stack(app, "S"), "C", catalog="Sandbox", engagement_identifier="eng-0123456789abcd", payload=payload)
app.synth()
"""


def run(*command: str | Path, folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    subprocess.run(command, cwd=folder, check=True, env=environment, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_is_pure_python_and_carries_the_library_the_local_cloud_and_the_zip(wheel: Path) -> None:
    assert wheel.name == "cdk_partnercentral-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        packed = archive.read("cdk_partnercentral/function.zip")
    assert packed == (ROOT / "constructs" / "cdk_partnercentral" / "function.zip").read_bytes()
    assert {"cdk_partnercentral/py.typed", "cdk_partnercentral_local/py.typed"} <= names
    folders = {name.split("/")[0] for name in names}
    assert folders == {"cdk_partnercentral", "cdk_partnercentral_local", "cdk_partnercentral-0.1.0.dist-info"}


def test_an_app_outside_the_repository_synthesises_in_an_environment_with_nothing_else(
    wheel: Path, tmp_path: Path
) -> None:
    # Given an empty environment with the wheel and what it asks for
    uv = [sys.executable, "-m", "uv"]
    run(*uv, "venv", "--quiet", "--python", sys.executable, "env", folder=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(*uv, "pip", "install", "--quiet", "--python", python, wheel, folder=tmp_path)
    # When a small app is run there
    (tmp_path / "app.py").write_text(APP)
    run(python, "app.py", folder=tmp_path)
    # Then its template and the function's code are there
    assert "Custom::EngagementContext" in (tmp_path / "out" / "S.template.json").read_text()
    (asset,) = (tmp_path / "out").glob("asset.*.zip")
    with zipfile.ZipFile(wheel) as archive:
        assert asset.read_bytes() == archive.read("cdk_partnercentral/function.zip")
