"""Run the library without AWS: a local Partner Central, and MiniStack for everything else.

`LocalCloud` is both, for the CDK CLI. `PartnerCentralServer` and `PartnerCentral` are the local Partner Central alone, over
HTTP and in memory. The command is `python -m cdk_partnercentral_local`. All names below are public; all other modules are
private. This package needs the extra `local`: `pip install "cdk-partnercentral[local]"`.
"""

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
