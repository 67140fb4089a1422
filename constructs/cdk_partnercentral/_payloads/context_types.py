"""The table of context types. To add a Type, add a module to this package and a row to the table.

`EngagementContextType` is the public enum of these types. Tests check that the table agrees with this enum, the service model,
the payload types of `EngagementContext`, and the handler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdk_partnercentral._payloads.customer_account import AccountCustomer, CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject, ProjectCustomer, ProjectDetails
from cdk_partnercentral._payloads.enums import EngagementContextType
from cdk_partnercentral._payloads.lead import (
    BestOutreachWindow,
    ChannelRecommendation,
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
)
from cdk_partnercentral._payloads.prospecting_result import (
    ProspectingInsights,
    ProspectingResult,
    ProspectingResultAws,
    ProspectingResultCustomer,
)
from cdk_partnercentral._tokens import is_mapping, is_unresolved


@dataclass(frozen=True, kw_only=True)
class ContextType:
    """One context type.

    Attributes:
        name: The name of the Type. In the API's tagged union, the member that contains the payload has the same name.
        payload_class: The class of the payload.
        can_be_updated: Whether UpdateEngagementContext accepts the Type.
        appended: The name of the payload's append-only list, from which Partner Central never removes items. None if the
            payload has no such list.
        dated_by: The name of the member that contains the date of an item in the append-only list. AWS fills in missing dates.
    """

    name: EngagementContextType
    payload_class: type
    can_be_updated: bool = True
    appended: str | None = None
    dated_by: str | None = None


CONTEXT_TYPES = (
    ContextType(
        name=EngagementContextType.CUSTOMER_PROJECT,
        payload_class=CustomerProject,
    ),
    ContextType(
        name=EngagementContextType.LEAD,
        payload_class=Lead,
        appended="Interactions",
        dated_by="InteractionDate",
    ),
    ContextType(
        name=EngagementContextType.PROSPECTING_RESULT,
        payload_class=ProspectingResult,
    ),
    ContextType(
        name=EngagementContextType.CUSTOMER_ACCOUNT,
        payload_class=CustomerAccount,
        can_be_updated=False,
    ),
)

# Maps the name of each structure in the service model to its payload class.
CLASSES: Mapping[str, type] = {
    "AccountCustomer": AccountCustomer,
    "BestOutreachWindow": BestOutreachWindow,
    "ChannelRecommendation": ChannelRecommendation,
    "CustomerAccountContext": CustomerAccount,
    "CustomerProjectsContext": CustomerProject,
    "EngagementCustomer": ProjectCustomer,
    "EngagementCustomerProjectDetails": ProjectDetails,
    "LeadAddress": LeadAddress,
    "LeadContact": LeadContact,
    "LeadContext": Lead,
    "LeadCustomer": LeadCustomer,
    "LeadInsights": LeadInsights,
    "LeadInteraction": LeadInteraction,
    "ProspectingInsights": ProspectingInsights,
    "ProspectingResult": ProspectingResult,
    "ProspectingResultAws": ProspectingResultAws,
    "ProspectingResultCustomer": ProspectingResultCustomer,
}

TYPES = tuple(each.name.value for each in CONTEXT_TYPES)
BY_TYPE = {each.name.value: each for each in CONTEXT_TYPES}


def type_of(payload: object) -> str | None:
    """Return the Type of a rendered payload, or None if the payload does not determine the Type.

    The result can be a Type that is not in `TYPES`.
    """
    names = list(payload) if is_mapping(payload) else []
    name = names[0] if len(names) == 1 else None
    return name if isinstance(name, str) and not is_unresolved(name) else None
