"""Log lines have the form that Lambda filters, the allowed fields and no others, and no line of a library is written."""

import importlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from datetime import datetime, timezone
from typing import Any

import pytest

from lambda_handler import logs

# None of these is personal data or a credential.
ALLOWED = {
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "requestId",
    "engagement",
    "context",
    "attempt",
    "error_code",
    "exception",
    "status",
    "milliseconds",
}
HEAD = {"timestamp", "level", "message"}
# Every logger that has ever written a sensitive value, and one that nobody knows yet.
LIBRARIES = ["crhelper", "crhelper.resource_helper", "botocore", "botocore.endpoint", "boto3", "urllib3", "new", ""]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines of the log."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def fields(line: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a line that are the same in every run."""
    return {name: value for name, value in line.items() if name not in ("timestamp", "milliseconds")}


def test_no_field_was_added_to_the_allowed_ones() -> None:
    assert set(logs.FIELDS) == ALLOWED


def test_a_line_is_one_json_object_with_the_bound_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create", stack="arn:aws:cloudformation:…", logical_id="Süd\n", request_id="r")
    logs.bind(engagement="eng-0123456789abcd")
    logs.info("created", context="1", attempt=None)

    (line,) = lines(capsys)
    assert line["milliseconds"] >= 0
    assert list(line)[:3] == ["timestamp", "level", "message"]
    assert fields(line) == {
        "level": "INFO",
        "message": "created",
        "request_type": "Create",
        "stack": "arn:aws:cloudformation:…",
        "logical_id": "Süd\n",
        "request_id": "r",
        "engagement": "eng-0123456789abcd",
        "context": "1",
    }


def test_a_timestamp_is_in_utc_with_milliseconds_whatever_the_time_zone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Lambda replaces a timestamp that is not in the format of RFC 3339, and then assumes the level INFO.
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    before = datetime.now(timezone.utc)
    logs.info("created")

    (line,) = lines(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
    assert abs(datetime.fromisoformat(line["timestamp"].replace("Z", "+00:00")) - before).total_seconds() < 10


def test_each_level_has_lambdas_name(capsys: pytest.CaptureFixture[str]) -> None:
    logs.info("created")
    logs.warning("retry")
    logs.error("failed")
    assert [line["level"] for line in lines(capsys)] == ["INFO", "WARN", "ERROR"]


@pytest.mark.parametrize(
    ("level", "written"),
    [
        (None, ["INFO", "WARN", "ERROR"]),
        ("TRACE", ["INFO", "WARN", "ERROR"]),
        ("DEBUG", ["INFO", "WARN", "ERROR"]),
        ("INFO", ["INFO", "WARN", "ERROR"]),
        ("WARN", ["WARN", "ERROR"]),
        ("ERROR", ["ERROR"]),
        ("FATAL", []),
        ("", ["INFO", "WARN", "ERROR"]),
        ("NEW", ["INFO", "WARN", "ERROR"]),
    ],
)
def test_the_level_that_lambda_sets_filters_the_lines(level: str | None, written: list[str]) -> None:
    code = "from lambda_handler import logs; logs.info('created'); logs.warning('retry'); logs.error('failed')"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)} | ({} if level is None else {"AWS_LAMBDA_LOG_LEVEL": level})
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert [json.loads(line)["level"] for line in run.stdout.splitlines()] == written
    assert run.stderr == ""


def test_the_next_invocation_has_no_field_of_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    logs.bind(engagement="eng-0123456789abcd")
    logs.begin(request_type="Delete")
    logs.info("retained")

    (line,) = lines(capsys)
    assert fields(line) == {"level": "INFO", "message": "retained", "request_type": "Delete"}


@pytest.mark.parametrize("name", ["payload", "level", "timestamp", "ResponseURL", "reason", "properties"])
def test_another_field_is_an_error_and_not_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    with pytest.raises(ValueError, match=name) as refused:
        logs.info("created", **{name: "Acme Tools"})
    assert "Acme" not in str(refused.value)
    logs.begin(**{name: "Acme Tools"})
    with pytest.raises(ValueError, match=name):
        logs.info("created")
    assert capsys.readouterr() == ("", "")
    logs.begin()


def test_a_line_that_cannot_be_written_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def write(self, *_: Any) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Broken())
    sensitive = "".join(["Acme", "Tools"])  # so that no line of this code contains it
    logs.error("failed", logical_id=sensitive)
    # Python reports the failure, without the fields.
    err = capsys.readouterr().err
    assert "BrokenPipeError" in err
    assert sensitive not in err


def test_no_logger_of_a_library_writes_anything_whatever_its_level_and_handlers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Lambda's runtime adds a handler to the root logger before it imports the function. Others can add theirs later.
    importlib.import_module("lambda_handler.index")
    logging.disable(logging.CRITICAL)  # as the import does, which another test might have undone
    added = [(logging.getLogger(name), logging.StreamHandler(sys.stdout)) for name in LIBRARIES]
    try:
        for logger, handler in added:
            logger.setLevel(logging.DEBUG)
            logger.addHandler(handler)
        for logger, _ in added:
            for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
                logger.log(level, "Acme Tools")
            logger.error("Acme Tools", exc_info=ValueError("Acme Tools"))
        logs.begin()
        logs.info("created")
    finally:
        for logger, handler in added:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
    out, err = capsys.readouterr()
    # And no handler of another logger writes a line of the function once more.
    (line,) = out.splitlines()
    assert fields(json.loads(line)) == {"level": "INFO", "message": "created"}
    assert err == ""


def test_the_import_of_the_function_disables_the_loggers_of_all_libraries() -> None:
    code = (
        "import logging, sys; logging.basicConfig(stream=sys.stdout, level='DEBUG'); import lambda_handler.index;"
        "logging.getLogger('botocore').setLevel('DEBUG'); logging.getLogger('botocore').critical('Acme Tools');"
        "logging.critical('Acme Tools'); lambda_handler.index.logs.info('created')"
    )
    # What a library logs during the import, before the function runs, is not about an event.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "AWS_EC2_METADATA_DISABLED": "true"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "Acme" not in run.stdout + run.stderr
    assert json.loads(run.stdout.splitlines()[-1])["message"] == "created"


def test_lines_of_two_threads_do_not_mix(capfd: pytest.CaptureFixture[str]) -> None:
    # The timer's thread writes too.
    def write() -> None:
        for attempt in range(1_000):
            logs.warning("retry", attempt=attempt)

    logs.begin()
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = capfd.readouterr().out.splitlines()
    assert len(written) == 2_000
    assert all(set(json.loads(line)) == HEAD | {"attempt", "milliseconds"} for line in written)
