"""Requests are validated against the service model: what is refused, how it is reported, and what is accepted."""

import copy
import json
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior, PartnerCentral
from cdk_partnercentral_local.service import service_model
from tests.cdk_partnercentral_local.service.requests import MISSING, Json, Serve, creating, error_response


@pytest.fixture
def service() -> PartnerCentral:
    return PartnerCentral()


@pytest.fixture
def engagement(service: PartnerCentral) -> str:
    return service.create_engagement()


def send(service: PartnerCentral, operation: str, request: Json) -> tuple[int, Json]:
    reply = service.handle(f"AWSPartnerCentralSelling.{operation}", json.dumps(request).encode())
    return reply.status, json.loads(reply.body)


def changed(payload: Json, path: str, value: object) -> Json:
    """Return a copy with one member set, or removed if the value is `...`."""
    payload = copy.deepcopy(payload)
    *parents, last = path.split(".")
    place: Any = payload
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return payload


PROJECT_CHANGES = [
    ("Customer.CompanyName", ..., "REQUIRED_FIELD_MISSING"),
    ("Customer.CompanyName", None, "REQUIRED_FIELD_MISSING"),
    ("Customer.CompanyName", "", "INVALID_STRING_FORMAT"),
    ("Customer.CompanyName", "n" * 121, "INVALID_STRING_FORMAT"),
    ("Customer.CompanyName", 5, "INVALID_VALUE"),
    ("Customer.CompanyName", ["Acme"], "INVALID_VALUE"),
    ("Customer.Industry", "Cheese", "INVALID_ENUM_VALUE"),
    ("Customer.CountryCode", "us", "INVALID_ENUM_VALUE"),
    ("Customer.WebsiteUrl", "acme", "INVALID_STRING_FORMAT"),
    ("Customer.WebsiteUrl", "a.b", "INVALID_STRING_FORMAT"),
    ("Customer", [], "INVALID_VALUE"),
    ("Project.BusinessProblem", "Too short to count.", "INVALID_STRING_FORMAT"),
    ("Project.BusinessProblem", "p" * 2001, "INVALID_STRING_FORMAT"),
    ("Project.TargetCompletionDate", "2027-13-01", "INVALID_STRING_FORMAT"),
    ("Project.TargetCompletionDate", "2027-06-30\n", "INVALID_STRING_FORMAT"),
    ("Project.Title", "", "INVALID_STRING_FORMAT"),
    ("Project", "A project", "INVALID_VALUE"),
]
LEAD_CHANGES = [
    ("Customer", ..., "REQUIRED_FIELD_MISSING"),
    ("Customer.Industry", "i" * 256, "VALUE_OUT_OF_RANGE"),
    ("Customer.Address.PostalCode", "1" * 21, "VALUE_OUT_OF_RANGE"),
    ("QualificationStatus", "", "INVALID_STRING_FORMAT"),
    ("Interactions", ..., "REQUIRED_FIELD_MISSING"),
    ("Interactions", [], "NOT_ENOUGH_VALUES"),
    ("Interactions", {}, "INVALID_VALUE"),
    ("Interactions.0.InteractionDate", "yesterday", "INVALID_STRING_FORMAT"),
    ("Interactions.0.InteractionDate", "2026-02-30T00:00:00Z", "INVALID_STRING_FORMAT"),
    ("Interactions.0.InteractionDate", "2026-02-03T04:05:06", "INVALID_STRING_FORMAT"),
    ("Interactions.0.InteractionDate", "0001-01-01T00:00:00+01:00", "INVALID_STRING_FORMAT"),
    ("Interactions.0.InteractionDate", 1767225600, "INVALID_VALUE"),
    ("Interactions.0.Contact.Email", "", "VALUE_OUT_OF_RANGE"),
    ("Interactions.0.Contact.LastName", "n" * 81, "INVALID_STRING_FORMAT"),
    ("Interactions.0.Contact.LastName", True, "INVALID_VALUE"),
    ("Interactions.0.Contact", ..., "REQUIRED_FIELD_MISSING"),
]


