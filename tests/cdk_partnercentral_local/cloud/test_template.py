"""The template and the code that are deployed to the local cloud are those that are deployed to AWS, byte for byte."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cdk_partnercentral_local import LocalCloud

pytestmark = pytest.mark.cloud

_ROOT = Path(__file__).parents[3]
_STACK = "PartnerCentralDemo"


def test_the_local_cloud_gets_the_template_and_the_code_that_are_synthesized_for_aws(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    for_aws = tmp_path / "for-aws"
    kept = {name: cloud.environment[name] for name in ("PATH", "JSII_RUNTIME_PACKAGE_CACHE_ROOT")}

    subprocess.run(
        ["node_modules/.bin/cdk", "synth", "--output", str(for_aws)],
        cwd=_ROOT,
        env=kept | {"HOME": str(tmp_path), "CDK_HOME": str(tmp_path), "CDK_DISABLE_CLI_TELEMETRY": "true"},
        capture_output=True,
        check=True,
    )
    deployed = cloud.cdk("deploy", _STACK, folder=_ROOT)

    assert deployed.status == 0, deployed.text
    template = (for_aws / f"{_STACK}.template.json").read_bytes()
    uploaded = _uploaded(cloud)
    assert template in uploaded
    assert (_ROOT / "constructs/cdk_partnercentral/function.zip").read_bytes() in uploaded
    current = cloud.client("cloudformation").get_template(StackName=_STACK)["TemplateBody"]
    assert (json.loads(current) if isinstance(current, str) else current) == json.loads(template)


def _uploaded(cloud: LocalCloud) -> list[bytes]:
    s3 = cloud.client("s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    keys = [(bucket, item["Key"]) for bucket in buckets for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    return [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for bucket, key in keys]
