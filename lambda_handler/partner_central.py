"""The client of Partner Central: the only module that knows the SDK.

It makes one attempt for each call and raises ApiError; `retries` decides what to do about it. Values that the service model
marks as sensitive are masked in every error before anybody else sees it.

https://docs.aws.amazon.com/partner-central/latest/APIReference/API_Operations_Partner_Central_Selling_API.html
"""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import botocore.session
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import ResponseParserError
from botocore.validate import ParamValidator

from lambda_handler.api import Context, Engagement, Payload, Written
from lambda_handler.errors import ApiError, FieldError, Kind, Refused
from lambda_handler.pool import POOL
from lambda_handler.redaction import MASK, mask

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling.client import PartnerCentralSellingAPIClient

T = TypeVar("T")

# The API is in this region only; the SDK would resolve any other without an error.
REGION = "us-east-1"
CONNECT_SECONDS = 5
READ_SECONDS = 20
TIMEOUT = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
# AWS has many names for it, and the API's front door need not use the API's own.
THROTTLED = re.compile(r"throttl|toomanyrequests|requestlimitexceeded|slowdown", re.IGNORECASE)
# What a code in an answer looks like: a name, or the status where there is none. Anything else may hold anything.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}|[1-5][0-9][0-9]")
KINDS = {
    "InternalServerException": Kind.INTERNAL,
    "ConflictException": Kind.CONFLICT,
    "AccessDeniedException": Kind.DENIED,
    "ValidationException": Kind.INVALID,
    "ResourceNotFoundException": Kind.NOT_FOUND,
    "ServiceQuotaExceededException": Kind.QUOTA,
}


def connect() -> "PartnerCentralSellingAPIClient":
    """Build the client, once for each start of the function."""
    session = botocore.session.Session()
    # botocore cuts timestamps to microseconds; the engagement's lock has nine digits, so they stay the text they came as.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    # boto3 would make this same client, and load s3transfer first.
    client: Any = session.create_client(
        "partnercentral-selling",
        region_name=REGION,
        config=Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            user_agent_extra="cdk-partnercentral",
        ),
    )
    update = "partnercentral-selling.UpdateEngagementContext"
    client.meta.events.register(f"before-parameter-build.{update}", _keep_lock)
    client.meta.events.register(f"before-call.{update}", _send_lock)
    client.meta.events.register("before-send.partnercentral-selling", _send, unique_id="transport")
    return cast("PartnerCentralSellingAPIClient", client)


def _send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    """Send a request over the function's pool. What such a handler returns stands for what botocore's own session would."""
    sent: Any = request  # its types say less than it is, and urllib3's take less than they can
    answer: Any = POOL.request(
        sent.method,
        sent.url,
        body=sent.body,
        headers=sent.headers,
        timeout=TIMEOUT,
        retries=False,
        redirect=False,
        preload_content=False,
    )
    return AWSResponse(sent.url, answer.status, answer.headers, answer)