def quoted(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def assert_refused(response: tuple[int, Json], field: str, value: object, code: str) -> None:
    status, body = response
    assert status == 400
    assert (body["__type"].split("#")[1], body["Reason"]) == ("ValidationException", "REQUEST_VALIDATION_FAILED")
    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [(field, code)]
    (problem,) = body["ErrorList"]
    if code not in ("REQUIRED_FIELD_MISSING", "NOT_ENOUGH_VALUES", "TOO_MANY_VALUES"):
        assert f"'{quoted(value)}'" in problem["Message"]
    assert f"{field}: {problem['Message']}" in body["Message"]


@pytest.mark.parametrize(("path", "value", "code"), PROJECT_CHANGES)
def test_an_invalid_project_is_refused_with_field_code_and_value(
    service: PartnerCentral, engagement: str, project: Json, path: str, value: object, code: str
) -> None:
    payload = changed(project, f"CustomerProject.{path}", value)

    response = send(service, "CreateEngagementContext", creating(engagement, payload))

    assert_refused(response, f"Payload.CustomerProject.{path}", value, code)
    assert service.engagement(engagement)["Contexts"] == []


@pytest.mark.parametrize(("path", "value", "code"), LEAD_CHANGES)
def test_an_invalid_lead_is_refused_with_field_code_and_value(
    service: PartnerCentral, engagement: str, lead: Json, path: str, value: object, code: str
) -> None:
    response = send(service, "CreateEngagementContext", creating(engagement, changed(lead, f"Lead.{path}", value)))

    assert_refused(response, f"Payload.Lead.{path}".replace(".0.", "[0]."), value, code)


def test_eleven_interactions_are_too_many(service: PartnerCentral, engagement: str, lead: Json) -> None:
    payload = changed(lead, "Lead.Interactions", lead["Lead"]["Interactions"] * 11)

    response = send(service, "CreateEngagementContext", creating(engagement, payload))

    assert_refused(response, "Payload.Lead.Interactions", None, "TOO_MANY_VALUES")


REQUEST_CHANGES = [
    ("Catalog", ..., "REQUIRED_FIELD_MISSING"),
    ("Catalog", "Sand box", "INVALID_STRING_FORMAT"),
    ("Catalog", "sandbox", "INVALID_ENUM_VALUE"),
    ("Catalog", 1, "INVALID_VALUE"),
    ("EngagementIdentifier", "eng-short", "INVALID_STRING_FORMAT"),
    ("EngagementIdentifier", "eng-0123456789abcd\n", "INVALID_STRING_FORMAT"),
    ("ClientToken", ..., "REQUIRED_FIELD_MISSING"),
    ("ClientToken", "", "INVALID_STRING_FORMAT"),
    ("ClientToken", "t" * 256, "INVALID_STRING_FORMAT"),
    ("Type", "Document", "INVALID_ENUM_VALUE"),
    ("Type", ..., "REQUIRED_FIELD_MISSING"),
    ("Payload", ..., "REQUIRED_FIELD_MISSING"),
    ("Payload", {}, "REQUIRED_FIELD_MISSING"),
    ("Payload", {"CustomerProject": None}, "REQUIRED_FIELD_MISSING"),
    ("Payload", "a payload", "INVALID_VALUE"),
    ("Payload", {"CustomerProject": {}, "Lead": {}}, "INVALID_VALUE"),
    ("Payload", {"CustomerProject": {}, "Novelty": {}}, "INVALID_VALUE"),
    ("Payload", {"Novelty": {}}, "INVALID_VALUE"),
    ("Payload", {"ProspectingResult": {}}, "INVALID_VALUE"),
]


@pytest.mark.parametrize(("member", "value", "code"), REQUEST_CHANGES)
def test_an_invalid_create_is_refused_with_field_code_and_value(
    service: PartnerCentral, engagement: str, project: Json, member: str, value: object, code: str
) -> None:
    request = changed(creating(engagement, project), member, value)

    response = send(service, "CreateEngagementContext", request)

    assert_refused(response, member, value, code)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("ContextIdentifier", "1234", "INVALID_STRING_FORMAT"),
        ("EngagementLastModifiedAt", ..., "REQUIRED_FIELD_MISSING"),
        ("EngagementLastModifiedAt", "2026-01-01", "INVALID_STRING_FORMAT"),
        ("EngagementLastModifiedAt", "2026-01-01T00:00:00.0123456789Z", "INVALID_STRING_FORMAT"),
        ("EngagementLastModifiedAt", 1.5, "INVALID_VALUE"),
    ],
)
def test_an_invalid_update_is_refused_with_field_code_and_value(
    service: PartnerCentral, engagement: str, project: Json, member: str, value: object, code: str
) -> None:
    lock = {"ContextIdentifier": "1", "EngagementLastModifiedAt": "2026-01-01T00:00:00Z"}

    response = send(service, "UpdateEngagementContext", changed(creating(engagement, project, **lock), member, value))

    assert_refused(response, member, value, code)


