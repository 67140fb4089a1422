"""Defective versions of handler functions, as a careless developer might have written them.

Each function has the same signature as the handler function that it replaces. For each defect, `mutants.py` specifies the
replaced handler function and the invariants that the defect violates.
"""

import functools
import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

from botocore.model import StructureShape

from cdk_partnercentral_local.service import service_model
from lambda_handler import engagement, identity, index, logs, partner_central, response, retries
from lambda_handler.api import Written
from lambda_handler.comparison import equal, exact, loose
from lambda_handler.engagement_context import lead, lifecycle, payloads, properties, reconcile, siblings
from lambda_handler.errors import ApiError, Kind, ResourceError


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
    return lifecycle._outcome(job, written.context_id, written.engagement)


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


def all_interactions(self: Any) -> Sequence[Any]:
    first = self.__dict__.setdefault("_first", len(self._had))
    return [self._desired[place] for place in lead.unpaired(self._desired, self._had[first:], self._shape)[0]]


def no_candidate(one: Any, interactions: Any, places: Any) -> None:
    return None


def equal_exactly(one: Any, other: Any, form: Any, name: str = "") -> bool:
    return equal(one, other, exact, name)


_create = lifecycle.create


def logs_the_payload(job: Any) -> Any:
    logs.info(f"creating {job.desired.payload}")
    return _create(job)


def conflict_again(self: Any, error: Any) -> None:
    self._job.budget.back_off(error)


def delete_parses(event: Any, context: Any) -> str:
    catalog, engagement, _ = event["PhysicalResourceId"].split("/")
    return str(event["PhysicalResourceId"]) if catalog and engagement else ""


_desired_context = properties.desired_context


def without_identifier(given: Any) -> Any:
    return replace(_desired_context(given), existing_context_id=None)


def same_type(job: Any, context: Any) -> bool:
    return bool(context.type == job.desired.type)


def adopts_the_first(job: Any, matches: Any, found: Any) -> Any:
    return next((match for match in matches if not siblings.managers(job, match.id, found)), None)


def no_managers(job: Any, context_id: str, found: Any) -> list[str]:
    return []


def none_renamed(job: Any, managed: Any, found: Any) -> list[Any]:
    return []


def never(*_: Any) -> bool:
    return False


