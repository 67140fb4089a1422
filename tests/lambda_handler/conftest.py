"""Fixtures of the handler's unit tests: nothing of the machine's settings reaches them."""

import importlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.lambda_handler.process.endpoint import ResponseEndpoint
from tests.lambda_handler.process.events import secrets_in
from tests.lambda_handler.wire import Wire

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)

# A busy machine makes any deadline for one example meaningless.
hypothesis.settings.register_profile("unit", deadline=None)
hypothesis.settings.load_profile("unit")

# The loggers whose levels crhelper sets for the whole process.
LOGGERS = ("", "boto", "boto3", "botocore", "urllib3")
# What an SDK or an HTTP client reads from the environment.
SETTINGS = ("aws_", "boto_", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_", "requests_ca_bundle")


@pytest.fixture(autouse=True)
def logging_is_restored() -> Iterator[None]:
    """Restore what importing the entry point changes for the whole process: it disables logging, and crhelper sets levels."""
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    yield
    logging.disable(logging.NOTSET)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set invented credentials, and remove the settings, files and proxies of whoever runs the tests."""
    for name in list(os.environ):
        if name.lower().startswith(SETTINGS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def responses() -> Iterator[ResponseEndpoint]:
    """A response endpoint that speaks plain HTTP."""
    with ResponseEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def wire() -> Wire:
    """A wire without planned responses."""
    return Wire()


@pytest.fixture
def api(wire: Wire) -> Iterator[Any]:
    """The client of Partner Central on that wire."""
    # Imported late: the client needs the settings above, and the handler on the path.
    entry: Any = importlib.import_module("tests.lambda_handler.entry")
    yield entry.partner_central.PartnerCentral(wire.tap(entry.client()))
    wire.untap(entry.client())


@pytest.fixture
def function(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    """The function. Afterwards, its log and its responses are checked for sensitive values."""
    entry: Any = importlib.import_module("tests.lambda_handler.entry")
    made = entry.Function(responses, monkeypatch)
    yield made
    made.end()
    out, err = capfd.readouterr()
    written = (out + err + "".join(put.response["Reason"] for put in responses.puts)).lower()
    # "Client" is a job title in one test, and a part of the API's own words.
    secrets = {text for sent in made.events for text in secrets_in(sent)} - {"Client"}
    assert not {text for text in secrets if text.lower() in written}
    assert all(set(json.loads(line)) <= made.log_fields for line in out.splitlines())
    assert err == ""
