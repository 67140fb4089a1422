"""The function's entry point: crhelper's events in, the lifecycle's decisions, one answer out. Wiring, nothing else."""

import gc

gc.disable()  # What a start makes stays. Looking for garbage in it, again and again, takes a twelfth of the start.

import contextlib
import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from lambda_handler import lifecycle, logs, partner_central, reasons
from lambda_handler.answer import ANSWER_SECONDS, CfnResource
from lambda_handler.api import Payload
from lambda_handler.declaration import Declaration, declared, declared_before
from lambda_handler.errors import ApiError, Refused
from lambda_handler.identity import client_token, parse_physical_id
from lambda_handler.retries import RetryBudget

# crhelper logs whole events and the ResponseURL, botocore whole requests; `logs` writes all that is to be seen.
logging.disable(logging.CRITICAL)

# Work ends this long before the function does: the answer's time, and that of one request that is still under way.
RESERVED_SECONDS = ANSWER_SECONDS + partner_central.CONNECT_SECONDS + partner_central.READ_SECONDS

client = functools.cache(partner_central.connect)
resource = CfnResource()
with contextlib.suppress(Exception):
    # While the function starts, time is free. What fails now fails again for an event, where it can be answered.
    client()
gc.freeze()
gc.enable()


def handler(event: Any, context: Any) -> None:
    """Handle one event of the custom resource `Custom::EngagementContext`."""
    said = event if isinstance(event, Mapping) else {}
    logs.begin(
        request_type=str(said.get("RequestType"))[:20],
        stack=str(said.get("StackId"))[:255],
        logical_id=str(said.get("LogicalResourceId"))[:255],
        request_id=str(said.get("RequestId"))[:64],
    )
    resource(event, context)


@resource.create
def create(event: Mapping[str, Any], context: Any) -> str:
    """Create the declared context, or find it."""
    return _answered(lifecycle.create, event, context)


@resource.update
def update(event: Mapping[str, Any], context: Any) -> str:
    """Bring the context to what is declared now, or replace it by another."""
    physical_id = str(event.get("PhysicalResourceId", ""))
    return _answered(functools.partial(lifecycle.update, physical_id=physical_id), event, context)


@resource.delete
def delete(event: Mapping[str, Any], context: Any) -> str:
    """Do nothing: Partner Central has no operation that deletes a context, so it stays."""
    del context
    logs.log(decision="kept")
    return str(event.get("PhysicalResourceId", ""))


def _answered(decide: Callable[..., lifecycle.Outcome], event: Mapping[str, Any], context: Any) -> str:
    """Let the lifecycle decide; put the attributes into the answer, and every error into its Reason."""
    declaration = None
    try:
        declaration = declared(event.get("ResourceProperties"))
        logs.bind(engagement=declaration.engagement_id)
        api = partner_central.PartnerCentral(_client())
        api.understand(declaration.type, declaration.payload)
        outcome = decide(
            declaration,
            before=_before(event, declaration, api),
            token=_token(event, declaration),
            api=api,
            budget=_patience(context),
        )
    except Exception as error:  # noqa: BLE001 - whatever happens, CloudFormation gets a Reason
        logs.log(decision="failed", error_code=error.code if isinstance(error, ApiError) else type(error).__name__)
        raise reasons.FailedError(reasons.reason(error, declaration)) from None
    resource.Data = {
        "ContextId": outcome.identity.context_id,
        "EngagementId": outcome.identity.engagement_id,
        "EngagementArn": outcome.engagement.arn,
        "EngagementLastModifiedAt": outcome.engagement.modified_at,
    }
    return str(outcome.identity)


def _client() -> Any:
    try:
        return client()
    except Exception as error:
        raise Refused(
            f"The function could not make its client of Partner Central ({type(error).__name__}); nothing was sent. Look at the"
            " function's environment: a variable that begins with AWS_ was set to something that the SDK does not take."
        ) from error


def _before(event: Mapping[str, Any], declaration: Declaration, api: partner_central.PartnerCentral) -> Payload | None:
    identity = parse_physical_id(str(event.get("PhysicalResourceId", "")))
    if identity is None:
        return {}
    before = declared_before(event.get("OldResourceProperties"), declaration.type, identity)
    # What the API does not take was refused when it was declared: nothing of it was ever sent.
    return None if before and not api.understands(declaration.type, before) else before


def _token(event: Mapping[str, Any], declaration: Declaration) -> str:
    return declaration.client_token or client_token(
        stack_id=event["StackId"],
        logical_resource_id=event["LogicalResourceId"],
        catalog=declaration.catalog,
        engagement_id=declaration.engagement_id,
        type_=declaration.type,
    )


def _patience(context: Any) -> RetryBudget:
    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    reserved = min(RESERVED_SECONDS, left() * 0.75)
    return RetryBudget(lambda: left() - reserved)
