"""Each switch in each of its positions, through a real SDK client."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cdk_partnercentral_local.service import Behavior

Serve = Callable[..., tuple[Any, Any]]
Json = dict[str, Any]


def creating(engagement: str, payload: Json, token: str = "token") -> Json:  # noqa: S107
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "Type": next(iter(payload)),
        "Payload": payload,
        "ClientToken": token,
    }


def updating(service: Any, engagement: str, payload: Json, **others: Any) -> Json:
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "ContextIdentifier": "1",
        "EngagementLastModifiedAt": service.engagement(engagement)["ModifiedAt"],
        "Type": next(iter(payload)),
        "Payload": payload,
        **others,
    }


def held(service: Any, engagement: str) -> list[Json]:
    return [context["Payload"] for context in service.engagement(engagement)["Contexts"]]


def refused(call: Callable[..., Any], **request: Any) -> Json:
    with pytest.raises(ClientError) as caught:
        call(**request)
    return dict(caught.value.response)


def moved(project: Json) -> Json:
    return {"CustomerProject": {"Customer": project["CustomerProject"]["Customer"]}}


# Client tokens


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_the_same_token_and_parameters_get_the_first_answer_to_the_byte(
    serve: Serve, project: Json, mismatch: str
) -> None:
    service, client = serve(token_mismatch=mismatch)
    engagement = service.create_engagement()
    first = client.create_engagement_context(**creating(engagement, project))
    service.as_aws.touch(engagement)

    again = client.create_engagement_context(**creating(engagement, project))

    assert again["ContextId"] == first["ContextId"] == "1"
    assert held(service, engagement) == [project]
    one, two = service.calls
    assert one.answer == two.answer
    assert (one.wrote, two.wrote) == (True, False)


def test_a_replay_is_answered_when_the_engagement_is_full(serve: Serve, project: Json) -> None:
    service, client = serve(quota=1)
    engagement = service.create_engagement()

    answers = [client.create_engagement_context(**creating(engagement, project))["ContextId"] for _ in range(2)]

    assert answers == ["1", "1"]


def test_create_engagement_has_tokens_of_its_own(serve: Serve, project: Json) -> None:
    service, client = serve()

    first = client.create_engagement(Catalog="Sandbox", Title="A", ClientToken="token")
    again = client.create_engagement(Catalog="Sandbox", Title="A", ClientToken="token")
    client.create_engagement_context(**creating(first["Id"], project))

    assert first["Id"] == again["Id"]
    assert refused(client.create_engagement, Catalog="Sandbox", Title="B", ClientToken="token")["Error"]["Code"] == (
        "ConflictException"
    )
    assert held(service, first["Id"]) == [project]


def other_requests(service: Any, engagement: str, project: Json) -> list[Json]:
    request = creating(engagement, project)
    elsewhere = service.create_engagement()
    return [
        creating(engagement, moved(project)),
        creating(elsewhere, project),
        {**request, "EngagementIdentifier": service.engagement(engagement)["Arn"]},
        {**creating(service.create_engagement(catalog="AWS"), project), "Catalog": "AWS"},
    ]


@pytest.mark.parametrize("mismatch", ["conflict", "validation", "replay"])
def test_a_token_on_other_parameters(serve: Serve, project: Json, mismatch: str) -> None:
    service, client = serve(token_mismatch=mismatch)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    for request in other_requests(service, engagement, project):
        if mismatch == "replay":
            assert client.create_engagement_context(**request)["EngagementId"] == engagement
            assert service.calls[-1].answer == service.calls[0].answer
            continue
        answer = refused(client.create_engagement_context, **request)
        if mismatch == "conflict":
            assert answer["Error"] == {
                "Code": "ConflictException",
                "Message": "The client token was used before with different parameters",
            }
        else:
            message = "'token' was used before with different parameters"
            assert answer["Reason"] == "REQUEST_VALIDATION_FAILED"
            assert answer["ErrorList"] == [{"FieldName": "ClientToken", "Code": "INVALID_VALUE", "Message": message}]

    assert held(service, engagement) == [project]
    assert [call.wrote for call in service.calls] == [True, False, False, False, False]


def test_a_refused_create_leaves_its_token_unused(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    refused(client.create_engagement_context, **creating("eng-00000000000000", project))

    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"


def test_a_token_lives_for_its_lifetime_and_a_replay_does_not_prolong_it(
    serve: Serve, clock: Any, project: Json
) -> None:
    service, client = serve(clock=clock, token_lifetime=60)
    engagement = service.create_engagement()

    ids = []
    for seconds in (0, 30, 29.999, 0.001):
        clock.advance(seconds)
        ids.append(client.create_engagement_context(**creating(engagement, project))["ContextId"])

    assert ids == ["1", "1", "1", "2"]


def test_a_token_lives_for_ever_by_default(serve: Serve, clock: Any, project: Json) -> None:
    service, client = serve(clock=clock)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    clock.advance(10 * 365 * 86_400)

    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"


# Lock


@pytest.mark.parametrize(("lock", "accepted"), [("exact", False), ("microsecond", True)])
def test_a_lock_cut_to_microseconds(serve: Serve, project: Json, lock: str, accepted: bool) -> None:
    service, client = serve(lock=lock)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    parsed = client.get_engagement(Catalog="Sandbox", Identifier=engagement)["ModifiedAt"]
    request = updating(service, engagement, moved(project), EngagementLastModifiedAt=parsed)

    if accepted:
        client.update_engagement_context(**request)
    else:
        assert refused(client.update_engagement_context, **request)["Error"]["Code"] == "ConflictException"

    assert service.calls[-1].input["EngagementLastModifiedAt"].endswith(f".{parsed.microsecond:06}Z")
    assert held(service, engagement) == [moved(project) if accepted else project]


@pytest.mark.parametrize("lock", ["exact", "microsecond"])
def test_a_lock_is_an_instant_to_the_nanosecond(serve: Serve, clock: Any, project: Json, lock: str) -> None:
    service, client = serve(clock=clock, lock=lock)
    clock.now += 123_456_780
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    assert service.engagement(engagement)["ModifiedAt"] == "2026-01-01T00:00:00.123457789Z"

    wrong = ["2026-01-01T00:00:00.123457788Z", "2026-01-01T00:00:00.123457780Z", "2026-01-01T00:00:00.123Z"]
    for each in wrong:
        request = updating(service, engagement, moved(project), EngagementLastModifiedAt=each)
        assert refused(client.update_engagement_context, **request)["Error"]["Code"] == "ConflictException"
    same = "2026-01-01T01:00:00.123457789+01:00"
    client.update_engagement_context(**updating(service, engagement, moved(project), EngagementLastModifiedAt=same))

    assert held(service, engagement) == [moved(project)]


# What an update does to a payload


@pytest.mark.parametrize("update", ["replace", "merge"])
@pytest.mark.parametrize("interactions", ["append", "replace"])
def test_the_interaction_of_a_leads_update(
    serve: Serve, lead: Json, interaction: Json, interactions: str, update: str
) -> None:
    service, client = serve(lead_interactions=interactions, update=update)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    second = {**interaction, "SourceType": "Referral"}
    customer = lead["Lead"]["Customer"]

    client.update_engagement_context(
        **updating(service, engagement, {"Lead": {"Customer": customer, "Interaction": second}})
    )

    (payload,) = held(service, engagement)
    assert payload["Lead"]["Interactions"] == ([interaction, second] if interactions == "append" else [second])


@pytest.mark.parametrize("interactions", ["append", "replace"])
def test_a_leads_update_without_interaction_keeps_those_held(serve: Serve, lead: Json, interactions: str) -> None:
    service, client = serve(lead_interactions=interactions)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))

    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": {"CompanyName": "Other"}}}))

    assert held(service, engagement) == [
        {"Lead": {"Customer": {"CompanyName": "Other"}, "Interactions": lead["Lead"]["Interactions"]}}
    ]


def test_ten_interactions_do_not_hinder_one_that_replaces_them(serve: Serve, lead: Json, interaction: Json) -> None:
    service, client = serve(lead_interactions="replace")
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"] = [interaction] * 10
    client.create_engagement_context(**creating(engagement, lead))
    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": interaction}}

    client.update_engagement_context(**updating(service, engagement, payload))

    assert held(service, engagement)[0]["Lead"]["Interactions"] == [interaction]


def test_a_leads_update_that_replaces_drops_what_it_does_not_carry(serve: Serve, lead: Json) -> None:
    service, client = serve(update="replace")
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    service.as_aws.score(engagement, "1", "High")

    customer = {"CompanyName": "Acme", "Address": {"PostalCode": "12345"}}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": customer}}))

    assert held(service, engagement) == [{"Lead": {"Customer": customer, "Interactions": lead["Lead"]["Interactions"]}}]


def test_a_leads_update_that_merges_keeps_what_it_does_not_carry_at_every_depth(serve: Serve, lead: Json) -> None:
    service, client = serve(update="merge")
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    service.as_aws.score(engagement, "1", "High")

    customer = {"CompanyName": "Other", "Address": {"PostalCode": "12345"}}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": customer}}))

    address = {"City": "Springfield", "CountryCode": "US", "PostalCode": "12345"}
    assert held(service, engagement) == [
        {
            "Lead": {
                **lead["Lead"],
                "Customer": {"CompanyName": "Other", "Address": address},
                "Insights": {"LeadReadinessScore": "High"},
            }
        }
    ]


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_a_projects_update_without_one_part(serve: Serve, project: Json, update: str) -> None:
    service, client = serve(update=update)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    client.update_engagement_context(**updating(service, engagement, moved(project)))

    assert held(service, engagement) == [moved(project) if update == "replace" else project]


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_an_update_replaces_a_list_as_a_whole(serve: Serve, update: str) -> None:
    service, client = serve(update=update)
    engagement = service.create_engagement()

    def result(programs: list[str]) -> Json:
        return {"ProspectingResult": {"Aws": {"Customer": {"EligiblePrograms": programs}}}}

    service.as_aws.add_context(engagement, result(["A", "B"]))

    client.update_engagement_context(**updating(service, engagement, result(["C"])))

    assert held(service, engagement) == [result(["C"])]


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_an_update_gives_a_context_without_payload_its_first(serve: Serve, project: Json, update: str) -> None:
    service, client = serve(update=update)
    engagement = client.create_engagement(Catalog="Sandbox", Contexts=[{"Type": "CustomerProject"}])["Id"]
    assert service.engagement(engagement)["Contexts"] == [{"Id": "1", "Type": "CustomerProject"}]

    client.update_engagement_context(**updating(service, engagement, project))

    assert held(service, engagement) == [project]


# What becomes of values


def test_values_are_held_as_they_were_sent(serve: Serve, lead: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    lead["Lead"]["Customer"] = {"CompanyName": " Acme ", "WebsiteUrl": "acme.example", "Address": {"CountryCode": "us"}}

    client.create_engagement_context(**creating(engagement, lead))

    assert held(service, engagement) == [lead]


def test_values_are_normalised_on_create_and_on_update(serve: Serve, lead: Json, project: Json) -> None:
    service, client = serve(normalizes=True)
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"][0]["Contact"]["LastName"] = "\tDoe "
    sloppy = {"CompanyName": " Acme ", "WebsiteUrl": " acme.example ", "Address": {"CountryCode": "us ", "City": ""}}
    tidy = {"CompanyName": "Acme", "WebsiteUrl": "https://acme.example/", "Address": {"CountryCode": "US", "City": ""}}
    client.create_engagement_context(**creating(engagement, {"Lead": {**lead["Lead"], "Customer": sloppy}}))
    assert held(service, engagement)[0]["Lead"]["Customer"] == tidy
    assert held(service, engagement)[0]["Lead"]["Interactions"][0]["Contact"]["LastName"] == "Doe"

    other = {**sloppy, "WebsiteUrl": "http://acme.example/"}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": other}}))
    assert held(service, engagement)[0]["Lead"]["Customer"] == {**tidy, "WebsiteUrl": "http://acme.example/"}

    client.create_engagement_context(**creating(engagement, project, token="two"))
    assert held(service, engagement)[1]["CustomerProject"]["Customer"]["WebsiteUrl"] == "https://acme.example/"


@pytest.mark.parametrize(("sent", "read"), [("", ""), ("a." + "b" * 244, "https://a." + "b" * 244 + "/")])
def test_a_website_is_completed_when_there_is_something_and_room(
    serve: Serve, lead: Json, sent: str, read: str
) -> None:
    service, client = serve(normalizes=True)
    engagement = service.create_engagement()
    for website in (sent, "a." + "b" * 245):
        lead["Lead"]["Customer"]["WebsiteUrl"] = website
        client.create_engagement_context(**creating(engagement, lead, token=f"t{len(website)}"))

    websites = [payload["Lead"]["Customer"]["WebsiteUrl"] for payload in held(service, engagement)]

    assert websites == [read, "a." + "b" * 245]


@pytest.mark.parametrize("fills", [True, False])
def test_a_missing_interaction_date(serve: Serve, clock: Any, lead: Json, interaction: Json, fills: bool) -> None:
    service, client = serve(clock=clock, fills_interaction_date=fills)
    engagement = service.create_engagement()
    undated = {name: member for name, member in interaction.items() if name != "InteractionDate"}
    lead["Lead"]["Interactions"] = [undated, interaction]
    client.create_engagement_context(**creating(engagement, lead))
    clock.advance(60)

    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": undated}}
    client.update_engagement_context(**updating(service, engagement, payload))

    first, second = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
    dates = [each.get("InteractionDate") for each in held(service, engagement)[0]["Lead"]["Interactions"]]
    assert dates == [first if fills else None, "2026-02-03T04:05:06Z", second if fills else None]


@pytest.mark.parametrize("accepts", [True, False])
def test_a_prospecting_result(serve: Serve, accepts: bool) -> None:
    service, client = serve(accepts_prospecting_result=accepts)
    engagement = service.create_engagement()
    payload = {"ProspectingResult": {"Aws": {"TaskName": "Spring"}}}
    service.as_aws.add_context(engagement, payload)
    contexts = [{"Type": "ProspectingResult", "Payload": payload}]

    writes: list[Callable[[], object]] = [
        lambda: client.create_engagement_context(**creating(engagement, payload)),
        lambda: client.update_engagement_context(**updating(service, engagement, payload)),
        lambda: client.create_engagement(Catalog="Sandbox", Contexts=contexts),
    ]

    for write in writes:
        if accepts:
            write()
            continue
        answer = refused(write)
        assert answer["Error"]["Code"] == "ValidationException"
        assert answer["Reason"] == "BUSINESS_VALIDATION_FAILED"
        assert [(each["FieldName"], each["Code"]) for each in answer["ErrorList"]] == [("Type", "ACTION_NOT_PERMITTED")]
    assert len(held(service, engagement)) == (2 if accepts else 1)


# When a write shows, and how many there may be


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_reads_lag_behind_each_write(serve: Serve, project: Json, lag: int) -> None:
    service, client = serve(read_lag=lag)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    reads = [client.get_engagement(Catalog="Sandbox", Identifier=engagement) for _ in range(lag + 2)]

    assert [len(read["Contexts"]) for read in reads] == [0] * lag + [1, 1]
    assert len(held(service, engagement)) == 1


def test_a_second_write_shows_after_its_own_lag(serve: Serve, project: Json, lead: Json) -> None:
    service, client = serve(read_lag=2)
    engagement = service.create_engagement()

    def seen() -> int:
        listed = client.list_engagements(Catalog="Sandbox")["EngagementSummaryList"][0]
        read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)
        assert listed["ModifiedAt"] == read["ModifiedAt"]
        assert listed["ContextTypes"] == [context["Type"] for context in read["Contexts"]]
        return len(read["Contexts"])

    client.create_engagement_context(**creating(engagement, project))
    assert seen() == 0
    client.create_engagement_context(**creating(engagement, lead, token="two"))

    assert [seen() for _ in range(4)] == [0, 1, 2, 2]


def test_a_lagging_read_gives_a_stale_lock(serve: Serve, project: Json) -> None:
    service, client = serve(read_lag=1)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    stale = service.calls[-1].output["ModifiedAt"]

    request = updating(service, engagement, project, EngagementLastModifiedAt=stale)

    assert refused(client.update_engagement_context, **request)["Error"]["Code"] == "ConflictException"


@pytest.mark.parametrize("quota", [0, 2])
def test_the_quota(serve: Serve, project: Json, quota: int) -> None:
    service, client = serve(quota=quota)
    engagement = service.create_engagement()
    for number in range(quota):
        client.create_engagement_context(**creating(engagement, project, token=str(number)))
    contexts = [{"Type": "CustomerProject", "Payload": project}] * (quota + 1)

    for call, request in (
        (client.create_engagement_context, creating(engagement, project, token="last")),
        (client.create_engagement, {"Catalog": "Sandbox", "Contexts": contexts}),
    ):
        assert refused(call, **request)["Error"]["Code"] == "ServiceQuotaExceededException"
    assert len(held(service, engagement)) == quota
    full = client.create_engagement(Catalog="Sandbox", Contexts=contexts[1:])["Id"]
    assert len(held(service, full)) == quota


def test_what_aws_adds_counts_towards_the_quota(serve: Serve, project: Json) -> None:
    service, client = serve(quota=1)
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)

    answer = refused(client.create_engagement_context, **creating(engagement, project))

    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"


@pytest.mark.parametrize(("rate", "burst"), [(2, 2), (0.5, 1)])
def test_writes_over_the_rate_are_throttled(serve: Serve, clock: Any, project: Json, rate: float, burst: int) -> None:
    service, client = serve(clock=clock, writes_per_second=rate)
    engagement = service.create_engagement()

    def write() -> str:
        try:
            client.create_engagement_context(**creating(engagement, project))
        except client.exceptions.ThrottlingException:
            return "throttled"
        return "done"

    assert [write() for _ in range(burst + 2)] == ["done"] * burst + ["throttled"] * 2
    clock.advance(1 / rate - 0.01)
    assert write() == "throttled"
    clock.advance(0.01)
    assert [write(), write()] == ["done", "throttled"]
    clock.advance(1_000)
    assert [write() for _ in range(burst + 1)] == ["done"] * burst + ["throttled"]
    assert client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Id"] == engagement


def test_reads_over_the_rate_are_throttled_and_writes_are_not(serve: Serve, clock: Any, project: Json) -> None:
    service, client = serve(clock=clock, reads_per_second=1)
    engagement = service.create_engagement()
    client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    answer = refused(client.list_engagements, Catalog="Sandbox")

    assert answer["Error"] == {"Code": "ThrottlingException", "Message": "Too many requests. Retry later."}
    assert client.create_engagement_context(**creating(engagement, project))["ContextId"] == "1"


def test_latency_is_waited_for_before_each_request(serve: Serve, clock: Any) -> None:
    service, client = serve(clock=clock, latency=1.5)
    engagement = service.create_engagement()
    begin = clock.now

    for _ in range(2):
        client.get_engagement(Catalog="Sandbox", Identifier=engagement)

    assert clock.now - begin == 3_000_000_000


def test_behavior_can_change_while_the_service_runs(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    service.behavior = dataclasses.replace(service.behavior, quota=0)

    answer = refused(client.create_engagement_context, **creating(engagement, project))

    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_mismatch": "error"},
        {"lock": "second"},
        {"lead_interactions": "merge"},
        {"update": "append"},
        {"read_lag": -1},
        {"token_lifetime": -1},
        {"quota": -1},
        {"latency": -0.1},
        {"writes_per_second": 0},
        {"reads_per_second": 0},
    ],
)
def test_a_value_that_no_switch_has_is_refused(wrong: Json) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Behavior(**wrong)


# Writes that AWS makes


def test_aws_writes_change_the_lead_and_move_the_engagement_on(
    serve: Serve, clock: Any, lead: Json, interaction: Json
) -> None:
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
    customer = {**lead["Lead"]["Customer"], "AwsMaturity": "Advanced"}
    dated = {"InteractionDate": datetime(2026, 1, 1, tzinfo=timezone.utc), **undated}
    first = {**interaction, "InteractionDate": datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)}
    read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)
    assert read["ModifiedBy"] == "AWS"
    assert read["Contexts"][0]["Payload"]["Lead"] == {
        "Customer": customer,
        "Interactions": [first, dated],
        "QualificationStatus": "Qualified",
        "Insights": {"LeadReadinessScore": "Low"},
    }
    assert undated == {"Contact": interaction["Contact"]}


def test_aws_writes_take_copies_and_leave_earlier_states_alone(serve: Serve, lead: Json, interaction: Json) -> None:
    service, client = serve(read_lag=1)
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
    assert held(service, engagement) == [{"Lead": {**payload, "QualificationStatus": "Qualified"}}]


def test_an_aws_write_that_fails_halfway_changes_nothing(serve: Serve, project: Json) -> None:
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


def test_aws_adds_contexts_beside_ours(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))

    payload = moved(project)
    added = service.as_aws.add_context(engagement, payload)
    payload["CustomerProject"].clear()

    assert added == "2"
    assert service.engagement(engagement)["Contexts"][1] == {
        "Id": "2",
        "Type": "CustomerProject",
        "Payload": moved(project),
    }
    assert client.create_engagement_context(**creating(engagement, project, token="two"))["ContextId"] == "3"


def test_aws_writes_to_what_is_not_there_are_mistakes_of_the_test(serve: Serve, project: Json) -> None:
    service, _ = serve()
    engagement = service.create_engagement()
    service.as_aws.add_context(engagement, project)
    before = service.engagement(engagement)

    with pytest.raises(KeyError):
        service.as_aws.touch("eng-00000000000000")
    for context in ("1", "2"):
        with pytest.raises(KeyError):
            service.as_aws.qualify(engagement, context, "Qualified")

    assert service.engagement(engagement) == before
