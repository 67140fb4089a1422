"""Custom::EngagementContext: one context of an engagement.

`properties` reads what the stack declares. `lifecycle` decides which context to manage, and creates a context if none exists.
`adoption` finds equal contexts. `siblings` and `template` exclude contexts that other resources of the stack manage.
`reconcile` updates the context, and `lead` decides which interactions to send. `comparison` defines when values are equal,
`payloads` contains functions for payloads, and `job` makes the calls, with retries.

https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagementContext.html
"""

from lambda_handler import logs
from lambda_handler.engagement_context import lifecycle
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.properties import desired_context, previous_context
from lambda_handler.identity import client_token, parse_context_physical_id
from lambda_handler.resource import Request, Result


def create(request: Request) -> Result:
    """Create the declared context, or manage an existing context."""
    return _result(lifecycle.create(_job(request)))


def update(request: Request) -> Result:
    """Update the context that the physical ID names, or replace the context."""
    identity = parse_context_physical_id(request.physical_resource_id)
    job = _job(request)
    if identity is None:
        # The resource has the physical ID of a failed Create.
        return _result(lifecycle.create(job))
    previous = previous_context(request.old_properties, job.desired, identity)
    return _result(lifecycle.update(job, identity, previous))


def _job(request: Request) -> Job:
    desired = desired_context(request.properties)
    logs.bind(engagement=desired.engagement_id)
    request.api.mask(desired.type, desired.payload)
    token = desired.client_token or client_token(
        stack_id=request.stack_id,
        logical_resource_id=request.logical_resource_id,
        catalog=desired.catalog,
        engagement_id=desired.engagement_id,
        type_=desired.type,
    )
    return Job(
        desired=desired,
        client_token=token,
        stack_id=request.stack_id,
        logical_id=request.logical_resource_id,
        api=request.api,
        stack=request.stack,
        budget=request.budget,
    )


def _result(outcome: lifecycle.Outcome) -> Result:
    return Result(
        physical_resource_id=str(outcome.identity),
        attributes={
            "ContextId": outcome.identity.context_id,
            "EngagementId": outcome.identity.engagement_id,
            "EngagementArn": outcome.engagement.arn,
            "EngagementLastModifiedAt": outcome.engagement.modified_at,
        },
    )
