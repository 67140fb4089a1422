"""The local Partner Central over HTTP on the loopback interface, for real SDK clients.

Point them at it with `AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING` or `endpoint_url`. Signatures are not looked at. This
module knows HTTP and nothing of engagements.
"""

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from cdk_partnercentral_local.service._service import PartnerCentral

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PartnerCentralServer", "wsgi_app"]

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.02


def wsgi_app(service: PartnerCentral) -> "WSGIApplication":
    """Wrap a service as a WSGI application.

    Every path and method is answered, as the target header alone says what is wanted. A connection that a fault drops
    leaves the application as `Dropped`, which is a ConnectionError: the server is to close the socket then.
    """

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        reply = service.handle(request.headers.get("X-Amz-Target", ""), request.get_data())
        return Response(reply.body, status=reply.status, headers=dict(reply.headers))(environ, start_response)

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
        # werkzeug would wait for the next request on a connection that the client is waiting on too.
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """Knows its open connections, so that none outlives it."""

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

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)


class PartnerCentralServer:
    """A service that listens on a free port of 127.0.0.1 for as long as a `with` block lasts.

    At the end of the block open connections are closed, answered or not.

    Args:
        service (PartnerCentral): what answers; a new one if it is left out.

    Attributes:
        service (PartnerCentral): what answers.
        url (str): the endpoint, for example `http://127.0.0.1:49152`; there inside the block.

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
        self._server.hang_up()
