"""The SDK's ordinary transport: endpoints, CA bundles and proxies that are configured in the standard way, and error pages."""

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.lambda_handler.process.cloudformation import REQUEST_ID, Resource
from tests.lambda_handler.process.endpoint import certificate as make_certificate
from tests.lambda_handler.process.events import STACK, event, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud
from tests.lambda_handler.process.network import page, proxy, server, tls_front_end

HOST = "partnercentral-selling.us-east-1.api.aws"
READ, CREATE = "GetEngagement", "CreateEngagementContext"
# Three of these seconds are for work, the others for the response.
LITTLE = 12
Fresh = Callable[..., Cloud]


class FrontEnd:
    """A TLS front end of a service.

    Attributes:
        certificate: The file with its certificate, for its own host name and for 127.0.0.1.
        connections: The results of the handshakes so far.
    """

    def __init__(self, stack: ExitStack, certificate_file: Path) -> None:
        self._stack = stack
        self.certificate = certificate_file
        self.connections: list[str] = []
        self._target = 0

    def start(self) -> int:
        """Start it, and return its port. `connect` names the service afterwards."""
        return self._stack.enter_context(server(lambda connection: self._handle(connection)))

    def connect(self, url: str) -> None:
        """Forward to a service."""
        self._handle = tls_front_end(self.certificate, int(urlsplit(url).port or 0), self.connections)

    def handshakes(self) -> list[str]:
        """Return the results of the handshakes. Wait for the first, because the client can know its result earlier."""
        deadline = time.monotonic() + 10
        while not self.connections and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.connections


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What ends with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def front_end(stack: ExitStack, tmp_path: Path) -> FrontEnd:
    """A front end whose certificate authority is its own."""
    return FrontEnd(stack, make_certificate(tmp_path, HOST))


def test_a_ca_bundle_and_an_endpoint_are_used(fresh: Fresh, front_end: FrontEnd) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=url, AWS_CA_BUNDLE=str(front_end.certificate))
    front_end.connect(cloud.url)
    assert cloud.send("Create", properties(cloud.service.create_engagement()))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE]
    assert set(front_end.connections) == {"accepted"}


BAD: dict[str, dict[str, Any]] = {
    "of an unknown authority": {"trusted": False},
    "of another host": {"address": "127.0.0.9"},
    "expired": {"days": -1},
}


@pytest.mark.parametrize("through_proxy", [False, True])
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_certificate_fails_after_one_attempt(
    fresh: Fresh, stack: ExitStack, tmp_path: Path, bad: dict[str, Any], through_proxy: bool
) -> None:
    more = {name: value for name, value in bad.items() if name != "trusted"}
    front_end = FrontEnd(stack, make_certificate(tmp_path, HOST if "address" not in bad else "other.example", **more))
    port, hosts = front_end.start(), list[str]()
    environment: dict[str, str | None] = {"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": f"https://127.0.0.1:{port}"}
    if through_proxy:
        proxy_port = stack.enter_context(server(proxy(port, hosts)))
        environment = {
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": None,
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy_port}",
        }
    if bad.get("trusted", True):
        environment["AWS_CA_BUNDLE"] = str(front_end.certificate)
    cloud = fresh(**environment)
    front_end.connect(cloud.url)
    cloud.function.start()
    started = time.monotonic()
    reason = cloud.send("Create", properties(cloud.service.create_engagement()))["Reason"]
    assert time.monotonic() - started < 5
    assert reason.startswith("[CERTIFICATE_ERROR] SSLError from GetEngagement. ")
    assert "AWS_CA_BUNDLE" in reason
    assert hosts[:1] == [f"CONNECT {HOST}:443"] * through_proxy
    # A host name is checked after the handshake.
    assert front_end.handshakes() == ["accepted" if "address" in bad else "refused"]
    assert cloud.operations == []


def test_a_ca_bundle_that_does_not_exist_fails_at_once(fresh: Fresh, front_end: FrontEnd) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=url, AWS_CA_BUNDLE="no/such/file.pem")
    front_end.connect(cloud.url)
    reason = cloud.send("Create", properties(cloud.service.create_engagement()))["Reason"]
    assert reason.startswith("[CERTIFICATE_ERROR] ")
    assert "no/such/file" not in reason


