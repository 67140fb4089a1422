"""Requests to the local Partner Central, and what they return."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from cdk_partnercentral_local import PartnerCentral

Json: TypeAlias = dict[str, Any]
# Starts a service with the given switches over HTTP, and returns it with a client.
Serve: TypeAlias = Callable[..., tuple[PartnerCentral, Any]]

MISSING = "eng-00000000000000"


def creating(engagement: str, payload: Json, **others: Any) -> Json:
    """Return a CreateEngagementContext request."""
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "Type": next(iter(payload), "CustomerProject"),
        "Payload": payload,
        "ClientToken": "token",
        **others,
    }


def updating(service: PartnerCentral, engagement: str, payload: Json, **others: Any) -> Json:
    """Return an UpdateEngagementContext request for context 1, with the current lock."""
    return {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "ContextIdentifier": "1",
        "EngagementLastModifiedAt": service.engagement(engagement)["ModifiedAt"],
        "Type": next(iter(payload)),
        "Payload": payload,
        **others,
    }


def payloads(service: PartnerCentral, engagement: str) -> list[Json]:
    """Return the payloads that are stored for an engagement."""
    return [context["Payload"] for context in service.engagement(engagement)["Contexts"]]


def error_response(call: Callable[..., Any], **request: Any) -> Json:
    """Return the response to a request that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return dict(caught.value.response)


def error_code(call: Callable[..., Any], **request: Any) -> str:
    """Return the error code in the response to a request that must fail."""
    return str(error_response(call, **request)["Error"]["Code"])


def without_project(project: Json) -> Json:
    """Return a CustomerProject with its Customer only."""
    return {"CustomerProject": {"Customer": project["CustomerProject"]["Customer"]}}
