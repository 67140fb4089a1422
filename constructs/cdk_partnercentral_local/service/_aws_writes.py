"""Writes to engagements that AWS itself makes, independently of any client: scores, customer data, dates, new contexts.

They are not validated, and each gives the engagement a new ModifiedAt.
"""

import copy
from collections.abc import Callable
from typing import TypeAlias

from cdk_partnercentral_local.service._context_types import with_dates
from cdk_partnercentral_local.service._wire import JsonObject

_Write: TypeAlias = Callable[[str, Callable[[list[JsonObject]], object]], None]


class AwsWrites:
    """AWS as a writer. Name an engagement by its ID or ARN.

    Every method raises KeyError if the engagement or context does not exist, or is not a Lead where a Lead is needed.
    """

    def __init__(self, write: _Write, clock: Callable[[], int]) -> None:
        self._write = write
        self._clock = clock

    def touch(self, engagement: str) -> None:
        """Change something that contexts do not show, for example the members: only ModifiedAt changes."""
        self._write(engagement, lambda _: None)

    def add_context(self, engagement: str, payload: JsonObject) -> str:
        """Add a context as an AWS workflow does, for example StartOpportunityFromEngagementTask.

        Args:
            engagement (str): ID or ARN.
            payload (dict): The union, for example `{"CustomerProject": {...}}`, which determines the Type. The quota does
                not apply.

        Returns:
            The ID of the context.
        """
        added: list[str] = []

        def change(contexts: list[JsonObject]) -> None:
            added.append(str(len(contexts) + 1))
            contexts.append({"Id": added[0], "Type": next(iter(payload)), "Payload": copy.deepcopy(payload)})

        self._write(engagement, change)
        return added[0]

    def qualify(self, engagement: str, context: str, status: str) -> None:
        """Set the QualificationStatus of a Lead."""
        self.change_lead(engagement, context, lambda lead: lead.update(QualificationStatus=status))

    def score(self, engagement: str, context: str, readiness: str) -> None:
        """Set the Insights of a Lead to a LeadReadinessScore: `Low`, `Medium` or `High`."""
        self.change_lead(engagement, context, lambda lead: lead.update(Insights={"LeadReadinessScore": readiness}))

    def set_customer(self, engagement: str, context: str, **members: object) -> None:
        """Set members of a Lead's Customer, for example `AwsMaturity="Advanced"`, and keep the others."""
        self.change_lead(engagement, context, lambda lead: lead["Customer"].update(members))

    def add_interaction(self, engagement: str, context: str, interaction: JsonObject) -> None:
        """Add an interaction to a Lead. The maximum of ten does not apply."""
        self.change_lead(engagement, context, lambda lead: lead["Interactions"].append(copy.deepcopy(interaction)))

    def fill_dates(self, engagement: str, context: str) -> None:
        """Set the InteractionDate of a Lead's interactions to the current time where it is missing."""
        self.change_lead(engagement, context, lambda lead: lead.update(with_dates(lead, self._clock())))

    def change_lead(self, engagement: str, context: str, change: Callable[[JsonObject], object]) -> None:
        """Change a Lead in any other way; `change` gets `{"Customer": ..., "Interactions": [...], ...}`."""

        def change_context(contexts: list[JsonObject]) -> None:
            by_id = {each["Id"]: each for each in contexts}
            change(by_id[context]["Payload"]["Lead"])

        self._write(engagement, change_context)
