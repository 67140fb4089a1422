"""The answer goes out in time and exactly once, and a delivery that failed is known."""

import threading
import time
from typing import Any

import pytest

from lambda_handler.response import NotDeliveredError
from tests.lambda_handler.process.endpoint import AnswerEndpoint
from tests.lambda_handler.process.events import LOGICAL_ID, event
from tests.lambda_handler.responding import ID, Context, after, resource


class TestDeadline:
    """The timer answers when the work does not."""

    def test_answers_failed_while_the_work_is_stuck_and_the_work_answers_nothing_more(
        self, answers: AnswerEndpoint
    ) -> None:
        """One answer, in time, with an id that is no context's."""
        stuck = threading.Event()
        started = time.monotonic()
        work = threading.Thread(
            target=resource(lambda: stuck.wait(10) and ID), args=(event("Create", answers.url(), {}), Context(0.6))
        )
        work.start()
        while not answers.puts and time.monotonic() - started < 5:
            time.sleep(0.01)
        answered = time.monotonic() - started
        stuck.set()
        work.join()
        (put,) = answers.puts
        assert answered < 0.6
        assert (put.answer["Status"], put.answer["PhysicalResourceId"]) == ("FAILED", f"not-created/{LOGICAL_ID}")
        assert "time" in put.answer["Reason"]

    def test_and_work_that_end_together_make_one_answer_between_them(self, answers: AnswerEndpoint) -> None:
        """Whoever is first."""
        for number in range(20):
            url = answers.url()
            # The timer fires after 0.05 s, and the work ends around it.
            resource(after(0.045 + number * 0.0005))(event("Create", url, {}), Context(0.1))
            assert len(answers.puts_to(url)) == 1

    def test_is_waited_for_when_its_answer_is_still_on_its_way(self, answers: AnswerEndpoint) -> None:
        """An invocation that ends before would freeze it."""
        delivered: list[bool] = []

        def slowly() -> None:
            time.sleep(0.3)
            delivered.append(True)

        resource(after(0.15))(event("Create", answers.url(slowly), {}), Context(0.2))
        assert delivered == [True]
        assert [put.answer["Status"] for put in answers.puts] == ["FAILED"]

    def test_of_an_update_answers_the_id_it_was_given(self, answers: AnswerEndpoint) -> None:
        """Another one would be a replacement."""
        made = resource(after(0.2, "other"))
        made(event("Update", answers.url(), {}, PhysicalResourceId=ID), Context(0.2))
        assert [put.answer["PhysicalResourceId"] for put in answers.puts] == [ID]

    def test_is_over_when_the_work_is_done(self, answers: AnswerEndpoint) -> None:
        """Nothing of one invocation reaches into the next."""
        made = resource()
        made(event("Create", answers.url(), {}), Context(0.4))
        time.sleep(0.5)
        assert [put.answer["Status"] for put in answers.puts] == ["SUCCESS"]

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_that_has_passed_already_is_answered_too(self, answers: AnswerEndpoint, seconds: float) -> None:
        """As well as can be."""
        resource()(event("Create", answers.url(), {}), Context(seconds))
        assert len(answers.puts) == 1


class TestDelivery:
    """Checked, repeated a bounded number of times, and an error where it failed."""

    @pytest.mark.parametrize("status", [200, 201, 204])
    def test_is_done_by_any_status_of_success(self, answers: AnswerEndpoint, status: int) -> None:
        """Once."""
        resource()(event("Create", answers.url(status), {}), Context())
        assert len(answers.puts) == 1

    @pytest.mark.parametrize("status", [301, 307, 400, 403, 404])
    def test_that_was_refused_is_not_repeated(self, answers: AnswerEndpoint, status: int) -> None:
        """The URL has expired, or is not ours; no redirection is followed."""
        slept: list[float] = []
        with pytest.raises(NotDeliveredError) as failed:
            resource(sleep=slept.append)(event("Create", answers.url(status), {}), Context())
        assert (len(answers.puts), slept) == (1, [])
        assert "http" not in str(failed.value)

    @pytest.mark.parametrize("fails", [500, 503, "close"])
    def test_that_failed_is_repeated_with_the_same_bytes(self, answers: AnswerEndpoint, fails: Any) -> None:
        """After a pause."""
        slept: list[float] = []
        resource(sleep=slept.append)(event("Create", answers.url(fails, fails, 200), {}), Context())
        assert len(answers.puts) == 3
        assert len({put.body for put in answers.puts}) == 1
        assert len(slept) == 2
        assert all(0 < pause < 5 for pause in slept)

    def test_that_fails_for_ever_ends_in_an_error_after_a_few_tries(self, answers: AnswerEndpoint) -> None:
        """Lambda repeats the event."""
        slept: list[float] = []
        with pytest.raises(NotDeliveredError):
            resource(sleep=slept.append)(event("Create", answers.url(503), {}), Context())
        assert 2 <= len(answers.puts) <= 10
        assert len(slept) == len(answers.puts) - 1
        assert sum(slept) < 15

    def test_that_drips_is_given_up_after_its_time(
        self, answers: AnswerEndpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However alive the connection is."""
        monkeypatch.setattr("lambda_handler.response.ATTEMPT_SECONDS", 0.2)
        started = time.monotonic()
        with pytest.raises(NotDeliveredError):
            resource()(event("Create", answers.url("drip"), {}), Context())
        assert time.monotonic() - started < 4

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:1/answers", "no address", "ftp://answers.example", "https://[::"]
    )
    def test_to_nowhere_ends_in_an_error(self, url: str) -> None:
        """That does not name the URL."""
        with pytest.raises(NotDeliveredError) as failed:
            resource()(event("Create", url, {}), Context())
        assert url not in str(failed.value)

    def test_of_the_next_event_is_not_hurt_by_a_failed_one(self, answers: AnswerEndpoint) -> None:
        """In the same process."""
        made = resource()
        with pytest.raises(NotDeliveredError):
            made(event("Create", answers.url(403), {}), Context())
        url = answers.url()
        made(event("Create", url, {}), Context())
        assert [put.answer["Status"] for put in answers.puts_to(url)] == ["SUCCESS"]

    def test_of_the_same_event_again_is_answered_again(self, answers: AnswerEndpoint) -> None:
        """Lambda repeats it with everything in it, into a process that has seen it."""
        made, sent = resource(), event("Create", answers.url(403, 200), {})
        with pytest.raises(NotDeliveredError):
            made(sent, Context())
        made(sent, Context())
        assert len(answers.puts) == 2
