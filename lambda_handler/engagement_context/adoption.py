"""Decide whether an existing context is equal to the declared context."""

from lambda_handler.api import Context
from lambda_handler.comparison import equal, loose
from lambda_handler.engagement_context.job import Job
from lambda_handler.engagement_context.lead import LEAD, split, unpaired
from lambda_handler.engagement_context.payloads import at, is_known, leaves


def is_match(job: Job, context: Context) -> bool:
    """Return whether a context of the engagement is loosely equal to the declared context.

    The context can contain additional members that are not in the service model. A Lead can contain any additional members and
    interactions, because AWS adds them. A declaration without values matches no context.
    """
    if context.type != job.desired.type:
        return False
    current, interactions = split(context.type, context.payload)
    desired, wanted = split(context.type, job.desired.payload)
    expected = dict(leaves(desired))
    if not (expected or wanted):
        return False
    if not all(equal(at(current, path), value, loose, path[-1]) for path, value in expected.items()):
        return False
    if context.type == LEAD:
        return not unpaired(wanted, interactions, job.interaction_shape)[0]
    return all(path in expected or not is_known(job.create_shape, path) for path, _ in leaves(current))
