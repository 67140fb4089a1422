"""Requests against the service model: what is refused, how it is reported, and what is let through."""

import copy
import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_partnercentral_local.service import OPERATIONS, PartnerCentral, service_model
from cdk_partnercentral_local.service._validation import matcher

Json = dict[str, Any]

WEBSITE = service_model().shape_for("CompanyWebsiteUrl").metadata["pattern"]


@pytest.fixture
def service() -> PartnerCentral:
    return PartnerCentral()


@pytest.fixture
def engagement(service: PartnerCentral) -> str:
    return service.create_engagement()


def ask(service: PartnerCentral, operation: str, request: Json) -> tuple[int, Json]:
    reply = service.handle(f"AWSPartnerCentralSelling.{operation}", json.dumps(request).encode())
    return reply.status, json.loads(reply.body)


def creating(engagement: str, payload: Json, **others: Any) -> Json:
    kind = next(iter(payload), "CustomerProject")
    request = {"Catalog": "Sandbox", "EngagementIdentifier": engagement, "ClientToken": "t", "Type": kind}
    return {**request, "Payload": payload, **others}


def changed(payload: Json, path: str, value: object) -> Json:
    """A copy with one member set, or left out for a value of `...`."""
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


def assert_refused(answer: tuple[int, Json], field: str, value: object, code: str) -> None:
    status, body = answer
    assert status == 400
    assert (body["__type"].split("#")[1], body["Reason"]) == ("ValidationException", "REQUEST_VALIDATION_FAILED")
    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [(field, code)]
    (problem,) = body["ErrorList"]
    if code not in ("REQUIRED_FIELD_MISSING", "NOT_ENOUGH_VALUES", "TOO_MANY_VALUES"):
        assert f"'{quoted(value)}'" in problem["Message"]
    assert f"{field}: {problem['Message']}" in body["Message"]


@pytest.mark.parametrize(("path", "value", "code"), PROJECT_CHANGES)
def test_a_project_that_breaks_the_model_is_refused_and_quoted(
    service: PartnerCentral, engagement: str, project: Json, path: str, value: object, code: str
) -> None:
    payload = changed(project, f"CustomerProject.{path}", value)

    answer = ask(service, "CreateEngagementContext", creating(engagement, payload))

    assert_refused(answer, f"Payload.CustomerProject.{path}", value, code)
    assert service.engagement(engagement)["Contexts"] == []


@pytest.mark.parametrize(("path", "value", "code"), LEAD_CHANGES)
def test_a_lead_that_breaks_the_model_is_refused_and_quoted(
    service: PartnerCentral, engagement: str, lead: Json, path: str, value: object, code: str
) -> None:
    answer = ask(service, "CreateEngagementContext", creating(engagement, changed(lead, f"Lead.{path}", value)))

    assert_refused(answer, f"Payload.Lead.{path}".replace(".0.", "[0]."), value, code)


def test_eleven_interactions_are_too_many(service: PartnerCentral, engagement: str, lead: Json) -> None:
    payload = changed(lead, "Lead.Interactions", lead["Lead"]["Interactions"] * 11)

    answer = ask(service, "CreateEngagementContext", creating(engagement, payload))

    assert_refused(answer, "Payload.Lead.Interactions", None, "TOO_MANY_VALUES")


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
def test_a_create_that_breaks_the_model_is_refused_and_quoted(
    service: PartnerCentral, engagement: str, project: Json, member: str, value: object, code: str
) -> None:
    request = changed(creating(engagement, project), member, value)

    answer = ask(service, "CreateEngagementContext", request)

    assert_refused(answer, member, value, code)


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
def test_an_update_that_breaks_the_model_is_refused_and_quoted(
    service: PartnerCentral, engagement: str, project: Json, member: str, value: object, code: str
) -> None:
    lock = {"ContextIdentifier": "1", "EngagementLastModifiedAt": "2026-01-01T00:00:00Z"}

    answer = ask(service, "UpdateEngagementContext", changed(creating(engagement, project, **lock), member, value))

    assert_refused(answer, member, value, code)


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
def test_a_list_request_that_breaks_the_model_is_refused(
    service: PartnerCentral, member: str, value: object, field: str, code: str
) -> None:
    status, body = ask(service, "ListEngagements", {"Catalog": "Sandbox", member: value})

    assert status == 400
    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [(field, code)]


def test_everything_that_is_wrong_is_reported_at_once(service: PartnerCentral, engagement: str, project: Json) -> None:
    project = changed(project, "CustomerProject.Customer.CountryCode", "Atlantis")
    project = changed(project, "CustomerProject.Project.BusinessProblem", "short")
    request = creating(engagement, project, Catalog="Test", Type="Lead")

    _, body = ask(service, "CreateEngagementContext", request)

    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [
        ("Payload.CustomerProject.Customer.CountryCode", "INVALID_ENUM_VALUE"),
        ("Payload.CustomerProject.Project.BusinessProblem", "INVALID_STRING_FORMAT"),
        ("Catalog", "INVALID_ENUM_VALUE"),
        ("Payload", "INVALID_VALUE"),
    ]
    assert body["Message"].startswith("4 validation errors detected: ")


