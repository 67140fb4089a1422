"""The desired context of one event, and the calls to Partner Central and CloudFormation, with retries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lambda_handler.api import Api, Engagement, Payload, Shape, Stack, StackResource, Written
from lambda_handler.engagement_context.lead import INTERACTION
from lambda_handler.engagement_context.properties import DesiredContext
from lambda_handler.errors import ApiError, Kind
from lambda_handler.retries import RetryBudget

# If CloudFormation denies a call or does not respond, the function retries for this many seconds.
STACK_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Job:
    """The work of one event.

    Attributes:
        desired: The context that the stack declares.
        client_token: The idempotency token of that context.
        stack_id: The stack's ARN.
        logical_id: The resource's logical ID.
        api: Partner Central.
        stack: The stack.
        budget: The retries that are left.
    """

    desired: DesiredContext
    client_token: str
    stack_id: str
    logical_id: str
    api: Api
    stack: Stack
    budget: RetryBudget

    @property
    def create_shape(self) -> Shape:
        """The members that the service model defines for a create of this Type."""
        return self.api.shape(self.desired.type, update=False)

    @property
    def update_shape(self) -> Shape:
        """The members that the service model defines for an update of this Type."""
        return self.api.shape(self.desired.type, update=True)

    @property
    def interaction_shape(self) -> Shape:
        """The members that the service model defines for an interaction; empty if this Type has no interactions."""
        interaction: Shape = self.update_shape.get(INTERACTION, {"members": {}})["members"]
        return interaction

    @property
    def can_update(self) -> bool:
        """Whether contexts of this Type can be updated. False if the service model defines the Type only for a create."""
        return bool(self.update_shape) or not self.create_shape

    def read(self) -> Engagement:
        """Read the engagement."""
        return self.budget.retry(
            lambda: self.api.read(catalog=self.desired.catalog, engagement_id=self.desired.engagement_id)
        )

    def read_until_visible(self, context_id: str) -> Engagement:
        """Read the engagement. A read can lag behind a write, so read again for some seconds if the context is missing."""
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
        """Create the context. All retries send the same client token. The caller handles a conflict."""
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

    def update(
        self, context_id: str, payload: Payload, *, modified_at: str, on_unknown_outcome: Callable[[], None]
    ) -> Engagement:
        """Send one update, which contains an optimistic lock. After a conflict, the caller must read the engagement again.

        An update has no client token, so all retries send the same payload and the same lock. If Partner Central carried out an
        attempt but the response was lost, the next attempt conflicts.

        Args:
            context_id: The ID of the context.
            payload: The payload of the update.
            modified_at: The engagement's current ModifiedAt, which is sent as the lock.
            on_unknown_outcome: This function is called after each failed attempt that Partner Central might have carried out.
        """

        def attempt() -> Engagement:
            try:
                written = self.api.update(
                    catalog=self.desired.catalog,
                    engagement_id=self.desired.engagement_id,
                    context_id=context_id,
                    type_=self.desired.type,
                    payload=payload,
                    modified_at=modified_at,
                )
            except ApiError as error:
                if error.outcome_is_unknown:
                    on_unknown_outcome()
                raise
            return written.engagement

        return self.budget.retry(attempt, unless=(Kind.CONFLICT,))

    def resources(self) -> Sequence[StackResource]:
        """Return the stack's resources."""
        return self.budget.limited(STACK_SECONDS).retry(lambda: self.stack.resources(self.stack_id))

    def template(self) -> str:
        """Return the template that is being deployed."""
        return self.budget.limited(STACK_SECONDS).retry(lambda: self.stack.template(self.stack_id))
