"""The filters and the order of SearchEngagements.

The API does not document the comparisons. This module ignores case. `EqualsTo` compares whole values, `ContainsAny` and
`ContainsAll` look for parts of values, and a keyword can be in any text of an engagement. If an engagement has several values
for a key, for example the names of several contacts, one of them is enough. `PartnerId` is the creator. No engagement is in an
engagement group.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from cdk_partnercentral_local.service._engagements import Engagement, State
from cdk_partnercentral_local.service._wire import JsonObject, parse_instant

_Values: TypeAlias = list[Any]

_KEYS: Mapping[str, Callable[[Engagement, State], _Values]] = {
    "EngagementId": lambda engagement, _: [engagement.id],
    "Title": lambda engagement, _: [engagement.details.get("Title", "")],
    "PartnerId": lambda engagement, _: [engagement.created_by],
    "CreatedAt": lambda engagement, _: [engagement.created_at],
    "LastModifiedAt": lambda _, state: [state.modified_at],
    "MemberCount": lambda engagement, state: [engagement.summary(state)["MemberCount"]],
    "ContextType": lambda _, state: list(state.types),
}
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "LeadCustomerAwsMaturity": ("Lead", "Customer", "AwsMaturity"),
    "LeadCustomerCompanyName": ("Lead", "Customer", "CompanyName"),
    "LeadCustomerCountryCode": ("Lead", "Customer", "Address", "CountryCode"),
    "LeadCustomerIndustry": ("Lead", "Customer", "Industry"),
    "LeadCustomerMarketSegment": ("Lead", "Customer", "MarketSegment"),
    "LeadInteractionsContactBusinessTitle": ("Lead", "Interactions", "Contact", "BusinessTitle"),
    "LeadInteractionsContactFirstName": ("Lead", "Interactions", "Contact", "FirstName"),
    "LeadInteractionsContactLastName": ("Lead", "Interactions", "Contact", "LastName"),
    "LeadInteractionsSourceName": ("Lead", "Interactions", "SourceName"),
    "LeadInteractionsSourceType": ("Lead", "Interactions", "SourceType"),
    "LeadInteractionsUsecase": ("Lead", "Interactions", "Usecase"),
    "LeadQualificationStatus": ("Lead", "QualificationStatus"),
    "LeadReadinessScore": ("Lead", "Insights", "LeadReadinessScore"),
    "ProspectingCustomerCompanySize": ("ProspectingResult", "Aws", "Customer", "CompanySize"),
    "ProspectingCustomerCountry": ("ProspectingResult", "Aws", "Customer", "Country"),
    "ProspectingCustomerGeo": ("ProspectingResult", "Aws", "Customer", "Geo"),
    "ProspectingCustomerIndustry": ("ProspectingResult", "Aws", "Customer", "Industry"),
    "ProspectingCustomerRegion": ("ProspectingResult", "Aws", "Customer", "Region"),
    "ProspectingCustomerSegment": ("ProspectingResult", "Aws", "Customer", "Segment"),
    "ProspectingInsightsMarketplaceEngagementScore": (
        "ProspectingResult",
        "Aws",
        "Insights",
        "MarketplaceEngagementScore",
    ),
    "ProspectingInsightsSolutionCategory": ("ProspectingResult", "Aws", "Insights", "SolutionCategory"),
    "ProspectingInsightsSolutionSubCategory": ("ProspectingResult", "Aws", "Insights", "SolutionSubCategory"),
}

# Predicates that compare the values of a key with the values in the filter.
_PREDICATES: Mapping[str, Callable[[_Values, _Values], bool]] = {
    "EqualsTo": lambda values, wanted: any(value in wanted for value in values),
    "ContainsAny": lambda values, wanted: any(_contains(values, each) for each in wanted),
    "ContainsAll": lambda values, wanted: all(_contains(values, each) for each in wanted),
    "GreaterThan": lambda values, wanted: _ordered(values, wanted, lambda value, other: value > other),
    "GreaterThanOrEquals": lambda values, wanted: _ordered(values, wanted, lambda value, other: value >= other),
    "LessThan": lambda values, wanted: _ordered(values, wanted, lambda value, other: value < other),
    "LessThanOrEquals": lambda values, wanted: _ordered(values, wanted, lambda value, other: value <= other),
}


def matches(engagement: Engagement, state: State, request: JsonObject) -> bool:
    """Return whether a search finds an engagement.

    Args:
        engagement: The engagement.
        state: The state of the engagement that the search shows.
        request: The request. `Catalog`, `Keyword`, `Filter` and `GroupId` are used, and all of them must match.
    """
    if engagement.catalog != request["Catalog"] or "GroupId" in request:
        return False
    texts = [*engagement.details.values(), *_texts([context.get("Payload") for context in state.contexts])]
    keyword = request.get("Keyword", "").casefold()
    has_keyword = not keyword or any(keyword in text.casefold() for text in texts)
    return has_keyword and _fits(request.get("Filter", {}), lambda key: _values(key, engagement, state))


def in_order(engagements: list[tuple[Engagement, State]], sort: JsonObject | None) -> list[tuple[Engagement, State]]:
    """Sort engagements. Engagements without a value for the key come first. Without a sort, the oldest comes first."""
    if sort is None:
        return engagements

    def key(pair: tuple[Engagement, State]) -> list[tuple[bool, Any]]:
        return [(isinstance(value, str), value) for value in _values(sort["SortBy"], *pair)]

    return sorted(engagements, key=key, reverse=sort["SortOrder"] == "DESCENDING")


def _fits(node: JsonObject, values: Callable[[str], _Values]) -> bool:
    combined = [
        *([all(_fits(each, values) for each in node["AndAllFilters"])] if "AndAllFilters" in node else []),
        *([any(_fits(each, values) for each in node["OrAllFilters"])] if "OrAllFilters" in node else []),
        *([not _fits(node["NotFilter"], values)] if "NotFilter" in node else []),
    ]
    compared = [
        test(values(node[name]["Key"]), _wanted(node[name]["Value"]))
        for name, test in _PREDICATES.items()
        if name in node
    ]
    return all([*combined, *compared])


def _wanted(value: JsonObject) -> _Values:
    ((kind, content),) = value.items()
    if kind == "DateValue":
        return [parse_instant(content)]
    return [_folded(each) for each in (content if isinstance(content, list) else [content])]


def _values(key: str, engagement: Engagement, state: State) -> _Values:
    if key in _KEYS:
        return [_folded(value) for value in _KEYS[key](engagement, state)]
    payloads = [context.get("Payload") for context in state.contexts]
    return [_folded(value) for value in _at(payloads, _MEMBERS[key])]


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _contains(values: _Values, part: Any) -> bool:
    return any(part in value if isinstance(value, str) and isinstance(part, str) else part == value for value in values)


def _ordered(values: _Values, wanted: _Values, test: Callable[[Any, Any], bool]) -> bool:
    return any(type(value) is type(other) and test(value, other) for value in values for other in wanted)
