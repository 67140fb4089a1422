"""The server as a server: sockets, noise, the end, many clients at once, and what importing it brings along."""

import doctest
import importlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from werkzeug.test import Client

from cdk_partnercentral_local.service import PartnerCentral, PartnerCentralServer, wsgi_app

Serve = Callable[..., tuple[Any, Any]]
Json = dict[str, Any]

MODULES = [
    "aws_writes",
    "behavior",
    "engagements",
    "errors",
    "faults",
    "instants",
    "limits",
    "listing",
    "operations",
    "payloads",
    "server",
    "service",
    "validation",
    "wire",
]


def request_bytes(server: PartnerCentralServer, identifier: str) -> bytes:
    body = json.dumps({"Catalog": "Sandbox", "Identifier": identifier}).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: local\r\nX-Amz-Target: AWSPartnerCentralSelling.GetEngagement\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def connected(server: PartnerCentralServer) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def read_all(connection: socket.socket) -> bytes:
    chunks = []
    while chunk := connection.recv(65_536):
        chunks.append(chunk)
    return b"".join(chunks)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_dropped_connection_is_closed_without_a_byte(fault: str) -> None:
    with PartnerCentralServer() as server, connected(server) as connection:
        getattr(server.service.faults, fault)("GetEngagement")
        connection.sendall(request_bytes(server, server.service.create_engagement()))

        assert read_all(connection) == b""


def test_an_answer_is_whole_http() -> None:
    with PartnerCentralServer() as server, connected(server) as connection:
        engagement = server.service.create_engagement()
        connection.sendall(request_bytes(server, engagement))

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


def test_a_mistake_in_a_hook_is_shown_and_answered_500(caplog: pytest.LogCaptureFixture) -> None:
    with PartnerCentralServer() as server, connected(server) as connection:
        server.service.faults.hook("GetEngagement", lambda: 1 // 0)
        connection.sendall(request_bytes(server, server.service.create_engagement()))

        assert read_all(connection).startswith(b"HTTP/1.1 500 ")

    assert "ZeroDivisionError" in caplog.text


def test_the_end_is_quick_and_takes_open_connections_along() -> None:
    stalled, go_on = threading.Event(), threading.Event()
    with PartnerCentralServer() as server:

        def stall() -> None:
            stalled.set()
            go_on.wait(10)

        server.service.faults.hook("GetEngagement", stall)
        idle, waiting = connected(server), connected(server)
        waiting.sendall(request_bytes(server, server.service.create_engagement()))
        assert stalled.wait(5)
        begin = time.monotonic()

    assert time.monotonic() - begin < 1
    with idle, waiting:
        assert [read_all(idle), read_all(waiting)] == [b"", b""]
    go_on.set()
    with pytest.raises(ConnectionRefusedError):
        connected(server)


def test_a_server_can_be_opened_again_with_what_it_holds() -> None:
    server = PartnerCentralServer()
    with server:
        engagement = server.service.create_engagement()
    with server, connected(server) as connection:
        connection.sendall(request_bytes(server, engagement))

        assert b"200 OK" in read_all(connection)


def test_a_request_without_a_target_is_answered_whatever_its_method_and_path() -> None:
    with PartnerCentralServer() as server, pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}/health", timeout=5)

    with caught.value as answer:
        assert (answer.code, json.load(answer)["__type"]) == (
            400,
            "com.amazon.coral.service#UnknownOperationException",
        )


def test_the_application_runs_on_any_wsgi_server() -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()

    answer = Client(wsgi_app(service)).post(
        "/",
        headers={"X-Amz-Target": "AWSPartnerCentralSelling.GetEngagement"},
        data=json.dumps({"Catalog": "Sandbox", "Identifier": engagement}),
    )

    assert (answer.status_code, json.loads(answer.data)) == (200, service.engagement(engagement))


