"""The user's own settings do not reach the local cloud, and the user's files are not changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Marked

pytestmark = pytest.mark.cloud

_VICTIM = Path(__file__).with_name("victim.py")
_SETTINGS = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    *("AWS_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "OPENSSL_CONF"),
    *("CDK_HOME", "MINISTACK_SSL_CERT", "MINISTACK_ACCOUNT_ID"),
)
# Set to an address on which nothing listens.
_ADDRESSES = (
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_LAMBDA"),
    *("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"),
)


def test_the_users_settings_reach_neither_functions_nor_the_cdk_app(marked: Marked, tmp_path: Path) -> None:
    home = tmp_path / "poison-home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(
        "[default]\nregion = poison-region\nendpoint_url = http://127.0.0.1:9/poison\n"
    )
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "env > app.env; false"}))
    poisoned = marked.environment()
    poisoned |= {name: f"poison-{name}" for name in _SETTINGS}
    poisoned |= dict.fromkeys(_ADDRESSES, "http://127.0.0.1:9/poison")
    poisoned |= {"HOME": str(home), "NODE_OPTIONS": "--title=poison", "PYTHONPATH": str(tmp_path / "poison")}

    done = subprocess.run(
        [sys.executable, str(_VICTIM), "deploy", str(tmp_path)],
        env=poisoned,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    function = json.loads((tmp_path / "worker.json").read_text())
    app = dict(line.split("=", 1) for line in (tmp_path / "app.env").read_text().splitlines() if "=" in line)
    assert {name: value for name, value in function.items() if "poison" in value} == {}
    assert {name: value for name, value in app.items() if "poison" in value} == {}
    assert function["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"].startswith("http://127.0.0.1:")
    assert app["AWS_ACCESS_KEY_ID"] == "test"
    assert app["CDK_HOME"].startswith(str(marked.folder))
    assert [str(path.relative_to(home)) for path in sorted(home.rglob("*"))] == [".aws", ".aws/config"]
