"""The operations of the API: one function for each operation, and the registry `OPERATIONS`.

To add an operation, write a function that takes a `Request` and returns the response body. Then add the function to
`OPERATIONS` at the end of this module, with the operation's API name as the key. The service model must contain the operation,
because requests are validated against the model. To add an operation to the model, see scripts/service_model.py.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._context_types import refuse_type, returned, rewritten, stored, updated
from cdk_partnercentral_local.service._engagements import Engagement, Engagements, engagement_not_found
from cdk_partnercentral_local.service._errors import (
    Problem,
    ServiceError,
    conflict,
    invalid,
    not_found,
    not_permitted,
    over_quota,
)
from cdk_partnercentral_local.service._search import in_order, matches
from cdk_partnercentral_local.service._wire import (
    NANOSECONDS,
    JsonObject,
    parse_instant,
    serialize,
    timestamp,
)

TARGET_PREFIX = "AWSPartnerCentralSelling"
_PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class Request:
    """A valid request, and the data that an operation needs to perform the request.

    Attributes:
        input: The validated body.
        engagements: The engagements of the account.
        behavior: The settings for behavior that the API does not document.
        now: The time of the request, in nanoseconds since 1970.
    """

    input: JsonObject
    engagements: Engagements
    behavior: Behavior
    now: int


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API.

    Attributes:
        kind: The kind of operation. A `"read"` changes nothing. An `"update"` writes on every request. A `"create"` writes only
            on the first request with a ClientToken.
        perform: The function that performs a request and returns the response body. If the function raises ServiceError, the
            function must not change stored data. Requests are performed one at a time.
    """

    kind: Literal["read", "update", "create"]
    perform: Callable[[Request], JsonObject]


@dataclass(frozen=True, kw_only=True)
class Done:
    """The result of a request: the response body, and whether the request changed anything."""

    body: bytes
    wrote: bool


def operation_name(target: str) -> str:
    """Return the name of the operation in an X-Amz-Target header.

    Raises:
        ServiceError: UnknownOperationException if the header is empty or the operation is not in `OPERATIONS`.
    """
    prefix, _, name = target.partition(".")
    if prefix != TARGET_PREFIX or name not in OPERATIONS:
        supported = ", ".join(OPERATIONS)
        message = f"X-Amz-Target must be {TARGET_PREFIX}. followed by one of {supported}; got {target!r}"
        raise ServiceError("UnknownOperationException", message)
    return name


def perform(name: str, request: Request, tokens: "Tokens") -> Done:
    """Perform an operation. The caller ensures that requests are performed one at a time.

    Raises:
        ServiceError: The request failed and changed nothing.
    """
    operation = OPERATIONS[name]
    if operation.kind == "create":
        first = tokens.first_response(name, request)
        if first is not None:
            return Done(body=first, wrote=False)
    body = serialize(operation.perform(request))
    if operation.kind == "create":
        tokens.remember(name, request, body)
    return Done(body=body, wrote=operation.kind != "read")


@dataclass(frozen=True, kw_only=True)
class _Use:
    parameters: JsonObject
    response: bytes
    at: int


class Tokens:
    """The client tokens of earlier requests. Operations do not share tokens, but engagements and catalogs do.

    Parameters are compared literally, so the ID and the ARN of the same engagement count as different parameters.
    """

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], _Use] = {}

    def first_response(self, operation: str, request: Request) -> bytes | None:
        """Return the response to the first request with this client token, or None if the token is new or expired.

        Raises:
            ServiceError: The token was used before with other parameters. The error is a ConflictException or a
                ValidationException, depending on `Behavior.token_mismatch`.
        """
        token, mismatch = request.input["ClientToken"], request.behavior.token_mismatch
        use = self._uses.get((operation, token))
        if use is None or _is_expired(use, request):
            return None
        if use.parameters == request.input or mismatch == "replay":
            return use.response
        if mismatch == "conflict":
            raise conflict("The client token was used before with different parameters")
        message = f"'{token}' was used before with different parameters"
        raise invalid([Problem(field="ClientToken", code="INVALID_VALUE", message=message)])

    def remember(self, operation: str, request: Request, response: bytes) -> None:
        """Store the response to the first request with a client token."""
        use = _Use(parameters=request.input, response=response, at=request.now)
        self._uses[operation, request.input["ClientToken"]] = use


def _is_expired(use: _Use, request: Request) -> bool:
    lifetime = request.behavior.token_lifetime
    return lifetime is not None and request.now - use.at >= lifetime * NANOSECONDS


# Engagements


