"""The table of context types. A new Type is a module in this package and a row here.

`EngagementContextType` names the rows for users. Tests compare this table with the service model, that enum, the types that
`EngagementContext` accepts, and the handler's own comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_partnercentral._payloads.customer_project import CustomerProject
from cdk_partnercentral._payloads.enums import EngagementContextType
from cdk_partnercentral._payloads.lead import Lead
from cdk_partnercentral._tokens import is_mapping


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How two payloads of a Type are compared, to find out whether a context would be adopted.

    By default every member must be equal.

    Attributes:
        appended: The list that Partner Central only appends to. A payload with fewer items matches one with more; case and
            outer white space are ignored.
        dated_by: The member of such an item that AWS fills in. An item without it matches an item with it.
        filled_in: Members that AWS fills in. They are ignored if they are not desired.
    """

    appended: str | None = None
    dated_by: str | None = None
    filled_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContextType:
    """One context type.

    Attributes:
        name: The Type.
        member: The member of the API's tagged union that contains the payload.
        payload_class: The class of its payload, or None if only a mapping can describe it.
        can_be_updated: Whether UpdateEngagementContext accepts it.
        comparison: How two payloads are compared.
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

TYPES = tuple(each.name.value for each in CONTEXT_TYPES)
BY_TYPE = {each.name.value: each for each in CONTEXT_TYPES}
_BY_MEMBER = {each.member: each for each in CONTEXT_TYPES}


def type_of(payload: object) -> str | None:
    """Return the Type of a rendered payload, or None if the payload does not determine it."""
    names = list(payload) if is_mapping(payload) else []
    row = _BY_MEMBER.get(names[0]) if len(names) == 1 else None
    return row.name.value if row else None
