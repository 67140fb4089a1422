"""Declare contexts of AWS Partner Central engagements in AWS CDK stacks.

Declare a context with the construct `EngagementContext`, and its payload with a payload class such as `CustomerProject`. The
names in `__all__` are the public API. All submodules are private.
"""

from cdk_partnercentral._engagement import Engagement
from cdk_partnercentral._engagement_context import EngagementContext, IEngagementContext
from cdk_partnercentral._payloads.customer_project import CustomerProject, ProjectCustomer, ProjectDetails
from cdk_partnercentral._payloads.enums import Catalog, EngagementContextType, Industry, LeadReadinessScore
from cdk_partnercentral._payloads.lead import (
    Lead,
    LeadAddress,
    LeadContact,
    LeadCustomer,
    LeadInsights,
    LeadInteraction,
)
from cdk_partnercentral._provider import PartnerCentralProvider

__version__ = "0.1.0"

__all__ = [
    "Catalog",
    "CustomerProject",
    "Engagement",
    "EngagementContext",
    "EngagementContextType",
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
    "__version__",
]