def _create_engagement(request: Request) -> JsonObject:
    contexts = request.input.get("Contexts", [])
    if len(contexts) > request.behavior.quota:
        raise over_quota(f"An engagement can have at most {request.behavior.quota} contexts")
    details: JsonObject = {name: request.input[name] for name in ("Title", "Description") if name in request.input}
    engagement = request.engagements.add(
        catalog=request.input["Catalog"],
        details=rewritten(details, "create", request.behavior),
        contexts=tuple(_new_context(number, each, request) for number, each in enumerate(contexts, start=1)),
        now=request.now,
    )
    engagement.hidden_reads, engagement.hidden_lists = request.behavior.read_lag, request.behavior.list_lag
    return {"Id": engagement.id, "Arn": engagement.arn, **_last_modified("ModifiedAt", engagement, request.behavior)}


def _get_engagement(request: Request) -> JsonObject:
    engagement = _find_engagement(request, "Identifier")
    if engagement.hidden_reads:
        engagement.hidden_reads -= 1
        raise engagement_not_found(request.input["Identifier"], engagement.catalog)
    return _with_payloads(engagement.described(engagement.read(request.behavior.read_lag)), request.behavior)


def _with_payloads(output: JsonObject, behavior: Behavior) -> JsonObject:
    """Return a description of an engagement with the payloads of its contexts as reads return them."""
    contexts = [
        {**each, "Payload": returned(each["Payload"], behavior)} if "Payload" in each else each
        for each in output["Contexts"]
    ]
    return {**output, "Contexts": contexts}


def _list_engagements(request: Request) -> JsonObject:
    """List engagements.

    The API does not document the default order, the default page size, or the effect of unknown identifiers. This function
    returns the oldest engagements first and 100 engagements per page, and ignores unknown identifiers.
    """
    token = request.input.get("NextToken")
    empty, last = (0, None) if token is None else _position(token)
    if empty < request.behavior.empty_pages:
        return {"EngagementSummaryList": [], "NextToken": _token(empty + 1, last)}
    lag = request.behavior.read_lag
    everything = request.engagements.all()
    matches = [each for each in everything if not each.hidden_lists and _is_match(each, request.input, lag)]
    descending = request.input.get("Sort", {}).get("SortOrder") == "DESCENDING"
    if descending:
        matches.reverse()
    if last is not None:
        matches = [each for each in matches if (each.number < last if descending else each.number > last)]
    size = request.input.get("MaxResults", _PAGE_SIZE)
    page = matches[:size]
    output: JsonObject = {"EngagementSummaryList": [_summary(each, lag) for each in page]}
    if len(matches) > size:
        output["NextToken"] = _token(empty, page[-1].number)
    else:
        for each in everything:
            each.hidden_lists = max(0, each.hidden_lists - 1)
    return output


def _is_match(engagement: Engagement, filters: JsonObject, lag: int) -> bool:
    types = set(engagement.shown(lag).types)
    identifiers = filters.get("EngagementIdentifier")
    return (
        engagement.catalog == filters["Catalog"]
        and (identifiers is None or engagement.id in identifiers or engagement.arn in identifiers)
        and engagement.created_by in filters.get("CreatedBy", [engagement.created_by])
        and engagement.created_by not in filters.get("ExcludeCreatedBy", [])
        and (not filters.get("ContextTypes") or not types.isdisjoint(filters["ContextTypes"]))
        and types.isdisjoint(filters.get("ExcludeContextTypes", []))
    )


def _summary(engagement: Engagement, lag: int) -> JsonObject:
    state = engagement.shown(lag)
    return {**engagement.summary(state), "ContextTypes": state.types}


def _search_engagements(request: Request) -> JsonObject:
    """Search engagements. `_search.py` describes the comparisons. `Behavior.empty_pages` does not affect searches."""
    lag = request.behavior.read_lag
    shown = [(each, each.shown(lag)) for each in request.engagements.all() if not each.hidden_lists]
    found = in_order([pair for pair in shown if matches(*pair, request.input)], request.input.get("Sort"))
    token = request.input.get("NextToken")
    start = 0 if token is None else _position(token)[1] or 0
    end = start + request.input.get("MaxResults", _PAGE_SIZE)
    summaries = [_with_payloads(each.described(state), request.behavior) for each, state in found[start:end]]
    more = {"NextToken": _token(0, end)} if end < len(found) else {}
    return {"EngagementSearchSummaries": summaries, **more}


def _token(empty: int, last: int | None) -> str:
    """Return the token of the next page.

    Args:
        empty: The number of empty pages before the next page.
        last: The number of the last engagement on an earlier page; None if no earlier page contains an engagement.
    """
    return base64.urlsafe_b64encode(f"{empty} {last or ''}".encode()).decode()


