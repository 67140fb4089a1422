"""Writes to engagements that AWS itself makes, beside every client: flows, scores, customer data, dates.

Nothing here is validated, and each write gives the engagement a new ModifiedAt. This module knows nothing of requests.
"""

import copy
from collections.abc import Callable
from typing import TypeAlias

from cdk_partnercentral_local.service._payloads import with_dates
from cdk_partnercentral_local.service._wire import JsonObject

__all__ = ["AwsWrites"]

_Write: TypeAlias = Callable[[str, Callable[[list[JsonObject]], object]], None]


class AwsWrites:
    """AWS as a writer. Engagements are named by id or ARN.

    Every method raises KeyError for an engagement or context that is not there, or not a Lead where one is needed.
    """

    def __init__(self, write: _Write, clock: Callable[[], int]) -> None:
        self._write = write
        self._clock = clock

    def touch(self, engagement: str) -> None:
        """Change something that no context shows, as when a member joins: only ModifiedAt tells."""
        self._write(engagement, lambda _: None)

    def add_context(self, engagement: str, payload: JsonObject) -> str:
        """Add a context as an AWS flow does, for example StartOpportunityFromEngagementTask.

        Args:
            engagement (str): id or ARN.
            payload (dict): the union, for example `{"CustomerProject": {...}}`; it tells the Type. AWS's own flows may
                go beyond the quota.

        Returns:
            The id of the context.
        """
        added: list[str] = []

        def change(contexts: list[JsonObject]) -> None:
            added.append(str(len(contexts) + 1))
            contexts.append({"Id": added[0], "Type": next(iter(payload)), "Payload": copy.deepcopy(payload)})

        self._write(engagement, change)
        return added[0]

    def qualify(self, engagement: str, context: str, status: str) -> None:
        """Set a Lead's QualificationStatus."""
        self.change_lead(engagement, context, lambda lead: lead.update(QualificationStatus=status))

    def score(self, engagement: str, context: str, readiness: str) -> None:
        """Set a Lead's Insights to a LeadReadinessScore: `Low`, `Medium` or `High`."""
        self.change_lead(engagement, context, lambda lead: lead.update(Insights={"LeadReadinessScore": readiness}))

    def set_customer(self, engagement: str, context: str, **members: object) -> None:
        """Set members of a Lead's Customer, for example `AwsMaturity="Advanced"`; the others stay."""
        self.change_lead(engagement, context, lambda lead: lead["Customer"].update(members))

    def add_interaction(self, engagement: str, context: str, interaction: JsonObject) -> None:
        """Add an interaction to a Lead, also beyond ten."""
        self.change_lead(engagement, context, lambda lead: lead["Interactions"].append(copy.deepcopy(interaction)))

    def fill_dates(self, engagement: str, context: str) -> None:
        """Give each interaction of a Lead an InteractionDate that has none: now."""
        self.change_lead(engagement, context, lambda lead: lead.update(with_dates(lead, self._clock())))

    def change_lead(self, engagement: str, context: str, change: Callable[[JsonObject], object]) -> None:
        """Change a Lead in any other way; `change` gets `{"Customer": ..., "Interactions": [...], ...}`."""

        def change_context(contexts: list[JsonObject]) -> None:
            held = {each["Id"]: each for each in contexts}
            change(held[context]["Payload"]["Lead"])

        self._write(engagement, change_context)