def _keep_lock(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["lock"] = params["EngagementLastModifiedAt"]


def _send_lock(params: dict[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    # The serializer cuts the lock to microseconds too, and whether the service takes that is not known.
    body = json.loads(params["body"])
    params["body"] = json.dumps({**body, "EngagementLastModifiedAt": context["lock"]}).encode()


class PartnerCentral:
    """The three operations, for one invocation, and what it must not repeat in an error.

    Args:
        client: What `connect` returned.
    """

    def __init__(self, client: "PartnerCentralSellingAPIClient") -> None:
        self._client = client
        self._shape = client.meta.service_model.shape_for("EngagementContextPayload")
        self._sensitive: set[str] = set()

    def understand(self, type_: str, payload: Payload) -> None:
        """Check a payload's members and their kinds against the service model, and remember what in it is sensitive.

        Raises:
            Refused: It is not a payload of this Type.
        """
        report = self._report(type_, payload)
        if report:
            raise Refused(f"Payload is not what the API takes. {report}")

    def understands(self, type_: str, payload: Payload) -> bool:
        """Say whether `understand` would take it."""
        return not self._report(type_, payload)

    def _report(self, type_: str, payload: Payload) -> str:
        union = {type_: payload}
        self._sensitive.update(_sensitive(union, self._shape))
        return mask(ParamValidator().validate(union, self._shape).generate_report(), self._sensitive)

    def read(self, *, catalog: str, engagement_id: str) -> Engagement:
        """Call GetEngagement."""
        understand = functools.partial(_engagement, catalog, engagement_id)
        engagement = self._call("GetEngagement", understand, Catalog=catalog, Identifier=engagement_id)
        for context in engagement.contexts:
            self._sensitive.update(_sensitive({context.type: context.payload}, self._shape))
        return engagement

    def create(self, *, catalog: str, engagement_id: str, type_: str, payload: Payload, client_token: str) -> Written:
        """Call CreateEngagementContext."""
        return self._call(
            "CreateEngagementContext",
            functools.partial(_written, catalog),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ClientToken=client_token,
            Type=type_,
            Payload={type_: payload},
        )

    def update(
        self, *, catalog: str, engagement_id: str, context_id: str, type_: str, payload: Payload, modified_at: str
    ) -> Written:
        """Call UpdateEngagementContext, with the lock to its last digit."""
        return self._call(
            "UpdateEngagementContext",
            functools.partial(_written, catalog),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ContextIdentifier=context_id,
            EngagementLastModifiedAt=modified_at,
            Type=type_,
            Payload={type_: payload},
        )

    def _call(self, operation: str, understand: Callable[[Any], T], **params: Any) -> T:
        methods: dict[str, Callable[..., Any]] = {
            "GetEngagement": self._client.get_engagement,
            "CreateEngagementContext": self._client.create_engagement_context,
            "UpdateEngagementContext": self._client.update_engagement_context,
        }
        try:
            return understand(methods[operation](**params))
        except ClientError as error:
            raise self._api_error(operation, error.response) from None
        except ParamValidationError as error:
            raise Refused(f"{operation} does not take this. {mask(str(error), self._sensitive)}") from None
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(
                Kind.CONNECTION,
                operation=operation,
                code=type(error).__name__,
                message="Partner Central gave no answer",
            ) from None
        except BotoCoreError as error:
            # Its text names files, profiles or URLs; its name is enough to look it up.
            raise ApiError(
                Kind.OTHER, operation=operation, code=type(error).__name__, message="the SDK could not make the call"
            ) from None
        except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError):
            # Cut, without what an answer must have, or somebody else's: whether the call did anything is not known.
            raise ApiError(
                Kind.CONNECTION,
                operation=operation,
                code="UnreadableAnswer",
                message="what was answered is not an answer of this API, or not all of it",
            ) from None

    def _api_error(self, operation: str, response: Mapping[str, Any]) -> ApiError:
        said = response.get("Error", {})
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = str(said.get("Code", "Unknown"))
        return ApiError(
            _kind(code, status),
            operation=operation,
            code=self._name(code),
            message=self._masked(said.get("Message")) or f"HTTP status {status}",
            reason=self._name(response.get("Reason")),
            names_token="clienttoken" in json.dumps([said, response.get("ErrorList")]).lower().replace(" ", ""),
            fields=[
                FieldError(
                    field=self._masked(e.get("FieldName")),
                    message=self._masked(e.get("Message")),
                    code=self._name(e.get("Code")),
                )
                for e in response.get("ErrorList") or ()
            ],
        )

    def _masked(self, text: Any) -> str:
        return mask(str(text or ""), self._sensitive)

    def _name(self, text: Any) -> str:
        """Return a code that a service answers with: as it is, or masked as a whole."""
        name = str(text or "")
        return name if not name or (NAME.fullmatch(name) and name not in self._sensitive) else MASK


def _kind(code: str, status: int) -> Kind:
    if THROTTLED.search(code) or status == 429:
        return Kind.THROTTLED
    # 408: the request did not arrive in time, or not all of it did.
    return KINDS.get(code, Kind.INTERNAL if status >= 500 or status == 408 else Kind.OTHER)


def _context(answer: Mapping[str, Any]) -> Context:
    type_ = answer["Type"]
    return Context(id=answer.get("Id", ""), type=type_, payload=answer.get("Payload", {}).get(type_, {}))


def _engagement(catalog: str, engagement_id: str, answer: Mapping[str, Any]) -> Engagement:
    return Engagement(
        id=answer.get("Id", engagement_id),
        arn=answer.get("Arn") or _arn(catalog, engagement_id),
        modified_at=answer["ModifiedAt"],
        contexts=tuple(_context(context) for context in answer.get("Contexts", ())),
    )


def _written(catalog: str, answer: Mapping[str, Any]) -> Written:
    engagement = Engagement(
        id=answer["EngagementId"],
        arn=answer.get("EngagementArn") or _arn(catalog, answer["EngagementId"]),
        modified_at=answer["EngagementLastModifiedAt"],
    )
    return Written(engagement=engagement, context_id=answer["ContextId"])


def _arn(catalog: str, engagement_id: str) -> str:
    return f"arn:aws:partnercentral:{REGION}::catalog/{catalog}/engagement/{engagement_id}"


def _sensitive(value: Any, shape: Shape | None, *, marked: bool = False) -> Iterator[str]:
    """Yield the texts that must not be repeated: what the model marks, and whatever it does not know, names too."""
    marked = marked or shape is None or bool(shape.metadata.get("sensitive"))
    if isinstance(value, Mapping):
        members = shape.members if isinstance(shape, StructureShape) else {}
        for name, member in value.items():
            if name not in members:
                yield str(name)
            yield from _sensitive(member, members.get(name), marked=marked)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from _sensitive(member, shape.member if isinstance(shape, ListShape) else None, marked=marked)
    elif value is not None and (marked or isinstance(shape, (StructureShape, ListShape))):
        yield str(value)