def test_contexts_of_a_new_engagement_are_held_to_their_type_too(service: PartnerCentral, project: Json) -> None:
    contexts = [{"Type": "Lead"}, {"Type": "Lead", "Payload": project}, {"Type": "Lead", "Payload": 5}, 5, {}]

    _, body = ask(service, "CreateEngagement", {"Catalog": "Sandbox", "ClientToken": "t", "Contexts": contexts})

    assert [(each["FieldName"], each["Code"]) for each in body["ErrorList"]] == [
        ("Contexts[2].Payload", "INVALID_VALUE"),
        ("Contexts[3]", "INVALID_VALUE"),
        ("Contexts[4].Type", "REQUIRED_FIELD_MISSING"),
        ("Contexts[1].Payload", "INVALID_VALUE"),
    ]


def test_six_contexts_of_a_new_engagement_are_too_many(service: PartnerCentral) -> None:
    contexts = [{"Type": "Lead"}] * 6

    answer = ask(service, "CreateEngagement", {"Catalog": "Sandbox", "ClientToken": "t", "Contexts": contexts})

    assert_refused(answer, "Contexts", None, "TOO_MANY_VALUES")


def test_a_client_without_its_own_validation_of_enums_gets_the_modelled_error(serve: Any, project: Json) -> None:
    service, client = serve()
    request = creating(service.create_engagement(), project)
    request["Payload"]["CustomerProject"]["Customer"]["Industry"] = "Cheese"

    with pytest.raises(ClientError) as caught:
        client.create_engagement_context(**request)

    assert caught.value.response["Error"]["Code"] == "ValidationException"
    answer: Json = dict(caught.value.response)
    assert answer["ErrorList"] == [
        {
            "FieldName": "Payload.CustomerProject.Customer.Industry",
            "Code": "INVALID_ENUM_VALUE",
            "Message": "'Cheese' is not a value of Industry",
        }
    ]


def test_members_that_the_model_has_not_and_nulls_are_ignored(
    service: PartnerCentral, engagement: str, project: Json
) -> None:
    sent = changed(project, "CustomerProject.Project.Novelty", {"deep": [1]})
    sent["Lead"] = None

    status, _ = ask(service, "CreateEngagementContext", creating(engagement, sent, Novelty=1))

    assert status == 200
    assert service.engagement(engagement)["Contexts"][0]["Payload"] == project


def test_what_is_held_is_not_what_was_recorded(service: PartnerCentral, engagement: str, project: Json) -> None:
    ask(service, "CreateEngagementContext", creating(engagement, project))

    service.calls[0].input["Payload"]["CustomerProject"]["Customer"].clear()

    assert service.engagement(engagement)["Contexts"][0]["Payload"] == project


def test_a_value_nested_to_any_depth_is_refused(service: PartnerCentral) -> None:
    for depth in range(700, 1_000):
        body = b'{"Identifier": "eng-00000000000000", "Catalog": ' + b"[" * depth + b"]" * depth + b"}"

        assert service.handle("AWSPartnerCentralSelling.GetEngagement", body).status == 400

    codes = [str(call.error) for call in service.calls]
    # Read and refused up to some depth, which is the interpreter's, and unreadable beyond it.
    assert codes == sorted(codes, reverse=True)
    assert codes[0] == "ValidationException"


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ("2026-02-03T04:05:06+02:00", "2026-02-03T02:05:06Z"),
        ("2026-02-03T23:05:06-02:30", "2026-02-04T01:35:06Z"),
        ("2026-02-03T04:05:06.000000000Z", "2026-02-03T04:05:06Z"),
        ("2026-02-03T04:05:06.1Z", "2026-02-03T04:05:06.100Z"),
        ("2026-02-03T04:05:06.000001Z", "2026-02-03T04:05:06.000001Z"),
        ("2026-02-03T04:05:06.123456789Z", "2026-02-03T04:05:06.123456789Z"),
        ("1066-10-14T09:00:00Z", "1066-10-14T09:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_instants_are_held_in_utc_with_the_digits_they_need(
    service: PartnerCentral, engagement: str, lead: Json, sent: str, held: str
) -> None:
    payload = changed(lead, "Lead.Interactions.0.InteractionDate", sent)

    status, _ = ask(service, "CreateEngagementContext", creating(engagement, payload))

    assert status == 200
    (context,) = service.engagement(engagement)["Contexts"]
    assert context["Payload"]["Lead"]["Interactions"][0]["InteractionDate"] == held


