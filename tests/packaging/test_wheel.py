"""The wheel and the sdist as a user gets them: their contents, and that they work without a network."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest
import readme_renderer.markdown

import cdk_partnercentral
import hatch_build
from tests.packaging.conftest import ROOT, interpreter, run

VERSION = cdk_partnercentral.__version__
INFO = f"cdk_partnercentral-{VERSION}.dist-info"
SBOM = f"{INFO}/sboms/cdk-partnercentral.cdx.json"
APP = """\
from aws_cdk import App, Stack
from cdk_partnercentral import EngagementContext
app = App(outdir="out")
payload = {"CustomerProject": {"Project": {"Title": "T", "BusinessProblem": "B" * 20, "TargetCompletionDate": "2999-06-30"}}}
EngagementContext(Stack(app, "S"), "C", catalog="Sandbox", engagement_identifier="eng-0123456789abcd", payload=payload)
app.synth()
"""


def tracked(*folders: str) -> set[str]:
    """Return the files of folders that are in the repository, or are about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name for name in listed if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def metadata(contents: dict[str, bytes]) -> Message:
    return HeaderParser().parsestr(contents[f"{INFO}/METADATA"].decode())


def test_the_wheel_contains_the_sources_the_zip_and_their_descriptions(wheel: Path, contents: dict[str, bytes]) -> None:
    assert wheel.name == f"cdk_partnercentral-{VERSION}-py3-none-any.whl"
    sources = {name.removeprefix("constructs/") for name in tracked("constructs")}
    described = {f"{INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    assert set(contents) == sources | described | {SBOM, "cdk_partnercentral/function.zip"}
    assert {"cdk_partnercentral/py.typed", "cdk_partnercentral_local/py.typed"} <= set(contents)
    assert contents["cdk_partnercentral/function.zip"] == hatch_build.ZIP.read_bytes()


def test_the_sdist_contains_everything_that_the_wheel_is_made_of(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = tracked("constructs", "lambda_handler", "scripts/packer")
    files = {
        "hatch_build.py",
        "scripts/project_urls.py",
        "zensical.toml",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        ".gitignore",
        "PKG-INFO",
    }
    made = {"constructs/cdk_partnercentral/function.zip", "cdk-partnercentral.cdx.json"}
    assert names == sources | files | made


def test_the_metadata_is_complete_for_pypi(metadata: Message) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("cdk-partnercentral", VERSION)
    assert (metadata["License-Expression"], metadata["Requires-Python"]) == ("Apache-2.0", ">=3.10")
    classifiers = metadata.get_all("Classifier", [])
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 15)} <= set(classifiers)
    assert {"Typing :: Typed", "Framework :: AWS CDK :: 2"} <= set(classifiers)
    assert "partner-central" in metadata["Keywords"]
    required = [name for name in metadata.get_all("Requires-Dist", []) if "extra ==" not in name]
    assert sorted(re.match(r"[\w-]+", name)[0] for name in required) == ["aws-cdk-lib", "boto3", "constructs"]  # type: ignore[index]  # each has a name


def test_the_readme_renders_on_pypi(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    text = str(metadata.get_payload())
    assert readme_renderer.markdown.render(text)
    # On PyPI there is no repository around it.
    assert re.findall(r"\]\((?!https://|#)", text) == []


def test_the_bill_of_materials_lists_the_pinned_packages_with_their_licenses(contents: dict[str, bytes]) -> None:
    components = json.loads(contents[SBOM])["components"]
    pinned = re.findall(r"^([\w.-]+)==([\w.]+)", hatch_build.REQUIREMENTS.read_text(), re.MULTILINE)

    assert [(part["name"], part["version"]) for part in components] == sorted(pinned)
    assert all(part["licenses"] for part in components)


def test_the_wheel_does_not_name_the_machine_that_built_it(contents: dict[str, bytes]) -> None:
    for place in (str(ROOT), str(Path.home()), sys.prefix):
        assert [name for name, content in contents.items() if place.encode() in content] == []


def test_the_sdist_builds_the_same_wheel_without_network_pip_or_node(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    # Given an environment that has the build backend and nothing else, and a PATH with nothing on it
    uv = [sys.executable, "-m", "uv"]
    run(*uv, "venv", "--quiet", "--python", sys.executable, "env", folder=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(
        *uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "hatchling==1.33.0",
        "hatch-fancy-pypi-readme==25.1.0",
        folder=tmp_path,
    )
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("cdk_partnercentral-*")
    nowhere = "http://127.0.0.1:9"
    # When the wheel is built there
    command = [str(python), "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "built")]
    run(*command, folder=unpacked, PATH=str(tmp_path), HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere)
    # Then it is the same
    assert (tmp_path / "built" / wheel.name).read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize(
    "version", ["3.10", *(pytest.param(each, marks=pytest.mark.slow) for each in ("3.11", "3.12", "3.13", "3.14"))]
)
def test_an_app_synthesizes_in_an_environment_with_the_wheel_alone(
    version: str, wheel: Path, contents: dict[str, bytes], tmp_path: Path
) -> None:
    # Given an empty environment of each Python with the wheel and what it asks for
    found = interpreter(version)
    if not found:
        pytest.skip(f"no Python {version} on this machine")
    uv = [sys.executable, "-m", "uv"]
    run(*uv, "venv", "--quiet", "--python", found, "env", folder=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(*uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", python, wheel, folder=tmp_path)
    # When a small app is run there, with nothing on the path but Node, which aws-cdk-lib needs
    (tmp_path / "app.py").write_text(APP)
    node = shutil.which("node")
    assert node
    run(python, "app.py", folder=tmp_path, PATH=str(Path(node).parent))
    # Then its template and the function's code are there
    assert "Custom::EngagementContext" in (tmp_path / "out" / "S.template.json").read_text()
    (asset,) = (tmp_path / "out").glob("asset.*.zip")
    assert asset.read_bytes() == contents["cdk_partnercentral/function.zip"]


def test_pypi_shows_links_as_soon_as_the_addresses_are_known(metadata: Message, tmp_path: Path) -> None:
    assert metadata.get_all("Project-URL") is None

    for name in ("pyproject.toml", "scripts", "README.md", "LICENSE", "CHANGELOG.md", "constructs", "hatch_build.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    site = re.sub("^# (repo_url|site_url) =", r"\1 =", (ROOT / "zensical.toml").read_text(), flags=re.MULTILINE)
    (tmp_path / "zensical.toml").write_text(site)

    shown = json.loads(run(sys.executable, "-m", "hatchling", "metadata", folder=tmp_path))

    assert shown["urls"] == {
        "Documentation": "https://docs.example/",
        "Source": "https://code.example/deals",
        "Issues": "https://code.example/deals/issues",
        "Changelog": "https://code.example/deals/blob/main/CHANGELOG.md",
    }
