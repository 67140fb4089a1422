"""Writes that AWS itself makes."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tests.cdk_partnercentral_local.service.requests import (
    MISSING,
    Json,
    Serve,
    creating,
    payloads,
    without_project,
)


def test_each_write_changes_the_lead_and_modified_at(serve: Serve, clock: Any, lead: Json, interaction: Json) -> None:
    service, client = serve(clock=clock, fills_interaction_date=False)
    engagement = service.create_engagement()
    undated = {"Contact": interaction["Contact"]}
    client.create_engagement_context(**creating(engagement, lead))
    arn = service.engagement(engagement)["Arn"]
    writes: list[Callable[[], object]] = [
        lambda: service.as_aws.qualify(engagement, "1", "Qualified"),
        lambda: service.as_aws.score(engagement, "1", "Low"),
        lambda: service.as_aws.set_customer(engagement, "1", AwsMaturity="Advanced"),
        lambda: service.as_aws.add_interaction(engagement, "1", undated),
        lambda: service.as_aws.fill_dates(arn, "1"),
        lambda: service.as_aws.touch(arn),
    ]

    stamps = [service.engagement(engagement)["ModifiedAt"]]
    for write in writes:
        write()
        stamps.append(service.engagement(engagement)["ModifiedAt"])

    assert stamps == sorted(set(stamps))
    dated = {"InteractionDate": datetime(2026, 1, 1, tzinfo=timezone.utc), **undated}
    first = {**interaction, "InteractionDate": datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)}
    read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    assert read["ModifiedBy"] == "aws"
    assert read["Contexts"][0]["Payload"]["Lead"] == {
        "Customer": {**lead["Lead"]["Customer"], "AwsMaturity": "Advanced"},
        "Interactions": [first, dated],
        "QualificationStatus": "Qualified",
        "Insights": {"LeadReadinessScore": "Low"},
    }
    assert undated == {"Contact": interaction["Contact"]}


def test_writes_copy_their_arguments_and_do_not_change_earlier_states(
    serve: Serve, lead: Json, interaction: Json
) -> None:
    service, client = serve(read_lag=1, explicit_nulls=False)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, lead)
    service.as_aws.add_interaction(engagement, "1", interaction)
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    before = service.engagement(engagement)

    service.as_aws.qualify(engagement, "1", "Qualified")
    interaction["Contact"].clear()
    lead["Lead"]["Customer"].clear()

    client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    assert service.calls[-1].output == before
    payload = before["Contexts"][0]["Payload"]["Lead"]
    assert payloads(service, engagement) == [{"Lead": {**payload, "QualificationStatus": "Qualified"}}]


def test_a_write_that_fails_changes_nothing(serve: Serve, project: Json) -> None:
    service, _ = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    before = service.engagement(engagement)

    def change(contexts: list[Json]) -> None:
        contexts[0]["Payload"].clear()
        raise LookupError

    with pytest.raises(LookupError):
        service.write_as_aws(engagement, change)

    assert service.engagement(engagement) == before


def test_a_context_that_aws_adds_takes_the_next_id(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    payload = without_project(project)
    added = service.as_aws.add_context(engagement, payload)
    payload["CustomerProject"].clear()

    assert added == "2"
    assert service.engagement(engagement)["Contexts"][1] == {
        "Id": "2",
        "Type": "CustomerProject",
        "Payload": without_project(project),
    }
    assert client.create_engagement_context(**creating(engagement, project, ClientToken="two"))["ContextId"] == "3"


def test_a_score_has_members_that_the_service_model_does_not_define(serve: Serve, lead: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    window = {"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "17:30"}
    insights: Json = {"ChannelRecommendation": {"RecommendedChannel": "Email", "BestOutreachWindows": [window]}}

    service.as_aws.score(engagement, "1", "High", **insights, Novelty={"Rank": 1})

    stored = {"LeadReadinessScore": "High", **insights, "Novelty": {"Rank": 1}}
    assert payloads(service, engagement)[0]["Lead"]["Insights"] == stored
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    output = service.calls[-1].output
    assert output is not None
    assert output["Contexts"][0]["Payload"]["Lead"]["Insights"] == stored


def test_aws_creates_an_engagement_with_a_lead_and_adds_a_project_to_it(
    serve: Serve, clock: Any, lead: Json, project: Json
) -> None:
    service, client = serve(clock=clock)
    del lead["Lead"]["Interactions"][0]["InteractionDate"]

    engagement = service.as_aws.create_lead(lead["Lead"], title="Spring", catalog="AWS")
    assert service.as_aws.add_context(engagement, project) == "2"

    read = client.get_engagement(Catalog="AWS", Identifier=engagement)
    assert {name: read[name] for name in ("Title", "CreatedBy", "MemberCount")} == {
        "Title": "Spring",
        "CreatedBy": "aws",
        "MemberCount": 2,
    }
    assert [(each["Id"], each["Type"]) for each in read["Contexts"]] == [("1", "Lead"), ("2", "CustomerProject")]
    interactions = service.engagement(engagement)["Contexts"][0]["Payload"]["Lead"]["Interactions"]
    assert [each["InteractionDate"] for each in interactions] == ["2026-01-01T00:00:00Z"]
    assert client.list_engagements(Catalog="AWS", CreatedBy=["aws"])["EngagementSummaryList"][0]["Id"] == engagement
    with pytest.raises(ValueError, match="one of AWS, Sandbox"):
        service.as_aws.create_lead(lead["Lead"], catalog="Test")


def test_the_account_accepts_the_invitation_to_a_lead_of_aws(serve: Serve, lead: Json) -> None:
    service, _ = serve()

    engagement = service.engagement(service.as_aws.create_lead(lead["Lead"]))

    assert engagement["ModifiedBy"] == "123456789012"
    assert engagement["CreatedAt"] < engagement["ModifiedAt"]


def test_a_write_to_a_missing_engagement_context_or_lead_raises_key_error(serve: Serve, project: Json) -> None:
    service, _ = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    before = service.engagement(engagement)

    with pytest.raises(KeyError):
        service.as_aws.touch(MISSING)
    for context in ("1", "2"):
        with pytest.raises(KeyError):
            service.as_aws.qualify(engagement, context, "Qualified")

    assert service.engagement(engagement) == before
