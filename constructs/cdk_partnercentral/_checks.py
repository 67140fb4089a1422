"""Compare the contexts and the engagements of an app with each other at synthesis.

The checks report constructs that would manage the same context, engagements with too many contexts, and constructs that would
create the same engagement. `docs/concepts/lifecycle.md` describes when a construct adopts a context. The handler has its own
code for this decision, so a test checks that the handler and this module agree.

The CDK synthesizes each stage separately. At the synthesis of a stage, the constructs in the stage are compared, and a problem
is an error. When a construct is declared, it is compared with the constructs in other stages, and a problem is a warning.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import jsii
from aws_cdk import Annotations, Stack, Stage
from constructs import Construct, IConstruct, IValidation

from cdk_partnercentral._payloads.comparison import loose, would_adopt
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


@dataclass(frozen=True, kw_only=True)
class DesiredEngagement:
    """The properties of an engagement to create that the checks compare.

    Attributes:
        path: The construct path.
        catalog: The catalog.
        title: The title.
        description: The description. An empty description counts as no description.
        adopt_existing: Whether the handler adopts an existing engagement with the same title and description.
        client_token: The client token that the user passed, or None.
        account: The account of the stack. Can be a token.
    """

    path: str
    catalog: str
    title: str
    description: str
    adopt_existing: bool
    client_token: str | None
    account: str


# An engagement key contains the catalog and the engagement. If the catalog or the engagement is a token, the key also contains
# the environment (the account and the Region) of the stack.
EngagementKey = tuple[str, ...]


class Registry(Construct):
    """A hidden construct in each stack that stores the shared provider and registers the contexts of the stack.

    The registry is a child of the stack in the construct tree, not an attribute of the stack's Python object. If a stack was
    not created in Python, jsii returns a new Python object for the stack each time, and an attribute would be lost.
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

    def add_engagement(self, construct: Construct, desired: DesiredEngagement) -> None:
        """Add an engagement to create. Add a warning to its construct for each equal engagement of another stage."""
        values = (desired.catalog, desired.title, desired.description)
        environment = self._environment if any(map(is_unresolved, values)) else ""
        # Two engagements are the same if they have the same title and description, or the same client token.
        keys: list[EngagementKey] = [(desired.catalog, loose(desired.title), loose(desired.description), environment)]
        if desired.client_token is not None:
            keys.append((desired.catalog, desired.client_token))
        for problem in dict.fromkeys(line for key in keys for line in self._stage.add_engagement(key, desired)):
            Annotations.of(construct).add_warning_v2("cdk-partnercentral:sameEngagement", problem)

    def provider_for(self, stack: Stack, given: PartnerCentralProvider | None) -> PartnerCentralProvider:
        """Return the provider that the user passed, otherwise the shared provider of the stack."""
        if given is not None:
            return given
        self.provider = self.provider or PartnerCentralProvider.get_or_create(stack)
        return self.provider

    def add(self, construct: Construct, desired: DesiredContext) -> None:
        """Add a context. For each problem with contexts in other stages, add a warning to the construct."""
        key: EngagementKey = (desired.catalog, desired.engagement)
        if any(map(is_unresolved, key)):
            # In another account or Region, the same token or dynamic reference can resolve to another engagement.
            key = (*key, self._environment)
        for id_, problem in self._stage.add(key, desired):
            Annotations.of(construct).add_warning_v2(id_, problem)


