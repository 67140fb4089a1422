"""The closed lists of names of the Partner Central Selling API, as enums.

Knows nothing of constructs and payloads. Wherever an enum is taken a plain string is taken too, so that a name which
AWS adds tomorrow, or a CDK token, can be given today.
"""

from enum import Enum
from typing import Any


class _ApiName(str, Enum):
    """A name of the API: equal to its string, and written as it on every Python version."""

    def __str__(self) -> str:
        return str(self.value)


class Catalog(_ApiName):
    """Where an engagement lives.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html

    Example:
        >>> Catalog.SANDBOX.value
        'Sandbox'
    """

    AWS = "AWS"
    """Production: what is written here is real, and stays."""

    SANDBOX = "Sandbox"
    """For testing, apart from production."""


class EngagementContextType(_ApiName):
    """The kinds of context an engagement can hold.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementContextDetails.html

    Example:
        >>> EngagementContextType.CUSTOMER_PROJECT.value
        'CustomerProject'
    """

    CUSTOMER_PROJECT = "CustomerProject"
    """A customer and what is planned with them: `CustomerProject`."""

    LEAD = "Lead"
    """A customer who showed interest, and when: `Lead`."""

    PROSPECTING_RESULT = "ProspectingResult"
    """What a prospecting job of AWS found. Written by AWS; only a raw mapping can carry it here."""


class Industry(_ApiName):
    """The industries that a `ProjectCustomer` can belong to.

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


def plain(value: Any) -> Any:
    """Return an enum's value, which jsii can carry, and anything else as it is."""
    return value.value if isinstance(value, Enum) else value
