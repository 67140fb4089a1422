"""Classes for the payload of a `ProspectingResult` context. The fields have the API's member names in snake case.

The classes do not validate their values. `EngagementContext` validates them. Any string can be a CDK token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cdk_partnercentral._payloads.enums import Industry


@dataclass(frozen=True, kw_only=True)
class ProspectingResultCustomer:
    """The customer of a `ProspectingResultAws`, with the categories that AWS assigned.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ProspectingResultCustomer.html

    Args:
        account_name: The name of the customer's account. String of at most 255 characters, or None to omit the member.
        company_size: The size of the company. String of at most 255 characters, or None to omit the member.
        country: The country of the company. One of 249 two-letter country codes of ISO 3166, such as `"US"`, or None to omit
            the member. Sensitive.
        eligible_programs: The AWS programs that the customer is eligible for. A list of strings, or None to omit the member.
        geo: The geographic area. String of at most 255 characters, or None to omit the member.
        industry: The industry of the company. An `Industry`, a string with one of the 28 values of `Industry`, or None to omit
            the member.
        public_profile_summary: A summary of public information about the company. String of at most 5000 characters, or None to
            omit the member.
        region: The region within the geographic area. String of at most 255 characters, or None to omit the member.
        segment: The market segment. String of at most 255 characters, or None to omit the member.
        sub_industry: A more specific industry within `industry`. String of at most 255 characters, or None to omit the member.
        sub_region: A more specific region within `region`. String of at most 255 characters, or None to omit the member.

    Example:
        >>> ProspectingResultCustomer(account_name="Acme", industry=Industry.RETAIL).account_name
        'Acme'
    """

    account_name: str | None = None
    company_size: str | None = None
    country: str | None = None
    eligible_programs: Sequence[str] | None = None
    geo: str | None = None
    industry: Industry | str | None = None
    public_profile_summary: str | None = None
    region: str | None = None
    segment: str | None = None
    sub_industry: str | None = None
    sub_region: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProspectingInsights:
    """The insights that AWS generates for a `ProspectingResultAws`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ProspectingInsights.html

    Args:
        marketplace_engagement_score: How active the customer is on AWS Marketplace, such as `"High"`. String of at most 255
            characters, or None to omit the member.
        solution_category: The category of the solution that fits the customer's needs. A string, or None to omit the member.
        solution_score: How well your solution fits the customer's needs. A string, or None to omit the member.
        solution_sub_category: The subcategory of the solution. A string, or None to omit the member.

    Example:
        >>> ProspectingInsights(marketplace_engagement_score="High").marketplace_engagement_score
        'High'
    """

    marketplace_engagement_score: str | None = None
    solution_category: str | None = None
    solution_score: str | None = None
    solution_sub_category: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProspectingResultAws:
    """The data that AWS provides in a `ProspectingResult`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ProspectingResultAws.html

    Args:
        customer: The customer. A `ProspectingResultCustomer`, or None to omit the member.
        end_time: The end of the prospecting task. A `datetime.datetime` with a time zone, a string in ISO 8601 format such as
            `2027-01-05T09:30:00Z`, or None to omit the member.
        insights: The insights. A `ProspectingInsights`, or None to omit the member.
        start_time: The time when the result was created, in the same formats as `end_time`, or None to omit the member.
        task_arn: The ARN of the prospecting task, or None to omit the member.
        task_id: The ID of the prospecting task: `task-` followed by 14 lowercase letters or digits, or None to omit the member.
        task_name: The name of the prospecting task. String of 1 to 128 characters, or None to omit the member.

    Example:
        >>> ProspectingResultAws(task_name="autumn-campaign").task_name
        'autumn-campaign'
    """

    customer: ProspectingResultCustomer | None = None
    end_time: datetime | str | None = None
    insights: ProspectingInsights | None = None
    start_time: datetime | str | None = None
    task_arn: str | None = None
    task_id: str | None = None
    task_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProspectingResult:
    """The payload of a context that contains the result of a prospecting job.

    AWS creates these contexts after a prospecting job. AWS does not document whether partners can also create such contexts.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_ProspectingResult.html

    Args:
        aws: The data that AWS provides. A `ProspectingResultAws`, or None to omit the member.

    Example:
        >>> ProspectingResult(aws=ProspectingResultAws(task_name="autumn-campaign")).aws.task_name
        'autumn-campaign'
    """

    aws: ProspectingResultAws | None = None
