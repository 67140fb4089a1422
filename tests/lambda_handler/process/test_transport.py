"""The function uses the SDK's ordinary transport: endpoints, CA bundles and proxies that are configured in the standard way."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lambda_handler.process.endpoint import certificate
from tests.lambda_handler.process.events import properties
from tests.lambda_handler.process.harness import Cloud
from tests.lambda_handler.process.network import page, proxy, server, tls_front_end

HOST = "partnercentral-selling.us-east-1.api.aws"
READ, CREATE = "GetEngagement", "CreateEngagementContext"
# Three of these seconds are for work, the others for the response.
LITTLE = 12
Fresh = Callable[..., Cloud]


class FrontEnd:
    """A TLS front end of a cloud's Partner Central.

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
        """Start it, and return its port. `connect` names the Partner Central afterwards."""
        return self._stack.enter_context(server(lambda connection: self._handle(connection)))

    def connect(self, cloud: Cloud) -> None:
        """Forward to this cloud's Partner Central."""
        self._handle = tls_front_end(self.certificate, int(urlsplit(cloud.url).port or 0), self.connections)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What ends with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def front_end(stack: ExitStack, tmp_path: Path) -> FrontEnd:
    """A front end whose certificate authority is its own."""
    return FrontEnd(stack, certificate(tmp_path, HOST))


def test_a_ca_bundle_and_an_endpoint_are_used(fresh: Fresh, front_end: FrontEnd) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=url, AWS_CA_BUNDLE=str(front_end.certificate))
    front_end.connect(cloud)
    assert cloud.send("Create", properties(cloud.service.create_engagement()))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE]
    assert set(front_end.connections) == {"accepted"}


def test_an_untrusted_certificate_fails_after_one_attempt(fresh: Fresh, front_end: FrontEnd) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=url)
    front_end.connect(cloud)
    cloud.function.start()
    started = time.monotonic()
    reason = cloud.send("Create", properties(cloud.service.create_engagement()))["Reason"]
    assert time.monotonic() - started < 5
    assert reason.startswith("[CERTIFICATE_ERROR] SSLError from GetEngagement. ")
    assert "AWS_CA_BUNDLE" in reason
    assert front_end.connections == ["refused"]
    assert cloud.operations == []


def test_a_ca_bundle_that_does_not_exist_fails_at_once(fresh: Fresh, front_end: FrontEnd) -> None:
    url = f"https://127.0.0.1:{front_end.start()}"
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=url, AWS_CA_BUNDLE="no/such/file.pem")
    front_end.connect(cloud)
    reason = cloud.send("Create", properties(cloud.service.create_engagement()))["Reason"]
    assert reason.startswith("[CERTIFICATE_ERROR] ")
    assert "no/such/file" not in reason


def test_calls_to_the_real_endpoint_go_through_the_configured_proxy(
    fresh: Fresh, front_end: FrontEnd, stack: ExitStack
) -> None:
    hosts: list[str] = []
    port = stack.enter_context(server(proxy(front_end.start(), hosts)))
    cloud = fresh(
        AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=None,
        AWS_CA_BUNDLE=str(front_end.certificate),
        HTTPS_PROXY=f"http://127.0.0.1:{port}",
    )
    front_end.connect(cloud)
    assert cloud.send("Create", properties(cloud.service.create_engagement()))["Status"] == "SUCCESS"
    assert cloud.operations == [READ, CREATE]
    # The response to CloudFormation does not go through the proxy.
    assert set(hosts) == {f"CONNECT {HOST}:443"}


@pytest.mark.parametrize(("status", "code"), [(429, "THROTTLED"), (503, "SERVICE_ERROR")])
def test_an_error_page_of_two_megabytes_becomes_a_small_reason(
    fresh: Fresh, stack: ExitStack, status: int, code: str
) -> None:
    html = b"<html><body>" + b"<p>The front end has a bad day.</p>" * 60_000
    port = stack.enter_context(server(page(status, html)))
    cloud = fresh(AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{port}")
    reason = cloud.send("Create", properties(cloud.service.create_engagement()), seconds=LITTLE)["Reason"]
    assert reason.startswith(f"[{code}] {status} from GetEngagement. Partner Central ")
    assert "It is safe to deploy again. Response: " in reason[:300]
    assert len(reason) < 2500
