"""The Reason that CloudFormation shows: what failed, in the service's words, and what to do. It stands without the logs."""

from lambda_handler.declaration import Declaration
from lambda_handler.errors import ApiError, Kind, Refused

AGAIN = "Deploy again: nothing was lost, and nothing is doubled by it."
WHAT_TO_DO = {
    Kind.THROTTLED: f"Partner Central was too busy for as long as the function may run. {AGAIN}",
    Kind.INTERNAL: f"Partner Central failed for as long as the function may run. {AGAIN}",
    Kind.CONNECTION: (
        "Check that the function reaches partnercentral-selling.us-east-1.api.aws (in a VPC it needs a route to the internet)."
        f" {AGAIN}"
    ),
    Kind.CONFLICT: f"Others kept changing the engagement at the same time. {AGAIN}",
    Kind.DENIED: (
        "The function's role needs partnercentral:{operation} on {arn}, with partnercentral:Catalog {catalog}, and the"
        " account must be the one linked to Partner Central."
    ),
    Kind.INVALID: "Correct the declaration and deploy again.",
    Kind.NOT_FOUND: "Check that {arn} exists, in this catalog, and that this account is a member of the engagement.",
    Kind.QUOTA: "A context can never be deleted; existing_context_id manages one that is there.",
    Kind.OTHER: "The call did not fail in a way that the API documents. Check the account and the function's role.",
}


class FailedError(Exception):
    """The work failed. The text is the Reason."""


def reason(error: Exception, declaration: Declaration | None) -> str:
    """Return the Reason for an error.

    Args:
        error: What was raised.
        declaration: What was declared, as far as it could be read.
    """
    if isinstance(error, ApiError):
        catalog = declaration.catalog if declaration else "*"
        engagement_id = declaration.engagement_id if declaration else "*"
        todo = WHAT_TO_DO[error.kind].format(
            operation=error.operation,
            catalog=catalog,
            arn=f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/engagement/{engagement_id}",
        )
        return f"{error}. {todo}"
    if isinstance(error, Refused):
        return str(error)
    # The text of an error that nobody foresaw may hold anything, other people's data too.
    return (
        f"{type(error).__name__} inside the function: a defect of cdk-partnercentral, please report it with"
        f" this place: {_place(error)}. Nothing that was not understood was written."
    )


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "unknown"
