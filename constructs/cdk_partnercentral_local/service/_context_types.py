"""What the service does with the payload of a context: how it is stored, and how an update changes it.

`CONTEXT_TYPES` contains the Types that have rules of their own. All other Types of the service model are stored as they
are sent. The functions change none of their arguments, and results can share parts with them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._errors import not_permitted
from cdk_partnercentral_local.service._wire import JsonObject, without_zeros

MAX_INTERACTIONS = 10

_MAX_WEBSITE_LENGTH = 255


def refuse_type(name: str, behavior: Behavior) -> None:
    """Check that callers can write contexts of a Type.

    Raises:
        ServiceError: ValidationException if only AWS writes them.
    """
    if _rules(name).only_aws_writes and not behavior.accepts_prospecting_result:
        raise not_permitted("Type", "ACTION_NOT_PERMITTED", f"only AWS writes contexts of type {name}")


def stored(payload: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Return the payload that is stored for a create request.

    Args:
        payload: The union, for example `{"Lead": {...}}`.
        behavior: `normalizes` and `fills_interaction_date` matter.
        now: The instant of the write.

    Returns:
        The union as reads return it.
    """
    ((name, member),) = payload.items()
    if behavior.normalizes:
        member = {key: _normalized(value, key) for key, value in member.items()}
    return {name: _rules(name).complete(member, behavior, now)}


def updated(current: JsonObject, sent: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Return the payload that is stored for an update request.

    Args:
        current: The union that is stored now.
        sent: The union of the request, of the same Type.
        behavior: All switches about payloads matter.
        now: The instant of the write.

    Returns:
        The union as reads return it.

    Raises:
        ServiceError: ValidationException if a Lead would get too many interactions.
    """
    ((name, change),) = sent.items()
    before = current.get(name, {})
    change = _rules(name).expand_update(before, change, behavior)
    change = stored({name: change}, behavior, now)[name]
    return {name: _merged(before, change) if behavior.update == "merge" else change}


def with_dates(lead: JsonObject, now: int) -> JsonObject:
    """Return a Lead in which every interaction has an InteractionDate: `now` where it is missing."""
    text = without_zeros(now)
    return {**lead, "Interactions": [{"InteractionDate": text, **each} for each in lead.get("Interactions", [])]}


def _complete_lead(lead: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    return with_dates(lead, now) if behavior.fills_interaction_date else lead


def _expand_lead_update(current: JsonObject, change: JsonObject, behavior: Behavior) -> JsonObject:
    """Return an update with `Interactions`, as a Lead is stored, instead of the `Interaction` that it is sent with."""
    interactions = list(current.get("Interactions", []))
    if "Interaction" in change:
        if behavior.lead_interactions == "replace":
            interactions.clear()
        if len(interactions) >= MAX_INTERACTIONS:
            message = f"the lead has {len(interactions)} interactions; the maximum is {MAX_INTERACTIONS}"
            raise not_permitted("Payload.Lead.Interaction", "TOO_MANY_VALUES", message)
        interactions.append(change["Interaction"])
    rest = {name: member for name, member in change.items() if name != "Interaction"}
    return {**rest, "Interactions": interactions}


@dataclass(frozen=True, kw_only=True)
class ContextType:
    """The rules of one Type.

    Attributes:
        complete: Adds what the service fills in when it stores a payload.
        expand_update: Converts the payload of an update to the shape in which payloads are stored. Gets the current
            payload, the one that was sent, and the behavior.
        only_aws_writes: Whether only AWS writes contexts of this Type, unless the behavior accepts them.
    """

    complete: Callable[[JsonObject, Behavior, int], JsonObject] = lambda payload, behavior, now: payload  # noqa: ARG005
    expand_update: Callable[[JsonObject, JsonObject, Behavior], JsonObject] = lambda current, change, behavior: change  # noqa: ARG005
    only_aws_writes: bool = False


CONTEXT_TYPES: Mapping[str, ContextType] = {
    "Lead": ContextType(complete=_complete_lead, expand_update=_expand_lead_update),
    "ProspectingResult": ContextType(only_aws_writes=True),
}
_NO_RULES = ContextType()


def _rules(name: str) -> ContextType:
    return CONTEXT_TYPES.get(name, _NO_RULES)


def _merged(before: object, change: object) -> object:
    if not isinstance(before, Mapping) or not isinstance(change, Mapping):
        return change
    return {**before, **{name: _merged(before.get(name), member) for name, member in change.items()}}


def _normalized(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _normalized(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_normalized(each, name) for each in value]
    if not isinstance(value, str):  # pragma: no cover - payloads contain no other scalars today
        return value
    text = value.strip()
    if name == "CountryCode":
        return text.upper()
    if name == "WebsiteUrl" and text:
        return _complete_website(text)
    return text


def _complete_website(address: str) -> str:
    scheme = "" if address.startswith(("http://", "https://")) else "https://"
    slash = "" if address.endswith("/") else "/"
    complete = f"{scheme}{address}{slash}"
    return complete if len(complete) <= _MAX_WEBSITE_LENGTH else address
