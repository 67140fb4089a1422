"""The Reason in CloudFormation's events: a code, the failed operation, the advice, and the service's response.

A terminal or a console might cut the Reason, so its first 300 characters contain the code, the exception and the advice.
"""

from lambda_handler.errors import ApiError, Kind, ResourceError

DEPLOY_AGAIN = "It is safe to deploy again."

# The code of each kind of failed call.
CODE = {
    Kind.THROTTLED: "THROTTLED",
    Kind.INTERNAL: "SERVICE_ERROR",
    Kind.CONNECTION: "NO_RESPONSE",
    Kind.UNREADABLE: "UNREADABLE_RESPONSE",
    Kind.CERTIFICATE: "CERTIFICATE_ERROR",
    Kind.CONFLICT: "ENGAGEMENT_BUSY",
    Kind.DENIED: "ACCESS_DENIED",
    Kind.CREDENTIALS: "CREDENTIALS_REFUSED",
    Kind.INVALID: "VALIDATION_ERROR",
    Kind.NOT_FOUND: "ENGAGEMENT_NOT_FOUND",
    Kind.QUOTA: "QUOTA_EXCEEDED",
    Kind.OTHER: "UNEXPECTED_ERROR",
}

# The advice for each kind of failed call. {service} and {host} are the service and host that were called, {needed} is the
# permission that the call needs, and {arn} is the ARN of the engagement or stack.
ADVICE = {
    Kind.THROTTLED: f"{{service}} throttled every attempt until the function ran out of time. {DEPLOY_AGAIN}",
    Kind.INTERNAL: f"{{service}} failed in every attempt until the function ran out of time. {DEPLOY_AGAIN}",
    Kind.CONNECTION: (
        "The function received no response. Check that the function can connect to {host}. In a VPC, the function needs a route"
        f" to the internet. {DEPLOY_AGAIN}"
    ),
    Kind.UNREADABLE: (
        "The function received a response that is not in the format of {service}. Check HTTPS_PROXY and AWS_ENDPOINT_URL in the"
        f" function's environment, and check whether a firewall sent the response. {DEPLOY_AGAIN}"
    ),
    Kind.CERTIFICATE: (
        "The function does not trust the certificate of {service}, or the certificate of a proxy. Set AWS_CA_BUNDLE in the"
        " function's environment to a file with the right certificate authorities."
    ),
    Kind.CONFLICT: f"Other changes of the engagement conflicted with every attempt. {DEPLOY_AGAIN}",
    Kind.DENIED: "The function's role needs {needed}.",
    Kind.CREDENTIALS: (
        "AWS refused the credentials of the function's role for a minute. Check that the role exists, and that the function's"
        f" environment sets no AWS_ACCESS_KEY_ID. {DEPLOY_AGAIN}"
    ),
    Kind.INVALID: "Correct the fields named below, and deploy again.",
    Kind.NOT_FOUND: "Check that {arn} exists in this catalog, and that this account is a member of the engagement.",
    Kind.QUOTA: "A quota of {service} is used up. Request an increase from AWS, or declare fewer resources.",
    Kind.OTHER: "The API does not document this error. Check the account and the function's role.",
}

# The advice for a denial with a reason of the service. IAM is not the cause, so the advice starts with the account.
DENIED_BY_PARTNER_CENTRAL = (
    "The cause is the account or its state in Partner Central, not IAM. Fix the account there."
    " Denied: {action} on {arn}."
)

# Every code that a Reason can start with. The codes are public API, because documentation and alarms refer to them.
CODES = (
    *CODE.values(),
    "INVALID_PROPERTIES",
    "VERSION_MISMATCH",
    "ENGAGEMENT_FULL",
    "ENGAGEMENT_GONE",
    "AMBIGUOUS_ENGAGEMENT",
    "ENGAGEMENTS_UNREADABLE",
    "CONTEXT_GONE",
    "CONTEXT_NOT_FOUND",
    "AMBIGUOUS_CONTEXT",
    "STACK_UNREADABLE",
    "CLIENT_TOKEN_USED",
    "CANNOT_UPDATE",
    "MISSING_MEMBER",
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
        error: The exception that was raised.
        catalog: The catalog of the event's engagement.
        arn: The ARN of the event's engagement.
    """
    if isinstance(error, ApiError):
        advised = advice(error, catalog=catalog, arn=arn)
        return f"[{CODE[error.kind]}] {error.code} from {error.operation}. {advised} {response(error)}"
    if isinstance(error, ResourceError):
        return f"[{error.code}] {error}"
    # The text of an unexpected error can contain personal data, so show only the error's class and location.
    return (
        f"[INTERNAL_ERROR] {type(error).__name__} in {_place(error)}: this is a defect of cdk-partnercentral. Please report it."
        f" {DEPLOY_AGAIN}"
    )


def advice(error: ApiError, *, catalog: str = "", arn: str = "") -> str:
    """Return the advice for a failed call.

    Args:
        error: The failure.
        catalog: The catalog of the event's engagement, for a call to Partner Central.
        arn: The ARN of that engagement.
    """
    if error.stack_id:
        service, arn = "CloudFormation", error.stack_id
        host = f"cloudformation.{error.stack_id.split(':')[3]}.amazonaws.com"
        needed = f"cloudformation:{error.operation} on {arn}"
    else:
        service, host = "Partner Central", "partnercentral-selling.us-east-1.api.aws"
        action = f"partnercentral:{error.operation}"
        if error.kind is Kind.DENIED and error.reason:
            return DENIED_BY_PARTNER_CENTRAL.format(action=action, arn=arn)
        needed = f"{action} on {arn} with partnercentral:Catalog {catalog}, in an account linked to Partner Central"
    return ADVICE[error.kind].format(service=service, host=host, needed=needed, arn=arn)


def response(error: ApiError) -> str:
    """Return the service's response as the end of a Reason. The end can be cut off, so the request ID is at the start."""
    retry_after = f"{error.retry_after:.0f} seconds" if error.retry_after else ""
    values = (("reason", error.reason), ("request id", error.request_id), ("retry after", retry_after))
    details = ", ".join(f"{name} {value}" for name, value in values if value)
    fields: dict[str, list[str]] = {}
    for entry in error.fields:
        # Combine all errors of a field.
        texts = fields.setdefault(entry.field or "(no field)", [])
        text = " ".join(filter(None, (entry.message, entry.code and f"({entry.code})")))
        if text and text not in texts:
            texts.append(text)
    parts = [_summary(error), *(": ".join(filter(None, (field, ", ".join(texts)))) for field, texts in fields.items())]
    return f"Response{f' ({details})' if details else ''}: {'; '.join(filter(None, parts))}."


def _summary(error: ApiError) -> str:
    """Return the service's message without the field errors, which the Reason lists separately."""
    starts = [error.message.find(entry.field) for entry in error.fields if entry.field]
    start = min((start for start in starts if start >= 0), default=None)
    return error.message.rstrip(".") if start is None else error.message[:start].rpartition(":")[0]


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "an unknown place"
