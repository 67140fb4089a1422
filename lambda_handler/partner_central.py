"""The client of the Partner Central Selling API: the only module that calls AWS.

Each call is one attempt and raises ApiError; `retries` decides what comes next. Requests are sent exactly as the resources make
them and responses are read as raw JSON, so members that the service model does not know survive, and timestamps keep all their
digits. Values that the model marks as sensitive are masked in every error.

https://docs.aws.amazon.com/partner-central/latest/APIReference/API_Operations_Partner_Central_Selling_API.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, SSLError  # noqa: A004
from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import ResponseParserError

from lambda_handler.api import Context, Engagement, Payload, Written
from lambda_handler.errors import ApiError, FieldError, Kind
from lambda_handler.identity import engagement_arn
from lambda_handler.masking import MASK, mask

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling.client import PartnerCentralSellingAPIClient

T = TypeVar("T")

# The API is in one region of one partition only. The SDK resolves any other without an error.
REGION = "us-east-1"
CONNECT_SECONDS = 5
READ_SECONDS = 20
# The most of a service's text that is shown, and that is searched for sensitive values: an error page can be megabytes.
TEXT_LIMIT = 2000
MASKED_LIMIT = 100_000
# AWS services and their front ends have many names for it.
THROTTLED = re.compile(r"throttl|toomanyrequests|requestlimitexceeded|slowdown", re.IGNORECASE)
# The form of an error code: a name, or the HTTP status if there is none. Any other text can be a sensitive value.
CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}|[1-5][0-9][0-9]")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
KINDS = {
    "InternalServerException": Kind.INTERNAL,
    "ConflictException": Kind.CONFLICT,
    "AccessDeniedException": Kind.DENIED,
    "ValidationException": Kind.INVALID,
    "ResourceNotFoundException": Kind.NOT_FOUND,
    "ServiceQuotaExceededException": Kind.QUOTA,
}


def connect() -> "PartnerCentralSellingAPIClient":
    """Create the boto3 client, once per start of the function."""
    client: PartnerCentralSellingAPIClient = boto3.client(
        "partnercentral-selling",
        region_name=REGION,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 1, "mode": "standard"},
            parameter_validation=False,
            user_agent_extra="cdk-partnercentral",
        ),
    )
    events: Any = client.meta.events
    events.register("provide-client-params.partnercentral-selling", _keep_params)
    events.register("before-call.partnercentral-selling", _send_params)
    events.register("before-parse.partnercentral-selling", _keep_response)
    return client


def _keep_params(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> Mapping[str, Any]:
    """Keep botocore from serializing the parameters: it cuts timestamps, and fails for members it does not know."""
    context["params"] = params
    return {}


def _send_params(params: dict[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    params["body"] = json.dumps(context["params"]).encode()


def _keep_response(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Keep botocore from parsing a response: it cuts timestamps, and fails for values that the service model excludes."""
    if response_dict["status_code"] < 300:
        customized_response_dict["RawBody"] = response_dict["body"]
        response_dict["body"] = b"{}"