def _position(token: str) -> tuple[int, int | None]:
    """Return the arguments of `_token`."""
    try:
        empty, last = base64.urlsafe_b64decode(token).decode().split(" ")
        return int(empty), int(last) if last else None
    except (binascii.Error, ValueError):
        message = f"'{token}' is not a token that this operation returned"
        raise invalid([Problem(field="NextToken", code="INVALID_VALUE", message=message)]) from None


# Contexts


def _create_context(request: Request) -> JsonObject:
    engagement = _find_engagement(request, "EngagementIdentifier")
    contexts, quota = engagement.state.contexts, request.behavior.quota
    if len(contexts) >= quota:
        raise over_quota(
            f"Engagement {engagement.id} already contains {len(contexts)} contexts; the maximum is {quota}"
        )
    context = _new_context(len(contexts) + 1, request.input, request)
    engagement.write((*contexts, context), by=request.engagements.account, now=request.now)
    return _written_context(engagement, context["Id"], request.behavior)


def _update_context(request: Request) -> JsonObject:
    engagement = _find_engagement(request, "EngagementIdentifier")
    identifier, type_name = request.input["ContextIdentifier"], request.input["Type"]
    contexts = list(engagement.state.contexts)
    place = next((place for place, each in enumerate(contexts) if each["Id"] == identifier), None)
    if place is None:
        raise not_found(f"Engagement {engagement.id} has no context {identifier}")
    current = contexts[place]
    if current["Type"] != type_name:
        message = f"'{type_name}' is not the type of context {identifier}; its type is {current['Type']}"
        raise not_permitted("Type", "INVALID_VALUE", message)
    refuse_type(type_name, request.behavior)
    if not _is_current(request.input["EngagementLastModifiedAt"], engagement.state.modified_at, request.behavior):
        raise conflict(_outdated(request.input["EngagementLastModifiedAt"], engagement))
    payload = updated(
        current.get("Payload", {}),
        request.input["Payload"],
        request.behavior,
        request.now,
        engagement.filled_in[identifier],
    )
    contexts[place] = {**current, "Payload": payload}
    engagement.write(tuple(contexts), by=request.engagements.account, now=request.now)
    return _written_context(engagement, identifier, request.behavior)


def _find_engagement(request: Request, field: str) -> Engagement:
    return request.engagements.find(request.input[field], catalog=request.input["Catalog"], field=field)


def _new_context(number: int, sent: JsonObject, request: Request) -> JsonObject:
    refuse_type(sent["Type"], request.behavior)
    payload = {"Payload": stored(sent["Payload"], request.behavior, request.now)} if "Payload" in sent else {}
    return {"Id": str(number), "Type": sent["Type"], **payload}


def _is_current(lock: str, modified_at: int, behavior: Behavior) -> bool:
    instant = parse_instant(lock)
    return instant == modified_at or (behavior.lock == "microsecond" and instant == modified_at // 1000 * 1000)


def _outdated(lock: str, engagement: Engagement) -> str:
    """Return the message for a lock that is not current. If the lock is only truncated, the cause is the client's SDK."""
    instant, modified_at = parse_instant(lock), engagement.state.modified_at
    for unit, nanoseconds in (("microseconds", 1000), ("milliseconds", 1_000_000)):
        if instant == modified_at // nanoseconds * nanoseconds:
            return (
                f"EngagementLastModifiedAt is the ModifiedAt of engagement {engagement.id}, truncated to {unit}. Send all"
                " digits of ModifiedAt."
            )
    return f"Engagement {engagement.id} was modified since EngagementLastModifiedAt. Get its latest state."


def _written_context(engagement: Engagement, context_id: str, behavior: Behavior) -> JsonObject:
    return {
        "EngagementId": engagement.id,
        "EngagementArn": engagement.arn,
        **_last_modified("EngagementLastModifiedAt", engagement, behavior),
        "ContextId": context_id,
    }


def _last_modified(name: str, engagement: Engagement, behavior: Behavior) -> JsonObject:
    return {} if behavior.omits_last_modified else {name: timestamp(engagement.state.modified_at)}


OPERATIONS: Mapping[str, Operation] = {
    "CreateEngagement": Operation(kind="create", perform=_create_engagement),
    "CreateEngagementContext": Operation(kind="create", perform=_create_context),
    "UpdateEngagementContext": Operation(kind="update", perform=_update_context),
    "GetEngagement": Operation(kind="read", perform=_get_engagement),
    "ListEngagements": Operation(kind="read", perform=_list_engagements),
    "SearchEngagements": Operation(kind="read", perform=_search_engagements),
}
