"""The environment that all parts of a history share: the clock, the local Partner Central and the trace.

The environment can also write to Partner Central as AWS or a colleague would. This module does not depend on the simulations of
CloudFormation and Lambda.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cdk_partnercentral_local import Behavior, PartnerCentral
from tests.histories import payloads
from tests.histories.clock import SECOND, Clock, Scheduler
from tests.histories.engagements import EngagementDeclaration
from tests.histories.events import ACCOUNT
from tests.histories.payloads import NEW_MEMBER, Json, Lead, Project, Spec
from tests.histories.trace import Trace

CATALOGS = ("Sandbox", "Sandbox", "AWS")
NO_DEAL = "stranger"  # the deal of payloads that only AWS or a colleague writes


@dataclass(kw_only=True)
class StackView:
    """The state of a stack, as CloudFormation's API returns it.

    Attributes:
        resources: The physical ID and the ResourceStatus of each resource, keyed by logical ID. Includes deleted resources.
        template: The logical IDs that the template declares. During an update, these logical IDs come from the new template.
        as_yaml: Whether the template is in YAML instead of JSON.
    """

    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    template: frozenset[str] = frozenset()
    as_yaml: bool = False


class Simulation:
    """One history's simulated environment.

    Args:
        behavior: The settings of this history's local Partner Central.
        jitter_seed: The seed for all random jitter.

    Attributes:
        counts: The number of times that each situation occurred in this history, keyed by a description of the situation.
        engagements: The IDs of the engagements that no stack declares and that have contexts.
        outside: The IDs of all engagements that were created outside of the stacks.
        stacks: The state of each stack, keyed by the stack's ARN. Includes deleted stacks.
        scheduler: The scheduler of concurrent invocations, or None while no invocations run concurrently.
        in_alarm: Whether an alarm's callback is running. The callback of an alarm cannot pause.
    """

    def __init__(self, behavior: Behavior, jitter_seed: int) -> None:
        self.clock = Clock()
        self.trace = Trace()
        self.random = random.Random(jitter_seed)  # noqa: S311 - jitter
        self.counts: Counter[str] = Counter()
        self.behavior = behavior
        self.service = PartnerCentral(behavior, clock=self.clock, sleep=self.clock.advance, account=ACCOUNT)
        self.stacks: dict[str, StackView] = {}
        self.engagements: list[str] = []
        self.outside: set[str] = set()
        self.scheduler: Scheduler | None = None
        self.in_alarm = False
        self.record(f"Partner Central: {behavior}", depth=0)
        for _ in CATALOGS:
            self.add_engagement()

    def add_engagement(self) -> int:
        """Create an engagement in the next catalog of `CATALOGS`, and return the engagement's number."""
        number = len(self.engagements)
        catalog = CATALOGS[number % len(CATALOGS)]
        self.engagements.append(self.service.create_engagement(catalog=catalog))
        self.outside.add(self.engagements[-1])
        self.record(f"engagement {self.engagements[-1]} exists in {catalog}", depth=0)
        return number

    def add_equal_engagement(self, declared: EngagementDeclaration, creator: str = ACCOUNT) -> None:
        """Create an engagement that is equal to a declared one, as a colleague in the console or another account would."""
        engagement = self.service.create_engagement(
            title=declared.title, description=declared.description, catalog=declared.catalog, created_by=creator
        )
        self.outside.add(engagement)
        self.record(f"{creator} creates {engagement}: {declared}", depth=0)

    def record(self, *parts: Any, depth: int) -> None:
        """Add a line to the trace."""
        self.trace.add(self.clock.seconds, *parts, depth=depth)

    def pass_time(self, seconds: float) -> None:
        """Let time pass. Other concurrent invocations can run during this time."""
        if self.scheduler and not self.in_alarm:
            self.scheduler.pause(seconds)
        else:
            self.clock.advance(seconds)

    def remembers_token(self, used_at: int, at: int | None = None) -> bool:
        """Whether Partner Central remembers a client token at a time, which defaults to now, after it was used.

        Both times are in nanoseconds since 1970.
        """
        lifetime = self.service.behavior.token_lifetime
        return lifetime is None or (self.clock.now if at is None else at) - used_at < lifetime * SECOND

    def contexts(self, engagement: str) -> Sequence[Json]:
        """Return an engagement's stored contexts. Do not modify these contexts, because they are not copies."""
        # `service.engagement` returns copies. Making these copies would take a fifth of a history's run time.
        stored = self.service._engagements.get(engagement)
        return stored.state.contexts if stored else ()

    def modified_at(self, engagement: str) -> int:
        """Return the time of the latest write to an engagement, in nanoseconds since 1970."""
        stored = self.service._engagements.get(engagement)
        return stored.state.modified_at if stored else 0

    def write_as_aws(self, engagement: str, write: str, choice: int) -> tuple[str, str] | None:
        """Write to an engagement as AWS or a colleague would.

        Args:
            engagement: The engagement's ID.
            write: One of `faults.FOREIGN_WRITES`.
            choice: A number that selects the Lead and the new value.

        Returns:
            The ID of the changed context and the name of the changed member, or None if no existing context changed.
        """
        contexts = self.contexts(engagement)
        leads = [context["Id"] for context in contexts if context["Type"] == "Lead"]
        aws = self.service.as_aws
        if write == "context":
            self.add_context_without_owner(engagement, Project(NO_DEAL, title=len(contexts)))
            return None
        if write == "lead":
            interactions = tuple(range(choice % 3 + 1))
            self.add_context_without_owner(engagement, Lead(NO_DEAL, company=len(contexts), interactions=interactions))
            return None
        if write == "touch" or not leads:
            aws.touch(engagement)
            return None
        lead = leads[choice % len(leads)]
        if write == "qualify":
            aws.qualify(engagement, lead, ("Qualified", "Found by AWS")[choice % 2])
            return lead, "QualificationStatus"
        if write == "score":
            windows = [{"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "10:00"}]
            members: Sequence[Json] = (
                {},
                {"ChannelRecommendation": {"RecommendedChannel": "Email", "BestOutreachWindows": windows}},
                {NEW_MEMBER: {"Level": f"Zq9 {choice}"}},
            )
            aws.score(engagement, lead, ("High", "Medium")[choice % 2], **members[choice % 3])
            return lead, "Insights"
        if write == "interaction":
            current = next(context for context in contexts if context["Id"] == lead)
            number = len(payloads.interactions(current["Payload"]["Lead"]))
            aws.add_interaction(engagement, lead, payloads.interaction(NO_DEAL, number))
            return lead, "Interactions"
        if write == "edit":
            aws.change_lead(engagement, lead, lambda payload: _edit_interaction(payload, choice))
            return lead, "Interactions"
        aws.set_customer(engagement, lead, AwsMaturity="Found by AWS", Industry=f"Industry {choice}")
        return lead, "Customer"

    def add_context_without_owner(self, engagement: str, spec: Spec) -> None:
        """Create a context that no stack owns, as AWS or a colleague would."""
        self.service.as_aws.add_context(engagement, {spec.type: spec.payload})


def _edit_interaction(lead: Json, choice: int) -> None:
    """Change an interaction, so that it is no longer loosely equal to the declared interaction."""
    interactions = payloads.interactions(lead)
    if interactions:
        interactions[choice % len(interactions)]["BusinessProblem"] = f"Zq9 edited {choice}"
