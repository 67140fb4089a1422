"""Changes that AWS itself makes to engagements, such as new scores, customer data, dates and contexts.

The service does not validate these changes. Each change sets a new ModifiedAt on the engagement.
"""

import copy
from collections.abc import Callable
from typing import TypeAlias

from cdk_partnercentral_local.service._context_types import with_dates
from cdk_partnercentral_local.service._wire import JsonObject

_Write: TypeAlias = Callable[[str, Callable[[list[JsonObject]], object]], None]


class AwsWrites:
    """Methods that change engagements as AWS itself does. The argument `engagement` is an engagement's ID or ARN.

    A method raises KeyError if the engagement or the context does not exist. A method that changes a Lead also raises KeyError
    if the context is not a Lead.
    """

    def __init__(self, write: _Write, create: Callable[..., str], clock: Callable[[], int]) -> None:
        self._write = write
        self._create = create
        self._clock = clock

    def create_lead(self, lead: JsonObject, *, title: str = "Initiative", catalog: str = "Sandbox") -> str:
        """Create an engagement whose first context is a Lead. The account has accepted the invitation to the engagement.

        Args:
            lead (dict): The Lead, for example `{"Customer": {...}, "Interactions": [...]}`. Each interaction without an
                InteractionDate gets the current time.
            title (str): The engagement's title.
            catalog (str): The engagement's catalog: `AWS` or `Sandbox`.

        Returns:
            The ID of the engagement.

        Raises:
            ValueError: The catalog does not exist.
        """
        payload = {"Lead": with_dates(lead, self._clock())}
        description = "Lead generated from recent campaign activities"
        return self._create(title=title, description=description, catalog=catalog, contexts=[payload])

    def touch(self, engagement: str) -> None:
        """Set a new ModifiedAt but leave the contexts unchanged, as if AWS had changed other data of the engagement."""
        self._write(engagement, lambda _: None)

    def add_context(self, engagement: str, payload: JsonObject) -> str:
        """Add a context, as AWS workflows such as StartOpportunityFromEngagementTask do. The quota does not apply.

        Args:
            engagement (str): The engagement's ID or ARN.
            payload (dict): The tagged union, for example `{"CustomerProject": {...}}`. The name of the union's member is the
                Type of the context.

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

    def score(self, engagement: str, context: str, readiness: str, **members: object) -> None:
        """Replace the Insights of a Lead.

        Args:
            engagement (str): The engagement's ID or ARN.
            context (str): The ID of the context.
            readiness (str): The LeadReadinessScore: `Low`, `Medium` or `High`.
            members (object): The other members, for example `ChannelRecommendation={"RecommendedChannel": "Email"}`. To
                simulate a newer API, use names that the service model does not define.
        """
        insights = {"LeadReadinessScore": readiness, **copy.deepcopy(members)}
        self.change_lead(engagement, context, lambda lead: lead.update(Insights=insights))

    def set_customer(self, engagement: str, context: str, **members: object) -> None:
        """Set the given members of a Lead's Customer, for example `AwsMaturity="Advanced"`, and keep all other members."""
        self.change_lead(engagement, context, lambda lead: lead["Customer"].update(members))

    def add_interaction(self, engagement: str, context: str, interaction: JsonObject) -> None:
        """Add an interaction to a Lead, even if the Lead has ten interactions already."""
        self.change_lead(engagement, context, lambda lead: lead["Interactions"].append(copy.deepcopy(interaction)))

    def fill_dates(self, engagement: str, context: str) -> None:
        """Set each missing InteractionDate in a Lead's interactions to the current time."""
        self.change_lead(engagement, context, lambda lead: lead.update(with_dates(lead, self._clock())))

    def change_lead(self, engagement: str, context: str, change: Callable[[JsonObject], object]) -> None:
        """Change a Lead. The function `change` gets `{"Customer": ..., "Interactions": [...], ...}` and changes it in place."""

        def change_context(contexts: list[JsonObject]) -> None:
            by_id = {each["Id"]: each for each in contexts}
            change(by_id[context]["Payload"]["Lead"])

        self._write(engagement, change_context)
