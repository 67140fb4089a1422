"""Another version of the library, deployed over a stack, changes only the function's code, in both directions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cdk_partnercentral

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.app import Declared
    from tests.cdk_partnercentral_local.cloud.conftest import Stacks

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

_STACK = "Upgraded"
_APP = Path(__file__).with_name("app.py")


def synthesize_with_next_version(*declared: Declared, folder: Path, environment: Mapping[str, str]) -> list[Path]:
    """Synthesize with a later version of the library and of its function, and return the cloud assemblies."""
    installed = Path(cdk_partnercentral.__file__).parent
    copy = folder / "cdk_partnercentral"
    shutil.copytree(installed, copy, ignore=shutil.ignore_patterns("__pycache__"))
    init = copy / "__init__.py"
    init.write_text(re.sub(r'__version__ = ".*"', '__version__ = "99.0.0"', init.read_text()))
    with zipfile.ZipFile(copy / "function.zip", "a") as archive:
        archive.writestr("lambda_handler/next_version.py", "")
    subprocess.run(
        [sys.executable, str(_APP), json.dumps(declared), str(folder)],
        env={**environment, "PYTHONPATH": str(folder)},
        check=True,
    )
    return [folder / str(number) for number in range(len(declared))]


class Deployed:
    """The stack and its engagement after a deployment."""

    def __init__(self, stacks: Stacks, engagement: str) -> None:
        cloudformation = stacks.cloud.client("cloudformation")
        resources = cloudformation.describe_stack_resources(StackName=_STACK)["StackResources"]
        self.physical_ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
        template = cloudformation.get_template(StackName=_STACK)["TemplateBody"]
        self.template: dict[str, Any] = json.loads(template) if isinstance(template, str) else template
        self.titles = stacks.titles(engagement)
        self.outputs = stacks.outputs(_STACK)

    def without_code(self) -> dict[str, Any]:
        """Return the template's resources without the location of the function's code."""
        resources = json.loads(json.dumps(self.template["Resources"]))
        for resource in resources.values():
            if resource["Type"] == "AWS::Lambda::Function":
                del resource["Properties"]["Code"]
                resource["Metadata"] = {}
        return dict(resources)

    def code(self) -> list[str]:
        """Return the locations of the functions' code."""
        resources = self.template["Resources"].values()
        return [each["Properties"]["Code"]["S3Key"] for each in resources if each["Type"] == "AWS::Lambda::Function"]


def test_only_the_function_changes_with_the_version_of_the_library(stacks: Stacks, tmp_path: Path) -> None:
    engagement = stacks.engagement("Upgraded")

    def declared(title: str) -> Declared:
        first = {"engagement": engagement, "title": title}
        return {_STACK: {"First": first, "Second": {"engagement": engagement, "title": "The other one"}}}

    def deploy(assembly: Path) -> Deployed:
        run = stacks.run_assembly("deploy", assembly)
        assert run.status == 0, run.text
        return Deployed(stacks, engagement)

    next_version = synthesize_with_next_version(
        declared("As it was"), declared("As it is now"), folder=tmp_path, environment=stacks.cloud.environment
    )

    # Given a stack that this version deployed
    before = deploy(stacks.synthesize(declared("As it was")))
    calls = stacks.calls(engagement)

    # When the next version deploys it
    upgraded = deploy(next_version[0])

    # Then only the function's code is different: no logical id and no context changed, and Partner Central was not called
    assert upgraded.code() != before.code()
    assert len(upgraded.code()) == 1
    assert upgraded.without_code() == before.without_code()
    assert upgraded.physical_ids == before.physical_ids
    assert (upgraded.titles, upgraded.outputs) == (before.titles, before.outputs)
    assert stacks.calls(engagement) == calls

    # When the next version updates a context that this version created
    changed = deploy(next_version[1])

    # Then it is updated in place
    assert changed.physical_ids == before.physical_ids
    assert changed.titles == {"1": "As it is now", "2": "The other one"}

    # When this version deploys the stack again
    downgraded = deploy(stacks.synthesize(declared("As it is now")))

    # Then everything is as before, except what was declared
    assert downgraded.code() == before.code()
    assert downgraded.without_code() == changed.without_code()
    assert downgraded.physical_ids == before.physical_ids
    assert downgraded.titles == changed.titles
