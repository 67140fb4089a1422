"""The error message for an environment in which the extra `local` is not installed."""

_PACKAGE = "cdk_partnercentral_local"


def missing_extra(error: ModuleNotFoundError) -> str:
    """Return an error message with the name of the missing package and the command that installs it.

    Args:
        error: The exception of a failed import in this package.

    Raises:
        ModuleNotFoundError: The module is part of this package, so installing the extra would not help.
    """
    name = (error.name or "").partition(".")[0]
    if name == _PACKAGE:
        raise error
    return f'{_PACKAGE} requires {name}, which is not installed. Run: pip install "cdk-partnercentral[local]"'
