"""The packages: what they import, what they export, and their docstring examples."""

import ast
import doctest
import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import cdk_partnercentral_local
from cdk_partnercentral_local import cloud, service

PACKAGES = (cdk_partnercentral_local, service, cloud)
MODULES = [
    each.name
    for each in pkgutil.walk_packages(cdk_partnercentral_local.__path__, "cdk_partnercentral_local.")
    if not each.name.endswith(("__main__", "_guard"))
]


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, in functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def of_package(name: str) -> dict[str, set[str]]:
    """Return what each module of a package imports, by the module's name."""
    folder = Path(cdk_partnercentral_local.__file__).with_name(name)
    return {path.stem: imports(path) for path in folder.glob("*.py")}


def test_the_service_imports_nothing_of_the_cloud() -> None:
    found = {module for modules in of_package("service").values() for module in modules}

    tops = {module.split(".")[0] for module in found}
    assert tops - sys.stdlib_module_names == {"botocore", "werkzeug", "_typeshed", "cdk_partnercentral_local"}
    own = {module for module in found if module.startswith("cdk_partnercentral_local")}
    assert {module for module in own if not module.startswith("cdk_partnercentral_local.service.")} == set()


def test_the_cloud_meets_the_service_in_one_module() -> None:
    meeting = {
        name
        for name, modules in of_package("cloud").items()
        if any(module.startswith("cdk_partnercentral_local.service") for module in modules)
    }

    assert meeting == {"_local_cloud"}


@pytest.mark.parametrize("package", ["service", "cloud"])
def test_there_is_no_import_cycle(package: str) -> None:
    prefix = f"cdk_partnercentral_local.{package}."
    left = {
        name: {module.removeprefix(prefix) for module in modules if module.startswith(prefix)}
        for name, modules in of_package(package).items()
    }

    while leaves := {name for name, modules in left.items() if not modules & left.keys()}:
        left = {name: modules for name, modules in left.items() if name not in leaves}

    assert left == {}


def test_the_service_works_without_the_requirements_of_the_cloud_and_the_cloud_without_aws_cdk() -> None:
    absent = "aws_cdk constructs jsii crhelper lambda_handler cdk_partnercentral ministack hypercorn trustme rich boto3"
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({absent.split()}));"
        "import cdk_partnercentral_local.cloud;"
        "from cdk_partnercentral_local.service import PartnerCentralServer, service_model;"
        "PartnerCentralServer().__enter__().__exit__(None, None, None);"
        "print(len(service_model().operation_names))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


@pytest.mark.parametrize("package", PACKAGES, ids=lambda each: each.__name__)
def test_all_names_of_a_package_exist(package: object) -> None:
    names = package.__all__  # type: ignore[attr-defined]

    assert sorted(names) == sorted(set(names))
    assert [name for name in names if not hasattr(package, name)] == []


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def without(module: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run Python as if a module were not installed. Return the exit status and the output."""
    (folder / "sitecustomize.py").write_text(f"import sys; sys.modules[{module!r}] = None")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["werkzeug", "rich"])
def test_the_command_without_the_extra_ends_with_how_to_install_it(tmp_path: Path, module: str) -> None:
    status, output = without(module, tmp_path, "-m", "cdk_partnercentral_local", "--help")

    assert status == 1
    assert output == (
        f'cdk_partnercentral_local requires {module}, which is not installed. Run: pip install "cdk-partnercentral[local]"\n'
    )


def test_an_import_without_the_extra_raises_how_to_install_it(tmp_path: Path) -> None:
    for name in ("cdk_partnercentral_local", "cdk_partnercentral_local.service"):
        status, output = without("werkzeug", tmp_path, "-c", f"import {name}")

        assert status == 1
        assert output.splitlines()[-1] == (
            "ModuleNotFoundError: cdk_partnercentral_local requires werkzeug, which is not installed. "
            'Run: pip install "cdk-partnercentral[local]"'
        )
        assert "During handling" not in output


def test_a_missing_module_of_the_package_itself_is_not_a_missing_extra(tmp_path: Path) -> None:
    status, output = without(
        "cdk_partnercentral_local.service._wire", tmp_path, "-c", "import cdk_partnercentral_local"
    )

    assert status == 1
    assert "pip install" not in output