@pytest.mark.parametrize(
    ("member", "value", "field", "code"),
    [
        ("MaxResults", 0, "MaxResults", "VALUE_OUT_OF_RANGE"),
        ("MaxResults", 101, "MaxResults", "VALUE_OUT_OF_RANGE"),
        ("MaxResults", "5", "MaxResults", "INVALID_VALUE"),
        ("MaxResults", True, "MaxResults", "INVALID_VALUE"),
        ("CreatedBy", ["١٢٣"], "CreatedBy[0]", "INVALID_STRING_FORMAT"),
        ("CreatedBy", [None], "CreatedBy[0]", "INVALID_VALUE"),
        ("Sort", {"SortBy": "CreatedDate"}, "Sort.SortOrder", "REQUIRED_FIELD_MISSING"),
    ],
)
def test_an_invalid_list_request_is_refused_with_field_and_code(
    service: PartnerCentral, member: str, value: object, field: str, code: str
) -> None:
    status, body = send(service, "ListEngagements", {"Catalog": "Sandbox", member: value})

    assert status == 400
    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [(field, code)]


def test_all_problems_are_reported_at_once(service: PartnerCentral, engagement: str, project: Json) -> None:
    project = changed(project, "CustomerProject.Customer.CountryCode", "Atlantis")
    project = changed(project, "CustomerProject.Project.BusinessProblem", "short")
    request = creating(engagement, project, Catalog="Test", Type="Lead")

    _, body = send(service, "CreateEngagementContext", request)

    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [
        ("Payload.CustomerProject.Customer.CountryCode", "INVALID_ENUM_VALUE"),
        ("Payload.CustomerProject.Project.BusinessProblem", "INVALID_STRING_FORMAT"),
        ("Catalog", "INVALID_ENUM_VALUE"),
        ("Payload", "INVALID_VALUE"),
    ]
    assert body["Message"].startswith("4 validation errors detected: ")


def test_the_contexts_of_a_new_engagement_are_validated_too(service: PartnerCentral, project: Json) -> None:
    contexts = [{"Type": "Lead"}, {"Type": "Lead", "Payload": project}, {"Type": "Lead", "Payload": 5}, 5, {}]

    _, body = send(service, "CreateEngagement", {"Catalog": "Sandbox", "ClientToken": "t", "Contexts": contexts})

    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [
        ("Contexts[2].Payload", "INVALID_VALUE"),
        ("Contexts[3]", "INVALID_VALUE"),
        ("Contexts[4].Type", "REQUIRED_FIELD_MISSING"),
        ("Contexts[1].Payload", "INVALID_VALUE"),
    ]


def test_six_contexts_of_a_new_engagement_are_too_many(service: PartnerCentral) -> None:
    contexts = [{"Type": "Lead"}] * 6

    response = send(service, "CreateEngagement", {"Catalog": "Sandbox", "ClientToken": "t", "Contexts": contexts})

    assert_refused(response, "Contexts", None, "TOO_MANY_VALUES")


