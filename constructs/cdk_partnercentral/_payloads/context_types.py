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
class ContextType:
    """One context type.

    Attributes:
        name: The name of the Type.
        member: The member of the API's tagged union that contains the payload.
        payload_class: The class of the payload, or None if users can pass the payload only as a mapping.
        can_be_updated: Whether UpdateEngagementContext accepts the Type.
        appended: The name of the list to which Partner Central only appends items, or None if the Type has no such list.
        dated_by: The name of the date in an item of that list. AWS fills in the date.
    """

    name: EngagementContextType
    member: str
    payload_class: type | None = None
    can_be_updated: bool = True
    appended: str | None = None
    dated_by: str | None = None


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
        appended="Interactions",
        dated_by="InteractionDate",
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
