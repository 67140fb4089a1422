"""The house stands as design.md draws it: who may import whom, what shadows nothing, and lists without addresses."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDARD = frozenset(sys.stdlib_module_names)
# Of lambda_handler; every other module of it decides, on plain values.
WIRING, ANSWER, CLIENT, POOL = "index", "answer", "partner_central", "pool"


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


def imports(source: str, package: str = "") -> set[str]:
    """The modules that a source imports, wherever in it: dotted, relative ones resolved, `from` with what it takes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, [package if node.level else "", node.module]))
            found |= {f"{origin}.{alias.name}" for alias in node.names}
    return found


def room_of(path: str) -> str:
    folder, _, name = path.rpartition("/")
    if folder.startswith("lambda_handler"):
        stem = name.removesuffix(".py")
        return f"lambda_handler {stem if stem in {WIRING, ANSWER, CLIENT, POOL} else 'decisions'}"
    if folder.startswith("constructs/"):
        return folder.split("/")[1]
    return "examples"


def is_allowed(room: str, module: str) -> bool:
    top = module.split(".")[0]
    if top == "lambda_handler":
        return _sibling_is_allowed(room, module)
    others = {
        "examples": {"aws_cdk", "cdk_partnercentral", "constructs", "yaml"},
        "cdk_partnercentral": {"aws_cdk", "constructs", "jsii", "botocore", "cdk_partnercentral"},
        f"lambda_handler {WIRING}": {"crhelper"},
        f"lambda_handler {ANSWER}": {"crhelper", "urllib3"},
        f"lambda_handler {CLIENT}": {"botocore", "urllib3", "mypy_boto3_partnercentral_selling"},
        f"lambda_handler {POOL}": {"urllib3"},
        "lambda_handler decisions": set(),
    }
    if room == "cdk_partnercentral_local":
        return top not in {"crhelper", "lambda_handler"}
    return top in STANDARD or top in others[room]


def _sibling_is_allowed(room: str, module: str) -> bool:
    if not room.startswith("lambda_handler"):
        return False
    _, _, sibling = module.partition(".")
    # Who imports the client imports the SDK, who imports the answer crhelper, and who imports the pool urllib3.
    return room != "lambda_handler decisions" or sibling.split(".")[0] not in {WIRING, ANSWER, CLIENT, POOL}


def sources() -> Iterator[Path]:
    yield from ROOT.glob("app.py")
    for folder in ("examples", "constructs", "lambda_handler"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", [str(each.relative_to(ROOT)) for each in sources()])
def test_imports_go_one_way(path: str) -> None:
    room = room_of(path)
    package = path.rpartition("/")[0].removeprefix("constructs/").replace("/", ".")

    found = imports((ROOT / path).read_text(), package)

    assert {module for module in found if not is_allowed(room, module)} == set()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "import boto3"),
        ("app.py", "from cdk_partnercentral_local import Cloud"),
        ("examples/lead/app.py", "from lambda_handler import lifecycle"),
        ("constructs/cdk_partnercentral/_new.py", "def late():\n    import crhelper"),
        ("constructs/cdk_partnercentral/_new.py", "from lambda_handler.identity import ENGAGEMENT_ID"),
        ("constructs/cdk_partnercentral/_new.py", "import boto3"),
        ("constructs/cdk_partnercentral/_new.py", "import cdk_partnercentral_local.service._service"),
        ("constructs/cdk_partnercentral_local/_new.py", "from lambda_handler.comparison import equal"),
        ("lambda_handler/index.py", "import boto3"),
        ("lambda_handler/index.py", "from aws_cdk import Stack"),
        ("lambda_handler/answer.py", "import botocore"),
        ("lambda_handler/partner_central.py", "from crhelper import CfnResource"),
        ("lambda_handler/partner_central.py", "import boto3"),
        ("lambda_handler/lifecycle.py", "import crhelper.resource_helper"),
        ("lambda_handler/lifecycle.py", "from botocore.exceptions import ClientError"),
        ("lambda_handler/lifecycle.py", "from . import partner_central"),
        ("lambda_handler/lifecycle.py", "from .partner_central import Client"),
        ("lambda_handler/lifecycle.py", "from lambda_handler.answer import Answer"),
        ("lambda_handler/new.py", "if True:\n    from urllib3 import PoolManager"),
        ("lambda_handler/new.py", "from cdk_partnercentral_local import Cloud"),
    ],
)
def test_the_table_would_see_a_forbidden_import(path: str, source: str) -> None:
    package = path.rpartition("/")[0].removeprefix("constructs/").replace("/", ".")

    assert [module for module in imports(source, package) if not is_allowed(room_of(path), module)]


@pytest.mark.parametrize("name", ["requirements.txt", "lambda_handler/requirements.txt", "package-lock.json"])
def test_lists_hold_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()

    assert re.findall(r"://|file:|index-url|find-links", text) == []
    assert re.search(r"sha256:|sha512-", text), "a list without hashes pins nothing"
