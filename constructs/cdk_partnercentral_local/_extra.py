"""The message for an environment that lacks the extra `local`."""

_PACKAGE = "cdk_partnercentral_local"


def missing_extra(error: ModuleNotFoundError) -> str:
    """Return what is missing and how to install it.

    Args:
        error: The error of an import in this package.

    Raises:
        ModuleNotFoundError: The module is part of this package, so installing the extra would not help.
    """
    name = (error.name or "").partition(".")[0]
    if name == _PACKAGE:
        raise error
    return f'{_PACKAGE} requires {name}, which is not installed. Run: pip install "cdk-partnercentral[local]"'
