"""The switches themselves: allowed values, and changes while the service runs."""

import dataclasses
import json
from pathlib import Path

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


FINDINGS = [
    {"name": "update", "value": "merge", "certainty": "high", "note": "An update kept it."},
    {"name": "quota", "not_observable": "The engagement took 5 contexts.", "at_least": 5},
    {"name": "error_shapes", "value": [], "certainty": "high", "note": "Not a setting."},
]


def test_a_report_sets_what_it_observed_and_nothing_else(tmp_path: Path) -> None:
    report = {"format": 1, "findings": FINDINGS}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))

    expected = Behavior(update="merge")
    assert Behavior.from_report(report) == expected
    assert Behavior.from_report(path) == expected
    assert Behavior.from_report(str(path)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": 2, "findings": FINDINGS},
        {"format": 1},
        {"format": 1, "findings": ["lock"]},
        {"format": 1, "findings": [{"name": "lock", "value": "second"}]},
        {"format": 1, "findings": [{"name": "quota", "value": "many"}]},
    ],
)
def test_a_report_in_another_format_is_refused(wrong: Json) -> None:
    with pytest.raises(ValueError, match=r"report|lock"):
        Behavior.from_report(wrong)


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("[]")

    with pytest.raises(ValueError, match="report must be JSON"):
        Behavior.from_report(path)