def through_proxy(fresh: Fresh, front_end: FrontEnd, stack: ExitStack, **more: Any) -> tuple[str, list[str]]:
    """Deploy with a proxy. Return the host of the ResponseURL, and what the proxy was asked for."""
    hosts: list[str] = []
    environment = {name: more.pop(name) for name in list(more) if name.isupper()}
    port = stack.enter_context(server(proxy(front_end.start(), hosts, **more)))
    cloud = fresh(
        AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=None,
        AWS_CA_BUNDLE=str(front_end.certificate),
        HTTPS_PROXY=environment.pop("PROXY", "http://127.0.0.1:{port}").format(port=port),
        **environment,
    )
    front_end.connect(cloud.url)
    assert cloud.send("Create", properties(cloud.service.create_engagement()))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE]
    return urlsplit(cloud.responses.url()).netloc, hosts


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_calls_and_the_response_go_through_the_configured_proxy(
    fresh: Fresh, front_end: FrontEnd, stack: ExitStack, scheme: str
) -> None:
    response, hosts = through_proxy(fresh, front_end, stack, PROXY=scheme + "127.0.0.1:{port}")
    assert set(hosts) == {f"CONNECT {HOST}:443", f"CONNECT {response}"}


def test_a_response_that_the_proxy_refuses_is_delivered_directly(
    fresh: Fresh, front_end: FrontEnd, stack: ExitStack
) -> None:
    response, hosts = through_proxy(fresh, front_end, stack, refuses_others=True)
    assert set(hosts) == {f"CONNECT {HOST}:443", f"CONNECT {response}"}


def test_a_response_to_a_host_that_needs_no_proxy_is_delivered_directly(
    fresh: Fresh, front_end: FrontEnd, stack: ExitStack
) -> None:
    _, hosts = through_proxy(fresh, front_end, stack, NO_PROXY="127.0.0.1")
    assert set(hosts) == {f"CONNECT {HOST}:443"}


def test_the_credentials_of_a_proxy_are_sent_to_it(fresh: Fresh, front_end: FrontEnd, stack: ExitStack) -> None:
    requests: list[str] = []
    through_proxy(fresh, front_end, stack, PROXY="http://user:pass%40word@127.0.0.1:{port}", requests=requests)
    credentials = base64.b64encode(b"user:pass@word").decode()
    assert len(requests) >= 2
    assert all(f"proxy-authorization: basic {credentials}".lower() in request.lower() for request in requests)


def test_the_response_trusts_the_configured_authorities_too(fresh: Fresh, certificate: Path) -> None:
    cloud = fresh(SSL_CERT_FILE=None, AWS_CA_BUNDLE=str(certificate))
    assert cloud.send("Create", properties(cloud.service.create_engagement()))["Status"] == "SUCCESS"


