"""Classes for the payload of a `CustomerAccount` context. The fields have the API's member names in snake case.

The classes do not validate their values. `EngagementContext` validates them. Any string can be a CDK token.
"""

from dataclasses import dataclass

from cdk_partnercentral._payloads.enums import Industry


@dataclass(frozen=True, kw_only=True)
class AccountCustomer:
    """The customer of a `CustomerAccount`. You can describe a customer that is not mapped to an AWS account yet.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_AccountCustomer.html

    Args:
        company_name: The company's name. String of 1 to 120 characters. Sensitive.
        country_code: The country of the company. One of 249 two-letter country codes of ISO 3166, such as `"US"`, or None to
            omit the member. Sensitive.
        industry: The industry of the company. An `Industry`, another string of at most 255 characters, or None to omit the
            member.
        website_url: The website of the company. String of at most 255 characters, or None to omit the member. Sensitive.

    Example:
        >>> AccountCustomer(company_name="Acme", country_code="US", industry=Industry.RETAIL).company_name
        'Acme'
    """

    company_name: str
    country_code: str | None = None
    industry: Industry | str | None = None
    website_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerAccount:
    """The payload of a context that names the customer account of an account plan.

    Partner Central can create such a context, but cannot update it. If you change the payload, the deployment fails. To create
    another context with the new payload, also set a new `client_token`. The existing context remains.

    See https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CustomerAccountContext.html

    Args:
        account_identifier: The ID of the customer account (`cust-acc-` followed by 13 lowercase letters or digits), its ARN, or
            None to omit the member.
        customer: The customer. An `AccountCustomer`, or None to let AWS fill in the customer from the account.

    Example:
        >>> CustomerAccount(account_identifier="cust-acc-0123456789abc").customer is None
        True
    """

    account_identifier: str | None = None
    customer: AccountCustomer | None = None