def test_an_sdk_client_gets_the_error_for_an_unknown_enum_value(serve: Serve, project: Json) -> None:
    service, client = serve()
    request = creating(service.create_engagement(), project)
    request["Payload"]["CustomerProject"]["Customer"]["Industry"] = "Cheese"

    response = error_response(client.create_engagement_context, **request)

    assert response["Error"]["Code"] == "ValidationException"
    assert response["ErrorList"] == [
        {
            "FieldName": "Payload.CustomerProject.Customer.Industry",
            "Code": "INVALID_ENUM_VALUE",
            "Message": "'Cheese' is not a value of Industry",
        }
    ]


def test_nulls_are_the_same_as_absent_members(service: PartnerCentral, engagement: str, project: Json) -> None:
    sent = changed(project, "CustomerProject.Project.Novelty", None)
    sent["Lead"] = None

    status, _ = send(service, "CreateEngagementContext", creating(engagement, sent, Novelty=None))

    assert status == 200
    assert service.engagement(engagement)["Contexts"][0]["Payload"] == project


@pytest.mark.parametrize("unknown", ["store", "drop", "refuse"])
def test_unknown_members_are_stored_ignored_or_refused(engagement: str, lead: Json, unknown: Any) -> None:
    service = PartnerCentral(Behavior(unknown_members=unknown))
    service.create_engagement()
    sent = changed(lead, "Lead.Customer.Novelty", {"deep": [1, None, 2.5, True]})
    sent = changed(sent, "Lead.Interactions.0.Contact.Other", "text")
    change = changed({"Lead": {"Customer": sent["Lead"]["Customer"]}}, "Lead.Third", 3)

    created = send(service, "CreateEngagementContext", creating(engagement, sent, Novelty=1))
    service.as_aws.add_context(engagement, lead)
    _, read = send(service, "GetEngagement", {"Catalog": "Sandbox", "Identifier": engagement})
    changes = {"ContextIdentifier": "1", "EngagementLastModifiedAt": read["ModifiedAt"]}
    updated = send(service, "UpdateEngagementContext", creating(engagement, change, **changes))

    stored = service.engagement(engagement)["Contexts"][0]["Payload"]["Lead"]
    if unknown == "refuse":
        for (status, body), fields in [
            (created, ["Payload.Lead.Customer.Novelty", "Payload.Lead.Interactions[0].Contact.Other", "Novelty"]),
            (updated, ["Payload.Lead.Customer.Novelty", "Payload.Lead.Third", "ClientToken"]),
        ]:
            assert status == 400
            assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [
                (field, "INVALID_VALUE") for field in fields
            ]
        assert len(service.engagement(engagement)["Contexts"]) == 1
        return
    assert (created[0], updated[0]) == (200, 200)
    interaction = (sent if unknown == "store" else lead)["Lead"]["Interactions"][0]
    customer = (sent if unknown == "store" else lead)["Lead"]["Customer"]
    third = {"Third": 3} if unknown == "store" else {}
    assert stored == {"Customer": customer, "Interactions": [interaction], **third}


def test_an_unknown_member_with_too_many_levels_is_refused(
    service: PartnerCentral, engagement: str, project: Json
) -> None:
    nested: Any = []
    for _ in range(600):
        nested = [nested]
    sent = changed(project, "CustomerProject.Project.Novelty", nested)

    response = send(service, "CreateEngagementContext", creating(engagement, sent))

    assert_refused(response, "Payload.CustomerProject.Project.Novelty", "...", "INVALID_VALUE")


