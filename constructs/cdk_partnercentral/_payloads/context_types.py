"""The table of context types. To add a Type, add a module to this package and a row to the table.

`EngagementContextType` is the public enum of these types. Tests compare the table with the enum, with the service model, with
the payload types that `EngagementContext` accepts, and with the code in the handler that compares payloads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdk_partnercentral._payloads.customer_project import CustomerProject, ProjectCustomer, ProjectDetails
from cdk_partnercentral._payloads.enums import EngagementContextType
from cdk_partnercentral._payloads.lead import (
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
)
from cdk_partnercentral._tokens import is_mapping


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The rules for comparing two payloads of a Type.

    A context is adopted only if the payloads match. By default, every member must be equal.

    Attributes:
        appended: The name of the list to which Partner Central only appends items. The current list can contain more items
            than the desired list. Case and leading and trailing white space in items are ignored.
        dated_by: The name of the date in an item of that list. AWS fills in the date, so a desired item without a date matches
            an item with any date.
        filled_in: The names of other members that AWS fills in. A member that the desired payload omits is ignored.
    """

    appended: str | None = None
    dated_by: str | None = None
    filled_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContextType:
    """One context type.

    Attributes:
        name: The name of the Type.
        member: The member of the API's tagged union that contains the payload.
        payload_class: The class of the payload, or None if users can pass the payload only as a mapping.
        can_be_updated: Whether UpdateEngagementContext accepts the Type.
        comparison: The rules for comparing two payloads.
    """

    name: EngagementContextType
    member: str
    payload_class: type | None = None
    can_be_updated: bool = True
    comparison: Comparison = Comparison()


CONTEXT_TYPES = (
    ContextType(
        name=EngagementContextType.CUSTOMER_PROJECT,
        member="CustomerProject",
        payload_class=CustomerProject,
    ),
    ContextType(
        name=EngagementContextType.LEAD,
        member="Lead",
        payload_class=Lead,
        comparison=Comparison(
            appended="Interactions",
            dated_by="InteractionDate",
            filled_in=("QualificationStatus", "Insights"),
        ),
    ),
    ContextType(
        name=EngagementContextType.PROSPECTING_RESULT,
        member="ProspectingResult",
    ),
)

# The payload class of each structure in the service model, by the name of the structure's shape.
CLASSES: Mapping[str, type] = {
    "CustomerProjectsContext": CustomerProject,
    "EngagementCustomer": ProjectCustomer,
    "EngagementCustomerProjectDetails": ProjectDetails,
    "LeadAddress": LeadAddress,
    "LeadContact": LeadContact,
    "LeadContext": Lead,
    "LeadCustomer": LeadCustomer,
    "LeadInsights": LeadInsights,
    "LeadInteraction": LeadInteraction,
}

TYPES = tuple(each.name.value for each in CONTEXT_TYPES)
BY_TYPE = {each.name.value: each for each in CONTEXT_TYPES}
_BY_MEMBER = {each.member: each for each in CONTEXT_TYPES}


def type_of(payload: object) -> str | None:
    """Return the Type of a rendered payload, or None if the payload does not determine the Type."""
    names = list(payload) if is_mapping(payload) else []
    row = _BY_MEMBER.get(names[0]) if len(names) == 1 else None
    return row.name.value if row else None
