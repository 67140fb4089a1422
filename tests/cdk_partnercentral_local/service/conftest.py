"""A local Partner Central, real SDK clients for it, and example payloads."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from cdk_partnercentral._validation import rules
from cdk_partnercentral_local import Behavior, PartnerCentral, PartnerCentralServer
from cdk_partnercentral_local.service import service_model


class Clock:
    """A clock that starts at 2026-01-01T00:00:00Z and advances only when a test says so."""

    def __init__(self) -> None:
        self.now = 1_767_225_600_000_000_000

    def __call__(self) -> int:
        """Return nanoseconds since 1970."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Advance the clock; also used as `sleep`."""
        self.now += int(seconds * 1_000_000_000)


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Enable logging: other tests in the same process import the function, which disables it."""
    before = logging.root.manager.disable
    logging.disable(logging.NOTSET)
    yield
    logging.disable(before)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> boto3.Session:
    """A session with the shipped service model. The botocore that is installed for MiniStack has an older one."""
    folder = tmp_path_factory.mktemp("models")
    service = folder / "partnercentral-selling" / service_model().api_version
    service.mkdir(parents=True)
    shutil.copy(Path(rules.__file__).with_name("service-2.json"), service)
    core = botocore.session.Session()
    core.get_component("data_loader").search_paths.insert(0, str(folder))
    return boto3.Session(
        aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1", botocore_session=core
    )


@pytest.fixture
def connect(sdk: boto3.Session) -> Callable[[str], Any]:
    """Returns a client that does not retry, and that sends an `EngagementLastModifiedAt` given as text unchanged."""

    def connected(url: str) -> Any:
        once = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5)
        client = sdk.client("partnercentral-selling", endpoint_url=url, config=once)
        events, event = client.meta.events, "partnercentral-selling.UpdateEngagementContext"

        def keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["exact"] = params.get("EngagementLastModifiedAt")

        def restore(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            if isinstance(context["exact"], str):
                body = {**json.loads(params["body"]), "EngagementLastModifiedAt": context["exact"]}
                params["body"] = json.dumps(body).encode()

        events.register(f"before-parameter-build.{event}", keep)
        events.register(f"before-call.{event}", restore)
        return client

    return connected


@pytest.fixture
def serve(connect: Callable[[str], Any]) -> Iterator[Callable[..., tuple[PartnerCentral, Any]]]:
    """Starts a service with the given switches over HTTP, and returns it with a client."""
    with ExitStack() as stack:

        def serving(*, clock: Clock | None = None, **switches: Any) -> tuple[PartnerCentral, Any]:
            settings: dict[str, Any] = {} if clock is None else {"clock": clock, "sleep": clock.advance}
            server = stack.enter_context(PartnerCentralServer(PartnerCentral(Behavior(**switches), **settings)))
            client = connect(server.url)
            stack.callback(client.close)
            return server.service, client

        yield serving


@pytest.fixture
def project() -> dict[str, Any]:
    return {
        "CustomerProject": {
            "Customer": {
                "Industry": "Retail",
                "CompanyName": "Acme",
                "WebsiteUrl": "https://acme.example",
                "CountryCode": "US",
            },
            "Project": {
                "Title": "Move to AWS",
                "BusinessProblem": "The data center closes at the end of next year.",
                "TargetCompletionDate": "2027-06-30",
            },
        }
    }


@pytest.fixture
def interaction() -> dict[str, Any]:
    return {
        "SourceType": "Event",
        "InteractionDate": "2026-02-03T04:05:06Z",
        "BusinessProblem": "Reports take all night.",
        "Contact": {
            "BusinessTitle": "Head of IT",
            "Email": "mo@acme.example",
            "FirstName": "Mo",
            "LastName": "Doe",
            "Phone": "+15550100",
        },
    }


@pytest.fixture
def lead(interaction: dict[str, Any]) -> dict[str, Any]:
    return {
        "Lead": {
            "Customer": {"CompanyName": "Acme", "Address": {"City": "Springfield", "CountryCode": "US"}},
            "Interactions": [interaction],
            "QualificationStatus": "Open",
        }
    }
