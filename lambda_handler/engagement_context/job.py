"""The calls of one event, with retries: what is desired, and Partner Central."""

from dataclasses import dataclass

from lambda_handler.api import Api, Engagement, Payload, Written
from lambda_handler.engagement_context.properties import DesiredContext
from lambda_handler.errors import ApiError, Kind
from lambda_handler.retries import RetryBudget


@dataclass(frozen=True, kw_only=True)
class Job:
    """The work of one event.

    Attributes:
        desired: The context that the stack declares.
        client_token: The idempotency token of that declaration.
        api: Partner Central.
        budget: The retries that are left.
    """

    desired: DesiredContext
    client_token: str
    api: Api
    budget: RetryBudget

    def read(self) -> Engagement:
        """Read the engagement."""
        return self.budget.retry(
            lambda: self.api.read(catalog=self.desired.catalog, engagement_id=self.desired.engagement_id)
        )

    def read_until_visible(self, context_id: str) -> Engagement:
        """Read the engagement, for a while again if it does not show a context: a read can lag behind a write."""
        while True:
            engagement = self.read()
            if engagement.context(context_id):
                self.budget.reset(Kind.NOT_VISIBLE)
                return engagement
            lag = ApiError(Kind.NOT_VISIBLE, operation="GetEngagement", code="NotVisible", message="no such context")
            try:
                self.budget.back_off(lag)
            except ApiError:
                return engagement

    def create(self) -> Written:
        """Create the context. The token makes every retry the same request; a conflict is for the caller to decide."""
        return self.budget.retry(
            lambda: self.api.create(
                catalog=self.desired.catalog,
                engagement_id=self.desired.engagement_id,
                type_=self.desired.type,
                payload=self.desired.payload,
                client_token=self.client_token,
            ),
            unless=(Kind.CONFLICT,),
        )

    def update(self, context_id: str, payload: Payload, *, modified_at: str) -> Engagement:
        """Send one update under a lock.

        An update has no token, so only what certainly did not arrive is retried here. Conflicts and unknown outcomes are for
        the caller to decide, after a new read.
        """
        written = self.budget.retry(
            lambda: self.api.update(
                catalog=self.desired.catalog,
                engagement_id=self.desired.engagement_id,
                context_id=context_id,
                type_=self.desired.type,
                payload=payload,
                modified_at=modified_at,
            ),
            unless=(Kind.CONFLICT, Kind.INTERNAL, Kind.CONNECTION),
        )
        return written.engagement
