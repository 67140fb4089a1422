"""AWS credentials, and calls of Partner Central that are retried and return the response's JSON unchanged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore import xform_name
from botocore.exceptions import ProfileNotFound
from botocore.loaders import Loader
from botocore.session import Session

from cdk_partnercentral_cli import library_folder
from cdk_partnercentral_cli._errors import CliError
from lambda_handler import partner_central, sdk
from lambda_handler.errors import Kind, ResourceError
from lambda_handler.retries import RetryBudget

T = TypeVar("T")

SERVICE = "partnercentral-selling"
# The retries of one call end after this many seconds.
RETRY_SECONDS = 120
# AWS documents 10 read requests per second and account for the listed operations of Partner Central. GetEngagement is not
# listed. The pace leaves a margin, because requests do not arrive exactly as evenly as they are sent.
READS_PER_SECOND = 9


class _Session(Session):
    """Use an endpoint for Partner Central, and for no other service.

    An endpoint from the environment or the configuration file would not be used if the user's configuration contains
    `ignore_configured_endpoint_urls`.
    """

    partner_central: str | None = None

    def create_client(self, service_name: str, *arguments: Any, **options: Any) -> Any:
        if service_name == SERVICE and self.partner_central is not None:
            options["endpoint_url"] = self.partner_central
        try:
            return super().create_client(service_name, *arguments, **options)
        except ValueError as error:
            # The SDK has no class of its own for the error of a configured endpoint without a scheme.
            raise CliError(f"{error}: set an endpoint that starts with http:// or https://.") from None


class _Models(Loader):
    """Load the shipped model of Partner Central instead of the installed botocore's model, which can be older than the API."""

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Mapping[str, Any]:
        if (service_name, type_name) == (SERVICE, "service-2"):
            text = (library_folder() / "_validation" / "service-2.json").read_text(encoding="utf-8")
            model: Mapping[str, Any] = json.loads(text)
            return model
        other: Mapping[str, Any] = super().load_service_model(service_name, type_name, api_version)
        return other


def aws_session(profile: str | None, endpoint_url: str | None) -> boto3.Session:
    """Return a session with the ordinary credentials of boto3, and with the shipped model of Partner Central.

    Args:
        profile: The name of a profile, or None for the SDK's default.
        endpoint_url: The endpoint of Partner Central, or None for the SDK's default.

    Raises:
        CliError: The profile does not exist.
    """
    core = _Session(profile=profile)
    core.partner_central = endpoint_url
    try:
        core.register_component("data_loader", _Models(core.get_config_variable("data_path")))
        return boto3.Session(botocore_session=core)
    except ProfileNotFound as error:
        raise CliError(f"{error}: choose one of `aws configure list-profiles`.") from None


def is_of_aws(endpoint_url: str) -> bool:
    """Return whether an endpoint belongs to AWS. It can be a VPC endpoint."""
    return (urlsplit(endpoint_url).hostname or "").endswith((".api.aws", ".amazonaws.com"))


class Pace:
    """Waits, so that successive requests are at least a number of seconds apart."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = time.monotonic()

    def wait(self) -> None:
        """Wait until the next request is due."""
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._seconds


def with_retries(attempt: Callable[[], T], *, unless: Collection[Kind] = ()) -> T:
    """Make a call, with retries. Denied actions and refused credentials are not retried.

    Args:
        attempt: A function that makes the call once.
        unless: More kinds of failures that are not retried.

    Raises:
        ApiError: The call failed, and no retry is left.
        CliError: The attempts took longer than `RETRY_SECONDS`.
    """
    deadline = time.monotonic() + RETRY_SECONDS
    budget = RetryBudget(lambda: deadline - time.monotonic())
    try:
        return budget.retry(attempt, unless=(Kind.DENIED, Kind.CREDENTIALS, *unless))
    except ResourceError:
        # The text of this error is about the function.
        raise CliError(
            f"The call did not succeed within {RETRY_SECONDS} seconds of retries: run the command again later."
        ) from None


class PartnerCentralApi:
    """The operations of Partner Central.

    Args:
        session: The session with the credentials.
    """

    def __init__(self, session: boto3.Session) -> None:
        self._client = partner_central.connect(session)

    @property
    def endpoint_url(self) -> str:
        """The configured endpoint. Without one, an endpoint of AWS, which can differ from the one that requests use."""
        return self._client.meta.endpoint_url

    def call(self, operation: str, **parameters: Any) -> Any:
        """Call an operation, with retries, and return the JSON of the response, including nulls and all digits of timestamps.

        Args:
            operation: The API's name of the operation, such as `GetEngagement`. The shipped model must contain it.
            parameters: The parameters, by the API's names. They are sent unchanged and without validation.

        Raises:
            ApiError: The call failed, and no retry is left. Denied actions and refused credentials are not retried.
        """
        return with_retries(lambda: self.attempt(operation, **parameters))

    def attempt(self, operation: str, **parameters: Any) -> Any:
        """Call an operation once. See `call`."""
        method = getattr(self._client, xform_name(operation))
        return sdk.attempt(sdk.Call(operation=operation), lambda: _members(method(**parameters)["RawBody"]))


def _members(body: bytes) -> dict[str, Any]:
    response = json.loads(body)
    if not isinstance(response, dict):
        # A proxy can respond with JSON of its own. `sdk.attempt` turns this error into an ApiError.
        raise TypeError("the response of every operation is a JSON object")
    return response
