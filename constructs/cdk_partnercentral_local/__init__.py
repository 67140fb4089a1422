"""Run the library without AWS: a local Partner Central, and MiniStack for everything else.

`LocalCloud` is both, for the CDK CLI; `PartnerCentralServer` and `PartnerCentral` are the first alone, over HTTP and in
memory. `python -m cdk_partnercentral_local` is the command. Everything that is named here is public, every other module
is not. Needs the extra `local`: `pip install "cdk-partnercentral[local]"`.
"""

from cdk_partnercentral_local.cloud._cdk import CdkRun
from cdk_partnercentral_local.cloud._cloud import LocalCloud
from cdk_partnercentral_local.cloud._failures import LocalCloudError
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
