"""An HTTP server for the local Partner Central on the loopback interface, for real SDK clients.

To use the server with an SDK, set `AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING` or `endpoint_url` to its URL. The server does not
check signatures.
"""

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from cdk_partnercentral_local.service._operations import TARGET_PREFIX
from cdk_partnercentral_local.service._partner_central import PartnerCentral

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.02


def wsgi_app(service: PartnerCentral) -> "WSGIApplication":
    """Return a WSGI application for a service.

    The X-Amz-Target header specifies the operation. Without this header, the path specifies the operation, for example
    `/GetEngagement`. The response then has the content type `application/json`. The application ignores the HTTP method. When a
    fault drops a connection, the application raises `Dropped`, a ConnectionError. The server must then close the socket.
    """

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        target, headers = request.headers.get("X-Amz-Target"), {}
        if target is None:
            target, headers = TARGET_PREFIX + request.path.replace("/", ".", 1), {"Content-Type": "application/json"}
        reply = service.handle(target, request.get_data())
        return Response(reply.body, status=reply.status, headers={**reply.headers, **headers})(environ, start_response)

    return app


class _Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(
        self,
        error: BaseException,  # noqa: ARG002
        environ: "WSGIEnvironment | None" = None,  # noqa: ARG002
    ) -> None:
        # Close the connection. Otherwise werkzeug would wait for another request while the client waits for a response.
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """A server that keeps track of its open connections, so that it can close them when it stops."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(_HOST, 0, app, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the client closed the connection first
                    connection.shutdown(socket.SHUT_RDWR)


class PartnerCentralServer:
    """An HTTP server for a local Partner Central on a free port of 127.0.0.1. It runs for the duration of a `with` block.

    At the end of the block, the server closes all open connections, even if a client still waits for a response.

    Args:
        service (PartnerCentral): The local Partner Central to serve; a new `PartnerCentral()` by default.

    Attributes:
        service (PartnerCentral): The local Partner Central that is served.
        url (str): The endpoint URL, for example `http://127.0.0.1:49152`. An empty string before the block is entered.

    Example:
        >>> with PartnerCentralServer() as server:
        ...     server.url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(self, service: PartnerCentral | None = None) -> None:
        self.service = service or PartnerCentral()
        self.url = ""

    def __enter__(self) -> "PartnerCentralServer":
        self._server = _Server(wsgi_app(self.service))
        self.url = f"http://{_HOST}:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="partner-central", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
