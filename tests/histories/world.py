"""One history's world: its clock, its Partner Central with AWS and colleagues in it, and its story.

It knows nothing of CloudFormation and nothing of how the function is run.
"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cdk_partnercentral_local.service import Behavior, PartnerCentral
from tests.histories import payloads
from tests.histories.clock import Clock, Crew
from tests.histories.payloads import Json, Project, Spec
from tests.histories.story import Story

CATALOGS = ("Sandbox", "Sandbox", "AWS")
STRANGER = "stranger"


class World:
    """What everything in a history shares.

    Args:
        behavior: how this world's Partner Central answers what is unknown.
        luck: the seed of every jitter.

    Attributes:
        counts: how often what happened.
        crew: the runs of the function that are under way at once, if any are.
        ringing: whether an alarm is being handled: it cannot stop in between.
    """

    def __init__(self, behavior: Behavior, luck: int) -> None:
        self.clock = Clock()
        self.story = Story()
        self.random = random.Random(luck)  # noqa: S311 - jitter
        self.counts: Counter[str] = Counter()
        self.service = PartnerCentral(behavior, clock=self.clock, sleep=self.clock.advance)
        self.engagements: list[str] = []
        self.crew: Crew | None = None
        self.ringing = False
        self.tell(f"Partner Central: {behavior}", depth=0)
        for _ in CATALOGS:
            self.add_engagement()

    def add_engagement(self) -> int:
        """Make an engagement, the catalogs taking turns, and return its number."""
        number = len(self.engagements)
        catalog = CATALOGS[number % len(CATALOGS)]
        self.engagements.append(self.service.create_engagement(catalog=catalog))
        self.tell(f"there is the engagement {self.engagements[-1]} in {catalog}", depth=0)
        return number

    def tell(self, *parts: Any, depth: int) -> None:
        """Add a line to the story."""
        self.story.tell(self.clock.seconds, *parts, depth=depth)

    def spend(self, seconds: float) -> None:
        """Let time pass, in which others may do something."""
        if self.crew and not self.ringing:
            self.crew.pause(seconds)
        else:
            self.clock.advance(seconds)

    def contexts(self, engagement: str) -> Sequence[Json]:
        """Return what an engagement truly holds: shared with the service, so never to be changed."""
        # Not `service.engagement`, whose copies would take a fifth of a history's time.
        held = self.service._engagements.get(engagement)
        return held.state.contexts if held else ()

    def modified_at(self, engagement: str) -> int:
        """Return the instant of an engagement's latest write."""
        held = self.service._engagements.get(engagement)
        return held.state.modified_at if held else 0

    def write_as_aws(self, engagement: str, what: str, number: int) -> tuple[str, str] | None:
        """Change an engagement as AWS or a colleague does; `number` chooses what there is to choose.

        Returns:
            The id of the context that changed, and the member; None where no context of ours did.
        """
        contexts = self.contexts(engagement)
        leads = [context["Id"] for context in contexts if context["Type"] == "Lead"]
        aws = self.service.as_aws
        if what == "context":
            aws.add_context(engagement, {"CustomerProject": Project(STRANGER, title=len(contexts)).payload})
            return None
        if what == "touch" or not leads:
            aws.touch(engagement)
            return None
        lead = leads[number % len(leads)]
        if what == "qualify":
            aws.qualify(engagement, lead, ("Qualified", "Found by AWS")[number % 2])
            return lead, "QualificationStatus"
        if what == "score":
            aws.score(engagement, lead, ("High", "Medium")[number % 2])
            return lead, "Insights"
        if what == "interaction":
            held = next(context for context in contexts if context["Id"] == lead)
            place = len(payloads.interactions_of(held["Payload"]["Lead"]))
            aws.add_interaction(engagement, lead, payloads.interaction(STRANGER, place))
            return lead, "Interactions"
        aws.set_customer(engagement, lead, AwsMaturity="Found by AWS", Industry=f"Industry {number}")
        return lead, "Customer"

    def add_stranger(self, engagement: str, spec: Spec) -> str:
        """Let somebody else make a context in the console."""
        return self.service.as_aws.add_context(engagement, {spec.type: spec.payload})
