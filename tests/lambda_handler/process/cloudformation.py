"""The part of CloudFormation's API that the function calls, as a real HTTP service that speaks the query protocol.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from tests.lambda_handler.process.events import OTHER_STACK, STACK

REQUEST_ID = "5f1c2a90-0000-4000-8000-00000000cccc"
DROP = 0
DENIED = ("AccessDenied", "User is not authorized to perform the action")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a stack. A physical id of None is one that it does not have yet."""

    logical_id: str
    physical_id: str | None = None
    status: str = "CREATE_COMPLETE"
    type: str = "Custom::EngagementContext"


class CloudFormation:
    """Listens on a free port of 127.0.0.1 for as long as a `with` block lasts.

    Attributes:
        resources: The resources of each stack, by the stack's ARN. A stack without an entry has none yet.
        templates: The template of each stack, by its ARN.
        statuses: The StackStatus of each stack that is not CREATE_COMPLETE, by its ARN.
        parameters: The parameters of each stack that has any, by its ARN, in the format of DescribeStacks.
        page_size: How many resources a page has.
        requests: The parameters of every request that arrived, in order.
    """

    def __init__(self) -> None:
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "CloudFormation":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Remove planned failures and recorded requests. The two stacks of the events have no resources then."""
        self.resources: dict[str, list[Resource]] = {STACK: [], OTHER_STACK: []}
        self.templates: dict[str, str] = {}
        self.statuses: dict[str, str] = {}
        self.parameters: dict[str, list[dict[str, str]]] = {}
        self.page_size = 100
        self.requests: list[dict[str, str]] = []
        self._failures: list[tuple[int, str, str]] = []
        self._denied: set[str] = set()

    def fail(self, code: str, message: str = "It was refused.", *, status: int = 400, times: int = 1) -> None:
        """Fail the next requests with an error."""
        self._failures += [(status, code, message)] * times

    def deny(self, *, times: int = 1) -> None:
        """Fail the next requests as for a role that lacks the permission."""
        self.fail(*DENIED, status=403, times=times)

    def deny_action(self, action: str) -> None:
        """Fail every request of an action as for a role that lacks the permission."""
        self._denied.add(action)

    def drop(self, *, times: int = 1) -> None:
        """Close the connection of the next requests without a response."""
        self.fail("", "", status=DROP, times=times)

    @property
    def actions(self) -> list[str]:
        """The actions of the requests so far."""
        return [request["Action"] for request in self.requests]

    def respond(self, parameters: dict[str, str]) -> tuple[int, str]:
        """Record a request, and return the status and body of the response to it."""
        self.requests.append(parameters)
        if self._failures:
            return _error(*self._failures.pop(0))
        if parameters["Action"] in self._denied:
            return _error(403, *DENIED)
        name = parameters.get("StackName")
        if parameters["Action"] == "DescribeStacks" and name and not self._stacks(name):
            return _error(400, "ValidationError", f"Stack with id {name} does not exist")
        actions: Mapping[str, Callable[[dict[str, str]], str]] = {
            "DescribeStacks": self._describe_stacks,
            "ListStackResources": self._list_stack_resources,
            "GetTemplate": self._get_template,
        }
        action = parameters["Action"]
        result = f"<{action}Result>{actions[action](parameters)}</{action}Result>"
        return 200, _response(
            action, f"{result}<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"
        )

    def _stacks(self, name: str | None) -> list[str]:
        return [arn for arn in self.resources if name in (None, arn, arn.split("/")[1])]

    def _describe_stacks(self, parameters: dict[str, str]) -> str:
        start = int(parameters.get("NextToken", 0))
        found = self._stacks(parameters.get("StackName"))
        end = start + self.page_size
        token = f"<NextToken>{end}</NextToken>" if end < len(found) else ""
        return f"<Stacks>{''.join(map(self._stack, found[start:end]))}</Stacks>{token}"

    def _stack(self, arn: str) -> str:
        given = "".join(map(_structure, self.parameters.get(arn, ())))
        members = {
            "StackId": arn,
            "StackName": arn.split("/")[1],
            "CreationTime": "2026-11-28T00:00:00.000Z",
            "StackStatus": self.statuses.get(arn, "CREATE_COMPLETE"),
        }
        return _structure(members, f"<Parameters>{given}</Parameters>")

    def _list_stack_resources(self, parameters: dict[str, str]) -> str:
        start = int(parameters.get("NextToken", 0))
        found = self.resources.get(parameters["StackName"], [])
        end = start + self.page_size
        token = f"<NextToken>{end}</NextToken>" if end < len(found) else ""
        page = "".join(map(_member, found[start:end]))
        return f"<StackResourceSummaries>{page}</StackResourceSummaries>{token}"

    def _get_template(self, parameters: dict[str, str]) -> str:
        return f"<TemplateBody>{escape(self.templates[parameters['StackName']])}</TemplateBody>"


def _member(resource: Resource) -> str:
    members = {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "LastUpdatedTimestamp": "2026-11-28T00:00:00.000Z",
        "ResourceStatus": resource.status,
    }
    return _structure({name: value for name, value in members.items() if value is not None})


def _structure(members: Mapping[str, str], more: str = "") -> str:
    xml = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
    return f"<member>{xml}{more}</member>"


def _error(status: int, code: str, message: str) -> tuple[int, str]:
    xml = f"<Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return status, _response("Error", f"{xml}<RequestId>{REQUEST_ID}</RequestId>")


def _response(name: str, content: str) -> str:
    return f'<{name}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">{content}</{name}Response>'


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    service: CloudFormation

    def handle(self) -> None:
        """Serve the connection, even if the client closes it."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        """Respond to a request, or close the connection."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, xml = self.service.respond(dict(parse_qsl(body)))
        if status == DROP:
            return
        content = xml.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("x-amzn-RequestId", REQUEST_ID)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Write nothing. Tests read `requests`."""
