"""The two servers that the measured functions use: a local Partner Central, and an endpoint for responses to CloudFormation.

Each server uses TLS on a free port of 127.0.0.1. Both servers run in threads of the suite's process. While a function runs, the
suite only waits, so that it does not slow down the servers.
"""

import json
import secrets
import ssl
import threading
import time
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import botocore
import trustme

from cdk_partnercentral_local import Behavior, PartnerCentral


class Service(AbstractContextManager["Service"]):
    """The two servers, which run until the end of a `with` block.

    Args:
        folder: The folder for the certificates.

    Attributes:
        environment: The environment variables that make a function use the servers and trust the certificates of the servers.
        partner_central: The local Partner Central.
        responses: The responses sent to CloudFormation, keyed by URL. The member `at` of a response is the time at which the
            server received the response.
        busy: The time that the servers took for each request, in seconds.
    """

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(folder / "authority.pem")
        # Use a bundle with a typical number of certificates, because reading them is part of a cold start.
        bundle = folder / "bundle.pem"
        bundle.write_bytes(Path(botocore.__file__).with_name("cacert.pem").read_bytes() + authority.cert_pem.bytes())
        self._servers = [_Server(self, context), _Server(self, context)]
        api, responses = (server.server_port for server in self._servers)
        self._responses_url = f"https://127.0.0.1:{responses}"
        self.environment = {
            "SSL_CERT_FILE": str(bundle),
            "AWS_CA_BUNDLE": str(bundle),
            "NODE_EXTRA_CA_CERTS": str(folder / "authority.pem"),
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": f"https://127.0.0.1:{api}",
            "RESPONSES_PORT": str(responses),
        }
        self.reset(0)

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def reset(self, engagements: int, **behavior: Any) -> list[str]:
        """Replace the local Partner Central with a new instance, create engagements in it, and return their IDs."""
        # boto3 truncates timestamps to microseconds, so accept an update with a truncated timestamp.
        self.partner_central = PartnerCentral(Behavior(lock="microsecond", **behavior))
        self.responses: dict[str, dict[str, Any]] = {}
        self.busy: list[float] = []
        return [self.partner_central.create_engagement() for _ in range(engagements)]

    def url(self) -> str:
        """Return a new URL for a response."""
        return f"{self._responses_url}/{secrets.token_hex(8)}?X-Amz-Signature={secrets.token_hex(16)}"

    def respond(self, path: str, body: bytes) -> None:
        """Store a response to CloudFormation."""
        self.responses[self._responses_url + path] = {"at": time.monotonic(), **json.loads(body)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, service: Service, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        # Perform the TLS handshake in the connection's own thread, so that the handshake does not delay other connections.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing, because an error is normal if the suite kills a process that is still connected."""


class _Handler(BaseHTTPRequestHandler):
    """Handles a POST as a request to Partner Central, and a PUT as a response to CloudFormation."""

    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        self._started = time.monotonic()
        return super().parse_request()

    def do_POST(self) -> None:
        reply = self.server.service.partner_central.handle(self.headers.get("X-Amz-Target", ""), self._body())
        self._send(reply.status, dict(reply.headers), reply.body)

    def do_PUT(self) -> None:
        self.server.service.respond(self.path, self._body())
        self._send(200, {}, b"")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        # Record the time before the client gets the response, so that `busy` is complete when the suite reads it.
        self.server.service.busy.append(time.monotonic() - self._started)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        pass
