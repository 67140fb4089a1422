"""ListEngagements: which engagements a request asks for, in which order, a page at a time.

Where documentation is silent: the oldest comes first, a page holds a hundred, and an identifier that is not there is
left out without an error. This module knows nothing of tokens, locks or HTTP.
"""

import base64
import binascii
from collections.abc import Sequence

from cdk_partnercentral_local.service._engagements import Engagement
from cdk_partnercentral_local.service._errors import Problem, invalid
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["listed"]

_PAGE = 100


def listed(engagements: Sequence[Engagement], request: JsonObject, lag: int) -> JsonObject:
    """Answer a ListEngagements request.

    Args:
        engagements: all there are, the oldest first.
        request: a validated request.
        lag: the behavior's `read_lag`; a list shows what the next read of each engagement would.

    Returns:
        EngagementSummaryList, and NextToken when there is more.

    Raises:
        ServiceError: ValidationException; NextToken is not one that was given out.
    """
    chosen = [each for each in engagements if _is_asked_for(each, request, lag)]
    descending = request.get("Sort", {}).get("SortOrder") == "DESCENDING"
    if descending:
        chosen.reverse()
    if "NextToken" in request:
        last = _number(request["NextToken"])
        chosen = [each for each in chosen if (each.number < last if descending else each.number > last)]
    size = request.get("MaxResults", _PAGE)
    page = chosen[:size]
    output: JsonObject = {"EngagementSummaryList": [_summary(each, lag) for each in page]}
    if len(chosen) > size:
        output["NextToken"] = _token(page[-1].number)
    return output


def _is_asked_for(engagement: Engagement, request: JsonObject, lag: int) -> bool:
    types = set(engagement.shown(lag).types)
    wanted = request.get("EngagementIdentifier")
    return (
        engagement.catalog == request["Catalog"]
        and (wanted is None or engagement.id in wanted or engagement.arn in wanted)
        and engagement.created_by in request.get("CreatedBy", [engagement.created_by])
        and engagement.created_by not in request.get("ExcludeCreatedBy", [])
        and (not request.get("ContextTypes") or not types.isdisjoint(request["ContextTypes"]))
        and types.isdisjoint(request.get("ExcludeContextTypes", []))
    )


def _summary(engagement: Engagement, lag: int) -> JsonObject:
    state = engagement.shown(lag)
    return {**engagement.summary(state), "ContextTypes": state.types}


def _token(number: int) -> str:
    return base64.urlsafe_b64encode(f"after {number}".encode()).decode()


def _number(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("after "))
    except (binascii.Error, ValueError):
        problem = Problem(field="NextToken", code="INVALID_VALUE", message=f"'{token}' was not given out here")
        raise invalid([problem]) from None
