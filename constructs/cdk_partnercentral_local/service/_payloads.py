"""What the service makes of a payload that it accepts: how it is stored, and what an update does to it.

Pure functions on payload members in the API's own names. Nothing they are given is changed, and results may share parts
with it. This module knows nothing of engagements, tokens or locks.
"""

from collections.abc import Mapping

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._errors import not_permitted
from cdk_partnercentral_local.service._instants import without_zeros
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["INTERACTIONS_AT_MOST", "stored", "updated", "with_dates"]

INTERACTIONS_AT_MOST = 10

_LONGEST_WEBSITE = 255


def stored(payload: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Say how a payload is held that a create carried.

    Args:
        payload: the union, for example `{"Lead": {...}}`.
        behavior: `normalises` and `fills_interaction_date` matter.
        now: the instant of the write.

    Returns:
        The union as it is held and read back.
    """
    if behavior.normalises:
        payload = {name: _normalised(member) for name, member in payload.items()}
    if behavior.fills_interaction_date and "Lead" in payload:
        payload = {"Lead": with_dates(payload["Lead"], now)}
    return payload


def updated(held: JsonObject, sent: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Say how a payload is held after an update.

    Args:
        held: the union before it.
        sent: the update's union, of the same type; a Lead's has `Interaction` where the held one has `Interactions`.
        behavior: every switch about payloads.
        now: the instant of the write.

    Returns:
        The union as it is held afterwards.

    Raises:
        ServiceError: ValidationException; the Lead cannot take one more interaction.
    """
    kind, change = next(iter(sent.items()))
    before = held.get(kind, {})
    if kind == "Lead":
        change = _with_interactions(before, change, behavior)
    change = stored({kind: change}, behavior, now)[kind]
    return {kind: _merged(before, change) if behavior.update == "merge" else change}


def with_dates(lead: JsonObject, now: int) -> JsonObject:
    """Give each interaction of a Lead a date that has none."""
    text = without_zeros(now)
    return {**lead, "Interactions": [{"InteractionDate": text, **each} for each in lead.get("Interactions", [])]}


def _with_interactions(before: JsonObject, change: JsonObject, behavior: Behavior) -> JsonObject:
    interactions = list(before.get("Interactions", []))
    if "Interaction" in change:
        if behavior.lead_interactions == "replace":
            interactions.clear()
        if len(interactions) >= INTERACTIONS_AT_MOST:
            message = f"the lead holds {len(interactions)} interactions, {INTERACTIONS_AT_MOST} are allowed"
            raise not_permitted("Payload.Lead.Interaction", "TOO_MANY_VALUES", message)
        interactions.append(change["Interaction"])
    rest = {name: member for name, member in change.items() if name != "Interaction"}
    return {**rest, "Interactions": interactions}


def _merged(before: object, change: object) -> object:
    if not isinstance(before, Mapping) or not isinstance(change, Mapping):
        return change
    return {**before, **{name: _merged(before.get(name), member) for name, member in change.items()}}


def _normalised(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _normalised(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_normalised(each) for each in value]
    if not isinstance(value, str):  # pragma: no cover - payloads have no other scalars today
        return value
    text = value.strip()
    if name == "CountryCode":
        return text.upper()
    if name == "WebsiteUrl" and text:
        return _completed(text)
    return text


def _completed(address: str) -> str:
    scheme = "" if address.startswith(("http://", "https://")) else "https://"
    slash = "" if address.endswith("/") else "/"
    whole = f"{scheme}{address}{slash}"
    return whole if len(whole) <= _LONGEST_WEBSITE else address