def test_one_endpoint_setting_for_all_services_is_used(fresh: Fresh) -> None:
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=None, AWS_ENDPOINT_URL_CLOUDFORMATION=None)
    with cloud.another(
        folder=cloud.function.folder / "..", environment={**cloud.environment, "AWS_ENDPOINT_URL": cloud.url}
    ) as function:
        sent = event("Create", cloud.responses.url(), properties(cloud.service.create_engagement()))
        assert function.invoke(sent).error is None
    assert cloud.response_to(sent)["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE]


def stack_read_by(cloud: Cloud) -> dict[str, Any]:
    """Let the function read its stack. Return the response."""
    cloud.cloudformation.resources[STACK] = [Resource(logical_id="A"), Resource(logical_id="B")]
    cloud.cloudformation.page_size = 1
    return cloud.send("Create", {})


STACK_FUNCTION: dict[str, Any] = {"path": [Path(__file__).parent, None], "module": "stack_function"}


def test_the_stack_is_read_from_the_configured_endpoint_with_the_configured_authority(
    fresh: Fresh, front_end: FrontEnd
) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(**STACK_FUNCTION, AWS_ENDPOINT_URL_CLOUDFORMATION=url, AWS_CA_BUNDLE=str(front_end.certificate))
    front_end.connect(cloud.cloudformation.url)
    assert stack_read_by(cloud)["PhysicalResourceId"] == "A,B"
    assert cloud.cloudformation.actions == ["ListStackResources"] * 2


def test_the_stack_is_read_through_the_configured_proxy(fresh: Fresh, stack: ExitStack, tmp_path: Path) -> None:
    front_end = FrontEnd(stack, make_certificate(tmp_path, "cloudformation.eu-west-1.amazonaws.com"))
    hosts: list[str] = []
    port = stack.enter_context(server(proxy(front_end.start(), hosts)))
    cloud = fresh(
        **STACK_FUNCTION,
        AWS_ENDPOINT_URL_CLOUDFORMATION=None,
        AWS_CA_BUNDLE=str(front_end.certificate),
        HTTPS_PROXY=f"http://127.0.0.1:{port}",
        NO_PROXY="127.0.0.1",
    )
    front_end.connect(cloud.cloudformation.url)
    assert stack_read_by(cloud)["PhysicalResourceId"] == "A,B"
    assert set(hosts) == {"CONNECT cloudformation.eu-west-1.amazonaws.com:443"}


def test_a_stack_that_the_role_cannot_read_is_named(fresh: Fresh) -> None:
    cloud = fresh(**STACK_FUNCTION)
    cloud.cloudformation.deny()
    assert stack_read_by(cloud)["Reason"].startswith(
        "[ACCESS_DENIED] AccessDenied from ListStackResources. The function's role needs cloudformation:ListStackResources on"
        f" {STACK}. Response (request id {REQUEST_ID}): "
    )


@pytest.mark.parametrize("status", [200, 302, 403])
def test_a_page_of_something_else_is_reported_without_the_advice_about_routes(
    fresh: Fresh, stack: ExitStack, status: int
) -> None:
    port = stack.enter_context(server(page(status, b"<html>Sign in to the network</html>")))
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{port}")
    reason = cloud.send("Create", properties(cloud.service.create_engagement()), seconds=LITTLE)["Reason"]
    assert reason.startswith("[UNREADABLE_RESPONSE] UnreadableResponse from GetEngagement. ")
    assert "route" not in reason


def test_a_retry_after_that_is_longer_than_the_time_left_fails_at_once(fresh: Fresh, stack: ExitStack) -> None:
    requests: list[bytes] = []
    port = stack.enter_context(server(page(503, b"", "Retry-After: 3600", requests)))
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{port}")
    cloud.function.start()
    started = time.monotonic()
    reason = cloud.send("Create", properties(cloud.service.create_engagement()))["Reason"]
    assert time.monotonic() - started < 5
    assert reason.startswith("[SERVICE_ERROR] 503 from GetEngagement. ")
    assert "retry after 3600 seconds" in reason
    assert len(requests) == 1


def test_a_retry_after_is_waited_for(fresh: Fresh, stack: ExitStack) -> None:
    requests: list[bytes] = []
    port = stack.enter_context(server(page(429, b"", "Retry-After: 2", requests)))
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{port}")
    cloud.function.start()
    started = time.monotonic()
    cloud.send("Create", properties(cloud.service.create_engagement()), seconds=LITTLE)
    # Of the three seconds for work, the second request could start after two at the earliest.
    assert len(requests) <= 2
    assert time.monotonic() - started < LITTLE


MEGABYTES = 1024 * 1024
# Long values to be masked, each of which can be echoed in six forms.
LONG = lead(
    *(
        interaction(
            f"Annabella{number}",
            BusinessProblem=f'The "front" end & <{number}> has a bad dä. ' * 600,
            Usecase=f'Ä day & <{number}> "or" two ' * 500,
        )
        for number in range(10)
    )
)
PAGE = b"<html><body>" + b"<p>The front end has a bad day.</p>" * 60_000
JSON = b'{"message": "' + b"The front end has a bad day. " * 30_000 + b'"}'


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (429, PAGE, "THROTTLED"),
        (503, PAGE, "SERVICE_ERROR"),
        (403, PAGE, "UNREADABLE_RESPONSE"),
        (503, JSON, "SERVICE_ERROR"),
        (503, JSON * 3, "SERVICE_ERROR"),
    ],
    ids=["429", "503", "403", "JSON", "no JSON"],
)
def test_a_large_error_response_becomes_a_small_reason_and_takes_little_memory(
    fresh: Fresh, stack: ExitStack, status: int, body: bytes, code: str
) -> None:
    port = stack.enter_context(server(page(status, body)))
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{port}")
    cloud.function.start()
    before = cloud.function.peak
    new = properties(cloud.service.create_engagement(), LONG, "Lead")
    reason = cloud.send("Create", new, seconds=LITTLE)["Reason"]
    assert cloud.function.peak - before < 15 * MEGABYTES
    assert reason.startswith(f"[{code}] ")
    assert " from GetEngagement. " in reason
    assert "It is safe to deploy again. Response: " in reason[:320]
    assert len(reason) < 2500
