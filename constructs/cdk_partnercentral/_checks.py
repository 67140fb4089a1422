"""Compare the contexts of a stack with each other at synthesis.

The checks report contexts that would end up as the same context in Partner Central, and engagements with too many contexts.
`docs/lifecycle.md` describes which contexts are adopted. The handler makes that decision with its own code, so a test checks
that the handler and this module agree.
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
# Partner Central's limit for one engagement. Contexts that AWS creates count towards the limit.
MOST_CONTEXTS = 5
# The prefixes of Region names in every partition except `aws`. The CDK's own list of Regions is not used, because the list does
# not contain Regions that are newer than the CDK release.
OTHER_PARTITIONS = ("cn-", "eu-iso", "eusc-", "us-gov-", "us-iso")


@dataclass(frozen=True, kw_only=True)
class DesiredContext:
    """The properties of a declared context that the checks compare.

    Attributes:
        path: A function that returns the construct path. The checks call it only for an error message.
        catalog: The engagement's catalog.
        engagement: A key for the engagement. Two contexts of the same engagement have the same key.
        type: The context's Type.
        payload: The content of the payload, without the name of the API's union member: a mapping, an unresolved token, or
            None if the content is not known at synthesis.
        adopt_existing: Whether the handler adopts an existing context with an equal payload.
        existing_context_id: The ID of the existing context to manage, or None.
        client_token: The client token that the user passed, or None.
    """

    path: Callable[[], str]
    catalog: str
    engagement: str
    type: str
    payload: Any
    adopt_existing: bool
    existing_context_id: str | None
    client_token: str | None


class Registry(Construct):
    """The declared contexts and the shared provider of one stack.

    The registry is a hidden child of the stack in the construct tree, not an attribute of the Python object. For a stack that
    was not created in Python, jsii returns a new Python object at each access, so an attribute would be lost.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, REGISTRY_ID)
        self._contexts: list[DesiredContext] = []
        self._count: Counter[tuple[str, str]] = Counter()
        # Cached, because looking up the provider in the construct tree takes two calls to the jsii kernel for each context.
        self.provider: PartnerCentralProvider | None = None
        stack.node.add_validation(_Validation(self._contexts))

    @staticmethod
    def find(stack: Stack) -> Registry | None:
        """Return the registry of a stack, or None if the stack has no registry."""
        found = stack.node.try_find_child(REGISTRY_ID)
        return found if isinstance(found, Registry) else None

    def add(self, construct: Construct, desired: DesiredContext) -> None:
        """Add a context. If its engagement now has too many contexts, add a warning to the construct."""
        self._contexts.append(desired)
        engagement = (desired.catalog, desired.engagement)
        self._count[engagement] += 1
        if self._count[engagement] == MOST_CONTEXTS + 1:
            name = "one engagement" if is_unresolved(desired.engagement) else desired.engagement
            paths = [each.path() for each in self._contexts if (each.catalog, each.engagement) == engagement]
            Annotations.of(construct).add_warning_v2(
                "cdk-partnercentral:engagementFull",
                f"{len(paths)} contexts are declared for {name}, but an engagement can contain only {MOST_CONTEXTS}, including "
                "those that AWS creates. Contexts cannot be deleted, so at least one will fail to deploy. Move at least one of "
                f"these to another engagement: {', '.join(paths)}.",
            )


@jsii.implements(IValidation)
class _Validation:
    """The check that the CDK calls at synthesis.

    The registry cannot be this check itself, because older releases of the CDK reject a construct with a method `validate`.
    """

    def __init__(self, contexts: Sequence[DesiredContext]) -> None:
        self._contexts = contexts

    def validate(self) -> list[str]:
        """Return one line for each conflict."""
        return conflicts(self._contexts)


def partition_problems(stack: Stack) -> list[str]:
    """Return the reason why a stack cannot contain contexts, or an empty list if it can."""
    region = stack.region
    if is_unresolved(region) or not region.startswith(OTHER_PARTITIONS):
        return []
    return [
        f"stack: must be in a Region of partition aws, the only partition where Partner Central is available; got {region}"
    ]


def conflicts(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return a line with both construct paths for each pair of contexts that would become one context in Partner Central."""
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
        return "have the same client_token, so only one context would be created. Use different client tokens, or omit them."
    if _would_adopt(one, other) or _would_adopt(other, one):
        return (
            "declare the same payload for the same engagement, so one would adopt the other's context. Declare different "
            "payloads, or set adopt_existing=False on both to create two contexts."
        )
    return ""


def _same_token(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether both contexts would be created with the same client token, so that Partner Central creates only one."""
    return one.client_token is not None and (one.client_token, one.type) == (other.client_token, other.type)


def _would_adopt(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether `one` would adopt the context that `other` declares."""
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
    """Return whether a payload contains at least one value to compare."""
    if is_mapping(value):
        return any(map(_has_values, value.values()))
    return any(map(_has_values, value)) if is_list(value) else value is not None


def _items(payload: Mapping[str, Any], name: str) -> list[Any]:
    items = payload.get(name, ())
    return list(items) if is_list(items) else [items]


def _contains(available: list[Any], wanted: list[Any], dated_by: str | None) -> bool:
    """Return whether each wanted item matches a different available item.

    A wanted item without a date matches an available item with any date.
    """
    left = list(available)
    # Match the wanted items with a date first, because an item without a date could take the only match of a dated item.
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
    """Normalize a payload for comparison.

    Timestamps become instants. In appended items, case and leading and trailing white space are ignored.
    """
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
