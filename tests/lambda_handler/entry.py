"""The client on a wire, and the function's entry point between a wire and a response endpoint, in this process."""

import functools
import importlib
from typing import Any

import pytest

from lambda_handler import logs, partner_central
from tests.lambda_handler.process.endpoint import ResponseEndpoint
from tests.lambda_handler.process.events import event
from tests.lambda_handler.responding import Context
from tests.lambda_handler.scripted import ENGAGEMENT, PROJECT, TOKEN, KnownStack
from tests.lambda_handler.wire import MODIFIED, Wire

# Arguments of the calls.
READ: dict[str, Any] = {"catalog": "Sandbox", "engagement_id": ENGAGEMENT}
CREATE: dict[str, Any] = {**READ, "type_": "CustomerProject", "payload": PROJECT, "client_token": TOKEN}
UPDATE: dict[str, Any] = {
    **READ,
    "context_id": "1",
    "type_": "CustomerProject",
    "payload": PROJECT,
    "modified_at": MODIFIED,
}
CREATE_ENGAGEMENT: dict[str, Any] = {
    "catalog": "Sandbox",
    "title": "Acme migration",
    "description": "Move the data center to AWS",
    "client_token": TOKEN,
}
LIST: dict[str, Any] = {"catalog": "Sandbox", "created_by": "123456789012", "next_token": None}

# Creating a client takes a tenth of a second. The first test creates it, when its settings are in place.
client = functools.cache(partner_central.connect)


class Function:
    """The function, its wire and its responses.

    Attributes:
        wire: What Partner Central receives and returns.
        stack: The stack of the events.
        events: The events so far.
        module: The entry point.
        log_fields: The fields that a log line can have.
    """

    def __init__(self, responses: ResponseEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wire = Wire()
        self.stack = KnownStack()
        self.events: list[Any] = []
        self.log_fields = {"timestamp", "level", "message", *logs.FIELDS}
        self.module: Any = importlib.import_module("lambda_handler.index")
        self._responses = responses
        monkeypatch.setattr(self.module, "client", lambda: self.wire.tap(client()))
        monkeypatch.setattr(self.module.stack, "CloudFormation", lambda: self.stack)

    def handle(self, request_type: str, new: Any, *, seconds: float = 900, **more: Any) -> dict[str, Any]:
        """Handle an event, and return the one response to it."""
        url = self._responses.url()
        sent = event(request_type, url, new, **more)
        self.events.append(sent)
        self.module.handler(sent, Context(seconds))
        (put,) = self._responses.puts_to(url)
        return put.response

    def end(self) -> None:
        """Remove the wire from the client."""
        self.wire.untap(client())
