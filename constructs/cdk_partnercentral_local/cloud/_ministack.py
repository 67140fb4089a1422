"""MiniStack as a child process: everything of AWS that the local cloud needs except Partner Central."""

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
    """A MiniStack with TLS on a free loopback port, from `__enter__` to `__exit__`.

    Args:
        folder (Path): The folder for all its files, including its log.
        partner_central (str): The URL of Partner Central for the functions that run in it.
        timeout (float): Seconds until it must respond.

    Raises:
        LocalCloudError: From `__enter__`, if it does not start.
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
        # The socket is bound here and passed on, so that no other process can take the port in the meantime. MiniStack's own
        # command would also listen on port 443 if it can; with hypercorn it does not.
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
        """Raise LocalCloudError if the process ended by itself."""
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
    """Make a server certificate and an authority of its own. Nothing is added to any trust store of the machine.

    Args:
        folder (Path): The folder for the files.
    """
    # Imported here because trustme is part of the extra `local`, and the local Partner Central works without it.
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    files = Certificate(authority=folder / "authority.pem", chain=folder / "server.pem", key=folder / "server-key.pem")
    authority.cert_pem.write_to_path(files.authority)
    issued.cert_chain_pems[0].write_to_path(files.chain)
    issued.private_key_pem.write_to_path(files.key)
    return files


def _settings(folder: Path, *, port: int, partner_central: str, certificate: Certificate) -> dict[str, str]:
    # By default, MiniStack gives its functions the root certificates of the system and its own, but none if it does not find
    # those of the system: then no response reaches CloudFormation. Functions need no other authority than ours.
    bundles = ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    # Functions inherit all of these.
    return {
        **dict.fromkeys(bundles, str(certificate.authority)),
        # So the template needs no setting for the address of Partner Central.
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": partner_central,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "MINISTACK_SSL_CERT": str(certificate.chain),
        "MINISTACK_SSL_KEY": str(certificate.key),
        "USE_SSL": "1",
        # Without these two, MiniStack listens on further ports.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # When it starts, MiniStack removes the containers of every other MiniStack that it finds through Docker.
        "DOCKER_HOST": f"unix://{folder / 'none'}",
        "LAMBDA_EXECUTOR": "local",
    }
