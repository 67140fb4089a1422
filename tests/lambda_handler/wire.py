"""The wire under botocore: requests are recorded, responses are planned, and no socket is opened."""

import io
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

MODIFIED = "2026-01-01T00:00:00.123456789Z"
NAMESPACE = "com.amazonaws.partnercentralselling#"
REQUEST_ID = "5f1c2a90-0000-4000-8000-00000000aaaa"


class _Raw(io.BytesIO):
    """A body as urllib3 returns it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@dataclass(kw_only=True)
class Wire:
    """What a client sends and receives, after `tap` was called with it.

    Attributes:
        planned: The next responses, the first one first: a pair of status and body, or an exception to raise.
        requests: What was sent.
        headers: Further headers of every response.
    """

    planned: deque[tuple[int, Any] | Exception] = field(default_factory=deque)
    requests: list[AWSPreparedRequest] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def tap(self, client: Any) -> Any:
        """Replace a client's sockets, or its former wire, with this wire. Return the client."""
        events = client.meta.events
        events.register("before-send.partnercentral-selling", self._send, unique_id="wire")
        return client

    def untap(self, client: Any) -> None:
        """Remove the wire from the client."""
        client.meta.events.unregister("before-send.partnercentral-selling", self._send, unique_id="wire")

    def plan(self, *responses: tuple[int, Any] | Exception) -> None:
        """Plan further responses."""
        self.planned.extend(responses)

    @property
    def bodies(self) -> list[tuple[str, Any]]:
        """The requests so far: operation and JSON body."""
        return [
            (_text(request.headers["X-Amz-Target"]).rpartition(".")[2], json.loads(_text(request.body)))
            for request in self.requests
        ]

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.requests.append(request)
        assert self.planned, f"an unexpected request: {request.body!r}"
        response = self.planned.popleft()
        if isinstance(response, Exception):
            raise response
        status, body = response
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = HTTPHeaders()
        for name, value in {"x-amzn-RequestId": REQUEST_ID, **self.headers}.items():
            headers[name] = value
        return AWSResponse(str(request.url), status, headers, _Raw(content))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def failed(code: str, message: str = "It was refused.", *, status: int = 400, **members: Any) -> tuple[int, Any]:
    """Return an error response in the service's shape."""
    return status, {"__type": NAMESPACE + code, "Message": message, **members}


def engagement(*contexts: Any, modified_at: str = MODIFIED, id_: str = "eng-0123456789abcd") -> tuple[int, Any]:
    """Return the response of GetEngagement."""
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{id_}"
    return 200, {"Id": id_, "Arn": arn, "ModifiedAt": modified_at, "Contexts": list(contexts)}


def wrote(context_id: str, modified_at: str = MODIFIED, id_: str = "eng-0123456789abcd") -> tuple[int, Any]:
    """Return the response to either write."""
    return 200, {
        "EngagementId": id_,
        "EngagementArn": f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{id_}",
        "EngagementLastModifiedAt": modified_at,
        "ContextId": context_id,
    }
