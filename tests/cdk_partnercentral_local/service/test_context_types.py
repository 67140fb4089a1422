"""How payloads are stored, what an update does to them, and the rules of each Type."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior, PartnerCentral
from tests.cdk_partnercentral_local.service.requests import (
    Json,
    Serve,
    creating,
    error_code,
    error_response,
    payloads,
    updating,
    without_project,
)

# What an update does to a payload


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_an_update_replaces_or_merges_a_project(serve: Serve, project: Json, update: str) -> None:
    service, client = serve(update=update)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    change = without_project(project)

    client.update_engagement_context(**updating(service, engagement, change))

    assert payloads(service, engagement) == [change if update == "replace" else project]


def test_a_replacing_update_removes_members_of_a_lead_but_not_its_interactions(serve: Serve, lead: Json) -> None:
    service, client = serve(update="replace")
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    service.as_aws.score(engagement, "1", "High")

    customer = {"CompanyName": "Acme", "Address": {"PostalCode": "12345"}}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": customer}}))

    interactions = lead["Lead"]["Interactions"]
    assert payloads(service, engagement) == [{"Lead": {"Customer": customer, "Interactions": interactions}}]


def test_a_merging_update_keeps_members_of_a_lead_at_every_level(serve: Serve, lead: Json) -> None:
    service, client = serve(update="merge")
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    service.as_aws.score(engagement, "1", "High")

    customer = {"CompanyName": "Other", "Address": {"PostalCode": "12345"}}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": customer}}))

    address = {"City": "Springfield", "CountryCode": "US", "PostalCode": "12345"}
    assert payloads(service, engagement) == [
        {
            "Lead": {
                **lead["Lead"],
                "Customer": {"CompanyName": "Other", "Address": address},
                "Insights": {"LeadReadinessScore": "High"},
            }
        }
    ]


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_an_update_replaces_a_list_as_a_whole(serve: Serve, update: str) -> None:
    service, client = serve(update=update)
    engagement = service.create_engagement()

    def result(programs: list[str]) -> Json:
        return {"ProspectingResult": {"Aws": {"Customer": {"EligiblePrograms": programs}}}}

    service.as_aws.add_context(engagement, result(["A", "B"]))

    client.update_engagement_context(**updating(service, engagement, result(["C"])))

    assert payloads(service, engagement) == [result(["C"])]


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_an_update_adds_a_payload_to_a_context_without_one(serve: Serve, project: Json, update: str) -> None:
    service, client = serve(update=update)
    engagement = client.create_engagement(Catalog="Sandbox", Contexts=[{"Type": "CustomerProject"}])["Id"]
    assert service.engagement(engagement)["Contexts"] == [{"Id": "1", "Type": "CustomerProject"}]

    client.update_engagement_context(**updating(service, engagement, project))

    assert payloads(service, engagement) == [project]


def test_an_update_with_another_type_is_refused(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}}}

    response = error_response(client.update_engagement_context, **updating(service, engagement, payload))

    assert response["Error"]["Code"] == "ValidationException"
    assert response["Reason"] == "BUSINESS_VALIDATION_FAILED"
    assert [(each["FieldName"], each["Code"]) for each in response["ErrorList"]] == [("Type", "INVALID_VALUE")]


# Leads


@pytest.mark.parametrize("update", ["replace", "merge"])
@pytest.mark.parametrize("interactions", ["append", "replace"])
def test_the_interaction_in_an_update_is_appended_or_replaces_the_others(
    serve: Serve, lead: Json, interaction: Json, interactions: str, update: str
) -> None:
    service, client = serve(lead_interactions=interactions, update=update)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    second = {**interaction, "SourceType": "Referral"}
    change = {"Lead": {"Customer": lead["Lead"]["Customer"], "Interaction": second}}

    client.update_engagement_context(**updating(service, engagement, change))

    (payload,) = payloads(service, engagement)
    assert payload["Lead"]["Interactions"] == ([interaction, second] if interactions == "append" else [second])


@pytest.mark.parametrize("interactions", ["append", "replace"])
def test_an_update_without_an_interaction_keeps_all_interactions(serve: Serve, lead: Json, interactions: str) -> None:
    service, client = serve(lead_interactions=interactions)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    customer = {"CompanyName": "Other"}

    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": customer}}))

    assert payloads(service, engagement) == [
        {"Lead": {"Customer": customer, "Interactions": lead["Lead"]["Interactions"]}}
    ]


def test_an_eleventh_interaction_is_refused(serve: Serve, lead: Json, interaction: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"] = [interaction] * 9
    client.create_engagement_context(**creating(engagement, lead))
    change = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": interaction}}
    client.update_engagement_context(**updating(service, engagement, change))

    response = error_response(client.update_engagement_context, **updating(service, engagement, change))

    assert response["Error"]["Code"] == "ValidationException"
    assert response["ErrorList"] == [
        {
            "FieldName": "Payload.Lead.Interaction",
            "Code": "TOO_MANY_VALUES",
            "Message": "the lead has 10 interactions; the maximum is 10",
        }
    ]
    (payload,) = payloads(service, engagement)
    assert len(payload["Lead"]["Interactions"]) == 10


def test_an_interaction_that_replaces_ten_others_is_accepted(serve: Serve, lead: Json, interaction: Json) -> None:
    service, client = serve(lead_interactions="replace")
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"] = [interaction] * 10
    client.create_engagement_context(**creating(engagement, lead))
    change = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": interaction}}

    client.update_engagement_context(**updating(service, engagement, change))

    (payload,) = payloads(service, engagement)
    assert payload["Lead"]["Interactions"] == [interaction]


@pytest.mark.parametrize("fills", [True, False])
def test_a_missing_interaction_date_is_filled_in_if_the_switch_says_so(
    serve: Serve, clock: Any, lead: Json, interaction: Json, fills: bool
) -> None:
    service, client = serve(clock=clock, fills_interaction_date=fills)
    engagement = service.create_engagement()
    undated = {name: member for name, member in interaction.items() if name != "InteractionDate"}
    lead["Lead"]["Interactions"] = [undated, interaction]
    client.create_engagement_context(**creating(engagement, lead))
    clock.advance(60)
    change = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": undated}}

    client.update_engagement_context(**updating(service, engagement, change))

    (payload,) = payloads(service, engagement)
    created, updated = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
    dates = [each.get("InteractionDate") for each in payload["Lead"]["Interactions"]]
    assert dates == [created if fills else None, "2026-02-03T04:05:06Z", updated if fills else None]


# Prospecting results


@pytest.mark.parametrize("accepts", [True, False])
def test_a_prospecting_result_is_accepted_if_the_switch_says_so(serve: Serve, accepts: bool) -> None:
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
        response = error_response(write)
        assert response["Error"]["Code"] == "ValidationException"
        assert response["Reason"] == "BUSINESS_VALIDATION_FAILED"
        problems = [(each["FieldName"], each["Code"]) for each in response["ErrorList"]]
        assert problems == [("Type", "ACTION_NOT_PERMITTED")]
    assert len(payloads(service, engagement)) == (2 if accepts else 1)


# Normalization


def test_values_are_stored_as_they_are_sent(serve: Serve, lead: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    lead["Lead"]["Customer"] = {"CompanyName": " Acme ", "WebsiteUrl": "acme.example", "Address": {"CountryCode": "us"}}

    client.create_engagement_context(**creating(engagement, lead))

    assert payloads(service, engagement) == [lead]


def test_values_are_normalized_by_create_and_update(serve: Serve, lead: Json, project: Json) -> None:
    service, client = serve(normalizes="always")
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"][0]["Contact"]["LastName"] = "\tDoe "
    sent = {"CompanyName": " Acme ", "WebsiteUrl": " acme.example ", "Address": {"CountryCode": "us ", "City": ""}}
    stored = {
        "CompanyName": "Acme",
        "WebsiteUrl": "https://acme.example/",
        "Address": {"CountryCode": "US", "City": ""},
    }
    client.create_engagement_context(**creating(engagement, {"Lead": {**lead["Lead"], "Customer": sent}}))
    assert payloads(service, engagement)[0]["Lead"]["Customer"] == stored
    assert payloads(service, engagement)[0]["Lead"]["Interactions"][0]["Contact"]["LastName"] == "Doe"

    other = {**sent, "WebsiteUrl": "http://acme.example/"}
    client.update_engagement_context(**updating(service, engagement, {"Lead": {"Customer": other}}))
    assert payloads(service, engagement)[0]["Lead"]["Customer"] == {**stored, "WebsiteUrl": "http://acme.example/"}

    client.create_engagement_context(**creating(engagement, project, ClientToken="two"))
    assert payloads(service, engagement)[1]["CustomerProject"]["Customer"]["WebsiteUrl"] == "https://acme.example/"


@pytest.mark.parametrize(("sent", "stored"), [("", ""), ("a." + "b" * 244, "https://a." + "b" * 244 + "/")])
def test_a_website_is_completed_if_it_is_not_empty_and_does_not_become_too_long(
    serve: Serve, lead: Json, sent: str, stored: str
) -> None:
    service, client = serve(normalizes="always")
    engagement = service.create_engagement()
    too_long = "a." + "b" * 245
    for website in (sent, too_long):
        lead["Lead"]["Customer"]["WebsiteUrl"] = website
        client.create_engagement_context(**creating(engagement, lead, ClientToken=f"t{len(website)}"))

    websites = [payload["Lead"]["Customer"]["WebsiteUrl"] for payload in payloads(service, engagement)]

    assert websites == [stored, too_long]


@pytest.mark.parametrize("normalizes", ["never", "create", "update", "always"])
def test_create_and_update_normalize_separately(
    serve: Serve, project: Json, lead: Json, interaction: Json, normalizes: str
) -> None:
    service, client = serve(normalizes=normalizes)
    engagement = service.create_engagement()
    project["CustomerProject"]["Project"]["BusinessProblem"] = sent = "\nThe data center closes.\n"
    lead["Lead"]["Interactions"] = [{**interaction, "BusinessProblem": sent}]
    change = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": {**interaction, "BusinessProblem": sent}}}

    def problem() -> str:
        return str(payloads(service, engagement)[0]["CustomerProject"]["Project"]["BusinessProblem"])

    client.create_engagement_context(**creating(engagement, project))
    client.create_engagement_context(**creating(engagement, lead, ClientToken="two"))
    assert problem() == (sent.strip() if normalizes in ("create", "always") else sent)

    client.update_engagement_context(**updating(service, engagement, project))
    client.update_engagement_context(**updating(service, engagement, change, ContextIdentifier="2"))
    assert problem() == (sent.strip() if normalizes in ("update", "always") else sent)
    # An update does not rewrite the interactions that are stored already.
    interactions = payloads(service, engagement)[1]["Lead"]["Interactions"]
    assert [each["BusinessProblem"] == sent for each in interactions] == [
        normalizes in ("never", "update"),
        normalizes in ("never", "create"),
    ]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("+1-555-0147", "+15550147"),
        (" +1 (555) 0147", "+15550147"),
        ("555.0147", "5550147"),
        ("+15550147", "+15550147"),
        ("none", "none"),
    ],
)
def test_phone_numbers_are_rewritten_if_the_switch_says_so(serve: Serve, lead: Json, sent: str, stored: str) -> None:
    for rewrites in (True, False):
        service, client = serve(rewrites_phone=rewrites)
        engagement = service.create_engagement()
        lead["Lead"]["Interactions"][0]["Contact"]["Phone"] = sent
        lead["Lead"]["Interactions"][0]["SourceId"] = sent
        change = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": lead["Lead"]["Interactions"][0]}}

        client.create_engagement_context(**creating(engagement, lead))
        client.update_engagement_context(**updating(service, engagement, change))

        interactions = payloads(service, engagement)[0]["Lead"]["Interactions"]
        assert [each["Contact"]["Phone"] for each in interactions] == [stored if rewrites else sent] * 2
        assert [each["SourceId"] for each in interactions] == [sent] * 2


# Customer accounts


@pytest.mark.parametrize("normalizes", [True, False])
def test_a_customer_account_is_stored_as_it_was_sent_unless_the_switch_stores_ids(
    serve: Serve, normalizes: bool
) -> None:
    service, client = serve(normalizes_account=normalizes)
    engagement = service.create_engagement()
    identifier = "cust-acc-0123456789abc"
    arn = f"arn:aws:partnercentral:us-east-1:123456789012:catalog/Sandbox/customer-account/{identifier}"

    for token, sent in enumerate((identifier, arn)):
        payload = {"CustomerAccount": {"AccountIdentifier": sent, "Customer": {"CompanyName": "Acme"}}}
        client.create_engagement_context(**creating(engagement, payload, ClientToken=str(token)))

    stored = [each["CustomerAccount"]["AccountIdentifier"] for each in payloads(service, engagement)]
    assert stored == [identifier, identifier if normalizes else arn]
    read = client.get_engagement(Catalog="Sandbox", Identifier=engagement)["Contexts"]
    assert [each["Payload"]["CustomerAccount"]["AccountIdentifier"] for each in read] == stored


@pytest.mark.parametrize("accepts_unknown_types", [True, False])
def test_a_customer_account_cannot_be_updated(serve: Serve, accepts_unknown_types: bool) -> None:
    service, client = serve(accepts_unknown_types=accepts_unknown_types)
    engagement = service.create_engagement()
    payload = {"CustomerAccount": {"Customer": {"CompanyName": "Acme"}}}
    client.create_engagement_context(**creating(engagement, payload))
    request = updating(service, engagement, payload)
    service.calls.clear()

    reply = service.handle("AWSPartnerCentralSelling.UpdateEngagementContext", json.dumps(request).encode())

    problems = json.loads(reply.body)["ErrorList"]
    assert [(each["FieldName"], each["Code"]) for each in problems] == [("Payload", "INVALID_VALUE")]
    assert payloads(service, engagement) == [payload]


# Nulls


@pytest.mark.parametrize("nulls", [True, False])
def test_get_engagement_returns_a_lead_as_it_was_recorded(clock: Any, nulls: bool) -> None:
    # The names and texts are invented. The members are those of a response in AWS's Postman collection.
    contact = {"BusinessTitle": "Head of IT", "Email": "mo@acme.example", "FirstName": "Mo", "LastName": "Doe"}
    interaction = {
        "SourceType": "Campaign",
        "SourceId": "SPRING",
        "CustomerAction": "Completed Form",
        "Contact": contact,
    }
    customer = {"CompanyName": "Acme", "Industry": "Aerospace", "Address": {"CountryCode": "US"}}
    service = PartnerCentral(Behavior(explicit_nulls=nulls), clock=clock)
    engagement = service.as_aws.create_lead({"Customer": customer, "Interactions": [interaction]})

    def read() -> Json:
        request = json.dumps({"Catalog": "Sandbox", "Identifier": engagement}).encode()
        response = json.loads(service.handle("AWSPartnerCentralSelling.GetEngagement", request).body)
        lead: Json = response["Contexts"][0]["Payload"]["Lead"]
        return lead

    dated = {**interaction, "InteractionDate": "2026-01-01T00:00:00Z"}
    assert payloads(service, engagement) == [{"Lead": {"Customer": customer, "Interactions": [dated]}}]
    if not nulls:
        assert read() == payloads(service, engagement)[0]["Lead"]
        return
    recorded = {
        "Customer": {
            "Address": {"City": None, "CountryCode": "US", "PostalCode": None, "StateOrRegion": None},
            "AwsMaturity": None,
            "CompanyName": "Acme",
            "Industry": "Aerospace",
            "MarketSegment": None,
            "WebsiteUrl": None,
        },
        "Interactions": [
            {
                "BusinessProblem": None,
                "Contact": {**contact, "Phone": None},
                "CustomerAction": "Completed Form",
                "InteractionDate": "2026-01-01T00:00:00Z",
                "SourceId": "SPRING",
                "SourceName": None,
                "SourceType": "Campaign",
                "Usecase": None,
            }
        ],
        "QualificationStatus": None,
    }
    assert read() == recorded

    service.as_aws.score(engagement, "1", "High", Novelty=1)
    assert read() == {**recorded, "Insights": {"LeadReadinessScore": "High", "Novelty": 1}}


# Members that AWS filled in


@pytest.mark.parametrize("update", ["replace", "merge"])
def test_members_that_aws_filled_in_are_refused_without_their_names_and_kept(
    serve: Serve, lead: Json, update: str
) -> None:
    service, client = serve(refuses_filled_in=True, update=update)
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, lead))
    service.as_aws.score(engagement, "1", "High")
    service.as_aws.set_customer(engagement, "1", AwsMaturity="Advanced", CompanyName="Acme Inc.")
    service.as_aws.qualify(engagement, "1", "Qualified")
    customer: Json = {"CompanyName": "Other"}
    insights = {"LeadReadinessScore": "High"}

    refused = [
        {"Customer": customer, "Insights": insights},
        {"Customer": customer, "Insights": {"LeadReadinessScore": "Low"}},
        {"Customer": {**customer, "AwsMaturity": "Advanced"}},
    ]
    for change in refused:
        response = error_response(client.update_engagement_context, **updating(service, engagement, {"Lead": change}))
        assert response["Error"] == {"Code": "ValidationException", "Message": "The request is not valid."}
        assert "ErrorList" not in response
    accepted = {"Customer": customer, "QualificationStatus": "Open"}
    client.update_engagement_context(**updating(service, engagement, {"Lead": accepted}))

    (payload,) = payloads(service, engagement)
    assert payload["Lead"]["Insights"] == insights
    assert payload["Lead"]["QualificationStatus"] == "Open"
    address = lead["Lead"]["Customer"]["Address"]
    assert payload["Lead"]["Customer"] == {
        "CompanyName": "Other",
        "AwsMaturity": "Advanced",
        **({"Address": address} if update == "merge" else {}),
    }


def test_of_a_lead_that_aws_created_only_the_insights_are_filled_in(serve: Serve, lead: Json) -> None:
    service, client = serve(refuses_filled_in=True)
    insights = {"LeadReadinessScore": "High"}
    engagement = service.as_aws.create_lead({**lead["Lead"], "Insights": insights})
    change = {"Lead": {"Customer": lead["Lead"]["Customer"], "Insights": insights}}

    assert (
        error_code(client.update_engagement_context, **updating(service, engagement, change)) == "ValidationException"
    )
    del change["Lead"]["Insights"]
    client.update_engagement_context(**updating(service, engagement, change))

    assert payloads(service, engagement)[0]["Lead"]["Insights"] == insights
