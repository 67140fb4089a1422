"""MiniStack as a child process. MiniStack simulates all AWS services that the local cloud needs, except Partner Central."""

from __future__ import annotations

import importlib.util
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from types import TracebackType

from cdk_partnercentral_local.cloud._environment import ACCOUNT, REGION, base_environment
from cdk_partnercentral_local.cloud._errors import LocalCloudError, tail
from cdk_partnercentral_local.cloud._process import GuardedProcess


class MiniStack:
    """A MiniStack process with TLS on a free loopback port. It runs for the duration of a `with` block.

    Args:
        folder (Path): The folder for all files of MiniStack, including its log.
        partner_central (str): The URL of the local Partner Central, for Lambda functions that run in MiniStack.
        timeout (float): The maximum time for MiniStack to start, in seconds.

    Raises:
        LocalCloudError: MiniStack did not start when the `with` block was entered.
    """

    def __init__(self, folder: Path, *, partner_central: str, timeout: float) -> None:
        self.log = folder / "ministack.log"
        self._folder = folder
        self._partner_central = partner_central
        self._timeout = timeout

    def __enter__(self) -> MiniStack:
        missing = [name for name in ("ministack", "trustme") if importlib.util.find_spec(name) is None]
        if missing:
            raise LocalCloudError(
                f"This Python environment does not contain {' and '.join(missing)}.",
                hint='Run `make setup` in the repository, or `pip install "cdk-partnercentral[local]"` in your own project.',
            )
        certificate = make_certificate(self._folder)
        self.authority = certificate.authority
        # Bind the socket here and pass it to MiniStack, so that no other process can take the port before MiniStack listens.
        # Start MiniStack with hypercorn, because MiniStack's own command also tries to listen on port 443.
        with socket.create_server(("127.0.0.1", 0)) as listener, self.log.open("w", encoding="utf-8") as log:
            port = listener.getsockname()[1]
            self.url = f"https://127.0.0.1:{port}"
            settings = _settings(
                self._folder, port=port, partner_central=self._partner_central, certificate=certificate
            )
            tls = ("--certfile", str(certificate.chain), "--keyfile", str(certificate.key))
            serve = ("--bind", f"fd://{listener.fileno()}", "--workers", "0", "--keep-alive", "75")
            self._process = GuardedProcess(
                [sys.executable, "-m", "hypercorn", "ministack.app:app", *serve, *tls],
                environment=base_environment(self._folder) | settings,
                folder=self._folder,
                output=log,
                keep=[listener.fileno()],
            )
        try:
            self._wait()
        except BaseException:
            self._process.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def check(self) -> None:
        """Raise LocalCloudError if MiniStack has ended unexpectedly."""
        if self._process.status is not None:
            raise LocalCloudError(f"MiniStack ended with status {self._process.status}.", log=tail(self.log))

    def _wait(self) -> None:
        deadline = time.monotonic() + self._timeout
        while not self._responds(within=min(2, max(0.01, deadline - time.monotonic()))):
            self.check()
            if time.monotonic() > deadline:
                raise LocalCloudError(
                    f"MiniStack did not respond within {self._timeout:g} seconds.", log=tail(self.log)
                )
            time.sleep(0.05)

    def _responds(self, within: float) -> bool:
        trust = ssl.create_default_context(cafile=str(self.authority))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        try:
            with opener.open(f"{self.url}/_ministack/health", timeout=within) as response:
                return bool(response.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except (OSError, HTTPException):
            return False


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A server certificate for `localhost` and 127.0.0.1, as PEM files.

    Args:
        authority (Path): The certificate authority that clients trust.
        chain (Path): The server's certificate, which the authority issued.
        key (Path): The private key of the server's certificate.
    """

    authority: Path
    chain: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Create a certificate authority and a server certificate that it issues. The machine's trust stores stay unchanged.

    Args:
        folder (Path): The folder for the PEM files.
    """
    # Import trustme here, because only the extra `local` installs it, and the local Partner Central must also work without it.
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    files = Certificate(authority=folder / "authority.pem", chain=folder / "server.pem", key=folder / "server-key.pem")
    authority.cert_pem.write_to_path(files.authority)
    issued.cert_chain_pems[0].write_to_path(files.chain)
    issued.private_key_pem.write_to_path(files.key)
    return files


def _settings(folder: Path, *, port: int, partner_central: str, certificate: Certificate) -> dict[str, str]:
    # By default, MiniStack gives its functions the system's root certificates and its own certificate. If MiniStack does not
    # find the system's certificates, the functions get no certificates and cannot send responses to CloudFormation. With these
    # variables, the functions trust only the certificate authority of the local cloud, and need no other authority.
    bundles = ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    # The functions in MiniStack inherit all of these variables.
    return {
        **dict.fromkeys(bundles, str(certificate.authority)),
        # Functions inherit these URLs, so the template does not have to contain them.
        "AWS_ENDPOINT_URL_CLOUDFORMATION": f"https://localhost:{port}",
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": partner_central,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "MINISTACK_SSL_CERT": str(certificate.chain),
        "MINISTACK_SSL_KEY": str(certificate.key),
        "USE_SSL": "1",
        # Without these two settings, MiniStack listens on additional ports.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # This socket does not exist, so MiniStack has no access to Docker. If MiniStack had access to Docker, it would remove
        # the containers of all other MiniStack instances when it starts.
        "DOCKER_HOST": f"unix://{folder / 'none'}",
        "LAMBDA_EXECUTOR": "local",
    }