def test_the_enums_are_those_of_the_model(service: PartnerCentral, engagement: str, project: Json) -> None:
    enums = {"Industry": 28, "CountryCode": 249}

    for member, size in enums.items():
        values = service_model().shape_for(member).metadata["enum"]
        assert len(values) == size
        for value in values:
            payload = changed(project, f"CustomerProject.Customer.{member}", value)
            request = creating(engagement, payload, EngagementIdentifier="eng-00000000000000")
            _, body = ask(service, "CreateEngagementContext", request)
            assert body["__type"].endswith("#ResourceNotFoundException"), value


def nested(shape: Shape, found: dict[str, Shape]) -> dict[str, Shape]:
    found[shape.name] = shape
    members = shape.members.values() if isinstance(shape, StructureShape) else ()
    for member in [shape.member] if isinstance(shape, ListShape) else members:
        nested(member, found)
    return found


def test_no_pattern_of_the_model_runs_away_and_none_is_new() -> None:
    """A botocore with another website pattern, or one more that backtracks, must not slip in."""
    found: dict[str, Shape] = {}
    for operation in OPERATIONS:
        shape = service_model().operation_model(operation).input_shape
        assert shape is not None
        nested(shape, found)
    patterns = {shape.metadata["pattern"] for shape in found.values() if "pattern" in shape.metadata}

    assert WEBSITE in patterns
    # Beside it there is nothing that repeats what repeats.
    assert [each for each in patterns - {WEBSITE} if re.search(r"[+*}]\)?[+*{]", each)] == []


def exhaustive() -> list[str]:
    """All strings of up to five characters from each kind that the pattern tells apart, behind every way to begin."""
    beginnings = ["", "http://", "https://", "www.", "http://www.", "https://www.", "http:/", "htt", "http://http://"]
    rests = ["".join(each) for size in range(6) for each in itertools.product("a-./|'\n", repeat=size)]
    return [beginning + rest for beginning in beginnings for rest in rests[: 7**4 if beginning else None]]


def test_the_website_language_is_that_of_the_pattern_on_all_short_strings() -> None:
    original = re.compile(WEBSITE)
    ours = matcher(WEBSITE)

    strings = exhaustive()

    assert len(strings) > 35_000
    assert [each for each in strings if bool(ours(each)) != bool(original.fullmatch(each))] == []
    assert sum(bool(ours(each)) for each in strings) > 1_000


def test_the_website_language_is_that_of_the_pattern_for_each_single_character() -> None:
    original, ours = re.compile(WEBSITE), matcher(WEBSITE)
    places = ["{}b.cd", "a{}.cd", "ab.{}", "ab.c{}", "https://{}.c", "ab.c{}.d", "www.{}"]

    for place, code in itertools.product(places, [*range(0x180), 0x661, 0x212A, 0x2028, 0xFF21, 0x10FFFF]):
        text = place.format(chr(code))
        assert bool(ours(text)) == bool(original.fullmatch(text)), text


pieces = st.sampled_from(
    ["http://", "https://", "www.", ".", "-", "/", "a", "Z", "9", "(", "|", "=", "?", "'", "}", "\n"]
)


@settings(max_examples=2_000, deadline=None)
@given(st.lists(pieces | st.characters(), max_size=7).map("".join))
def test_the_website_language_is_that_of_the_pattern_on_drawn_strings(text: str) -> None:
    assert bool(matcher(WEBSITE)(text)) == bool(re.fullmatch(WEBSITE, text))


@pytest.mark.parametrize("length", [254, 255, 256])
def test_a_website_has_255_characters_at_most(length: int) -> None:
    text = ("https://acme.example/" + "a" * 300)[:length]

    assert bool(matcher(WEBSITE)(text)) == (length <= 255)


@pytest.mark.parametrize("unit", [".", "a.", "-", "www.", "http://", "(", "a", ".a.a"])
@pytest.mark.parametrize("end", ["'", "\n", "}", ""])
def test_a_hostile_website_takes_no_time(unit: str, end: str) -> None:
    text = (unit * 255)[: 255 - len(end)] + end
    ours = matcher(WEBSITE)

    begin = time.perf_counter()
    for _ in range(100):
        ours(text)

    assert (time.perf_counter() - begin) / 100 < 0.001


def test_a_hostile_website_is_refused_over_http(serve: Callable[..., tuple[Any, Any]], project: Json) -> None:
    service, client = serve()
    hostile = "." * 254 + "'"
    payload = changed(project, "CustomerProject.Customer.WebsiteUrl", hostile)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.create_engagement_context(**creating(service.create_engagement(), payload))

    assert hostile in caught.value.response["ErrorList"][0]["Message"]
