"""Classes for the payload of a `Lead` context. The fields have the API's member names in snake case.

The classes do not validate their values. `EngagementContext` validates them. Any string can be a CDK token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cdk_partnercentral._payloads.enums import DayOfWeek, Industry, LeadReadinessScore


@dataclass(frozen=True, kw_only=True)
class LeadAddress:
    """The customer's address in a `Lead`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadAddress.html

    Args:
        city: The city. String of at most 255 characters, or None to omit the member.
        country_code: The country code, such as `"US"`. String of at most 10 characters, or None to omit the member. Sensitive.
        postal_code: The postal code. String of at most 20 characters, or None to omit the member.
        state_or_region: The state or region. String of at most 255 characters, or None to omit the member.

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
        address: The address of the company. A `LeadAddress`, or None to omit the member.
        aws_maturity: The company's experience with AWS, as free text. String of at most 255 characters, or None to omit the
            member.
        industry: The industry of the company. An `Industry`, another string of at most 255 characters, or None to omit the
            member.
        market_segment: The market segment of the company, as free text. String of at most 255 characters, or None to omit the
            member.
        website_url: The website of the company. String of at most 255 characters, or None to omit the member. Sensitive.

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
    """The customer's contact person in a `LeadInteraction`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadContact.html

    Args:
        business_title: The person's job title or role. String of 1 to 255 characters. Sensitive.
        email: The person's email address. String of 1 to 255 characters. Sensitive.
        first_name: The person's first name. String of at most 80 characters. Sensitive.
        last_name: The person's last name. String of at most 80 characters. Sensitive.
        phone: The person's phone number. String of at most 255 characters, or None to omit the member. Sensitive.

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
    """One interaction with the customer of a `Lead`, such as a call, a visit to a trade fair booth or a web form.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadInteraction.html

    Args:
        contact: The contact person. A `LeadContact`.
        business_problem: The problem that the customer described. String of at most 2000 characters, or None to omit the
            member. Sensitive.
        customer_action: The customer's action, such as `"Asked for a call"`. String of at most 255 characters, or None to omit
            the member.
        interaction_date: The date and time of the interaction. A `datetime.datetime` with a time zone, a string in ISO 8601
            format such as `2027-01-05T09:30:00Z`, or None to let AWS fill in the date.
        source_id: Your own ID for the source. String of at most 255 characters, or None to omit the member.
        source_name: The name of the source. String of at most 255 characters, or None to omit the member.
        source_type: The kind of source, such as `"Event"`. String of at most 255 characters, or None to omit the member.
        usecase: The customer's use case on AWS. String of at most 255 characters, or None to omit the member.

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
class BestOutreachWindow:
    """A good time on one day of the week to contact a customer, for a `ChannelRecommendation`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_BestOutreachWindow.html

    Args:
        day: The day. A `DayOfWeek`, or a string with one of the 7 values of `DayOfWeek`.
        end_time_utc: The end of the window in UTC, exclusive. String of 5 characters in the format `HH:MM`.
        start_time_utc: The start of the window in UTC, inclusive. String of 5 characters in the format `HH:MM`.

    Example:
        >>> BestOutreachWindow(day=DayOfWeek.MONDAY, end_time_utc="11:30", start_time_utc="09:00").start_time_utc
        '09:00'
    """

    day: DayOfWeek | str
    end_time_utc: str
    start_time_utc: str


@dataclass(frozen=True, kw_only=True)
class ChannelRecommendation:
    """A recommended way to contact customers that are similar to the customer of a `Lead`.

    AWS usually provides the recommendation.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ChannelRecommendation.html

    Args:
        recommended_channel: The channel: `"EMAIL"` or `"CALL"`.
        best_outreach_windows: The best times to use the channel. A list of 1 to 7 `BestOutreachWindow`s, or None to omit the
            member.

    Example:
        >>> ChannelRecommendation(recommended_channel="EMAIL").recommended_channel
        'EMAIL'
    """

    recommended_channel: str
    best_outreach_windows: Sequence[BestOutreachWindow] | None = None


@dataclass(frozen=True, kw_only=True)
class LeadInsights:
    """Insights about a `Lead`. AWS also sets these values, so AWS might change the values that you declare.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadInsights.html

    Args:
        channel_recommendation: The recommended way to contact similar customers. A `ChannelRecommendation`, or None to omit the
            member.
        lead_readiness_score: The readiness of the lead. A `LeadReadinessScore`, its value as a string, or None to omit the
            member.

    Example:
        >>> LeadInsights(lead_readiness_score=LeadReadinessScore.HIGH).lead_readiness_score.value
        'High'
    """

    channel_recommendation: ChannelRecommendation | None = None
    lead_readiness_score: LeadReadinessScore | str | None = None


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The payload of a context that describes a lead: a customer who showed interest.

    Partner Central cannot remove interactions. If you remove an interaction from the declaration, it remains in Partner
    Central.

    To create a lead, declare at least `customer` and `interactions`. To manage a lead that AWS created, set
    `existing_context_id`, and declare only what you want to change, such as a qualification status and a new interaction.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_LeadContext.html

    Args:
        customer: The customer. A `LeadCustomer`. Can be None only with `existing_context_id`.
        interactions: The interactions with the customer. A list of 1 to 10 `LeadInteraction`s. Can be None only with
            `existing_context_id`.
        insights: Insights about the lead. A `LeadInsights`, or None to omit the member.
        qualification_status: The qualification status of the lead, as free text. String of 1 to 255 characters, or None to omit
            the member.

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

        Qualify a lead that AWS created, with `existing_context_id`, and change nothing else:

        >>> Lead(qualification_status="Qualified").customer is None
        True
    """

    customer: LeadCustomer | None = None
    interactions: Sequence[LeadInteraction] | None = None
    insights: LeadInsights | None = None
    qualification_status: str | None = None