class PartnerCentral:
    """The operations for one event, and the values that its errors must not contain.

    Args:
        client: The result of `connect`.
    """

    def __init__(self, client: "PartnerCentralSellingAPIClient") -> None:
        self._client = client
        self._payload_shape = client.meta.service_model.shape_for("EngagementContextPayload")
        self._sensitive: set[str] = set()

    def mask(self, type_: str, payload: Payload) -> None:
        """Keep the sensitive values of a payload out of every error from now on."""
        self._sensitive.update(_sensitive_values({type_: payload}, self._payload_shape))

    def read(self, *, catalog: str, engagement_id: str) -> Engagement:
        """Call GetEngagement.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_GetEngagement.html
        """
        engagement = self._call(
            "GetEngagement",
            lambda response: _engagement(catalog, engagement_id, response),
            Catalog=catalog,
            Identifier=engagement_id,
        )
        for context in engagement.contexts:
            self.mask(context.type, context.payload)
        return engagement

    def create(self, *, catalog: str, engagement_id: str, type_: str, payload: Payload, client_token: str) -> Written:
        """Call CreateEngagementContext.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html
        """
        return self._call(
            "CreateEngagementContext",
            lambda response: _written(catalog, response),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ClientToken=client_token,
            Type=type_,
            Payload={type_: payload},
        )

    def update(
        self, *, catalog: str, engagement_id: str, context_id: str, type_: str, payload: Payload, modified_at: str
    ) -> Written:
        """Call UpdateEngagementContext. `modified_at` is the lock, sent back as it was received.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_UpdateEngagementContext.html
        """
        return self._call(
            "UpdateEngagementContext",
            lambda response: _written(catalog, response),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ContextIdentifier=context_id,
            EngagementLastModifiedAt=modified_at,
            Type=type_,
            Payload={type_: payload},
        )

    def _call(self, operation: str, read: Callable[[Any], T], **params: Any) -> T:
        methods: dict[str, Callable[..., Any]] = {
            "GetEngagement": self._client.get_engagement,
            "CreateEngagementContext": self._client.create_engagement_context,
            "UpdateEngagementContext": self._client.update_engagement_context,
        }

        def error(kind: Kind, cause: Exception, message: str) -> ApiError:
            # The text of an SDK error can contain files, profiles or URLs. The name of its class is enough to look it up.
            return ApiError(kind, operation=operation, code=type(cause).__name__, message=message)

        try:
            return read(_without_nulls(json.loads(methods[operation](**params)["RawBody"])))
        except ClientError as cause:
            raise self._api_error(operation, cause.response) from None
        except SSLError as cause:
            # If the connection is closed during the handshake, the certificate is not the cause, so the call can be
            # retried.
            kind = Kind.CONNECTION if "EOF" in str(cause) else Kind.CERTIFICATE
            raise error(kind, cause, "the TLS handshake failed") from None
        except (HTTPClientError, ConnectionError) as cause:
            raise error(Kind.CONNECTION, cause, "none") from None
        except BotoCoreError as cause:
            raise error(Kind.OTHER, cause, "the SDK did not make the call") from None
        except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError):
            # A part of a response, or a response of something else. The call may have been carried out.
            message = "it cannot be read as a response of this API"
            raise ApiError(Kind.CONNECTION, operation=operation, code="UnreadableResponse", message=message) from None

    def _api_error(self, operation: str, response: Mapping[str, Any]) -> ApiError:
        details, metadata = response.get("Error", {}), response.get("ResponseMetadata", {})
        status = metadata.get("HTTPStatusCode", 0)
        code = str(details.get("Code", "Unknown"))
        fields = response.get("ErrorList") or ()
        texts = [str(details.get("Message")), *(f"{each.get('FieldName')} {each.get('Message')}" for each in fields)]
        return ApiError(
            _kind(code, status),
            operation=operation,
            code=self._code(code),
            message=self._masked(details.get("Message")) or f"HTTP status {status}",
            reason=self._code(response.get("Reason")),
            fields=[
                FieldError(
                    field=str(each.get("FieldName") or ""),
                    message=self._masked(each.get("Message")),
                    code=self._code(each.get("Code")),
                )
                for each in fields
            ],
            request_id=self._code(metadata.get("RequestId"), REQUEST_ID),
            names_token=any("clienttoken" in text[:TEXT_LIMIT].lower().replace(" ", "") for text in texts),
        )

    def _masked(self, text: Any) -> str:
        # Masked before it is cut, because a part of a long value would not be recognized.
        return mask(str(text or "")[:MASKED_LIMIT], self._sensitive)[:TEXT_LIMIT]

    def _code(self, text: Any, form: re.Pattern[str] = CODE) -> str:
        """Return an error code or request id as it is, or masked if it can be a sensitive value."""
        code = str(text or "")
        return code if not code or (form.fullmatch(code) and code not in self._sensitive) else MASK


def _kind(code: str, status: int) -> Kind:
    if THROTTLED.search(code) or status == 429:
        return Kind.THROTTLED
    # 408: the request arrived too late or in part.
    return KINDS.get(code, Kind.INTERNAL if status >= 500 or status == 408 else Kind.OTHER)


def _engagement(catalog: str, engagement_id: str, response: Mapping[str, Any]) -> Engagement:
    id_ = response.get("Id", engagement_id)
    return Engagement(
        id=id_,
        arn=response.get("Arn") or engagement_arn(catalog, id_),
        modified_at=response["ModifiedAt"],
        contexts=tuple(_context(context) for context in response.get("Contexts", ())),
    )


def _context(context: Mapping[str, Any]) -> Context:
    type_ = context["Type"]
    return Context(id=context.get("Id", ""), type=type_, payload=context.get("Payload", {}).get(type_, {}))


def _written(catalog: str, response: Mapping[str, Any]) -> Written:
    id_ = response["EngagementId"]
    engagement = Engagement(
        id=id_,
        arn=response.get("EngagementArn") or engagement_arn(catalog, id_),
        modified_at=response["EngagementLastModifiedAt"],
    )
    return Written(engagement=engagement, context_id=response["ContextId"])


def _without_nulls(value: Any) -> Any:
    """Return a response without nulls: Partner Central returns them for absent members of a Lead."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value if member is not None] if isinstance(value, list) else value


def _sensitive_values(value: Any, shape: Shape | None, *, sensitive: bool = False) -> Iterator[str]:
    """Yield the values that the model marks as sensitive, and those that it does not know: of other members or kinds."""
    sensitive = sensitive or shape is None or bool(shape.metadata.get("sensitive"))
    if isinstance(value, Mapping):
        members = shape.members if isinstance(shape, StructureShape) else {}
        for name, member in value.items():
            yield from _sensitive_values(member, members.get(name), sensitive=sensitive)
    elif isinstance(value, (list, tuple)):
        item = shape.member if isinstance(shape, ListShape) else None
        for member in value:
            yield from _sensitive_values(member, item, sensitive=sensitive)
    elif value is not None and (sensitive or isinstance(shape, (StructureShape, ListShape))):
        yield str(value)
