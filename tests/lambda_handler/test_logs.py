"""Log lines: an allow-list, and nothing beside it."""

import json
import threading
from typing import Any

import pytest

from lambda_handler import logs

# Issue 3, Privacy. The operation's name is the API's own, so it may stand beside them.
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
    """Return what was logged."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_allow_list_is_the_one_that_was_decided() -> None:
    assert set(logs.FIELDS) - {"operation"} == ALLOWED


def test_a_line_is_one_json_object_with_what_was_bound(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_the_next_invocation_starts_with_nothing_of_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    logs.bind(engagement="eng-0123456789abcd")
    logs.begin(request_type="Delete")
    logs.log(decision="kept")

    (line,) = lines(capsys)
    assert {name: value for name, value in line.items() if name != "milliseconds"} == {
        "request_type": "Delete",
        "decision": "kept",
    }


@pytest.mark.parametrize("name", ["payload", "message", "ResponseURL", "reason", "properties"])
def test_any_other_field_is_refused_and_not_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(request_type="Create")
    with pytest.raises(ValueError, match=name) as refused:
        logs.log(decision="created", **{name: "Acme Tools"})
    assert "Acme" not in str(refused.value)
    logs.begin(**{name: "Acme Tools"})
    with pytest.raises(ValueError, match=name):
        logs.log(decision="created")
    assert capsys.readouterr() == ("", "")
    logs.begin()


def test_lines_of_two_threads_stay_lines(capfd: pytest.CaptureFixture[str]) -> None:
    # The deadline's timer writes while the work does.
    def write() -> None:
        for attempt in range(1_000):
            logs.log(decision="try again", attempt=attempt)

    logs.begin()
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = capfd.readouterr().out.splitlines()
    assert len(written) == 2_000
    assert all(set(json.loads(line)) == {"decision", "attempt", "milliseconds"} for line in written)
