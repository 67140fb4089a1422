"""The other side of every measured function, in a process of its own: a local Partner Central and an answer endpoint.

Both speak TLS, on a free port of 127.0.0.1 each. The process takes one command a line on standard input and says one line
for each. It times its own work, so that it can be taken off. `Service` in `service_process` is the other end.
"""

import json
import ssl
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cdk_partnercentral_local import Behavior, PartnerCentral


class Front(ThreadingHTTPServer):
    """One HTTPS server. A POST is a request to Partner Central, a PUT is an answer to CloudFormation.

    Attributes:
        service: Partner Central.
        answers: The answers that arrived, each with its path and time.
        busy: When each request was worked on, from its first line to the last byte sent.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, certificate: str, key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake is left to the connection's own thread, so that nobody holds up the others.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.service = PartnerCentral()
        self.answers: list[dict[str, Any]] = []
        self.busy: list[tuple[float, float]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a measured process may be ended while it is connected."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Front
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        self._started = time.monotonic()
        return super().parse_request()

    def do_POST(self) -> None:
        reply = self.server.service.handle(self.headers.get("X-Amz-Target", ""), self._body())
        self._send(reply.status, dict(reply.headers), reply.body)

    def do_PUT(self) -> None:
        self.server.answers.append({"path": self.path, "at": time.monotonic(), **json.loads(self._body())})
        self._send(200, {}, b"")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        self.server.busy.append((self._started, time.monotonic()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        pass


def prepare(fronts: list[Front], command: dict[str, Any]) -> Any:
    """Forget what was, and make a Partner Central that behaves as asked, with as many engagements as asked."""
    # A client that cuts timestamps to microseconds, as boto3 does, is to be able to update.
    service = PartnerCentral(Behavior(lock="microsecond", **command.get("behavior", {})))
    for front in fronts:
        front.service = service
        front.answers.clear()
        front.busy.clear()
    return [service.create_engagement() for _ in range(command["engagements"])]


def report(fronts: list[Front], command: dict[str, Any]) -> Any:
    """Tell what arrived since `prepare`, and what the engagements asked for hold now."""
    api, answers = fronts
    held = {name: api.service.engagement(name)["Contexts"] for name in command.get("engagements", [])}
    return {
        "calls": [{"operation": call.operation, "error": call.error} for call in api.service.calls],
        "answers": answers.answers,
        "busy": [span for front in fronts for span in front.busy],
        "held": held,
    }


def main() -> None:
    """Serve until standard input ends."""
    certificate, key = sys.argv[1:]
    fronts = [Front(certificate, key), Front(certificate, key)]
    for front in fronts:
        threading.Thread(target=front.serve_forever, args=(0.02,), daemon=True).start()
    sys.stdout.write(json.dumps([front.server_port for front in fronts]) + "\n")
    sys.stdout.flush()
    commands = {"prepare": prepare, "report": report}
    with suppress(KeyboardInterrupt):
        for line in sys.stdin:
            command = json.loads(line)
            sys.stdout.write(json.dumps(commands[command["do"]](fronts, command)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
