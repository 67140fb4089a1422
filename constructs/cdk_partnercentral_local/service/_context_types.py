"""How the service stores the payload of a context, and how an update changes a stored payload.

`CONTEXT_TYPES` contains the Types that have special rules. Only the general rules in `Behavior` apply to all other Types. The
functions do not change their arguments, but a result can contain objects that are also part of an argument.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._errors import not_permitted
from cdk_partnercentral_local.service._wire import JsonObject, without_zeros

MAX_INTERACTIONS = 10

_MAX_WEBSITE_LENGTH = 255


def refuse_type(name: str, behavior: Behavior) -> None:
    """Check that clients can write contexts of a Type.

    Raises:
        ServiceError: ValidationException if only AWS can write contexts of this Type.
    """
    if _rules(name).only_aws_writes and not behavior.accepts_prospecting_result:
        raise not_permitted("Type", "ACTION_NOT_PERMITTED", f"only AWS can write contexts of type {name}")


def stored(payload: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Return the payload that is stored for a create request.

    Args:
        payload: The tagged union, for example `{"Lead": {...}}`.
        behavior: The behavior of the service. Only the switches `normalizes` and `fills_interaction_date` are used.
        now: The time of the write, in nanoseconds since 1970.

    Returns:
        The tagged union that read operations return.
    """
    ((name, member),) = payload.items()
    if behavior.normalizes:
        member = {key: _normalized(value, key) for key, value in member.items()}
    return {name: _rules(name).complete(member, behavior, now)}


def updated(current: JsonObject, sent: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    """Return the payload that is stored for an update request.

    Args:
        current: The tagged union that is currently stored.
        sent: The tagged union in the request, which must have the same Type.
        behavior: The behavior of the service. Every switch that concerns payloads is used.
        now: The time of the write, in nanoseconds since 1970.

    Returns:
        The tagged union that read operations return.

    Raises:
        ServiceError: ValidationException if a Lead would have more than ten interactions.
    """
    ((name, change),) = sent.items()
    before = current.get(name, {})
    change = _rules(name).expand_update(before, change, behavior)
    change = stored({name: change}, behavior, now)[name]
    return {name: _merged(before, change) if behavior.update == "merge" else change}


def with_dates(lead: JsonObject, now: int) -> JsonObject:
    """Return a copy of a Lead, with the InteractionDate `now` in each interaction that has no InteractionDate."""
    text = without_zeros(now)
    return {**lead, "Interactions": [{"InteractionDate": text, **each} for each in lead.get("Interactions", [])]}


def _complete_lead(lead: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    return with_dates(lead, now) if behavior.fills_interaction_date else lead


def _expand_lead_update(current: JsonObject, change: JsonObject, behavior: Behavior) -> JsonObject:
    """Return the update in the format of a stored Lead: with `Interactions` instead of the `Interaction` of the request."""
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
    """The special rules of one Type.

    Attributes:
        complete: A function that returns a payload with the members that the service adds before it stores the payload.
        expand_update: A function that converts the payload of an update to the format of stored payloads. Its arguments are
            the stored payload, the payload in the update, and the behavior.
        only_aws_writes: Whether only AWS can write contexts of this Type if `accepts_prospecting_result` is False.
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
    if not isinstance(value, str):  # pragma: no cover - all scalars in payloads are strings today
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
