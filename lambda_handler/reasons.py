"""The Reason in CloudFormation's events: a code, what failed, what to do, and what Partner Central responded.

A user reads it at night in a terminal that may cut it, so the first 300 characters contain the code, the exception and the
advice.
"""

from lambda_handler.errors import ApiError, Kind, ResourceError

DEPLOY_AGAIN = "It is safe to deploy again."

# The code of each kind of failed call.
CODE = {
    Kind.THROTTLED: "THROTTLED",
    Kind.INTERNAL: "SERVICE_ERROR",
    Kind.CONNECTION: "NO_RESPONSE",
    Kind.CERTIFICATE: "CERTIFICATE_ERROR",
    Kind.CONFLICT: "ENGAGEMENT_BUSY",
    Kind.DENIED: "ACCESS_DENIED",
    Kind.INVALID: "VALIDATION_ERROR",
    Kind.NOT_FOUND: "ENGAGEMENT_NOT_FOUND",
    Kind.QUOTA: "QUOTA_EXCEEDED",
    Kind.OTHER: "UNEXPECTED_ERROR",
}

# What to do. {arn} and {catalog} are those of the engagement.
ADVICE = {
    Kind.THROTTLED: f"Partner Central throttled every retry until the function's time was over. {DEPLOY_AGAIN}",
    Kind.INTERNAL: f"Partner Central failed in every retry until the function's time was over. {DEPLOY_AGAIN}",
    Kind.CONNECTION: (
        "The function received no response that it can read. Check that it reaches"
        f" partnercentral-selling.us-east-1.api.aws; in a VPC it needs a route to the internet. {DEPLOY_AGAIN}"
    ),
    Kind.CERTIFICATE: (
        "The function does not trust the certificate of Partner Central, or of the proxy in between. Set AWS_CA_BUNDLE in the"
        " function's environment to a file with the right certificate authorities."
    ),
    Kind.CONFLICT: f"The engagement was changed by others in every retry. {DEPLOY_AGAIN}",
    Kind.DENIED: (
        "The function's role needs partnercentral:{operation} on {arn} with partnercentral:Catalog {catalog}, in an account"
        " linked to Partner Central."
    ),
    Kind.INVALID: "Correct the fields named below, and deploy again.",
    Kind.NOT_FOUND: "Check that {arn} exists in this catalog, and that this account is a member of the engagement.",
    Kind.QUOTA: "A quota of Partner Central is used up. Request an increase from AWS, or declare fewer resources.",
    Kind.OTHER: "The API does not document this error. Check the account and the function's role.",
}

# Every code that a Reason can start with. They are public API: documentation and alarms refer to them.
CODES = (
    *CODE.values(),
    "INVALID_PROPERTIES",
    "VERSION_MISMATCH",
    "ENGAGEMENT_FULL",
    "CONTEXT_GONE",
    "CONTEXT_NOT_FOUND",
    "AMBIGUOUS_CONTEXT",
    "CLIENT_TOKEN_USED",
    "TOO_MANY_INTERACTIONS",
    "UNCERTAIN_INTERACTION",
    "OUT_OF_TIME",
    "CLIENT_CONFIGURATION",
    "UNKNOWN_REQUEST_TYPE",
    "UNKNOWN_RESOURCE_TYPE",
    "INTERNAL_ERROR",
)


class FailedError(Exception):
    """The event failed. The text is the Reason."""


def reason(error: Exception, *, catalog: str, arn: str) -> str:
    """Return the Reason for an error.

    Args:
        error: What was raised.
        catalog: The catalog of the event's engagement.
        arn: The ARN of the event's engagement.
    """
    if isinstance(error, ApiError):
        advice = ADVICE[error.kind].format(operation=error.operation, catalog=catalog, arn=arn)
        return f"[{CODE[error.kind]}] {error.code} from {error.operation}. {advice} {response(error)}"
    if isinstance(error, ResourceError):
        return f"[{error.code}] {error}"
    # The text of an unforeseen error can contain personal data, so only its name and place are shown.
    return (
        f"[INTERNAL_ERROR] {type(error).__name__} in {_place(error)}: this is a defect of cdk-partnercentral, please report it."
        f" {DEPLOY_AGAIN}"
    )


def response(error: ApiError) -> str:
    """Return what Partner Central responded, as the last part of a Reason."""
    fields = [f"{entry.field or '(no field)'}: {entry.message} ({entry.code})" for entry in error.fields]
    parts = [error.message.rstrip("."), *dict.fromkeys(fields)]
    details = [
        f"{name} {value}" for name, value in (("reason", error.reason), ("request id", error.request_id)) if value
    ]
    suffix = f" ({', '.join(details)})" if details else ""
    return f"Response: {'; '.join(parts)}{suffix}."


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "an unknown place"
