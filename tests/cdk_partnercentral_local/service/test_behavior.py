"""The switches themselves: allowed values, and changes while the service runs."""

import dataclasses

import pytest

from cdk_partnercentral_local import Behavior
from tests.cdk_partnercentral_local.service.requests import Json, Serve, creating, error_code


def test_a_switch_can_change_while_the_service_runs(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.behavior = dataclasses.replace(service.behavior, quota=0)

    request = creating(engagement, project)

    assert error_code(client.create_engagement_context, **request) == "ServiceQuotaExceededException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_mismatch": "error"},
        {"lock": "second"},
        {"lead_interactions": "merge"},
        {"update": "append"},
        {"normalizes": True},
        {"unknown_members": "keep"},
        {"read_lag": -1},
        {"list_lag": -1},
        {"empty_pages": -1},
        {"token_lifetime": -1},
        {"quota": -1},
        {"latency": -0.1},
        {"writes_per_second": 0},
        {"reads_per_second": 0},
    ],
)
def test_a_value_that_is_not_allowed_is_refused(wrong: Json) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Behavior(**wrong)
