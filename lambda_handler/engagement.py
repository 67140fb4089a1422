"""Custom::Engagement: one engagement. Partner Central can neither change nor delete an engagement.

Because an engagement cannot be deleted, the function creates no engagement if it is not certain which engagement belongs to the
resource. In this case, the function fails with a Reason that explains how to proceed.

https://docs.aws.amazon.com/partner-central/latest/APIReference/API_CreateEngagement.html
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lambda_handler import logs
from lambda_handler.api import Engagement, EngagementSummary
from lambda_handler.comparison import equal, loose
from lambda_handler.errors import ApiError, Kind, ResourceError
from lambda_handler.identity import (
    ENGAGEMENT_ARN,
    EngagementIdentity,
    account_of,
    engagement_client_token,
    parse_engagement_physical_id,
)
from lambda_handler.properties import adopt_existing, catalog, checked, client_token, invalid
from lambda_handler.reasons import DEPLOY_AGAIN, response
from lambda_handler.resource import Request, Result
from lambda_handler.retries import RetryBudget

REQUIRED = ("Catalog", "Title")
OPTIONAL = ("Description", "ClientToken", "AdoptExisting")
# The search for an existing engagement reads every page of a list, and must leave enough time for the create.
SEARCH_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class DesiredEngagement:
    """An engagement as the stack declares it.

    Attributes:
        catalog: `AWS` or `Sandbox`.
        title: The title. The service checks the length of the title.
        description: The description, or None if the template contains no description.
        client_token: The client token to use instead of the derived token.
        adopt_existing: Whether to adopt an existing engagement with the same title and description instead of creating one.
    """

    catalog: str
    title: str
    description: str | None = None
    client_token: str | None = None
    adopt_existing: bool = True


def create(request: Request) -> Result:
    """Create the declared engagement exactly once, or adopt an equal engagement.

    Raises:
        ResourceError: The function cannot determine which engagement is the declared engagement.
        ApiError: A call to Partner Central failed, and no retry is left.
    """
    desired = desired_engagement(request.properties)
    while True:
        adopted = _search(request, desired) if desired.adopt_existing else None
        if adopted:
            logs.bind(engagement=adopted.id)
            logs.info("adopted")
            return _result(desired, adopted)
        try:
            created = _create(request, desired)
        except ApiError as error:
            if error.kind is Kind.INVALID and error.names_token:
                raise _token_used(error) from error
            if error.kind is not Kind.CONFLICT:
                raise
            _back_off(request, error)
            continue
        logs.bind(engagement=created.id)
        return _result(desired, _confirmed(request, desired, created))


def update(request: Request) -> Result:
    """Check that the deployed engagement matches the declaration. If the catalog changed, call `create`.

    Do not compare the declaration with the previous declaration. After a failed update, the previous declaration is the
    declaration that failed.

    Raises:
        ResourceError: The engagement does not exist anymore, or differs from the declaration. `create` can also raise this
            error.
        ApiError: A call to Partner Central failed, and no retry is left.
    """
    desired = desired_engagement(request.properties)
    identity = parse_engagement_physical_id(request.physical_resource_id)
    if identity is None or identity.catalog != desired.catalog:
        return create(request)
    logs.bind(engagement=identity.engagement_id)
    try:
        engagement = _read(request, request.budget, desired, identity.engagement_id)
    except ApiError as error:
        if error.kind is not Kind.NOT_VISIBLE:
            raise
        raise ResourceError(
            "ENGAGEMENT_GONE",
            f"{error.code} from {error.operation}. The engagement {identity} does not exist anymore, or this account is not a"
            " member anymore. The function does not create a replacement. To create another engagement, change the construct"
            f" ID. {response(error)}",
        ) from error
    changed = differing(desired, engagement)
    if changed:
        raise ResourceError(
            "CANNOT_UPDATE",
            f"Partner Central cannot change an engagement, and the declaration differs from {engagement.id} in"
            f" {', '.join(changed)}. Restore the declaration, or change the construct ID to create another engagement. With a"
            " new construct ID, the contexts are also created again. An engagement cannot be deleted.",
        )
    logs.info("in sync")
    return _result(desired, engagement)


def desired_engagement(properties: Any) -> DesiredEngagement:
    """Read an event's ResourceProperties.

    Raises:
        ResourceError: A property is missing, unknown or malformed.
    """
    properties = checked(properties, "Custom::Engagement", required=REQUIRED, optional=OPTIONAL)
    title, description = properties["Title"], properties.get("Description")
    if not isinstance(title, str) or not title.strip():
        raise invalid("Title must be a string with at least one character that is not white space.")
    if not isinstance(description, str | None):
        raise invalid("Description must be a string.")
    return DesiredEngagement(
        catalog=catalog(properties),
        title=title,
        description=description,
        client_token=client_token(properties),
        adopt_existing=adopt_existing(properties),
    )


def _search(request: Request, desired: DesiredEngagement) -> Engagement | None:
    """Return the engagement of this account that is equal to the desired engagement, or None if no engagement is equal."""
    budget = request.budget.limited(SEARCH_SECONDS)
    # Use a dictionary of IDs, because an engagement can be on two pages if the list changes between two requests.
    titled: dict[str, None] = {}
    try:
        for summary in _listed(request, budget, desired):
            if equal(summary.title, desired.title, loose):
                titled[summary.id] = None
        engagements = [_read(request, budget, desired, engagement_id) for engagement_id in titled]
    except ApiError as error:
        if error.kind not in (Kind.THROTTLED, Kind.NOT_VISIBLE):
            raise
        raise _unreadable(titled, error) from error
    except ResourceError as error:
        raise _unreadable(titled) from error
    matches = [engagement for engagement in engagements if not differing(desired, engagement)]
    if len(matches) > 1:
        raise ResourceError(
            "AMBIGUOUS_ENGAGEMENT",
            "This account created more than one engagement with the declared title and description. Refer to one of these"
            " engagements with Engagement.from_engagement_id, or set adopt_existing=False to create another engagement, which"
            f" cannot be deleted. The existing engagements: {', '.join(match.id for match in matches)}.",
        )
    return matches[0] if matches else None


def _listed(request: Request, budget: RetryBudget, desired: DesiredEngagement) -> Iterator[EngagementSummary]:
    """Yield the engagements that the account of the stack created."""
    account = account_of(request.stack_id)
    token = None
    while True:
        page = budget.retry(
            lambda: request.api.list_engagements(
                catalog=desired.catalog,
                created_by=account,
                next_token=token,  # noqa: B023 - called before the loop continues
            )
        )
        yield from page.engagements
        token = page.next_token
        if token is None:
            return


def _create(request: Request, desired: DesiredEngagement) -> Engagement:
    """Create the engagement. The client token prevents a second engagement after a retry. The caller handles a conflict."""
    token = desired.client_token or engagement_client_token(
        stack_id=request.stack_id,
        logical_resource_id=request.logical_resource_id,
        catalog=desired.catalog,
        title=desired.title,
        description=desired.description,
    )
    return request.budget.retry(
        lambda: request.api.create_engagement(
            catalog=desired.catalog, title=desired.title, description=desired.description, client_token=token
        ),
        unless=(Kind.CONFLICT,),
    )


def _confirmed(request: Request, desired: DesiredEngagement, created: Engagement) -> Engagement:
    """Wait until a read returns the created engagement, and return the engagement.

    Otherwise, the contexts that the stack creates next might not find the engagement.
    """
    arn = ENGAGEMENT_ARN.fullmatch(created.arn)
    if arn and arn["catalog"] != desired.catalog:
        raise _token_used(engagement_id=created.id)
    try:
        engagement = _read(request, request.budget, desired, created.id)
    except ApiError as error:
        if error.kind is not Kind.NOT_VISIBLE:
            raise
        raise ResourceError(
            "ENGAGEMENT_NOT_FOUND",
            f"{error.code} from {error.operation}. Partner Central created the engagement {created.id}, but the engagement"
            f" cannot be read yet. {DEPLOY_AGAIN} {response(error)}",
        ) from error
    # If an earlier request used the client token, the service might return the engagement of that request. Skip this check for
    # a derived token. A derived token depends on the title and the description, so a difference only means that the service
    # stores these values in another form.
    if desired.client_token and differing(desired, engagement):
        raise _token_used(engagement_id=engagement.id)
    logs.info("created")
    return engagement


def _read(request: Request, budget: RetryBudget, desired: DesiredEngagement, engagement_id: str) -> Engagement:
    """Read an engagement. If the engagement is not found, retry for some seconds, because a read can lag behind a create.

    Raises:
        ApiError: The read failed. If the engagement was still not found, the kind is NOT_VISIBLE.
    """

    def attempt() -> Engagement:
        try:
            return request.api.read(catalog=desired.catalog, engagement_id=engagement_id)
        except ApiError as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            raise ApiError(
                Kind.NOT_VISIBLE,
                operation=error.operation,
                code=error.code,
                message=error.message,
                request_id=error.request_id,
            ) from error

    return budget.retry(attempt)


def differing(desired: DesiredEngagement, engagement: Engagement) -> list[str]:
    """Return the names of the properties that differ. A missing description is equal to an empty description.

    The command `cdk-partnercentral drift` calls this function too.
    """
    pairs = {
        "Title": (desired.title, engagement.title),
        "Description": (desired.description or "", engagement.description),
    }
    return [name for name, (one, other) in pairs.items() if not equal(one, other, loose)]


def _back_off(request: Request, error: ApiError) -> None:
    try:
        request.budget.back_off(error)
    except ApiError:
        raise _token_used(error) from error


def _token_used(error: ApiError | None = None, engagement_id: str | None = None) -> ResourceError:
    """Return the error if an earlier request probably used the client token to create another engagement.

    The error describes the two ways to proceed.
    """
    cause = f"{error.code} from {error.operation}" if error else "CreateEngagement returned an older engagement"
    return ResourceError(
        "CLIENT_TOKEN_USED",
        f"{cause}. Nothing was created, because the client token was used for another engagement. Set a new client_token to"
        " create an engagement, which cannot be deleted. Or refer to the existing engagement with"
        " Engagement.from_engagement_id"
        + (f": {engagement_id}." if engagement_id else ".")
        + (f" {response(error)}" if error else ""),
    )


def _unreadable(found: Collection[str], error: ApiError | None = None) -> ResourceError:
    cause = f"{error.code} from {error.operation}. " if error else ""
    return ResourceError(
        "ENGAGEMENTS_UNREADABLE",
        f"{cause}The function could not search all engagements of this account within {SEARCH_SECONDS // 60} minutes. Deploy"
        " again, refer to an existing engagement with Engagement.from_engagement_id, or set adopt_existing=False to create an"
        f" engagement without a search. Engagements found with the declared title: {', '.join(found) or 'none'}."
        + (f" {response(error)}" if error else ""),
    )


def _result(desired: DesiredEngagement, engagement: Engagement) -> Result:
    return Result(
        physical_resource_id=str(EngagementIdentity(catalog=desired.catalog, engagement_id=engagement.id)),
        attributes={"EngagementId": engagement.id, "EngagementArn": engagement.arn},
    )