@pytest.mark.parametrize("accepts", [True, False])
def test_an_unknown_type_is_refused_unless_the_switch_accepts_it(engagement: str, accepts: bool) -> None:
    service = PartnerCentral(Behavior(accepts_unknown_types=accepts))
    service.create_engagement()
    payload: Json = {"Document": {"Title": "Plan", "Pages": [{"Number": 1}], "Empty": None}}
    created = send(service, "CreateEngagementContext", creating(engagement, payload))
    modified_at = service.engagement(engagement)["ModifiedAt"]
    changes = {"ContextIdentifier": "1", "EngagementLastModifiedAt": modified_at}
    change: Json = {"Document": {"Title": "Other"}}
    updated = send(service, "UpdateEngagementContext", creating(engagement, change, **changes))

    for status, body in (created, updated):
        if accepts:
            assert (status, body["ContextId"]) == (200, "1")
            continue
        assert status == 400
        assert {each["FieldName"]: each["Code"] for each in body["ErrorList"]} == {
            "Type": "INVALID_ENUM_VALUE",
            "Payload": "INVALID_VALUE",
        }
    contexts = [{"Id": "1", "Type": "Document", "Payload": change}] if accepts else []
    assert service.engagement(engagement)["Contexts"] == contexts


def test_the_payload_of_an_unknown_type_must_be_an_object(engagement: str) -> None:
    service = PartnerCentral(Behavior(accepts_unknown_types=True))
    service.create_engagement()

    response = send(service, "CreateEngagementContext", creating(engagement, {"Document": "Plan"}))

    assert_refused(response, "Payload", {"Document": "Plan"}, "INVALID_VALUE")


def test_the_stored_payload_is_not_the_recorded_request(
    service: PartnerCentral, engagement: str, project: Json
) -> None:
    send(service, "CreateEngagementContext", creating(engagement, project))

    service.calls[0].input["Payload"]["CustomerProject"]["Customer"].clear()

    assert service.engagement(engagement)["Contexts"][0]["Payload"] == project


def test_a_deeply_nested_value_is_refused(service: PartnerCentral) -> None:
    for depth in range(700, 1_000):
        body = b'{"Identifier": "eng-00000000000000", "Catalog": ' + b"[" * depth + b"]" * depth + b"}"

        assert service.handle("AWSPartnerCentralSelling.GetEngagement", body).status == 400

    codes = [str(call.error) for call in service.calls]
    # Up to a depth that depends on the interpreter the body can be parsed, and is refused.
    assert codes == sorted(codes, reverse=True)
    assert codes[0] == "ValidationException"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-02-03T04:05:06+02:00", "2026-02-03T02:05:06Z"),
        ("2026-02-03T23:05:06-02:30", "2026-02-04T01:35:06Z"),
        ("2026-02-03T04:05:06.000000000Z", "2026-02-03T04:05:06Z"),
        ("2026-02-03T04:05:06.100Z", "2026-02-03T04:05:06.1Z"),
        ("2026-02-03T04:05:06.000001Z", "2026-02-03T04:05:06.000001Z"),
        ("2026-02-03T04:05:06.123456789Z", "2026-02-03T04:05:06.123456789Z"),
        ("1066-10-14T09:00:00Z", "1066-10-14T09:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_timestamps_are_stored_in_utc_with_as_few_digits_as_possible(
    service: PartnerCentral, engagement: str, lead: Json, sent: str, stored: str
) -> None:
    payload = changed(lead, "Lead.Interactions.0.InteractionDate", sent)

    status, _ = send(service, "CreateEngagementContext", creating(engagement, payload))

    assert status == 200
    (context,) = service.engagement(engagement)["Contexts"]
    assert context["Payload"]["Lead"]["Interactions"][0]["InteractionDate"] == stored


def test_every_enum_value_of_the_model_is_accepted(service: PartnerCentral, engagement: str, project: Json) -> None:
    enums = {"Industry": 28, "CountryCode": 249}

    for member, size in enums.items():
        values = service_model().shape_for(member).metadata["enum"]
        assert len(values) == size
        for value in values:
            payload = changed(project, f"CustomerProject.Customer.{member}", value)
            request = creating(engagement, payload, EngagementIdentifier=MISSING)
            _, body = send(service, "CreateEngagementContext", request)
            assert body["__type"].endswith("#ResourceNotFoundException"), value
