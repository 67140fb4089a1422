"""Servers between the function and Partner Central: a front end that speaks TLS, a proxy, and one that returns error pages."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def server(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server on a free port of 127.0.0.1 that handles each connection in a thread. Yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                handle(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        # Ends `accept`.
        listener.shutdown(socket.SHUT_RDWR)


def tls_front_end(certificate: Path, port: int, connections: list[str]) -> Callable[[socket.socket], None]:
    """Return a handler that decrypts a connection and forwards it to a port. It records the result of each handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def handle(connection: socket.socket) -> None:
        try:
            encrypted = context.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError):
            connections.append("refused")
            return
        connections.append("accepted")
        with encrypted, socket.create_connection(("127.0.0.1", port)) as target:
            _forward(encrypted, target)

    return handle


def proxy(
    port: int, hosts: list[str], *, refuses_others: bool = False, requests: list[str] | None = None
) -> Callable[[socket.socket], None]:
    """Return a handler of an HTTP proxy's CONNECT.

    Args:
        port: The port of 127.0.0.1 to which it forwards connections to all other hosts.
        hosts: Records the hosts that clients ask for.
        refuses_others: Whether it refuses connections to 127.0.0.1 itself.
        requests: Records whole requests.
    """

    def handle(connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(1)
        method, host, _ = request.decode().split(" ", 2)
        hosts.append(f"{method} {host}")
        if requests is not None:
            requests.append(request.decode())
        name, _, its_port = host.rpartition(":")
        if name == "127.0.0.1" and refuses_others:
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", int(its_port) if name == "127.0.0.1" else port)) as target:
            _forward(connection, target)

    return handle


def page(
    status: int, body: bytes, header: str = "Content-Type: text/html", requests: list[bytes] | None = None
) -> Callable[[socket.socket], None]:
    """Return a handler that responds to one request with a page. It records the beginnings of requests."""

    def handle(connection: socket.socket) -> None:
        request = connection.recv(65536)
        if requests is not None:
            requests.append(request)
        head = f"HTTP/1.1 {status} Error\r\n{header}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        # Closed with unread data, the connection would be reset.
        while connection.recv(65536):
            pass

    return handle


def _forward(one: socket.socket, other: socket.socket) -> None:
    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join()
