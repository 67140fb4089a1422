"""SDK clients for this process that talk to the local cloud and to nothing else.

Knows nothing of processes. A user's profile, configuration files, credentials, endpoints and proxies are not looked at.
"""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.session import Session

from cdk_partnercentral_local.cloud._environment import REGION


def client(service: str, *, url: str, certificate: str) -> Any:
    """Return a client of one service.

    Args:
        service (str): The service's name in the SDK, such as `cloudformation`.
        url (str): The endpoint.
        certificate (str): Path of the certificate to trust, as PEM.

    Returns:
        A botocore client, the same that `boto3.client` returns.
    """
    # The same settings without the environment variables and the files that they could come from.
    isolated = {name: (None, None, default, use) for name, (_, _, default, use) in Session.SESSION_VARIABLES.items()}
    isolated["config_file"] = isolated["credentials_file"] = (None, None, None, None)
    return Session(session_vars=isolated).create_client(
        service,
        region_name=REGION,
        endpoint_url=url,
        verify=certificate,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - MiniStack takes anything
        config=Config(proxies={}, connect_timeout=5, read_timeout=60, s3={"addressing_style": "path"}),
    )
