"""The function's entry point, called in this process, between a wire and an answer endpoint."""

from typing import Any

from tests.handler.endpoint import AnswerEndpoint
from tests.handler.events import event
from tests.unit.answering import Context
from tests.unit.wire import Wire


class Function:
    """The function, its wire and its answers.

    Attributes:
        wire: what Partner Central gets and gives.
    """

    def __init__(self, module: Any, wire: Wire, answers: AnswerEndpoint) -> None:
        self.wire = wire
        self._module = module
        self._answers = answers
        self.events: list[Any] = []

    def handle(self, request_type: str, new: Any, *, seconds: float = 900, **more: Any) -> dict[str, Any]:
        """Handle an event; return the one answer to it."""
        url = self._answers.url()
        sent = event(request_type, url, new, **more)
        self.events.append(sent)
        self._module.handler(sent, Context(seconds))
        (put,) = self._answers.puts_to(url)
        return put.answer
