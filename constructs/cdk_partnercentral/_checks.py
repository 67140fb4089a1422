"""Compare the contexts of an app with each other at synthesis.

The checks report contexts that would end up as the same context in Partner Central, and engagements with too many contexts.
`docs/lifecycle.md` describes which contexts are adopted. The handler makes that decision with its own code, so a test checks
that the handler and this module agree.

The CDK synthesizes each stage separately. The contexts of a stage are compared at its synthesis, and a problem is an error.
Contexts of different stages are compared when they are declared, and a problem is a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import jsii
from aws_cdk import Annotations, Stack, Stage
from constructs import Construct, IConstruct, IValidation

from cdk_partnercentral._payloads.comparison import would_adopt
from cdk_partnercentral._provider import PartnerCentralProvider
from cdk_partnercentral._tokens import is_list, is_lookup_dummy, is_mapping, is_unresolved

REGISTRY_ID = "cdk-partnercentral.Registry"
CONTEXTS_ID = "cdk-partnercentral.Contexts"
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


# The catalog and the engagement. If one of them is a token, the key also contains the environment of the stack.
EngagementKey = tuple[str, ...]


class Registry(Construct):
    """The shared provider of one stack, and the place where the stack's contexts are registered.

    The registry is a hidden child of the stack in the construct tree, not an attribute of the Python object. For a stack that
    was not created in Python, jsii returns a new Python object at each access, so an attribute would be lost.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, REGISTRY_ID)
        # Cached, because looking up the provider in the construct tree takes two calls to the jsii kernel for each context.
        self.provider: PartnerCentralProvider | None = None
        self._environment = stack.environment
        self._stage = StageContexts.of(Stage.of(stack) or stack.node.root)

    @staticmethod
    def find(stack: Stack) -> Registry | None:
        """Return the registry of a stack, or None if the stack has no registry."""
        found = stack.node.try_find_child(REGISTRY_ID)
        return found if isinstance(found, Registry) else None

    def add(self, construct: Construct, desired: DesiredContext) -> None:
        """Add a context. Add a warning to its construct for each problem with the contexts of other stages."""
        key: EngagementKey = (desired.catalog, desired.engagement)
        if any(map(is_unresolved, key)):
            # In another account or Region, the same token or dynamic reference can stand for another engagement.
            key = (*key, self._environment)
        for id_, problem in self._stage.add(key, desired):
            Annotations.of(construct).add_warning_v2(id_, problem)


class StageContexts(Construct):
    """The contexts that the stacks of one stage declare, by engagement. A hidden child of the stage."""

    def __init__(self, stage: IConstruct) -> None:
        super().__init__(cast("Construct", stage), CONTEXTS_ID)
        self._contexts: defaultdict[EngagementKey, list[DesiredContext]] = defaultdict(list)
        self.node.add_validation(_Validation(self._contexts))
        # One list for all stages of an app. The app is a stage itself.
        self._stages: list[StageContexts] = StageContexts.of(stage.node.root)._stages if stage.node.path else []
        self._stages.append(self)

    @staticmethod
    def of(stage: IConstruct) -> StageContexts:
        """Return the contexts of a stage or an app."""
        found = stage.node.try_find_child(CONTEXTS_ID)
        return found if isinstance(found, StageContexts) else StageContexts(stage)

    def add(self, key: EngagementKey, desired: DesiredContext) -> list[tuple[str, str]]:
        """Add a context, and return its problems with other stages: the ID and the text of a warning for each."""
        others = [each for stage in self._stages if stage is not self for each in stage._contexts.get(key, ())]
        before = [*others, *self._contexts[key]]
        self._contexts[key].append(desired)
        # The environments of two stages usually differ, so the same token can stand for two engagements.
        if not others or any(map(is_unresolved, key)):
            return []
        same = [line for other in others for line in conflicts([other, desired])]
        full = [line for line in excess([*before, desired]) if not excess(before)]
        return [
            *(("cdk-partnercentral:sameContext", f"{line} The constructs are in different stages.") for line in same),
            *(("cdk-partnercentral:engagementFull", line) for line in full),
        ]


