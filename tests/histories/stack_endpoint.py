"""The responses of CloudFormation to the function's calls, in the XML format of the query protocol.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
"""

import json
from xml.sax.saxutils import escape

from tests.histories.simulation import StackView

PAGE_SIZE = 2
PROVIDER = "Provider"  # every template declares the function with this logical ID


def list_page(view: StackView, start: int) -> bytes:
    """Return a page of ListStackResources that begins with resource number `start`."""
    resources = [(PROVIDER, ("function", "CREATE_COMPLETE")), *view.resources.items()]
    members = "".join(
        f"<member><LogicalResourceId>{logical_id}</LogicalResourceId>"
        + f"<PhysicalResourceId>{physical_id}</PhysicalResourceId>" * bool(physical_id)
        + f"<ResourceStatus>{status}</ResourceStatus></member>"
        for logical_id, (physical_id, status) in resources[start : start + PAGE_SIZE]
    )
    more = f"<NextToken>{start + PAGE_SIZE}</NextToken>" * (start + PAGE_SIZE < len(resources))
    return _result("ListStackResources", f"<StackResourceSummaries>{members}</StackResourceSummaries>{more}")


def template_page(view: StackView) -> bytes:
    """Return the response of GetTemplate."""
    return _result("GetTemplate", f"<TemplateBody>{escape(_template(view))}</TemplateBody>")


def error_page(code: str) -> bytes:
    """Return an error response."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>No.</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>request</RequestId></ErrorResponse>".encode()


def _template(view: StackView) -> str:
    if not view.as_yaml:
        resources = {each: {"Type": _type(each), "Properties": {}} for each in sorted(view.template)}
        return json.dumps({"Resources": {PROVIDER: {"Type": "AWS::Lambda::Function"}, **resources}})
    lines = ["Description: Deals", "Resources:", f"  {PROVIDER}:", "    Type: AWS::Lambda::Function"]
    for each in sorted(view.template):
        lines += [f"  {each}:", f"    Type: {_type(each)}", "    Properties:", "      Type: Lead"]
    return "\n".join([*lines, "Outputs:", "  L1:", "    Value: !Ref Provider", ""])


def _type(logical_id: str) -> str:
    return "Custom::Engagement" if logical_id.startswith("E") else "Custom::EngagementContext"


def _result(action: str, content: str) -> bytes:
    return f"<{action}Response><{action}Result>{content}</{action}Result></{action}Response>".encode()
