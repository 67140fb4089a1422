"""Compare the contexts of an app with each other at synthesis.

The checks report constructs that would manage the same context, and engagements with too many contexts. `docs/lifecycle.md`
describes when a construct adopts an existing context. The handler has its own code for this decision, so a test checks that the
handler and this module agree.

The CDK synthesizes each stage separately. At the synthesis of a stage, the contexts in the stage are compared, and a problem is
an error. When a context is declared, it is compared with the contexts in other stages, and a problem is a warning.
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
# The maximum number of contexts in one engagement. Contexts that AWS creates count toward this limit.
MOST_CONTEXTS = 5
# The prefixes of Region names in every partition except `aws`. The CDK has a list of Regions too, but its list does not contain
# Regions that are newer than the CDK release.
OTHER_PARTITIONS = ("cn-", "eu-iso", "eusc-", "us-gov-", "us-iso")


@dataclass(frozen=True, kw_only=True)
class DesiredContext:
    """The properties of a declared context that the checks compare.

    Attributes:
        path: A function that returns the construct path. The checks call the function only to write an error message.
        catalog: The engagement's catalog.
        engagement: A string that identifies the engagement. Contexts of the same engagement have the same string.
        type: The context's Type.
        payload: The content of the payload, without the Type as its outer key. A mapping, an unresolved token, or None if the
            content is not known at synthesis.
        adopt_existing: Whether the handler adopts an existing context with an equal payload.
        existing_context_id: The ID of the existing context that the construct manages, or None.
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


# An engagement key contains the catalog and the engagement. If one of them is a token, the key also contains the environment
# (the account and the Region) of the stack.
EngagementKey = tuple[str, ...]


class Registry(Construct):
    """A hidden construct in each stack that stores the shared provider and registers the contexts of the stack.

    The registry is a child of the stack in the construct tree, not an attribute of the stack's Python object. If a stack was
    not created in Python, each access returns a new Python object, and an attribute would be lost.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, REGISTRY_ID)
        # Cache the provider, because a search in the construct tree takes two calls to the jsii kernel for each context.
        self.provider: PartnerCentralProvider | None = None
        self._environment = stack.environment
        self._stage = StageContexts.of(Stage.of(stack) or stack.node.root)

    @staticmethod
    def find(stack: Stack) -> Registry | None:
        """Return the registry of a stack, or None if the stack has no registry."""
        found = stack.node.try_find_child(REGISTRY_ID)
        return found if isinstance(found, Registry) else None

    def add(self, construct: Construct, desired: DesiredContext) -> None:
        """Add a context. For each problem with contexts in other stages, add a warning to the construct."""
        key: EngagementKey = (desired.catalog, desired.engagement)
        if any(map(is_unresolved, key)):
            # The same token or dynamic reference can resolve to another engagement in another account or Region.
            key = (*key, self._environment)
        for id_, problem in self._stage.add(key, desired):
            Annotations.of(construct).add_warning_v2(id_, problem)


class StageContexts(Construct):
    """A hidden construct in each stage that stores the declared contexts of the stage, grouped by engagement."""

    def __init__(self, stage: IConstruct) -> None:
        super().__init__(cast("Construct", stage), CONTEXTS_ID)
        self._contexts: defaultdict[EngagementKey, list[DesiredContext]] = defaultdict(list)
        self.node.add_validation(_Validation(self._contexts))
        # All stages of an app share one list. The app itself is also a stage.
        self._stages: list[StageContexts] = StageContexts.of(stage.node.root)._stages if stage.node.path else []
        self._stages.append(self)

    @staticmethod
    def of(stage: IConstruct) -> StageContexts:
        """Return the `StageContexts` of a stage or an app. Create the construct if it does not exist yet."""
        found = stage.node.try_find_child(CONTEXTS_ID)
        return found if isinstance(found, StageContexts) else StageContexts(stage)

    def add(self, key: EngagementKey, desired: DesiredContext) -> list[tuple[str, str]]:
        """Add a context. For each problem with contexts in other stages, return the ID and the text of a warning."""
        others = [each for stage in self._stages if stage is not self for each in stage._contexts.get(key, ())]
        before = [*others, *self._contexts[key]]
        self._contexts[key].append(desired)
        # Two stages usually have different environments, so the same token can resolve to different engagements.
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
    """The check that the CDK runs when it synthesizes a stage.

    The check is a separate class, because older releases of the CDK reject a construct that has a method named `validate`.
    """

    def __init__(self, contexts: Mapping[EngagementKey, Sequence[DesiredContext]]) -> None:
        self._contexts = contexts

    def validate(self) -> list[str]:
        """Return one line for each problem."""
        return [line for group in self._contexts.values() for line in (*conflicts(group), *excess(group))]


def partition_problems(stack: Stack) -> list[str]:
    """Return one line if a stack is in a partition where Partner Central is not available."""
    region = stack.region
    if is_unresolved(region) or not region.startswith(OTHER_PARTITIONS):
        return []
    return [
        f"stack: must be in a Region of partition aws, the only partition where Partner Central is available; got {region}"
    ]


def conflicts(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return one line, with both construct paths, for each pair of constructs that would manage the same context.

    Args:
        contexts: The declared contexts of one engagement.
    """
    found = ((one, other, _conflict(one, other)) for one, other in combinations(_known(contexts), 2))
    return [f"{one.path()} and {other.path()} {conflict}" for one, other, conflict in found if conflict]


def excess(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return one line, with all construct paths, if an engagement cannot contain this number of contexts.

    Args:
        contexts: The declared contexts of one engagement. Constructs that would manage the same context are counted once.
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
        f"{len(distinct)} contexts are declared for {name}, but an engagement can contain only {MOST_CONTEXTS} contexts. "
        "Contexts that AWS creates count toward this limit. Partner Central cannot delete contexts, so at least one "
        "of these contexts will fail to deploy. Move at least one of these contexts to another engagement: "
        f"{', '.join(each.path() for each in distinct)}."
    )
    return [line]


def _known(contexts: Sequence[DesiredContext]) -> list[DesiredContext]:
    """Return the contexts that contain no dummy value of a CDK lookup.

    After the lookups, the CDK synthesizes the app again, and that synthesis compares all contexts. An error would
    prevent the lookups. Two equal dummy values can also resolve to different values in two accounts.
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
        return f"manage the same context, {one.existing_context_id!r}. Declare the context in only one construct."
    if _same_token(one, other):
        return (
            "have the same client_token, so Partner Central would create only one context. Use different client tokens, or "
            "omit them."
        )
    if _adopts(one, other) or _adopts(other, one):
        return (
            "declare the same payload for the same engagement, so one construct would adopt the context of the other. Declare "
            "different payloads, or set adopt_existing=False on both constructs to create two contexts."
        )
    return ""


def _same_token(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether both constructs have the same client token, so that Partner Central would create only one context."""
    return one.client_token is not None and (one.client_token, one.type) == (other.client_token, other.type)


def _adopts(one: DesiredContext, other: DesiredContext) -> bool:
    """Return whether `one` would adopt the context that `other` declares."""
    adopts = one.adopt_existing and one.existing_context_id is None and one.type == other.type
    return adopts and would_adopt(one.type, one.payload, other.payload)