class StageContexts(Construct):
    """A hidden construct in each stage. It stores the engagements and the contexts of the stage.

    The contexts are grouped by engagement.
    """

    def __init__(self, stage: IConstruct) -> None:
        super().__init__(cast("Construct", stage), CONTEXTS_ID)
        self._contexts: defaultdict[EngagementKey, list[DesiredContext]] = defaultdict(list)
        self._engagements: defaultdict[EngagementKey, list[DesiredEngagement]] = defaultdict(list)
        self.node.add_validation(_Validation(self._contexts, self._engagements))
        # All stages of an app share one list. The app itself is also a stage.
        self._stages: list[StageContexts] = StageContexts.of(stage.node.root)._stages if stage.node.path else []
        self._stages.append(self)

    @staticmethod
    def of(stage: IConstruct) -> StageContexts:
        """Return the `StageContexts` of a stage or an app. Create the construct if it does not exist yet."""
        found = stage.node.try_find_child(CONTEXTS_ID)
        return found if isinstance(found, StageContexts) else StageContexts(stage)

    def add_engagement(self, key: EngagementKey, desired: DesiredEngagement) -> list[str]:
        """Add an engagement. Return its conflicts with engagements of other stages that have the same title and description."""
        others = [each for stage in self._stages if stage is not self for each in stage._engagements.get(key, ())]
        self._engagements[key].append(desired)
        problems = [line for other in others for line in engagement_conflicts([other, desired])]
        return [f"{line} The constructs are in different stages." for line in problems]

    def add(self, key: EngagementKey, desired: DesiredContext) -> list[tuple[str, str]]:
        """Add a context. Return the ID and the text of each warning for the context."""
        others = [each for stage in self._stages if stage is not self for each in stage._contexts.get(key, ())]
        before = [*others, *self._contexts[key]]
        self._contexts[key].append(desired)
        # A problem never disappears when a context is added. So only the context that causes the problem gets the warning.
        crowded = [
            ("cdk-partnercentral:noRoomForAws", line)
            for line in missing_room([*before, desired])
            if not missing_room(before)
        ]
        return [*crowded, *self._problems_with_other_stages(key, desired, before, others)]

    @staticmethod
    def _problems_with_other_stages(
        key: EngagementKey, desired: DesiredContext, before: list[DesiredContext], others: list[DesiredContext]
    ) -> list[tuple[str, str]]:
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

    def __init__(
        self,
        contexts: Mapping[EngagementKey, Sequence[DesiredContext]],
        engagements: Mapping[EngagementKey, Sequence[DesiredEngagement]],
    ) -> None:
        self._contexts = contexts
        self._engagements = engagements

    def validate(self) -> list[str]:
        """Return one line for each problem."""
        return [
            # Two engagements can be equal and have the same client token.
            *dict.fromkeys(line for group in self._engagements.values() for line in engagement_conflicts(group)),
            *(line for group in self._contexts.values() for line in (*conflicts(group), *excess(group))),
        ]


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
        contexts: The declared contexts of one engagement. Several constructs that would manage the same context are counted
            as one context.
    """
    distinct = _distinct(contexts) if len(contexts) > MOST_CONTEXTS else []
    if len(distinct) <= MOST_CONTEXTS:
        return []
    line = (
        f"{len(distinct)} contexts are declared for {_name(distinct)}, but an engagement can contain only {MOST_CONTEXTS} "
        "contexts. Contexts that AWS creates count toward this limit. Partner Central cannot delete contexts, so at least one "
        "of these contexts will fail to deploy. Move at least one of these contexts to another engagement: "
        f"{', '.join(each.path() for each in distinct)}."
    )
    return [line]


def missing_room(contexts: Sequence[DesiredContext]) -> list[str]:
    """Return a line if the engagement has no room for the contexts that AWS adds, in addition to the declared contexts.

    AWS adds a CustomerProject when a Lead is converted into an opportunity, and a ProspectingResult when a prospecting task
    includes the engagement. If a context of the same Type is declared, no room for another context is necessary.

    Args:
        contexts: Contexts of the same engagement. Several declared contexts that would become the same context are counted
            as one context.
    """
    # An engagement with one or two declared contexts always has enough room, even if both contexts are Leads.
    distinct = _distinct(contexts) if len(contexts) > MOST_CONTEXTS // 2 else []
    types = Counter(each.type for each in distinct)
    added = {
        "a CustomerProject for each Lead that is converted": max(0, types["Lead"] - types["CustomerProject"]),
        "a ProspectingResult when prospecting is started": 0 if types["ProspectingResult"] else 1,
    }
    free, needed = MOST_CONTEXTS - len(distinct), sum(added.values())
    # If more contexts are declared than an engagement can contain, `excess` reports the problem.
    if not distinct or not 0 <= free < needed:
        return []
    line = (
        f"{len(distinct)} contexts are declared for {_name(distinct)}. An engagement can contain only {MOST_CONTEXTS} "
        f"contexts, so there is room for {free} more. But AWS can add {needed}: "
        f"{' and '.join(name for name, count in added.items() if count)}. Partner Central cannot delete contexts, so these "
        "tasks would fail. Declare fewer contexts in this engagement, or acknowledge this warning if you do not use these "
        "tasks."
    )
    return [line]


def engagement_conflicts(engagements: Sequence[DesiredEngagement]) -> list[str]:
    """Return a line with both construct paths for each pair of engagements that would become one engagement.

    Args:
        engagements: Engagements in the same catalog. All have the same title and description, or all have the same client
            token.
    """
    found = ((one, other, _engagement_conflict(one, other)) for one, other in combinations(engagements, 2))
    return [f"{one.path} and {other.path} {conflict}" for one, other, conflict in found if conflict]


def _engagement_conflict(one: DesiredEngagement, other: DesiredEngagement) -> str:
    accounts = {one.account, other.account}
    values = (one.catalog, one.title, one.description, one.client_token)
    # The function never adopts an engagement of another account, and a client token applies to only one account. After the
    # lookups, the next synthesis compares the values.
    if (len(accounts) == 2 and not any(map(is_unresolved, accounts))) or any(map(is_lookup_dummy, values)):
        return ""
    if one.client_token is not None and one.client_token == other.client_token:
        return "have the same client_token, so only one engagement would be created. Use different client tokens, or omit them."
    if one.adopt_existing or other.adopt_existing:
        return (
            "create an engagement with the same title and description, so one construct would adopt the engagement of the "
            "other. Create the engagement in only one construct, and use this construct for all contexts. To create two "
            "engagements, use different titles, or set adopt_existing=False on both constructs."
        )
    return ""


def _distinct(contexts: Sequence[DesiredContext]) -> list[DesiredContext]:
    distinct: list[DesiredContext] = []
    for each in _known(contexts):
        if not any(_conflict(each, other) for other in distinct):
            distinct.append(each)
    return distinct


def _name(contexts: Sequence[DesiredContext]) -> str:
    engagement = contexts[0].engagement
    return "one engagement" if is_unresolved(engagement) else engagement


def _known(contexts: Sequence[DesiredContext]) -> list[DesiredContext]:
    """Return the contexts that contain no dummy value of a CDK lookup.

    After the lookups, the CDK synthesizes the app again, and that synthesis compares all contexts. An error would
    prevent the lookups. In two accounts, the lookups can also replace two equal dummy values with different values.
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
