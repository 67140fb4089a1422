"""Checks across the contexts of a stack: contexts that would adopt one another, and more contexts than an engagement can have.

`docs/lifecycle.md` describes which contexts are adopted. The handler has its own code for it; a test compares the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsii
from aws_cdk import Annotations, Stack
from constructs import Construct, IValidation

from cdk_partnercentral._payloads.context_types import BY_TYPE, Comparison
from cdk_partnercentral._provider import PartnerCentralProvider
from cdk_partnercentral._tokens import is_list, is_mapping, is_unresolved
from cdk_partnercentral._validation.payload import instant
from cdk_partnercentral._validation.rules import Rule, payload_rule

REGISTRY_ID = "cdk-partnercentral.Registry"
# The service's limit for one engagement, which includes contexts that AWS creates.
MOST_CONTEXTS = 5
# How the Regions of all partitions but `aws` start. The CDK does not know Regions that are newer than its release.
OTHER_PARTITIONS = ("cn-", "eu-iso", "eusc-", "us-gov-", "us-iso")


@dataclass(frozen=True, kw_only=True)
class DesiredContext:
    """A declared context, as far as other contexts are concerned.

    Attributes:
        path: Returns the path of its construct, which only an error needs.
        catalog: The catalog.
        engagement: The same string for the same engagement.
        type: The Type.
        payload: The value of the payload's member for the Type: a mapping, or an unresolved value.
        adopt_existing: Whether an equal context is adopted.
        existing_context_id: The ID of the existing context that it manages, or None.
        client_token: The client token that was passed, or None.
    """

    path: Callable[[], str]
    catalog: str
    engagement: str
    type: str
    payload: Any
    adopt_existing: bool
    existing_context_id: str | None
    client_token: str | None


@jsii.implements(IValidation)
class Registry(Construct):
    """What the library keeps for each stack: a hidden child of the stack, so that every Python object of the stack finds it.

    jsii returns a new Python object each time for a stack that was not created in Python.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, REGISTRY_ID)
        self._contexts: list[DesiredContext] = []
        self._count: Counter[tuple[str, str]] = Counter()
        # Kept here because finding it in the tree takes two calls to the CDK's kernel for each context.
        self.provider: PartnerCentralProvider | None = None
        stack.node.add_validation(self)

    @staticmethod
    def find(stack: Stack) -> Registry | None:
        """Return the registry of a stack, if it has one."""
        found = stack.node.try_find_child(REGISTRY_ID)
        return found if isinstance(found, Registry) else None

    def add(self, construct: Construct, desired: DesiredContext) -> None:
        """Add a context, and annotate its construct if its engagement cannot contain all of them."""
        self._contexts.append(desired)
        engagement = (desired.catalog, desired.engagement)
        self._count[engagement] += 1
        if self._count[engagement] == MOST_CONTEXTS + 1:
            Annotations.of(construct).add_warning_v2(
                "cdk-partnercentral:engagementFull",
                f"More than {MOST_CONTEXTS} contexts are declared for one engagement, which can contain {MOST_CONTEXTS}, "
                "including those that AWS creates. Contexts cannot be deleted, so the others will fail to deploy. "
                "Declare them for other engagements.",
            )

    def validate(self) -> list[str]:
        """Return the conflicts; the CDK calls this at synthesis."""
        return conflicts(self._contexts)


def partition_problems(stack: Stack) -> list[str]:
    """Return why a stack cannot have any contexts."""
    region = stack.region
    if is_unresolved(region) or not region.startswith(OTHER_PARTITIONS):
        return []
    return [f"stack: must be in a Region of partition aws, the only one with Partner Central; got {region}"]


