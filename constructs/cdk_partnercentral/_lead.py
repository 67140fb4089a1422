"""The payload of a `Lead` context, in the API's own names written in snake case.

Values only: nothing is checked here, and nothing is known of constructs or of how the API writes the names. Any string
may be a CDK token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cdk_partnercentral._enums import Industry


@dataclass(frozen=True, kw_only=True)
class LeadAddress:
    """Where the customer of a `Lead` is.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadAddress.html

    Args:
        city: The city. String of at most 255 characters, or None to leave it out.
        country_code: The country's code, `"US"` for example. String of at most 10 characters, or None to leave it out.
            Sensitive.
        postal_code: The postal code. String of at most 20 characters, or None to leave it out.
        state_or_region: The state or region. String of at most 255 characters, or None to leave it out.

    Example:
        >>> LeadAddress(city="Springfield", country_code="US").city
        'Springfield'
    """

    city: str | None = None
    country_code: str | None = None
    postal_code: str | None = None
    state_or_region: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadCustomer:
    """The customer of a `Lead`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadCustomer.html

    Args:
        company_name: The company's name. String of 1 to 120 characters. Sensitive.
        address: Where the company is. A `LeadAddress`, or None to leave it out.
        aws_maturity: How far the company has come with AWS, in words. String of at most 255 characters, or None to
            leave it out.
        industry: What the company does. An `Industry`, or another string of at most 255 characters, or None to leave it
            out.
        market_segment: The market segment it belongs to, in words. String of at most 255 characters, or None to leave
            it out.
        website_url: Its website. String of at most 255 characters, or None to leave it out. Sensitive.

    Example:
        >>> LeadCustomer(company_name="Acme", industry=Industry.RETAIL).company_name
        'Acme'
    """

    company_name: str
    address: LeadAddress | None = None
    aws_maturity: str | None = None
    industry: Industry | str | None = None
    market_segment: str | None = None
    website_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadContact:
    """The person on the customer's side of a `LeadInteraction`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadContact.html

    Args:
        business_title: The person's title or role. String of 1 to 255 characters. Sensitive.
        email: Their email address. String of 1 to 255 characters. Sensitive.
        first_name: Their first name. String of at most 80 characters. Sensitive.
        last_name: Their last name. String of at most 80 characters. Sensitive.
        phone: Their phone number. String of at most 255 characters, or None to leave it out. Sensitive.

    Example:
        >>> LeadContact(
        ...     business_title="Head of IT",
        ...     email="head.of.it@acme.example",
        ...     first_name="Example",
        ...     last_name="Person",
        ... ).phone is None
        True
    """

    business_title: str
    email: str
    first_name: str
    last_name: str
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadInteraction:
    """One touch with the customer of a `Lead`: a call, a visit to a stand, a form on a website.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadInteraction.html

    Args:
        contact: The person it was with. A `LeadContact`.
        business_problem: The problem the customer told of. String of at most 2000 characters, or None to leave it out.
            Sensitive.
        customer_action: What the customer did. String of at most 255 characters, or None to leave it out.
        interaction_date: When it was. A `datetime.datetime` with a time zone, a string in ISO 8601 in UTC
            (`2027-01-05T09:30:00Z`), or None: then AWS fills it in.
        source_id: Your own id of the source. String of at most 255 characters, or None to leave it out.
        source_name: The source's name. String of at most 255 characters, or None to leave it out.
        source_type: The kind of source, `"Event"` for example. String of at most 255 characters, or None to leave it
            out.
        usecase: What the customer wants to do on AWS. String of at most 255 characters, or None to leave it out.

    Example:
        >>> from datetime import timezone
        >>> LeadInteraction(
        ...     contact=LeadContact(
        ...         business_title="Head of IT",
        ...         email="head.of.it@acme.example",
        ...         first_name="Example",
        ...         last_name="Person",
        ...     ),
        ...     interaction_date=datetime(2027, 1, 5, 9, 30, tzinfo=timezone.utc),
        ...     source_type="Event",
        ... ).source_type
        'Event'
    """

    contact: LeadContact
    business_problem: str | None = None
    customer_action: str | None = None
    interaction_date: datetime | str | None = None
    source_id: str | None = None
    source_name: str | None = None
    source_type: str | None = None
    usecase: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadInsights:
    """How promising a `Lead` is. AWS scores leads itself, so it may change what is declared here.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadInsights.html

    Args:
        lead_readiness_score: How ready the lead is: `"Low"`, `"Medium"` or `"High"`, or None to leave it out.

    Example:
        >>> LeadInsights(lead_readiness_score="High").lead_readiness_score
        'High'
    """

    lead_readiness_score: str | None = None


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The payload of a context that tells of a customer's interest.

    Partner Central only ever adds interactions: one that is taken out of the declaration stays there.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadContext.html

    Args:
        customer: Who showed interest. A `LeadCustomer`.
        interactions: How they showed it. 1 to 10 `LeadInteraction`s.
        insights: How promising it is. A `LeadInsights`, or None to leave it out.
        qualification_status: Whether the lead is qualified, in words. String of 1 to 255 characters, or None to leave
            it out.

    Example:
        >>> Lead(
        ...     customer=LeadCustomer(company_name="Acme"),
        ...     interactions=[
        ...         LeadInteraction(
        ...             contact=LeadContact(
        ...                 business_title="Head of IT",
        ...                 email="head.of.it@acme.example",
        ...                 first_name="Example",
        ...                 last_name="Person",
        ...             ),
        ...         ),
        ...     ],
        ...     qualification_status="Qualified",
        ... ).qualification_status
        'Qualified'
    """

    customer: LeadCustomer
    interactions: Sequence[LeadInteraction]
    insights: LeadInsights | None = None
    qualification_status: str | None = None
