"""Declare engagements of AWS Partner Central and their contexts in AWS CDK stacks.

To declare an engagement, use the construct `Engagement`. To declare a context, use its method `add_context` or the construct
`EngagementContext`, and a payload class such as `CustomerProject`. The names in `__all__` are the public API. All submodules
are private.
"""

from cdk_partnercentral._engagement import Engagement
from cdk_partnercentral._engagement_base import IEngagement
from cdk_partnercentral._engagement_context import EngagementContext, IEngagementContext
from cdk_partnercentral._payloads.customer_account import AccountCustomer, CustomerAccount
from cdk_partnercentral._payloads.customer_project import CustomerProject, ProjectCustomer, ProjectDetails
from cdk_partnercentral._payloads.enums import Catalog, DayOfWeek, EngagementContextType, Industry, LeadReadinessScore
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
from cdk_partnercentral._provider import PartnerCentralProvider

__version__ = "0.1.0"

__all__ = [
    "AccountCustomer",
    "BestOutreachWindow",
    "Catalog",
    "ChannelRecommendation",
    "CustomerAccount",
    "CustomerProject",
    "DayOfWeek",
    "Engagement",
    "EngagementContext",
    "EngagementContextType",
    "IEngagement",
    "IEngagementContext",
    "Industry",
    "Lead",
    "LeadAddress",
    "LeadContact",
    "LeadCustomer",
    "LeadInsights",
    "LeadInteraction",
    "LeadReadinessScore",
    "PartnerCentralProvider",
    "ProjectCustomer",
    "ProjectDetails",
    "ProspectingInsights",
    "ProspectingResult",
    "ProspectingResultAws",
    "ProspectingResultCustomer",
    "__version__",
]
