"""The sample data of a run. All companies, people and numbers are invented.

Each payload contains the run's random text and the name of its step, so that a read shows whether the step's write arrived.
A service might store some of the values differently: outer white space, a website without a scheme, a phone number with
punctuation, a country code in lower case, no date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WEBSITE = "probe.example.com"
STORED_WEBSITE = "https://probe.example.com/"
COUNTRY, STORED_COUNTRY = "us", "US"
PHONE, STORED_PHONE = "+1-555-0147", "+15550147"
ACCOUNT_ID = "cust-acc-0000000probe0"
ACCOUNT_ARN = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/customer-account/{ACCOUNT_ID}"
UNKNOWN_MEMBER = "ProbeUnknownMember"
UNKNOWN_TYPE = "ProbeUnknownType"

_PROBLEM = "Sample data of a test. Nobody needs to act on it."


def marker(run: str, step: str) -> str:
    """Return the text that shows whether the write of a step arrived."""
    return f"[{run} {step}]"


def title(run: str) -> str:
    """Return the title of the engagement."""
    return f"Probe {run}"


def padded(text: str) -> str:
    """Return a text with outer white space."""
    return f"  {text} "


def project_part(mark: str, *, plain: bool = False) -> dict[str, Any]:
    """Return the Project of a CustomerProject."""
    return {
        "Title": mark if plain else padded(mark),
        "BusinessProblem": _PROBLEM,
        "TargetCompletionDate": "2030-06-30",
    }


def project(mark: str, *, plain: bool = False) -> dict[str, Any]:
    """Return a CustomerProject with both parts."""
    customer = {
        "Industry": "Other",
        "CompanyName": "Probe Example",
        "WebsiteUrl": STORED_WEBSITE if plain else WEBSITE,
        "CountryCode": "US",
    }
    return {"CustomerProject": {"Customer": customer, "Project": project_part(mark, plain=plain)}}


def unknown_member(mark: str, *, plain: bool = True) -> dict[str, Any]:
    """Return a CustomerProject with a member that the service model does not define."""
    payload = project(mark, plain=plain)
    payload["CustomerProject"]["Project"][UNKNOWN_MEMBER] = "sample"
    return payload


def _interaction(mark: str, *, plain: bool) -> dict[str, Any]:
    return {
        "SourceType": "Event",
        "SourceId": mark,
        "Contact": {
            "BusinessTitle": "Sample",
            "Email": "sample@example.com",
            "FirstName": "Sam",
            "LastName": "Sample",
            "Phone": STORED_PHONE if plain else PHONE,
        },
    }


def _lead_customer(mark: str, *, usual_country: bool) -> dict[str, Any]:
    return {
        "CompanyName": mark,
        "Address": {"City": "Springfield", "CountryCode": STORED_COUNTRY if usual_country else COUNTRY},
    }


def lead(mark: str, *, plain: bool = False, usual_country: bool = False) -> dict[str, Any]:
    """Return a Lead in the format of a create request. Some optional members are absent.

    Args:
        mark: The text that shows whether the write arrived.
        plain: Whether the country and the phone number have their usual formats.
        usual_country: Whether the country has its usual format.
    """
    customer = {**_lead_customer(mark, usual_country=plain or usual_country), "Industry": "Other"}
    return {"Lead": {"Customer": customer, "Interactions": [_interaction(mark, plain=plain)]}}


def lead_update(mark: str, *, plain: bool = False, usual_country: bool = False) -> dict[str, Any]:
    """Return a Lead in the format of an update request, without the customer's Industry. See `lead`."""
    customer = _lead_customer(mark, usual_country=plain or usual_country)
    return {"Lead": {"Customer": customer, "Interaction": _interaction(mark, plain=plain)}}


def account(mark: str) -> dict[str, Any]:
    """Return a CustomerAccount with the ARN of an account that does not exist."""
    return {"CustomerAccount": {"AccountIdentifier": ACCOUNT_ARN, "Customer": {"CompanyName": mark}}}


def prospecting_result(mark: str) -> dict[str, Any]:
    """Return a ProspectingResult."""
    return {"ProspectingResult": {"Aws": {"Customer": {"AccountName": mark}, "TaskName": "sample"}}}


def unknown_type(mark: str) -> dict[str, Any]:
    """Return a payload with a Type that the service model does not define."""
    return {UNKNOWN_TYPE: {"Name": mark}}


# The members of the Lead that `lead` leaves out.
ABSENT_IN_LEAD: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): ("QualificationStatus",),
    ("Customer",): ("WebsiteUrl", "AwsMaturity", "MarketSegment"),
    ("Customer", "Address"): ("PostalCode", "StateOrRegion"),
    ("Interactions", "0"): ("SourceName", "Usecase", "CustomerAction", "BusinessProblem"),
}