def conflicts(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return one line for each pair of contexts that Partner Central cannot distinguish, with the paths of both."""
    by_engagement: dict[tuple[str, str], list[DesiredContext]] = defaultdict(list)
    for each in contexts:
        by_engagement[each.catalog, each.engagement].append(each)
    return [line for group in by_engagement.values() if len(group) > 1 for line in _pairs(group)]


def _pairs(group: Sequence[DesiredContext]) -> Iterator[str]:
    group = [replace(each, payload=_canonical_payload(each)) for each in group]
    for index, one in enumerate(group):
        for other in group[index + 1 :]:
            conflict = _conflict(one, other)
            if conflict:
                yield f"{one.path()} and {other.path()} {conflict}"


def _conflict(one: DesiredContext, other: DesiredContext) -> str:
    if one.existing_context_id is not None and one.existing_context_id == other.existing_context_id:
        return f"manage the same context, {one.existing_context_id!r}. Declare it in one construct only."
    if _same_token(one, other):
        return "have the same client_token, so they would create one context. Use different client tokens, or none."
    if _would_adopt(one, other) or _would_adopt(other, one):
        return (
            "declare the same payload for the same engagement, so one would adopt the other's context. Declare different "
            "payloads, or set adopt_existing=False on both to create two contexts."
        )
    return ""


def _same_token(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether the same request would create both."""
    created = one.existing_context_id is None and other.existing_context_id is None
    return created and one.client_token is not None and (one.client_token, one.type) == (other.client_token, other.type)


def _would_adopt(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether one would adopt the context of the other."""
    adopts = one.adopt_existing and one.existing_context_id is None and one.type == other.type
    if not adopts or not _has_values(one.payload):
        return False
    comparison = _comparison(one)
    if comparison.appended is None or not is_mapping(one.payload) or not is_mapping(other.payload):
        return bool(one.payload == other.payload)
    ignored = {comparison.appended} | {name for name in comparison.filled_in if name not in one.payload}
    rest = [{name: value for name, value in each.payload.items() if name not in ignored} for each in (one, other)]
    wanted, available = (_items(each.payload, comparison.appended) for each in (one, other))
    return rest[0] == rest[1] and _contains(available, wanted, comparison.dated_by)


def _comparison(context: DesiredContext) -> Comparison:
    row = BY_TYPE.get(context.type)
    return row.comparison if row else Comparison()


def _has_values(value: Any) -> bool:
    """Return whether a payload contains anything to compare."""
    if is_mapping(value):
        return any(map(_has_values, value.values()))
    return any(map(_has_values, value)) if is_list(value) else value is not None


def _items(payload: Mapping[str, Any], name: str) -> list[Any]:
    items = payload.get(name, ())
    return list(items) if is_list(items) else [items]


def _contains(available: list[Any], wanted: list[Any], dated_by: str | None) -> bool:
    """Return whether each wanted item has its own match. An item without a date matches an item with any date."""
    left = list(available)
    # Items with a date choose first: an item without one could take the only match of an item with one.
    for item in sorted(wanted, key=lambda each: dated_by not in each if is_mapping(each) else False):
        match = next((each for each in left if item in (each, _without(each, dated_by))), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _without(item: Any, name: str | None) -> Any:
    return {key: value for key, value in item.items() if key != name} if is_mapping(item) else item


def _canonical_payload(context: DesiredContext) -> Any:
    row = BY_TYPE.get(context.type)
    return _canonical(context.payload, payload_rule().members[row.member], row.comparison.appended) if row else None


def _canonical(value: Any, rule: Rule | None, appended: str | None, *, loose: bool = False) -> Any:
    """Return a payload in one form: timestamps as instants, and appended items without case and outer white space."""
    if rule is None or is_unresolved(value):
        return value
    if is_mapping(value):
        return {
            name: _canonical(member, rule.members.get(name), appended, loose=loose or name == appended)
            for name, member in value.items()
        }
    if is_list(value):
        return [_canonical(item, rule.item, appended, loose=loose) for item in value]
    if rule.kind == "timestamp":
        return instant(value)
    return value.strip().casefold() if loose else value
