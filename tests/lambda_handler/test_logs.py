"""Log lines have the allowed fields and no others."""

import json
import threading
from typing import Any

import pytest

from lambda_handler import logs

# None of these is personal data or a credential.
ALLOWED = {
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "engagement",
    "context",
    "decision",
    "attempt",
    "error_code",
    "milliseconds",
}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines of the log."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_no_field_was_added_to_the_allowed_ones() -> None:
    assert set(logs.FIELDS) == ALLOWED


def test_a_line_is_one_json_object_with_the_bound_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create", stack="arn:aws:cloudformation:…", logical_id="Süd\n", request_id="r")
    logs.bind(engagement="eng-0123456789abcd")
    logs.log(decision="created", context="1")

    (line,) = lines(capsys)
    assert line.pop("milliseconds") >= 0
    assert line == {
        "request_type": "Create",
        "stack": "arn:aws:cloudformation:…",
        "logical_id": "Süd\n",
        "request_id": "r",
        "engagement": "eng-0123456789abcd",
        "context": "1",
        "decision": "created",
    }


def test_the_next_invocation_has_no_field_of_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    logs.bind(engagement="eng-0123456789abcd")
    logs.begin(request_type="Delete")
    logs.log(decision="retained")

    (line,) = lines(capsys)
    assert {name: value for name, value in line.items() if name != "milliseconds"} == {
        "request_type": "Delete",
        "decision": "retained",
    }


@pytest.mark.parametrize("name", ["payload", "message", "ResponseURL", "reason", "properties"])
def test_another_field_is_an_error_and_not_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    with pytest.raises(ValueError, match=name) as refused:
        logs.log(decision="created", **{name: "Acme Tools"})
    assert "Acme" not in str(refused.value)
    logs.begin(**{name: "Acme Tools"})
    with pytest.raises(ValueError, match=name):
        logs.log(decision="created")
    assert capsys.readouterr() == ("", "")
    logs.begin()


def test_lines_of_two_threads_do_not_mix(capfd: pytest.CaptureFixture[str]) -> None:
    # The timer's thread writes too.
    def write() -> None:
        for attempt in range(1_000):
            logs.log(decision="retry", attempt=attempt)

    logs.begin()
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = capfd.readouterr().out.splitlines()
    assert len(written) == 2_000
    assert all(set(json.loads(line)) == {"decision", "attempt", "milliseconds"} for line in written)
