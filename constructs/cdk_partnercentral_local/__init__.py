"""Run the library without AWS: a local Partner Central, and MiniStack for all other AWS services.

`LocalCloud` starts both of them and runs the CDK CLI against them. `PartnerCentral` is the local Partner Central alone, in
memory, and `PartnerCentralServer` serves a `PartnerCentral` over HTTP. The command is `python -m cdk_partnercentral_local`.
Only the names in `__all__` are public. This package needs the extra `local`: `pip install "cdk-partnercentral[local]"`.
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
