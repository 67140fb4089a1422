"""What is deployed locally is what goes to AWS, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cdk_partnercentral_local import LocalCloud

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Stacks

pytestmark = pytest.mark.cloud

_ROOT = Path(__file__).parents[3]
_STACK = "PartnerCentralDemo"


def test_template_and_code_in_the_local_cloud_are_those_synthesised_for_aws(
    cloud: LocalCloud, stacks: Stacks, tmp_path: Path
) -> None:
    engagement = f"engagement={stacks.engagement('Template')}"
    for_aws = tmp_path / "for-aws"
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    plain["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = cloud.environment["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]

    subprocess.run(
        ["node_modules/.bin/cdk", "synth", "-c", engagement, "--output", str(for_aws)],
        cwd=_ROOT,
        env=plain | {"CDK_HOME": str(tmp_path), "CDK_DISABLE_CLI_TELEMETRY": "true"},
        capture_output=True,
        check=True,
    )
    deployed = cloud.cdk("deploy", _STACK, "-c", engagement, folder=_ROOT)

    assert deployed.status == 0, deployed.text
    template = (for_aws / f"{_STACK}.template.json").read_bytes()
    uploaded = _uploaded(cloud)
    assert template in uploaded
    assert (_ROOT / "constructs/cdk_partnercentral/function.zip").read_bytes() in uploaded
    held = cloud.client("cloudformation").get_template(StackName=_STACK)["TemplateBody"]
    assert (json.loads(held) if isinstance(held, str) else held) == json.loads(template)


def _uploaded(cloud: LocalCloud) -> list[bytes]:
    s3 = cloud.client("s3")
    [bucket] = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    return [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
