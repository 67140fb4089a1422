"""Declare contexts of AWS Partner Central engagements in AWS CDK stacks.

`EngagementContext` is the construct; the payload classes say what stands in a context. Everything that is named here is
public, every other module is not.
"""

from cdk_partnercentral._customer_project import Customer, CustomerProject, Project
from cdk_partnercentral._engagement import Engagement
from cdk_partnercentral._engagement_context import EngagementContext
from cdk_partnercentral._enums import Catalog, EngagementContextType, Industry
from cdk_partnercentral._imported import IEngagementContext
from cdk_partnercentral._lead import Address, Contact, Insights, Interaction, Lead, LeadCustomer
from cdk_partnercentral._provider import EngagementContextProvider

__version__ = "0.1.0"

__all__ = [
    "Address",
    "Catalog",
    "Contact",
    "Customer",
    "CustomerProject",
    "Engagement",
    "EngagementContext",
    "EngagementContextProvider",
    "EngagementContextType",
    "IEngagementContext",
    "Industry",
    "Insights",
    "Interaction",
    "Lead",
    "LeadCustomer",
    "Project",
    "__version__",
]
