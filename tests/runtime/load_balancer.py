"""A load balancer in front of Partner Central, which keeps connections open and closes them when they are idle, as AWS does."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(kw_only=True)
class LoadBalancer:
    """A load balancer.

    Attributes:
        url: Its address.
        target: The host and port that it forwards requests to.
        requests: The number of requests on each connection, in the order of the connections.
        closed: The number of connections that it closed.
    """

    url: str
    target: str = ""
    requests: list[int] = field(default_factory=list[int])
    closed: int = 0


@contextmanager
def load_balancer(idle_seconds: float) -> Iterator[LoadBalancer]:
    """Run a load balancer on a free port of 127.0.0.1. It closes connections that are idle for some time."""

    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"
        timeout = idle_seconds
        disable_nagle_algorithm = True

        def handle(self) -> None:
            """Serve the connection, even if the client closes it."""
            self.connection_number = len(found.requests)
            found.requests.append(0)
            with suppress(OSError):
                super().handle()
            found.closed += 1

        def do_POST(self) -> None:
            """Forward a request on a connection of its own."""
            found.requests[self.connection_number] += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(found.target)
            connection.request("POST", self.path, body, dict(self.headers))
            response = connection.getresponse()
            content = response.read()
            connection.close()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() != "connection":
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        found = LoadBalancer(url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
