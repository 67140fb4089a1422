"""The HTTP server: connections, noise, its end."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from werkzeug.test import Client

from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from cdk_partnercentral_local.service import wsgi_app
from tests.cdk_partnercentral_local.service.requests import Serve


def request_bytes(identifier: str) -> bytes:
    body = json.dumps({"Catalog": "Sandbox", "Identifier": identifier}).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: local\r\nX-Amz-Target: AWSPartnerCentralSelling.GetEngagement\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def connect(server: PartnerCentralServer) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def read_all(connection: socket.socket) -> bytes:
    chunks = []
    while chunk := connection.recv(65_536):
        chunks.append(chunk)
    return b"".join(chunks)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_dropped_connection_is_closed_without_a_byte(fault: str) -> None:
    with PartnerCentralServer() as server, connect(server) as connection:
        getattr(server.service.faults, fault)("GetEngagement")
        connection.sendall(request_bytes(server.service.create_engagement()))

        assert read_all(connection) == b""


def test_a_response_is_complete_http() -> None:
    with PartnerCentralServer() as server, connect(server) as connection:
        engagement = server.service.create_engagement()
        connection.sendall(request_bytes(engagement))

        head, body = read_all(connection).split(b"\r\n\r\n", 1)

        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert json.loads(body) == server.service.engagement(engagement)


def test_requests_are_not_logged(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, serve: Serve
) -> None:
    service, client = serve()
    caplog.set_level("INFO", "werkzeug")
    service.faults.drop_before("GetEngagement")
    service.faults.internal_error("GetEngagement")
    engagement = service.create_engagement()

    for _ in range(3):
        with suppress(ClientError, ConnectionClosedError):
            client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    assert [call.error for call in service.calls] == ["Dropped", "InternalServerException", None]
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name == "werkzeug"] == []


def test_an_exception_in_a_hook_is_logged_and_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    with PartnerCentralServer() as server, connect(server) as connection:
        server.service.faults.hook("GetEngagement", lambda: 1 // 0)
        connection.sendall(request_bytes(server.service.create_engagement()))

        assert read_all(connection).startswith(b"HTTP/1.1 500 ")

    assert "ZeroDivisionError" in caplog.text


def test_the_end_of_the_block_closes_open_connections_at_once() -> None:
    waiting_in_hook, release = threading.Event(), threading.Event()
    with PartnerCentralServer() as server:

        def wait() -> None:
            waiting_in_hook.set()
            release.wait(10)

        server.service.faults.hook("GetEngagement", wait)
        idle, waiting = connect(server), connect(server)
        waiting.sendall(request_bytes(server.service.create_engagement()))
        assert waiting_in_hook.wait(5)
        start = time.monotonic()

    assert time.monotonic() - start < 1
    with idle, waiting:
        assert [read_all(idle), read_all(waiting)] == [b"", b""]
    release.set()
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_a_server_can_start_again_with_the_same_state() -> None:
    server = PartnerCentralServer()
    with server:
        engagement = server.service.create_engagement()
    with server, connect(server) as connection:
        connection.sendall(request_bytes(engagement))

        assert b"200 OK" in read_all(connection)


def test_a_request_without_a_target_is_an_unknown_operation_for_any_method_and_path() -> None:
    with PartnerCentralServer() as server, pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}/health", timeout=5)

    with caught.value as response:
        assert response.code == 400
        assert json.load(response)["__type"] == "com.amazon.coral.service#UnknownOperationException"


def test_a_request_without_a_target_can_name_the_operation_in_its_path() -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()
    client = Client(wsgi_app(service))

    read = client.post("/GetEngagement", json={"Catalog": "Sandbox", "Identifier": engagement})
    failed = client.post("/GetEngagement", json={"Catalog": "AWS", "Identifier": engagement})

    assert (read.status_code, read.content_type) == (200, "application/json")
    assert json.loads(read.data) == service.engagement(engagement)
    assert (failed.status_code, failed.content_type) == (400, "application/json")
    assert failed.headers["x-amzn-ErrorType"].startswith("ResourceNotFoundException:http://")
    assert [call.operation for call in service.calls] == ["GetEngagement"] * 2


def test_the_application_runs_on_any_wsgi_server() -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()

    response = Client(wsgi_app(service)).post(
        "/",
        headers={"X-Amz-Target": "AWSPartnerCentralSelling.GetEngagement"},
        data=json.dumps({"Catalog": "Sandbox", "Identifier": engagement}),
    )

    assert (response.status_code, json.loads(response.data)) == (200, service.engagement(engagement))
