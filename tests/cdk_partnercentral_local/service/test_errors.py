"""Each error, as a real SDK client sees it, and the protocol's own as bytes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cdk_partnercentral_local.service import PartnerCentral, service_model

Serve = Callable[..., tuple[Any, Any]]
Json = dict[str, Any]

UNKNOWN = "eng-00000000000000"


def refused(call: Callable[..., Any], **request: Any) -> Json:
    with pytest.raises(ClientError) as caught:
        call(**request)
    return dict(caught.value.response)


def create(client: Any, engagement: str, payload: Json, **others: Any) -> Json:
    request = {"Catalog": "Sandbox", "EngagementIdentifier": engagement, "Type": next(iter(payload))}
    return dict(client.create_engagement_context(**{**request, "Payload": payload, **others}))


def updating(service: PartnerCentral, engagement: str, payload: Json, **others: Any) -> Json:
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "ContextIdentifier": "1",
        "EngagementLastModifiedAt": service.engagement(engagement)["ModifiedAt"],
        "Type": next(iter(payload)),
        "Payload": payload,
        **others,
    }


def test_a_stale_lock_is_a_conflict_and_changes_nothing(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    create(client, engagement, project)
    request = updating(service, engagement, project)
    service.as_aws.touch(engagement)
    before = service.engagement(engagement)

    answer = refused(client.update_engagement_context, **request)

    assert answer["Error"]["Code"] == "ConflictException"
    assert "modified since" in answer["Message"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert service.engagement(engagement) == before


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("get", {"Identifier": UNKNOWN}),
        ("get", {"Catalog": "AWS"}),
        ("get", {"Identifier": f"arn:aws:partnercentral:eu-west-1::catalog/Sandbox/engagement/{UNKNOWN}"}),
        ("create", {"EngagementIdentifier": UNKNOWN}),
        ("create", {"Catalog": "AWS"}),
        ("update", {"EngagementIdentifier": UNKNOWN}),
        ("update", {"Catalog": "AWS"}),
        ("update", {"ContextIdentifier": "2"}),
    ],
)
def test_what_is_not_there_is_not_found(serve: Serve, project: Json, operation: str, change: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    create(client, engagement, project)
    payload = {"Type": "CustomerProject", "Payload": project, "Catalog": "Sandbox", "EngagementIdentifier": engagement}
    call, request = {
        "get": (client.get_engagement, {"Catalog": "Sandbox", "Identifier": engagement}),
        "create": (client.create_engagement_context, payload),
        "update": (client.update_engagement_context, updating(service, engagement, project)),
    }[operation]

    answer = refused(call, **{**request, **change})

    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_an_arn_of_the_right_id_in_another_region_is_not_found(serve: Serve) -> None:
    service, client = serve()
    arn = service.engagement(service.create_engagement())["Arn"].replace("us-east-1", "eu-west-1")

    assert refused(client.get_engagement, Catalog="Sandbox", Identifier=arn)["Error"]["Code"] == (
        "ResourceNotFoundException"
    )


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket", "arn:", "arn:aws:partnercentral:us-east-1::catalog/Sandbox"])
def test_an_arn_of_something_else_is_invalid(serve: Serve, arn: str) -> None:
    _, client = serve()

    answer = refused(client.get_engagement, Catalog="Sandbox", Identifier=arn)

    assert answer["Error"]["Code"] == "ValidationException"
    message = f"'{arn}' is not the ARN of an engagement"
    assert answer["ErrorList"] == [{"FieldName": "Identifier", "Code": "INVALID_VALUE", "Message": message}]


def test_an_arn_that_contradicts_the_catalog_is_invalid(serve: Serve) -> None:
    service, client = serve()
    arn = service.engagement(service.create_engagement())["Arn"]

    answer = refused(client.get_engagement, Catalog="AWS", Identifier=arn)

    assert answer["Error"]["Code"] == "ValidationException"
    message = f"'{arn}' is not in catalog AWS"
    assert answer["ErrorList"] == [{"FieldName": "Identifier", "Code": "INVALID_VALUE", "Message": message}]


def test_the_sixth_context_is_over_the_quota(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    for _ in range(5):
        create(client, engagement, project)

    answer = refused(create, client=client, engagement=engagement, payload=project)

    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert [each["Id"] for each in service.engagement(engagement)["Contexts"]] == ["1", "2", "3", "4", "5"]


def test_a_context_keeps_its_type(serve: Serve, project: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    create(client, engagement, project)
    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}}}

    answer = refused(client.update_engagement_context, **updating(service, engagement, payload))

    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["Reason"] == "BUSINESS_VALIDATION_FAILED"
    assert [(each["FieldName"], each["Code"]) for each in answer["ErrorList"]] == [("Type", "INVALID_VALUE")]


def test_a_lead_takes_ten_interactions(serve: Serve, lead: Json, interaction: Json) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    lead["Lead"]["Interactions"] = [interaction] * 9
    create(client, engagement, lead)
    payload = {"Lead": {"Customer": {"CompanyName": "Acme"}, "Interaction": interaction}}
    client.update_engagement_context(**updating(service, engagement, payload))

    answer = refused(client.update_engagement_context, **updating(service, engagement, payload))

    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["ErrorList"] == [
        {
            "FieldName": "Payload.Lead.Interaction",
            "Code": "TOO_MANY_VALUES",
            "Message": "the lead holds 10 interactions, 10 are allowed",
        }
    ]
    assert len(service.engagement(engagement)["Contexts"][0]["Payload"]["Lead"]["Interactions"]) == 10


def test_a_next_token_that_was_never_given_out_is_invalid(serve: Serve) -> None:
    _, client = serve()

    for token in ("!", "YQ==", "é"):
        answer = refused(client.list_engagements, Catalog="Sandbox", NextToken=token)
        assert [each["FieldName"] for each in answer["ErrorList"]] == ["NextToken"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"null", b'{"Catalog": NaN}', b"\xff{}", b"[" * 100_000, b'{"Catalog": "Sandbox"} x'],
    ids=["empty", "cut off", "list", "string", "null", "NaN", "not UTF-8", "nested", "trailing"],
)
def test_a_body_that_is_no_json_object_cannot_be_read(body: bytes) -> None:
    service = PartnerCentral()

    reply = service.handle("AWSPartnerCentralSelling.GetEngagement", body)

    assert reply.status == 400
    assert json.loads(reply.body)["__type"] == "com.amazon.coral.service#SerializationException"
    assert [(call.operation, call.input, call.error) for call in service.calls] == [
        ("GetEngagement", {}, "SerializationException")
    ]


@pytest.mark.parametrize(
    "target", ["", "GetEngagement", "AWSPartnerCentralSelling.CreateOpportunity", "X.GetEngagement"]
)
def test_a_target_that_is_not_offered_is_an_unknown_operation(target: str) -> None:
    service = PartnerCentral()

    reply = service.handle(target, b"{}")

    assert reply.status == 400
    assert json.loads(reply.body)["__type"] == "com.amazon.coral.service#UnknownOperationException"
    assert [(call.operation, call.error) for call in service.calls] == [(target, "UnknownOperationException")]


def test_an_sdk_client_understands_an_operation_that_is_not_offered(serve: Serve) -> None:
    _, client = serve()

    assert refused(client.list_solutions, Catalog="Sandbox")["Error"]["Code"] == "UnknownOperationException"


def test_a_modelled_error_carries_its_type_with_the_namespace() -> None:
    reply = PartnerCentral().handle(
        "AWSPartnerCentralSelling.GetEngagement", json.dumps({"Catalog": "AWS", "Identifier": UNKNOWN}).encode()
    )

    assert json.loads(reply.body) == {
        "__type": "com.amazonaws.partnercentralselling#ResourceNotFoundException",
        "Message": f"Engagement {UNKNOWN} was not found in catalog AWS",
    }
    assert set(reply.headers) == {"Content-Type", "x-amzn-RequestId"}


def test_errors_that_the_service_finds_itself_are_declared_by_the_model() -> None:
    declared = {
        name: {shape.name for shape in service_model().operation_model(name).error_shapes}
        for name in ("CreateEngagementContext", "UpdateEngagementContext", "GetEngagement")
    }

    found = {"ConflictException", "ServiceQuotaExceededException", "ResourceNotFoundException", "ValidationException"}
    assert found <= declared["CreateEngagementContext"] & declared["UpdateEngagementContext"]
    assert {"ResourceNotFoundException", "ValidationException", "ThrottlingException"} <= declared["GetEngagement"]