@jsii.implements(IValidation)
class _Validation:
    """The check that the CDK calls at the synthesis of a stage.

    A construct cannot be this check itself, because older releases of the CDK reject a construct with a method `validate`.
    """

    def __init__(self, contexts: Mapping[EngagementKey, Sequence[DesiredContext]]) -> None:
        self._contexts = contexts

    def validate(self) -> list[str]:
        """Return one line for each problem."""
        return [line for group in self._contexts.values() for line in (*conflicts(group), *excess(group))]


def partition_problems(stack: Stack) -> list[str]:
    """Return the reason why a stack cannot contain contexts, or an empty list if it can."""
    region = stack.region
    if is_unresolved(region) or not region.startswith(OTHER_PARTITIONS):
        return []
    return [
        f"stack: must be in a Region of partition aws, the only partition where Partner Central is available; got {region}"
    ]


def conflicts(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return a line with both construct paths for each pair of contexts that would become one context in Partner Central.

    Args:
        contexts: Contexts of the same engagement.
    """
    found = ((one, other, _conflict(one, other)) for one, other in combinations(_known(contexts), 2))
    return [f"{one.path()} and {other.path()} {conflict}" for one, other, conflict in found if conflict]


def excess(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return a line with all construct paths if there are more contexts than one engagement can contain.

    Args:
        contexts: Contexts of the same engagement. Those that would become one context are counted once.
    """
    if len(contexts) <= MOST_CONTEXTS:
        return []
    distinct: list[DesiredContext] = []
    for each in _known(contexts):
        if not any(_conflict(each, other) for other in distinct):
            distinct.append(each)
    if len(distinct) <= MOST_CONTEXTS:
        return []
    engagement = distinct[0].engagement
    name = "one engagement" if is_unresolved(engagement) else engagement
    line = (
        f"{len(distinct)} contexts are declared for {name}, but an engagement can contain only {MOST_CONTEXTS}, including "
        "those that AWS creates. Contexts cannot be deleted, so at least one will fail to deploy. Move at least one of "
        f"these to another engagement: {', '.join(each.path() for each in distinct)}."
    )
    return [line]


def _known(contexts: Sequence[DesiredContext]) -> list[DesiredContext]:
    """Return the contexts without dummy values of lookups. After the lookups, the next synthesis compares all contexts.

    An error would prevent the lookups, and equal dummy values can stand for different values in two accounts.
    """
    return [
        each
        for each in contexts
        if not _has_lookup_dummy(
            [each.catalog, each.engagement, each.type, each.payload, each.existing_context_id, each.client_token]
        )
    ]


def _has_lookup_dummy(value: Any) -> bool:
    if is_mapping(value):
        return any(map(_has_lookup_dummy, value.values()))
    return any(map(_has_lookup_dummy, value)) if is_list(value) else is_lookup_dummy(value)


def _conflict(one: DesiredContext, other: DesiredContext) -> str:
    if one.existing_context_id is not None and one.existing_context_id == other.existing_context_id:
        return f"manage the same context, {one.existing_context_id!r}. Declare it in one construct only."
    if _same_token(one, other):
        return "have the same client_token, so only one context would be created. Use different client tokens, or omit them."
    if _adopts(one, other) or _adopts(other, one):
        return (
            "declare the same payload for the same engagement, so one would adopt the other's context. Declare different "
            "payloads, or set adopt_existing=False on both to create two contexts."
        )
    return ""


def _same_token(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether both contexts would be created with the same client token, so that Partner Central creates only one."""
    return one.client_token is not None and (one.client_token, one.type) == (other.client_token, other.type)


def _adopts(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether `one` would adopt the context that `other` declares."""
    adopts = one.adopt_existing and one.existing_context_id is None and one.type == other.type
    return adopts and would_adopt(one.type, one.payload, other.payload)
