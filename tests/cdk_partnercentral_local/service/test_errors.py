"""Errors as a real SDK client sees them, and errors of the protocol as bytes."""

import json
from typing import Any

import boto3
import pytest

from cdk_partnercentral_local import PartnerCentral
from cdk_partnercentral_local.service import service_model
from tests.cdk_partnercentral_local.service.requests import (
    MISSING,
    Json,
    Serve,
    creating,
    error_code,
    error_response,
    updating,
)


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("get", {"Identifier": MISSING}),
        ("get", {"Catalog": "AWS"}),
        ("get", {"Identifier": f"arn:aws:partnercentral:eu-west-1::catalog/Sandbox/engagement/{MISSING}"}),
        ("create", {"EngagementIdentifier": MISSING}),
        ("create", {"Catalog": "AWS"}),
        ("update", {"EngagementIdentifier": MISSING}),
        ("update", {"Catalog": "AWS"}),
        ("update", {"ContextIdentifier": "2"}),
    ],
)
def test_a_missing_engagement_or_context_is_not_found(
    serve: Serve, project: Json, operation: str, change: Json
) -> None:
    service, client = serve()
    engagement = service.create_engagement()
    client.create_engagement_context(**creating(engagement, project))
    call, request = {
        "get": (client.get_engagement, {"Catalog": "Sandbox", "Identifier": engagement}),
        "create": (client.create_engagement_context, creating(engagement, project, ClientToken="two")),
        "update": (client.update_engagement_context, updating(service, engagement, project)),
    }[operation]

    response = error_response(call, **{**request, **change})

    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(service.engagement(engagement)["Contexts"]) == 1


def test_the_arn_of_an_engagement_in_another_region_is_not_found(serve: Serve) -> None:
    service, client = serve()
    arn = service.engagement(service.create_engagement())["Arn"].replace("us-east-1", "eu-west-1")

    assert error_code(client.get_engagement, Catalog="Sandbox", Identifier=arn) == "ResourceNotFoundException"


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket", "arn:", "arn:aws:partnercentral:us-east-1::catalog/Sandbox"])
def test_the_arn_of_another_kind_of_resource_is_invalid(serve: Serve, arn: str) -> None:
    _, client = serve()

    response = error_response(client.get_engagement, Catalog="Sandbox", Identifier=arn)

    assert response["Error"]["Code"] == "ValidationException"
    message = f"'{arn}' is not the ARN of an engagement"
    assert response["ErrorList"] == [{"FieldName": "Identifier", "Code": "INVALID_VALUE", "Message": message}]


def test_an_arn_of_another_catalog_is_invalid(serve: Serve) -> None:
    service, client = serve()
    arn = service.engagement(service.create_engagement())["Arn"]

    response = error_response(client.get_engagement, Catalog="AWS", Identifier=arn)

    assert response["Error"]["Code"] == "ValidationException"
    message = f"'{arn}' is not in catalog AWS"
    assert response["ErrorList"] == [{"FieldName": "Identifier", "Code": "INVALID_VALUE", "Message": message}]


def test_a_next_token_that_list_engagements_did_not_return_is_invalid(serve: Serve) -> None:
    _, client = serve()

    for token in ("!", "YQ==", "é"):
        response = error_response(client.list_engagements, Catalog="Sandbox", NextToken=token)
        assert [each["FieldName"] for each in response["ErrorList"]] == ["NextToken"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"null", b'{"Catalog": NaN}', b"\xff{}", b"[" * 100_000, b'{"Catalog": "Sandbox"} x'],
    ids=["empty", "cut off", "list", "string", "null", "NaN", "not UTF-8", "nested", "trailing"],
)
def test_a_body_that_is_not_a_json_object_is_a_serialization_error(body: bytes) -> None:
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
def test_an_unregistered_target_is_an_unknown_operation(target: str) -> None:
    service = PartnerCentral()

    reply = service.handle(target, b"{}")

    assert reply.status == 400
    body = json.loads(reply.body)
    assert body["__type"] == "com.amazon.coral.service#UnknownOperationException"
    assert body["Message"].endswith(f"; got {target!r}")
    assert [(call.operation, call.error) for call in service.calls] == [(target, "UnknownOperationException")]


def test_an_sdk_client_understands_an_unknown_operation(serve: Serve) -> None:
    _, client = serve()
    # The client of the fixture has the shipped model, which lacks this operation.
    settings: Json = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
    whole: Any = boto3.client("partnercentral-selling", endpoint_url=client.meta.endpoint_url, **settings)

    assert error_code(whole.list_solutions, Catalog="Sandbox") == "UnknownOperationException"
    whole.close()


def test_an_error_of_the_model_has_its_namespace() -> None:
    reply = PartnerCentral().handle(
        "AWSPartnerCentralSelling.GetEngagement", json.dumps({"Catalog": "AWS", "Identifier": MISSING}).encode()
    )

    assert json.loads(reply.body) == {
        "__type": "com.amazonaws.partnercentralselling#ResourceNotFoundException",
        "Message": f"Engagement {MISSING} was not found in catalog AWS",
    }
    assert set(reply.headers) == {"Content-Type", "x-amzn-RequestId", "x-amzn-ErrorType"}
    namespace = "http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/"
    assert reply.headers["x-amzn-ErrorType"] == f"ResourceNotFoundException:{namespace}"


def test_the_errors_that_the_service_returns_are_declared_in_the_model() -> None:
    def declared(operation: str) -> set[Any]:
        return {shape.name for shape in service_model().operation_model(operation).error_shapes}

    found = {"ConflictException", "ServiceQuotaExceededException", "ResourceNotFoundException", "ValidationException"}
    assert found <= declared("CreateEngagementContext") & declared("UpdateEngagementContext")
    assert {"ResourceNotFoundException", "ValidationException", "ThrottlingException"} <= declared("GetEngagement")
