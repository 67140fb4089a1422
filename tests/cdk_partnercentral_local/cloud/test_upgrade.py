"""Another version of the library, deployed over a stack: only the function changes, on the way up and on the way down."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cdk_partnercentral

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Stacks

pytestmark = pytest.mark.cloud

_APP = Path(__file__).parent / "app"
_STACK = "Upgraded"


@pytest.fixture(scope="module")
def next_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source root with a later version of the library, whose function is another."""
    root = tmp_path_factory.mktemp("next")
    installed = Path(cdk_partnercentral.__file__).parent
    copy = root / "cdk_partnercentral"
    shutil.copytree(installed, copy, ignore=shutil.ignore_patterns("__pycache__"))
    init = copy / "__init__.py"
    init.write_text(re.sub(r'__version__ = ".*"', '__version__ = "99.0.0"', init.read_text()))
    with zipfile.ZipFile(copy / "function.zip", "a") as archive:
        archive.writestr("lambda_handler/next_version.py", "")
    return root


class Deployed:
    """What a deployment left, as CloudFormation and Partner Central tell it."""

    def __init__(self, stacks: Stacks, engagement: str) -> None:
        cloudformation = stacks.cloud.client("cloudformation")
        resources = cloudformation.describe_stack_resources(StackName=_STACK)["StackResources"]
        self.physical_ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
        template = cloudformation.get_template(StackName=_STACK)["TemplateBody"]
        self.template: dict[str, Any] = json.loads(template) if isinstance(template, str) else template
        self.held = stacks.held(engagement)
        self.outputs = stacks.outputs(_STACK)

    def without_code(self) -> dict[str, Any]:
        """The template's resources but for where the function's code lies."""
        resources = json.loads(json.dumps(self.template["Resources"]))
        for resource in resources.values():
            if resource["Type"] == "AWS::Lambda::Function":
                del resource["Properties"]["Code"]
                resource["Metadata"] = {}
        return dict(resources)

    def code(self) -> list[str]:
        """Where the functions' code lies."""
        resources = self.template["Resources"].values()
        return [each["Properties"]["Code"]["S3Key"] for each in resources if each["Type"] == "AWS::Lambda::Function"]


def deploy(stacks: Stacks, engagement: str, title: str, root: Path | None = None) -> Deployed:
    """Deploy the stack with the library in a source root, or with the one that is installed."""
    declared = {
        _STACK: {
            "First": {"engagement": engagement, "title": title},
            "Second": {"engagement": engagement, "title": "The other one"},
        }
    }
    extra = {"PYTHONPATH": str(root)} if root else {}
    run = stacks.cloud.cdk("deploy", _STACK, "-c", f"declared={json.dumps(declared)}", folder=_APP, extra=extra)
    assert run.status == 0, run.text
    return Deployed(stacks, engagement)


def test_only_the_function_changes_with_the_library_s_version(stacks: Stacks, next_version: Path) -> None:
    # Given a stack that this version deployed
    engagement = stacks.engagement("Upgraded")
    before = deploy(stacks, engagement, "As it was")
    calls = stacks.calls(engagement)

    # When the next version deploys it
    upgraded = deploy(stacks, engagement, "As it was", next_version)

    # Then the function has other code, and nothing else moved: no logical id, no context, no call of Partner Central
    assert upgraded.code() != before.code()
    assert len(upgraded.code()) == 1
    assert upgraded.without_code() == before.without_code()
    assert upgraded.physical_ids == before.physical_ids
    assert (upgraded.held, upgraded.outputs) == (before.held, before.outputs)
    assert stacks.calls(engagement) == calls

    # and its function goes on with the contexts that the older one made.
    changed = deploy(stacks, engagement, "As it is now", next_version)
    assert changed.physical_ids == before.physical_ids
    assert changed.held == {"1": "As it is now", "2": "The other one"}

    # When this version comes back
    downgraded = deploy(stacks, engagement, "As it is now")

    # Then all is as before, but for what was declared
    assert downgraded.code() == before.code()
    assert downgraded.without_code() == changed.without_code()
    assert downgraded.physical_ids == before.physical_ids
    assert downgraded.held == changed.held
