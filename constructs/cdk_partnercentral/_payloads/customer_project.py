"""Classes for the payload of a `CustomerProject` context. The fields have the API's member names in snake case.

The classes do not validate their values. `EngagementContext` validates them. Any string can be a CDK token.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cdk_partnercentral._payloads.enums import Industry

if TYPE_CHECKING:
    from typing import Protocol

    class DateOnly(Protocol):
        """A type that accepts `datetime.date`, but not its subclass `datetime.datetime`.

        The protocol requires a comparison with a `date`, which a `datetime` does not support.
        """

        def isoformat(self) -> str:
            """Return the date in the format `YYYY-MM-DD`."""
            ...

        def __lt__(self, value: date, /) -> bool: ...
else:
    DateOnly = date


@dataclass(frozen=True, kw_only=True)
class ProjectCustomer:
    """The customer of a `CustomerProject`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementCustomer.html

    Args:
        company_name: The company's name. String of 1 to 120 characters. Sensitive.
        country_code: The country of the company. One of 249 two-letter country codes of ISO 3166, such as `"US"`.
            Sensitive.
        industry: The industry of the company. An `Industry`, or a string with one of the 28 values of `Industry`.
        website_url: The website of the company, with or without `https://`. String of 4 to 255 characters. Sensitive.

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
    """The project of a `CustomerProject`.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_EngagementCustomerProjectDetails.html

    Args:
        title: The project's title. String of 1 to 255 characters.
        business_problem: The problem that the project solves. String of 20 to 2000 characters. Sensitive.
        target_completion_date: The planned completion date. A `datetime.date`, or a string in the format
            `YYYY-MM-DD`. For a `datetime.datetime`, pass its `.date()`.

    Example:
        >>> ProjectDetails(
        ...     title="Move to AWS",
        ...     business_problem="The data center closes at the end of next year.",
        ...     target_completion_date=date(2027, 6, 30),
        ... ).title
        'Move to AWS'
    """

    title: str
    business_problem: str
    target_completion_date: DateOnly | str


@dataclass(frozen=True, kw_only=True)
class CustomerProject:
    """The payload of a context that describes a customer, a project, or both.

    The customer and the project are both optional, but `ProjectCustomer` and `ProjectDetails` require all their members.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CustomerProjectsContext.html

    Args:
        customer: The customer. A `ProjectCustomer`, or None to omit the member.
        project: The project. A `ProjectDetails`, or None to omit the member.

    Example:
        >>> CustomerProject(
        ...     project=ProjectDetails(
        ...         title="Move to AWS",
        ...         business_problem="The data center closes at the end of next year.",
        ...         target_completion_date=date(2027, 6, 30),
        ...     ),
        ... ).customer is None
        True
    """

    customer: ProjectCustomer | None = None
    project: ProjectDetails | None = None
