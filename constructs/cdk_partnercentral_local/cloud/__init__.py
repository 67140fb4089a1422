"""The parts of a local deployment except Partner Central: MiniStack, the CDK CLI, and their processes and environment.

`LocalCloud` is the API of this package. Start reading in `_local_cloud.py`, the only module that imports `service`. This
package does not import aws_cdk, MiniStack or the CDK app, because they run in child processes.
"""

from cdk_partnercentral_local.cloud._cdk_cli import CdkRun, find_cli
from cdk_partnercentral_local.cloud._errors import LocalCloudError
from cdk_partnercentral_local.cloud._local_cloud import LocalCloud
from cdk_partnercentral_local.cloud._ministack import Certificate, make_certificate

__all__ = ["CdkRun", "Certificate", "LocalCloud", "LocalCloudError", "find_cli", "make_certificate"]
