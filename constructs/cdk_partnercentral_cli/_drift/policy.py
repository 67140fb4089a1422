"""The IAM policy with all permissions that `drift` needs, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_partnercentral_cli._drift.stacks import ACTIONS


def policy(stacks: Sequence[str]) -> dict[str, Any]:
    """Return the policy.

    Args:
        stacks: The names or ARNs of the stacks; empty for all stacks.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadStacks",
                "Effect": "Allow",
                "Action": [f"cloudformation:{action}" for action in ACTIONS],
                "Resource": [arn for each in stacks for arn in _stack_arns(each)] or "*",
            },
            {
                "Sid": "ReadEngagements",
                "Effect": "Allow",
                "Action": ["partnercentral:GetEngagement"],
                "Resource": "arn:aws:partnercentral:us-east-1::catalog/*/engagement/*",
            },
        ],
    }


def _stack_arns(stack: str) -> list[str]:
    """Return the ARNs of a stack and of its nested stacks, whose names start with the name of the stack and a hyphen."""
    arn = stack if stack.startswith("arn:") else f"arn:aws:cloudformation:*:*:stack/{stack}/*"
    return [arn, f"{arn.rpartition('/')[0]}-*/*"]
