"""What careless developers might have written in place of what the handler has.

Each function stands for one of the handler's own, with its signature. `mutants` says which, and what it must lead to.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

from lambda_handler import answer, comparison, declaration, identity, index, lifecycle, logs, partner_central
from lambda_handler.api import Written
from lambda_handler.errors import ApiError, Kind

LEAD = "Lead"


def random_token(event: Any, declared: Any) -> str:
    return uuid.UUID(int=random.getrandbits(128)).hex


_real_client_token = identity.client_token


def token_without_engagement(
    *, stack_id: str, logical_resource_id: str, catalog: str, engagement_id: str, type_: str
) -> str:
    return _real_client_token(
        stack_id=stack_id, logical_resource_id=logical_resource_id, catalog=catalog, engagement_id="", type_=type_
    )


_update_call = partner_central.PartnerCentral.update


def truncated_lock(self: Any, **params: Any) -> Any:
    return _update_call(self, **{**params, "modified_at": f"{params['modified_at'][:26]}Z"})


def blind_resend(self: Any, **params: Any) -> Any:
    try:
        return _update_call(self, **params)
    except ApiError as error:
        if not error.leaves_open:
            raise
        fresh = self.read(catalog=params["catalog"], engagement_id=params["engagement_id"])
        return _update_call(self, **{**params, "modified_at": fresh.modified_at})


def open_is_done(self: Any, **params: Any) -> Any:
    try:
        return _update_call(self, **params)
    except ApiError as error:
        if not error.leaves_open:
            raise
        fresh = self.read(catalog=params["catalog"], engagement_id=params["engagement_id"])
        return Written(engagement=fresh, context_id=params["context_id"])


def no_replay_check(declared: Any, written: Any, known: Any, api: Any, budget: Any) -> Any:
    return lifecycle._outcome(declared, written.context_id, written.engagement, "created")


def no_once(self: Any, event: Any, status: str, reason: str, physical_id: str, data: Any) -> None:
    self._delivered = self._put(event["ResponseURL"], answer.body(event, status, reason, physical_id, data))


_real_update: Any = index.update


def identity_from_old_properties(event: Any, context: Any) -> Any:
    old, held = event["OldResourceProperties"], identity.parse_physical_id(event["PhysicalResourceId"])
    if held is None:
        return _real_update(event, context)
    engagement = old["EngagementIdentifier"].rpartition("/")[2]
    return _real_update({**event, "PhysicalResourceId": f"{old['Catalog']}/{engagement}/{held.context_id}"}, context)


_real_lifecycle_update = lifecycle.update


def recreates_what_is_gone(declared: Any, *, physical_id: str, token: str, api: Any, budget: Any, **rest: Any) -> Any:
    known = identity.parse_physical_id(physical_id)
    if known and known.engagement_id == declared.engagement_id and not declared.existing_context_id:
        first = api.read

        def read_once(**named: Any) -> Any:
            engagement = first(**named)
            if engagement.context(known.context_id) is None:
                raise LookupError
            return engagement

        with mock.patch.object(api, "read", read_once):
            try:
                return _real_lifecycle_update(
                    declared, physical_id=physical_id, token=token, api=api, budget=budget, **rest
                )
            except LookupError:
                api.read = first
                return lifecycle.create(declared, token=token, api=api, budget=budget)
    return _real_lifecycle_update(declared, physical_id=physical_id, token=token, api=api, budget=budget, **rest)


def all_interactions(held: Any, declared: Any, before: Any, done: Any) -> list[Any]:
    if declared.type != LEAD:
        return []
    return comparison.unmatched(declared.payload.get("Interactions", ()), done.interactions)


_real_create = lifecycle.create


def logs_the_payload(declared: Any, **rest: Any) -> Any:
    logs.log(decision=f"creating {declared.payload}")
    return _real_create(declared, **rest)


def conflict_again(declared: Any, context_id: str, engagement: Any, payload: Any, api: Any, budget: Any) -> Any:
    return budget.until_answered(
        lambda: api.update(
            catalog=declared.catalog,
            engagement_id=declared.engagement_id,
            context_id=context_id,
            type_=declared.type,
            payload=payload,
            modified_at=engagement.modified_at,
        ),
        unless=(Kind.INTERNAL, Kind.CONNECTION),
    ).engagement


def delete_parses(event: Any, context: Any) -> str:
    catalog, engagement, _ = event["PhysicalResourceId"].split("/")
    return str(event["PhysicalResourceId"]) if catalog and engagement else ""


_real_declared = declaration.declared


def without_identifier(properties: Any) -> Any:
    return replace(_real_declared(properties), existing_context_id=None)


def adopts_whatever_there_is(declared: Any, engagement: Any) -> Any:
    return next(iter(lifecycle._of_type(declared, engagement)), None)


def adopts_the_first(declared: Any, engagement: Any) -> Any:
    equal = [
        context
        for context in lifecycle._of_type(declared, engagement)
        if comparison.says(context.payload, declared.payload, declared.type, before={})
    ]
    return equal[0] if equal and declared.adopt_existing else None


_real_body = answer.body


def new_id_on_failure(event: Any, status: str, reason: str, physical_id: str, data: Any) -> bytes:
    if status == answer.FAILED:
        event = {name: value for name, value in event.items() if name != "PhysicalResourceId"}
    return _real_body(event, status, reason, physical_id, data)


def no_attributes(event: Any, status: str, reason: str, physical_id: str, data: Any) -> bytes:
    return _real_body(event, status, reason, physical_id, {} if event["RequestType"] == "Update" else data)


def no_patience(self: Any, call: Callable[[], Any], *, unless: Any = ()) -> Any:
    return call()


_real_put = answer.CfnResource._put


def always_delivered(self: Any, url: str, content: bytes) -> bool:
    _real_put(self, url, content)
    return True


_real_rest_says = comparison.rest_says


def keeps_what_is_dropped(held: Any, declared: Any, type_: str, *, before: Any) -> bool:
    return _real_rest_says(held, declared, type_, before={})


def writes_always(held: Any, declared: Any, type_: str, *, before: Any) -> bool:
    return False


def adopts_nothing(declared: Any, engagement: Any) -> None:
    return None


def gives_nothing_back(held: Any, declared: Any, before: Any) -> dict[str, Any]:
    return {}


def masks_nothing(text: str, values: Any) -> str:
    return text
