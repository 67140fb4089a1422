"""Find engagements by title, customer, Type and creator.

`SearchEngagements` returns engagements with their contexts. Where it is not available, `ListEngagements` returns them without.
The API does not document how a search compares texts. So titles, customers and creators are compared here, which gives the same
result with both operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_partnercentral_cli._aws import READS_PER_SECOND, Pace, PartnerCentralApi
from cdk_partnercentral_cli._errors import CliError
from lambda_handler.comparison import instant, loose
from lambda_handler.errors import ApiError, Kind

PAGE_SIZE = 100
# A list that does not end is an error of the service.
MOST_PAGES = 1000
SEARCH, LIST = "SearchEngagements", "ListEngagements"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which engagements to find. None means any.

    Attributes:
        title: A part of the title. Case is ignored.
        customer: A part of the name of a customer in a context. Case is ignored.
        type: The Type of a context.
        created_by: The account ID of the creator; `aws` for AWS.
    """

    title: str | None = None
    customer: str | None = None
    type: str | None = None
    created_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """An engagement that was found.

    Attributes:
        customers: The customers whose names match; empty if no customer was asked for.
    """

    id: str
    title: str
    created_by: str
    created_at: str
    types: list[str]
    customers: list[str]


def find(api: PartnerCentralApi, catalog: str, filters: Filters, notify: Callable[[str], None]) -> list[Found]:
    """Return the engagements that match all filters, newest first.

    Args:
        api: Partner Central.
        catalog: The catalog to search.
        filters: The filters.
        notify: A function that shows a message to the user.

    Raises:
        ApiError: A call failed.
        CliError: The list of engagements does not end.
    """
    try:
        summaries = [_found(each, each.get("Contexts") or [], filters) for each in _search(api, catalog, filters)]
    except ApiError as error:
        is_unavailable = error.kind in (Kind.DENIED, Kind.INVALID) or error.code.startswith("UnknownOperation")
        if error.operation != SEARCH or not is_unavailable:
            raise
        notify(f"{SEARCH} is not available ({error.code}), so {LIST} is used.")
        summaries = list(_listed(api, catalog, filters, notify))
    matches = [each for each in summaries if _is_match(each, filters)]
    # Both operations sort, but whether they sort in all cases is not documented. Equal times keep their order.
    return sorted(matches, key=_age, reverse=True)


def _age(found: Found) -> tuple[object, ...]:
    moment = instant(found.created_at)
    return (moment is not None, moment)


def _search(api: PartnerCentralApi, catalog: str, filters: Filters) -> Iterator[Mapping[str, Any]]:
    # With this filter, the response contains fewer contexts, which are personal data.
    type_filter = {"Key": "ContextType", "Value": {"StringListValue": [filters.type]}}
    narrowed = {"Filter": {"ContainsAny": type_filter}} if filters.type else {}
    newest = {"SortBy": "CreatedAt", "SortOrder": "DESCENDING"}
    return _pages(api, SEARCH, "EngagementSearchSummaries", Catalog=catalog, Sort=newest, **narrowed)


def _listed(api: PartnerCentralApi, catalog: str, filters: Filters, notify: Callable[[str], None]) -> Iterator[Found]:
    narrowed: dict[str, Any] = {"CreatedBy": [filters.created_by]} if filters.created_by else {}
    narrowed |= {"ContextTypes": [filters.type]} if filters.type else {}
    newest = {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}
    pages = list(_pages(api, LIST, "EngagementSummaryList", Catalog=catalog, Sort=newest, **narrowed))
    without_customer = Filters(title=filters.title, type=filters.type, created_by=filters.created_by)
    remaining = [each for each in pages if _is_match(_found(each, [], filters), without_customer)]
    if filters.customer is not None:
        notify(f"Reading {len(remaining)} engagements, because {LIST} does not return customers.")
    pace = Pace(1 / READS_PER_SECOND)
    skipped = 0
    for summary in remaining:
        contexts: list[Any] = []
        if filters.customer is not None:
            pace.wait()
            try:
                contexts = api.call("GetEngagement", Catalog=catalog, Identifier=_id(summary)).get("Contexts") or []
            except ApiError as error:
                # A policy can deny single engagements, and the account can leave an engagement meanwhile.
                if error.kind not in (Kind.DENIED, Kind.NOT_FOUND):
                    raise
                skipped += 1
        yield _found(summary, contexts, filters)
    if skipped:
        notify(f"Engagements that could not be read, so their customers are unknown: {skipped}.")


def _id(summary: Mapping[str, Any]) -> str:
    """Return the ID of an engagement. In the service model, only the ARN is required."""
    return str(summary.get("Id") or str(summary.get("Arn") or "").rpartition("/")[2])


def _pages(api: PartnerCentralApi, operation: str, member: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    token: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        response = api.call(operation, MaxResults=PAGE_SIZE, **parameters, **token)
        yield from response.get(member) or []
        if not response.get("NextToken"):
            return
        token = {"NextToken": response["NextToken"]}
    raise CliError(f"{operation} returned {MOST_PAGES} pages and did not end: use more filters.")


def _found(summary: Mapping[str, Any], contexts: list[Any], filters: Filters) -> Found:
    types = summary.get("ContextTypes") or [each.get("Type") for each in contexts]
    names = customers([each.get("Payload") for each in contexts]) if filters.customer is not None else ()
    return Found(
        id=_id(summary),
        title=str(summary.get("Title") or ""),
        created_by=str(summary.get("CreatedBy") or ""),
        created_at=str(summary.get("CreatedAt") or ""),
        types=list(dict.fromkeys(map(str, types))),
        customers=list(dict.fromkeys(name for name in names if _contains(name, filters.customer))),
    )


def _is_match(found: Found, filters: Filters) -> bool:
    return (
        _contains(found.title, filters.title)
        and (filters.customer is None or bool(found.customers))
        and filters.type in (None, *found.types)
        and filters.created_by in (None, found.created_by)
    )


def _contains(text: str, part: str | None) -> bool:
    return part is None or loose(part, "") in loose(text, "")


def customers(value: Any) -> Iterator[str]:
    """Yield the names of companies in payloads."""
    if isinstance(value, list):
        for each in value:
            yield from customers(each)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name in ("CompanyName", "AccountName") and isinstance(member, str):
                yield member
            else:
                yield from customers(member)
