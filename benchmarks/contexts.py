"""The contexts that every measurement declares, in the API's own names, and CloudFormation's events for them.

All names are invented. Knows nothing of aws_cdk and of who is measured.
"""

import uuid
from collections.abc import Mapping
from typing import Any

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Deals/5f1c2a90-0000-4000-8000-00000000abcd"
TOKEN = "arn:aws:lambda:eu-west-1:123456789012:function:Deals-Provider"  # noqa: S105 - a service token, no secret
# An ordinary description: 480 of the 2,000 characters that the API takes.
PROBLEM = ("The data centre closes at the end of next year. " * 10).strip()


def title(number: int) -> str:
    """Return the title that tells one context from another."""
    return f"Project {number}"


def payload(number: int) -> dict[str, Any]:
    """Return the payload of a context: an ordinary customer project with every member."""
    return {
        "CustomerProject": {
            "Customer": {
                "CompanyName": f"Company {number}",
                "CountryCode": "US",
                "Industry": "Retail",
                "WebsiteUrl": f"https://company-{number}.example",
            },
            "Project": {
                "Title": title(number),
                "BusinessProblem": PROBLEM,
                "TargetCompletionDate": "2999-06-30",
            },
        }
    }


def properties(engagement: str, number: int) -> dict[str, Any]:
    """Return the properties of a custom resource that declares a context."""
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "Type": "CustomerProject",
        "Payload": payload(number),
    }


def event(request_type: str, url: str, declared: Mapping[str, Any], number: int, **more: Any) -> dict[str, Any]:
    """Return an event as CloudFormation sends it; `more` are further members, such as PhysicalResourceId."""
    return {
        "RequestType": request_type,
        "ServiceToken": TOKEN,
        "ResponseURL": url,
        "StackId": STACK,
        "RequestId": str(uuid.uuid4()),
        "LogicalResourceId": f"Deal{number}",
        "ResourceType": "Custom::EngagementContext",
        "ResourceProperties": {"ServiceToken": TOKEN, **declared},
        **more,
    }
