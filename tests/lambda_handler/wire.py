"""The wire under botocore: what goes out is kept, what comes back is planned, and no socket is opened."""

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


class _Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@dataclass(kw_only=True)
class Wire:
    """What a client sends and gets, once `tap` was called with it.

    Attributes:
        planned: the answers to come, first first: a pair of status and body, or an exception to raise.
        requests: what was sent.
    """

    planned: deque[tuple[int, Any] | Exception] = field(default_factory=deque)
    requests: list[AWSPreparedRequest] = field(default_factory=list)

    def tap(self, client: Any) -> Any:
        """Put this wire in place of a client's sockets, and of another wire that was there; return the client."""
        events = client.meta.events
        events.register("before-send.partnercentral-selling", self._send, unique_id="wire")
        return client

    def untap(self, client: Any) -> None:
        """Take it away again."""
        client.meta.events.unregister("before-send.partnercentral-selling", self._send, unique_id="wire")

    def plan(self, *answers: tuple[int, Any] | Exception) -> None:
        """Plan further answers."""
        self.planned.extend(answers)

    @property
    def bodies(self) -> list[tuple[str, Any]]:
        """What was asked: operation and JSON body."""
        return [
            (_text(request.headers["X-Amz-Target"]).rpartition(".")[2], json.loads(_text(request.body)))
            for request in self.requests
        ]

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.requests.append(request)
        assert self.planned, f"a request that nobody expects: {request.body!r}"
        answer = self.planned.popleft()
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return AWSResponse(str(request.url), status, HTTPHeaders(), _Raw(content))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def refused(code: str, message: str = "It was refused.", *, status: int = 400, **members: Any) -> tuple[int, Any]:
    """Return an error answer in the service's shape."""
    return status, {"__type": NAMESPACE + code, "Message": message, **members}


def engagement(*contexts: Any, modified_at: str = MODIFIED, id_: str = "eng-0123456789abcd") -> tuple[int, Any]:
    """Return GetEngagement's answer."""
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{id_}"
    return 200, {"Id": id_, "Arn": arn, "ModifiedAt": modified_at, "Contexts": list(contexts)}


def wrote(context_id: str, modified_at: str = MODIFIED, id_: str = "eng-0123456789abcd") -> tuple[int, Any]:
    """Return the answer to either write."""
    return 200, {
        "EngagementId": id_,
        "EngagementArn": f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{id_}",
        "EngagementLastModifiedAt": modified_at,
        "ContextId": context_id,
    }
