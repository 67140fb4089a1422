"""Read every engagement of the given resources once, and compare the resources with Partner Central."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import boto3

from cdk_partnercentral_cli._aws import READS_PER_SECOND, Pace, with_retries
from cdk_partnercentral_cli._drift.comparison import (
    ContextComparison,
    IncomparableDeclarationError,
    Member,
    compare_engagement,
)
from cdk_partnercentral_cli._drift.non_ascii import NON_ASCII
from cdk_partnercentral_cli._drift.stacks import CONTEXT, Resource
from cdk_partnercentral_cli._errors import sentence
from lambda_handler import partner_central
from lambda_handler.api import Context, Engagement
from lambda_handler.errors import ApiError, Kind
from lambda_handler.identity import EngagementIdentity, parse_context_physical_id, parse_engagement_physical_id

# The failures that concern all engagements. Other failures can concern one engagement: for example, a policy can deny it.
_OF_ALL = (Kind.CREDENTIALS, Kind.CONNECTION, Kind.CERTIFICATE, Kind.THROTTLED, Kind.OTHER)


class Status(Enum):
    """The result for one resource, with CloudFormation's words for drift."""

    IN_SYNC = "IN_SYNC"
    DRIFTED = "DRIFTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result for one resource.

    Attributes:
        resource: The resource.
        status: The status.
        context_type: The Type of the context in Partner Central; empty for an engagement or an unknown context.
        members: The members that differ or cannot be compared.
        reason: Why the status is UNKNOWN, as a sentence; otherwise empty.
    """

    resource: Resource
    status: Status
    context_type: str = ""
    members: Sequence[Member] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmanaged:
    """A context that none of the given resources manages."""

    engagement: EngagementIdentity
    context: Context


@dataclass(kw_only=True)
class Result:
    """The results for all resources.

    Attributes:
        stacks: The names of the stacks.
        findings: The result for each resource.
        engagements: The number of engagements that were read.
        unmanaged: The contexts of these engagements that none of the resources manages.
    """

    stacks: Sequence[str]
    findings: list[Finding] = field(default_factory=list)
    engagements: int = 0
    unmanaged: list[Unmanaged] = field(default_factory=list)

    def count(self, status: Status) -> int:
        """Return the number of resources with a status."""
        return sum(finding.status is status for finding in self.findings)

    @property
    def references(self) -> int:
        """The number of members that cannot be compared, because they are references."""
        return self.not_compared - self.non_ascii

    @property
    def non_ascii(self) -> int:
        """The number of texts that cannot be compared completely."""
        return sum(member.not_compared == NON_ASCII for finding in self.findings for member in finding.members)

    @property
    def not_compared(self) -> int:
        """The number of members that cannot be compared, or not completely."""
        return sum(bool(member.not_compared) for finding in self.findings for member in finding.members)


def check(
    session: boto3.Session,
    stacks: Sequence[str],
    resources: Sequence[Resource],
    on_progress: Callable[[int, int], None],
) -> Result:
    """Compare resources with Partner Central. Each engagement is read once.

    Args:
        session: The session with the credentials.
        stacks: The names of the stacks.
        resources: The resources of the stacks.
        on_progress: A function that gets the number of engagements that were read, and the number of all engagements.

    Raises:
        ApiError: A call failed for a reason that concerns all engagements, such as expired credentials.
    """
    service = partner_central.PartnerCentral(partner_central.connect(session))
    wanted = dict.fromkeys(each for each in map(_engagement, resources) if each)
    read: dict[EngagementIdentity, Engagement | str] = {}
    pace = Pace(1 / READS_PER_SECOND)
    failed: set[Kind] = set()
    for engagement in wanted:
        read[engagement] = _read(service, engagement, pace, failed)
        on_progress(len(read), len(wanted))
    contexts = ContextComparison(service)
    return Result(
        stacks=stacks,
        findings=[_finding(resource, read, contexts) for resource in resources],
        engagements=sum(isinstance(each, Engagement) for each in read.values()),
        unmanaged=_unmanaged(resources, read),
    )


def _read(
    service: partner_central.PartnerCentral, engagement: EngagementIdentity, pace: Pace, failed: set[Kind]
) -> Engagement | str:
    """Return the engagement, or a sentence that says why this engagement cannot be read.

    Args:
        service: Partner Central.
        engagement: The engagement.
        pace: The pace of all reads.
        failed: The kinds of failures because of which other engagements could not be read. They are not retried again.
    """

    def attempt() -> Engagement:
        pace.wait()
        return service.read(catalog=engagement.catalog, engagement_id=engagement.engagement_id)

    try:
        return with_retries(attempt, unless=failed)
    except ApiError as error:
        if error.kind is Kind.NOT_FOUND:
            return (
                f"The engagement {engagement.engagement_id} does not exist in the catalog {engagement.catalog}, or this account"
                " is not a member of it: check the account and the credentials."
            )
        if error.kind in _OF_ALL:
            raise
        failed.add(error.kind)
        return sentence(error)


def _engagement(resource: Resource) -> EngagementIdentity | None:
    if resource.problem:
        return None
    if resource.type != CONTEXT:
        return parse_engagement_physical_id(resource.physical_id)
    found = parse_context_physical_id(resource.physical_id)
    return EngagementIdentity(catalog=found.catalog, engagement_id=found.engagement_id) if found else None


def _finding(
    resource: Resource, read: Mapping[EngagementIdentity, Engagement | str], contexts: ContextComparison
) -> Finding:
    def unknown(reason: str) -> Finding:
        return Finding(resource=resource, status=Status.UNKNOWN, reason=reason)

    if resource.problem:
        return unknown(resource.problem)
    identity = _engagement(resource)
    if identity is None:
        return unknown(f"The resource is {resource.status} and has no ID of Partner Central: deploy the stack again.")
    engagement = read[identity]
    if isinstance(engagement, str):
        return unknown(engagement)
    context = None
    try:
        if resource.type == CONTEXT:
            context = engagement.context(resource.physical_id.rpartition("/")[2])
            members = list(contexts.compare(resource.properties, context))
        else:
            members = list(compare_engagement(resource.properties, engagement))
    except IncomparableDeclarationError as error:
        return unknown(str(error))
    differs = any(not member.not_compared for member in members)
    return Finding(
        resource=resource,
        status=Status.DRIFTED if differs else Status.IN_SYNC,
        context_type=context.type if context else "",
        members=members,
    )


def _unmanaged(resources: Sequence[Resource], read: Mapping[EngagementIdentity, Engagement | str]) -> list[Unmanaged]:
    managed = {each.physical_id for each in resources if each.type == CONTEXT}
    return [
        Unmanaged(engagement=identity, context=context)
        for identity, engagement in read.items()
        if isinstance(engagement, Engagement)
        for context in engagement.contexts
        if f"{identity}/{context.id}" not in managed
    ]
