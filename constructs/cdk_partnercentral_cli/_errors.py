"""Every error of the command as one sentence that says what is wrong and what to do."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError

from lambda_handler.errors import ApiError, Kind, ResourceError

FAILED = 2
"""The exit code of a command that could not do its work. Typer uses the same code for wrong arguments."""


class CliError(Exception):
    """The command cannot go on. The text of the error is the sentence to print."""


# The SDK's errors, by the name of their class, and the service's errors about credentials, by their code.
_CREDENTIALS = {
    "NoCredentialsError": (
        "No AWS credentials were found: run `aws configure` or `aws sso login`, set AWS_PROFILE, or pass --profile."
    ),
    "PartialCredentialsError": "The AWS credentials are incomplete: set both the access key ID and the secret access key.",
    "TokenRetrievalError": "The AWS SSO session expired: run `aws sso login`.",
    "UnauthorizedSSOTokenError": "The AWS SSO session expired: run `aws sso login`.",
    "SSOTokenLoadError": "No AWS SSO session was found: run `aws sso login`.",
    "ExpiredTokenException": "The AWS credentials expired: sign in again, for example with `aws sso login`.",
    "ExpiredToken": "The AWS credentials expired: sign in again, for example with `aws sso login`.",
    "InvalidClientTokenId": "AWS does not know the access key: check the profile, or sign in again.",
    "NoRegionError": "No AWS Region is configured: set AWS_DEFAULT_REGION, or a Region in the profile.",
}
_ADVICE = {
    Kind.THROTTLED: "the service throttled every attempt: run the command again later",
    Kind.INTERNAL: "the service failed in every attempt: run the command again later",
    Kind.CONNECTION: "the service did not respond: check the network, the proxy and --endpoint-url",
    Kind.UNREADABLE: "the response is not in the format of the service: check the proxy and --endpoint-url",
    Kind.CERTIFICATE: "the certificate is not trusted: set AWS_CA_BUNDLE",
    Kind.CREDENTIALS: "AWS refused the credentials: check the profile and the clock of this machine",
}


def sentence(error: Exception) -> str:
    """Return one sentence for an expected error."""
    if isinstance(error, ApiError):
        return _api(error)
    if isinstance(error, BotoCoreError):
        return _CREDENTIALS.get(type(error).__name__, f"The AWS SDK failed: {error}")
    return str(error)


def _api(error: ApiError) -> str:
    known = _CREDENTIALS.get(error.code)
    if known:
        return known
    if error.kind is Kind.DENIED:
        prefix = "cloudformation" if error.stack_id else "partnercentral"
        reason = f" ({error.reason})" if error.reason else ""
        return f"AWS denied {prefix}:{error.operation}{reason}: allow this action, or use other credentials."
    advice = _ADVICE.get(error.kind)
    if advice:
        return f"{error.code} from {error.operation}: {advice}."
    return f"{error.code} from {error.operation}: {error.message.rstrip('.')}."


EXPECTED = (CliError, ApiError, ResourceError, BotoCoreError)
"""The errors that the command reports as one sentence. Any other exception is a defect of the command."""
