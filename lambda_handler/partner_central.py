"""The client of the Partner Central Selling API.

Each call makes one attempt, and raises ApiError if the attempt fails. `retries` decides whether to retry. The client sends
requests exactly as the resources build them, and reads responses as raw JSON. So the client preserves members that are not in
the service model, and all digits of timestamps. Values that the model marks as sensitive are masked in every error.

https://docs.aws.amazon.com/partner-central/latest/APIReference/API_Operations_Partner_Central_Selling_API.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore import model

from lambda_handler import sdk
from lambda_handler.api import Context, Engagement, EngagementPage, EngagementSummary, Payload, Shape, Written
from lambda_handler.identity import engagement_arn

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling.client import PartnerCentralSellingAPIClient

# The API exists only in this Region, but the SDK accepts other Regions without an error.
REGION = "us-east-1"
# The maximum number of engagements that ListEngagements returns at a time.
PAGE_SIZE = 100


def connect(session: Any = None) -> "PartnerCentralSellingAPIClient":
    """Create the boto3 client. Each process needs only one client.

    Args:
        session: A boto3 session. None means the session that boto3 creates from the environment.
    """
    client: PartnerCentralSellingAPIClient = sdk.client("partnercentral-selling", REGION, session)
    events: Any = client.meta.events
    events.register("provide-client-params.partnercentral-selling", _keep_params)
    events.register("before-call.partnercentral-selling", _send_params)
    events.register("before-parse.partnercentral-selling", _keep_response)
    return client


def _keep_params(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> Mapping[str, Any]:
    """Prevent botocore from serializing the parameters, because botocore cuts timestamps and fails for unknown members."""
    context["params"] = params
    return {}


def _send_params(params: dict[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    params["body"] = json.dumps(context["params"]).encode()


def _keep_response(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Prevent botocore from parsing a response, because botocore cuts timestamps and fails for unexpected values."""
    customized_response_dict["RawBody"] = response_dict["body"]
    response_dict["body"] = b"{}"


