"""The response is delivered once and in time, and a failed delivery ends the invocation in an error."""

import json
import threading
import time
from typing import Any

import pytest

from lambda_handler import response
from lambda_handler.response import NotDeliveredError
from tests.lambda_handler.process.endpoint import ResponseEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, event
from tests.lambda_handler.responding import ID, Context, after, raising, resource


def log(capsys: pytest.CaptureFixture[str], *names: str) -> list[tuple[Any, ...]]:
    """Return these fields of each line of the log."""
    return [tuple(map(json.loads(line).get, names)) for line in capsys.readouterr().out.splitlines()]


def test_the_timer_responds_in_time_while_the_work_is_stuck_and_the_work_does_not_respond_again(
    responses: ResponseEndpoint,
) -> None:
    stuck, responded = threading.Event(), threading.Event()
    started = time.monotonic()
    work = threading.Thread(
        target=resource(lambda: stuck.wait(10) and ID),
        args=(event("Create", responses.url(responded.set), {}), Context(4)),
    )
    work.start()
    assert responded.wait(5)
    seconds = time.monotonic() - started
    stuck.set()
    work.join()
    (put,) = responses.puts
    assert seconds < 4
    assert (put.response["Status"], put.response["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
    assert put.response["Reason"].startswith("[OUT_OF_TIME] ")


def test_work_that_ends_together_with_the_timer_makes_one_response(responses: ResponseEndpoint) -> None:
    # The timer fires after 0.05 seconds, and the work ends shortly before, at the same time or shortly after.
    for number in range(11):
        url = responses.url()
        resource(after(0.045 + number * 0.001))(event("Create", url, {}), Context(0.1))
        assert len(responses.puts_to(url)) == 1


def test_the_invocation_ends_after_the_timers_response_is_delivered(responses: ResponseEndpoint) -> None:
    # An invocation that ends earlier would freeze the delivery.
    delivered: list[bool] = []

    def slowly() -> None:
        time.sleep(0.3)
        delivered.append(True)

    resource(after(0.15))(event("Create", responses.url(slowly), {}), Context(0.2))
    assert delivered == [True]
    assert [put.response["Status"] for put in responses.puts] == ["FAILED"]


def test_the_timers_response_to_an_update_has_the_id_of_the_event(responses: ResponseEndpoint) -> None:
    # Another id would be a replacement.
    made = resource(after(0.2, "other"))
    made(event("Update", responses.url(), {}, PhysicalResourceId=ID), Context(0.1))
    (put,) = responses.puts
    assert (put.response["Status"], put.response["PhysicalResourceId"]) == ("FAILED", ID)


def test_the_timer_of_an_event_does_not_respond_to_the_next_one(responses: ResponseEndpoint) -> None:
    made = resource()
    made(event("Create", responses.url(), {}), Context(0.1))
    made(event("Create", responses.url(), {}), Context(900))
    time.sleep(0.15)
    assert [put.response["Status"] for put in responses.puts] == ["SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("remaining", [900, 60, 0.4, 0, -1])
def test_there_is_a_response_however_little_time_is_left(responses: ResponseEndpoint, remaining: float) -> None:
    resource()(event("Create", responses.url(), {}), Context(remaining))
    assert len(responses.puts) == 1


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_status_of_success_is_a_delivery(responses: ResponseEndpoint, status: int) -> None:
    resource()(event("Create", responses.url(status), {}), Context())
    assert len(responses.puts) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 307])
def test_a_response_that_is_refused_is_not_retried_and_no_redirect_is_followed(
    responses: ResponseEndpoint, status: int
) -> None:
    slept: list[float] = []
    with pytest.raises(NotDeliveredError) as failed:
        resource(sleep=slept.append)(event("Create", responses.url(status), {}), Context())
    assert (len(responses.puts), slept) == (1, [])
    assert "http" not in str(failed.value)


@pytest.mark.parametrize("fails", [500, 503, "close"])
def test_a_failed_delivery_is_retried_with_the_same_bytes_after_a_pause(
    responses: ResponseEndpoint, fails: Any
) -> None:
    slept: list[float] = []
    resource(sleep=slept.append)(event("Create", responses.url(fails, fails, 200), {}), Context())
    assert len(responses.puts) == 3
    assert len({put.body for put in responses.puts}) == 1
    assert len(slept) == 2
    assert all(0 < pause < 5 for pause in slept)


def test_a_delivery_that_always_fails_ends_in_an_error_after_some_attempts(responses: ResponseEndpoint) -> None:
    # Lambda repeats the event.
    slept: list[float] = []
    with pytest.raises(NotDeliveredError):
        resource(sleep=slept.append)(event("Create", responses.url(503), {}), Context())
    assert 2 <= len(responses.puts) <= 10
    assert len(slept) == len(responses.puts) - 1
    assert sum(slept) < 15


def test_no_attempt_starts_after_the_time_for_retries(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "RETRY_SECONDS", 0)
    with pytest.raises(NotDeliveredError):
        resource()(event("Create", responses.url(503), {}), Context())
    assert len(responses.puts) == 1


def test_all_attempts_together_fit_into_the_reserved_time() -> None:
    # The last attempt starts at RETRY_SECONDS at the latest, after a pause. Amazon S3 has eight addresses.
    longest_pause = 2 ** (response.ATTEMPTS - 2)
    timeout: Any = response.TIMEOUT
    attempt = 8 * timeout.connect_timeout + timeout.read_timeout
    assert response.RETRY_SECONDS + longest_pause + attempt <= response.RESPONSE_SECONDS


def test_an_endpoint_that_does_not_respond_times_out(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "TIMEOUT", 0.1)
    resource()(event("Create", responses.url("hang", 200), {}), Context())
    assert len(responses.puts) == 2


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/responses", "no address", "ftp://responses.example", "https://[::"]
)
def test_a_url_that_nothing_responds_to_ends_in_an_error_without_the_url(url: str) -> None:
    with pytest.raises(NotDeliveredError) as failed:
        resource()(event("Create", url, {}), Context())
    assert url not in str(failed.value)


