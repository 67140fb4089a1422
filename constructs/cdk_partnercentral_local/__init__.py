"""Run the library without AWS, with a local Partner Central and with MiniStack for all other AWS services.

`LocalCloud` starts the local Partner Central and MiniStack, and runs the CDK CLI with both. `PartnerCentral` simulates Partner
Central in memory, and `PartnerCentralServer` is an HTTP server for a `PartnerCentral`. To use a `LocalCloud` in a shell, run
`python -m cdk_partnercentral_local`. Only the names in `__all__` are public. This package needs the extra `local`:
`pip install "cdk-partnercentral[local]"`.
"""

import sys

from cdk_partnercentral_local._extra import missing_extra

try:
    from cdk_partnercentral_local.cloud import CdkRun, LocalCloud, LocalCloudError
    from cdk_partnercentral_local.service import (
        Behavior,
        Call,
        Dropped,
        Fault,
        PartnerCentral,
        PartnerCentralServer,
        Problem,
        Reply,
        ServiceError,
    )
except ModuleNotFoundError as error:
    message = missing_extra(error)
    # If `python -m` imports the package, `sys.argv` contains "-m", so end the command without a traceback.
    if sys.argv[:1] == ["-m"]:
        sys.exit(message)
    raise ModuleNotFoundError(message, name=error.name) from None

__all__ = [
    "Behavior",
    "Call",
    "CdkRun",
    "Dropped",
    "Fault",
    "LocalCloud",
    "LocalCloudError",
    "PartnerCentral",
    "PartnerCentralServer",
    "Problem",
    "Reply",
    "ServiceError",
]
