"""The payload of a `CustomerProject` context, in the API's own names written in snake case.

Values only: nothing is checked here, and nothing is known of constructs or of how the API writes the names. Any string
may be a CDK token.
"""

from dataclasses import dataclass
from datetime import date

from cdk_partnercentral._enums import Industry


@dataclass(frozen=True, kw_only=True)
class ProjectCustomer:
    """The customer of a `CustomerProject`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementCustomer.html

    Args:
        company_name: The company's name. String of 1 to 120 characters. Sensitive.
        country_code: The country it works in. One of the 249 two-letter codes of ISO 3166, `"US"` for example.
            Sensitive.
        industry: What it does. An `Industry`, or one of its 28 values as a string.
        website_url: Its website, with or without `https://`. String of 4 to 255 characters. Sensitive.

    Example:
        >>> ProjectCustomer(
        ...     company_name="Acme",
        ...     country_code="US",
        ...     industry=Industry.RETAIL,
        ...     website_url="https://acme.example",
        ... ).company_name
        'Acme'
    """

    company_name: str
    country_code: str
    industry: Industry | str
    website_url: str


@dataclass(frozen=True, kw_only=True)
class ProjectDetails:
    """What is planned with the customer of a `CustomerProject`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementCustomerProjectDetails.html

    Args:
        title: The project's title. String of 1 to 255 characters.
        business_problem: The problem that it solves. String of 20 to 2000 characters. Sensitive.
        target_completion_date: When it is to be complete. A `datetime.date`, or a string `YYYY-MM-DD`.

    Example:
        >>> ProjectDetails(
        ...     title="Move to AWS",
        ...     business_problem="The data centre closes at the end of next year.",
        ...     target_completion_date=date(2027, 6, 30),
        ... ).title
        'Move to AWS'
    """

    title: str
    business_problem: str
    target_completion_date: date | str


@dataclass(frozen=True, kw_only=True)
class CustomerProject:
    """The payload of a context that tells of a customer and a project.

    Either part may be left out. Inside a part that is there, everything is required.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CustomerProjectsContext.html

    Args:
        customer: Who the customer is. A `ProjectCustomer`, or None to leave it out.
        project: What is planned. A `ProjectDetails`, or None to leave it out.

    Example:
        >>> CustomerProject(
        ...     project=ProjectDetails(
        ...         title="Move to AWS",
        ...         business_problem="The data centre closes at the end of next year.",
        ...         target_completion_date=date(2027, 6, 30),
        ...     ),
        ... ).customer is None
        True
    """

    customer: ProjectCustomer | None = None
    project: ProjectDetails | None = None
