"""The local Partner Central, which performs the operations of Partner Central Selling in memory or over HTTP.

Requests are validated against the service model that is part of the library. This package does not import aws_cdk or `cloud`.
This package shares no code with the Lambda function or the library. If it did, the tests would miss a bug in the shared code.
Start reading in `_partner_central.py`. The operations are in `_operations.py`.
"""

from cdk_partnercentral_local.service._aws_writes import AwsWrites
from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._errors import Dropped, Problem, ServiceError
from cdk_partnercentral_local.service._faults import Fault, Faults
from cdk_partnercentral_local.service._operations import OPERATIONS
from cdk_partnercentral_local.service._partner_central import Call, PartnerCentral
from cdk_partnercentral_local.service._server import PartnerCentralServer, wsgi_app
from cdk_partnercentral_local.service._validation import service_model
from cdk_partnercentral_local.service._wire import Reply

__all__ = [
    "OPERATIONS",
    "AwsWrites",
    "Behavior",
    "Call",
    "Dropped",
    "Fault",
    "Faults",
    "PartnerCentral",
    "PartnerCentralServer",
    "Problem",
    "Reply",
    "ServiceError",
    "service_model",
    "wsgi_app",
]
