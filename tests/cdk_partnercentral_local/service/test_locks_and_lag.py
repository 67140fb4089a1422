"""Optimistic locks, and reads that lag behind writes."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cdk_partnercentral_local.service.requests import (
    Json,
    Serve,
    creating,
    error_code,
    payloads,
    updating,
    without_project,
)


@pytest.mark.parametrize(("lock", "accepted"), [("exact", False), ("microsecond", True)])
def test_a_lock_truncated_to_microseconds_is_accepted_if_the_switch_says_so(
    serve: Serve, project: Json, lock: str, accepted: bool
) -> None:
    service, client = serve(lock=lock)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    parsed = client.get_engagement(Catalog="Sandbox", Identifier=engagement)["ModifiedAt"]
    changed = without_project(project)
    request = updating(service, engagement, changed, EngagementLastModifiedAt=parsed)

    if accepted:
        client.update_engagement_context(**request)
    else:
        assert error_code(client.update_engagement_context, **request) == "ConflictException"

    assert service.calls[-1].input["EngagementLastModifiedAt"].endswith(f".{parsed.microsecond:06}Z")
    assert payloads(service, engagement) == [changed if accepted else project]


def test_by_default_boto3_can_update_with_the_lock_that_it_read(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    changed = without_project(project)

    for payload in (changed, project):
        read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)["ModifiedAt"]
        client.update_engagement_context(**updating(service, engagement, payload, EngagementLastModifiedAt=read))
        assert payloads(service, engagement) == [payload]


@pytest.mark.parametrize(
    ("lock", "sent", "message"),
    [
        ("exact", "2026-01-01T00:00:00.123457Z", "truncated to microseconds. Send all digits of ModifiedAt."),
        ("exact", "2026-01-01T00:00:00.123Z", "truncated to milliseconds. Send all digits of ModifiedAt."),
        ("microsecond", "2026-01-01T00:00:00.123Z", "truncated to milliseconds. Send all digits of ModifiedAt."),
        (
            "microsecond",
            "2026-01-01T00:00:00.123456Z",
            "modified since EngagementLastModifiedAt. Get its latest state.",
        ),
        ("exact", "2026-01-01T00:00:00.124Z", "modified since EngagementLastModifiedAt. Get its latest state."),
    ],
)
def test_the_conflict_of_a_truncated_lock_names_the_cause(
    serve: Serve, clock: Any, project: Json, lock: str, sent: str, message: str
) -> None:
    service, client = serve(clock=clock, lock=lock)
    clock.now += 123_456_780
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    assert service.engagement(engagement)["ModifiedAt"] == "2026-01-01T00:00:00.123457789Z"

    with pytest.raises(client.exceptions.ConflictException) as raised:
        client.update_engagement_context(**updating(service, engagement, project, EngagementLastModifiedAt=sent))

    assert raised.value.response["Error"]["Message"].endswith(message)


@pytest.mark.parametrize("lock", ["exact", "microsecond"])
def test_a_lock_is_compared_as_an_instant_to_the_nanosecond(serve: Serve, clock: Any, project: Json, lock: str) -> None:
    service, client = serve(clock=clock, lock=lock)
    clock.now += 123_456_780
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    changed = without_project(project)
    assert service.engagement(engagement)["ModifiedAt"] == "2026-01-01T00:00:00.123457789Z"

    wrong = ["2026-01-01T00:00:00.123457788Z", "2026-01-01T00:00:00.123457780Z", "2026-01-01T00:00:00.123Z"]
    for each in wrong:
        request = updating(service, engagement, changed, EngagementLastModifiedAt=each)
        assert error_code(client.update_engagement_context, **request) == "ConflictException"
    same = "2026-01-01T01:00:00.123457789+01:00"
    client.update_engagement_context(**updating(service, engagement, changed, EngagementLastModifiedAt=same))

    assert payloads(service, engagement) == [changed]


def test_a_stale_lock_is_a_conflict_and_changes_nothing(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    request = updating(service, engagement, project)
    service.as_aws.touch(engagement)
    before = service.engagement(engagement)

    assert error_code(client.update_engagement_context, **request) == "ConflictException"
    assert service.engagement(engagement) == before


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_as_many_reads_as_the_lag_do_not_show_a_write(serve: Serve, project: Json, lag: int) -> None:
    service, client = serve(read_lag=lag)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    reads = [client.get_engagement(Catalog="Sandbox", Identifier=engagement) for _ in range(lag + 2)]

    assert [len(read["Contexts"]) for read in reads] == [0] * lag + [1, 1]
    assert len(payloads(service, engagement)) == 1


def test_each_write_has_its_own_lag_and_a_list_shows_what_the_next_read_shows(
    serve: Serve, project: Json, lead: Json
) -> None:
    service, client = serve(read_lag=2)
    engagement = service.create_engagement()

    def contexts_shown() -> int:
        (summary,) = client.list_engagements(Catalog="Sandbox")["EngagementSummaryList"]
        read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)
        assert timedelta() <= read["ModifiedAt"] - summary["ModifiedAt"] < timedelta(milliseconds=10)
        assert summary["ContextTypes"] == [context["Type"] for context in read["Contexts"]]
        return len(read["Contexts"])

    client.create_engagement_context(**creating(engagement, project))
    assert contexts_shown() == 0
    client.create_engagement_context(**creating(engagement, lead, ClientToken="two"))

    assert [contexts_shown() for _ in range(4)] == [0, 1, 2, 2]


def test_a_read_that_lags_returns_a_stale_lock(serve: Serve, project: Json) -> None:
    service, client = serve(read_lag=1)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    output = service.calls[-1].output
    assert output is not None

    request = updating(service, engagement, project, EngagementLastModifiedAt=output["ModifiedAt"])

    assert error_code(client.update_engagement_context, **request) == "ConflictException"


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_as_many_reads_as_the_lag_do_not_find_a_new_engagement(serve: Serve, project: Json, lag: int) -> None:
    service, client = serve(read_lag=lag)
    engagement = client.create_engagement(Catalog="Sandbox", Title="Migration")["Id"]
    read = {"Catalog": "Sandbox", "Identifier": engagement}

    errors = [error_code(client.get_engagement, **read) for _ in range(lag)]

    assert errors == ["ResourceNotFoundException"] * lag
    assert client.get_engagement(**read)["Title"] == "Migration"
    client.create_engagement_context(**creating(engagement, project))
    assert len(payloads(service, engagement)) == 1


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_as_many_lists_as_the_lag_do_not_contain_a_new_engagement(serve: Serve, lag: int) -> None:
    service, client = serve(list_lag=lag)
    older = [service.create_engagement() for _ in range(2)]
    new = client.create_engagement(Catalog="Sandbox")["Id"]
    pages = client.get_paginator("list_engagements")

    def listed() -> list[str]:
        found = pages.paginate(Catalog="Sandbox", PaginationConfig={"PageSize": 1})
        return [each["Id"] for page in found for each in page["EngagementSummaryList"]]

    assert [listed() for _ in range(lag)] == [older] * lag
    assert listed() == [*older, new]
    assert client.get_engagement(Catalog="Sandbox", Identifier=new)["Id"] == new
