"""The properties `stack` and `env` of a construct, like those of the CDK's own resources."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import aws_cdk
from aws_cdk import Stack
from constructs import Construct

if TYPE_CHECKING:
    from aws_cdk.interfaces import ResourceEnvironment


class StackMember(Construct):
    """A construct with the properties `stack` and `env` of the CDK's `IResource`."""

    @property
    def stack(self) -> Stack:
        """The stack that contains the construct."""
        return Stack.of(self)

    @property
    def env(self) -> ResourceEnvironment:
        """The account and the Region of the stack that contains the construct. Both values can be tokens.

        Partner Central itself is available only in us-east-1, even if the stack is in another Region.
        """
        stack = Stack.of(self)
        return _resource_environment()(account=stack.account, region=stack.region)


def _resource_environment() -> type[ResourceEnvironment]:
    # Older releases of the CDK define the class in `aws_cdk` instead of `aws_cdk.interfaces`.
    module: Any = aws_cdk if hasattr(aws_cdk, "ResourceEnvironment") else importlib.import_module("aws_cdk.interfaces")
    found: type[ResourceEnvironment] = module.ResourceEnvironment
    return found
