"""A response endpoint as CloudFormation has it: a pre-signed URL for each event, whose behavior a test plans.

It records every PUT as it arrived.
"""

import datetime as dt
import ipaddress
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# An HTTP status; no response at all; a closed connection; or a function that is called before the status 200, for example to
# kill the process that sent the request.
Behavior: TypeAlias = int | Literal["hang", "close"] | Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Put:
    """One request, whatever its result."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: float

    @property
    def response(self) -> dict[str, Any]:
        """The body, parsed."""
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None if it is missing."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def certificate(folder: Path, host: str = "localhost", *, address: str = "127.0.0.1", days: float = 1) -> Path:
    """Create a self-signed certificate. Return the file with it and its key.

    Args:
        folder: The folder of the file.
        host: The host name that it is for.
        address: The address that it is for.
        days: How long it is valid. Negative: it has expired.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "responses.example")])
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address(address))]
    now = dt.datetime.now(dt.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=10))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "responses.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class ResponseEndpoint:
    """Listens on a free port of 127.0.0.1 for as long as a `with` block lasts.

    Args:
        certificate: The certificate for TLS. Without it, the endpoint speaks plain HTTP.

    Attributes:
        puts: Every request that arrived, in order.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.puts: list[Put] = []
        self._plans: dict[str, list[Behavior]] = {}
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"endpoint": self}))
        self._server.daemon_threads = True
        self._scheme = "http"
        if certificate:
            self._scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is in the thread of the connection, so that a slow client does not block the others.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> "ResponseEndpoint":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, *behaviors: Behavior) -> str:
        """Return a new pre-signed URL.

        Args:
            behaviors: The behavior for each PUT, in order. The last one applies to all further PUTs. The default is 200.
        """
        path = f"/responses/{secrets.token_hex(8)}"
        self._plans[path] = list(behaviors or (200,))
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}{path}?X-Amz-Signature={secrets.token_hex(16)}"

    def puts_to(self, url: str) -> list[Put]:
        """Return the PUTs to the URL of one event."""
        return [put for put in list(self.puts) if url.endswith(put.path)]

    def take(self, put: Put) -> Behavior:
        """Record a request, and return the behavior for it."""
        self.puts.append(put)
        plan = self._plans.get(put.path.partition("?")[0], [404])
        return plan.pop(0) if len(plan) > 1 else plan[0]

    def wait(self, seconds: float) -> bool:
        """Wait until the endpoint closes, or the time is over. Return whether it is closing."""
        return self._closing.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    endpoint: ResponseEndpoint

    def handle(self) -> None:
        """Serve the connection, even if the client closes it."""
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        """End the connection, even if the client closed it."""
        with suppress(OSError):
            super().finish()

    def do_PUT(self) -> None:
        """Record the request, and behave as planned."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = tuple(self.headers.items())
        behavior = self.endpoint.take(Put(path=self.path, headers=headers, body=body, at=time.monotonic()))
        if behavior == "hang":
            self.endpoint.wait(3600)
        elif isinstance(behavior, int):
            self._respond(behavior)
        elif callable(behavior):
            behavior()
            self._respond(200)

    def _respond(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", self.endpoint.url())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Write nothing. Tests read `puts`."""
