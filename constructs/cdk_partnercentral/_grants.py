"""Permissions for others: to read an engagement with its contexts, or to update its contexts too.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspartnercentral.html
"""

from __future__ import annotations

from aws_cdk import aws_iam as iam

READ = ("partnercentral:GetEngagement",)
# An update needs the engagement's ModifiedAt, which only a read tells.
UPDATE = ("partnercentral:GetEngagement", "partnercentral:UpdateEngagementContext")


def grant(grantee: iam.IGrantable, actions: tuple[str, ...], *, catalog: str, engagement_arn: str) -> iam.Grant:
    """Allow actions on one engagement of one catalog.

    Args:
        grantee: Who may: a role, a user, a Lambda function, anything with a principal.
        actions: `READ` or `UPDATE`.
        catalog: The engagement's catalog. May be a token.
        engagement_arn: The engagement. May be a token.

    Returns:
        The grant.
    """
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=list(actions),
        resource_arns=[engagement_arn],
        conditions={"StringEquals": {"partnercentral:Catalog": catalog}},
    )
