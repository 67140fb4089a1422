"""The five operations on what is held, each as one step that nothing comes between.

The caller holds the lock, and hands in requests that are valid in themselves. This module knows nothing of bytes on
arrival, faults or rates.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._engagements import Engagement, Engagements
from cdk_partnercentral_local.service._errors import conflict, not_found, not_permitted, over_quota
from cdk_partnercentral_local.service._instants import parse_instant, with_nanoseconds
from cdk_partnercentral_local.service._limits import Tokens
from cdk_partnercentral_local.service._listing import listed
from cdk_partnercentral_local.service._payloads import stored, updated
from cdk_partnercentral_local.service._wire import JsonObject, written

__all__ = ["Done", "Operations"]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a request.

    Attributes:
        body: the success answer.
        wrote: whether it changed what is held.
    """

    body: bytes
    wrote: bool


class Operations:
    """Engagements and client tokens of one account, and what requests do to them."""

    def __init__(self, engagements: Engagements, *, account: str) -> None:
        self._engagements = engagements
        self._account = account
        self._tokens = Tokens()

    def perform(self, operation: str, request: JsonObject, *, now: int, behavior: Behavior) -> Done:
        """Carry out a request.

        Raises:
            ServiceError: it cannot be; nothing has changed.
        """
        if operation == "GetEngagement":
            return Done(body=written(self._get(request, behavior)), wrote=False)
        if operation == "ListEngagements":
            body = written(listed(self._engagements.all(), request, behavior.read_lag))
            return Done(body=body, wrote=False)
        if operation == "UpdateEngagementContext":
            return Done(body=written(self._update_context(request, now, behavior)), wrote=True)
        create = self._create_engagement if operation == "CreateEngagement" else self._create_context
        return self._once(operation, request, create, now, behavior)

    def _once(
        self,
        operation: str,
        request: JsonObject,
        create: Callable[[JsonObject, int, Behavior], JsonObject],
        now: int,
        behavior: Behavior,
    ) -> Done:
        before = self._tokens.first_answer(
            operation, request, now=now, lifetime=behavior.token_lifetime, mismatch=behavior.token_mismatch
        )
        if before is not None:
            return Done(body=before, wrote=False)
        body = written(create(request, now, behavior))
        self._tokens.remember(operation, request, answer=body, now=now)
        return Done(body=body, wrote=True)

    def _get(self, request: JsonObject, behavior: Behavior) -> JsonObject:
        engagement = self._engagements.find(request["Identifier"], catalog=request["Catalog"], field="Identifier")
        return engagement.described(engagement.read(behavior.read_lag))

    def _create_engagement(self, request: JsonObject, now: int, behavior: Behavior) -> JsonObject:
        asked = request.get("Contexts", [])
        if len(asked) > behavior.quota:
            raise over_quota(f"An engagement holds at most {behavior.quota} contexts")
        contexts = tuple(_context(index, each, now, behavior) for index, each in enumerate(asked, start=1))
        details: JsonObject = {name: request[name] for name in ("Title", "Description") if name in request}
        engagement = self._engagements.add(catalog=request["Catalog"], details=details, contexts=contexts, now=now)
        modified_at = with_nanoseconds(engagement.state.modified_at)
        return {"Id": engagement.id, "Arn": engagement.arn, "ModifiedAt": modified_at}

    def _create_context(self, request: JsonObject, now: int, behavior: Behavior) -> JsonObject:
        engagement = self._named(request)
        contexts = engagement.state.contexts
        if len(contexts) >= behavior.quota:
            raise over_quota(f"Engagement {engagement.id} holds {len(contexts)} of {behavior.quota} contexts")
        context = _context(len(contexts) + 1, request, now, behavior)
        engagement.write((*contexts, context), by=self._account, now=now)
        return _written_context(engagement, context["Id"])

    def _update_context(self, request: JsonObject, now: int, behavior: Behavior) -> JsonObject:
        engagement = self._named(request)
        identifier = request["ContextIdentifier"]
        contexts = list(engagement.state.contexts)
        place = next((place for place, held in enumerate(contexts) if held["Id"] == identifier), None)
        if place is None:
            raise not_found(f"Engagement {engagement.id} has no context {identifier}")
        held = contexts[place]
        if held["Type"] != request["Type"]:
            message = f"'{request['Type']}' is not the type of context {identifier}, which is {held['Type']}"
            raise not_permitted("Type", "INVALID_VALUE", message)
        _refuse_prospecting_result(request, behavior)
        if not _locks(request["EngagementLastModifiedAt"], engagement.state.modified_at, behavior):
            raise conflict(f"Engagement {engagement.id} was modified since EngagementLastModifiedAt. Fetch it again.")
        payload = updated(held.get("Payload", {}), request["Payload"], behavior, now)
        contexts[place] = {**held, "Payload": payload}
        engagement.write(tuple(contexts), by=self._account, now=now)
        return _written_context(engagement, identifier)

    def _named(self, request: JsonObject) -> Engagement:
        field = "EngagementIdentifier"
        return self._engagements.find(request[field], catalog=request["Catalog"], field=field)


def _context(number: int, asked: JsonObject, now: int, behavior: Behavior) -> JsonObject:
    _refuse_prospecting_result(asked, behavior)
    payload = {"Payload": stored(asked["Payload"], behavior, now)} if "Payload" in asked else {}
    return {"Id": str(number), "Type": asked["Type"], **payload}


def _refuse_prospecting_result(asked: JsonObject, behavior: Behavior) -> None:
    if asked["Type"] == "ProspectingResult" and not behavior.accepts_prospecting_result:
        raise not_permitted("Type", "ACTION_NOT_PERMITTED", "only AWS writes contexts of type ProspectingResult")


def _locks(sent: str, held: int, behavior: Behavior) -> bool:
    instant = parse_instant(sent)
    return instant == held or (behavior.lock == "microsecond" and instant == held // 1000 * 1000)


def _written_context(engagement: Engagement, context_id: str) -> JsonObject:
    return {
        "EngagementId": engagement.id,
        "EngagementArn": engagement.arn,
        "EngagementLastModifiedAt": with_nanoseconds(engagement.state.modified_at),
        "ContextId": context_id,
    }