def assumes_no_siblings(job: Any, contexts: Any, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ApiError:
        return ()


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


# Members.


def keeps_what_is_dropped(*_: Any) -> Iterator[Any]:
    return iter(())


def removes_what_was_never_declared(current: Any, desired: Any, previous: Any, shape: Any) -> Iterator[Any]:
    for path, _ in payloads.leaves(current):
        if not payloads.has_values(payloads.at(desired, path)) and payloads.is_optional(shape, path, ()):
            yield path


def removes_on_import(self: Any) -> list[Any]:
    current, previous = self._current()[0], self._previous or {}
    return list(reconcile.removable(current, self._desired, previous, self._job.update_shape))


def writes_always(current: Any, desired: Any, previous: Any) -> Iterator[Any]:
    return (path for path, _ in payloads.leaves(desired))


def writes_every_difference(current: Any, desired: Any, previous: Any) -> Iterator[Any]:
    for path, value in payloads.leaves(desired):
        if not equal(payloads.at(current, path), value, exact, path[-1]):
            yield path


def ignores_corrections(current: Any, desired: Any, previous: Any) -> Iterator[Any]:
    for path, value in payloads.leaves(desired):
        if not equal(payloads.at(current, path), value, loose, path[-1]):
            yield path


def sends_only_what_is_declared(current: Any, desired: Any) -> Any:
    return desired


@functools.cache
def _known_names() -> frozenset[str]:
    shapes = map(service_model().shape_for, service_model().shape_names)
    return frozenset(name for shape in shapes if isinstance(shape, StructureShape) for name in shape.members)


_context = partner_central._context


def reads_only_what_the_model_knows(context: Any) -> Any:
    def known(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: known(member) for name, member in value.items() if name in _known_names()}
        return value

    read = _context(context)
    return replace(read, payload=known(read.payload))


def masks_nothing(text: str, values: Any, names: Any = ()) -> str:
    return text


def adopts_nothing(job: Any, engagement: Any) -> None:
    return None


WITHOUT_CREDENTIALS = {kind: backoff for kind, backoff in retries.BACKOFFS.items() if kind is not Kind.CREDENTIALS}


# Engagements.


def searches_for_the_title(request: Any, desired: Any) -> Any:
    for summary in engagement._listed(request, request.budget, desired):
        if equal(summary.title, desired.title, loose):
            return engagement._read(request, request.budget, desired, summary.id)
    return None


_search = engagement._search


def searches_exactly(request: Any, desired: Any) -> Any:
    with mock.patch.object(engagement, "loose", exact):
        return _search(request, desired)


def adopts_the_first_engagement(request: Any, desired: Any) -> Any:
    summaries = list(engagement._listed(request, request.budget, desired))
    titled = [each.id for each in summaries if equal(each.title, desired.title, loose)]
    found = (engagement._read(request, request.budget, desired, each) for each in titled)
    return next((each for each in found if not engagement.differing(desired, each)), None)


def creates_after_an_endless_list(request: Any, desired: Any) -> Any:
    try:
        return _search(request, desired)
    except ResourceError as error:
        if error.code != "ENGAGEMENTS_UNREADABLE":
            raise
    return None


def lists_the_first_page(request: Any, budget: Any, desired: Any) -> Any:
    account = identity.account_of(request.stack_id)
    page = budget.retry(
        lambda: request.api.list_engagements(catalog=desired.catalog, created_by=account, next_token=None)
    )
    return page.engagements


def lists_all_creators(self: Any, *, catalog: str, created_by: str, next_token: str | None) -> Any:
    more = {"NextToken": next_token} if next_token else {}
    return self._call("ListEngagements", partner_central._page, Catalog=catalog, **more)


_create_engagement_call = partner_central.PartnerCentral.create_engagement


def creates_without_description(self: Any, **params: Any) -> Any:
    return _create_engagement_call(self, **{**params, "description": None})


def always(*_: Any) -> bool:
    return True


_create_engagement = engagement._create


def new_token_after_a_conflict(request: Any, desired: Any) -> Any:
    try:
        return _create_engagement(request, desired)
    except ApiError as error:
        if error.kind is not Kind.CONFLICT:
            raise
    return _create_engagement(request, replace(desired, client_token=random_token()))


_confirmed = engagement._confirmed


def accepts_any_replay(request: Any, desired: Any, created: Any) -> Any:
    return _confirmed(request, replace(desired, client_token=None), created)


def updates_without_comparing(request: Any) -> Any:
    desired = engagement.desired_engagement(request.properties)
    current = identity.parse_engagement_physical_id(request.physical_resource_id)
    if current is None or current.catalog != desired.catalog:
        return engagement.create(request)
    return engagement._result(desired, engagement._read(request, request.budget, desired, current.engagement_id))


_update_engagement = engagement.update


def replaces_another_style(request: Any) -> Any:
    desired = engagement.desired_engagement(request.properties)
    identifier = identity.parse_engagement_physical_id(request.physical_resource_id)
    if identifier is None or identifier.catalog != desired.catalog:
        return _update_engagement(request)
    current = engagement._read(request, request.budget, desired, identifier.engagement_id)
    if engagement.differing(desired, current):
        return _update_engagement(request)
    return engagement._result(
        desired, current if current.title == desired.title else engagement._create(request, desired)
    )


def reads_once(request: Any, budget: Any, desired: Any, engagement_id: str) -> Any:
    return budget.retry(lambda: request.api.read(catalog=desired.catalog, engagement_id=engagement_id))
