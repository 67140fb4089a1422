"""Defective versions of handler functions, as a careless developer might have written them.

Each function has the signature of the handler function that it replaces. `mutants.py` specifies that handler function and the
invariants that the defect violates.
"""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

from lambda_handler import identity, index, logs, partner_central, response
from lambda_handler.api import Written
from lambda_handler.engagement_context import lead, lifecycle, properties, reconcile
from lambda_handler.engagement_context.comparison import ContextType
from lambda_handler.engagement_context.context_types import CONTEXT_TYPES
from lambda_handler.errors import ApiError, Kind

Reconciliation = reconcile._Reconciliation


def random_token(**_: Any) -> str:
    return uuid.UUID(int=random.getrandbits(128)).hex


_client_token = identity.client_token


def token_without_engagement(**parts: Any) -> str:
    return _client_token(**{**parts, "engagement_id": ""})


_update_call = partner_central.PartnerCentral.update


def truncated_lock(self: Any, **params: Any) -> Any:
    return _update_call(self, **{**params, "modified_at": f"{params['modified_at'][:26]}Z"})


def blind_resend(self: Any, **params: Any) -> Any:
    try:
        return _update_call(self, **params)
    except ApiError as error:
        if not error.outcome_is_unknown:
            raise
        fresh = self.read(catalog=params["catalog"], engagement_id=params["engagement_id"])
        return _update_call(self, **{**params, "modified_at": fresh.modified_at})


def open_is_done(self: Any, **params: Any) -> Any:
    try:
        return _update_call(self, **params)
    except ApiError as error:
        if not error.outcome_is_unknown:
            raise
        fresh = self.read(catalog=params["catalog"], engagement_id=params["engagement_id"])
        return Written(engagement=fresh, context_id=params["context_id"])


def no_replay_check(job: Any, written: Any, known: Any) -> Any:
    return lifecycle._outcome(job, written.context_id, written.engagement, "created")


def no_once(self: Any, event: Any, status: str, reason: str, physical_id: str, data: Any) -> None:
    self._delivered = self._put(event["ResponseURL"], response.body(event, status, reason, physical_id, data))


_create_or_update = index.create_or_update


def identity_from_old_properties(event: Any, context: Any) -> Any:
    current = identity.parse_context_physical_id(event.get("PhysicalResourceId", ""))
    if current is None:
        return _create_or_update(event, context)
    old = event["OldResourceProperties"]
    engagement = old["EngagementIdentifier"].rpartition("/")[2]
    physical_id = f"{old['Catalog']}/{engagement}/{current.context_id}"
    return _create_or_update({**event, "PhysicalResourceId": physical_id}, context)


_update = lifecycle.update


def recreates_what_is_gone(job: Any, known: Any, previous: Any) -> Any:
    if known.engagement_id != job.desired.engagement_id or job.desired.existing_context_id:
        return _update(job, known, previous)
    read = job.api.read

    def read_once(**named: Any) -> Any:
        engagement = read(**named)
        if engagement.context(known.context_id) is None:
            raise LookupError
        return engagement

    with mock.patch.object(job.api, "read", read_once):
        try:
            return _update(job, known, previous)
        except LookupError:
            pass
    return lifecycle.create(job)


def all_interactions(
    self: Any, current: Any, desired: Any, previous: Any, settled: Sequence[Any]
) -> tuple[list[Any], Sequence[Any]]:
    return lead.unmatched(desired.get("Interactions", ()), settled), settled


_create = lifecycle.create


def logs_the_payload(job: Any) -> Any:
    logs.log(decision=f"creating {job.desired.payload}")
    return _create(job)


def conflict_again(self: Any, error: Any) -> None:
    self._job.budget.back_off(error)
    if error.kind is not Kind.CONFLICT:
        self._read()


def delete_parses(event: Any, context: Any) -> str:
    catalog, engagement, _ = event["PhysicalResourceId"].split("/")
    return str(event["PhysicalResourceId"]) if catalog and engagement else ""


_desired_context = properties.desired_context


def without_identifier(given: Any) -> Any:
    return replace(_desired_context(given), existing_context_id=None)


def adopts_whatever_there_is(desired: Any, engagement: Any) -> Any:
    return next(iter(lifecycle._same_type(desired, engagement)), None)


def adopts_the_first(desired: Any, engagement: Any) -> Any:
    type_ = CONTEXT_TYPES[desired.type]
    same = lifecycle._same_type(desired, engagement)
    equal = [context for context in same if type_.is_adoptable(context.payload, desired.payload)]
    return equal[0] if equal and desired.adopt_existing else None


_body = response.body


def new_id_on_failure(event: Any, status: str, reason: str, physical_id: str, data: Any) -> bytes:
    if status == response.FAILED:
        event = {name: value for name, value in event.items() if name != "PhysicalResourceId"}
    return _body(event, status, reason, physical_id, data)


def no_attributes(event: Any, status: str, reason: str, physical_id: str, data: Any) -> bytes:
    return _body(event, status, reason, physical_id, {} if event["RequestType"] == "Update" else data)


def no_retries(self: Any, call: Callable[[], Any], *, unless: Any = ()) -> Any:
    return call()


_put = response.CfnResource._put


def always_delivered(self: Any, url: str, content: bytes) -> bool:
    _put(self, url, content)
    return True


_is_equivalent = ContextType.is_equivalent
_is_equivalent_lead = lead.Lead.is_equivalent


def keeps_what_is_dropped(self: Any) -> bool:
    is_equivalent = _is_equivalent_lead if isinstance(self._type, lead.Lead) else _is_equivalent
    return is_equivalent(self._type, self._current(), self._desired, {})


def writes_always(self: Any) -> bool:
    return False


def adopts_nothing(desired: Any, engagement: Any) -> None:
    return None


def gives_nothing_back(self: Any, current: Any, desired: Any, previous: Any) -> dict[str, Any]:
    return {}


def masks_nothing(text: str, values: Any) -> str:
    return text
