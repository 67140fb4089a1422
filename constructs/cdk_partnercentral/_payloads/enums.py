"""Enums for the names that the Partner Central Selling API defines.

Every parameter that accepts an enum also accepts a plain string, so that you can pass a CDK token.
"""

from enum import Enum
from typing import Any


class _ApiName(str, Enum):
    """An enum of names in the API. A member equals its string value, and `str()` returns this value in every Python version."""

    def __str__(self) -> str:
        return str(self.value)


class Catalog(_ApiName):
    """The catalogs of Partner Central.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html

    Example:
        >>> Catalog.SANDBOX.value
        'Sandbox'
    """

    AWS = "AWS"
    """The production catalog. AWS can read the contexts in this catalog, and nobody can delete these contexts."""

    SANDBOX = "Sandbox"
    """The catalog for testing, separate from production."""


class EngagementContextType(_ApiName):
    """The types of context that an engagement can contain.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementContextDetails.html

    Example:
        >>> EngagementContextType.CUSTOMER_PROJECT.value
        'CustomerProject'
    """

    CUSTOMER_PROJECT = "CustomerProject"
    """The context describes a customer, a project, or both. The payload is a `CustomerProject`."""

    LEAD = "Lead"
    """The context describes a customer who showed interest. The payload is a `Lead`."""

    PROSPECTING_RESULT = "ProspectingResult"
    """The context contains the result of a prospecting job by AWS. The payload is a `ProspectingResult`."""

    CUSTOMER_ACCOUNT = "CustomerAccount"
    """The context names the customer account of an account plan, and cannot be updated. The payload is a `CustomerAccount`."""


class DayOfWeek(_ApiName):
    """The days of the week, for a `BestOutreachWindow`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_BestOutreachWindow.html

    Example:
        >>> DayOfWeek.MONDAY.value
        'MONDAY'
    """

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class Industry(_ApiName):
    """The industries of a `ProjectCustomer` or a `ProspectingResultCustomer`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementCustomer.html

    Example:
        >>> Industry("Energy - Oil and Gas")
        <Industry.ENERGY_OIL_AND_GAS: 'Energy - Oil and Gas'>
    """

    AEROSPACE = "Aerospace"
    AGRICULTURE = "Agriculture"
    AUTOMOTIVE = "Automotive"
    COMPUTERS_AND_ELECTRONICS = "Computers and Electronics"
    CONSUMER_GOODS = "Consumer Goods"
    EDUCATION = "Education"
    ENERGY_OIL_AND_GAS = "Energy - Oil and Gas"
    ENERGY_POWER_AND_UTILITIES = "Energy - Power and Utilities"
    FINANCIAL_SERVICES = "Financial Services"
    GAMING = "Gaming"
    GOVERNMENT = "Government"
    HEALTHCARE = "Healthcare"
    HOSPITALITY = "Hospitality"
    LIFE_SCIENCES = "Life Sciences"
    MANUFACTURING = "Manufacturing"
    MARKETING_AND_ADVERTISING = "Marketing and Advertising"
    MEDIA_AND_ENTERTAINMENT = "Media and Entertainment"
    MINING = "Mining"
    NON_PROFIT_ORGANIZATION = "Non-Profit Organization"
    PROFESSIONAL_SERVICES = "Professional Services"
    REAL_ESTATE_AND_CONSTRUCTION = "Real Estate and Construction"
    RETAIL = "Retail"
    SOFTWARE_AND_INTERNET = "Software and Internet"
    TELECOMMUNICATIONS = "Telecommunications"
    TRANSPORTATION_AND_LOGISTICS = "Transportation and Logistics"
    TRAVEL = "Travel"
    WHOLESALE_AND_DISTRIBUTION = "Wholesale and Distribution"
    OTHER = "Other"


class LeadReadinessScore(_ApiName):
    """The readiness scores of a `Lead`, for `LeadInsights`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadInsights.html

    Example:
        >>> LeadReadinessScore.HIGH.value
        'High'
    """

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


def plain(value: Any) -> Any:
    """Return the value of an enum member, because jsii cannot serialize the member. Return any other value unchanged."""
    return value.value if isinstance(value, Enum) else value