def test_a_failed_delivery_does_not_affect_the_next_event(responses: ResponseEndpoint) -> None:
    made = resource()
    with pytest.raises(NotDeliveredError):
        made(event("Create", responses.url(403), {}), Context())
    url = responses.url()
    made(event("Create", url, {}), Context())
    assert [put.response["Status"] for put in responses.puts_to(url)] == ["SUCCESS"]


def test_an_event_that_lambda_repeats_gets_a_response_again(responses: ResponseEndpoint) -> None:
    made, sent = resource(), event("Create", responses.url(403, 200), {})
    with pytest.raises(NotDeliveredError):
        made(sent, Context())
    made(sent, Context())
    assert len(responses.puts) == 2


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks://127.0.0.1:1", "http://[", "127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_passed_by(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    resource()(event("Create", responses.url(), {}), Context())
    assert [put.response["Status"] for put in responses.puts] == ["SUCCESS"]


def test_a_refusal_through_a_proxy_is_followed_by_a_direct_attempt(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The endpoint itself is the proxy. It refuses a whole URL as the path.
    monkeypatch.setenv("HTTP_PROXY", responses.url().partition("/responses")[0])
    url = responses.url()
    resource()(event("Create", url, {}), Context())
    assert [put.path.startswith("http://") for put in responses.puts] == [True, False]


def test_an_unusable_ca_bundle_does_not_keep_the_response_back(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "no/such/file.pem")
    resource()(event("Create", responses.url(), {}), Context())
    assert len(responses.puts) == 1


def test_a_url_that_is_none_is_an_error(responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(NotDeliveredError):
        resource()(event("Create", "http://[", {}), Context())


# What is logged: one ERROR for each FAILED response, and a response counts as sent only if CloudFormation accepted it.


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[ACCESS_DENIED] What to do.", "ACCESS_DENIED"),
        ("Acme Tools", "INTERNAL_ERROR"),
        ("[ACME_TOOLS] What to do.", "INTERNAL_ERROR"),
        ("", "INTERNAL_ERROR"),
    ],
)
def test_a_failed_response_leaves_one_error_with_the_code_of_its_reason(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    resource(raising(ValueError(text)))(event("Create", responses.url(), {}), Context())
    assert log(capsys, "level", "message", "error_code", "status") == [
        ("ERROR", "failed", code, None),
        ("INFO", "response sent", None, 200),
    ]


def test_a_success_leaves_no_error(responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str]) -> None:
    resource()(event("Create", responses.url(204), {}), Context())
    assert log(capsys, "level", "message", "attempt", "status") == [("INFO", "response sent", 1, 204)]


def test_running_out_of_time_leaves_one_error_although_the_work_fails_afterwards(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        time.sleep(0.3)
        raise ValueError("[ACCESS_DENIED] What to do.")

    resource(work)(event("Create", responses.url(), {}), Context(0.2))
    assert log(capsys, "level", "message", "error_code") == [
        ("ERROR", "failed", "OUT_OF_TIME"),
        ("INFO", "response sent", None),
    ]


def test_an_unknown_request_type_leaves_one_error(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    resource()(event("Import", responses.url(), {}), Context())
    assert log(capsys, "level", "error_code") == [("ERROR", "UNKNOWN_REQUEST_TYPE"), ("INFO", None)]


@pytest.mark.parametrize("status", [400, 403, 404, 307])
def test_a_response_that_is_refused_is_logged_as_an_error_and_not_as_sent(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    with pytest.raises(NotDeliveredError):
        resource()(event("Create", responses.url(status), {}), Context())
    assert log(capsys, "level", "message", "attempt", "status") == [("ERROR", "response not accepted", 1, status)]


def test_a_response_that_is_retried_is_logged_as_a_warning_until_it_is_accepted(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    resource()(event("Create", responses.url(503, "close", 200), {}), Context())
    first, second, third = log(capsys, "level", "message", "attempt", "status", "exception")
    assert first == ("WARN", "response not accepted", 1, 503, None)
    assert second[:4] == ("WARN", "response not accepted", 2, None)
    assert second[4].endswith("Error")
    assert third == ("INFO", "response sent", 3, 200, None)


def test_the_last_attempt_to_send_a_response_is_logged_as_an_error(
    responses: ResponseEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotDeliveredError):
        resource()(event("Create", responses.url(503), {}), Context())
    levels = log(capsys, "level")
    assert levels == [("WARN",)] * (len(responses.puts) - 1) + [("ERROR",)]


def test_a_log_that_cannot_be_written_does_not_keep_the_response_back(
    responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def write(self, *_: Any) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Broken())
    resource(raising(ValueError("[ACCESS_DENIED] What to do.")))(event("Create", responses.url(), {}), Context())
    assert [put.response["Status"] for put in responses.puts] == ["FAILED"]