def test_many_creates_with_one_token_make_one_context(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    together = threading.Barrier(24)

    def create(_: int) -> str:
        together.wait(10)
        answer = client.create_engagement_context(
            Catalog="Sandbox",
            EngagementIdentifier=engagement,
            Type="CustomerProject",
            Payload=project,
            ClientToken="token",
        )
        return str(answer["ContextId"])

    with ThreadPoolExecutor(24) as pool:
        ids = list(pool.map(create, range(24)))

    assert ids == ["1"] * 24
    assert len(service.engagement(engagement)["Contexts"]) == 1
    assert len({call.answer for call in service.calls}) == 1
    assert sum(call.wrote for call in service.calls) == 1


def test_creates_at_once_with_tokens_of_their_own_fill_the_engagement_and_no_more(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    together = threading.Barrier(12)

    def create(number: int) -> str:
        together.wait(10)
        try:
            answer = client.create_engagement_context(
                Catalog="Sandbox",
                EngagementIdentifier=engagement,
                Type="CustomerProject",
                Payload=project,
                ClientToken=str(number),
            )
        except client.exceptions.ServiceQuotaExceededException:
            return "full"
        return str(answer["ContextId"])

    with ThreadPoolExecutor(12) as pool:
        ids = sorted(pool.map(create, range(12)))

    assert ids == ["1", "2", "3", "4", "5"] + ["full"] * 7


def test_no_update_is_lost_between_writers_that_go_by_the_lock(project: Json) -> None:
    service = PartnerCentral()
    engagement = service.create_engagement()
    project["CustomerProject"]["Project"]["Title"] = "0"
    service.as_aws.add_context(engagement, project)

    def ask(operation: str, **request: Any) -> Json:
        body = json.dumps({"Catalog": "Sandbox", **request}).encode()
        return dict(json.loads(service.handle(f"AWSPartnerCentralSelling.{operation}", body).body))

    def count_one_up(_: int) -> None:
        while True:
            held = ask("GetEngagement", Identifier=engagement)
            payload = held["Contexts"][0]["Payload"]
            title = payload["CustomerProject"]["Project"]["Title"]
            payload["CustomerProject"]["Project"]["Title"] = str(int(title) + 1)
            answer = ask(
                "UpdateEngagementContext",
                EngagementIdentifier=engagement,
                ContextIdentifier="1",
                EngagementLastModifiedAt=held["ModifiedAt"],
                Type="CustomerProject",
                Payload=payload,
            )
            if "ContextId" in answer:
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_one_up, range(80)))

    (context,) = service.engagement(engagement)["Contexts"]
    assert context["Payload"]["CustomerProject"]["Project"]["Title"] == "80"
    assert sum(call.wrote for call in service.calls) == 80


@pytest.fixture
def impatient_interpreter() -> Iterator[None]:
    """Threads that take turns every few instructions."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("impatient_interpreter")
def test_threads_in_one_process_never_meet_inside_a_request(project: Json) -> None:
    service = PartnerCentral()
    engagements = [service.create_engagement() for _ in range(200)]

    def create(engagement: str) -> str:
        body = {"Catalog": "Sandbox", "EngagementIdentifier": engagement, "ClientToken": engagement}
        request = json.dumps({**body, "Type": "CustomerProject", "Payload": project}).encode()
        return str(json.loads(service.handle("AWSPartnerCentralSelling.CreateEngagementContext", request).body))

    together = threading.Barrier(4)

    def create_all(_: int) -> list[str]:
        together.wait(10)
        return [create(engagement) for engagement in engagements]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(create_all, range(4)))

    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert {len(service.engagement(each)["Contexts"]) for each in engagements} == {1}
    assert sum(call.wrote for call in service.calls) == 200


def test_the_service_brings_none_of_its_clients_along() -> None:
    """Shared code would hide shared mistakes."""
    program = "import sys, cdk_partnercentral_local.service._server\nprint(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    forbidden = {"aws_cdk", "cdk_partnercentral", "crhelper", "lambda_handler", "constructs", "jsii"}
    assert forbidden.isdisjoint(name.split(".")[0] for name in loaded)
    assert "cdk_partnercentral_local.service._service" in loaded


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run_and_what_is_exported_is_there(name: str) -> None:
    module = importlib.import_module(f"cdk_partnercentral_local._{name}")

    assert doctest.testmod(module).failed == 0
    assert sorted(module.__all__) == sorted(set(module.__all__))
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
