"""What every unit test of the handler needs: the handler on the path, silence undone, and no setting of this machine."""

import importlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.lambda_handler.process.endpoint import AnswerEndpoint
from tests.lambda_handler.process.events import secrets_in
from tests.lambda_handler.wire import Wire

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)


# How long one example takes is no matter on a busy machine.
hypothesis.settings.register_profile("unit", deadline=None)
hypothesis.settings.load_profile("unit")

# Whose levels crhelper sets, for the whole process.
LOGGERS = ("", "boto", "boto3", "botocore", "urllib3")


@pytest.fixture(autouse=True)
def logging_is_restored() -> Iterator[None]:
    """Importing the entry point turns logging off for the whole process, and crhelper sets levels; other tests want theirs."""
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    yield
    logging.disable(logging.NOTSET)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials that are nobody's, and neither files nor endpoints of whoever runs the tests."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def answers() -> Iterator[AnswerEndpoint]:
    """An answer endpoint that speaks plain HTTP."""
    with AnswerEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def wire() -> Wire:
    """A wire that nothing is planned on."""
    return Wire()


@pytest.fixture
def api(wire: Wire) -> Iterator[Any]:
    """The client of Partner Central on that wire."""
    # Imported here, when the settings are in place and the handler is on the path.
    entry: Any = importlib.import_module("tests.lambda_handler.entry")
    yield entry.partner_central.PartnerCentral(wire.tap(entry.client()))
    wire.untap(entry.client())


@pytest.fixture
def function(
    answers: AnswerEndpoint, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    """The function; whatever it wrote afterwards must hold nothing that nobody may see."""
    entry: Any = importlib.import_module("tests.lambda_handler.entry")
    made = entry.Function(answers, monkeypatch)
    yield made
    made.end()
    out, err = capfd.readouterr()
    said = (out + err + "".join(put.answer["Reason"] for put in answers.puts)).lower()
    # A word of the API's own, and in one story somebody's title.
    secrets = {text for sent in made.events for text in secrets_in(sent)} - {"Client"}
    assert not {text for text in secrets if text.lower() in said}
    assert all(set(json.loads(line)) <= made.log_fields for line in out.splitlines())
    assert err == ""
