"""The rules by which the service stores, updates and returns the payload of a context.

`CONTEXT_TYPES` contains the Types that have special rules. Only the general rules in `Behavior` apply to all other Types. The
functions do not change their arguments, but a result can share objects with an argument.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, cast

from botocore.model import ListShape, Shape, StructureShape

from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._errors import ServiceError, not_permitted
from cdk_partnercentral_local.service._validation import service_model
from cdk_partnercentral_local.service._wire import JsonObject, timestamp

# The path of a member in a payload, for example `("Lead", "Customer", "AwsMaturity")`. The items of a list have no paths.
Path: TypeAlias = tuple[str, ...]

MAX_INTERACTIONS = 10

_MAX_WEBSITE_LENGTH = 255
# Only AWS writes the Insights of a Lead. A partner sets the QualificationStatus, even if AWS set it first.
_INSIGHTS = ("Lead", "Insights")
_STATUS = ("Lead", "QualificationStatus")


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
        behavior: The behavior of the service.
        now: The time of the write, in nanoseconds since 1970.

    Returns:
        The tagged union that is stored.
    """
    ((name, member),) = payload.items()
    return {name: _rules(name).complete(rewritten(member, "create", behavior), behavior, now)}


def updated(current: JsonObject, sent: JsonObject, behavior: Behavior, now: int, filled_in: set[Path]) -> JsonObject:
    """Return the payload that is stored for an update request.

    Args:
        current: The tagged union that is currently stored.
        sent: The tagged union in the request. The Type must be the Type of `current`.
        behavior: The behavior of the service.
        now: The time of the write, in nanoseconds since 1970.
        filled_in: The paths of the members that AWS added to the context.

    Returns:
        The tagged union that is stored.

    Raises:
        ServiceError: ValidationException if a Lead would have more than ten interactions, or if `refuses_filled_in` is True and
            the request contains members that AWS added.
    """
    ((name, change),) = sent.items()
    before = current.get(name, {})
    if behavior.refuses_filled_in and filled_in & set(paths(sent)):
        raise ServiceError("ValidationException", "The request is not valid.", Reason="REQUEST_VALIDATION_FAILED")
    change = rewritten(change, "update", behavior)
    change = _rules(name).complete(_rules(name).expand_update(before, change, behavior), behavior, now)
    if behavior.update == "merge":
        return {name: _merged(before, change)}
    kept = _only(current, filled_in).get(name, {}) if behavior.refuses_filled_in else {}
    return {name: _merged(kept, change)}


def returned(payload: JsonObject, behavior: Behavior) -> JsonObject:
    """Return the payload as GetEngagement returns it."""
    return {
        name: _rules(name).show_nulls(member) if behavior.explicit_nulls else member for name, member in payload.items()
    }


def added_by_aws(before: JsonObject, after: JsonObject) -> set[Path]:
    """Return the paths of the members that AWS added to a payload.

    If AWS created the context, return only the paths of the Insights.
    """
    added = set(paths(after)) - set(paths(before))
    return {path for path in added if path != _STATUS and (before or path[:2] == _INSIGHTS)}


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each payload member that is not an object."""
    if not isinstance(value, Mapping):
        yield path
        return
    for name, member in value.items():
        yield from paths(member, (*path, name))


def with_dates(lead: JsonObject, now: int) -> JsonObject:
    """Return a copy of a Lead in which each interaction without an InteractionDate gets the date `now`."""
    text = timestamp(now)
    return {**lead, "Interactions": [{"InteractionDate": text, **each} for each in lead.get("Interactions", [])]}


def _complete_lead(lead: JsonObject, behavior: Behavior, now: int) -> JsonObject:
    return with_dates(lead, now) if behavior.fills_interaction_date else lead


def _expand_lead_update(current: JsonObject, change: JsonObject, behavior: Behavior) -> JsonObject:
    """Return the update in the format of a stored Lead, with a list `Interactions` instead of one `Interaction`."""
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


def _show_nulls_in_lead(lead: JsonObject) -> JsonObject:
    """Return a Lead with null for each absent member except Insights. A recorded response of AWS contains the same nulls."""
    return {**lead, **{name: _with_nulls(lead.get(name), member) for name, member in _lead_members().items()}}


@cache
def _lead_members() -> dict[str, Shape]:
    shape = cast("StructureShape", service_model().shape_for("LeadContext"))
    return {name: member for name, member in shape.members.items() if name != "Insights"}


def _with_nulls(value: object, shape: Shape) -> object:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {**value, **{name: _with_nulls(value.get(name), member) for name, member in shape.members.items()}}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_with_nulls(each, shape.member) for each in value]
    return value


@dataclass(frozen=True, kw_only=True)
class ContextType:
    """The special rules of one Type.

    Attributes:
        complete: A function that returns a payload with the members that the service fills in.
        expand_update: A function that converts the payload of an update to the format of stored payloads. The function's
            arguments are the stored payload, the payload in the update, and the behavior.
        show_nulls: A function that adds the nulls that GetEngagement returns if `explicit_nulls` is True, and returns the
            result.
        only_aws_writes: Whether `accepts_prospecting_result` applies to this Type. If that setting is False, the service
            refuses a create or an update of such a context.
    """

    complete: Callable[[JsonObject, Behavior, int], JsonObject] = lambda payload, behavior, now: payload  # noqa: ARG005
    expand_update: Callable[[JsonObject, JsonObject, Behavior], JsonObject] = lambda current, change, behavior: change  # noqa: ARG005
    show_nulls: Callable[[JsonObject], JsonObject] = lambda payload: payload
    only_aws_writes: bool = False


CONTEXT_TYPES: Mapping[str, ContextType] = {
    "Lead": ContextType(complete=_complete_lead, expand_update=_expand_lead_update, show_nulls=_show_nulls_in_lead),
    "ProspectingResult": ContextType(only_aws_writes=True),
}
_NO_RULES = ContextType()


def _rules(name: str) -> ContextType:
    return CONTEXT_TYPES.get(name, _NO_RULES)


def _merged(before: Any, change: Any) -> Any:
    if not isinstance(before, Mapping) or not isinstance(change, Mapping):
        return change
    return {**before, **{name: _merged(before.get(name), member) for name, member in change.items()}}


def _only(value: Any, kept: set[Path], path: Path = ()) -> Any:
    """Return a copy of a payload that contains only the members with these paths."""
    members = {name: (member, (*path, name)) for name, member in value.items()}
    return {
        name: _only(member, kept, place) if isinstance(member, Mapping) else member
        for name, (member, place) in members.items()
        if any(each[: len(place)] == place for each in kept)
    }


def rewritten(payload: JsonObject, write: Literal["create", "update"], behavior: Behavior) -> JsonObject:
    """Normalize all strings in a payload, or in other members of a request, as the service does before a write."""
    rewrites = [
        *([_normalized] if behavior.normalizes in (write, "always") else []),
        *([_without_punctuation] if behavior.rewrites_phone else []),
        *([_account_id] if behavior.normalizes_account else []),
    ]

    def changed(value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: changed(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [changed(each, name) for each in value]
        if isinstance(value, str):
            for rewrite in rewrites:
                value = rewrite(value, name)
        return value

    result: JsonObject = changed(payload, "")
    return result


def _normalized(text: str, name: str) -> str:
    text = text.strip()
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


def _without_punctuation(text: str, name: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    plus = "+" if text.lstrip().startswith("+") else ""
    return plus + digits if name == "Phone" and digits else text


def _account_id(text: str, name: str) -> str:
    return text.rpartition("/")[2] if name == "AccountIdentifier" and text.startswith("arn:") else text