class PartnerCentral:
    """The API operations for one event. The errors of the operations contain no sensitive values.

    Args:
        client: The result of `connect`.
    """

    def __init__(self, client: "PartnerCentralSellingAPIClient") -> None:
        self._client = client
        self._payload_shape = client.meta.service_model.shape_for("EngagementContextPayload")
        self._sensitive: set[str] = set()

    def mask(self, type_: str, payload: Payload) -> None:
        """In all later errors, mask the sensitive values of this payload."""
        self._sensitive.update(self.sensitive_values(type_, payload))

    def sensitive_values(self, type_: str, payload: Payload) -> Iterator[str]:
        """Yield the values of a payload, or of a part of a payload, that are sensitive."""
        return _sensitive_values({type_: payload}, self._payload_shape)

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
            lambda response: _written(catalog, engagement_id, response["ContextId"], response),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ClientToken=client_token,
            Type=type_,
            Payload={type_: payload},
        )

    def update(
        self, *, catalog: str, engagement_id: str, context_id: str, type_: str, payload: Payload, modified_at: str
    ) -> Written:
        """Call UpdateEngagementContext. `modified_at` is the lock. It must be exactly the value that the service returned.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_UpdateEngagementContext.html
        """
        return self._call(
            "UpdateEngagementContext",
            lambda response: _written(catalog, engagement_id, context_id, response),
            Catalog=catalog,
            EngagementIdentifier=engagement_id,
            ContextIdentifier=context_id,
            EngagementLastModifiedAt=modified_at,
            Type=type_,
            Payload={type_: payload},
        )

    def create_engagement(self, *, catalog: str, title: str, description: str | None, client_token: str) -> Engagement:
        """Call CreateEngagement. Errors also mask the description, although the service model does not mark it as sensitive.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagement.html
        """
        described = {} if description is None else {"Description": description}
        self._sensitive.update(described.values())
        return self._call(
            "CreateEngagement",
            lambda response: _created(catalog, response),
            Catalog=catalog,
            ClientToken=client_token,
            Title=title,
            **described,
        )

    def list_engagements(self, *, catalog: str, created_by: str, next_token: str | None) -> EngagementPage:
        """Call ListEngagements for one page of the engagements that an account created, newest first.

        https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ListEngagements.html
        """
        return self._call(
            "ListEngagements",
            _page,
            Catalog=catalog,
            CreatedBy=[created_by],
            Sort={"SortBy": "CreatedDate", "SortOrder": "DESCENDING"},
            MaxResults=PAGE_SIZE,
            **({} if next_token is None else {"NextToken": next_token}),
        )

    def shape(self, type_: str, *, update: bool) -> Shape:
        """Return the payload members that the service model defines for a Type; empty if the model does not define the Type."""
        union = "UpdateEngagementContextPayload" if update else "EngagementContextPayload"
        members = _members(self._client.meta.service_model.shape_for(union)) or {}
        return members.get(type_, {}).get("members") or {}

    def _call(self, operation: str, read: Callable[[Any], sdk.T], **params: Any) -> sdk.T:
        methods: dict[str, Callable[..., Any]] = {
            "GetEngagement": self._client.get_engagement,
            "CreateEngagement": self._client.create_engagement,
            "ListEngagements": self._client.list_engagements,
            "CreateEngagementContext": self._client.create_engagement_context,
            "UpdateEngagementContext": self._client.update_engagement_context,
        }
        return sdk.attempt(
            sdk.Call(operation=operation, sensitive=self._sensitive, names=lambda: self._names),
            lambda: read(_without_nulls(json.loads(methods[operation](**params)["RawBody"]))),
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of all members in the service model."""
        service = self._client.meta.service_model
        shapes = map(service.shape_for, service.shape_names)
        return frozenset(name for shape in shapes if isinstance(shape, model.StructureShape) for name in shape.members)


def _members(shape: model.Shape) -> Shape | None:
    if not isinstance(shape, model.StructureShape):
        return None
    return {
        name: {"required": name in shape.required_members, "members": _members(member)}
        for name, member in shape.members.items()
    }


def _engagement(catalog: str, engagement_id: str, response: Mapping[str, Any]) -> Engagement:
    id_ = response.get("Id", engagement_id)
    return Engagement(
        id=id_,
        arn=response.get("Arn") or engagement_arn(catalog, id_),
        modified_at=response["ModifiedAt"],
        title=response.get("Title", ""),
        description=response.get("Description", ""),
        contexts=tuple(_context(context) for context in response.get("Contexts", ())),
    )


def _created(catalog: str, response: Mapping[str, Any]) -> Engagement:
    """Read the response to CreateEngagement. All members are optional, but the response must contain the ID or the ARN."""
    id_ = _id(response)
    return Engagement(
        id=id_,
        arn=response.get("Arn") or engagement_arn(catalog, id_),
        modified_at=response.get("ModifiedAt") or "",
    )


def _page(response: Mapping[str, Any]) -> EngagementPage:
    summaries = response["EngagementSummaryList"]
    return EngagementPage(
        engagements=tuple(EngagementSummary(id=_id(each), title=each.get("Title", "")) for each in summaries),
        # Some services return an empty token on the last page.
        next_token=response.get("NextToken") or None,
    )


def _id(response: Mapping[str, Any]) -> str:
    found: str = response.get("Id") or response["Arn"].rpartition("/")[2]
    return found


def _context(context: Mapping[str, Any]) -> Context:
    type_ = context["Type"]
    return Context(id=context.get("Id", ""), type=type_, payload=context.get("Payload", {}).get(type_, {}))


def _written(catalog: str, engagement_id: str, context_id: str, response: Mapping[str, Any]) -> Written:
    """Read the response to a write.

    The response must contain at least one of the members below. The response to a create must also contain the ContextId.
    """
    if not response.keys() & {"EngagementId", "EngagementArn", "EngagementLastModifiedAt", "ContextId"}:
        raise LookupError("not a response of this operation")
    id_ = response.get("EngagementId") or engagement_id
    engagement = Engagement(
        id=id_,
        arn=response.get("EngagementArn") or engagement_arn(catalog, id_),
        modified_at=response.get("EngagementLastModifiedAt") or "",
    )
    return Written(engagement=engagement, context_id=context_id)


def _without_nulls(value: Any) -> Any:
    """Return a response without nulls. Partner Central returns null for an absent member of a Lead."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value if member is not None] if isinstance(value, list) else value


def _sensitive_values(value: Any, shape: model.Shape | None, *, sensitive: bool = False) -> Iterator[str]:
    """Yield the values that the model marks as sensitive, values of unknown members, and scalars in place of maps or lists."""
    sensitive = sensitive or shape is None or bool(shape.metadata.get("sensitive"))
    if isinstance(value, Mapping):
        members = shape.members if isinstance(shape, model.StructureShape) else {}
        for name, member in value.items():
            yield from _sensitive_values(member, members.get(name), sensitive=sensitive)
    elif isinstance(value, (list, tuple)):
        item = shape.member if isinstance(shape, model.ListShape) else None
        for member in value:
            yield from _sensitive_values(member, item, sensitive=sensitive)
    elif value is not None and (sensitive or isinstance(shape, (model.StructureShape, model.ListShape))):
        yield str(value)
