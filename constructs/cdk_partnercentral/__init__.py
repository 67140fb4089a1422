"""Declare contexts of AWS Partner Central engagements in AWS CDK stacks.

`EngagementContext` is the construct; the payload classes say what stands in a context. Everything that is named here is
public, every other module is not.
"""

from cdk_partnercentral._customer_project import CustomerProject, ProjectCustomer, ProjectDetails
from cdk_partnercentral._engagement import Engagement
from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._enums import Catalog, EngagementContextType, Industry
from cdk_partnercentral._imported import IEngagementContext
from cdk_partnercentral._lead import Lead, LeadAddress, LeadContact, LeadCustomer, LeadInsights, LeadInteraction
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
    "PartnerCentralProvider",
    "ProjectCustomer",
    "ProjectDetails",
    "__version__",
]
