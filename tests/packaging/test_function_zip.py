"""The function's zip: its contents, and that the same sources result in the same bytes."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from aws_cdk import aws_lambda as lambda_

import hatch_build

ROOT = Path(__file__).parents[2]
RUNTIME = "cpython-314"
MAGIC = 3627  # CPython 3.14's, https://github.com/python/cpython/blob/3.14/Include/internal/pycore_magic_number.h
UNCHECKED = 0b01  # https://peps.python.org/pep-0552/


@pytest.fixture(scope="module")
def entries() -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        return archive.infolist()


@pytest.fixture(scope="module")
def names(entries: list[zipfile.ZipInfo]) -> list[str]:
    return [entry.filename for entry in entries]


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        archive.extractall(tmp_path / "task")
    return tmp_path / "task"


def break_sources(folder: Path) -> None:
    """Replace every source by one that fails, so that only byte code can be imported."""
    for path in folder.rglob("*.py"):
        path.write_text("raise SystemExit('a source was read')\n")


def isolated(script: str, **environment: str) -> str:
    """Run a script without site-packages; return what it prints."""
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_zip_contains_the_handler_its_pinned_dependencies_and_nothing_else(names: list[str]) -> None:
    pinned = re.findall(r"^([\w.-]+)==([\w.]+)", hatch_build.REQUIREMENTS.read_text(), re.MULTILINE)
    infos = {name.split("/")[0] for name in names if ".dist-info/" in name}
    assert infos == {f"{name.replace('-', '_')}-{version}.dist-info" for name, version in pinned}
    assert {name.split("/")[0] for name in names} - infos == {
        "__pycache__",  # six's byte code
        "boto3",
        "botocore",
        "crhelper",
        "dateutil",
        "jmespath",
        "lambda_handler",
        "s3transfer",
        "six.py",
        "urllib3",
    }
    data = {name.split("/")[2] for name in names if name.startswith("botocore/data/")}
    assert data == set(hatch_build.DATA_KEPT)
    services = {name.rpartition("/")[2] for name in names if re.match(r"botocore/data/[^/]+/[^/]+/", name)}
    assert services == {*hatch_build.SERVICE_DATA_KEPT, "service-2.json"}
    unwanted = re.compile(
        r"(^|/)(bin|tests?|\.DS_Store)/|RECORD$|INSTALLER$|REQUESTED$|direct_url\.json$|requirements\."
    )
    assert [name for name in names if unwanted.search(name)] == []


def test_every_module_of_the_handler_is_in_the_zip(names: list[str]) -> None:
    handler = {path.relative_to(ROOT).as_posix() for path in hatch_build.HANDLER.rglob("*.py")}

    assert {name for name in names if name.startswith("lambda_handler/") and name.endswith(".py")} == handler


def test_the_licenses_of_dependencies_are_in_the_zip(names: list[str]) -> None:
    infos = {name.split("/")[0] for name in names if ".dist-info/" in name}
    licensed = {name.split("/")[0] for name in names if re.search(r"\.dist-info/(licenses/)?LICENSE", name)}
    assert licensed == infos
    assert "lambda_handler/LICENSE" in names
    # Apache-2.0 requires that a NOTICE is passed on; these packages have one.
    noticed = {name.partition("-")[0] for name in names if re.search(r"\.dist-info/(licenses/)?NOTICE", name)}
    assert noticed == {"boto3", "botocore", "crhelper", "s3transfer"}


def test_nothing_in_the_zip_depends_on_when_and_where_it_was_built(entries: list[zipfile.ZipInfo]) -> None:
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr >> 16) for entry in entries} == {(3, 0o100644)}
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        for place in (str(ROOT), str(Path.home()), sys.prefix):
            assert [name for name in archive.namelist() if place.encode() in archive.read(name)] == []


def test_the_zip_is_small(entries: list[zipfile.ZipInfo]) -> None:
    sizes: Counter[bool] = Counter()
    for entry in entries:
        sizes[entry.filename.endswith(".pyc")] += entry.compress_size
    assert sizes[False] < 1.6e6
    assert hatch_build.ZIP.stat().st_size < 3e6


def test_every_module_has_byte_code_for_the_runtime_that_is_never_checked(names: list[str]) -> None:
    assert lambda_.Runtime.PYTHON_3_14.name == "python3.14"
    expected = {
        str(path.parent / "__pycache__" / f"{path.stem}.{RUNTIME}.pyc")
        for path in map(Path, names)
        if path.suffix == ".py"
    }
    assert {name for name in names if name.endswith(".pyc")} == expected
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        for name in expected:
            header = archive.read(name)[:8]
            assert int.from_bytes(header[:2], "little") == MAGIC
            assert int.from_bytes(header[4:], "little") == UNCHECKED


def test_the_function_is_imported_from_byte_code_in_a_read_only_folder(unpacked: Path, tmp_path: Path) -> None:
    """Packed in the same way by the interpreter at hand, since byte code is valid for one version of Python."""
    shutil.copyfile(hatch_build.PACKER / "pack.py", tmp_path / "pack.py")
    packing = "import sys, pack; pack.pack(*sys.argv[1:], '')"
    packed = tmp_path / "packed.zip"
    subprocess.run([sys.executable, "-c", packing, str(unpacked), str(packed)], cwd=tmp_path, check=True)
    folder = tmp_path / "read-only"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    break_sources(folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    printed = isolated(
        f"import sys; sys.path.insert(0, {str(folder)!r}); import lambda_handler.index as it; print(it.__file__)",
        AWS_REGION="eu-west-1",
    )

    assert printed == f"{folder}/lambda_handler/index.py\n"


def test_boto3_in_the_zip_knows_the_two_services_their_endpoints_and_certificates(unpacked: Path) -> None:
    script = f"""
import sys; sys.path.insert(0, {str(unpacked)!r})
import boto3, pathlib
from botocore.httpsession import get_cert_path
client = boto3.client("partnercentral-selling", region_name="us-east-1")
url = client.generate_presigned_url("get_engagement", {{"Catalog": "Sandbox", "Identifier": "eng-00000000000000"}})
stacks = boto3.client("cloudformation", region_name="eu-west-1").meta.endpoint_url
print(boto3.Session().get_available_services(), url.partition("?")[0], stacks, pathlib.Path(get_cert_path(True)).exists())
"""

    printed = isolated(script, HOME=str(unpacked), AWS_ACCESS_KEY_ID="invented", AWS_SECRET_ACCESS_KEY="invented")

    assert printed == (
        "['cloudformation', 'partnercentral-selling'] https://partnercentral-selling.us-east-1.api.aws/"
        " https://cloudformation.eu-west-1.amazonaws.com True\n"
    )


def test_the_tools_of_the_build_are_at_the_versions_of_the_requirements() -> None:
    pinned = (ROOT / "requirements.txt").read_text()
    for tool in hatch_build.BUILT_WITH:
        assert re.search(rf"^{re.escape(tool)} ", pinned, re.MULTILINE), tool


@pytest.mark.parametrize(
    "changed", ["lambda_handler/index.py", "lambda_handler/resource/added.py", "scripts/packer/pack.py", "LICENSE"]
)
def test_a_change_of_any_source_makes_the_zip_outdated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    before = hatch_build.digest()
    for source in hatch_build.sources():
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    for name in ("ROOT", "MODEL", "HANDLER", "REQUIREMENTS", "PACKER"):
        monkeypatch.setattr(hatch_build, name, tmp_path / getattr(hatch_build, name).relative_to(ROOT))
    assert hatch_build.digest() == before

    path = tmp_path / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text("# another line\n")

    assert hatch_build.digest() != before
